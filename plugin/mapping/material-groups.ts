import type { ReconstructionType } from '../casefile/treatment.ts'
import type { FdiTooth } from '../teeth.ts'
import { candidatesFor, type Need, type OrderedMaterial, suits } from './material-candidates.ts'
import { type DecisionContext, followsDefault, isAnswered } from './material-decision.ts'
import type { MaterialList } from './materials.ts'

/** A tooth to be made, as far as its material is concerned. */
export interface MaterialTooth {
  readonly fdi: FdiTooth
  readonly ordered: OrderedMaterial
  readonly reconstructionType: ReconstructionType
  /** Joined teeth share this, single ones have their own: a bridge is made in one piece. */
  readonly piece: number
  readonly connectors: boolean
}

/** Teeth that are decided together. */
export interface MaterialGroup {
  readonly ordered: OrderedMaterial
  readonly need: Need
  readonly teeth: readonly FdiTooth[]
}

/**
 * Teeth of one ordered material are decided together when one of its candidates suits all of them; else piece by
 * piece, where pieces with the same candidates stay together. Pieces that follow the laboratory's default do so for
 * themselves: what limits the others does not take it from them.
 */
export function materialGroups(
  teeth: readonly MaterialTooth[],
  context: DecisionContext,
): readonly MaterialGroup[] {
  const { list } = context
  return groupBy(teeth, (tooth) => tooth.ordered.key ?? '').flatMap((group) => {
    const whole = groupOf(group)
    if (suitsTogether(whole, list) && isAnswered(whole, context)) return [whole]
    const pieces = groupBy(group, (tooth) => String(tooth.piece))
    const follows = pieces.map((piece) => followsDefault(groupOf(piece), context))
    return [true, false].flatMap((does) =>
      togetherOrApart(
        pieces.filter((_, index) => follows[index] === does),
        list,
      ),
    )
  })
}

function togetherOrApart(
  pieces: readonly (readonly MaterialTooth[])[],
  list: MaterialList,
): readonly MaterialGroup[] {
  if (pieces.length === 0) return []
  const whole = groupOf(pieces.flat())
  if (suitsTogether(whole, list)) return [whole]
  return groupBy(pieces, (piece) => candidateCodes(groupOf(piece), list)).map((alike) =>
    groupOf(alike.flat()),
  )
}

function suitsTogether(group: MaterialGroup, list: MaterialList): boolean {
  return list.materials.some(
    (material) => group.ordered.codes?.includes(material.code) !== false && suits(material, group.need),
  )
}

/** What nothing suits is asked for kind by kind. */
function candidateCodes({ ordered, need }: MaterialGroup, list: MaterialList): string {
  const { materials, suiting } = candidatesFor(ordered, need, list)
  const own = suiting ? null : [need.reconstructionTypes, need.connectors]
  return JSON.stringify([materials.map(({ code }) => code), own])
}

function groupOf(teeth: readonly MaterialTooth[]): MaterialGroup {
  const [first] = teeth
  if (!first) throw new RangeError('a group has teeth')
  return {
    ordered: first.ordered,
    teeth: teeth.map((tooth) => tooth.fdi),
    need: {
      reconstructionTypes: [...new Set(teeth.map((tooth) => tooth.reconstructionType))].sort(),
      connectors: teeth.some((tooth) => tooth.connectors),
      abutment: false,
    },
  }
}

/** In order of first appearance. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()]
}
