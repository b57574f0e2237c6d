import fc from 'fast-check'
import t from 'tap'
import type { FileRole } from '../../plugin/file-role.ts'
import type { Order, OrderId, OrderTooth, Term } from '../../plugin/itero/order.ts'
import { archOrder, fdiTooth, jawOf, mesialNeighbour } from '../../plugin/itero/teeth.ts'
import rows from '../../plugin/mapping/material-candidates.json' with { type: 'json' }
import { type LaboratoryMaterial, RECONSTRUCTION_TYPES } from '../../plugin/mapping/materials.ts'
import { type Answer, checkAnswer, type Question, type QuestionKey } from '../../plugin/mapping/questions.ts'
import restorations from '../../plugin/mapping/restorations.json' with { type: 'json' }
import {
  type MappingInput,
  type Outcome,
  treatmentFromOrder,
} from '../../plugin/mapping/treatment-from-order.ts'
import { input, MATERIALS, order, tooth } from './made-up.ts'

const FDI = [...archOrder.upper, ...archOrder.lower]
const texts = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'binary', maxLength: 6 }))
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
const ids = fc.oneof(texts, fc.integer({ min: -2, max: 3000 }).map(String))

const unknownTerm: fc.Arbitrary<Term> = fc.record({ id: ids, name: orNull(texts) }, { noNullPrototype: true })

function terms(
  known: readonly { readonly name: string; readonly ids: readonly string[] }[],
): fc.Arbitrary<Term> {
  const row = fc.constantFrom(...known).map(({ name, ids: [id = '99'] }) => ({ id, name }))
  return fc.oneof({ weight: 9, arbitrary: row }, { weight: 1, arbitrary: unknownTerm })
}

const materialTerm: fc.Arbitrary<Term> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...Object.entries(rows)).map(([id, { name }]) => ({ id, name })) },
  { weight: 1, arbitrary: unknownTerm },
)
const implantTerm = fc
  .constantFrom('Screw Retained', 'Custom', 'Cement', 'N/A')
  .map((name) => ({ id: '1', name }))
const shade = orNull(fc.oneof(fc.constantFrom('A2', 'B1', '0M1', 'OM3', '2M2', '0'), texts))

const teeth: fc.Arbitrary<OrderTooth> = fc
  .record(
    {
      fdi: fc.constantFrom(...FDI),
      restoration: terms(restorations.types),
      specification: orNull(terms(restorations.specifications)),
      roleInBridge: orNull(terms(restorations.roles)),
      bridgeId: orNull(fc.constantFrom('1', '2')),
      material: orNull(materialTerm),
      abutmentMaterial: orNull(materialTerm),
      implantBased: orNull(implantTerm),
      abutmentType: orNull(implantTerm),
      shades: fc.record(
        { incisal: shade, middle: shade, gingival: shade, die: shade },
        { noNullPrototype: true },
      ),
    },
    { noNullPrototype: true },
  )
  .map((fields) => tooth(fields.fdi, fields))

const orders: fc.Arbitrary<Order> = fc
  .record({
    id: ids,
    teeth: fc.array(teeth, { maxLength: 20 }),
    spans: fc.array(fc.uniqueArray(fc.constantFrom(...FDI), { minLength: 1, maxLength: 6 }), {
      maxLength: 2,
    }),
    doctor: fc.record({ name: orNull(texts), id: orNull(ids), licence: orNull(ids), companyId: orNull(ids) }),
    patient: fc.record({
      raw: texts,
      given: texts,
      family: texts,
      id: orNull(ids),
      chartNumber: orNull(ids),
    }),
    denture: orNull(texts),
    notes: texts,
    body: orNull(fc.constantFrom(...FDI)),
  })
  .map(({ id, spans, denture, body, ...fields }) =>
    order({
      ...fields,
      id: id as OrderId,
      bridges: spans.map((span, index) => ({
        id: String(index + 1),
        type: { id: '1', name: 'Traditional' },
        from: span[0] as never,
        to: span.at(-1) as never,
        span,
      })),
      denture: {
        shadeSystem: null,
        teethShade: null,
        gingivalShade: null,
        mould: null,
        stage: denture,
        upper: null,
        lower: null,
        copyScan: null,
      },
      scanBodies: [{ fdi: body, implantType: null }],
    }),
  )

