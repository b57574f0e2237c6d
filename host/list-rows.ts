import type { CaseStatus } from './api.ts'
import { type Database, firstRow, run } from './database.ts'

/** What a person has to act on comes first. */
export const STATUS_RANKS: Readonly<Record<CaseStatus, number>> = {
  waiting: 0,
  refused: 1,
  broken: 2,
  importing: 3,
  unread: 4,
  read: 5,
  noted: 6,
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

/** Where no case is his any more. */
export function forgetPatient(db: Database, id: number): void {
  run(
    db,
    'delete from patients where id = ? and not exists (select 1 from cases where patient_key = ?)',
    id,
    id,
  )
}
