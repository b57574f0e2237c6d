import type { MaterialTaken, OrderedTooth } from '../casefile/case-record.ts'
import type { Tooth, Treatment } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import type { Order, Term } from '../itero/order.ts'
import { archOrder } from '../itero/teeth.ts'
import type { FdiTooth } from '../teeth.ts'
import { bystandersOf } from './bystanders.ts'
import type { Client, ClientId } from './clients.ts'
import { clientOf, doctorQuestion } from './doctors.ts'
import { type OrderedMaterial, orderedMaterial } from './material-candidates.ts'
import { type Decision, decideMaterial, defaultKeyOf, type MaterialDefault } from './material-decision.ts'
import { type MaterialGroup, materialGroups } from './material-groups.ts'
import { type Language, nameIn } from './materials.ts'
import { notesOf } from './notes.ts'
import { orderedToothOf } from './ordered-teeth.ts'
import { patientOf } from './patient.ts'
import type { Answer, Lists, Question, QuestionKey, Waiting } from './questions.ts'
import { restoredTooth } from './restored-tooth.ts'
import { sharedColour, zonesOf } from './shades.ts'
import { type RestoredWork, type Works, worksOf } from './works.ts'

/** What was decided before. */
export interface Known {
  /** As the doctor is mapped; where it is gone from the list it is asked again. */
  readonly client: ClientId | null
  /** By the keys that `materialKeys` gives. */
  readonly materialDefaults: ReadonlyMap<string, MaterialDefault>
  /** Given for this order. */
  readonly answers: ReadonlyMap<QuestionKey, Answer>
}

/** What this revision is called and when it came: fixed once, by whoever has a clock and chance. */
export interface ProjectIdentity {
  readonly guid: string
  readonly uniqueId: string
  /** ISO 8601 with offset. */
  readonly dateTime: string
  readonly trayNo: string
}

export interface MappingInput {
  readonly order: Order
  readonly account: string
  /** Of the files that are written. */
  readonly files: readonly FileRole[]
  readonly lists: Lists
  readonly known: Known
  readonly language: Language
  readonly project: ProjectIdentity
}

export type Outcome =
  | {
      readonly kind: 'treatment'
      readonly treatment: Treatment
      readonly client: Client
      readonly materials: readonly MaterialTaken[]
      readonly teeth: readonly OrderedTooth[]
      /** Those of the mapping; the order has its own. */
      readonly warnings: readonly Warning[]
    }
  | {
      readonly kind: 'questions'
      /** No two of one key. */
      readonly questions: readonly Asked[]
    }

interface Asked {
  readonly question: Question
  readonly waiting: Waiting
}

/** The keys under which defaults for this order's materials may be kept. */
export function materialKeys(order: Order): readonly string[] {
  const keys = order.teeth.flatMap((tooth) => [
    defaultKeyOf(orderedMaterial(tooth.material), false),
    defaultKeyOf(orderedMaterial(tooth.abutmentMaterial), true),
  ])
  return [...new Set(keys.filter((key) => key !== null))]
}

/**
 * An order in DentalDB's words, or everything that has to be asked first, at once. Pure: the same input gives the same
 * outcome, and answering every question leads to a treatment.
 */
export function treatmentFromOrder(input: MappingInput): Outcome {
  const { order, account, lists, known } = input
  const works = worksOf(order, input.files)
  const doctor = doctorQuestion(account, order, lists.clients)
  const client = clientOf(known.answers.get(doctor.key), known.client, lists.clients)
  const choices = choicesOf(works, input)

  const questions: Asked[] = []
  const restored = works.restored.map(({ tooth }) => tooth.fdi)
  if (client === null) questions.push({ question: doctor, waiting: { teeth: restored, note: order.notes } })
  for (const { group, decision } of choices)
    if (decision.kind === 'question')
      questions.push({ question: decision.question, waiting: { teeth: group.teeth, note: order.notes } })
  if (client === null || questions.length > 0) return { kind: 'questions', questions: eachOnce(questions) }

  return complete(input, works, client, choices.flatMap(takenOf), doctor.remembered)
}

/** Two works of one order may wait for the same answer: the order then waits once, with the teeth of both. */
function eachOnce(asked: readonly Asked[]): readonly Asked[] {
  const byKey = new Map<QuestionKey, Asked>()
  for (const one of asked) {
    const before = byKey.get(one.question.key)
    byKey.set(one.question.key, before ? joinedWith(before, one) : one)
  }
  return [...byKey.values()]
}

