import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, pino } from 'pino'
import { asImportError, type FailureCode } from './errors.ts'

/** What stands beside an event: numbers, and codes of our own. No text from outside can get in. */
export interface LogFacts {
  readonly code?: FailureCode
  readonly state?: 'off' | 'signed-out' | 'connecting' | 'active' | 'offline' | 'attention'
  readonly [count: string]: number | string | undefined
}

/** Events are named here, so that a log can be searched for them. */
export type LogEvent =
  | 'started'
  | 'configured'
  | 'configuration-refused'
  | 'state'
  | 'connected'
  | 'stopped'
  | 'no-icon'
  | 'signed-in'
  | 'signed-out'
  | 'sign-out-unheard'
  | 'sign-in-ended'
  | 'sign-in-failed'
  | 'download-hindered'
  | 'download-failed'
  | 'failure'
  | 'fault'

export interface Log {
  readonly note: (event: LogEvent, facts?: LogFacts) => void
  /** With the places in our code that it came by; its message may hold a name, and is left out. */
  readonly fault: (thrown: unknown) => void
  readonly close: () => void
}

/** Of each of the two files that are kept. */
const LIMIT_BYTES = 1_000_000

/** Writes lines of JSON to `<folder>/plugin.log`; the one before is kept beside it. Gives a log that is silent where it cannot. */
export function openLog(folder: string, clock: () => number, limitBytes = LIMIT_BYTES): Log {
  const file = join(folder, 'plugin.log')
  const older = join(folder, 'plugin.1.log')
  let written = 0
  try {
    mkdirSync(folder, { recursive: true })
    written = sizeOf(file)
    if (written > limitBytes) renameSync(file, older)
    if (written > limitBytes) written = 0
  } catch {
    return { note: () => {}, fault: () => {}, close: () => {} }
  }
  const out = destination({ dest: file, sync: true, append: true })
  // A full disk must not end an import.
  out.on('error', () => {})
  const logger = pino(
    { base: { pid: process.pid }, timestamp: () => `,"at":"${new Date(clock()).toISOString()}"` },
    {
      write(line) {
        written += line.length
        if (written > limitBytes) {
          written = line.length
          try {
            renameSync(file, older)
            out.reopen(file)
          } catch {
            // The file goes on growing until the next start: another program holds it.
          }
        }
        out.write(line)
      },
    },
  )
  return {
    note(event, facts = {}) {
      logger.info(plain(facts), event)
    },
    fault(thrown) {
      const { code, cause } = asImportError(thrown)
      logger.error({ code, ...traceOf(cause ?? thrown) }, 'fault' satisfies LogEvent)
    },
    close() {
      out.flushSync()
      out.destroy()
    },
  }
}

/** Whatever its type says: a text counts only where it is a code. */
const plain = (facts: LogFacts) =>
  Object.fromEntries(
    Object.entries(facts).filter(
      ([, value]) => typeof value === 'number' || (typeof value === 'string' && /^[a-z-]{1,60}$/.test(value)),
    ),
  )

function traceOf(thrown: unknown) {
  if (!(thrown instanceof Error)) return {}
  const system = 'code' in thrown && typeof thrown.code === 'string' ? { system: thrown.code } : {}
  const places = (thrown.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12)
    // The place within the program; the rest of the path is the machine's.
    .map((line) =>
      line.trim().replace(/\(?(?:file:\/\/)?[^()]*?(?=(?:plugin|bridge|node_modules|node:)[/\\a-z])/, '('),
    )
  return { kind: thrown.constructor.name, ...system, places }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
