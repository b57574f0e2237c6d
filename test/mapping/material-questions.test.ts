import t from 'tap'
import type { Order } from '../../plugin/itero/order.ts'
import type { MaterialList } from '../../plugin/mapping/materials.ts'
import { checkAnswer } from '../../plugin/mapping/questions.ts'
import { materialKeys, treatmentFromOrder } from '../../plugin/mapping/treatment-from-order.ts'
import {
  answer,
  answers,
  bridge,
  CLIENT,
  codes,
  input,
  MATERIALS,
  mapped,
  materialQuestion,
  only,
  order,
  questionsOf,
  term,
  tooth,
  toothOf,
} from './made-up.ts'

const GOLD = term('15', 'Full Gold Yellow')
const LAB_ZIRCONIA = term('12', 'Zirconia: Lab Preference')
const CHECK_NOTE = term('2025', 'Other (check note)')

const ordered = (material: Order['teeth'][number]['material'], fdi = 16, id = '1') =>
  order({ id: id as Order['id'], teeth: [tooth(fdi, { material })] })

const defaults = (key: string, material: string | null, method: string | null) => ({
  materialDefaults: new Map([[key, { material, method }]]),
})

t.test('one candidate with one method is taken', async (t) => {
  const result = mapped(ordered(GOLD), { materials: only('WAX') })
  t.same(result.materials, [
    {
      iteroId: '15',
      iteroName: 'Full Gold Yellow',
      code: 'WAX',
      displayName: 'Wax',
      method: 'MillCast',
      decidedBy: 'only-candidate',
      teeth: [16],
    },
  ])
  t.match(toothOf(result, 16), { material: 'WAX', materialName: 'Wax', color: null })
})

t.test('several candidates are a question, with both boxes ticked', async (t) => {
  const question = materialQuestion(ordered(LAB_ZIRCONIA), { materials: only('ZI', 'ZIHT') })
  t.match(question, {
    itero: { id: '12', name: 'Zirconia: Lab Preference' },
    defaultKey: '12',
    candidates: [
      { code: 'ZI', methods: ['Mill5'] },
      { code: 'ZIHT', methods: ['Mill5'] },
    ],
    work: { reconstructionTypes: ['AnatomicCrown'], connectors: false },
    proposed: { material: null, method: null },
    makeDefault: { material: true, method: true },
  })
})

t.test('one candidate with several methods asks for the method, the material fixed', async (t) => {
  t.match(materialQuestion(ordered(GOLD), { materials: MATERIALS }), {
    candidates: [{ code: 'WAX' }],
    proposed: { material: 'WAX', method: null },
  })
})

t.test(
  'a gold crown is not offered to be pressed, and a default that says so no longer decides',
  async (t) => {
    const methods = [{ code: 'WAX', methods: ['MillCast', 'PrintCast'] }]
    t.same(materialQuestion(ordered(GOLD), { materials: MATERIALS }).candidates, methods)
    const known = defaults('15', 'WAX', 'MillPress')
    t.same(materialQuestion(ordered(GOLD), { materials: MATERIALS, known }).candidates, methods)
  },
)

t.test('an answer decides', async (t) => {
  const from = ordered(LAB_ZIRCONIA)
  const question = materialQuestion(from, { materials: MATERIALS })
  const known = { answers: answers([question, answer('MLZI', 'Mill4')]) }
  const result = mapped(from, { materials: MATERIALS, known })
  t.match(result.materials, [{ code: 'MLZI', method: 'Mill4', decidedBy: 'answer' }])
})

t.test('both defaults decide', async (t) => {
  const known = defaults('12', 'ZIHT', 'Mill4')
  const result = mapped(ordered(LAB_ZIRCONIA), { materials: MATERIALS, known })
  t.match(result.materials, [{ code: 'ZIHT', method: 'Mill4', decidedBy: 'default' }])
})

t.test('with the method’s default cleared the method is asked for, the material fixed', async (t) => {
  const known = defaults('12', 'ZIHT', null)
  const question = materialQuestion(ordered(LAB_ZIRCONIA), { materials: MATERIALS, known })
  t.match(question.candidates, [{ code: 'ZIHT' }])
  t.equal(question.candidates.length, 1)
  t.match(question.proposed, { material: 'ZIHT', method: null })
})

