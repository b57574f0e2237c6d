import { Kysely, type Transaction } from 'kysely'
import { ImportError } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Tables } from './schema.ts'
import { FLUSHED, NOT_FLUSHED, sqliteDialect } from './sqlite-dialect.ts'
import { openSqlite } from './sqlite-file.ts'

/** The handle that every function of this room takes first. */
export interface Ledger {
  readonly db: Kysely<Tables>
  /** ms since the epoch. */
  readonly clock: () => number
}

export interface LedgerOptions {
  /** How long to wait for another process's transaction, ms. */
  readonly waitMs?: number
}

/** Longer than any transaction of ours, shorter than a person's patience. */
const WAIT_MS = 10_000

/**
 * Opens the ledger, and makes or brings it up to date where needed. The folder has to be there.
 * Errors: `ledger-unreadable` (not a ledger, damaged, not allowed), `ledger-newer` (a newer program wrote it),
 * `ledger-busy` (another process holds it), `ledger-full`.
 */
export async function openLedger(
  file: string,
  clock: () => number,
  options: LedgerOptions = {},
): Promise<Ledger> {
  const waitMs = options.waitMs ?? WAIT_MS
  const database = await openSqlite(file, MIGRATIONS, waitMs)
  const dialect = sqliteDialect({ database, version: MIGRATIONS.length, waitMs })
  const db = new Kysely<Tables>({ dialect })
  const ledger = { db, clock }
  try {
    // Kysely closes only what it has used.
    await reading(ledger, async () => {})
  } catch (error) {
    database.close()
    throw error
  }
  return ledger
}

/**
 * What tells this ledger from any other; goes with the file when that is moved. Kept as `draw` gives it where there is
 * none yet.
 */
export async function ledgerId(l: Ledger, draw: () => string): Promise<string> {
  const idIn = (tx: Transaction<Tables>) => tx.selectFrom('identity').select('id').executeTakeFirst()
  const known = await reading(l, idIn)
  if (known !== undefined) return known.id
  return writing(l, async (tx) => {
    // Another process may have been first.
    const first = await idIn(tx)
    if (first !== undefined) return first.id
    const id = draw()
    await tx.insertInto('identity').values({ id, staging_root: null }).execute()
    return id
  })
}

/** Keeps where the stagings are (absolute), for `notedStagingRoot`. After `ledgerId`. */
export async function noteStagingRoot(l: Ledger, root: string): Promise<void> {
  if ((await notedStagingRoot(l)) === root) return
  await writing(l, (tx) => tx.updateTable('identity').set({ staging_root: root }).execute())
}

/** Where the stagings were at the last work, for whoever has the ledger alone; null: there was none yet. */
export async function notedStagingRoot(l: Ledger): Promise<string | null> {
  const row = await reading(l, (tx) => tx.selectFrom('identity').select('staging_root').executeTakeFirst())
  return row?.staging_root ?? null
}

/** Waits for the transaction in hand, then closes. A second call does nothing. */
export async function closeLedger(l: Ledger): Promise<void> {
  await translated(async () => {
    await l.db
      .connection()
      .execute(async () => {})
      .catch(() => {})
    await l.db.destroy()
  })
}

/**
 * One consistent look at the ledger. Nothing but queries may be awaited inside.
 * Errors: `ledger-unreadable`, `ledger-newer` (brought up to date by a newer program meanwhile), `ledger-busy`.
 */
export async function reading<T>(l: Ledger, body: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return translated(() =>
    l.db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(body),
  )
}

/** Everything inside happens, flushed to the disk, or nothing does. Errors: as `reading`, and `ledger-full`. */
export async function writing<T>(l: Ledger, body: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return translated(() =>
    l.db.transaction().setIsolationLevel(FLUSHED).setAccessMode('read write').execute(body),
  )
}

/**
 * The same, but not flushed by itself: a power cut (never a mere crash) may undo it, with everything after it. For what
 * nobody was told yet and what the next start puts right by looking. The next flushed one carries it. Flushing each of
 * these too would hold up every order while a scan is on its way to the same disk (measured: half of a large import).
 */
export async function noting<T>(l: Ledger, body: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  return translated(() =>
    l.db.transaction().setIsolationLevel(NOT_FLUSHED).setAccessMode('read write').execute(body),
  )
}

async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // Not the engine's: closed already, or text in a column that is not the JSON it should be.
    throw error instanceof ImportError ? error : new ImportError('ledger-unreadable', {}, error)
  }
}
