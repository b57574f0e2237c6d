import type { Parameter } from '../bridge/data.ts'
import type { ClientBody } from './api.ts'
import { HostError } from './errors.ts'
import { isOnStep } from './on-step.ts'
import { RECONSTRUCTION_TYPES } from './words/works.ts'

/** A client's values, checked and trimmed. */
export interface CheckedClient {
  readonly id: string | null
  readonly name: string
  readonly address: string
  readonly contact: string
  readonly licence: string
  readonly parameters: Readonly<Record<string, readonly Parameter[]>>
}

/** How DentalDB names a parameter. */
export const PARAMETER_TYPE = /^[A-Za-z][A-Za-z0-9_]{0,63}$/

const LIMITS = { id: 64, name: 200, address: 500, contact: 500, licence: 64 } as const

/** Errors: `client-invalid` {field, problem}, `parameter-out-of-bounds` or `parameter-off-step` {work, parameter}. */
export function checkedClient(body: ClientBody): CheckedClient {
  const id = body.id === undefined ? null : line('id', body.id)
  if (id === '') throw invalid('id', 'empty')
  const name = line('name', body.name)
  if (name === '') throw invalid('name', 'empty')
  return {
    id,
    name,
    address: text('address', body.address ?? ''),
    contact: text('contact', body.contact ?? ''),
    licence: line('licence', body.licence ?? ''),
    parameters: checkedParameters(body.parameters ?? {}),
  }
}

function checkedParameters(given: NonNullable<ClientBody['parameters']>): CheckedClient['parameters'] {
  const works = Object.entries(given).filter(([, parameters]) => parameters.length > 0)
  for (const [work, parameters] of works) {
    if (!RECONSTRUCTION_TYPES.includes(work)) throw invalid('parameters', 'reconstruction-type')
    const types = new Set<string>()
    for (const parameter of parameters) {
      const { type } = parameter
      if (!PARAMETER_TYPE.test(type)) throw invalid('parameters', 'type')
      if (types.has(type)) throw invalid('parameters', 'duplicate')
      types.add(type)
      const problem = boundsProblem(parameter)
      if (problem !== null) throw new HostError(problem, { work, parameter: type })
    }
  }
  return Object.fromEntries(
    works.map(([work, parameters]) => [
      work,
      parameters.map(({ type, value, minValue, maxValue, stepSize }) => ({
        type,
        value,
        minValue,
        maxValue,
        stepSize,
      })),
    ]),
  )
}

/** The value lies within its bounds and on its step, counted from the lowest value. */
export const isWithinBounds = (parameter: Parameter): boolean => boundsProblem(parameter) === null

function boundsProblem({
  value,
  minValue,
  maxValue,
  stepSize,
}: Parameter): 'parameter-out-of-bounds' | 'parameter-off-step' | null {
  const finite = [value, minValue, maxValue, stepSize].every(Number.isFinite)
  if (!finite || value < minValue || value > maxValue) return 'parameter-out-of-bounds'
  return stepSize > 0 && isOnStep(value, minValue, stepSize) ? null : 'parameter-off-step'
}

/** One line: a number or name with a line break in it breaks every list that it stands in. */
function line(field: keyof typeof LIMITS, value: string): string {
  const checked = text(field, value)
  if (/[\n\r]/.test(checked)) throw invalid(field, 'lines')
  return checked
}

function text(field: keyof typeof LIMITS, value: string): string {
  const trimmed = value.normalize('NFC').trim()
  if (trimmed.length > LIMITS[field]) throw invalid(field, 'too-long')
  if (/[^\P{Cc}\n\r\t]|\p{Cs}/u.test(trimmed)) throw invalid(field, 'characters')
  return trimmed
}

const invalid = (field: string, problem: string) => new HostError('client-invalid', { field, problem })
