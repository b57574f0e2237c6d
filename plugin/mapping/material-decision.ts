import type { MaterialTaken } from '../casefile/case-record.ts'
import { candidatesFor, type OrderedMaterial } from './material-candidates.ts'
import type { MaterialGroup } from './material-groups.ts'
import type { LaboratoryMaterial, MaterialList, ProductionMethod } from './materials.ts'
import {
  type Answer,
  type MaterialCandidate,
  type MaterialQuestion,
  type QuestionKey,
  questionKey,
} from './questions.ts'

/** The two defaults of an ordered material; each can be cleared alone. */
export interface MaterialDefault {
  readonly material: string | null
  readonly method: string | null
}

export interface DecisionContext {
  readonly list: MaterialList
  /** By `OrderedMaterial.key`, prefixed `abutment:` for abutments. */
  readonly defaults: ReadonlyMap<string, MaterialDefault>
  readonly answers: ReadonlyMap<QuestionKey, Answer>
  /** Account and number of the order: what its note decides is asked for this order alone. */
  readonly order: readonly [account: string, orderId: string]
}

export type Decision =
  | {
      readonly kind: 'taken'
      readonly material: LaboratoryMaterial
      readonly method: ProductionMethod
      readonly by: MaterialTaken['decidedBy']
      /** Code of the laboratory's default, where another was taken unasked because it does not suit the work. */
      readonly unfitDefault: string | null
    }
  | { readonly kind: 'question'; readonly question: MaterialQuestion }

/** The key of a material's defaults: those of an abutment are its own, zirconia crowns say nothing about abutments. */
export function defaultKeyOf(ordered: OrderedMaterial, abutment: boolean): string | null {
  return ordered.key === null ? null : abutment ? `abutment:${ordered.key}` : ordered.key
}

/**
 * What a group of teeth is made of and how: as answered for this order, else by the laboratory's defaults where they
 * still suit the work, else the only candidate with its only method; everything else is a question.
 */
export function decideMaterial(group: MaterialGroup, context: DecisionContext): Decision {
  const { ordered, need } = group
  const { materials, ask, suiting } = candidatesFor(ordered, need, context.list)
  const key = defaultKeyOf(ordered, need.abutment)
  const standing = standingDefault(group, context)
  const byDefault = suiting ? materials.find((material) => material.code === standing.material) : undefined
  const only = materials.length === 1 && !ask ? materials[0] : undefined
  const fixed = ordered.byNote ? undefined : (byDefault ?? only)
  // A default that stands for other work is not to be overwritten in passing.
  const elsewhere =
    standing.material !== null &&
    !byDefault &&
    context.list.materials.some((m) => m.code === standing.material)
  const remember = suiting && !ordered.byNote && !elsewhere && named(ordered)
  const proposal = { key, standing, remember, apart: elsewhere && !ordered.byNote }

  const open = questionOf(group, context, materials, proposal)
  const narrowed = fixed && questionOf(group, context, [fixed], proposal)
  const answered =
    answerTo(open.key, materials, context) ??
    answerTo(keyOf(group, context, materials), materials, context) ??
    (narrowed && answerTo(narrowed.key, [fixed], context))
  if (answered) return answered
  if (!fixed || !narrowed) return { kind: 'question', question: open }

  const wanted = fixed.methods.find((method) => method.code === standing.method)
  const method = wanted ?? (fixed.methods.length === 1 ? fixed.methods[0] : undefined)
  if (!method) return { kind: 'question', question: narrowed }
  const decidedByDefault = byDefault !== undefined || fixed.methods.length > 1
  return {
    kind: 'taken',
    material: fixed,
    method,
    by: decidedByDefault ? 'default' : 'only-candidate',
    unfitDefault: elsewhere ? standing.material : null,
  }
}

/** The laboratory's default for what was ordered is a candidate for these teeth. */
export function followsDefault(group: MaterialGroup, context: DecisionContext): boolean {
  const { ordered, need } = group
  if (ordered.byNote) return false
  const { material: code } = standingDefault(group, context)
  const { materials, suiting } = candidatesFor(ordered, need, context.list)
  return suiting && materials.some((material) => material.code === code)
}

/** These very teeth were asked for together, before a default set some of them apart. */
export function isAnswered(group: MaterialGroup, context: DecisionContext): boolean {
  const { materials } = candidatesFor(group.ordered, group.need, context.list)
  return answerTo(keyOf(group, context, materials), materials, context) !== undefined
}

function standingDefault({ ordered, need }: MaterialGroup, context: DecisionContext): MaterialDefault {
  const key = defaultKeyOf(ordered, need.abutment)
  return (key === null ? undefined : context.defaults.get(key)) ?? NO_DEFAULT
}

const NO_DEFAULT: MaterialDefault = { material: null, method: null }

interface Proposal {
  readonly key: string | null
  readonly standing: MaterialDefault
  readonly remember: boolean
  /** Asked for because the default does not suit: the answer is not that for all works of the material together. */
  readonly apart: boolean
}

function questionOf(
  group: MaterialGroup,
  context: DecisionContext,
  materials: readonly LaboratoryMaterial[],
  { key, standing, remember, apart }: Proposal,
): MaterialQuestion {
  const { ordered, need } = group
  const proposed =
    materials.find((material) => material.code === standing.material) ??
    (materials.length === 1 ? materials[0] : undefined)
  // Where its material was cleared, a production method still stands ready for those that have it.
  const method =
    (proposed ? [proposed] : materials)
      .flatMap((material) => material.methods)
      .find((one) => one.code === standing.method) ??
    (proposed?.methods.length === 1 ? proposed.methods[0] : undefined)
  return {
    kind: 'material',
    key: keyOf(group, context, materials, apart),
    itero: { id: ordered.id, name: ordered.name },
    defaultKey: key,
    candidates: candidatesOf(materials),
    work: need,
    proposed: { material: proposed?.code ?? null, method: method?.code ?? null },
    makeDefault: { material: remember, method: remember },
  }
}

function candidatesOf(materials: readonly LaboratoryMaterial[]): readonly MaterialCandidate[] {
  return materials.map(({ code, methods }) => ({ code, methods: methods.map((one) => one.code) }))
}

/** More than the four parts only where it has to be: keys of questions that are open stay as they are. */
function keyOf(
  { ordered, need }: MaterialGroup,
  context: DecisionContext,
  materials: readonly LaboratoryMaterial[],
  apart = false,
): QuestionKey {
  const order = ordered.byNote ? context.order : null
  const { suiting } = candidatesFor(ordered, need, context.list)
  // A crown's answer is none for a veneer that nothing suits, though both are offered the whole list.
  const own = suiting ? (apart ? ['apart'] : []) : [need.reconstructionTypes, need.connectors]
  return questionKey('material', [ordered.key, need.abutment, candidatesOf(materials), order, ...own])
}

/** An answer counts while what it names is still among the candidates. */
function answerTo(
  key: QuestionKey,
  materials: readonly LaboratoryMaterial[],
  context: DecisionContext,
): Decision | undefined {
  const answer = context.answers.get(key)
  if (answer?.kind !== 'material') return undefined
  const material = materials.find((one) => one.code === answer.material)
  const method = material?.methods.find((one) => one.code === answer.method)
  return material && method && { kind: 'taken', material, method, by: 'answer', unfitDefault: null }
}

/** What nobody can name is remembered only where a person asks for it. */
function named(ordered: OrderedMaterial): boolean {
  return (ordered.name ?? '').trim() !== ''
}
