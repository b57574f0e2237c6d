// Runs under Windows' Node: serves an installed plugin by the bridge and the Node that were installed with it, until `stop`
// stands in the folder that is named; tells every state in `states.jsonl` there.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { servePlugin as Serve } from '../../bridge/host.ts'

const [folder = '', work = ''] = process.argv.slice(2)
const manifest = JSON.parse(readFileSync(join(folder, 'plugin.json'), 'utf8'))
const program = join(folder, dirname(manifest.entry))
// A host starts a plugin with its own.
process.execPath = join(program, 'node.exe')
const module: { readonly servePlugin: typeof Serve } = await import(
  pathToFileURL(join(program, 'bridge/host.js')).href
)
for (const name of ['cases', 'exports']) mkdirSync(join(work, name), { recursive: true })
const tell = (what: object) => appendFileSync(join(work, 'states.jsonl'), `${JSON.stringify(what)}\n`)
const nothing = () => {}
const handle = module.servePlugin({
  manifest,
  folder,
  code: [],
  dataFolder: join(work, 'data'),
  configuration: {
    language: 'de',
    caseFolder: join(work, 'cases'),
    exportFolder: join(work, 'exports'),
    nameTemplate: '%d_%l_%f',
    patientNameOrder: 'given-family',
    materials: null,
  },
  handlers: {
    'plugin/stateChanged': nothing,
    'clients/list': () => ({ clients: [] }),
    'clients/add': () => ({ id: 'M0001' }),
    'orders/changed': ({ order }: { readonly order: { readonly stage: string } }) =>
      tell({ order: order.stage }),
    'orders/packageRefused': nothing,
    'questions/opened': nothing,
    'questions/closed': nothing,
    'mappings/changed': nothing,
    'cloud/changed': nothing,
    'user/command': nothing,
    '$/progress': nothing,
  } as unknown as Parameters<typeof Serve>[0]['handlers'],
  onProcess: (state) =>
    tell({ process: state.kind, state: state.kind === 'running' ? state.state.kind : null }),
  onFault: (fault, where) => tell({ fault: String(fault), where }),
})
while (!existsSync(join(work, 'stop'))) await pause(100)
await handle.stop()
tell({ process: 'ended' })
process.exit(0)