function joinedWith({ question, waiting }: Asked, other: Asked): Asked {
  const both = { ...waiting, teeth: [...waiting.teeth, ...other.waiting.teeth] }
  if (question.kind !== 'material' || other.question.kind !== 'material') return { question, waiting: both }
  const { work } = question
  const types = new Set([...work.reconstructionTypes, ...other.question.work.reconstructionTypes])
  const connectors = work.connectors || other.question.work.connectors
  return {
    question: { ...question, work: { ...work, reconstructionTypes: [...types].sort(), connectors } },
    waiting: both,
  }
}

interface Choice {
  readonly group: MaterialGroup
  readonly decision: Decision
}

interface Taken extends MaterialGroup {
  readonly choice: Extract<Decision, { kind: 'taken' }>
}

function takenOf({ group, decision }: Choice): readonly Taken[] {
  return decision.kind === 'taken' ? [{ ...group, choice: decision }] : []
}

function choicesOf(works: Works, { order, account, lists, known }: MappingInput): readonly Choice[] {
  const context = {
    list: lists.materials,
    defaults: known.materialDefaults,
    answers: known.answers,
    order: [account, order.id] as const,
  }
  const { pieceOf } = works.joints
  const groups = materialGroups(
    works.restored.map(({ tooth, work, ordered }) => ({
      fdi: tooth.fdi,
      ordered,
      reconstructionType: work.reconstructionType,
      piece: pieceOf.get(tooth.fdi) ?? -tooth.fdi,
      connectors: pieceOf.has(tooth.fdi),
    })),
    context,
  )
  return [...groups, ...abutmentGroups(works.restored)].map((group) => ({
    group,
    decision: decideMaterial(group, context),
  }))
}

function abutmentGroups(restored: readonly RestoredWork[]): readonly MaterialGroup[] {
  const groups = new Map<string, MaterialGroup>()
  for (const { tooth, abutment } of restored) {
    if (abutment?.key == null) continue
    const teeth = [...(groups.get(abutment.key)?.teeth ?? []), tooth.fdi]
    const need = { reconstructionTypes: [], connectors: false, abutment: true }
    groups.set(abutment.key, { ordered: abutment, need, teeth })
  }
  return [...groups.values()]
}

function complete(
  input: MappingInput,
  works: Works,
  client: Client,
  taken: readonly Taken[],
  doctorKnown: boolean,
): Outcome {
  const { order, language, project } = input
  const warnings: Warning[] = [...works.warnings, ...materialWarnings(works.restored)]
  if (!doctorKnown) warnings.push({ code: 'doctor-without-identity', facts: { order: order.id } })

  const materialFor = (fdi: FdiTooth, use: 'tooth' | 'abutment') =>
    taken.find((one) => one.need.abutment === (use === 'abutment') && one.teeth.includes(fdi))?.choice
      .material
  const made = works.restored.map((one) => {
    const tooth = restoredTooth(one, works.joints, materialFor, client, input.files, language)
    warnings.push(...tooth.warnings)
    return tooth.tooth
  })
  for (const { ordered, teeth, choice } of taken)
    if (choice.unfitDefault !== null)
      warnings.push({
        code: 'material-default-unfit',
        facts: {
          id: ordered.id ?? '',
          name: ordered.name ?? '',
          teeth: teeth.join(' '),
          default: choice.unfitDefault,
          material: choice.material.code,
        },
      })
  warnings.push(...differingPieces(works, taken))
  const patient = patientOf(order, client)
  warnings.push(...patient.warnings)
  const materials = taken.map((one) => ({
    iteroId: one.ordered.id ?? '',
    iteroName: one.ordered.name,
    code: one.choice.material.code,
    displayName: nameIn(one.choice.material.names, language),
    method: one.choice.method.code,
    decidedBy: one.choice.by,
    teeth: one.teeth,
  }))
  const notes = notesOf(
    {
      order,
      materials: materials.map((one, index) => ({
        ...one,
        methodName: nameIn(taken[index]?.choice.method.names ?? { en: one.method }, language),
        abutment: taken[index]?.need.abutment === true,
      })),
      shades: works.restored.map(({ tooth }, index) => ({
        fdi: tooth.fdi,
        zones: zonesOf(tooth),
        colour: made[index]?.color ?? null,
      })),
      leftOut: works.leftOut.map(({ fdi, restoration, material }) => ({
        fdi,
        restoration: restoration.name ?? restoration.id,
        material: orderedMaterial(material).id && (material?.name ?? material?.id ?? null),
      })),
      denture: works.denture,
    },
    language,
  )
  return {
    kind: 'treatment',
    client,
    materials,
    teeth: order.teeth.map(orderedToothOf),
    warnings: distinct(warnings),
    treatment: {
      dateTime: project.dateTime,
      trayNo: project.trayNo,
      notes,
      projectGuid: project.guid,
      projectUniqueId: project.uniqueId,
      teeth: inArchOrder([...made, ...bystanders(works, order)]),
      practice: { id: client.id, name: client.name },
      patient: patient.patient,
      productName: 'MyiTero import',
      toothColor: sharedColour(made.map((tooth) => tooth.color)),
      antagonistType: 'DigitalImpressionScan',
    },
  }
}