t.test('with the material’s default cleared the material is asked for', async (t) => {
  const known = defaults('12', null, 'Mill4')
  t.equal(materialQuestion(ordered(LAB_ZIRCONIA), { materials: MATERIALS, known }).candidates.length, 3)
})

t.test('a method’s default decides where there is one material only', async (t) => {
  const known = defaults('15', null, 'PrintCast')
  t.match(mapped(ordered(GOLD), { materials: MATERIALS, known }).materials, [
    { code: 'WAX', method: 'PrintCast', decidedBy: 'default' },
  ])
})

t.test('a default whose material is no longer in the list is asked again', async (t) => {
  const known = defaults('12', 'ZIHT', 'Mill5')
  const question = materialQuestion(ordered(LAB_ZIRCONIA), { materials: only('ZI', 'MLZI'), known })
  t.same(
    question.candidates.map(({ code }) => code),
    ['ZI', 'MLZI'],
  )
  t.ok(question.makeDefault.material)
})

t.test('a default whose method is no longer in the list asks for the method', async (t) => {
  const known = defaults('12', 'ZIHT', 'Etch')
  t.equal(materialQuestion(ordered(LAB_ZIRCONIA), { materials: MATERIALS, known }).proposed.method, null)
})

t.test(
  'a default that does not suit this work is asked again, and not to be overwritten in passing',
  async (t) => {
    const glass = term('2003', 'Glass Ceramic')
    const known = defaults('2003', 'GCER', 'Grind4')
    t.match(mapped(ordered(glass), { materials: MATERIALS, known }).materials, [{ code: 'GCER' }])
    const teeth = bridge([14, 'a'], [15, 'p']).map((one) => ({ ...one, material: glass }))
    const question = materialQuestion(order({ teeth }), { materials: MATERIALS, known })
    t.notOk(
      question.candidates.some(({ code }) => code === 'GCER'),
      'takes no connectors',
    )
    t.same(question.makeDefault, { material: false, method: false })
  },
)

t.test('orders that wait for the same answer share a question', async (t) => {
  const first = materialQuestion(ordered(LAB_ZIRCONIA, 16, '1'), { materials: MATERIALS })
  t.equal(materialQuestion(ordered(LAB_ZIRCONIA, 36, '2'), { materials: MATERIALS }).key, first.key)
  t.not(materialQuestion(ordered(term('77', 'Zirconia')), { materials: MATERIALS }).key, first.key)
  t.not(materialQuestion(ordered(LAB_ZIRCONIA), { materials: only('ZI', 'ZIHT') }).key, first.key)
})

t.test(
  '"Other (check note)" is asked for each order alone, everything that suits, boxes unticked',
  async (t) => {
    const question = materialQuestion(ordered(CHECK_NOTE, 16, '1'), { materials: only('ZI') })
    t.same(
      question.candidates.map(({ code }) => code),
      ['ZI'],
    )
    t.same(question.makeDefault, { material: false, method: false })
    t.not(materialQuestion(ordered(CHECK_NOTE, 16, '2'), { materials: only('ZI') }).key, question.key)
  },
)

t.test('a default of "Other (check note)" stands selected, but the note decides', async (t) => {
  const known = defaults('2025', 'ZIHT', 'Mill4')
  const question = materialQuestion(ordered(CHECK_NOTE), { materials: MATERIALS, known })
  t.same(question.proposed, { material: 'ZIHT', method: 'Mill4' })
  t.ok(question.candidates.length > 1)
})

for (const nothing of [null, term('-1'), term('0', '')]) {
  t.test(
    `material ${JSON.stringify(nothing)} is not stated: asked, warned of, never a default`,
    async (t) => {
      const from = ordered(nothing)
      const question = materialQuestion(from, { materials: only('ZI') })
      t.match(question, { itero: { id: null, name: null }, defaultKey: null })
      const known = { answers: answers([question, answer('ZI', 'Mill5')]) }
      t.same(codes(mapped(from, { materials: only('ZI'), known }).warnings), ['material-missing'])
      t.same(materialKeys(from), [])
    },
  )
}

