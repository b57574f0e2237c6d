import { createHash } from 'node:crypto'
import type { Parameter, ReconstructionType } from '../casefile/treatment.ts'

/** The laboratory's own id of a client; a string, `003` occurs [V]. */
export type ClientId = string & { readonly brand: 'ClientId' }

/** A client of the laboratory: whom it bills and whose habits its parameters follow. */
export interface Client {
  readonly id: ClientId
  readonly name: string
  readonly address?: string
  readonly contact?: string
  readonly licence?: string
  /** Defaults by kind of work, written into the tooth's `Parameters`. */
  readonly parameters: Readonly<Partial<Record<ReconstructionType, readonly Parameter[]>>>
}

/** A client that an answer adds; without an id the ledger gives it one. */
export interface ClientDetails {
  readonly id?: string
  readonly name: string
  readonly address?: string
  readonly contact?: string
  readonly licence?: string
}

/** The client that the answer to `key` adds, where nobody gave it an id yet: the same whenever it is asked for. */
export function newClient(details: ClientDetails, key: string): Client {
  const id = details.id ?? `itero-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`
  return { ...details, id: id as ClientId, parameters: {} }
}

const LIMITS = { id: 64, name: 200, address: 500, contact: 500, licence: 64 } as const

/** The field that is wrong, or null. Details come from outside, so their shape is checked too. */
export function clientDetailsProblem(details: ClientDetails): string | null {
  for (const [field, limit] of Object.entries(LIMITS)) {
    const value: unknown = details[field as keyof typeof LIMITS]
    if (value === undefined && field !== 'name') continue
    if (typeof value !== 'string' || value.length > limit) return `client.new.${field}`
    if ((field === 'name' || field === 'id') && value.trim() === '') return `client.new.${field}`
  }
  return null
}
