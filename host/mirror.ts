import type {
  CloudState,
  DoctorMapping,
  ListedOrder,
  Progress,
  Question,
  RefusedPackage,
} from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import type { Handlers, Peer } from '../bridge/peer.ts'
import type { Params } from '../bridge/protocol.ts'
import type { ProgressBar } from './api.ts'
import { clientsPage } from './clients.ts'
import { replaceCloudOrders } from './cloud-orders.ts'
import type { Database } from './database.ts'
import { putOrder, putRefused, replaceIncoming, replaceRefused } from './incoming.ts'

/** Bars shown at once; a plugin has a handful in hand. */
const BARS = 100
/** Bytes of JSON that a page of clients stays below: half of what a frame may hold. */
const PAGE_BYTES = 4 * 1024 * 1024
const OPEN_STAGES = ['received', 'waiting', 'publishing', 'refused'] as const

export type UserCommand = Params<'user/command'>['command']
export type Changed = 'cases' | 'questions' | 'progress' | 'cloud' | 'mappings'

/** What the plugin has told: kept in step over every connection, so that pages can be answered without asking it. */
export interface Mirror {
  /** What the plugin may send, but for its state. */
  readonly handlers: Omit<Handlers<'host'>, 'plugin/stateChanged'>
  /** Asks for all that stands, after each connection; what is told meanwhile is heard afterwards. */
  sync(peer: Peer<'host'>): Promise<void>
  /** Oldest first. */
  questions(): readonly Question[]
  /** Answered, or not there any more. */
  dropQuestion(id: number): void
  /** As they were read last. */
  doctorsOf(client: string): readonly { readonly mapping: number; readonly name: string }[]
  readDoctors(ask: Peer<'host'>['request']): Promise<void>
  /** As they are kept, while nobody can be asked. */
  knowDoctors(doctors: readonly DoctorMapping[]): void
  /** Which packages are refused still: nobody tells when a file is deleted. */
  readRefused(ask: Peer<'host'>['request']): Promise<void>
  bars(): readonly ProgressBar[]
  /** null: none is configured, or nobody is connected who could tell. */
  cloud(): CloudState | null
  /** Name of the account that was signed in last, as long as nobody signed out. */
  account(): string | null
  /** Another profile is another cloud. */
  forgetAccount(): void
  /** The connection is gone: nothing is in progress. */
  gone(): void
  /** The plugin was stopped: nobody asks any more. */
  forgetQuestions(): void
}