t.test('an unknown id offers everything that suits, always asks and warns', async (t) => {
  const from = ordered(term('3001', 'Graphene'))
  const question = materialQuestion(from, { materials: only('ZI', 'LS1', 'NP') })
  t.same(question.candidates.map(({ code }) => code).sort(), ['LS1', 'NP', 'ZI'])
  t.equal(questionsOf(from, { materials: only('ZI') }).length, 1, 'even where one only suits')
  const known = { answers: answers([question, answer('ZI', 'Mill5')]) }
  const result = mapped(from, { materials: only('ZI', 'LS1', 'NP'), known })
  t.same(codes(result.warnings), ['material-not-understood'])
})

t.test('a tooth ordered in two materials is asked for, whatever is known of either of them', async (t) => {
  const both = { ...term('2008 / 2023', 'Zirconia Multilayer / Polymer: PEEK'), contradictory: true as const }
  const materialDefaults = new Map([
    ['2008', { material: 'MLZI', method: 'Mill5' }],
    ['2023', { material: 'PEEK', method: 'Mill5' }],
  ])
  const from = ordered(both)
  const question = materialQuestion(from, { materials: only('MLZI', 'PEEK'), known: { materialDefaults } })
  t.match(question, {
    itero: { name: 'Zirconia Multilayer / Polymer: PEEK' },
    candidates: [{ code: 'MLZI' }, { code: 'PEEK' }],
    makeDefault: { material: false, method: false },
  })
  const known = { answers: answers([question, answer('PEEK', 'Mill5')]) }
  t.match(mapped(from, { materials: only('MLZI', 'PEEK'), known }).materials, [
    { code: 'PEEK', iteroId: '2008 / 2023', decidedBy: 'answer' },
  ])
})

t.test('a material of two meanings is asked for each order anew, whatever stands as default', async (t) => {
  const from = ordered({ id: '2010', name: 'Gold / Zirconia', contradictory: true })
  const question = materialQuestion(from, { materials: MATERIALS })
  t.match(question, { itero: { id: '2010', name: 'Gold / Zirconia' }, makeDefault: { material: false } })
  for (const key of ['2010', String(question.defaultKey)]) {
    const known = defaults(key, 'ZI', 'Mill5')
    t.equal(questionsOf(from, { materials: MATERIALS, known }).length, 1, key)
    t.equal(questionsOf(from, { materials: only('ZI'), known }).length, 1, 'even where one only suits')
  }
  const other = materialQuestion({ ...from, id: '987654321' as never }, { materials: MATERIALS })
  t.not(other.key, question.key)
})

t.test('the default of a built-in id does not meet the same id under another name', async (t) => {
  const reused = ordered(term('12', 'Gold: Lab Preference'))
  const known = defaults('12', 'ZI', 'Mill5')
  const question = materialQuestion(reused, { materials: MATERIALS, known })
  t.same(materialKeys(reused), [question.defaultKey])
  t.not(question.defaultKey, '12')
  const own = defaults(String(question.defaultKey), 'WAX', 'MillCast')
  t.match(mapped(reused, { materials: MATERIALS, known: own }).materials, [
    { code: 'WAX', decidedBy: 'default' },
  ])
})

t.test('a substitute is asked for, even where only one is left', async (t) => {
  t.equal(questionsOf(ordered(term('67', 'Ceramic: Alumina')), { materials: only('ZI') }).length, 1)
})

t.test(
  'a bridge and a crown of one material are decided together where one candidate suits both',
  async (t) => {
    const teeth = [...bridge([14, 'a'], [15, 'p'], [16, 'a']), tooth(26)]
    const result = mapped(order({ teeth }))
    t.match(result.materials, [{ teeth: [14, 15, 16, 26] }])
  },
)

