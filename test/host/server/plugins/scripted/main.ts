import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBootstrap } from '../../../../../bridge/bootstrap.ts'
import type { Client, CloudState, Configuration, ConnectorState } from '../../../../../bridge/data.ts'
import { refusing } from '../../../../../bridge/errors.ts'
import { connectToHost } from '../../../../../bridge/plugin.ts'
import type { Script } from './script.ts'

/**
 * A plugin that does what the script.json in its data folder says. What was answered it writes there, so that it knows it
 * after a restart; the activity tells how it was configured.
 */
const { bootstrap, hostGone, release } = await readBootstrap(process.stdin)
const scriptFile = join(bootstrap.dataFolder, 'script.json')
const script = JSON.parse(readFileSync(scriptFile, 'utf8')) as Script
const ACTIVE: ConnectorState = { kind: 'active', since: 0, failure: null }
const asked: string[] = []
let configured: Configuration | null = null
let refusedAsked = 0
let cloud = script.cloud
const ACCOUNT = { id: '55501', name: 'Lab' }

if (script.crashAtStart) process.exit(7)
if (script.neverStops) {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
}

const known = async (client: string): Promise<boolean> => {
  const clients: Client[] = []
  for (;;) {
    const last = clients.at(-1)
    const page = await connection.request('clients/list', { limit: 2, ...(last && { after: last.id }) })
    if (page.clients.length === 0) return clients.some(({ id }) => id === client)
    clients.push(...page.clients)
  }
}

