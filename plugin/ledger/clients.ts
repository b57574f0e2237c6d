import type { Kysely } from 'kysely'
import { ImportError } from '../errors.ts'
import type { ClientDetails, ClientId } from '../mapping/clients.ts'
import { appendActivity } from './activity.ts'
import { type Ledger, reading } from './open.ts'
import type { OrderKey, Tables } from './schema.ts'

export interface AddedClient {
  readonly id: ClientId
  readonly details: ClientDetails
  /** ms since the epoch. */
  readonly addedAt: number
  /** At whose question. */
  readonly addedBy: OrderKey | null
}

/** Stands before the number of every client that an answer adds. */
const PREFIX = 'M'

/** Clients that answers added, the first first, until the host's database takes them over. */
export async function addedClients(l: Ledger): Promise<readonly AddedClient[]> {
  const rows = await reading(l, (tx) =>
    tx.selectFrom('added_clients').selectAll().orderBy('added_at').orderBy('client_id').execute(),
  )
  return rows.map((row) => ({
    id: row.client_id,
    details: JSON.parse(row.details) as ClientDetails,
    addedAt: row.added_at,
    addedBy: row.added_by_order,
  }))
}

/**
 * Inside a transaction. The id is the one in the details, else `M0001`, `M0002` …: from a counter that never goes back,
 * not in the laboratory's list (`taken`, in capitals or not) and not added before. Error: `answer-unfit` (the id in the
 * details is another client's).
 */
export async function addClient(
  tx: Kysely<Tables>,
  details: ClientDetails,
  made: { readonly at: number; readonly order: OrderKey | null },
  taken: Iterable<ClientId>,
): Promise<ClientId> {
  const theirs = new Set(Array.from(taken, folded))
  const insert = async (id: ClientId) => {
    if (theirs.has(folded(id))) return false
    const inserted = await tx
      .insertInto('added_clients')
      .values({
        client_id: id,
        details: JSON.stringify(details),
        added_at: made.at,
        added_by_order: made.order,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('client_id')
      .executeTakeFirst()
    return inserted !== undefined
  }
  let id = details.id as ClientId | undefined
  if (id !== undefined) {
    if (!(await insert(id))) throw new ImportError('answer-unfit', { field: 'client.new.id' })
  } else {
    do id = await nextId(tx)
    while (!(await insert(id)))
  }
  await appendActivity(tx, made.at, 'client-added', { order: made.order })
  return id
}

async function nextId(tx: Kysely<Tables>): Promise<ClientId> {
  const { value } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'client')
    .returning('value')
    .executeTakeFirstOrThrow()
  return `${PREFIX}${String(value).padStart(4, '0')}` as ClientId
}

const folded = (id: string) => id.trim().toLowerCase()