t.test('where no candidate suits both they are asked apart, the bridge in one piece', async (t) => {
  const silicate = term('2013', 'Ceramic: Lithium Silicate')
  const teeth = [...bridge([14, 'a'], [15, 'p'], [16, 'a']), tooth(26)].map((one) => ({
    ...one,
    material: silicate,
  }))
  const materials: MaterialList = only('LS1', 'ZI', 'ZIHT')
  const outcome = treatmentFromOrder(input(order({ teeth }), { materials }))
  if (outcome.kind !== 'questions') return t.fail('nothing was asked')
  t.match(outcome.questions, [
    {
      question: { candidates: [{ code: 'ZI' }, { code: 'ZIHT' }], work: { connectors: true } },
      waiting: { teeth: [14, 15, 16] },
    },
  ])
  t.equal(outcome.questions.length, 1, 'the crown needs no question')
  const [asked] = outcome.questions
  const known = { answers: answers([asked?.question as never, answer('ZIHT', 'Mill5')]) }
  const result = mapped(order({ teeth }), { materials, known })
  t.equal(toothOf(result, 26).material, 'LS1')
  t.equal(toothOf(result, 15).material, 'ZIHT')
})

/** `ZI` is for crowns only; `ZIHT` for inlays and connectors too; each is made in one way. */
const limited = (...more: readonly string[]): MaterialList => ({
  materials: only('ZI', 'ZIHT', ...more).materials.map((material) =>
    material.code === 'ZI' ? { ...material, suits: ['AnatomicCrown'] as const, connectors: false } : material,
  ),
})

const ZI_SET = defaults('12', 'ZI', 'Mill5')
const inLabZirconia = (teeth: Order['teeth'], id = '1') =>
  order({
    id: id as Order['id'],
    teeth: teeth.map((one) => ({ ...one, material: one.material && LAB_ZIRCONIA })),
  })
const ONLAY = term('6', 'Onlay')

t.test('a crown follows its default, whatever limits an onlay of the same material has', async (t) => {
  const from = inLabZirconia([tooth(16, { restoration: ONLAY }), tooth(26)])
  const result = mapped(from, { materials: limited(), known: ZI_SET })
  t.match(result.materials, [
    { code: 'ZI', decidedBy: 'default', teeth: [26] },
    { code: 'ZIHT', decidedBy: 'only-candidate', teeth: [16] },
  ])
  t.equal(toothOf(result, 26).material, 'ZI')
})

t.test('a crown follows its default beside a bridge, which stays in one piece', async (t) => {
  const from = inLabZirconia([...bridge([14, 'a'], [15, 'p'], [16, 'a']), tooth(26), tooth(36)])
  const result = mapped(from, { materials: limited(), known: ZI_SET })
  t.match(result.materials, [
    { code: 'ZI', decidedBy: 'default', teeth: [26, 36] },
    { code: 'ZIHT', teeth: [14, 15, 16] },
  ])
})

t.test('a default that does not suit is never passed over in silence', async (t) => {
  const from = inLabZirconia([tooth(16, { restoration: ONLAY }), tooth(26)])
  const beside = mapped(from, { materials: limited(), known: ZI_SET })
  t.match(beside.warnings, [
    {
      code: 'material-default-unfit',
      facts: { name: 'Zirconia: Lab Preference', default: 'ZI', material: 'ZIHT', teeth: '16' },
    },
  ])
  const crown = inLabZirconia([tooth(26)])
  t.same(mapped(crown, { materials: limited(), known: ZI_SET }).warnings, [])
  const gone = defaults('12', 'NP', 'Mill5')
  t.same(mapped(crown, { materials: only('ZI'), known: gone }).warnings, [], 'it has left the list')
})

t.test('where several suit the onlay it alone is asked for, in one question for all orders', async (t) => {
  const change = { materials: limited('MLZI'), known: ZI_SET }
  const onlay = tooth(16, { restoration: ONLAY })
  const both = inLabZirconia([onlay, tooth(26)])
  const outcome = treatmentFromOrder(input(both, change))
  if (outcome.kind !== 'questions') return t.fail('nothing was asked')
  t.match(outcome.questions, [{ waiting: { teeth: [16] }, question: { makeDefault: { material: false } } }])
  const alone = materialQuestion(inLabZirconia([onlay], '2'), change)
  t.equal(outcome.questions[0]?.question.key, alone.key)

  const known = { ...ZI_SET, answers: answers([alone, answer('MLZI', 'Mill5')]) }
  const result = mapped(both, { ...change, known })
  t.equal(toothOf(result, 26).material, 'ZI', 'the answer is for the onlay')
  t.equal(toothOf(result, 16).material, 'MLZI')
  t.same(codes(result.warnings), [], 'a person has decided')
})

