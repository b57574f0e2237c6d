import type { Parameter } from '../../../bridge/data.ts'
import type { SeenParameter } from '../../api.ts'
import { words } from '../words/words.ts'

/**
 * Names of DentalDB that stand in cases we have seen [V]; what they mean is inferred from their names [I]. How it calls
 * spacing, minimum thickness and the rest is not known: those are offered as the laboratory's own cases have them.
 */
const say = words({
  en: {
    CementGapThickness: 'cement gap, mm',
    MillingDiameter: 'milling diameter, mm',
    MillingMachineAxes: 'axes of the milling machine',
  },
  de: {
    CementGapThickness: 'Zementspalt, mm',
    MillingDiameter: 'Fräserdurchmesser, mm',
    MillingMachineAxes: 'Achsen der Fräsmaschine',
  },
})

export const KNOWN_NAMES = ['CementGapThickness', 'MillingDiameter', 'MillingMachineAxes'] as const
type KnownName = (typeof KNOWN_NAMES)[number]

/** With the bounds of an installation [V]. */
export const CEMENT_GAP: Parameter = {
  type: 'CementGapThickness',
  value: 0.04,
  minValue: 0,
  maxValue: 0.2,
  stepSize: 0.005,
}

/** A name in words, with its unit; null: it is not known. */
export function inWords(type: string): string | null {
  const known: readonly string[] = KNOWN_NAMES
  return known.includes(type) ? say(type as KnownName) : null
}

/** Value, bounds and step that a name has for a kind of work, as far as anything tells of them. */
export function boundsOf(type: string, work: string, seen: readonly SeenParameter[]): Parameter | null {
  const own = seen.find((each) => each.type === type && each.work === work)
  if (own !== undefined) return own
  if (type === CEMENT_GAP.type) return CEMENT_GAP
  return seen.find((each) => each.type === type) ?? null
}
