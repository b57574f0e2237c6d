import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { newAddress } from '../../bridge/address.ts'
import { type Clock, systemClock } from '../../bridge/clock.ts'
import type { Configuration } from '../../bridge/data.ts'
import { type PluginHandle, type ProcessState, type ServeOptions, servePlugin } from '../../bridge/host.ts'
import { permissionFlags } from '../../bridge/launch.ts'
import type { PluginManifest } from '../../bridge/manifest.ts'
import type { Handlers } from '../../bridge/peer.ts'
import { servePipe } from '../../bridge/pipe.ts'
import { wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'
import { handClock } from './hand-clock.ts'
import { rawPipe } from './raw.ts'

// Forty processes are started here, on a machine that may be busy.
t.setTimeout(180_000)

const ROOT = join(import.meta.dirname, '../..')
const PEERS = join(ROOT, 'fixtures/peers')
const CODE = ['bridge', 'schemas', 'node_modules', 'package.json'].map((name) => join(ROOT, name))

const CONFIGURATION: Configuration = {
  language: 'en',
  caseFolder: '',
  exportFolder: null,
  nameTemplate: '%d_%l_%f',
  patientNameOrder: 'family-given',
  materials: null,
}

const MANIFEST: PluginManifest = {
  id: 'peer',
  name: { en: 'Peer' },
  version: '1.0.0',
  entry: 'well.ts',
  bridge: 1,
  requires: {},
  contributes: {},
  permissions: { caseFolder: 'write', networkHosts: [] },
}

interface Served {
  readonly handle: PluginHandle
  readonly states: readonly ProcessState[]
  readonly faults: readonly { readonly fault: unknown; readonly where: string }[]
  readonly folder: string
  readonly configuration: Configuration
  /** Waits for the next state of this kind that was not waited for. */
  readonly until: <K extends ProcessState['kind']>(kind: K) => Promise<Extract<ProcessState, { kind: K }>>
  /** Waits for the next time that the plugin is configured. */
  readonly ready: () => Promise<void>
  /** Has the obedient peer do something: what the system said to it, '' for nothing. */
  readonly tell: (what: string) => Promise<string>
}

interface Wanted {
  readonly clock?: Clock
  readonly caseFolder?: string
  readonly permissions?: Partial<PluginManifest['permissions']>
  readonly handlers?: Partial<Handlers<'host'>>
}

/** A host that runs one of fixtures/peers. */
function served(t: Test, peer: string, wanted: Wanted = {}): Served {
  const folder = t.testdir({ cases: {}, other: { 'secret.txt': 'x' }, export: { 'order.zip': 'x' } })
  const caseFolder = join(folder, wanted.caseFolder ?? 'cases')
  const configuration = { ...CONFIGURATION, caseFolder, exportFolder: join(folder, 'export') }
  const states: ProcessState[] = []
  const faults: { fault: unknown; where: string }[] = []
  const seen = { state: 0, ready: 0 }
  let readied = 0
  let wake = () => {}
  const options: ServeOptions = {
    manifest: {
      ...MANIFEST,
      entry: `${peer}.ts`,
      permissions: { ...MANIFEST.permissions, ...wanted.permissions },
    },
    folder: PEERS,
    code: CODE,
    dataFolder: join(folder, 'data'),
    configuration,
    handlers: { ...wellBehavedHost(), ...wanted.handlers },
    onProcess: (state) => {
      states.push(state)
      wake()
    },
    onReady: () => {
      readied++
      wake()
    },
    onFault: (fault, where) => {
      faults.push({ fault, where })
      wake()
    },
    ...(wanted.clock === undefined ? {} : { clock: wanted.clock }),
  }
  const handle = servePlugin(options)
  t.teardown(() => handle.stop())
  const more = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  return {
    handle,
    states,
    faults,
    folder,
    configuration,
    until: async (kind) => {
      for (;;) {
        const state = states[seen.state++]
        if (state === undefined) {
          seen.state--
          await more()
        } else if (state.kind === kind) return state as never
      }
    },
    ready: async () => {
      while (readied <= seen.ready) await more()
      seen.ready++
    },
    tell: async (what) => {
      try {
        await handle.request('mappings/deleteMaterial', { key: what })
        return ''
      } catch (error) {
        return (error as { refusal?: { text: string } }).refusal?.text ?? String(error)
      }
    },
  }
}

t.test('a plugin is started, proven and configured', async (t) => {
  const { handle, states, ready } = served(t, 'well')
  await ready()
  t.same(states, [
    { kind: 'starting' },
    { kind: 'running', state: { kind: 'active', since: 0, failure: null } },
  ])
  t.same(await handle.request('questions/list', {}), { questions: [] })
})

t.test('a configuration that is refused shows, and is tried again', async (t) => {
  const clock = handClock()
  const { until } = served(t, 'well', { clock, caseFolder: 'missing' })
  const { state } = await until('running')
  t.match(state, {
    kind: 'attention',
    failure: { code: 'case-folder-missing', text: 'The case folder is missing.' },
  })
  clock.forward(15_000)
  t.match(await until('running'), { state: { kind: 'attention' } })
})

t.test('a change that the plugin refuses leaves everything as it was', async (t) => {
  const { handle, configuration, ready, states } = served(t, 'well')
  await ready()
  await handle.configure({ ...configuration, nameTemplate: '%p' })
  await t.rejects(handle.configure({ ...configuration, nameTemplate: '%refused' }), {
    code: 'refused',
    refusal: { code: 'template-invalid' },
  })
  t.equal(states.at(-1)?.kind, 'running')
})

t.test(
  'a plugin that has refused its first configuration takes another, or refuses it to whoever gives it',
  async (t) => {
    const { handle, configuration, folder, until, ready } = served(t, 'well', { caseFolder: 'missing' })
    await until('running')
    await t.rejects(handle.configure({ ...configuration, nameTemplate: '%refused' }), { code: 'refused' })
    await handle.configure({ ...configuration, caseFolder: join(folder, 'cases') })
    await ready()
    t.match(handle.process(), { kind: 'running', state: { kind: 'active' } })
  },
)

t.test('a case folder behind a link is written to by either name', async (t) => {
  const { handle, configuration, folder, ready, tell } = served(t, 'obedient')
  symlinkSync(join(folder, 'cases'), join(folder, 'linked'))
  await ready()
  await handle.configure({ ...configuration, caseFolder: join(folder, 'linked') })
  await ready()
  t.equal(await tell(`write ${folder}/linked/a`), '')
  t.equal(await tell(`write ${folder}/cases/b`), '')
})

t.test('what the plugin tells of its state is its state', async (t) => {
  const { handle, ready, until } = served(t, 'obedient')
  await ready()
  await until('running')
  await handle.request('mappings/deleteMaterial', { key: 'state offline' })
  t.match(await until('running'), { state: { kind: 'offline' } })
})

t.test('a cut of the pipe: both come back, and what waited is told so', async (t) => {
  const { handle, ready, tell } = served(t, 'obedient')
  await ready()
  const waits = handle.request('mappings/deleteMaterial', { key: 'wait' })
  const closed = t.rejects(waits, { code: 'connection-closed' })
  const before = await tell('pid')
  for (let round = 0; round < 10; round++) {
    handle.cut()
    t.equal(handle.process().kind, 'starting')
    await t.rejects(handle.request('questions/list', {}), { code: 'connection-closed' })
    await ready()
  }
  await closed
  t.equal(await tell('pid'), before, 'in the same process')
})

t.test('a plugin that does not come back after a cut is ended and started anew', async (t) => {
  const clock = handClock()
  const { handle, ready, until, tell } = served(t, 'obedient', { clock })
  await ready()
  await until('running')
  void tell('hang')
  handle.cut()
  await until('starting')
  clock.forward(10_000)
  const { failure } = await until('pausing')
  t.equal(failure.code, 'plugin-not-ready')
})

t.test('a crash is followed by a pause and a new start', async (t) => {
  const clock = handClock()
  const { until, ready, tell, faults } = served(t, 'obedient', { clock })
  await ready()
  void tell('exit 3')
  const pausing = await until('pausing')
  t.match(pausing, { crashes: 1, at: clock.now() + 500, failure: { code: 'plugin-crashed' } })
  t.match(faults.at(-1), { fault: 'exit 3', where: 'process' })
  clock.forward(500)
  await ready()
  t.match(await tell('pid'), /^\d+$/, 'it works')
})

t.test('pauses grow, and the fifth crash in three minutes is the last', async (t) => {
  const clock = handClock()
  const { until, handle } = served(t, 'ends-at-once', { clock })
  for (const ms of [500, 1000, 2000, 4000]) {
    t.equal((await until('pausing')).at - clock.now(), ms)
    clock.forward(ms)
  }
  t.match(await until('given-up'), { crashes: 5, failure: { code: 'plugin-crashed' } })
  t.match(handle.output(), ['broken: no such thing'], 'its last words are kept')
  await handle.stop()
  t.equal(handle.process().kind, 'stopped')
})

t.test('a plugin that never connects is ended', async (t) => {
  const clock = handClock()
  const { until } = served(t, 'silent', { clock })
  await until('starting')
  while (clock.waits().length === 0) await new Promise(setImmediate)
  clock.forward(30_000)
  t.equal((await until('pausing')).failure.code, 'plugin-not-ready')
})

t.test('a plugin that answers nonsense is ended', async (t) => {
  const { until } = served(t, 'unfit')
  t.equal((await until('pausing')).failure.code, 'plugin-unfit')
})

t.test('a plugin whose file is missing is no endless loop', async (t) => {
  const clock = handClock()
  const { until } = served(t, 'nothing-here', { clock })
  for (let crash = 0; crash < 4; crash++) {
    await until('pausing')
    clock.forward(60_000 / 2)
  }
  await until('given-up')
})

t.test('a plugin of another age is told from a stranger, and given up at once', async (t) => {
  const { until } = served(t, 'other-age')
  t.equal((await until('given-up')).failure.code, 'protocol-unsupported')
})

t.test('a child that does not know the secret is not believed', async (t) => {
  const { until, faults, states, handle } = served(t, 'wrong-secret')
  await until('starting')
  while (faults.length < 2) await new Promise(setImmediate)
  t.match(faults[0], { fault: { code: 'not-proven' }, where: 'handshake' })
  t.same(states, [{ kind: 'starting' }])
  await t.rejects(handle.request('plugin/state', {}), { code: 'connection-closed' })
})

t.test('a stranger on the pipe of a running plugin disturbs nothing', async (t) => {
  const { ready, tell, faults } = served(t, 'obedient')
  await ready()
  const { pipe } = JSON.parse(await tell('bootstrap'))
  const strangers = await Promise.all(Array.from({ length: 20 }, () => rawPipe(pipe)))
  for (const stranger of strangers) await stranger.say({ jsonrpc: '2.0', id: 1, method: 'clients/list' })
  for (const stranger of strangers) t.same(await stranger.rest(), [])
  t.equal(faults.filter(({ where }) => where === 'handshake').length, 10, 'a log is not flooded')
  t.equal(await tell('pid'), await tell('pid'))
})

t.test('a secret serves one start', async (t) => {
  const clock = handClock()
  const { ready, tell, until } = served(t, 'obedient', { clock })
  await ready()
  const first = JSON.parse(await tell('bootstrap'))
  void tell('exit 1')
  await until('pausing')
  clock.forward(500)
  await ready()
  const second = JSON.parse(await tell('bootstrap'))
  t.match(first.secret, /^[0-9a-f]{64}$/)
  t.not(first.secret, second.secret)
  t.not(first.pipe, second.pipe)
  t.notOk(existsSync(first.pipe))
})

t.test('nobody sees the secret from outside, and the host’s own options are not handed on', async (t) => {
  const { NODE_OPTIONS: before } = process.env
  process.env['NODE_OPTIONS'] = '--allow-fs-write=*'
  process.env['LAB_PASSWORD'] = 'x'
  t.teardown(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS']
    else process.env['NODE_OPTIONS'] = before
    delete process.env['LAB_PASSWORD']
  })
  const { ready, tell } = served(t, 'obedient')
  await ready()
  const { secret } = JSON.parse(await tell('bootstrap'))
  const start = await tell('start')
  t.notMatch(start, secret)
  t.notMatch(start, 'NODE_OPTIONS')
  t.notMatch(start, 'LAB_PASSWORD')
})