t.test('what was answered for crown and onlay together holds, though a default is made later', async (t) => {
  const materials = limited('MLZI')
  const from = inLabZirconia([tooth(16, { restoration: ONLAY }), tooth(26)])
  const together = materialQuestion(from, { materials })
  const given = answers([together, answer('MLZI', 'Mill5')])
  const result = mapped(from, { materials, known: { ...ZI_SET, answers: given } })
  t.match(result.materials, [{ code: 'MLZI', decidedBy: 'answer', teeth: [16, 26] }])
})

t.test('an order waits once at one question, though two of its works ask it', async (t) => {
  const materials: MaterialList = {
    materials: limited().materials.map((material) => ({
      ...material,
      methods: MATERIALS.materials[0]?.methods ?? [],
    })),
  }
  const obsidian = term('80', 'Obsidian')
  const teeth = [tooth(16, { restoration: ONLAY, material: obsidian }), tooth(26, { material: obsidian })]
  const known = defaults('80', 'ZIHT', null)
  const outcome = treatmentFromOrder(input(order({ teeth }), { materials, known }))
  if (outcome.kind !== 'questions') return t.fail('nothing was asked')
  t.match(outcome.questions, [
    {
      waiting: { teeth: [16, 26] },
      question: { work: { reconstructionTypes: ['AnatomicCrown', 'AnatomicInlay'] } },
    },
  ])
  t.equal(outcome.questions.length, 1)
})

const VENEER = term('7', 'Veneer')
/** Both are for crowns, neither for veneers. */
const forCrowns: MaterialList = {
  materials: limited().materials.map((material) => ({ ...material, suits: ['AnatomicCrown'] as const })),
}
const veneer = (fdi: number, material = LAB_ZIRCONIA) => tooth(fdi, { restoration: VENEER, material })

t.test('where nothing suits, the whole list is asked for that work alone', async (t) => {
  const crown = materialQuestion(ordered(LAB_ZIRCONIA, 16, '1'), { materials: forCrowns })
  const alone = materialQuestion(order({ teeth: [veneer(11)] }), { materials: forCrowns })
  t.same(alone.candidates, crown.candidates)
  t.not(alone.key, crown.key)
  t.same(alone.makeDefault, { material: false, method: false })
  t.ok(crown.makeDefault.material)
  const other = materialQuestion(order({ teeth: [veneer(21)] }), { materials: forCrowns })
  t.equal(other.key, alone.key, 'other orders of such a work wait for the same answer')

  const from = order({ teeth: [tooth(16, { material: LAB_ZIRCONIA }), veneer(11)] })
  const outcome = treatmentFromOrder(input(from, { materials: forCrowns }))
  if (outcome.kind !== 'questions') return t.fail('nothing was asked')
  t.match(outcome.questions, [
    { question: { key: crown.key }, waiting: { teeth: [16] } },
    { question: { key: alone.key }, waiting: { teeth: [11] } },
  ])
  const known = { answers: answers([crown, answer('ZI', 'Mill5')], [alone, answer('ZIHT', 'Mill5')]) }
  const result = mapped(from, { materials: forCrowns, known })
  t.equal(toothOf(result, 16).material, 'ZI')
  t.equal(toothOf(result, 11).material, 'ZIHT')
})

t.test('a default is not taken for a work that nothing suits; it stands selected', async (t) => {
  const question = materialQuestion(order({ teeth: [veneer(11)] }), { materials: forCrowns, known: ZI_SET })
  t.same(question.proposed, { material: 'ZI', method: 'Mill5' })
  t.equal(question.candidates.length, 2)
  const known = { ...ZI_SET, answers: answers([question, answer('ZI', 'Mill5')]) }
  const from = order({ teeth: [tooth(16, { material: LAB_ZIRCONIA }), veneer(11)] })
  const result = mapped(from, { materials: forCrowns, known })
  t.match(result.materials, [
    { code: 'ZI', decidedBy: 'default', teeth: [16] },
    { code: 'ZI', decidedBy: 'answer', teeth: [11] },
  ])
})

