import { join } from 'node:path'
import type { Test } from 'tap'
import type { Clock } from '../../bridge/clock.ts'
import type { Configuration } from '../../bridge/data.ts'
import { type PluginHandle, type ProcessState, type ServeOptions, servePlugin } from '../../bridge/host.ts'
import type { PluginManifest } from '../../bridge/manifest.ts'
import type { Handlers } from '../../bridge/peer.ts'
import { wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'

const ROOT = join(import.meta.dirname, '../..')
export const PEERS = join(ROOT, 'fixtures/peers')
export const CODE = ['bridge', 'schemas', 'node_modules', 'package.json'].map((name) => join(ROOT, name))

export const CONFIGURATION: Configuration = {
  language: 'en',
  caseFolder: '',
  exportFolder: null,
  nameTemplate: '%d_%l_%f',
  patientNameOrder: 'family-given',
  materials: null,
}

export const MANIFEST: PluginManifest = {
  id: 'peer',
  name: { en: 'Peer' },
  version: '1.0.0',
  entry: 'well.ts',
  bridge: 1,
  requires: {},
  contributes: {},
  permissions: { caseFolder: 'write', networkHosts: [] },
}

export interface Served {
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
export function served(t: Test, peer: string, wanted: Wanted = {}): Served {
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
