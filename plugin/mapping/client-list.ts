import { Ajv } from 'ajv'
import schema from '../../schemas/client-list.schema.json' with { type: 'json' }
import { ImportError } from '../errors.ts'
import type { Client } from './clients.ts'

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
    throw invalid(
      pointer(error?.instancePath ?? '', { ...error?.params, propertyName: error?.propertyName }),
      error?.keyword ?? 'invalid',
    )
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
