import type { ListedOrder, Question } from '../../bridge/data.ts'
import type { Failure } from '../errors.ts'
import type { Importer } from '../importing/setup.ts'
import { colleaguesIn } from '../ledger/colleagues.ts'
import { lastNews, newsSince, openQuestionMarks, waitedFor } from '../ledger/news.ts'
import { clientsOfOrders } from '../ledger/order-clients.ts'
import { type ListedRevision, listedById } from '../ledger/orders.ts'
import { refusedPackages } from '../ledger/packages.ts'
import { listQuestions, type OpenQuestion, type QuestionsPage } from '../ledger/questions.ts'
import type { ActivityId, QuestionId, RevisionId } from '../ledger/schema.ts'
import type { Client } from '../mapping/clients.ts'
import type { Host } from './host.ts'
import { sentOrder, sentQuestion, sentRefused } from './sent.ts'

/** Waiting orders that are shown with a question. */
const SHOWN = 50

export interface TellingOptions {
  readonly importer: Importer
  readonly host: () => Host | null
  /** Why a revision does not go on, where the ledger keeps no failure of it. */
  readonly hindrance: (revision: RevisionId) => Failure | null
  /** Whether a package lies where this configuration looks for them. */
  readonly watches: (path: string) => boolean
  /** Whether something is in hand: then it is looked more often. */
  readonly busy: () => boolean
  readonly onFailure: (thrown: unknown) => void
  /** A look is over, whether it found something or not. */
  readonly onTold: () => void
  readonly busyMs: number
  readonly idleMs: number
}

/** Keeps the host told of what moves in the ledger, whoever moves it: this process, a terminal, another seat. */
export interface Telling {
  /** Looks now, and tells; after everything that this process did itself. */
  readonly look: () => Promise<void>
  /** These are said again, though the ledger says nothing of them. */
  readonly again: (revision: RevisionId) => void
  /** Who is likely may be another now. */
  readonly clientsChanged: () => void
  /**
   * A list is read between two words to the host, and its answer is on its way before the next: so no list can
   * come after the news that outdate it.
   */
  readonly inTurn: <T>(read: () => Promise<T>) => Promise<T>
  readonly orders: (revisions: readonly ListedRevision[]) => Promise<ListedOrder[]>
  readonly questions: (page: QuestionsPage) => Promise<Question[]>
  /** Questions that were open when it was told last. */
  readonly open: () => number
  readonly stop: () => Promise<void>
}

export function startTelling(options: TellingOptions): Telling {
  const { importer } = options
  const { ledger, language, materials } = importer
  const restated = new Set<RevisionId>()
  let since: ActivityId | null = null
  let told: ReadonlyMap<QuestionId, string> = new Map()
  let otherClients = false
  let stopped = false
  let timer: NodeJS.Timeout | null = null
  let turn: Promise<unknown> = Promise.resolve()
  let looking: Promise<void> | null = null

  const telling: Telling = {
    look,
    again(revision) {
      restated.add(revision)
    },
    clientsChanged() {
      otherClients = true
      look().catch(() => {})
    },
    inTurn,
    async orders(revisions) {
      const waits = await waitedFor(
        ledger,
        revisions.map(({ id }) => id),
      )
      const clients = await clientsOfOrders(ledger, revisions)
      return revisions.map((one) =>
        sentOrder(
          one,
          {
            client: clients.get(one.id) ?? null,
            waitsFor: waits.get(one.id) ?? [],
            hindrance: options.hindrance(one.id),
          },
          language,
        ),
      )
    },
    async questions(page) {
      return sent(await listQuestions(ledger, { ...page, waiting: SHOWN }))
    },
    open: () => told.size,
    async stop() {
      stopped = true
      if (timer) clearTimeout(timer)
      await turn.catch(() => {})
    },
  }
  later()
  // From here on everything is told; what was before, the host asks for.
  look().catch(() => {})
  return telling

  function later(): void {
    if (stopped) return
    timer = setTimeout(() => void look().finally(later), options.busy() ? options.busyMs : options.idleMs)
  }

  /** Several that ask while one look waits for its turn share it. */
  function look(): Promise<void> {
    looking ??= inTurn(async () => {
      looking = null
      try {
        await tell()
        options.onTold()
      } catch (error) {
        if (!stopped) options.onFailure(error)
      }
    })
    return looking
  }

  async function tell(): Promise<void> {
    if (stopped) return
    if (since === null) {
      const from = await lastNews(ledger)
      told = await openQuestionMarks(ledger)
      since = from
      return
    }
    for (let more = true; more; ) {
      const news = await newsSince(ledger, since)
      const revisions = [...new Set([...news.revisions, ...restated])]
      const quiet = news.upTo === since && revisions.length === 0 && !otherClients
      if (quiet) return
      since = news.upTo
      restated.clear()
      const host = options.host()
      const orders = await telling.orders(await listedById(ledger, revisions))
      for (const order of orders) say(() => host?.notify('orders/changed', { order }))
      for (const one of await refusedPackages(ledger, { only: news.refused, limit: 500 })) {
        if (!options.watches(one.path)) continue
        say(() => host?.notify('orders/packageRefused', { package: sentRefused(one, language) }))
      }
      // The client of a colleague is likely now.
      if (news.mappings) otherClients = true
      await tellQuestions(host)
      if (news.mappings) say(() => host?.notify('mappings/changed', {}))
      more = news.more
    }
  }

  async function tellQuestions(host: Host | null): Promise<void> {
    const before = told
    const all = otherClients
    otherClients = false
    told = await openQuestionMarks(ledger)
    const moved = [...told.keys()].filter((id) => before.get(id) !== told.get(id))
    for (const id of before.keys()) if (!told.has(id)) say(() => host?.notify('questions/closed', { id }))
    if (host === null) return
    for (let at = 0; at < moved.length; at += PAGE) {
      const only = moved.slice(at, at + PAGE)
      for (const question of await telling.questions({ only, limit: PAGE })) {
        say(() => host.notify('questions/opened', { question }))
      }
    }
    if (!all) return
    // Only the first ones: a host asks for the others page by page, when somebody wants to see them.
    const rest = (await telling.questions({ limit: PAGE })).filter(
      ({ id }) => !moved.includes(id as QuestionId),
    )
    for (const question of rest) {
      if (question.kind === 'doctor') say(() => host.notify('questions/opened', { question }))
    }
  }

  /** One word that cannot be said keeps no other back. */
  function say(word: () => void): void {
    try {
      word()
    } catch (error) {
      options.onFailure(error)
    }
  }

  async function sent(open: readonly OpenQuestion[]): Promise<Question[]> {
    const doctors = open.some(({ question }) => question.kind === 'doctor')
    const asked = doctors ? importer.clients() : null
    const clients: readonly Client[] | null = asked && (await soon(asked))
    // Without the host's clients, those count that were likely when it was asked; it is told again once they are known.
    if (asked !== null && clients === null) asked.then(telling.clientsChanged, () => {})
    const colleagues = clients === null ? null : await colleaguesIn(ledger)
    return open.map((one) => sentQuestion(one, { clients, colleagues, materials }))
  }

  function inTurn<T>(read: () => Promise<T>): Promise<T> {
    const mine = turn.then(read)
    turn = mine.then(afterwards, afterwards)
    return mine
  }
}

const PAGE = 50

/** A host that answers one thing after the other may not get to the clients before it has this. */
const SOON_MS = 1000

async function soon<T>(asked: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), SOON_MS)
  try {
    return await Promise.race([asked, promise])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

/** Once whoever waited for it has sent it. */
const afterwards = () => new Promise<void>((resolve) => setImmediate(resolve))
