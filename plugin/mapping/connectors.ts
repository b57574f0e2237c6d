import type { Warning } from '../errors.ts'
import { archOrder } from '../itero/teeth.ts'
import type { FdiTooth } from '../teeth.ts'

/** A tooth of a bridge that is made. */
export interface BridgeUnit {
  readonly fdi: FdiTooth
  readonly bridge: string
}

export interface Joints {
  /** Teeth whose `MesialConnector` is true. */
  readonly mesial: ReadonlySet<FdiTooth>
  /** Which piece a joined tooth belongs to; teeth that are not joined are not in it. */
  readonly pieceOf: ReadonlyMap<FdiTooth, number>
  /** `bridge-not-understood`: a bridge that falls into several pieces, for the technician to join. */
  readonly warnings: readonly Warning[]
}

/**
 * Bridges as mesial connectors: units of one bridge that stand side by side are joined, the one farther from the
 * midline carries the mark, so 44-45-46 reads false/true/true [V]. Across the midline either central incisor may carry
 * it [I]: here it is always the patient's right one, 11 or 41, and never both.
 */
export function jointsOf(units: readonly BridgeUnit[]): Joints {
  const bridgeOf = new Map(units.map((unit) => [unit.fdi, unit.bridge]))
  const mesial = new Set<FdiTooth>()
  const pieceOf = new Map<FdiTooth, number>()
  let piece = 0
  for (const arch of [archOrder.upper, archOrder.lower]) {
    arch.forEach((right, index) => {
      const left = arch[index + 1]
      const bridge = bridgeOf.get(right)
      if (left === undefined || bridge === undefined || bridgeOf.get(left) !== bridge) return
      // In the patient's right half the tooth on the right is the distal one.
      mesial.add(isRightHalf(right) ? right : left)
      const joined = pieceOf.get(right) ?? ++piece
      pieceOf.set(right, joined).set(left, joined)
    })
  }
  return { mesial, pieceOf, warnings: fallenApart(units, pieceOf) }
}

function isRightHalf(fdi: FdiTooth): boolean {
  const quadrant = Math.floor(fdi / 10)
  return quadrant === 1 || quadrant === 4
}

function fallenApart(units: readonly BridgeUnit[], pieceOf: ReadonlyMap<FdiTooth, number>): Warning[] {
  const pieces = new Map<string, Set<number>>()
  for (const { fdi, bridge } of units) {
    const of = pieces.get(bridge) ?? new Set()
    pieces.set(bridge, of.add(pieceOf.get(fdi) ?? -fdi))
  }
  return [...pieces]
    .filter(([, of]) => of.size > 1)
    .map(([bridge, of]) => ({ code: 'bridge-not-understood', facts: { bridge, pieces: of.size } }))
}
