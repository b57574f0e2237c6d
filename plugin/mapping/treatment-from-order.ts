import type { MaterialTaken, OrderedTooth } from '../casefile/case-record.ts'
import type { RestoredTooth, Tooth, Treatment } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import type { Order } from '../itero/order.ts'
import { archOrder } from '../itero/teeth.ts'
import type { FdiTooth } from '../teeth.ts'
import { bystandersOf } from './bystanders.ts'
import type { Client, ClientId } from './clients.ts'
import { clientOf, doctorQuestion } from './doctors.ts'
import { implantField } from './implants.ts'
import { orderedMaterial } from './material-candidates.ts'
import { type Decision, decideMaterial, defaultKeyOf, type MaterialDefault } from './material-decision.ts'
import { type MaterialGroup, materialGroups } from './material-groups.ts'
import { type Language, nameIn } from './materials.ts'
import { notesOf } from './notes.ts'
import { orderedToothOf } from './ordered-teeth.ts'
import { parametersOf } from './parameters.ts'
import { isPlaceholder } from './placeholders.ts'
import type { Answer, Lists, Question, QuestionKey, Waiting } from './questions.ts'
import { bodyShade, colourIn, NO_COLOUR, sharedColour, zonesOf } from './shades.ts'
import { isWritten, type RestoredWork, type Works, worksOf } from './works.ts'

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
      readonly questions: readonly { readonly question: Question; readonly waiting: Waiting }[]
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
  const client = clientOf(doctor.key, known.answers.get(doctor.key), known.client, lists.clients)
  const choices = choicesOf(works, input)

  const questions: { question: Question; waiting: Waiting }[] = []
  const restored = works.restored.map(({ tooth }) => tooth.fdi)
  if (client === null) questions.push({ question: doctor, waiting: { teeth: restored, note: order.notes } })
  for (const { group, decision } of choices)
    if (decision.kind === 'question')
      questions.push({ question: decision.question, waiting: { teeth: group.teeth, note: order.notes } })
  if (client === null || questions.length > 0) return { kind: 'questions', questions }

  return complete(input, works, client, choices.flatMap(takenOf), doctor.remembered)
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
    lists.materials,
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

  const made = works.restored.map((one) => {
    const tooth = restoredTooth(one, works, taken, client, input)
    warnings.push(...tooth.warnings)
    return tooth.tooth
  })
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
      leftOut: works.leftOut.map(({ fdi, restoration }) => ({
        fdi,
        restoration: restoration.name ?? restoration.id,
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
      teeth: inArchOrder([...made, ...bystanders(works)]),
      practice: { id: client.id, name: client.name },
      patient: patient.patient,
      productName: 'MyiTero import',
      toothColor: sharedColour(made.map((tooth) => tooth.color)),
      antagonistType: 'DigitalImpressionScan',
    },
  }
}

function restoredTooth(
  { tooth, work, fixing }: RestoredWork,
  works: Works,
  taken: readonly Taken[],
  client: Client,
  { files, language }: MappingInput,
): { readonly tooth: RestoredTooth; readonly warnings: readonly Warning[] } {
  const { fdi } = tooth
  const of = (abutment: boolean) =>
    taken.find((one) => one.need.abutment === abutment && one.teeth.includes(fdi))?.choice.material
  const material = of(false)
  // Every restored tooth is in a group, and every group was decided.
  if (!material) throw new RangeError('a restored tooth has a material')
  const { parameters, warnings } = parametersOf(client, work.reconstructionType)
  const shade = bodyShade(zonesOf(tooth))
  const colour = shade === null ? null : colourIn(material, shade)
  const coloured = material.colours.length > 0
  const unclear: Warning[] = []
  if (coloured && shade === null) unclear.push({ code: 'shade-missing', facts: { tooth: fdi } })
  else if (coloured && colour === null && shade !== null)
    unclear.push({ code: 'shade-not-understood', facts: { tooth: fdi, shade, material: material.code } })
  return {
    warnings: [...warnings, ...unclear],
    tooth: {
      kind: 'restored',
      number: fdi,
      reconstructionType: work.reconstructionType,
      mesialConnector: works.joints.mesial.has(fdi),
      parameters,
      materialName: nameIn(material.names, language),
      material: material.code,
      implant:
        fixing === null
          ? null
          : implantField(fixing, isWritten(files, 'scan-body', fdi), of(true)?.code ?? null),
      preparationType: work.preparationType,
      separateGingivaScan: work.preparationType === 'Inlay' ? null : isWritten(files, 'gingiva', fdi),
      situScan: isWritten(files, 'pre-treatment', fdi),
      color: coloured ? (colour ?? NO_COLOUR) : null,
    },
  }
}

function bystanders(works: Works): readonly Tooth[] {
  return bystandersOf({
    restored: works.restored.map(({ tooth }) => tooth.fdi),
    missing: works.missing,
    leftOut: new Set(works.leftOut.map(({ fdi }) => fdi)),
  })
}

function materialWarnings(restored: readonly RestoredWork[]): readonly Warning[] {
  return restored.flatMap(({ tooth, ordered, abutment }) => [
    ...(ordered.key === null
      ? [{ code: 'material-missing', facts: { tooth: tooth.fdi } } as const]
      : unknownMaterial(ordered.understood, ordered.id)),
    ...(abutment === null ? [] : unknownMaterial(abutment.understood, abutment.id)),
  ])
}

function unknownMaterial(understood: boolean, id: string | null): readonly Warning[] {
  return understood ? [] : [{ code: 'material-not-understood', facts: { material: id ?? '' } }]
}

/**
 * Never `0`, which collides on import [C]: iTero's identifier, else the chart number of this client (two practices may
 * both have a 12), else the order's number with the warning `patient-without-id`.
 */
function patientOf(
  order: Order,
  client: Client,
): { readonly patient: Treatment['patient']; readonly warnings: readonly Warning[] } {
  const { id, chartNumber, family, given, raw } = order.patient
  const name = family.trim() === '' ? { family: given || raw, given: '' } : { family, given }
  if (!isPlaceholder(id)) return { patient: { id: (id ?? '').trim(), ...name }, warnings: [] }
  if (!isPlaceholder(chartNumber))
    return { patient: { id: `${client.id}-${(chartNumber ?? '').trim()}`, ...name }, warnings: [] }
  const warnings: Warning[] = [{ code: 'patient-without-id', facts: { order: order.id } }]
  return { patient: { id: `itero-${order.id}`, ...name }, warnings }
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