t.test('a stop lets a publish in flight finish', async (t) => {
  const { handle, ready, folder } = served(t, 'late')
  await ready()
  await handle.stop()
  t.ok(existsSync(join(folder, 'data/published')))
  t.equal(handle.process().kind, 'stopped')
})

t.test('a stop ends also who does not want to end, within five seconds', async (t) => {
  const { handle, ready } = served(t, 'stubborn')
  await ready()
  const start = performance.now()
  await Promise.all([handle.stop(), handle.stop()])
  t.ok(performance.now() - start < 5000)
  await handle.stop()
  t.match(handle.output().join(), 'no', 'it was told before it was killed')
})

t.test('a new connection of the plugin takes the place of the one before', async (t) => {
  const { handle, ready, tell, until } = served(t, 'obedient')
  await ready()
  await until('running')
  void tell('again')
  await until('starting')
  await ready()
  // The first connection comes back, as after every cut, and takes its place again.
  await ready()
  t.same(await handle.request('questions/list', {}), { questions: [] })
})

t.test('a stop in each state of a start ends it', async (t) => {
  for (const peer of ['well', 'silent', 'ends-at-once']) {
    const { handle, until } = served(t, peer, { clock: systemClock })
    await until(peer === 'ends-at-once' ? 'pausing' : 'starting')
    await handle.stop()
    t.equal(handle.process().kind, 'stopped', peer)
  }
  const { handle, states } = served(t, 'well')
  await handle.stop()
  t.same(states.at(-1), { kind: 'stopped' }, 'before it began')
})

