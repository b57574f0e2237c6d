import type { SQLInputValue } from 'node:sqlite'
import { settleCloudOrder } from './cloud-orders.ts'
import { type Database, firstRow, rows, run, type SqlRow } from './database.ts'
import type { Facts, HostCode } from './errors.ts'
import { folded, searchText, sortKey } from './folded-text.ts'
import { forgetPatient, keepText, removeRow, STATUS_RANKS } from './list-rows.ts'

/** A folder of the case folder, as it was read. */
export interface SeenCase {
  readonly project: string
  /** Changes when something of the folder does. */
  readonly signature: string
  /** When its document was written, ms since the epoch. */
  readonly writtenAt: number
  /** null: nothing of it could be read. */
  readonly content: CaseContent | null
  /** Why it is no whole case; null: it is. */
  readonly problem: { readonly code: HostCode; readonly facts: Facts } | null
}

export interface CaseContent {
  readonly guid: string | null
  /** null: it did not come with an order. */
  readonly origin: { readonly account: string; readonly orderId: string } | null
  readonly orderCode: string | null
  readonly revision: number
  readonly patient: { readonly id: string | null; readonly family: string; readonly given: string }
  readonly practice: { readonly id: string | null; readonly name: string | null }
  /** FDI, restored teeth only. */
  readonly teeth: readonly number[]
  readonly material: string | null
  readonly due: string | null
  readonly warnings: number
}

/**
 * Lists a case or brings its row up to date; inside a transaction of the caller. A case that came with an order takes
 * over the order's row; one that was in the folder before is the same case again, read where it was read.
 */
export function upsertCase(db: Database, seen: SeenCase): void {
  const { project, signature, problem, content } = seen
  const known = firstRow(db, "select * from cases where project = ? and kind = 'case'", project)
  const row = known === null ? originOf(db, seen) : { id: Number(known['id']), before: known, columns: {} }
  const opened = Number(row.columns['opened'] ?? row.before?.['opened'])
  const status = problem !== null ? 'broken' : opened === 1 ? 'read' : 'unread'
  // What is broken only now still has its patient in the list.
  const filled = content === null ? null : contentColumns(db, content)
  // One statement: there are a dozen indexes to keep.
  const columns: Columns = {
    ...row.columns,
    status,
    status_rank: STATUS_RANKS[status],
    signature,
    reason_code: problem?.code ?? null,
    reason_facts: problem === null ? null : JSON.stringify(problem.facts),
    reason_text: null,
    ...filled,
  }
  const id = row.before === null ? insertCase(db, columns) : updateCase(db, row.id, columns)
  const patient = row.before?.['patient_key'] ?? null
  if (filled !== null && typeof patient === 'number' && patient !== filled['patient_key']) {
    forgetPatient(db, patient)
  }
  if (filled !== null) keepText(db, id, textOf({ ...filled, project }))
  else if (known === null) keepText(db, id, searchText([project]))
  const origin = content?.origin ?? null
  if (origin !== null) settleCloudOrder(db, origin.account, origin.orderId)
}

/** The cases of these folders leave the list; inside a transaction of the caller. */
export function removeCases(db: Database, projects: readonly string[]): void {
  for (const project of projects) {
    const row = firstRow(
      db,
      "select id, guid, opened, received_at, account, order_id from cases where project = ? and kind = 'case'",
      project,
    )
    if (row === null) continue
    const id = Number(row['id'])
    removeRow(db, id)
    run(
      db,
      `insert or replace into past_cases (project, guid, id, opened, received_at, gone_at) values (?, ?, ?, ?, ?, ?)`,
      project,
      row['guid'] === null ? '' : String(row['guid']),
      id,
      Number(row['opened']),
      Number(row['received_at']),
      db.clock(),
    )
    if (typeof row['account'] === 'string') settleCloudOrder(db, row['account'], String(row['order_id']))
  }
}

/** A client is new or has another name: his cases go to him, and others' no more. */
export function relinkPractice(db: Database, practice: string): void {
  for (const row of rows(db, "select * from cases where practice_id = ? and kind = 'case'", practice)) {
    const client = clientFor(db, {
      id: practice,
      name: textOrNull(row['practice']),
      delivered: row['delivered'] === 1,
    })
    if (client.id === row['client_id'] && client.name === row['client']) continue
    const id = Number(row['id'])
    run(
      db,
      'update cases set client_id = ?, client = ?, sort_client = ? where id = ?',
      client.id,
      client.name,
      sortKey(client.name),
      id,
    )
    keepText(db, id, textOf({ ...row, client: client.name }))
  }
}

/** A patient's name as the list shows it. */
export const listedName = ({ family, given }: Pick<CaseContent['patient'], 'family' | 'given'>): string =>
  [family, given].filter((each) => each.trim() !== '').join(', ')

