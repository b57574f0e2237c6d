import { makeFolders } from '../casefile/case-disk.ts'
import { type OrdersPage, wire } from '../cloud/contract.ts'
import { bring, type Fetching, fail, sweepDownloads } from '../cloud/fetching.ts'
import type { AccountId, RxId } from '../cloud/ids.ts'
import { isWanted } from '../cloud/orders.ts'
import { throttle } from '../cloud/throttle.ts'
import { asImportError, type Failure, ImportError } from '../errors.ts'
import {
  type Fetch,
  fetchHindered,
  isOpen,
  lastAccount,
  noteOrders,
  openFetches,
  retryFetch,
  shownFetches,
  takenLately,
} from '../ledger/fetches.ts'
import { openCallback } from './callback.ts'
import { afterTrouble, jittered, nextPoll } from './cloud-pace.ts'
import type { CloudSource, CloudSourceState, CloudWatch } from './cloud-source.ts'
import { type Brought, openLanes } from './lanes.ts'

/**
 * Watches the orders of the account that is signed in: learns of them by looking, by notices and from the ledger, fetches
 * their packages and hands them on. However often an order is announced, it is fetched once for each of its versions.
 */
export function watchCloud(source: CloudSource): CloudWatch {
  const { session, http, ledger, clock, random } = source
  const { poll } = source.profile
  const fetching: Fetching = {
    ...source,
    throttle: throttle(source.bytesPerSecond, clock, source.pause),
    onFetch: told,
  }
  const lanes = openLanes<Fetch>({
    most: source.lanes ?? LANES,
    mayWork: () => mayAsk() && state.offline === null,
    bring: bringSafely,
    isDone: (fetch) => !isOpen(fetch),
    restMs: (tried) =>
      Math.max(afterTrouble(tried, poll, random), Math.min(notBefore - clock(), LONGEST_GATE_MS)),
    pause: source.pause,
  })
  const closing = new AbortController()
  /** Ends downloads, not imports: anew for each account, and after each pause. */
  let going = new AbortController()
  let woken = new AbortController()
  const notices = new Set<RxId>()
  let hearing: Promise<void> | null = null
  const said = new Set<string>()
  const callback = openCallback(source, announced, sayOnce)
  let lookers: (() => void)[] = []
  let account: AccountId | null = null
  let lookTroubles = 0
  let pollMs = poll.fastestMs
  /** Whose turn it was among the taken orders. */
  let askedAfter = -1
  /** An order could not be fetched: whether the cloud is there at all, the next look tells. */
  let doubtful = false
  /** The cloud asked not to be asked before. */
  let notBefore = 0
  /** Since when it has been asking that; null: it has answered since. */
  let busySince: number | null = null
  let state: CloudSourceState = { lastSync: null, syncing: false, paused: false, offline: null }
  const settled = Promise.withResolvers<void>()
  const over = loop()
  let closed: Promise<void> | null = null

  return {
    settled: settled.promise,
    look() {
      if (closing.signal.aborted) return Promise.resolve()
      const { promise, resolve } = Promise.withResolvers<void>()
      lookers.push(resolve)
      lanes.hurry()
      woken.abort()
      return promise
    },
    announced,
    pause(on) {
      if (state.paused === on) return
      setState({ paused: on })
      if (on) going.abort()
      woken.abort()
    },
    async retry(of, rxId) {
      const fetch = await retryFetch(ledger, of, rxId)
      told(fetch)
      enqueue([fetch])
      lanes.hurry(fetch.id)
    },
    async fetches() {
      const now = session.state()
      const of = now.kind === 'signed-in' ? now.account.id : (account ?? (await lastAccount(ledger)))
      return of === null ? [] : shownFetches(ledger, of)
    },
    close() {
      closed ??= (async () => {
        closing.abort()
        going.abort()
        woken.abort()
        await lanes.close()
        await over
        await hearing
        await callback.close()
        finishLooks()
      })()
      return closed
    },
  }

  async function loop(): Promise<void> {
    await prepare()
    while (!closing.signal.aborted) {
      woken = new AbortController()
      const now = session.state()
      if (now.kind !== 'signed-in' || state.paused) {
        if (now.kind !== 'starting') settled.resolve()
        if (now.kind === 'signed-out') callback.forgotten()
        finishLooks()
        await sleep(IDLE_MS)
        continue
      }
      if (now.account.id !== account) takeUp(now.account.id)
      if (going.signal.aborted) going = new AbortController()
      const gate = notBefore - clock()
      if (gate > 0 && gate <= LONGEST_GATE_MS) {
        settled.resolve()
        finishLooks()
        await sleep(gate)
        continue
      }
      if (doubtful && lookers.length === 0) await sleep(afterTrouble(1, poll, random))
      doubtful = false
      const asked = lookers
      lookers = []
      await lookSafely(now.account.id, asked.length > 0 ? MOST_ASKED_AFTER : ASKED_AFTER)
      settled.resolve()
      for (const done of asked) done()
      if (lookers.length > 0 || doubtful) continue
      await sleep(lookTroubles > 0 ? afterTrouble(lookTroubles, poll, random) : jittered(pollMs, random))
    }
    settled.resolve()
  }

  /** A folder that cannot be made now is told again by each download. */
  async function prepare(): Promise<void> {
    try {
      await makeFolders(source.disk, source.downloads)
      await sweepDownloads(source)
    } catch (error) {
      source.onFailure?.(error)
    }
    if (!closing.signal.aborted) await callback.listen()
  }

  /** Another account than before: nothing of the one may be asked for with the rights of the other. */
  function takeUp(next: AccountId): void {
    going.abort()
    lanes.clear()
    notices.clear()
    account = next
    pollMs = poll.fastestMs
    lookTroubles = 0
    busySince = null
    setState({ lastSync: null, offline: null })
  }

  /** `after`: of how many taken orders it is asked how they stand. */
  async function lookSafely(of: AccountId, after: number): Promise<void> {
    const { signal } = going
    setState({ syncing: true })
    try {
      await callback.register(of, signal)
      enqueue(await openFetches(ledger, of))
      const news = await lookOnce(of, signal)
      await askAfter(of, after, signal)
      lookTroubles = 0
      busySince = null
      pollMs = nextPoll(pollMs, news || lanes.inHand() > 0, poll)
      setState({ syncing: false, lastSync: clock(), offline: null })
      lanes.go()
      hearNotices()
    } catch (error) {
      setState({ syncing: false })
      if (signal.aborted) return
      lookTroubles++
      troubledBy(error)
    }
  }

  /**
   * The list page by page; each page's orders are on their way before the next is asked for. Of a longer list the rest comes with
   * the next looks: what is downloaded leaves it [C]. A list that goes round is told from a long one by pages that bring nothing new.
   */
  async function lookOnce(of: AccountId, signal: AbortSignal): Promise<boolean> {
    const cursors = new Set<string>()
    const orders = new Set<string>()
    let idlePages = 0
    let news = false
    let cursor: string | null = null
    for (;;) {
      const ask = { account: of, cursor }
      const page: OrdersPage = await session.authorized(
        (access, s) => wire.newOrders(http, access, ask, s),
        signal,
      )
      if (of !== account) return false
      for (const { rxId, ...failure } of page.refused) {
        if (sayOnce(failure)) source.onNotUnderstood?.(rxId)
      }
      for (let at = 0; at < page.orders.length; at += AT_ONCE) {
        const some = page.orders.slice(at, at + AT_ONCE)
        const changed = await noteOrders(ledger, some, (order, taken) => isWanted(order, taken, false))
        if (of !== account) return false
        for (const fetch of changed) told(fetch)
        enqueue(changed)
        news ||= changed.some(({ stage }) => stage === 'wanted')
      }
      const known = orders.size
      for (const { rxId } of [...page.orders, ...page.refused]) orders.add(String(rxId))
      if (page.next === null) return news
      if (orders.size === known) idlePages++
      if (cursors.has(page.next) || idlePages >= MOST_IDLE_PAGES) {
        throw new ImportError('cloud-answer-invalid', { reason: 'endless-paging' })
      }
      cursors.add(page.next)
      if (cursors.size >= MOST_PAGES) return news
      cursor = page.next
    }
  }

  /**
   * The list shows new orders alone [C], and notices come only where files changed [C]. How the ones that were taken lately stand
   * now is asked of some of them in turn, by their Rx ids; that those of any age are answered is assumed [?].
   */
  async function askAfter(of: AccountId, most: number, signal: AbortSignal): Promise<void> {
    const taken = await takenLately(ledger, of, clock() - LATELY_MS, MOST_ASKED_AFTER)
    const many = Math.min(most, taken.length)
    for (let n = 0; n < many && of === account; n++) {
      askedAfter = (askedAfter + 1) % taken.length
      const fetch = taken[askedAfter] as Fetch
      await hear(of, fetch.rxId, signal).catch((error: unknown) => {
        if (!isOfOneOrder(failureOf(error))) throw error
      })
    }
  }

  function announced(of: AccountId, rxId: RxId): void {
    if (of !== account || closing.signal.aborted || notices.size >= MOST_NOTICES) return
    notices.add(rxId)
    hearNotices()
  }

  /** One after the other; an order that is announced while it is asked for is asked for once more. */
  function hearNotices(): void {
    if (hearing !== null || notices.size === 0 || !mayAsk()) return
    const { signal } = going
    hearing = (async () => {
      for (const rxId of notices) {
        if (account === null || !mayAsk()) return
        notices.delete(rxId)
        await hear(account, rxId, signal).catch((error: unknown) => {
          notices.add(rxId)
          throw error
        })
      }
    })()
      // Heard again after the next look that succeeds.
      .catch((error: unknown) => {
        if (!signal.aborted) doubt(error)
      })
      .finally(() => {
        hearing = null
      })
  }

  async function hear(of: AccountId, rxId: RxId, signal: AbortSignal): Promise<void> {
    const order = await session.authorized(
      (access, s) => wire.order(http, access, { account: of, rxId }, s),
      signal,
    )
    // Withdrawn before it was asked for: nothing of it is here.
    if (order === null || of !== account) return
    const changed = await noteOrders(ledger, [order], (one, taken) => isWanted(one, taken, true))
    for (const fetch of changed) told(fetch)
    enqueue(changed)
    if (changed.some(({ stage }) => stage === 'wanted')) pollMs = poll.fastestMs
  }

  function enqueue(fetches: readonly Fetch[]): void {
    for (const fetch of fetches) {
      if (fetch.account === account && isOpen(fetch)) lanes.put(fetch)
    }
    lanes.go()
  }

  /** One fetch as far as it goes; what stands in its way is told and kept. */
  async function bringSafely(fetch: Fetch, tried: number): Promise<Brought> {
    const { signal } = going
    try {
      return await bring(fetching, fetch.id, signal)
    } catch (error) {
      if (signal.aborted) return 'left'
      const failure = failureOf(error)
      // Taken up with everything that is open, after the next sign-in.
      if (SIGNED_OUT.has(failure.code)) return 'again'
      try {
        if (isOfOneOrder(failure) && tried + 1 >= MOST_TROUBLES) return await fail(fetching, fetch, failure)
        doubt(error)
        told(await fetchHindered(ledger, fetch.id, failure))
      } catch (second) {
        source.onFailure?.(second)
      }
      return 'again'
    }
  }

  /** Where it may be the cloud, a look soon tells; until then nothing else is begun. */
  function doubt(error: unknown): void {
    if (!troubledBy(error)) return
    doubtful = true
    woken.abort()
  }

  /** Whether it is the cloud that is not reached, which is a state; anything else is said where it belongs. */
  function troubledBy(error: unknown): boolean {
    const { code, facts } = failureOf(error)
    if (SIGNED_OUT.has(code)) return false
    if (code === 'cloud-busy') {
      const seconds = Number(facts['seconds'] ?? BUSY_SECONDS)
      notBefore = Math.max(notBefore, clock() + Math.min(seconds * 1000, LONGEST_GATE_MS))
    }
    const ofCloud = code.startsWith('cloud-')
    if (ofCloud && isBrief(code, facts)) return true
    if (ofCloud) setState({ offline: { code, facts } })
    else if (!code.startsWith('download')) source.onFailure?.(error)
    return ofCloud
  }

  /** It is there and only asks for a moment: that is waited out, and is no state. */
  function isBrief(code: Failure['code'], facts: Failure['facts']): boolean {
    if (code !== 'cloud-busy' || facts['status'] !== 429) return false
    busySince ??= clock()
    return notBefore - busySince <= BRIEF_MS
  }

  function told(fetch: Fetch | null): void {
    if (fetch === null) return
    lanes.update(fetch)
    source.onFetch(fetch)
  }

  function sayOnce(failure: Failure): boolean {
    const text = JSON.stringify(failure)
    if (said.has(text) || said.size >= MOST_SAID) return false
    said.add(text)
    source.onFailure?.(new ImportError(failure.code, failure.facts))
    return true
  }

  function mayAsk(): boolean {
    if (going.signal.aborted || state.paused || clock() < notBefore) return false
    const now = session.state()
    return now.kind === 'signed-in' && now.account.id === account
  }

  function setState(change: Partial<CloudSourceState>): void {
    state = { ...state, ...change }
    source.onState(state)
  }

  function finishLooks(): void {
    const asked = lookers
    lookers = []
    for (const done of asked) done()
  }

  async function sleep(ms: number): Promise<void> {
    if (!woken.signal.aborted) await source.pause(ms, woken.signal).catch(() => {})
  }
}

