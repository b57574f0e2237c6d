import { DatabaseSync } from 'node:sqlite'
import { ImportError } from '../errors.ts'
import { userVersion, waitingForTurn } from './sqlite-dialect.ts'
import { sqliteFailure } from './sqlite-failure.ts'

/** `MyIT` in the file's header: a database with another or none is not ours. */
const APPLICATION_ID = 0x4d794954

/** SQLite's own waiting stops the whole process, so it is short; `waitingForTurn` does the rest. */
const BLOCKING_WAIT_MS = 20

/**
 * Opens a file of SQLite as a ledger: journal in WAL, every commit flushed before it is reported, references kept;
 * takes the steps of `migrations` that it has not taken. Several processes may do so at once.
 * Errors: `ledger-unreadable`, `ledger-newer`, `ledger-busy`, `ledger-full`.
 */
export async function openSqlite(
  file: string,
  migrations: readonly string[],
  waitMs: number,
): Promise<DatabaseSync> {
  let database: DatabaseSync | null = null
  try {
    const opened = new DatabaseSync(file, { timeout: BLOCKING_WAIT_MS, enableForeignKeyConstraints: true })
    database = opened
    await waitingForTurn(waitMs, () => atOneMoment(opened, () => refuseForeign(opened, migrations.length)))
    // Each change of the journal's mode needs the file for itself for a moment.
    await waitingForTurn(waitMs, () => opened.exec('pragma journal_mode = wal'))
    opened.exec('pragma synchronous = full')
    opened.exec('pragma trusted_schema = off')
    opened.exec('pragma journal_size_limit = 16777216')
    if (userVersion(opened) < migrations.length) {
      await waitingForTurn(waitMs, () => migrate(opened, migrations))
    }
    return opened
  } catch (error) {
    if (database?.isOpen) database.close()
    throw sqliteFailure(error)
  }
}

/** One snapshot for several looks: another process may make the ledger between two of them. */
function atOneMoment(database: DatabaseSync, look: () => void): void {
  database.exec('begin deferred')
  try {
    look()
  } finally {
    database.exec('rollback')
  }
}

/** Before anything is written: is it a ledger, and one that this code knows? */
function refuseForeign(database: DatabaseSync, known: number): void {
  const applicationId = Number(database.prepare('pragma application_id').get()?.['application_id'])
  if (applicationId !== APPLICATION_ID) {
    if (database.prepare('select 1 from sqlite_schema limit 1').get() === undefined) return
    throw new ImportError('ledger-unreadable', { applicationId })
  }
  const found = userVersion(database)
  if (found > known) throw new ImportError('ledger-newer', { found, known })
}

function migrate(database: DatabaseSync, migrations: readonly string[]): void {
  database.exec('begin immediate')
  try {
    // Another process may have been first.
    refuseForeign(database, migrations.length)
    for (const step of migrations.slice(userVersion(database))) database.exec(step)
    database.exec(`pragma application_id = ${APPLICATION_ID}`)
    database.exec(`pragma user_version = ${migrations.length}`)
    database.exec('commit')
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}
