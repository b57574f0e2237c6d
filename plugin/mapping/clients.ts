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
