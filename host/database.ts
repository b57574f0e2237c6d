import { basename } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { DATABASE_STEPS } from './database-steps.ts'
import { HostError } from './errors.ts'

/** The host's own database. One host holds it at a time; every call is synchronous and short. */
export interface Database {
  readonly sqlite: DatabaseSync
  readonly file: string
  /** ms since the epoch. */
  readonly clock: () => number
  readonly statements: Map<string, StatementSync>
}

/** A row as SQLite gives it. */
export type SqlRow = Readonly<Record<string, unknown>>

/** `MyIH` in the file's header: a database with another or none is not ours. */
const APPLICATION_ID = 0x4d794948

/**
 * Opens the host's database, and makes or brings it up to date where needed. The folder has to be there.
 * Held exclusively: two hosts on one home would run two plugins on one case folder.
 * Errors: `database-unreadable` (no database, damaged, another program's, not allowed), `database-newer`,
 * `database-busy` (another host runs with it), `database-full`.
 */
export function openDatabase(file: string, clock: () => number = Date.now): Database {
  let sqlite: DatabaseSync | null = null
  try {
    const opened = new DatabaseSync(file, { timeout: 1000, enableForeignKeyConstraints: true })
    sqlite = opened
    opened.exec('pragma locking_mode = exclusive')
    refuseForeign(opened, file)
    opened.exec('pragma journal_mode = wal')
    opened.exec('pragma synchronous = full')
    opened.exec('pragma trusted_schema = off')
    opened.exec('pragma journal_size_limit = 16777216')
    opened.exec('pragma cache_size = -32768')
    migrate(opened)
    return { sqlite: opened, file, clock, statements: new Map() }
  } catch (error) {
    if (sqlite?.isOpen) sqlite.close()
    throw databaseFailure(error, file)
  }
}

/** A second call does nothing. */
export function closeDatabase(db: Database): void {
  db.statements.clear()
  if (db.sqlite.isOpen) db.sqlite.close()
}

/** Everything inside happens, flushed to the disk, or nothing does. Inside another one: part of it. */
export function writing<T>(db: Database, body: () => T): T {
  return transaction(db, 'full', body)
}

/**
 * The same, but not flushed by itself: a power cut (never a mere crash) may undo it. For what a look at the case folder
 * tells again.
 */
export function noting<T>(db: Database, body: () => T): T {
  return transaction(db, 'normal', body)
}

/** All rows of a query; statements are kept, so the text has to be one of few. */
export function rows(db: Database, sql: string, ...values: readonly SQLInputValue[]): readonly SqlRow[] {
  return told(db, () => statement(db, sql).all(...values))
}

export function firstRow(db: Database, sql: string, ...values: readonly SQLInputValue[]): SqlRow | null {
  return told(db, () => statement(db, sql).get(...values) ?? null)
}

/** Number of rows that it changed. */
export function run(db: Database, sql: string, ...values: readonly SQLInputValue[]): number {
  return told(db, () => Number(statement(db, sql).run(...values).changes))
}

function statement(db: Database, sql: string): StatementSync {
  let prepared = db.statements.get(sql)
  if (prepared === undefined) {
    prepared = db.sqlite.prepare(sql)
    db.statements.set(sql, prepared)
  }
  return prepared
}

function transaction<T>(db: Database, synchronous: 'full' | 'normal', body: () => T): T {
  return told(db, () => {
    const { sqlite } = db
    if (sqlite.isTransaction) return body()
    // It holds for the whole connection and cannot be set inside a transaction.
    sqlite.exec(`pragma synchronous = ${synchronous}`)
    sqlite.exec('begin immediate')
    try {
      const result = body()
      sqlite.exec('commit')
      return result
    } catch (error) {
      if (sqlite.isTransaction) sqlite.exec('rollback')
      throw error
    }
  })
}

function told<T>(db: Database, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw databaseFailure(error, db.file)
  }
}

/** Before anything is written: is it ours, and of a version that this code knows? */
function refuseForeign(sqlite: DatabaseSync, file: string): void {
  const applicationId = Number(sqlite.prepare('pragma application_id').get()?.['application_id'])
  if (applicationId !== APPLICATION_ID) {
    if (sqlite.prepare('select 1 from sqlite_schema limit 1').get() === undefined) return
    throw new HostError('database-unreadable', { file: basename(file), reason: 'foreign' })
  }
  if (stepsTaken(sqlite) > DATABASE_STEPS.length) {
    throw new HostError('database-newer', { file: basename(file) })
  }
}

function migrate(sqlite: DatabaseSync): void {
  const taken = stepsTaken(sqlite)
  if (taken === DATABASE_STEPS.length) return
  sqlite.exec('begin immediate')
  try {
    for (const step of DATABASE_STEPS.slice(taken)) sqlite.exec(step)
    sqlite.exec(`pragma application_id = ${APPLICATION_ID}`)
    sqlite.exec(`pragma user_version = ${DATABASE_STEPS.length}`)
    sqlite.exec('commit')
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec('rollback')
    throw error
  }
}

const stepsTaken = (sqlite: DatabaseSync): number =>
  Number(sqlite.prepare('pragma user_version').get()?.['user_version'])

/** Primary result codes of SQLite [V], sqlite.org/rescode.html. */
const BUSY: readonly number[] = [5, 6]
const FULL = 13
/** Everything that the file itself is at fault for: read-only, I/O, corrupt, cannot open, no database. */
const UNREADABLE: readonly number[] = [8, 10, 11, 14, 26]

/** An error of SQLite's file as ours; anything else is a defect of ours and stays what it is. */
function databaseFailure(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  const primary = error.errcode & 0xff
  const facts = { file: basename(file), sqlite: error.errcode }
  if (BUSY.includes(primary)) return new HostError('database-busy', facts, error)
  if (primary === FULL) return new HostError('database-full', facts, error)
  return UNREADABLE.includes(primary) ? new HostError('database-unreadable', facts, error) : error
}
