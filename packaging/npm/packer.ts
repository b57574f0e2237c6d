import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * The process that packs and has started this script, npm for instance. null: nobody does, or this system does not tell.
 * `script`: the name of this one, which a shell between the two has in its command.
 */
export function packerOf(script: string): number | null {
  for (let pid = process.ppid; ; ) {
    const found = processAt(pid)
    if (found === null) return null
    // Where npm was killed meanwhile, another has taken us in.
    if (!found.command.includes(script)) return /npm|yarn/.test(found.command) ? pid : null
    pid = found.parent
  }
}

/** One that has ended and that nobody has asked for its end is not. */
export const isAtWork = (pid: number): boolean => (processAt(pid)?.command ?? '') !== ''

interface Process {
  readonly parent: number
  readonly command: string
}

function processAt(pid: number): Process | null {
  try {
    if (process.platform !== 'linux') return readPs(pid)
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    // Before it stands its name, in brackets, with anything in it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return { parent: Number(parent), command }
  } catch {
    return null
  }
}

/** Windows has no such command. */
function readPs(pid: number): Process {
  const told = execFileSync('ps', ['-o', 'ppid=,command=', '-p', `${pid}`], { encoding: 'utf8' })
  return { parent: Number.parseInt(told, 10), command: told }
}
