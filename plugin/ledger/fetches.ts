import type { Kysely } from 'kysely'
import { type AccountId, cloudAccount, type RxId } from '../cloud/ids.ts'
import { type CloudOrder, isTelling, type OrderStatus } from '../cloud/orders.ts'
import { type Failure, ImportError } from '../errors.ts'
import type { OrderId } from '../itero/order.ts'
import { appendActivity } from './activity.ts'
import { type Ledger, noting, reading, writing } from './open.ts'
import { failureOf } from './orders.ts'
import type { FetchId, Tables } from './schema.ts'

/**
 * noted: shown by its status, no package of it is wanted · wanted: the intent, kept before the first byte is asked for ·
 * downloading: its file is begun · downloaded: its file is whole · taken: the importer has it · failed: a person has to act.
 */
export type FetchStage = 'noted' | 'wanted' | 'downloading' | 'downloaded' | 'taken' | 'failed'

/** One order of the cloud and how far its package has come. */
export interface Fetch {
  readonly id: FetchId
  readonly account: AccountId
  readonly rxId: RxId
  readonly orderId: OrderId
  readonly orderCode: string | null
  readonly status: OrderStatus
  readonly stage: FetchStage
  readonly wantedVersion: string | null
  /** Of the file, whole or begun. */
  readonly fileVersion: string | null
  readonly takenVersion: string | null
  readonly etag: string | null
  /** Bytes of the file begun that outlive a power cut. */
  readonly flushed: number
  /** Packages of this version that failed their check. */
  readonly attempts: number
  /** What stands in its way, or did at last. */
  readonly failure: Failure | null
}

/** Rows that a list shows at most. */
const SHOWN = 500

/**
 * Notes orders as the cloud tells them, in one transaction, and gives those that are new or that changed. `wants` says whether
 * a package is to be fetched, from the order and the version that was taken. An intent is on the disk when this returns.
 */
export async function noteOrders(
  l: Ledger,
  orders: readonly CloudOrder[],
  wants: (order: CloudOrder, taken: string | null) => boolean,
): Promise<readonly Fetch[]> {
  if (orders.length === 0) return []
  // What is known already costs a look and no transaction that writes.
  const before = await reading(l, (tx) => knownOf(tx, orders))
  const news = orders.filter((order) => isNews(order, before.get(order.rxId) ?? null, wants))
  if (news.length === 0) return []
  const now = l.clock()
  return writing(l, async (tx) => {
    const known = await knownOf(tx, news)
    const changed: Fetch[] = []
    for (const order of news) {
      const next = noted(order, known.get(order.rxId) ?? null, wants)
      const row = await tx
        .insertInto('fetches')
        .values({ ...next, account: order.account, rx_id: order.rxId, noticed_at: now })
        .onConflict((conflict) => conflict.columns(['account', 'rx_id']).doUpdateSet(next))
        .returningAll()
        .executeTakeFirstOrThrow()
      known.set(order.rxId, row)
      changed.push(fetchOf(row))
    }
    return changed
  })
}

/** Is it on its way? */
export const isOpen = ({ stage }: Fetch): boolean => (OPEN as readonly FetchStage[]).includes(stage)

/** Everything of this account that is on its way, oldest first: to be gone on with at start, by Rx id. */
export async function openFetches(l: Ledger, account: AccountId): Promise<readonly Fetch[]> {
  return reading(l, async (tx) => {
    const rows: Row[] = []
    for (const stage of OPEN) {
      rows.push(
        ...(await all(tx)
          .where('stage', '=', stage)
          .where('account', '=', account)
          .orderBy('id')
          .limit(MOST_OPEN)
          .execute()),
      )
    }
    return rows.sort((a, b) => a.id - b.id).map(fetchOf)
  })
}

/** Which of these fetches, whatever their account, still need the file that they have. */
export async function fetchesWithFile(l: Ledger, ids: readonly FetchId[]): Promise<ReadonlySet<FetchId>> {
  if (ids.length === 0) return new Set()
  const rows = await reading(l, (tx) =>
    tx.selectFrom('fetches').select(['id', 'stage']).where('id', 'in', ids).execute(),
  )
  return new Set(
    rows.filter(({ stage }) => (OPEN as readonly FetchStage[]).includes(stage)).map(({ id }) => id),
  )
}

