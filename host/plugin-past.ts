import type { ActivityEntry, Failure } from '../bridge/data.ts'
import type { PluginRow } from './api.ts'
import { type Database, firstRow, noting, run, writing } from './database.ts'

/** Entries of a plugin's log that are kept. */
const ENTRIES = 200

/** What a plugin told last, for the time in which it cannot be asked: stopped, given up, between two starts. */
export interface PluginPast {
  /** A failure is kept until the plugin works without one. */
  saw(plugin: string, process: PluginRow['process']): void
  /** null: overcome, or dismissed by a person. */
  lastFailure(plugin: string): PluginRow['lastFailure']
  dismiss(plugin: string): void
  /** The newest of its log, newest first. `ledger`: whose log it is. */
  keepLog(plugin: string, ledger: string, entries: readonly ActivityEntry[]): void
  /** null: nothing is kept of this ledger. `at`: ms since the epoch, when it was told. */
  log(
    plugin: string,
    ledger: string,
  ): { readonly at: number; readonly entries: readonly ActivityEntry[] } | null
}

export function createPluginPast(db: Database): PluginPast {
  /** As it stands in the database: a state is told often, and says the same most times. */
  const failures = new Map<string, PluginRow['lastFailure']>()

  function lastFailure(plugin: string): PluginRow['lastFailure'] {
    const known = failures.get(plugin)
    if (known !== undefined) return known
    const row = firstRow(db, 'select at, code, text from plugin_failures where plugin = ?', plugin)
    const read = row && {
      at: Number(row['at']),
      failure: { code: String(row['code']), text: String(row['text']) },
    }
    failures.set(plugin, read)
    return read
  }

  function keep(plugin: string, failure: Failure | null): void {
    const before = lastFailure(plugin)?.failure ?? null
    if (before?.code === failure?.code && before?.text === failure?.text) return
    writing(db, () => {
      run(db, 'delete from plugin_failures where plugin = ?', plugin)
      if (failure === null) return
      run(
        db,
        'insert into plugin_failures (plugin, at, code, text) values (?, ?, ?, ?)',
        plugin,
        db.clock(),
        failure.code,
        failure.text,
      )
    })
    failures.delete(plugin)
  }

  return {
    saw(plugin, process) {
      // What ended in good order, and is started again, has not failed.
      if (process.kind === 'pausing' && process.failure.code !== 'plugin-ended') keep(plugin, process.failure)
      if (process.kind === 'given-up') keep(plugin, process.failure)
      if (process.kind !== 'running') return
      const { kind, failure } = process.state
      // On its way to working it has overcome nothing yet.
      if (failure !== null || (kind !== 'connecting' && kind !== 'offline')) keep(plugin, failure)
    },
    lastFailure,
    dismiss: (plugin) => keep(plugin, null),
    keepLog(plugin, ledger, entries) {
      noting(db, () => {
        run(
          db,
          'insert or replace into plugin_logs (plugin, ledger, at, entries) values (?, ?, ?, ?)',
          plugin,
          ledger,
          db.clock(),
          JSON.stringify(entries.slice(0, ENTRIES)),
        )
      })
    },
    log(plugin, ledger) {
      const row = firstRow(
        db,
        'select at, entries from plugin_logs where plugin = ? and ledger = ?',
        plugin,
        ledger,
      )
      return (
        row && {
          at: Number(row['at']),
          entries: JSON.parse(String(row['entries'])) as readonly ActivityEntry[],
        }
      )
    },
  }
}