type Columns = Readonly<Record<string, SQLInputValue>>

/** Where a case that is not in the list comes from: the order's row that it takes over, or (`before` null) a new row. */
type Origin = { readonly columns: Columns } & (
  | { readonly before: SqlRow; readonly id: number }
  | { readonly before: null }
)

/** A new row has the number, mark and time of the case that it was before, where it was one. */
function originOf(db: Database, { project, content, writtenAt }: SeenCase): Origin {
  const origin = content?.origin ?? null
  const order =
    origin === null
      ? null
      : firstRow(
          db,
          "select id, patient_key from cases where account = ? and order_id = ? and revision = ? and kind = 'order'",
          origin.account,
          origin.orderId,
          content?.revision ?? 1,
        )
  const past = firstRow(db, 'delete from past_cases where project = ? returning *', project)
  if (order !== null) {
    const columns = { kind: 'case', project, details: null, waits_for: '[]', opened: 0 }
    return { before: order, id: Number(order['id']), columns }
  }
  const same = past !== null && (past['guid'] === null || past['guid'] === (content?.guid ?? ''))
  const again = same && firstRow(db, 'select 1 from cases where id = ?', Number(past['id'])) === null
  const columns = {
    id: again ? Number(past['id']) : null,
    kind: 'case',
    project,
    opened: same ? Number(past['opened']) : 0,
    received_at: same ? Number(past['received_at']) : Math.trunc(Math.min(writtenAt, db.clock())),
  }
  return { before: null, columns }
}

function insertCase(db: Database, columns: Columns): number {
  const names = Object.keys(columns)
  const row = firstRow(
    db,
    `insert into cases (${names.join(', ')}) values (${names.map(() => '?').join(', ')}) returning id`,
    ...Object.values(columns),
  )
  return Number(row?.['id'])
}

function updateCase(db: Database, id: number, columns: Columns): number {
  const set = Object.keys(columns).map((name) => `${name} = ?`)
  run(db, `update cases set ${set.join(', ')} where id = ?`, ...Object.values(columns), id)
  return id
}

function contentColumns(db: Database, content: CaseContent): Columns {
  const { origin, patient, practice, teeth } = content
  const client = clientFor(db, { ...practice, delivered: origin !== null })
  const name = listedName(patient)
  return {
    guid: content.guid,
    account: origin?.account ?? null,
    order_id: origin?.orderId ?? null,
    order_code: content.orderCode,
    revision: content.revision,
    patient_key: keepPatient(db, content),
    patient: name,
    practice_id: practice.id,
    practice_key: practice.name === null ? null : folded(practice.name),
    practice: practice.name,
    delivered: origin === null ? 0 : 1,
    client_id: client.id,
    client: client.name,
    teeth: JSON.stringify(teeth),
    material: content.material,
    due: content.due,
    warnings: content.warnings,
    sort_patient: sortKey(name),
    sort_client: sortKey(client.name),
    sort_teeth: teeth.join(' ') || null,
    sort_material: sortKey(content.material),
    sort_order: sortKey(origin?.orderId ?? null),
  }
}

/**
 * Whose case it is: by the practice's number. A folder may hold cases of another database, whose 003 is somebody else:
 * there the name has to agree too.
 */
function clientFor(
  db: Database,
  practice: { readonly id: string | null; readonly name: string | null; readonly delivered: boolean },
): { readonly id: string | null; readonly name: string | null } {
  const client =
    practice.id === null ? null : firstRow(db, 'select id, name from clients where id = ?', practice.id)
  const agrees =
    client !== null &&
    (practice.delivered ||
      firstRow(
        db,
        'select 1 from client_names where client_id = ? and name_key = ?',
        practice.id,
        folded(practice.name ?? ''),
      ) !== null)
  return agrees
    ? { id: String(client['id']), name: String(client['name']) }
    : { id: null, name: practice.name === '' ? null : practice.name }
}

/** Patients of one practice are one by their number; without one by their name. */
function keepPatient(db: Database, { patient, practice }: CaseContent): number {
  const who =
    patient.id === null || patient.id === '' || patient.id === '0'
      ? ['name', folded(patient.family), folded(patient.given)]
      : ['id', patient.id]
  const kept = firstRow(
    db,
    `insert into patients (key, patient_id, family, given) values (?, ?, ?, ?)
     on conflict (key) do update set family = excluded.family, given = excluded.given returning id`,
    JSON.stringify([practice.id, ...who]),
    patient.id,
    patient.family,
    patient.given,
  )
  return Number(kept?.['id'])
}

function textOf(row: SqlRow): string {
  const teeth = (JSON.parse(String(row['teeth'])) as readonly number[]).join(' ')
  const { patient, client, order_id: order, order_code: code, material, project } = row
  return searchText([patient, client, order, code, material, project, teeth].map(textOrNull))
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