t.test('after a stop nothing is left of the pipe', async (t) => {
  const { handle, ready, tell } = served(t, 'obedient')
  await ready()
  const { pipe } = JSON.parse(await tell('bootstrap'))
  t.ok(existsSync(pipe))
  await handle.stop()
  t.notOk(existsSync(join(pipe, '..')))
})

t.test('a plugin writes to the case folder and to its own, also what is new there', async (t) => {
  const { ready, tell, folder } = served(t, 'obedient')
  await ready()
  mkdirSync(join(folder, 'cases/new'))
  for (const path of ['cases/a', 'cases/new/b', 'data/c']) t.equal(await tell(`write ${folder}/${path}`), '')
  t.equal(await tell(`read ${folder}/export/order.zip`), '1')
})

for (const [what, attempt] of Object.entries({
  'write beside the case folder': 'write $/cases-other',
  'write to the export folder': 'write $/export/x',
  'write to the folder above': 'write $/x',
  'write out of the case folder by its path': 'write $/cases/../x',
  'write from a worker': 'worker $/x',
  'write to its own code': `write ${PEERS}/x`,
  'read what is not its own': 'read $/other/secret.txt',
  'read the system’s files': 'read /etc/passwd',
  'make a link out of its folder': 'link $/other',
  'start a process': `spawn ${process.execPath}`,
})) {
  t.test(`a plugin that tries to ${what} is refused`, async (t) => {
    const { ready, tell, folder } = served(t, 'obedient')
    await ready()
    t.match(await tell(attempt.replace('$', folder)), /ERR_ACCESS_DENIED|Access to this API/)
    t.same(readdirSync(folder).sort(), ['cases', 'data', 'export', 'other'])
  })
}

