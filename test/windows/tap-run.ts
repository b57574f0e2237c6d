import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LeftOut } from './suites.ts'
import type { WindowsMachine } from './wine.ts'

export interface FileResult {
  readonly file: string
  readonly ms: number
  readonly asserts: number
  readonly skipped: readonly Skipped[]
  /** null: all went well. */
  readonly trouble: string | null
}

/** A test that was left out by name, or left itself out. */
export interface Skipped {
  readonly file: string
  /** null: all of the file. */
  readonly test: string | null
  readonly because: string
}

const PATIENCE_MS = 280_000
const TOLD_LINES = 80

/** Runs one file of tests under Windows' Node, without what is left out of it; its TAP goes to a file in `folder`. */
export async function runTap(
  machine: WindowsMachine,
  file: string,
  folder: string,
  leftOut: readonly LeftOut[],
): Promise<FileResult> {
  const whole = leftOut.find(({ test }) => test === null)
  if (whole !== undefined) return { file, ms: 0, asserts: 0, skipped: [whole], trouble: null }
  mkdirSync(folder, { recursive: true })
  const output = join(folder, `${file.replaceAll('/', '-')}.tap`)
  const names = leftOut.map(({ test }) => (test ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const from = performance.now()
  const run = machine.start(file, [], output, {
    environment: {
      TAP_TIMEOUT: `${PATIENCE_MS / 1000}`,
      // Windows removes no folder that a ledger in it is open, and tap's teardown comes after the removal.
      TAP_SAVE_FIXTURE: '1',
      ...(names.length === 0 ? {} : { TAP_GREP: `/^(${names.join('|')})$/`, TAP_INVERT: '1' }),
    },
  })
  let late = false
  const timer = setTimeout(() => {
    late = true
    run.kill()
  }, PATIENCE_MS)
  const code = await run.ended
  clearTimeout(timer)
  const read = readTap(file, readFileSync(output, 'utf8'), late ? null : code, leftOut)
  return { ...read, ms: performance.now() - from }
}

function readTap(
  file: string,
  tap: string,
  code: number | null,
  leftOut: readonly LeftOut[],
): Omit<FileResult, 'ms'> {
  const asserts = Number(/^# \{ total: (\d+)/m.exec(tap)?.[1] ?? /^# \{.*\bpass: (\d+)/m.exec(tap)?.[1] ?? 0)
  const skips = [...tap.matchAll(/^\s*ok \d+ - (.*?) # SKIP ?(.*)$/gm)].map(([, name = '', why = '']) => ({
    name,
    why,
  }))
  const ours = skips.filter(({ why }) => why.startsWith('filter'))
  const skipped = [
    ...leftOut,
    ...skips
      .filter((one) => !ours.includes(one))
      .map(({ name, why }) => ({ file, test: name, because: why || 'skipped by itself' })),
  ]
  const trouble =
    code === null
      ? 'did not end in time'
      : code !== 0
        ? `ended with ${code}`
        : ours.length !== leftOut.length
          ? `leaves out ${ours.length} of the ${leftOut.length} tests that are named`
          : asserts === 0 && skips.length === 0
            ? 'no test ran'
            : null
  return { file, asserts, skipped, trouble: trouble === null ? null : `${trouble}\n${troubleIn(tap)}` }
}

/** The tests that failed with what they say; where none did, how it ended. */
function troubleIn(tap: string): string {
  const lines = tap.split('\n')
  const failed = lines.flatMap((line, at) => (/^\s*not ok/.test(line) ? lines.slice(at, at + 20) : []))
  return (failed.length > 0 ? failed.slice(0, TOLD_LINES) : lines.slice(-TOLD_LINES)).join('\n')
}
