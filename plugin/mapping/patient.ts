import type { Treatment } from '../casefile/treatment.ts'
import type { Warning } from '../errors.ts'
import type { Order } from '../itero/order.ts'
import type { Client } from './clients.ts'
import { isPlaceholder } from './placeholders.ts'

/**
 * Never `0`, which collides on import [C]: iTero's identifier, else the chart number of this client (two practices may
 * both have a 12), else the order's number with the warning `patient-without-id`.
 */
export function patientOf(
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
