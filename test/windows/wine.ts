import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { installPackages, ROOT, windowsNode } from './packages.ts'
import { freshPrefix, wineEnvironment } from './prefix.ts'

export interface WindowsMachine {
  /** This tree's sources with their packages, as a path of this system: where scripts are, and where they run. */
  readonly app: string
  /** Windows' Node, as a path of this system. */
  readonly node: string
  /** Runs a script of ours (`host/main.ts`) under Windows' Node; its output goes to a file, as Wine wants it. */
  start(script: string, args: readonly string[], output: string, how?: Start): Running
  /** Runs one of the machine's own programs on its display, and waits for it. */
  run(program: string, args: readonly string[]): Buffer
  /** A path of this system as the machine names it. */
  pathOf(path: string): string
  close(): Promise<void>
}

export interface Start {
  /** Path of the machine. With it: under the permissions that a host gives, and its guard. */
  readonly mayWriteTo?: string
  readonly environment?: Readonly<Record<string, string>>
}

export interface Running {
  /** Exit code; null where it was killed. */
  readonly ended: Promise<number | null>
  kill(): void
}

/** What tests, host and plugin read. */
const SOURCES = 'plugin bridge host fixtures schemas bench test docs package.json package-lock.json'.split(
  ' ',
)

/**
 * A Windows of its own under Wine, with a display of its own (800 × 600), Windows' Node, a copy of this tree's sources and
 * all packages. Needs wine, Xvfb, npm, mingw's gcc.
 */
export async function windowsMachine(): Promise<WindowsMachine> {
  const node = windowsNode()
  const app = mkdtempSync(join(tmpdir(), 'myitero-windows-'))
  for (const name of SOURCES) cpSync(join(ROOT, name), join(app, name), { recursive: true })
  const natives = await installPackages(join(app, 'node_modules'))
  const display = await openDisplay()
  const prefix = freshPrefix(display.name)
  const environment = wineEnvironment(prefix, display.name)
  const run = (program: string, args: readonly string[]) =>
    execFileSync(program, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 })
  const pathOf = (path: string) => `Z:${path.replaceAll('/', '\\')}`
  const guard = pathOf(join(app, 'bridge/guard.mjs'))
  const permitted = ['--permission', '--allow-addons', '--allow-fs-read=*', `--require=${guard}`]
  // The guard looks behind links.
  const native = JSON.stringify(natives.map((folder) => pathOf(realpathSync(folder))))
  return {
    app,
    node,
    start(script, args, output, { mayWriteTo, environment: more } = {}) {
      const out = openSync(output, 'a')
      const flags = mayWriteTo === undefined ? [] : [...permitted, `--allow-fs-write=${mayWriteTo}`]
      const guarded = mayWriteTo === undefined ? {} : { BRIDGE_NATIVE_CODE: native }
      const child = spawn('wine', [node, ...flags, resolve(app, script), ...args], {
        cwd: app,
        env: { ...environment, ...guarded, ...more },
        stdio: ['ignore', out, out],
      })
      const ended = new Promise<number | null>((done) => child.once('exit', done))
      return { ended, kill: () => child.kill('SIGKILL') }
    },
    run,
    pathOf,
    async close() {
      try {
        // What still runs in it ends with it.
        run('wineserver', ['-k', '-w'])
      } catch {
        // It is gone already, as some seconds after its last program.
      }
      display.close()
      rmSync(app, { recursive: true, force: true })
      rmSync(dirname(prefix), { recursive: true, force: true })
    },
  }
}

/** Does something on a machine of its own, which goes with it. */
export async function onWindowsMachine(part: (machine: WindowsMachine) => Promise<void>): Promise<void> {
  const machine = await windowsMachine()
  try {
    await part(machine)
  } finally {
    await machine.close()
  }
}

/** One part of the tests, run by its own file: what it says is printed with the seconds that have passed. */
export function byItself(
  part: (machine: WindowsMachine, say: (text: string) => void) => Promise<void>,
): Promise<void> {
  const seconds = () => (performance.now() / 1000).toFixed(0)
  return onWindowsMachine((machine) =>
    part(machine, (text) => void process.stdout.write(`${seconds()} s  ${text}\n`)),
  )
}

/** Xvfb names a free display by itself. */
function openDisplay(): Promise<{ readonly name: string; close(): void }> {
  const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return new Promise((done, failed) => {
    server.once('exit', () => failed(new Error('Xvfb ended')))
    server.stdout.once('data', (number) => {
      done({ name: `:${`${number}`.trim()}`, close: () => server.kill() })
    })
  })
}
