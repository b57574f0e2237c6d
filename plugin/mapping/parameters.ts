import type { Parameter, ReconstructionType } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { Client } from './clients.ts'

/**
 * The client's defaults for a kind of work. One outside its own bounds or off its step is left out, with the warning
 * `parameter-out-of-bounds`: DentalDB then takes the installation's own default, which fits; a value pushed to the
 * nearest bound would be one that nobody chose.
 */
export function parametersOf(
  client: Client,
  type: ReconstructionType,
): { readonly parameters: readonly Parameter[]; readonly warnings: readonly Warning[] } {
  const wanted = Object.hasOwn(client.parameters, type) ? (client.parameters[type] ?? []) : []
  const first = wanted.filter((one, index) => wanted.findIndex(({ type }) => type === one.type) === index)
  const refused = first.filter((parameter) => !isWithinBounds(parameter))
  return {
    parameters: first.filter(isWithinBounds),
    warnings: refused.map(({ type: parameter, value, minValue, maxValue, stepSize }) => ({
      code: 'parameter-out-of-bounds',
      facts: { work: type, parameter, value, minValue, maxValue, stepSize },
    })),
  }
}

function isWithinBounds({ value, minValue, maxValue, stepSize }: Parameter): boolean {
  if (![value, minValue, maxValue, stepSize].every(Number.isFinite) || stepSize < 0) return false
  if (value < minValue || value > maxValue) return false
  if (stepSize === 0) return true
  // 0.04 of 0.005 is 8.000000000000002 steps.
  const steps = (value - minValue) / stepSize
  return Math.abs(steps - Math.round(steps)) < 1e-6 * Math.max(1, Math.abs(steps))
}
