import { appendFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes after which a new file is begun; the one before is kept. */
const LIMIT = 1_000_000
const FRAMES = 6

/**
 * A developer's log of what failed where nobody waits for an answer: `<home>/host.log`. It holds what kind of fault and
 * where in the code, never its message: a message may hold a path, and a path a patient's name. Of a plugin that ended by
 * itself it holds the last lines of its error output, as the bridge bounds them. Never throws.
 */
export function faultLog(home: string, clock: () => number): (fault: unknown, where: string) => void {
  const file = join(home, 'host.log')
  return (fault, where) => {
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LIMIT) renameSync(file, `${file}.1`)
      appendFileSync(file, `${JSON.stringify({ at: new Date(clock()), where, ...told(fault) })}\n`)
    } catch {
      // A home that is full or gone: there is nowhere to say it.
    }
  }
}

function told(fault: unknown): object {
  // How a process ended (`exit 1`, `SIGKILL`), or a line of what it complained of.
  if (!(fault instanceof Error)) return { fault: String(fault).slice(0, 200) }
  const { code } = fault as { readonly code?: unknown }
  const frames = (fault.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    fault: fault.name,
    ...(code === undefined ? {} : { code: String(code).slice(0, 100) }),
    frames: frames.slice(0, FRAMES).map((line) => line.trim()),
  }
}