const connection = connectToHost({
  bootstrap,
  hostGone,
  handlers: {
    'plugin/configure': (configuration) => {
      const { materials, nameTemplate, caseFolder } = configuration
      if (materials?.includes('TWICE'))
        throw refusing('material-list-invalid', 'The material list is faulty in line 3 at “ShortCode”.')
      if (nameTemplate.includes('%broken')) throw refusing('template-invalid', 'The template is not valid.')
      if (script.refusesCaseFolder !== undefined && caseFolder.endsWith(script.refusesCaseFolder))
        throw refusing('case-folder-full', 'The case folder has no room.')
      if (configuration.cloud?.profile.includes('REFUSED'))
        throw refusing('profile-invalid', 'The connection profile is faulty at “/issuer”.')
      configured = configuration
      if (!script.commandOnLook) command()
      return { state: ACTIVE }
    },
    'plugin/state': () => ({ state: ACTIVE }),
    'plugin/stop': async () => {
      if (script.neverStops) await new Promise(() => {})
      setImmediate(() => {
        connection.close()
        release()
      })
      return {}
    },
    'orders/list': ({ after }) => ({ orders: after === undefined ? [...(script.orders ?? [])] : [] }),
    'orders/refused': () => ({ packages: refusedAsked++ === 0 ? [...(script.refusedOnce ?? [])] : [] }),
    'orders/look': () => {
      if (script.onLook === 'crash') process.exit(7)
      if (script.onLook === 'end') process.exit(0)
      if (script.onLook === 'storm') storm()
      if (script.commandOnLook) command()
      return {}
    },
    'questions/list': ({ after }) => ({
      questions: after === undefined ? [...(script.questions ?? []).filter(({ id }) => !answered(id))] : [],
    }),
    'questions/answer': async ({ question, answer }) => {
      asked.push(JSON.stringify(answer))
      if (script.onAnswer === 'crash') process.exit(7)
      if (!script.questions?.some(({ id }) => id === question))
        throw refusing('question-unknown', 'There is no such question.')
      if (script.onAnswer === 'closed-elsewhere' || answered(question))
        throw refusing('question-closed', 'The question is answered already.')
      if (answer.kind === 'doctor' && !(await known(answer.client)))
        throw refusing('client-unknown', 'There is no such client.')
      writeFileSync(join(bootstrap.dataFolder, `answered-${question}`), JSON.stringify(answer))
      connection.notify('questions/closed', { id: question })
      return { released: 1 }
    },
    'mappings/doctors': ({ after }) => ({ doctors: after === undefined ? [...(script.doctors ?? [])] : [] }),
    'mappings/materials': ({ after }) => ({
      materials: after === undefined ? [...(script.materials ?? [])] : [],
    }),
    'mappings/deleteDoctor': ({ id }) => {
      if (!script.doctors?.some((mapping) => mapping.id === id)) throw refusing('mapping-unknown', 'Unknown.')
      return {}
    },
    'mappings/deleteMaterial': ({ key }) => {
      asked.push(`deleteMaterial ${key}`)
      return {}
    },
    'mappings/clearMethod': ({ key }) => {
      asked.push(`clearMethod ${key}`)
      return {}
    },
    'activity/list': () => ({
      entries: [JSON.stringify(configured), ...asked, ...(bootstrap.afterCrash ? ['after a crash'] : [])].map(
        (text, index) => ({
          id: index + 1,
          at: 0,
          kind: 'told',
          orderId: null,
          text: text.slice(0, 2000),
        }),
      ),
    }),
    'cloud/state': () => ({ cloud: cloudNow() }),
    'cloud/signIn': () => {
      if (configured?.cloud === null) throw refusing('cloud-off', 'No cloud is configured.')
      if (script.refusesSignIn) throw refusing('cloud-unreachable', 'MyiTero cannot be reached.')
      const url = script.loginPage ?? 'https://login.example/authorize'
      moved({ session: { kind: 'signing-in', url } })
      if (script.choosesNext)
        setImmediate(() => moved({ session: { kind: 'choosing-account', accounts: [ACCOUNT] } }))
      return { url }
    },
    'cloud/cancelSignIn': () => moved({ session: { kind: 'signed-out', failure: null } }),
    'cloud/chooseAccount': ({ account }) => {
      if (account !== '55501') throw refusing('cloud-account-unknown', 'There is no such account.')
      return moved({ session: { kind: 'signed-in', account: { id: account, name: 'Lab' }, kept: 'memory' } })
    },
    'cloud/signOut': () => moved({ session: { kind: 'signed-out', failure: null }, orders: [] }),
    'cloud/retry': ({ account, rxId }) => {
      const orders = cloudNow()?.orders
      if (orders === undefined) throw refusing('cloud-off', 'No cloud is configured.')
      if (!orders.some((order) => order.account === account && order.rxId === rxId))
        throw refusing('fetch-unknown', 'There is no such order.')
      return moved({
        orders: orders.map((order) =>
          order.rxId === rxId ? { ...order, stage: 'wanted', failure: null } : order,
        ),
      })
    },
    'clients/changed': () => asked.push('clients/changed'),
    '$/progress': () => {},
  },
})
await connection.ended
if (!script.neverStops) release()

function command(): void {
  const { command } = script
  if (command !== undefined) setImmediate(() => connection.notify('user/command', { command }))
}

function cloudNow(): CloudState | null {
  return configured?.cloud ? (cloud ?? null) : null
}

/** Told as well as answered. Refusal: `cloud-off`. */
function moved(change: Partial<CloudState>): Record<string, never> {
  if (cloudNow() === null) throw refusing('cloud-off', 'No cloud is configured.')
  cloud = cloud && { ...cloud, ...change }
  connection.notify('cloud/changed', { cloud: cloud ?? null })
  return {}
}

function answered(question: number): boolean {
  try {
    readFileSync(join(bootstrap.dataFolder, `answered-${question}`))
    return true
  } catch {
    return false
  }
}

/** Far more changes than a page wants to hear of, and a bar that moves with each. */
function storm(): void {
  const [order] = script.orders ?? []
  connection.notify('$/progress', { token: 'storm', value: { kind: 'begin', title: 'storm', of: 500 } })
  for (let done = 1; done <= 500; done++) {
    connection.notify('$/progress', { token: 'storm', value: { kind: 'report', done, of: 500 } })
    if (order !== undefined)
      connection.notify('orders/changed', {
        order: { ...order, revision: order.revision + done, orderId: `${order.orderId}${done}` },
      })
  }
}
