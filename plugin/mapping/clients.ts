import { createHash } from 'node:crypto'
import { Ajv } from 'ajv'
import schema from '../../schemas/client-list.schema.json' with { type: 'json' }
import type { Parameter, ReconstructionType } from '../casefile/treatment.ts'
import { ImportError } from '../errors.ts'

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

/** UTF-16 units; 50,000 clients with their parameters take less. */
export const CLIENT_LIST_LIMIT = 64_000_000

interface ClientList {
  readonly version: 1
  readonly clients: readonly (Omit<Client, 'parameters'> & Partial<Pick<Client, 'parameters'>>)[]
}

const isClientList = new Ajv({ allErrors: false, strict: true }).compile<ClientList>(schema)

/**
 * A laboratory's clients (schemas/client-list.schema.json).
 * Errors: `client-list-invalid` with facts `field` (a JSON pointer) and `problem`; never a value.
 */
export function readClientList(json: string): readonly Client[] {
  if (json.length > CLIENT_LIST_LIMIT) throw invalid('', 'too-large')
  const data = parse(json)
  if (!isClientList(data)) {
    const [error] = isClientList.errors ?? []
    throw invalid(pointer(error?.instancePath ?? '', error?.params ?? {}), error?.keyword ?? 'invalid')
  }
  const places = new Map<string, number>()
  data.clients.forEach((client, index) => {
    if (places.has(client.id)) throw invalid(`/clients/${index}/id`, 'duplicate')
    places.set(client.id, index)
  })
  return data.clients.map((client) => ({ ...client, parameters: client.parameters ?? {} }))
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''))
  } catch {
    // The engine's message would quote the text.
    throw invalid('', 'not-json')
  }
}

/** The field itself, where the rule names one that is missing or too much. */
function pointer(path: string, params: Readonly<Record<string, unknown>>): string {
  const named = params['missingProperty'] ?? params['additionalProperty'] ?? params['propertyName']
  return named === undefined ? path : `${path}/${String(named).slice(0, 64)}`
}

function invalid(field: string, problem: string): ImportError {
  return new ImportError('client-list-invalid', { field, problem })
}
