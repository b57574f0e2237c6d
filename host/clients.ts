import type { Client } from '../bridge/data.ts'
import type { ClientBody, ClientRow } from './api.ts'
import { checkedClient } from './client-body.ts'
import { type Database, firstRow, rows, run, type SqlRow, writing } from './database.ts'
import { HostError } from './errors.ts'
import { folded } from './folded-text.ts'
import { renameClientOfOrders } from './incoming.ts'
import { relinkPractice } from './listed-cases.ts'

/** A client as the host keeps him; the doctors that are mapped to him the plugin knows. */
export type KeptClient = Omit<ClientRow, 'doctors'>

const COLUMNS = `id, name, address, contact, licence, parameters,
  (select count(*) from cases where cases.client_id = clients.id) as cases`

/** All clients by number. */
export function listClients(db: Database): readonly KeptClient[] {
  return rows(db, `select ${COLUMNS} from clients order by length(id), id`).map(clientOf)
}

export function clientById(db: Database, id: string): KeptClient | null {
  const row = firstRow(db, `select ${COLUMNS} from clients where id = ?`, id)
  return row === null ? null : clientOf(row)
}

/** One page for the bridge, by id. `after`: the last id of the page before. */
export function clientsPage(
  db: Database,
  page: { readonly after?: string; readonly limit?: number } = {},
): readonly Client[] {
  const { after = '', limit = 500 } = page
  return rows(
    db,
    'select id, name, address, contact, licence, parameters from clients where id > ? order by id limit ?',
    after,
    limit,
  ).map((row) => {
    const { id, name, address, contact, licence, parameters } = clientOf({ ...row, cases: 0 })
    return {
      id,
      name,
      ...(address !== '' && { address }),
      ...(contact !== '' && { contact }),
      ...(licence !== '' && { licence }),
      parameters: parameters as Client['parameters'],
    }
  })
}

/**
 * A new client, with the number that the body wishes for or the next one (`001`, `002` …).
 * Errors: `client-invalid`, `parameter-…`, `client-number-taken`, `client-name-taken` {client} unless the body
 * knows of it.
 */
export function addClient(db: Database, body: ClientBody): KeptClient {
  const client = checkedClient(body)
  return writing(db, () => {
    const id = client.id ?? nextNumber(db)
    if (firstRow(db, 'select 1 from clients where id = ?', id) !== null) {
      throw new HostError('client-number-taken', { client: id })
    }
    if (body.sameName !== true) refuseNamesake(db, id, client.name)
    run(
      db,
      'insert into clients (id, name, address, contact, licence, parameters, made_at) values (?, ?, ?, ?, ?, ?, ?)',
      id,
      client.name,
      client.address,
      client.contact,
      client.licence,
      JSON.stringify(client.parameters),
      db.clock(),
    )
    return named(db, id, client.name)
  })
}

/**
 * The client with all of the body's values; a value that is left out is emptied, the number stays.
 * Errors: `client-unknown`, `client-invalid`, `parameter-…`, `client-name-taken` {client} where the name is a
 * new one and the body does not know of it.
 */
export function changeClient(db: Database, id: string, body: ClientBody): KeptClient {
  const client = checkedClient({ ...body, id })
  return writing(db, () => {
    const before = clientById(db, id)
    const renamed = before !== null && folded(before.name) !== folded(client.name)
    if (renamed && body.sameName !== true) refuseNamesake(db, id, client.name)
    const changed = run(
      db,
      'update clients set name = ?, address = ?, contact = ?, licence = ?, parameters = ? where id = ?',
      client.name,
      client.address,
      client.contact,
      client.licence,
      JSON.stringify(client.parameters),
      id,
    )
    if (changed === 0) throw new HostError('client-unknown', { client: id })
    return named(db, id, client.name)
  })
}

/** `doctors`: how many are mapped to him. Errors: `client-unknown`, `client-in-use` {cases, doctors}. */
export function deleteClient(db: Database, id: string, doctors: number): void {
  writing(db, () => {
    const client = clientById(db, id)
    if (client === null) throw new HostError('client-unknown', { client: id })
    if (client.cases > 0 || doctors > 0) {
      throw new HostError('client-in-use', { client: id, cases: client.cases, doctors })
    }
    run(db, 'delete from clients where id = ?', id)
  })
}

/**
 * The client that the answer to a question adds: made at the first call, the same one at every other, however often the
 * answer is sent. `question`: a key that stands for this question alone. Errors: as `addClient`.
 */
export function clientForQuestion(db: Database, question: string, body: ClientBody): KeptClient {
  return writing(db, () => {
    const made = firstRow(db, 'select client_id from question_clients where question = ?', question)
    const client = made === null ? null : clientById(db, String(made['client_id']))
    if (client !== null) return client
    const added = addClient(db, body)
    run(db, 'insert into question_clients (question, client_id) values (?, ?)', question, added.id)
    return added
  })
}

/** Error: `client-name-taken` {client} where another client has the name now, whatever its accents and capitals. */
function refuseNamesake(db: Database, id: string, name: string): void {
  const key = folded(name)
  const namesake = rows(
    db,
    `select clients.id, clients.name from client_names join clients on clients.id = client_names.client_id
      where name_key = ? and clients.id <> ? order by length(clients.id), clients.id`,
    key,
    id,
  ).find((row) => folded(String(row['name'])) === key)
  if (namesake !== undefined) throw new HostError('client-name-taken', { client: String(namesake['id']) })
}

/** Keeps the name among those he ever had, and takes his cases to him. */
function named(db: Database, id: string, name: string): KeptClient {
  run(db, 'insert or ignore into client_names (client_id, name_key) values (?, ?)', id, folded(name))
  relinkPractice(db, id)
  renameClientOfOrders(db, id)
  const client = clientById(db, id)
  if (client === null) throw new HostError('client-unknown', { client: id })
  return client
}

/** A number that no client had, and that no case of the folder uses for a practice of another database. */
function nextNumber(db: Database): string {
  for (;;) {
    const counted = firstRow(
      db,
      "update counters set value = value + 1 where name = 'client' returning value",
    )
    const id = String(counted?.['value']).padStart(3, '0')
    const taken =
      firstRow(db, 'select 1 from clients where id = ?', id) ??
      firstRow(db, 'select 1 from cases where practice_id = ? limit 1', id)
    if (taken === null) return id
  }
}

function clientOf(row: SqlRow): KeptClient {
  return {
    id: String(row['id']),
    name: String(row['name']),
    address: String(row['address']),
    contact: String(row['contact']),
    licence: String(row['licence']),
    parameters: JSON.parse(String(row['parameters'])) as KeptClient['parameters'],
    cases: Number(row['cases']),
  }
}