t.test('an answer to a work that nothing suits holds, though a default is made meanwhile', async (t) => {
  const from = order({ teeth: [veneer(11)] })
  const question = materialQuestion(from, { materials: forCrowns })
  const known = { ...ZI_SET, answers: answers([question, answer('ZIHT', 'Mill5')]) }
  t.match(mapped(from, { materials: forCrowns, known }).materials, [{ code: 'ZIHT', decidedBy: 'answer' }])
})

t.test('an abutment’s default decides, though the list has no material for abutments', async (t) => {
  const materials: MaterialList = {
    materials: only('ZI', 'TI').materials.map((material) => ({ ...material, abutments: false })),
  }
  const implant = tooth(16, {
    implantBased: term('2', 'Cement retained crown'),
    abutmentType: term('1', 'Custom'),
    abutmentMaterial: term('75', 'Titanium'),
  })
  const question = materialQuestion(order({ teeth: [implant] }), { materials })
  t.match(question, { defaultKey: 'abutment:75', makeDefault: { material: true } })
  const known = defaults('abutment:75', 'TI', 'Mill5')
  const result = mapped(order({ teeth: [implant] }), { materials, known })
  t.match(result.materials, [{ code: 'ZI' }, { code: 'TI', decidedBy: 'default' }])
})

t.test('everything that has to be asked is asked at once', async (t) => {
  const teeth = [tooth(16, { material: LAB_ZIRCONIA }), tooth(26, { material: CHECK_NOTE })]
  const from = order({ teeth, notes: 'please use the white one' })
  const outcome = treatmentFromOrder(input(from, { materials: MATERIALS, known: { client: null } }))
  if (outcome.kind !== 'questions') return t.fail('nothing was asked')
  t.same(
    outcome.questions.map(({ question }) => question.kind),
    ['doctor', 'material', 'material'],
  )
  t.same(
    outcome.questions.map(({ waiting }) => waiting.teeth),
    [[16, 26], [16], [26]],
  )
  t.ok(outcome.questions.every(({ waiting }) => waiting.note === from.notes))
})

t.test('an answer that no longer fits the list is asked again', async (t) => {
  const from = ordered(LAB_ZIRCONIA)
  const question = materialQuestion(from, { materials: MATERIALS })
  const known = { answers: answers([question, answer('MLZI', 'Mill4')]) }
  t.equal(questionsOf(from, { materials: only('ZI', 'ZIHT'), known }).length, 1)
})

const lists = { clients: [CLIENT], materials: MATERIALS }
const BAD: readonly (readonly [string, object, string])[] = [
  ['a material that was not offered', { material: 'NP', method: 'Mill5' }, 'material'],
  ['a method of another material', { material: 'MLZI', method: 'Print' }, 'method'],
]
for (const [what, change, field] of BAD) {
  t.test(`${what} does not fit`, async (t) => {
    const question = materialQuestion(ordered(LAB_ZIRCONIA), { materials: MATERIALS })
    t.doesNotThrow(() => checkAnswer(question, answer('MLZI', 'Mill4'), lists))
    const given = { ...answer('MLZI', 'Mill4'), ...change } as never
    t.throws(() => checkAnswer(question, given, lists), { code: 'answer-unfit', facts: { field } })
  })
}

t.test('what is not stated cannot be made a default', async (t) => {
  const question = materialQuestion(ordered(null), { materials: MATERIALS })
  const given = { ...answer('ZI', 'Mill5'), makeDefault: { material: true, method: false } } as never
  t.throws(() => checkAnswer(question, given, lists), {
    code: 'answer-unfit',
    facts: { field: 'makeDefault' },
  })
})

t.test('a material that has left the list since the question does not fit', async (t) => {
  const question = materialQuestion(ordered(LAB_ZIRCONIA), { materials: MATERIALS })
  const now = { clients: [CLIENT], materials: only('ZI') }
  t.throws(() => checkAnswer(question, answer('MLZI', 'Mill5'), now), { code: 'answer-unfit' })
})
