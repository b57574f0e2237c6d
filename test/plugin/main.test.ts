import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { ConnectorState, Question } from '../../bridge/data.ts'
import { type PluginHandle, type ProcessState, type ServeOptions, servePlugin } from '../../bridge/host.ts'
import { readManifest } from '../../bridge/manifest.ts'
import type { Handlers } from '../../bridge/peer.ts'
import { assertWhole, made, namesIn } from '../laboratory.ts'
import { CLIENT, firstAnswer } from './hosting.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SMALL = { mesh: { format: 'stl-binary', bytes: 50_000 }, versions: [50] } as const

interface Served {
  readonly root: string
  readonly cases: string
  readonly exports: string
  readonly data: string
  readonly plugin: PluginHandle
  readonly processes: readonly ProcessState[]
  /** Once it holds; looked at whenever anything is told. */
  until<T>(find: () => T | undefined | null | false): Promise<T>
  readonly opened: ReadonlyMap<number, Question>
  readonly projects: ReadonlySet<string>
  /** Words about progress so far. */
  readonly reports: () => number
  drop(recipe: string, seed?: number, meshBytes?: number): ReturnType<typeof made>
}

/** The plugin as a process of its own, under the permission model, joined to a host by the pipe. */
async function served(
  t: Test,
  before?: Served,
  more: Pick<ServeOptions, 'afterCrash'> = {},
): Promise<Served> {
  const root = before?.root ?? (await mkdtemp(join(tmpdir(), 'plugin-main-')))
  const at = (name: string) => join(root, name)
  for (const name of ['cases', 'exports', 'data', 'made']) await mkdir(at(name), { recursive: true })
  const processes: ProcessState[] = []
  const opened = new Map<number, Question>()
  const projects = new Set<string>()
  let reports = 0
  const waiting = new Set<() => void>()
  const moved = () => {
    for (const look of waiting) look()
  }
  const handlers: Handlers<'host'> = {
    'clients/list': ({ after }) => ({ clients: after === undefined ? [CLIENT] : [] }),
    'plugin/stateChanged': () => {},
    'orders/changed': ({ order }) => {
      if (order.stage === 'published') projects.add(order.project ?? '')
      moved()
    },
    'orders/packageRefused': () => {},
    'questions/opened': ({ question }) => {
      opened.set(question.id, question)
      moved()
    },
    'questions/closed': ({ id }) => {
      opened.delete(id)
      moved()
    },
    'mappings/changed': () => {},
    'cloud/changed': () => {},
    'user/command': () => {},
    '$/progress': ({ value }) => {
      if (value.kind === 'report') reports++
      moved()
    },
  }
  const plugin = servePlugin({
    manifest: await readManifest(join(ROOT, 'plugin', 'plugin.json')),
    folder: join(ROOT, 'plugin'),
    code: ['package.json', 'node_modules', 'bridge', 'schemas'].map((name) => join(ROOT, name)),
    dataFolder: at('data'),
    configuration: {
      language: 'en',
      caseFolder: at('cases'),
      exportFolder: at('exports'),
      nameTemplate: '%d_%l_%f',
      patientNameOrder: 'given-family',
      materials: null,
    },
    handlers,
    ...more,
    onProcess(state) {
      processes.push(state)
      moved()
    },
  })
  t.teardown(async () => {
    await plugin.stop()
    await rm(root, { recursive: true, force: true })
  })
  return {
    root,
    cases: at('cases'),
    exports: at('exports'),
    data: at('data'),
    plugin,
    processes,
    opened,
    projects,
    reports: () => reports,
    async until(find) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = () => {
        if (find()) resolve()
      }
      waiting.add(look)
      look()
      await promise
      waiting.delete(look)
      return find() as never
    },
    async drop(recipe, seed = 1, bytes = SMALL.mesh.bytes) {
      const mesh = { ...SMALL.mesh, bytes }
      const pkg = await made(recipe, at('made'), { ...SMALL, seed, mesh })
      await rename(pkg.path, join(at('exports'), basename(pkg.path)))
      return pkg
    },
  }
}

const stateOf = (process: ProcessState): ConnectorState | null =>
  process.kind === 'running' ? process.state : null

t.test('a host starts it, an order goes its whole way, and it stops', async (t) => {
  const lab = await served(t)
  await lab.until(() => stateOf(lab.plugin.process())?.kind === 'active')
  const pkg = await lab.drop('single-crown')
  await lab.until(() => lab.opened.size === 2)
  for (const question of [...lab.opened.values()]) {
    await lab.plugin.request('questions/answer', { question: question.id, answer: firstAnswer(question) })
  }
  const [project] = await lab.until(() => lab.projects.size === 1 && [...lab.projects])
  await assertWhole(t, lab.cases, project ?? '', pkg)
  await lab.plugin.stop()
  t.strictSame(await namesIn(lab.cases), [project])
  t.strictSame(lab.plugin.output(), [], 'it has nothing to print')
  t.notOk(lab.processes.some(({ kind }) => kind === 'pausing' || kind === 'given-up'))
})