/** What there is to see of this account, newest first, 500 at most. */
export async function shownFetches(l: Ledger, account: AccountId): Promise<readonly Fetch[]> {
  const rows = await reading(l, (tx) =>
    all(tx)
      .where('shown', '=', 1)
      .where('account', '=', account)
      .orderBy('id', 'desc')
      .limit(SHOWN)
      .execute(),
  )
  return rows.map(fetchOf)
}

/** Of the order that was first heard of last; null: of none yet. */
export async function lastAccount(l: Ledger): Promise<AccountId | null> {
  const row = await reading(l, (tx) =>
    tx.selectFrom('fetches').select('account').orderBy('id', 'desc').limit(1).executeTakeFirst(),
  )
  return row?.account ?? null
}

/** Those of this account that were taken last and first heard of since then (ms), newest first. */
export async function takenLately(
  l: Ledger,
  account: AccountId,
  since: number,
  most: number,
): Promise<readonly Fetch[]> {
  const rows = await reading(l, (tx) =>
    all(tx)
      .where('stage', '=', 'taken')
      .where('account', '=', account)
      .orderBy('id', 'desc')
      .limit(most)
      .execute(),
  )
  return rows.filter(({ noticed_at }) => noticed_at >= since).map(fetchOf)
}

export async function fetchById(l: Ledger, id: FetchId): Promise<Fetch | null> {
  const row = await reading(l, (tx) => all(tx).where('id', '=', id).executeTakeFirst())
  return row ? fetchOf(row) : null
}

/** wanted, downloading → downloading. Of another version than the file begun, that file counts for nothing. */
export async function startFetch(l: Ledger, fetch: Fetch, version: string): Promise<Fetch | null> {
  const same = fetch.fileVersion === version
  return moved(l, fetch.id, ['wanted', 'downloading'], {
    stage: 'downloading',
    wanted_version: version,
    file_version: version,
    ...(same ? {} : { ...NO_FILE, attempts: 0 }),
    ...NO_FAILURE,
  })
}

/** So much of the file outlives a power cut, and it is of this ETag. */
export async function noteFlushed(
  l: Ledger,
  id: FetchId,
  { etag, flushed }: { readonly etag: string | null; readonly flushed: number },
): Promise<void> {
  await moved(l, id, ['downloading'], { etag, flushed })
}

/** downloading → downloaded, once the file stands whole under its name. */
export async function fetchDone(l: Ledger, id: FetchId): Promise<Fetch | null> {
  return moved(l, id, ['downloading'], { stage: 'downloaded' })
}

/** downloaded → taken; or wanted, where a newer version was announced meanwhile, or `asked` is false: there may be one. */
export async function fetchTaken(l: Ledger, id: FetchId, asked: boolean): Promise<Fetch | null> {
  return noting(l, async (tx) => {
    const row = await all(tx).where('id', '=', id).where('stage', '=', 'downloaded').executeTakeFirst()
    if (row === undefined) return null
    const stage = asked && row.wanted_version === row.file_version ? 'taken' : 'wanted'
    return change(tx, row, {
      stage,
      taken_version: row.file_version,
      file_version: null,
      attempts: 0,
      ...NO_FILE,
      ...NO_FAILURE,
    })
  })
}

/** wanted, downloading → taken: what was taken is the newest there is. */
export async function fetchStands(l: Ledger, id: FetchId): Promise<Fetch | null> {
  return noting(l, async (tx) => {
    const row = await all(tx)
      .where('id', '=', id)
      .where('stage', 'in', ['wanted', 'downloading'])
      .executeTakeFirst()
    if (row === undefined) return null
    const version = row.taken_version
    return change(tx, row, {
      stage: 'taken',
      wanted_version: version,
      file_version: null,
      ...NO_FILE,
      ...NO_FAILURE,
    })
  })
}

