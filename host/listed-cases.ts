import type { CaseStatus } from './api.ts'
import { type Database, firstRow, rows, run, type SqlRow } from './database.ts'
import type { Facts, HostCode } from './errors.ts'
import { folded, searchText, sortKey } from './folded-text.ts'

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

/** What a person has to act on comes first. */
export const STATUS_RANKS: Readonly<Record<CaseStatus, number>> = {
  waiting: 0,
  refused: 1,
  broken: 2,
  importing: 3,
  unread: 4,
  read: 5,
}

/**
 * Lists a case or brings its row up to date; inside a transaction of the caller. A case that came with an order takes
 * over the order's row; one that was in the folder before is the same case again, read where it was read.
 */
export function upsertCase(db: Database, seen: SeenCase): void {
  const known = firstRow(db, "select * from cases where project = ? and kind = 'case'", seen.project)
  const id = known === null ? newRow(db, seen) : Number(known['id'])
  const opened = Number(firstRow(db, 'select opened from cases where id = ?', id)?.['opened'])
  const status = seen.problem !== null ? 'broken' : opened === 1 ? 'read' : 'unread'
  const reason = [
    seen.problem?.code ?? null,
    seen.problem === null ? null : JSON.stringify(seen.problem.facts),
  ]
  run(
    db,
    'update cases set status = ?, status_rank = ?, signature = ?, reason_code = ?, reason_facts = ?, reason_text = null where id = ?',
    status,
    STATUS_RANKS[status],
    seen.signature,
    ...reason,
    id,
  )
  // What is broken only now still has its patient in the list.
  if (seen.content !== null) fillRow(db, id, seen.content)
  else if (known === null) keepText(db, id, searchText([seen.project]))
}

/** The cases of these folders leave the list; inside a transaction of the caller. */
export function removeCases(db: Database, projects: readonly string[]): void {
  for (const project of projects) {
    const row = firstRow(
      db,
      "select id, guid, opened, received_at from cases where project = ? and kind = 'case'",
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
  }
}

export function removeRow(db: Database, id: number): void {
  const patient =
    firstRow(db, 'delete from cases where id = ? returning patient_key', id)?.['patient_key'] ?? null
  if (typeof patient === 'number') forgetPatient(db, patient)
}

/** What a search finds the row by. */
export function keepText(db: Database, id: number, text: string): void {
  run(
    db,
    'insert into case_texts (id, text) values (?, ?) on conflict (id) do update set text = excluded.text',
    id,
    text,
  )
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

/** The row's number: of the order that it came with, of the case that it was before, or a new one. */
function newRow(db: Database, seen: SeenCase): number {
  const { project, content } = seen
  const origin = content?.origin ?? null
  const order =
    origin === null
      ? null
      : firstRow(
          db,
          "select id from cases where account = ? and order_id = ? and revision = ? and kind = 'order'",
          origin.account,
          origin.orderId,
          content?.revision ?? 1,
        )
  const past = firstRow(db, 'delete from past_cases where project = ? returning *', project)
  if (order !== null) {
    const id = Number(order['id'])
    run(
      db,
      "update cases set kind = 'case', project = ?, details = null, waits_for = '[]', opened = 0 where id = ?",
      project,
      id,
    )
    return id
  }
  const same = past !== null && (past['guid'] === null || past['guid'] === (content?.guid ?? ''))
  const again = same && firstRow(db, 'select 1 from cases where id = ?', Number(past['id'])) === null
  run(
    db,
    `insert into cases (id, kind, status, status_rank, project, opened, received_at)
     values (?, 'case', 'broken', 2, ?, ?, ?)`,
    again ? Number(past['id']) : null,
    project,
    same ? Number(past['opened']) : 0,
    same ? Number(past['received_at']) : Math.trunc(Math.min(seen.writtenAt, db.clock())),
  )
  return Number(firstRow(db, "select id from cases where project = ? and kind = 'case'", project)?.['id'])
}

function fillRow(db: Database, id: number, content: CaseContent): void {
  const { origin, patient, practice, teeth } = content
  const delivered = origin !== null
  const client = clientFor(db, { ...practice, delivered })
  const before = firstRow(db, 'select patient_key from cases where id = ?', id)?.['patient_key'] ?? null
  const patientKey = keepPatient(db, content)
  const name = [patient.family, patient.given].filter((each) => each.trim() !== '').join(', ')
  run(
    db,
    `update cases set guid = ?, account = ?, order_id = ?, order_code = ?, revision = ?, patient_key = ?, patient = ?,
       practice_id = ?, practice_key = ?, practice = ?, delivered = ?, client_id = ?, client = ?, teeth = ?,
       material = ?, due = ?, warnings = ?, sort_patient = ?, sort_client = ?, sort_teeth = ?, sort_material = ?,
       sort_order = ? where id = ?`,
    content.guid,
    origin?.account ?? null,
    origin?.orderId ?? null,
    content.orderCode,
    content.revision,
    patientKey,
    name,
    practice.id,
    practice.name === null ? null : folded(practice.name),
    practice.name,
    delivered ? 1 : 0,
    client.id,
    client.name,
    JSON.stringify(teeth),
    content.material,
    content.due,
    content.warnings,
    sortKey(name),
    sortKey(client.name),
    teeth.join(' ') || null,
    sortKey(content.material),
    sortKey(origin?.orderId ?? null),
    id,
  )
  if (typeof before === 'number' && before !== patientKey) forgetPatient(db, before)
  const row = firstRow(db, 'select * from cases where id = ?', id)
  if (row !== null) keepText(db, id, textOf(row))
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

function forgetPatient(db: Database, id: number): void {
  run(
    db,
    'delete from patients where id = ? and not exists (select 1 from cases where patient_key = ?)',
    id,
    id,
  )
}

function textOf(row: SqlRow): string {
  const teeth = (JSON.parse(String(row['teeth'])) as readonly number[]).join(' ')
  const { patient, client, order_id: order, order_code: code, material, project } = row
  return searchText([patient, client, order, code, material, project, teeth].map(textOrNull))
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
