// Runs under Windows' Node: a host whose case folder and export folder lie in the folder that is named, a share's for
// instance, or the export folder where it is named itself; answers what is asked by the first that is offered, and ends with the first case. Tells what it saw in `told.jsonl`.
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, Question } from '../../bridge/data.ts'
import { type PluginHandle, servePlugin } from '../../bridge/host.ts'
import { readManifest } from '../../bridge/manifest.ts'

const [shared = '', own = '', exportFolder = join(shared, 'exports')] = process.argv.slice(2)
const ROOT = join(import.meta.dirname, '../..')
const cases = join(shared, 'cases')
const tell = (what: object) => appendFileSync(join(own, 'told.jsonl'), `${JSON.stringify(what)}\n`)
const nothing = () => {}
const over = Promise.withResolvers<void>()

const handle: PluginHandle = servePlugin({
  manifest: await readManifest(join(ROOT, 'plugin/plugin.json')),
  folder: join(ROOT, 'plugin'),
  code: ['bridge', 'schemas', 'node_modules', 'package.json'].map((name) => join(ROOT, name)),
  dataFolder: join(own, 'data'),
  configuration: {
    language: 'en',
    caseFolder: cases,
    exportFolder,
    nameTemplate: '%d_%l_%f',
    patientNameOrder: 'given-family',
    materials: null,
  },
  handlers: {
    'plugin/stateChanged': nothing,
    'clients/list': ({ after }) => ({
      clients: after === undefined ? [{ id: '001', name: 'Harbour', parameters: {} }] : [],
    }),
    'orders/changed': ({ order }) => {
      tell({ order: order.stage, failure: order.failure })
      if (order.stage === 'published') over.resolve()
    },
    'orders/packageRefused': (refused) => tell({ refused }),
    'questions/opened': ({ question }) => void answer(question),
    'questions/closed': nothing,
    'mappings/changed': nothing,
    'cloud/changed': nothing,
    'user/command': nothing,
    '$/progress': nothing,
  },
  onProcess(state) {
    const connector = state.kind === 'running' ? state.state : null
    tell({ process: state.kind, state: connector?.kind ?? null, failure: connector?.failure ?? null })
    if (connector?.kind === 'attention' || state.kind === 'given-up') over.resolve()
  },
  onFault: (fault, where) => tell({ fault: String(fault), where }),
})

async function answer(question: Question): Promise<void> {
  const given = firstOf(question)
  await handle
    .request('questions/answer', { question: question.id, answer: given })
    .catch((error: unknown) => tell({ fault: String(error), where: 'questions/answer' }))
}

function firstOf(question: Question): Answer {
  if (question.kind === 'doctor') return { kind: 'doctor', client: '001' }
  const [first] = question.candidates
  const method = first?.methods[0]?.code ?? ''
  return { kind: 'material', material: first?.code ?? '', method, makeDefault: question.makeDefault }
}

await over.promise
await handle.stop()
tell({ cases: readdirSync(cases) })
process.exit(0)
