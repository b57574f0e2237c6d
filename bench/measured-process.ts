import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Measured {
  /** From the start to the end, with everything flushed to the disk, ms. */
  readonly wallMs: number
  /** The most that the process held at once, bytes; null where the system does not tell. */
  readonly peakBytes: number | null
}

/** Runs a program to its end and waits for `sync`, as whoever wants the files safe has to. Fails where the program does. */
export async function measured(
  command: string,
  argv: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<Measured> {
  const start = performance.now()
  const peakBytes = await run(command, argv, cwd, environment)
  await run('sync', [], cwd)
  return { wallMs: performance.now() - start, peakBytes }
}

async function run(
  command: string,
  argv: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<number | null> {
  const env = { ...process.env, ...environment }
  const child = spawn(command, argv, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
  let peak: number | null = null
  const look = setInterval(() => {
    peak = highWater(child.pid) ?? peak
  }, 20)
  const code = await new Promise<number | null>((ended, failed) => {
    child.once('error', failed)
    child.once('exit', ended)
  })
  clearInterval(look)
  if (code !== 0) throw new Error(`${command} ${argv.join(' ')} ended with ${code}`)
  return peak
}

/** The kernel's own high-water mark of resident memory. */
function highWater(pid: number | undefined): number | null {
  try {
    const [, kB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kB === undefined ? null : Number(kB) * 1024
  } catch {
    return null
  }
}