/** Any list, down to one material that suits nothing that was ordered. */
const lists: fc.Arbitrary<readonly LaboratoryMaterial[]> = fc
  .uniqueArray(fc.constantFrom(...MATERIALS.materials), { minLength: 1, maxLength: 17 })
  .chain((materials) =>
    fc.tuple(
      ...materials.map((one) =>
        fc
          .record({
            suits: fc.oneof(fc.constant(one.suits), fc.subarray([...RECONSTRUCTION_TYPES], { minLength: 1 })),
            methods: fc.subarray([...one.methods], { minLength: 1 }),
          })
          .map((change) => ({ ...one, ...change })),
      ),
    ),
  )

const jaws = fc.constantFrom('upper' as const, 'lower' as const)
const roles: fc.Arbitrary<FileRole> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('jaw', 'pre-treatment', 'scan-body', 'gingiva'),
    jaw: jaws,
  }) as fc.Arbitrary<FileRole>,
  fc.constant({ kind: 'bite' } as const),
)

const inputs: fc.Arbitrary<MappingInput> = fc
  .record({
    from: orders,
    materials: lists,
    files: fc.array(roles, { maxLength: 6 }),
    mappedTo: orNull(fc.constant('003' as never)),
    defaults: fc.array(
      fc.tuple(
        fc.constantFrom(...Object.keys(rows)),
        fc.record({
          material: orNull(fc.constantFrom(...MATERIALS.materials.map(({ code }) => code))),
          method: orNull(fc.constantFrom('Mill5', 'Mill4', 'Grind4', 'MillCast')),
        }),
      ),
      { maxLength: 5 },
    ),
  })
  .map(({ from, materials, files, mappedTo, defaults }) =>
    input(from, {
      materials: { materials },
      files,
      known: { client: mappedTo, materialDefaults: new Map(defaults) },
    }),
  )

/** A fitting answer, chosen by a number. */
function answerTo(question: Question, choice: number): Answer {
  if (question.kind === 'doctor') return { kind: 'doctor', client: { existing: '003' as never } }
  const candidate = question.candidates[choice % question.candidates.length]
  const method = candidate?.methods[choice % candidate.methods.length]
  return {
    kind: 'material',
    material: candidate?.code ?? '',
    method: method ?? '',
    makeDefault: { material: false, method: false },
  }
}

/** Answers whatever is asked until nothing is. */
function settle(from: MappingInput, choice: number): Extract<Outcome, { kind: 'treatment' }> {
  const answers = new Map<QuestionKey, Answer>(from.known.answers)
  for (let round = 0; round < 3; round++) {
    const outcome = treatmentFromOrder({ ...from, known: { ...from.known, answers } })
    if (outcome.kind === 'treatment') return outcome
    for (const { question } of outcome.questions) {
      const given = answerTo(question, choice)
      checkAnswer(question, given, from.lists)
      answers.set(question.key, given)
    }
  }
  throw new Error('still asked after every question was answered')
}

const RUNS = { numRuns: 300 }
const choices = fc.nat({ max: 1000 })

t.test('any order becomes questions or a treatment, the same each time', async () => {
  fc.assert(
    fc.property(inputs, (from) => {
      const outcome = treatmentFromOrder(from)
      return JSON.stringify(outcome) === JSON.stringify(treatmentFromOrder(from))
    }),
    RUNS,
  )
})

t.test('questions of one order have keys of their own, and always something to choose', async () => {
  fc.assert(
    fc.property(inputs, (from) => {
      const outcome = treatmentFromOrder(from)
      if (outcome.kind === 'treatment') return true
      const asked = outcome.questions.map(({ question }) => question)
      const choosable = asked.every(
        (one) =>
          one.kind === 'doctor' ||
          (one.candidates.length > 0 && one.candidates.every((c) => c.methods.length > 0)),
      )
      return asked.length > 0 && choosable && new Set(asked.map(({ key }) => key)).size === asked.length
    }),
    RUNS,
  )
})

t.test('answering every question with anything that fits ends in a treatment', async () => {
  fc.assert(
    fc.property(inputs, choices, (from, choice) => settle(from, choice).kind === 'treatment'),
    RUNS,
  )
})

