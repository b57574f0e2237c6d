import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Test } from 'tap'
import { paramsFit, resultFits } from '../../bridge/check.ts'
import type { Answer, Client, Configuration, ListedOrder, Question } from '../../bridge/data.ts'
import { BridgeError } from '../../bridge/errors.ts'
import type { Call } from '../../bridge/peer.ts'
import {
  MESSAGES,
  type NotificationMethod,
  type Params,
  type RequestMethod,
  type Result,
  type SentBy,
} from '../../bridge/protocol.ts'
import type { MadeExport, MakeOptions } from '../../fixtures/exports/make-export.ts'
import type { Host } from '../../plugin/connecting/host.ts'
import type { Paces } from '../../plugin/connecting/work.ts'
import { type Connector, createConnector } from '../../plugin/connector.ts'
import type { Log, LogEvent, LogFacts } from '../../plugin/log.ts'
import type { Secrets } from '../../plugin/secrets.ts'
import { made } from '../laboratory.ts'

type Told = SentBy<'plugin', NotificationMethod>
export type Word = { readonly [M in Told]: { readonly method: M; readonly params: Params<M> } }[Told]

const SMALL = { mesh: { format: 'stl-binary', bytes: 50_000 }, versions: [50] } as const

/** Everything happens at once, and everything that may change by itself is looked at often. */
export const QUICK: Paces = {
  probeMs: 40,
  troubleMs: 40,
  sweepMs: 200,
  heldMs: 20,
  quietMs: 40,
  relistMs: 100,
  againMs: 100,
  patienceMs: 300,
}

/** A laboratory whose host speaks to a connector without a pipe; what crosses is checked as at the pipe's two ends. */
export interface Hosting {
  readonly root: string
  readonly cases: string
  readonly exports: string
  readonly data: string
  readonly clients: Client[]
  readonly connector: Connector
  /** All that the plugin has told on every connection, oldest first. */
  readonly told: readonly Word[]
  readonly logged: readonly { readonly event: LogEvent; readonly facts: LogFacts }[]
  configuration(change?: Partial<Configuration>): Configuration
  configure(change?: Partial<Configuration>): Promise<Result<'plugin/configure'>['state']>
  ask<M extends SentBy<'host', RequestMethod>>(method: M, params: Params<M>): Promise<Result<M>>
  /** The host adds, changes or deletes a client. */
  changeClients(...clients: Client[]): void
  /** What was told from `from` on, once one of it is of this kind and fits. */
  until<M extends Told>(method: M, fits?: (params: Params<M>) => boolean, from?: number): Promise<Params<M>>
  /** A new connection in the place of this one. */
  reconnect(): void
  /** Nothing of what is said arrives, and no question is answered, until `reconnect`. */
  cut(): void
  /** The host answers who its clients are only when what this gives is called. */
  holdClients(): () => void
  /** The plugin's clock, ms. */
  advance(ms: number): void
  /** The plugin's process starts anew on the same folders. */
  restart(): Promise<void>
  /** A package that appears in the export folder whole. */
  drop(recipe: string, more?: Partial<MakeOptions>): Promise<MadeExport>
  questions(): Promise<readonly Question[]>
  /** An order once it stands there. */
  order(orderId: string, stage: ListedOrder['stage']): Promise<ListedOrder>
}

export const CLIENT: Client = { id: '001', name: 'Practice by the Harbour', parameters: {} }