t.test('a plugin whose manifest asks for no case folder does not reach it', async (t) => {
  const { ready, tell, folder } = served(t, 'obedient', { permissions: { caseFolder: 'none' } })
  await ready()
  t.match(await tell(`write ${folder}/cases/x`), 'ERR_ACCESS_DENIED')
  t.match(await tell(`read ${folder}/cases`), 'ERR_ACCESS_DENIED')
})

t.test('a plugin whose manifest asks to read the case folder does not write there', async (t) => {
  const { ready, tell, folder } = served(t, 'obedient', { permissions: { caseFolder: 'read' } })
  await ready()
  t.match(await tell(`write ${folder}/cases/x`), 'ERR_ACCESS_DENIED')
  t.equal(await tell(`read ${folder}/cases`), 'EISDIR')
})

t.test('another case folder is another process, with other permissions', async (t) => {
  const { handle, ready, tell, folder, configuration } = served(t, 'obedient')
  await ready()
  mkdirSync(join(folder, 'moved'))
  const before = await tell('pid')
  await handle.configure({ ...configuration, caseFolder: join(folder, 'moved') })
  await ready()
  t.not(await tell('pid'), before)
  t.equal(await tell(`write ${folder}/moved/a`), '')
  t.match(await tell(`write ${folder}/cases/a`), 'ERR_ACCESS_DENIED')
})