t.test('its log tells what happened, and neither patient nor doctor nor any file', async (t) => {
  const lab = await served(t)
  await lab.until(() => stateOf(lab.plugin.process())?.kind === 'active')
  await lab.drop('single-crown')
  await lab.until(() => lab.opened.size === 2)
  await lab.plugin.stop()
  const log = await readFile(join(lab.data, 'log', 'plugin.log'), 'utf8')
  const events = log
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: string }).msg)
  for (const event of ['started', 'connected', 'configured', 'state', 'stopped']) {
    t.ok(events.includes(event), event)
  }
  t.notMatch(log, /Nora|Lindqvist|Alder|iTero_Export|plugin-main-/)
})

t.test('that it had ended by itself stays in its log of activity, said once', async (t) => {
  const ended = async (lab: Served) => {
    await lab.until(() => stateOf(lab.plugin.process())?.kind === 'active')
    const { entries } = await lab.plugin.request('activity/list', {})
    await lab.plugin.stop()
    return entries.filter(({ kind }) => kind === 'import-ended-by-itself')
  }
  const lab = await served(t)
  t.strictSame(await ended(lab), [])
  const after = await ended(await served(t, lab, { afterCrash: true }))
  t.match(after, [{ orderId: null, text: /ended by itself and was started again/ }])
  t.strictSame(await ended(await served(t, lab)), after)
})

t.test('after a cut both ends come back, and what was open is open once', async (t) => {
  const lab = await served(t)
  await lab.until(() => stateOf(lab.plugin.process())?.kind === 'active')
  await lab.drop('study-model')
  await lab.until(() => lab.opened.size === 1)
  const from = lab.processes.length
  lab.plugin.cut()
  await lab.until(() => lab.processes.slice(from).some((process) => stateOf(process)?.kind === 'active'))
  const { questions } = await lab.plugin.request('questions/list', {})
  t.strictSame(
    questions.map(({ id }) => id),
    [...lab.opened.keys()],
  )
  t.notOk(
    lab.processes.some(({ kind }) => kind === 'pausing'),
    'the process itself has lived on',
  )
  for (const question of questions) {
    await lab.plugin.request('questions/answer', { question: question.id, answer: firstAnswer(question) })
  }
  await lab.until(() => lab.projects.size === 1)
})

t.test(
  'a stop in the middle of a package ends the reading, leaves nothing, and the next start takes it whole',
  async (t) => {
    const lab = await served(t)
    await lab.until(() => stateOf(lab.plugin.process())?.kind === 'active')
    const pkg = await lab.drop('study-model', 1, 20_000_000)
    await lab.until(() => lab.reports() > 0)
    await lab.plugin.stop()
    t.strictSame(await namesIn(lab.cases), [], 'neither a case nor half of one')
    const again = await served(t, lab)
    const [question] = await again.until(() => again.opened.size === 1 && [...again.opened.values()])
    if (!question) return t.fail('the doctor is asked for')
    await again.plugin.request('questions/answer', { question: question.id, answer: firstAnswer(question) })
    const [project] = await again.until(() => again.projects.size === 1 && [...again.projects])
    await assertWhole(t, lab.cases, project ?? '', pkg)
  },
)

t.test(
  'what the plugin has compiled is kept while it runs: one that is killed starts quickly too',
  async (t) => {
    const lab = await served(t)
    await lab.until(() => stateOf(lab.plugin.process())?.kind === 'active')
    const kept = () => readdir(join(lab.data, 'compile-cache'), { recursive: true }).catch(() => [])
    while ((await kept()).length < 100) await new Promise((look) => setTimeout(look, 20))
    t.equal(stateOf(lab.plugin.process())?.kind, 'active', 'it is not at its end')
  },
)

t.test('a process that no host has started says so and ends', async (t) => {
  const child = spawn(process.execPath, [join(ROOT, 'plugin', 'start.js')], { stdio: 'pipe' })
  const told: string[] = []
  child.stderr.setEncoding('utf8').on('data', (piece: string) => told.push(piece))
  child.stdin.end('nonsense\n')
  const [code] = (await once(child, 'close')) as [number]
  t.equal(code, 1)
  t.match(told.join(''), /a host starts it/)
})

t.test('a host that is gone takes the plugin with it', async (t) => {
  const data = await mkdtemp(join(tmpdir(), 'plugin-alone-'))
  t.teardown(() => rm(data, { recursive: true, force: true }))
  const child = spawn(process.execPath, [join(ROOT, 'plugin', 'start.js')], { stdio: 'pipe' })
  const bootstrap = {
    pipe: join(data, 'nobody.sock'),
    secret: 'ab'.repeat(32),
    dataFolder: data,
    protocol: 1,
  }
  child.stdin.write(`${JSON.stringify(bootstrap)}\n`)
  child.stdin.end()
  const [code] = (await once(child, 'close')) as [number]
  t.equal(code, 0)
  t.ok((await readdir(data)).includes('log'))
})