export function createMirror(
  db: Database,
  onChange: (what: Changed) => void,
  /** A case stands in the case folder. */
  onPublished: (project: string) => void,
  /** Chosen in the menu of the plugin's icon. */
  onCommand: (command: UserCommand) => void,
): Mirror {
  const questions = new Map<number, Question>()
  const bars = new Map<string | number, ProgressBar>()
  let doctors = new Map<string, readonly DoctorMapping[]>()
  let cloud: CloudState | null = null
  let account: string | null = null
  let peerNow: Peer<'host'> | null = null
  /** One after the other. */
  let syncing: Promise<void> = Promise.resolve()
  /** Filled while all that stands is asked for. */
  let heard: (() => void)[] | null = null
  /** Told since it was asked last which packages are refused. */
  let refusedMeanwhile: RefusedPackage[] = []

  const hear = (apply: () => void): void => {
    if (heard === null) apply()
    else heard.push(apply)
  }

  /** true: the list changed. */
  function takeCloud(next: CloudState | null): boolean {
    cloud = next
    if (next?.session.kind === 'signed-in') account = next.session.account.name
    else if (next === null || next.session.kind !== 'starting') account = null
    return replaceCloudOrders(db, next?.orders ?? [])
  }

  function knowDoctors(all: readonly DoctorMapping[]): void {
    doctors = Map.groupBy(all, ({ client }) => client)
  }

  async function readDoctors(ask: Peer<'host'>['request']): Promise<void> {
    const all = await pages(
      async (limit, last: DoctorMapping | undefined) =>
        (await ask('mappings/doctors', { limit, ...(last && { after: last.id }) })).doctors,
      500,
    )
    knowDoctors(all)
    // Pages show them beside the clients.
    onChange('cases')
    onChange('mappings')
  }

  async function readRefused(ask: Peer<'host'>['request']): Promise<void> {
    const before = peerNow
    const meanwhile: RefusedPackage[] = []
    refusedMeanwhile = meanwhile
    const { packages } = await ask('orders/refused', {})
    // A connection that is new since asks for everything itself, and so does one that is being read.
    if (before === null || before !== peerNow || heard !== null) return
    const names = new Set(packages.map(({ name }) => name))
    const all = [...packages, ...meanwhile.filter(({ name }) => !names.has(name))]
    if (replaceRefused(db, all)) onChange('cases')
  }

  async function readAll(peer: Peer<'host'>): Promise<void> {
    const [orders, refused, open, cloudNow] = await Promise.all([
      pages(async (limit, last: ListedOrder | undefined) => {
        const after = last && { after: last.revision }
        return (await peer.request('orders/list', { limit, stages: [...OPEN_STAGES], ...after })).orders
      }, 100),
      peer.request('orders/refused', {}).then(({ packages }): readonly RefusedPackage[] => packages),
      pages(async (limit, last: Question | undefined) => {
        const { questions } = await peer.request('questions/list', { limit, ...(last && { after: last.id }) })
        return questions
      }, 10),
      peer.request('cloud/state', {}).then((answer) => answer.cloud),
      readDoctors(peer.request),
    ])
    if (peer !== peerNow) return
    replaceIncoming(db, orders, refused)
    takeCloud(cloudNow)
    questions.clear()
    for (const question of open) questions.set(question.id, question)
  }

  async function syncNow(peer: Peer<'host'>): Promise<void> {
    heard = []
    try {
      await readAll(peer)
    } finally {
      if (peer === peerNow) {
        const told = heard ?? []
        heard = null
        for (const apply of told) apply()
      }
    }
    for (const what of ['cases', 'questions', 'progress', 'cloud'] as const) onChange(what)
  }

  return {
    handlers: {
      'clients/list': ({ limit = 500, after }) => ({
        clients: bounded(clientsPage(db, { limit, ...(after === undefined ? {} : { after }) })),
      }),
      'orders/changed': ({ order }) =>
        hear(() => {
          if (putOrder(db, order)) onChange('cases')
          if (order.stage === 'published' && order.project !== null) onPublished(order.project)
        }),
      'orders/packageRefused': ({ package: refused }) =>
        hear(() => {
          if (refusedMeanwhile.length < 500) refusedMeanwhile.push(refused)
          if (putRefused(db, refused)) onChange('cases')
        }),
      'questions/opened': ({ question }) =>
        hear(() => {
          questions.set(question.id, question)
          onChange('questions')
        }),
      'questions/closed': ({ id }) =>
        hear(() => {
          if (questions.delete(id)) onChange('questions')
        }),
      'mappings/changed': () => {
        // Asked for at once; a failure means that the connection is gone, and the next one asks again.
        if (peerNow !== null) readDoctors(peerNow.request).catch(() => {})
      },
      'cloud/changed': ({ cloud: next }) =>
        hear(() => {
          if (takeCloud(next)) onChange('cases')
          onChange('cloud')
        }),
      'user/command': ({ command }) => onCommand(command),
      '$/progress': ({ token, value }) => {
        if (progressed(bars, token, value)) onChange('progress')
      },
    },
    sync(peer) {
      peerNow = peer
      const mine = syncing.catch(() => {}).then(() => syncNow(peer))
      syncing = mine
      return mine
    },
    questions: () => [...questions.values()].toSorted((a, b) => a.id - b.id),
    dropQuestion(id) {
      if (questions.delete(id)) onChange('questions')
    },
    doctorsOf: (client) =>
      (doctors.get(client) ?? []).map(({ id, doctor, value }) => ({ mapping: id, name: doctor ?? value })),
    readDoctors,
    knowDoctors,
    readRefused,
    bars: () => [...bars.values()],
    cloud: () => cloud,
    account: () => account,
    forgetAccount() {
      account = null
    },
    gone() {
      peerNow = null
      heard = null
      if (cloud !== null) {
        cloud = null
        onChange('cloud')
      }
      if (bars.size === 0) return
      bars.clear()
      onChange('progress')
    },
    forgetQuestions() {
      if (questions.size === 0) return
      questions.clear()
      onChange('questions')
    },
  }
}

/**
 * All pages, to the first empty one. A page that does not go into one message is asked for in smaller pieces.
 */
export async function pages<T>(
  ask: (limit: number, last: T | undefined) => Promise<readonly T[]>,
  limit: number,
): Promise<readonly T[]> {
  const all: T[] = []
  let size = limit
  for (;;) {
    try {
      const page = await ask(size, all.at(-1))
      if (page.length === 0) return all
      all.push(...page)
    } catch (error) {
      const tooMuch =
        error instanceof BridgeError &&
        (error.code === 'internal-error' || error.code === 'message-too-large')
      if (!tooMuch || size === 1) throw error
      size = Math.ceil(size / 8)
    }
  }
}

/** As many as go into one message, one at the least; the next page goes on behind them. */
function bounded<T>(page: readonly T[]): T[] {
  let bytes = 0
  const end = page.findIndex((one) => {
    bytes += JSON.stringify(one).length
    return bytes > PAGE_BYTES
  })
  return page.slice(0, end === -1 ? page.length : Math.max(1, end))
}

function progressed(
  bars: Map<string | number, ProgressBar>,
  token: string | number,
  value: Progress,
): boolean {
  const bar = bars.get(token)
  switch (value.kind) {
    case 'begin':
      if (bars.size >= BARS && bar === undefined) return false
      bars.set(token, { token: String(token), title: value.title, done: 0, of: value.of })
      return true
    case 'report':
      if (bar === undefined) return false
      bars.set(token, { ...bar, done: value.done, of: value.of })
      return true
    case 'end':
      return bars.delete(token)
  }
}
