import { ImportError } from '../errors.ts'

/** Primary result codes of SQLite [V], sqlite.org/rescode.html. */
const BUSY = 5
const LOCKED = 6
const IO_ERROR = 10
const FULL = 13
/** Extended codes: the shared-memory file or the database could not grow or be mapped. */
const GROWTH_FAILED: ReadonlySet<number> = new Set([IO_ERROR | (19 << 8), IO_ERROR | (6 << 8)])

/** Another connection holds the lock; it will let go. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== null && (primary(code) === BUSY || primary(code) === LOCKED)
}

/**
 * An error of node:sqlite as the ledger tells it. Fact `sqlite` is SQLite's extended result code.
 * `ledger-busy`: locked for longer than we wait · `ledger-full`: the disk is full · `ledger-unreadable`: all else.
 */
export function sqliteFailure(error: unknown): ImportError {
  if (error instanceof ImportError) return error
  const code = resultCode(error)
  if (code === null) return new ImportError('ledger-unreadable', {}, error)
  if (isBusy(error)) return new ImportError('ledger-busy', { sqlite: code }, error)
  if (primary(code) === FULL || GROWTH_FAILED.has(code)) {
    return new ImportError('ledger-full', { sqlite: code }, error)
  }
  return new ImportError('ledger-unreadable', { sqlite: code }, error)
}

function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null
  return typeof error.errcode === 'number' ? error.errcode : null
}

const primary = (code: number) => code & 0xff