/** A package that is not what it should be: wanted from zero again, or failed where it was tried `most` times. */
export async function fetchUnfit(
  l: Ledger,
  id: FetchId,
  failure: Failure,
  most: number,
): Promise<Fetch | null> {
  return noting(l, async (tx) => {
    const row = await all(tx)
      .where('id', '=', id)
      .where('stage', 'in', ['downloading', 'downloaded'])
      .executeTakeFirst()
    if (row === undefined) return null
    const attempts = row.attempts + 1
    // A newer version announced meanwhile begins anew.
    const newer = row.wanted_version !== row.file_version
    const stage = attempts < most || newer ? 'wanted' : 'failed'
    if (stage === 'failed') await tellFailed(l, tx, row, failure)
    return change(tx, row, {
      stage,
      attempts: newer ? 0 : attempts,
      file_version: newer ? null : row.file_version,
      ...NO_FILE,
      ...failureColumns(failure),
    })
  })
}

/** Anything open → failed: it will not go by itself. */
export async function fetchFailed(l: Ledger, id: FetchId, failure: Failure): Promise<Fetch | null> {
  return noting(l, async (tx) => {
    const row = await all(tx).where('id', '=', id).where('stage', 'in', OPEN).executeTakeFirst()
    if (row === undefined) return null
    await tellFailed(l, tx, row, failure)
    return change(tx, row, { stage: 'failed', ...NO_FILE, ...failureColumns(failure) })
  })
}

/** In the log of activity: from here on it waits for a person. */
async function tellFailed(l: Ledger, tx: Kysely<Tables>, { id }: Row, { code }: Failure): Promise<void> {
  await appendActivity(tx, l.clock(), 'download-failed', { code, facts: { fetch: id } })
}

/** What stands in the way of an open fetch for now; its stage stays. */
export async function fetchHindered(l: Ledger, id: FetchId, failure: Failure): Promise<Fetch | null> {
  return moved(l, id, OPEN, failureColumns(failure))
}

/** A file that should be whole is not there (any more): downloaded → wanted. */
export async function fetchLost(l: Ledger, id: FetchId): Promise<Fetch | null> {
  return moved(l, id, ['downloaded', 'downloading'], { stage: 'wanted', file_version: null, ...NO_FILE })
}

/** Its package is not to be had for now: open → noted. */
export async function fetchNotWanted(l: Ledger, id: FetchId): Promise<Fetch | null> {
  return moved(l, id, ['wanted', 'downloading'], {
    stage: 'noted',
    wanted_version: null,
    file_version: null,
    ...NO_FILE,
    ...NO_FAILURE,
  })
}

/** failed, noted → wanted, as a person asks for. Error: `fetch-unknown`. */
export async function retryFetch(l: Ledger, account: AccountId, rxId: RxId): Promise<Fetch> {
  return writing(l, async (tx) => {
    const row = await all(tx).where('account', '=', account).where('rx_id', '=', rxId).executeTakeFirst()
    if (row === undefined) throw new ImportError('fetch-unknown', { rx: rxId })
    if (row.stage !== 'failed' && row.stage !== 'noted') return fetchOf(row)
    return change(tx, row, { stage: 'wanted', attempts: 0, ...NO_FILE, ...NO_FAILURE })
  })
}

/**
 * What was kept of this order is damaged: whatever the cloud has of it is wanted again. Nothing happens to orders of an export
 * folder. `account` as orders have it.
 */
export async function wantOrderAgain(l: Ledger, account: string, orderId: string): Promise<void> {
  const id = cloudAccount(account)
  if (id === null) return
  await writing(l, async (tx) => {
    const rows = await all(tx)
      .where('account', '=', id)
      .where('order_id', '=', orderId as OrderId)
      .where('stage', '=', 'taken')
      .execute()
    for (const row of rows) await change(tx, row, { stage: 'wanted', taken_version: null, attempts: 0 })
  })
}

type Row = Awaited<ReturnType<ReturnType<typeof all>['executeTakeFirstOrThrow']>>
type Change = Partial<Omit<Tables['fetches'], 'id' | 'account' | 'rx_id' | 'noticed_at'>>

