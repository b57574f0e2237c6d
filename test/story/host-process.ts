import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '..', '..', 'host', 'main.ts')
/** Cuts the bridge's connections of a host that was started with it. */
const CUTTING = join(import.meta.dirname, 'cut-on-signal.ts')

const NO_BUS = 'unix:path=/nonexistent/bus'

/** Folders of one installation; `root` is there already. */
export interface Place {
  readonly home: string
  readonly cases: string
  readonly exports: string
}

export function placeIn(root: string): Place {
  const place = {
    home: join(root, 'home'),
    cases: join(root, 'home', 'cases'),
    exports: join(root, 'exports'),
  }
  mkdirSync(place.exports, { recursive: true })
  return place
}

/** A host as a person starts it, in a process of its own. */
export interface HostProcess {
  readonly pid: number
  /** Signs one browser in, once. */
  readonly link: string
  readonly ended: Promise<number | null>
  /** What it wrote as a fault, for a developer. */
  readonly faults: () => string
  readonly plugins: () => Promise<readonly number[]>
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>
  /** Destroys the bridge's sockets in the host's process, whatever is on its way in them. */
  readonly cut: () => void
}

export async function startHostProcess(
  { home }: Place,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<HostProcess> {
  const args = ['--import', CUTTING, MAIN, '--no-open', '--home', home, '--port', '0', ...flags]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of a test goes into the keychain of whoever runs it.
    env: {
      ...process.env,
      LANG: 'en_US.UTF-8',
      LC_ALL: 'en_US.UTF-8',
      DBUS_SESSION_BUS_ADDRESS: NO_BUS,
      ...env,
    },
  })
  let faults = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    faults += text
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const link = await Promise.race([
    linkOf(child),
    ended.then((code) => {
      throw new Error(`the host ended with ${code}: ${faults}`)
    }),
  ])
  const pid = child.pid ?? 0
  return {
    pid,
    link,
    ended,
    faults: () => faults,
    plugins: () => childrenOf(pid),
    async kill(signal) {
      child.kill(signal)
      await ended
    },
    cut: () => child.kill('SIGUSR2'),
  }
}

async function linkOf(child: ChildProcess): Promise<string> {
  let said = ''
  const { promise, resolve } = Promise.withResolvers<string>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
    const found = /http:\S+(?=\s)/.exec(said)
    if (found !== null) resolve(found[0])
  })
  return promise
}

/** Processes that this one started and that still run. A host starts none but its plugin. */
async function childrenOf(parent: number): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(ppid) === parent && state !== 'Z' ? [Number(pid)] : []
    }),
  )
  return found.flat()
}