t.test('a treatment names each tooth once, and real teeth only', async () => {
  fc.assert(
    fc.property(inputs, choices, (from, choice) => {
      const numbers = settle(from, choice).treatment.teeth.map(({ number }) => number)
      return new Set(numbers).size === numbers.length && numbers.every((number) => fdiTooth(number) !== null)
    }),
    RUNS,
  )
})

t.test('connectors join only neighbours of one bridge, and each pair once', async () => {
  fc.assert(
    fc.property(inputs, choices, (from, choice) => {
      const restored = new Map(
        settle(from, choice).treatment.teeth.flatMap((one) =>
          one.kind === 'restored' ? [[one.number, one]] : [],
        ),
      )
      const orderedOf = (fdi: number) => from.order.teeth.find((one) => one.fdi === fdi)
      const bridgeOf = (fdi: number) =>
        orderedOf(fdi)?.bridgeId ?? from.order.bridges.find(({ span }) => span.includes(fdi as never))?.id
      return [...restored.values()].every((one) => {
        if (!one.mesialConnector) return true
        const neighbour = mesialNeighbour(one.number as never)
        const twice = one.number % 10 === 1 && restored.get(neighbour)?.mesialConnector === true
        return restored.has(neighbour) && !twice && bridgeOf(one.number) === bridgeOf(neighbour)
      })
    }),
    RUNS,
  )
})

t.test('materials, methods and colours come from the list', async () => {
  fc.assert(
    fc.property(inputs, choices, (from, choice) => {
      const { treatment, materials } = settle(from, choice)
      const list = from.lists.materials.materials
      const inList = (code: string) => list.find((one) => one.code === code)
      return (
        materials.every(({ code, method }) => inList(code)?.methods.some((one) => one.code === method)) &&
        treatment.teeth.every((one) => {
          if (one.kind !== 'restored') return true
          const { colours } = inList(one.material) ?? { colours: ['none'] }
          return one.color === null
            ? colours.length === 0
            : one.color === '---' || colours.includes(one.color)
        })
      )
    }),
    RUNS,
  )
})

t.test('a joined piece that is ordered in one material is made in one', async () => {
  fc.assert(
    fc.property(inputs, choices, (from, choice) => {
      const { treatment } = settle(from, choice)
      const restored = new Map(
        treatment.teeth.flatMap((one) => (one.kind === 'restored' ? [[one.number, one]] : [])),
      )
      const stated = (fdi: number) =>
        JSON.stringify(from.order.teeth.find((one) => one.fdi === fdi)?.material)
      return [...restored.values()].every((one) => {
        if (!one.mesialConnector) return true
        const neighbour = mesialNeighbour(one.number as never)
        return stated(one.number) !== stated(neighbour) || one.material === restored.get(neighbour)?.material
      })
    }),
    RUNS,
  )
})

t.test('there is one antagonist at most, and none where both jaws or no jaw is restored', async () => {
  fc.assert(
    fc.property(inputs, choices, (from, choice) => {
      const { teeth: made } = settle(from, choice).treatment
      const antagonists = made.filter((one) => one.reconstructionType === 'Antagonist')
      const restoredJaws = new Set(
        made.flatMap((one) => (one.kind === 'restored' ? [jawOf(one.number as never)] : [])),
      )
      if (restoredJaws.size !== 1)
        return antagonists.length === 0 && (restoredJaws.size > 0 || made.length === 0)
      return (
        antagonists.length <= 1 && antagonists.every((one) => !restoredJaws.has(jawOf(one.number as never)))
      )
    }),
    RUNS,
  )
})

t.test(
  'every restored tooth is accounted for in the materials taken, and the patient’s id is never 0',
  async () => {
    fc.assert(
      fc.property(inputs, choices, (from, choice) => {
        const { treatment, materials } = settle(from, choice)
        const covered = new Set(materials.flatMap(({ teeth: of }) => of))
        const everyTooth = treatment.teeth.every((one) => one.kind !== 'restored' || covered.has(one.number))
        return everyTooth && !/^0*$/.test(treatment.patient.id)
      }),
      RUNS,
    )
  },
)
