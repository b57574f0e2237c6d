import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { servePlugin } from '../bridge/host.ts'
import { readManifest } from '../bridge/manifest.ts'
import { median, type Row } from './table.ts'

const TRIES = 5
const READY_GOAL_MS = 400
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * From the spawn of the plugin to its answer to `plugin/configure`, state active, with its compile cache warm: from these
 * sources, and from a folder that was packed of them, as users have it; beside the same runtime that does nothing. Medians.
 */
export async function startRows(packed: string): Promise<readonly Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'start-bench-'))
  try {
    const code = ['package.json', 'node_modules', 'bridge', 'schemas'].map((name) => join(ROOT, name))
    const sources: Place = { folder: join(ROOT, 'plugin'), code, home: await homeIn(home, 'sources') }
    const users: Place = { folder: packed, code: [], home: await homeIn(home, 'packed') }
    // The first fills the cache.
    for (const place of [sources, users]) await started(place)
    const took = { sources: [] as number[], packed: [] as number[], bare: [] as number[] }
    // In turn, so that a slow moment of the machine falls on all.
    for (let i = 0; i < TRIES; i++) {
      took.sources.push(await started(sources))
      took.packed.push(await started(users))
      took.bare.push(nothing())
    }
    return [
      row('plugin: start to ready, as packed', took.packed, READY_GOAL_MS),
      row('plugin: start to ready, from the sources', took.sources, null),
      row('plugin: the same runtime, doing nothing', took.bare, null),
    ]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

const row = (name: string, took: readonly number[], goal: number | null): Row => ({
  name,
  value: Math.round(median(took)),
  unit: 'ms',
  goal,
})

interface Place {
  /** With plugin.json. */
  readonly folder: string
  /** What it may read beside its folder. */
  readonly code: readonly string[]
  readonly home: string
}

async function homeIn(root: string, name: string): Promise<string> {
  const home = join(root, name)
  for (const each of ['cases', 'exports', 'data']) await mkdir(join(home, each), { recursive: true })
  return home
}

async function started({ folder, code, home }: Place): Promise<number> {
  const manifest = await readManifest(join(folder, 'plugin.json'))
  const ready = Promise.withResolvers<number>()
  let from = 0
  const plugin = servePlugin({
    manifest,
    folder,
    code: [...code],
    dataFolder: join(home, 'data'),
    configuration: {
      language: 'en',
      caseFolder: join(home, 'cases'),
      exportFolder: join(home, 'exports'),
      nameTemplate: '%d_%l_%f',
      patientNameOrder: 'given-family',
      materials: null,
    },
    handlers: {
      'clients/list': () => ({ clients: [] }),
      'plugin/stateChanged': () => {},
      'orders/changed': () => {},
      'orders/packageRefused': () => {},
      'questions/opened': () => {},
      'questions/closed': () => {},
      'mappings/changed': () => {},
      'cloud/changed': () => {},
      'user/command': () => {},
      '$/progress': () => {},
    },
    onProcess(state) {
      if (state.kind === 'starting') from = performance.now()
      if (state.kind === 'pausing')
        ready.reject(new Error(`${state.failure.code} ${plugin.output().join('\n')}`))
      if (state.kind !== 'running') return
      if (state.state.kind === 'active') ready.resolve(performance.now() - from)
      else ready.reject(new Error(`${state.state.kind} ${state.state.failure?.code}`))
    },
  })
  try {
    return await ready.promise
  } finally {
    await plugin.stop()
  }
}

function nothing(): number {
  const from = performance.now()
  const { status } = spawnSync(process.execPath, ['-e', '0'])
  if (status !== 0) throw new Error(`node -e 0 ended with ${status}`)
  return performance.now() - from
}
