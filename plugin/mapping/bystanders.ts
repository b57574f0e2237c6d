import type { BystanderTooth } from '../casefile/treatment.ts'
import { archOrder, distalNeighbour, jawOf, mesialNeighbour } from '../itero/teeth.ts'
import type { FdiTooth } from '../teeth.ts'

/** Teeth of the order by what they become. */
export interface Dentition {
  readonly restored: readonly FdiTooth[]
  readonly missing: ReadonlySet<FdiTooth>
  /** Ordered, but not understood: nothing is said about them. */
  readonly leftOut: ReadonlySet<FdiTooth>
  /** Outside of what was scanned, and not ordered: nobody saw whether they are there. */
  readonly unseen: ReadonlySet<FdiTooth>
}

/**
 * The teeth that are not made but that the design needs to know of [C]: missing ones, the neighbours of restored ones
 * as healthy, and exactly one antagonist where only one jaw is restored: the tooth opposite the first restored one, or
 * of the next where that one is missing; where all of them are, the one that stands nearest. Nothing for an order that
 * restores nothing.
 */
export function bystandersOf({ restored, missing, leftOut, unseen }: Dentition): readonly BystanderTooth[] {
  if (restored.length === 0) return []
  const kinds = new Map<FdiTooth, BystanderTooth['reconstructionType']>()
  for (const fdi of missing) kinds.set(fdi, 'MissingTooth')
  const taken = (fdi: FdiTooth) =>
    restored.includes(fdi) || leftOut.has(fdi) || unseen.has(fdi) || kinds.has(fdi)
  for (const fdi of restored)
    for (const neighbour of [mesialNeighbour(fdi), distalNeighbour(fdi)])
      if (neighbour !== null && !taken(neighbour)) kinds.set(neighbour, 'HealthyTooth')
  if (new Set(restored.map(jawOf)).size === 1) {
    const opposites = restored.map(oppositeOf)
    const opposite = [...opposites, ...nearestTo(opposites[0])].find((fdi) => !taken(fdi))
    if (opposite !== undefined) kinds.set(opposite, 'Antagonist')
  }
  return [...archOrder.upper, ...archOrder.lower].flatMap((number) => {
    const reconstructionType = kinds.get(number)
    return reconstructionType ? [{ kind: 'bystander', number, reconstructionType }] : []
  })
}

/** The teeth of its jaw, those beside it first. */
function nearestTo(fdi: FdiTooth | undefined): readonly FdiTooth[] {
  if (fdi === undefined) return []
  const arch = archOrder[jawOf(fdi)]
  const apart = (other: FdiTooth) => Math.abs(arch.indexOf(other) - arch.indexOf(fdi))
  return [...arch].sort((a, b) => apart(a) - apart(b))
}

/** 16 and 46, 21 and 31. */
export function oppositeOf(fdi: FdiTooth): FdiTooth {
  const quadrant = Math.floor(fdi / 10)
  return ((5 - quadrant) * 10 + (fdi % 10)) as FdiTooth
}