function failureOf(thrown: unknown): Failure {
  const { code, facts } = asImportError(thrown)
  return { code, facts }
}

/** Orders in hand at once. */
const LANES = 3
const SIGNED_OUT: ReadonlySet<string> = new Set(['cloud-signed-out', 'cloud-token-refused'])
/** It may be this order's alone: after a few tries a person is asked, and the others go on. */
const OF_ONE_ORDER: ReadonlySet<string> = new Set([
  'cloud-refused',
  'cloud-answer-invalid',
  'cloud-address-refused',
  'unexpected',
])
/** A token that is refused is everybody's trouble. */
const isOfOneOrder = ({ code, facts }: Failure) => OF_ONE_ORDER.has(code) && facts['status'] !== 401
const MOST_TROUBLES = 5
/** With a look of its own accord, and with a person's. */
const ASKED_AFTER = 3
const MOST_ASKED_AFTER = 30
/** Whatever becomes of an order later, MyiTero's own list says it. */
const LATELY_MS = 30 * 86_400_000
const MOST_NOTICES = 10_000
/** Orders noted in one step: a page that is longer than asked for holds nothing else up. */
const AT_ONCE = 100
/** Ten thousand orders in one look. */
const MOST_PAGES = 100
/** Of one look, without an order that it had not seen. */
const MOST_IDLE_PAGES = 20
const MOST_SAID = 100
/** Whether somebody has signed in is looked at so often, at least. */
const IDLE_MS = 1000
/** Of a cloud that says it is busy, and not for how long. */
const BUSY_SECONDS = 5
/** As long as a cloud may ask for no requests (429) and still counts as there. */
const BRIEF_MS = 60_000
/** Nobody is believed who asks for more. */
const LONGEST_GATE_MS = 3_600_000