t.test('a folder with a star in its name permits no more than itself', async (t) => {
  const flags = permissionFlags({
    manifest: MANIFEST,
    folder: PEERS,
    code: [],
    dataFolder: '/data',
    configuration: { caseFolder: '/*', exportFolder: null },
  })
  t.notMatch(flags.join(' '), '=/* ')
  t.match(flags, ['--permission'])
  t.notMatch(flags.join(' '), /allow-child-process|allow-addons|allow-wasi|allow-inspector/)
})

t.test('what a plugin prints is kept in bounds', async (t) => {
  const { handle, ready, tell } = served(t, 'obedient')
  await ready()
  await tell('print line')
  await tell('pid')
  await handle.stop()
  t.ok(handle.output().join('').length < 100_000)
})

t.test('a host that is killed takes its plugin with it; the next one clears away what it left', async (t) => {
  // Short, so that a socket fits.
  const folder = mkdtempSync('/tmp/bt-')
  mkdirSync(join(folder, 'cases'))
  const options = {
    manifest: { ...MANIFEST, entry: 'well.ts' },
    folder: PEERS,
    code: CODE,
    dataFolder: join(folder, 'data'),
    configuration: { ...CONFIGURATION, caseFolder: join(folder, 'cases') },
  }
  const host = spawn(process.execPath, [join(PEERS, 'host-program.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  })
  t.teardown(() => {
    host.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  const [line] = await once(createInterface(host.stdout), 'line')
  const pid = Number(/pid (\d+)/.exec(line)?.[1])
  t.ok(isAlive(pid))
  const left = () => readdirSync(folder).filter((name) => name.startsWith('myitero-bridge-'))
  const [before] = left()
  t.ok(before)
  host.kill('SIGKILL')
  await once(host, 'exit')
  while (isAlive(pid)) await new Promise(setImmediate)
  t.same(left(), [before], 'nobody was there to clear it away')
  const address = await newAddress('test', [folder])
  t.teardown(address.remove)
  t.same(left(), [basename(dirname(address.path))])
})

t.test('a folder whose path is too long for a socket is passed over', async (t) => {
  const long = join(t.testdir(), 'x'.repeat(120))
  mkdirSync(long)
  const address = await newAddress('test', [long, '/tmp'])
  t.teardown(address.remove)
  t.match(address.path, /^\/tmp\//)
  await t.rejects(newAddress('test', [long]), { code: 'pipe-path-too-long' })
})

t.test('a folder that is not there or not to be written to is passed over', async (t) => {
  await t.rejects(newAddress('test', ['/nowhere']), { code: 'pipe-unusable' })
})

t.test('what is not ours, or may still come alive, is not cleared away', async (t) => {
  const folder = mkdtempSync('/tmp/bt-')
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'myitero-bridge-about-to-listen'))
  symlinkSync('/tmp', join(folder, 'myitero-bridge-link'))
  const used = await newAddress('test', [folder])
  const server = await servePipe(used.path, (channel) => channel.close())
  await newAddress('test', [folder])
  t.ok(existsSync(used.path))
  t.ok(existsSync(join(folder, 'myitero-bridge-about-to-listen')))
  t.ok(existsSync(join(folder, 'myitero-bridge-link')))
  await server.close()
})

/** A process that has ended and that nobody has asked for yet is none. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
