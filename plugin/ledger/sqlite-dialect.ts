import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { ImportError } from '../errors.ts'
import { isBusy, sqliteFailure } from './sqlite-failure.ts'

/**
 * Whether a commit waits for the disk. Kysely's settings have no word for it, and SQLite has one isolation only, so the
 * level carries it.
 */
export const FLUSHED = 'serializable'
export const NOT_FLUSHED = 'read committed'

export interface SqliteDialectConfig {
  readonly database: DatabaseSync
  /** `user_version` that this code works on; a transaction on any other is refused. */
  readonly version: number
  /** How long a transaction waits for another process's, ms. */
  readonly waitMs: number
}

/**
 * Kysely over node:sqlite. Kysely's own SqliteDialect begins every transaction deferred, so that two writers could
 * meet at their first write and neither could go on; here a writer takes its turn at the beginning, and waits for it
 * without holding up the event loop. Errors leave as ImportError: see `sqliteFailure`.
 */
export function sqliteDialect(config: SqliteDialectConfig): Dialect {
  return {
    createDriver: () => driver(config),
    // Says that there is one connection: Kysely queues the transactions of this process by it.
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

function driver(config: SqliteDialectConfig): Driver {
  const { database } = config
  const connection = connectionTo(database)
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    async beginTransaction(_connection, settings) {
      const statement = settings.accessMode === 'read only' ? 'begin deferred' : 'begin immediate'
      // May be changed between transactions only. In WAL, a flushed commit takes all before it to the disk.
      if (settings.isolationLevel === FLUSHED) database.exec('pragma synchronous = full')
      if (settings.isolationLevel === NOT_FLUSHED) database.exec('pragma synchronous = normal')
      await waitingForTurn(config.waitMs, () => begin(config, statement))
    },
    async commitTransaction() {
      await connection.executeQuery(CompiledQuery.raw('commit'))
    },
    async rollbackTransaction() {
      // SQLite has rolled back by itself after a full disk or an I/O error.
      if (database.isOpen && database.isTransaction) {
        await connection.executeQuery(CompiledQuery.raw('rollback'))
      }
    },
    async destroy() {
      if (database.isOpen) database.close()
    },
  }
}

function begin({ database, version }: SqliteDialectConfig, statement: string): void {
  database.exec(statement)
  try {
    // Starts a reader's snapshot too, so that its first query cannot be the one that has to wait.
    const found = userVersion(database)
    if (found !== version) throw new ImportError('ledger-newer', { found, known: version })
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

/** Tries until the other process has ended its transaction. Error: `ledger-busy`. */
export async function waitingForTurn<T>(waitMs: number, attempt: () => T): Promise<T> {
  const until = performance.now() + waitMs
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() + pauseMs > until) throw sqliteFailure(error)
    }
    // A part of chance, so that two processes do not keep meeting.
    await pause(pauseMs * (0.5 + Math.random()))
  }
}

export function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'])
}

function connectionTo(database: DatabaseSync): DatabaseConnection {
  return {
    async executeQuery<R>(query: CompiledQuery) {
      try {
        const statement = database.prepare(query.sql)
        const parameters = query.parameters as readonly SQLInputValue[]
        if (statement.columns().length > 0) {
          // Plain objects: those of node:sqlite have no prototype.
          return { rows: statement.all(...parameters).map((row) => ({ ...row })) as R[] }
        }
        const { changes, lastInsertRowid } = statement.run(...parameters)
        return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
      } catch (error) {
        throw sqliteFailure(error)
      }
    },
    async *streamQuery<R>(query: CompiledQuery) {
      try {
        const parameters = query.parameters as readonly SQLInputValue[]
        for (const row of database.prepare(query.sql).iterate(...parameters)) {
          yield { rows: [{ ...row } as R] }
        }
      } catch (error) {
        throw sqliteFailure(error)
      }
    },
  }
}