const OPEN = ['wanted', 'downloading', 'downloaded'] as const
/** Of each stage, read at once; the rest follows when these are done. */
const MOST_OPEN = 1000

const NO_FILE = { etag: null, flushed: 0 } as const
const NO_FAILURE = { failure_code: null, failure_facts: null } as const

const failureColumns = ({ code, facts }: Failure) =>
  ({ failure_code: code, failure_facts: JSON.stringify(facts) }) as const

const all = (tx: Kysely<Tables>) => tx.selectFrom('fetches').selectAll()

/** By Rx id; all orders are of one account. */
async function knownOf(tx: Kysely<Tables>, orders: readonly CloudOrder[]): Promise<Map<RxId, Row>> {
  const [first] = orders
  if (first === undefined) return new Map()
  const ids = orders.map(({ rxId }) => rxId)
  const rows = await all(tx).where('account', '=', first.account).where('rx_id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.rx_id, row]))
}

type Wants = (order: CloudOrder, taken: string | null) => boolean

function isNews(order: CloudOrder, row: Row | null, wants: Wants): boolean {
  if (row === null) return true
  const next = noted(order, row, wants)
  return (Object.keys(next) as (keyof typeof next)[]).some((key) => next[key] !== row[key])
}

/** The row as it is to be after the cloud told this of the order. */
function noted(order: CloudOrder, row: Row | null, wants: Wants) {
  const wanted = wants(order, row?.taken_version ?? null)
  const version = order.export?.version ?? null
  const open = row !== null && (OPEN as readonly FetchStage[]).includes(row.stage)
  // One that failed is tried anew where there is something new of it.
  const begins = wanted && !open && !(row?.stage === 'failed' && row.wanted_version === version)
  const stage = begins ? 'wanted' : (row?.stage ?? 'noted')
  return {
    order_id: order.orderId,
    order_code: order.orderCode,
    status_kind: order.status.kind,
    status_text: order.status.text,
    stage,
    shown: shown(stage, order.status),
    wanted_version: wanted ? version : (row?.wanted_version ?? null),
    file_version: begins ? null : (row?.file_version ?? null),
    taken_version: row?.taken_version ?? null,
    etag: begins ? null : (row?.etag ?? null),
    flushed: begins ? 0 : (row?.flushed ?? 0),
    attempts: begins ? 0 : (row?.attempts ?? 0),
    failure_code: begins ? null : (row?.failure_code ?? null),
    failure_facts: begins ? null : (row?.failure_facts ?? null),
  }
}

const shown = (stage: FetchStage, status: OrderStatus): 0 | 1 =>
  stage !== 'taken' || isTelling(status) ? 1 : 0

/** The guard of every transition: the fetch after it, or null where it was on none of these stages. */
async function moved(l: Ledger, id: FetchId, from: readonly FetchStage[], to: Change): Promise<Fetch | null> {
  return noting(l, async (tx) => {
    const row = await all(tx).where('id', '=', id).where('stage', 'in', from).executeTakeFirst()
    return row === undefined ? null : change(tx, row, to)
  })
}

async function change(tx: Kysely<Tables>, row: Row, to: Change): Promise<Fetch> {
  const next = { ...row, ...to }
  const changed = await tx
    .updateTable('fetches')
    .set({ ...to, shown: shown(next.stage, statusOf(next)) })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return fetchOf(changed)
}

const statusOf = (row: Pick<Row, 'status_kind' | 'status_text'>): OrderStatus => ({
  kind: row.status_kind,
  text: row.status_text,
})

const fetchOf = (row: Row): Fetch => ({
  id: row.id,
  account: row.account,
  rxId: row.rx_id,
  orderId: row.order_id,
  orderCode: row.order_code,
  status: statusOf(row),
  stage: row.stage,
  wantedVersion: row.wanted_version,
  fileVersion: row.file_version,
  takenVersion: row.taken_version,
  etag: row.etag,
  flushed: row.flushed,
  attempts: row.attempts,
  failure: failureOf(row),
})
