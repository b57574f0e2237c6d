import type { Treatment } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { Order } from '../itero/order.ts'
import type { Client } from './clients.ts'
import { isPlaceholder } from './placeholders.ts'

/**
 * Never `0`, which collides on import [C]: iTero's identifier, else the chart number of this client (two practices may
 * both have a 12), else the order's number with the warning `patient-without-id`. A name that is none: `patient-without-name`.
 */
export function patientOf(
  order: Order,
  client: Client,
): { readonly patient: Treatment['patient']; readonly warnings: readonly Warning[] } {
  const { id, chartNumber, family, given, raw } = order.patient
  // Only all of it: people are called Na and Null.
  const nameless = [family, given, ...raw.split(',')].every(isPlaceholder)
  const name = nameless
    ? { family: '', given: '' }
    : family.trim() === ''
      ? { family: given || raw, given: '' }
      : { family, given }
  const facts = { order: order.id }
  const warnings: Warning[] = name.family === '' ? [{ code: 'patient-without-name', facts }] : []
  if (!isPlaceholder(id)) return { patient: { id: (id ?? '').trim(), ...name }, warnings }
  if (!isPlaceholder(chartNumber))
    return { patient: { id: `${client.id}-${(chartNumber ?? '').trim()}`, ...name }, warnings }
  warnings.push({ code: 'patient-without-id', facts })
  return { patient: { id: `itero-${order.id}`, ...name }, warnings }
}
