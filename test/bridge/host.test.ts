import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { systemClock } from '../../bridge/clock.ts'
import type { PluginHandle } from '../../bridge/host.ts'
import { handClock } from './hand-clock.ts'
import { answers, rawPipe } from './raw.ts'
import { served } from './served.ts'

// Each test starts a process, on a machine that may be busy.
t.setTimeout(280_000)

/** As the peer prints it. */
async function pidOf({ output }: PluginHandle): Promise<number> {
  for (;;) {
    const pid = /^pid (\d+)$/m.exec(output().join('\n'))?.[1]
    if (pid !== undefined) return Number(pid)
    await new Promise(setImmediate)
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

t.test('a process is told that the one before ended by itself, and none after one that worked', async (t) => {
  const clock = handClock()
  const { until, ready, tell, handle, configuration, folder } = served(t, 'obedient', { clock })
  const told = async () => JSON.parse(await tell('bootstrap')).afterCrash
  await ready()
  t.equal(await told(), undefined)
  void tell('exit 3')
  await until('pausing')
  clock.forward(500)
  await ready()
  t.equal(await told(), true)
  await handle.configure({ ...configuration, caseFolder: join(folder, 'other') })
  await ready()
  t.equal(await told(), undefined)
})

t.test(
  'an end in good order that nobody asked for is no crash, and is followed by a new start',
  async (t) => {
    const clock = handClock()
    const { until, ready, tell } = served(t, 'obedient', { clock })
    await ready()
    for (const [times, pause] of [
      [1, 500],
      [2, 1000],
    ] as const) {
      void tell('exit 0')
      const pausing = await until('pausing')
      t.match(pausing, { crashes: times, at: clock.now() + pause, failure: { code: 'plugin-ended' } })
      clock.forward(pause)
      await ready()
      t.equal(JSON.parse(await tell('bootstrap')).afterCrash, undefined)
    }
    void tell('exit 3')
    t.match(await until('pausing'), { crashes: 1, failure: { code: 'plugin-crashed' } }, 'counted by itself')
  },
)

t.test('a plugin that ends in good order again and again is not started for ever', async (t) => {
  const clock = handClock()
  const { until, ready, tell } = served(t, 'obedient', { clock })
  for (const pause of [500, 1000, 2000, 4000]) {
    await ready()
    void tell('exit 0')
    await until('pausing')
    clock.forward(pause)
  }
  await ready()
  void tell('exit 0')
  t.match(await until('given-up'), { crashes: 5, failure: { code: 'plugin-ended' } })
})

const noSignals = process.platform === 'win32' && 'signals end a process there, whatever it makes of them'
t.test(
  'a plugin that refused its configuration and ends in good order did not crash',
  {
    skip: noSignals,
  },
  async (t) => {
    const { until, handle } = served(t, 'well', { clock: handClock(), caseFolder: 'missing' })
    await until('running')
    process.kill(await pidOf(handle), 'SIGTERM')
    t.match(await until('pausing'), { failure: { code: 'plugin-ended' } })
  },
)

t.test(
  'a plugin that ran for a while before it ended unconnected is not said to have ended at once',
  async (t) => {
    const clock = handClock()
    const { until, handle } = served(t, 'silent', { clock })
    const pid = await pidOf(handle)
    clock.forward(20_000)
    process.kill(pid, 'SIGKILL')
    const { failure } = await until('pausing')
    t.match(failure, { code: 'plugin-not-started', text: /before it had connected/ })
  },
)

t.test(
  'an entry that is missing is told as a plugin that never connected, and what was missing is kept',
  async (t) => {
    const { until, faults } = served(t, 'no-such-peer', { clock: handClock() })
    t.match(await until('pausing'), {
      failure: { code: 'plugin-not-started', text: /before it had connected/ },
    })
    const lines = faults.filter(({ where }) => where === 'process-output').map(({ fault }) => String(fault))
    t.ok(lines.length <= 5 && lines.every((line) => line.length <= 200), 'bounded')
    t.ok(
      lines.some((line) => line.includes('no-such-peer')),
      'it says what',
    )
  },
)

t.test('pauses grow, and the fifth crash in three minutes is the last', async (t) => {
  const clock = handClock()
  const { until, handle, faults } = served(t, 'ends-at-once', { clock })
  for (const ms of [500, 1000, 2000, 4000]) {
    t.equal((await until('pausing')).at - clock.now(), ms)
    clock.forward(ms)
  }
  t.match(await until('given-up'), { crashes: 5, failure: { code: 'plugin-not-started' } })
  t.match(faults.slice(0, 2), [
    { fault: 'broken: no such thing', where: 'process-output' },
    { fault: 'exit 3', where: 'process' },
  ])
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
  t.notOk(await answers(first.pipe))
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
  t.ok(await answers(pipe))
  await handle.stop()
  t.notOk(await answers(pipe))
  if (process.platform !== 'win32') t.notOk(existsSync(join(pipe, '..')))
})

t.test('what a plugin prints is kept in bounds', async (t) => {
  const { handle, ready, tell } = served(t, 'obedient')
  await ready()
  await tell('print line')
  await tell('pid')
  await handle.stop()
  t.ok(handle.output().join('').length < 100_000)
})