/** A bridge is made in one piece: joined teeth that come out differently are for a person to sort out. */
function differingPieces({ restored, joints }: Works, taken: readonly Taken[]): readonly Warning[] {
  const pieces = new Map<number, Map<string, FdiTooth[]>>()
  for (const { tooth } of restored) {
    const piece = joints.pieceOf.get(tooth.fdi)
    const choice = taken.find((one) => !one.need.abutment && one.teeth.includes(tooth.fdi))?.choice
    if (piece === undefined || choice === undefined) continue
    const made = `${choice.material.code}, ${choice.method.code}`
    const of = pieces.get(piece) ?? new Map<string, FdiTooth[]>()
    pieces.set(piece, of.set(made, [...(of.get(made) ?? []), tooth.fdi]))
  }
  return [...pieces.values()]
    .filter((of) => of.size > 1)
    .map((of) => ({
      code: 'bridge-materials-differ',
      facts: {
        teeth: [...of.values()].flat().join(' '),
        materials: [...of].map(([made, teeth]) => `${teeth.join(' ')}: ${made}`).join(' · '),
      },
    }))
}

function bystanders(works: Works, order: Order): readonly Tooth[] {
  const ordered = new Set(order.teeth.map(({ fdi }) => fdi))
  return bystandersOf({
    restored: works.restored.map(({ tooth }) => tooth.fdi),
    missing: works.missing,
    leftOut: new Set([
      ...works.leftOut.map(({ fdi }) => fdi),
      // Under a bridge, and yet not ordered: whatever stands there, it is no healthy neighbour.
      ...order.bridges.flatMap(({ span }) => span.filter((fdi) => !ordered.has(fdi))),
    ]),
    unseen: new Set(unscanned(order).filter((fdi) => !ordered.has(fdi))),
  })
}

/** Teeth outside the ScanRange of their jaw [I]; none where the order states no range, as v10 and v30 do not [V]. */
function unscanned({ scanRange }: Order): readonly FdiTooth[] {
  return (['upper', 'lower'] as const).flatMap((jaw) => {
    const range = scanRange[jaw]
    if (range === null) return []
    const arch = archOrder[jaw]
    const ends = [arch.indexOf(range.from), arch.indexOf(range.to)]
    return arch.filter((_, index) => index < Math.min(...ends) || index > Math.max(...ends))
  })
}

function materialWarnings(restored: readonly RestoredWork[]): readonly Warning[] {
  return restored.flatMap(({ tooth, ordered, abutment }) => [
    ...(ordered.key === null
      ? [{ code: 'material-missing', facts: { tooth: tooth.fdi } } as const]
      : unknownMaterial(ordered, tooth.material)),
    ...(abutment === null ? [] : unknownMaterial(abutment, tooth.abutmentMaterial)),
  ])
}

/** Of a contradictory one its contradiction is told already. */
function unknownMaterial({ understood, id }: OrderedMaterial, term: Term | null): readonly Warning[] {
  if (understood || term?.contradictory) return []
  return [{ code: 'material-not-understood', facts: { id: id ?? '' } }]
}

function inArchOrder(teeth: readonly Tooth[]): readonly Tooth[] {
  const rank = new Map<number, number>(
    [...archOrder.upper, ...archOrder.lower].map((fdi: FdiTooth, index) => [fdi, index]),
  )
  return [...teeth].sort((a, b) => (rank.get(a.number) ?? 0) - (rank.get(b.number) ?? 0))
}

function distinct(warnings: readonly Warning[]): readonly Warning[] {
  const seen = new Map(warnings.map((warning) => [JSON.stringify(warning), warning]))
  return [...seen.values()]
}
