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
 * From the spawn of the plugin to its answer to `plugin/configure`, state active, with its compile cache warm; beside the
 * same runtime that does nothing. Medians.
 */
export async function startRows(): Promise<readonly Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'start-bench-'))
  try {
    for (const name of ['cases', 'exports', 'data']) await mkdir(join(home, name))
    // The first fills the cache.
    await started(home)
    const ready: number[] = []
    const bare: number[] = []
    // In turn, so that a slow moment of the machine falls on both.
    for (let i = 0; i < TRIES; i++) {
      ready.push(await started(home))
      bare.push(nothing())
    }
    return [
      { name: 'plugin: start to ready', value: Math.round(median(ready)), unit: 'ms', goal: READY_GOAL_MS },
      {
        name: 'plugin: the same runtime, doing nothing',
        value: Math.round(median(bare)),
        unit: 'ms',
        goal: null,
      },
    ]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function started(home: string): Promise<number> {
  const manifest = await readManifest(join(ROOT, 'plugin', 'plugin.json'))
  const ready = Promise.withResolvers<number>()
  let from = 0
  const plugin = servePlugin({
    manifest,
    folder: join(ROOT, 'plugin'),
    code: ['package.json', 'node_modules', 'bridge', 'schemas'].map((name) => join(ROOT, name)),
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