export async function hosting(t: Test, paces: Paces = QUICK): Promise<Hosting> {
  // Tap's own folders go before the teardown, while orders are still in hand.
  const root = await mkdtemp(join(tmpdir(), 'hosting-'))
  for (const name of ['cases', 'exports', 'data', 'made']) await mkdir(join(root, name))
  const [cases, exports, data] = [join(root, 'cases'), join(root, 'exports'), join(root, 'data')]
  const clients: Client[] = [CLIENT]
  const told: Word[] = []
  const secrets = keptInMemory()
  let ahead = 0
  const logged: { event: LogEvent; facts: LogFacts }[] = []
  const waiting = new Set<() => void>()
  const log: Log = {
    note: (event, facts = {}) => logged.push({ event, facts }),
    fault(thrown) {
      t.fail('nothing unforeseen happens', { found: thrown as Error })
    },
    close: () => {},
  }
  const start = () =>
    createConnector({
      dataFolder: data,
      log,
      clock: () => Date.now() + ahead,
      secrets,
      paces,
      lookMs: { busy: 20, idle: 30 },
    })
  let connector = start()
  let connection = 0
  let held: Promise<void> = Promise.resolve()

  const connect = () => {
    const mine = ++connection
    const there = () => mine === connection
    const host: Host = {
      request: (async (method: string, params: Params<'clients/list'>) => {
        if (!there()) throw new BridgeError('connection-closed')
        t.equal(method, 'clients/list')
        t.ok(paramsFit('clients/list', params), 'the plugin asks as the protocol says')
        await held
        const after = params.after ?? ''
        return { clients: clients.filter(({ id }) => id > after).slice(0, Math.min(params.limit ?? 50, 3)) }
      }) as unknown as Host['request'],
      notify(method, params) {
        if (!paramsFit(method, params)) t.fail(`${method} is told as the protocol says`, { params })
        if (!there()) return
        told.push({ method, params } as Word)
        for (const look of waiting) look()
      },
    }
    connector.connected(host)
  }
  connect()
  t.teardown(async () => {
    await connector.stop()
    await rm(root, { recursive: true, force: true })
  })

  const ask: Hosting['ask'] = async (method, params) => {
    const fits = paramsFit(method, params)
    if (!fits) throw new Error(`${method}: no such parameters`)
    const handlers = connector.handlers as unknown as Record<string, (params: unknown, call: Call) => unknown>
    const result = await handlers[method]?.(params, {
      signal: new AbortController().signal,
      progress: () => {},
    })
    if (!resultFits(method, result))
      t.fail(`${method} is answered as the protocol says`, { result: result as object })
    return result as never
  }

  const until: Hosting['until'] = async (method, fits = () => true, from = 0) => {
    const find = () =>
      told.slice(from).find((word) => word.method === method && fits(word.params as never))?.params
    const { promise, resolve } = Promise.withResolvers<void>()
    const look = () => {
      if (find() !== undefined) resolve()
    }
    waiting.add(look)
    look()
    await promise
    waiting.delete(look)
    return find() as never
  }

  const configuration: Hosting['configuration'] = (change = {}) => ({
    language: 'en',
    caseFolder: cases,
    exportFolder: exports,
    nameTemplate: '%d_%l_%f',
    patientNameOrder: 'given-family',
    materials: null,
    ...change,
  })

  return {
    root,
    cases,
    exports,
    data,
    clients,
    get connector() {
      return connector
    },
    told,
    logged,
    configuration,
    configure: async (change) => (await ask('plugin/configure', configuration(change))).state,
    ask,
    changeClients(...next) {
      clients.splice(0, clients.length, ...next)
      connector.handlers['clients/changed']({})
    },
    until,
    reconnect: connect,
    holdClients() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return resolve
    },
    cut() {
      connection++
    },
    advance(ms) {
      ahead += ms
    },
    async restart() {
      await connector.stop()
      connector = start()
      connect()
    },
    async drop(recipe, more = {}) {
      const pkg = await made(recipe, join(root, 'made'), { ...SMALL, ...more })
      const path = join(exports, basename(pkg.path))
      await rename(pkg.path, path)
      return { ...pkg, path }
    },
    async questions() {
      return (await ask('questions/list', {})).questions
    },
    async order(orderId, stage) {
      const there = (order: ListedOrder) => order.orderId === orderId && order.stage === stage
      const { orders } = await ask('orders/list', {})
      return orders.find(there) ?? (await until('orders/changed', ({ order }) => there(order))).order
    },
  }
}

/** The first of everything, with the boxes as they stand. */
export function firstAnswer(question: Question, client = CLIENT.id): Answer {
  if (question.kind === 'doctor') return { kind: 'doctor', client }
  const [candidate] = question.candidates
  return {
    kind: 'material',
    material: candidate?.code ?? '',
    method: candidate?.methods[0]?.code ?? '',
    makeDefault: question.makeDefault,
  }
}

/** Answers everything that is open, and gives the questions. */
export async function answerEverything(lab: Hosting): Promise<readonly Question[]> {
  const open = await lab.questions()
  for (const question of open) {
    await lab.ask('questions/answer', { question: question.id, answer: firstAnswer(question) })
  }
  return open
}

/** Every method that a host may ask, with parameters that fit. */
export const ASKED = {
  'orders/list': {},
  'orders/refused': {},
  'orders/look': {},
  'questions/list': {},
  'questions/answer': { question: 1, answer: { kind: 'doctor', client: '001' } },
  'mappings/doctors': {},
  'mappings/materials': {},
  'mappings/deleteDoctor': { id: 1 },
  'mappings/deleteMaterial': { key: 'x' },
  'mappings/clearMethod': { key: 'x' },
  'activity/list': {},
  'cloud/state': {},
  'cloud/signIn': {},
  'cloud/cancelSignIn': {},
  'cloud/chooseAccount': { account: '1' },
  'cloud/signOut': {},
  'cloud/retry': { account: '1', rxId: '1' },
} as const satisfies { readonly [M in SentBy<'host', RequestMethod>]?: Params<M> }

export const HOST_REQUESTS = Object.entries(MESSAGES).flatMap(([method, { kind, sender }]) =>
  kind === 'request' && sender === 'host' ? [method] : [],
)

/** Outlives a restart of the connector, as a keychain does. */
function keptInMemory(): Secrets {
  const entries = new Map<string, string>()
  return {
    kept: 'keychain',
    read: async (name) => entries.get(name) ?? null,
    async write(name, value) {
      entries.set(name, value)
    },
    async remove(name) {
      entries.delete(name)
    },
  }
}
