import { join } from 'node:path'
import { unless } from '../casefile/case-disk.ts'
import type { Disk } from '../disk.ts'
import { FAILURES, type Failure, ImportError } from '../errors.ts'
import {
  type Fetch,
  fetchById,
  fetchDone,
  fetchesWithFile,
  fetchFailed,
  fetchLost,
  fetchNotWanted,
  fetchStands,
  fetchTaken,
  fetchUnfit,
  isOpen,
  noteFlushed,
  noteOrders,
  startFetch,
} from '../ledger/fetches.ts'
import type { Ledger } from '../ledger/open.ts'
import type { FetchId } from '../ledger/schema.ts'
import { wire } from './contract.ts'
import { download, removeDownload } from './download.ts'
import type { Http } from './http.ts'
import { type CloudAsset, type CloudOrder, isInOtherHands } from './orders.ts'
import type { Session } from './session.ts'
import type { Throttle } from './throttle.ts'

/** A Failure: the package itself is not what it should be. */
export type HandedOn = 'done' | 'again' | Failure

export interface Fetching {
  readonly session: Pick<Session, 'authorized'>
  readonly http: Http
  readonly ledger: Ledger
  readonly disk: Disk
  /** Absolute; packages lie here until the importer has them. */
  readonly downloads: string
  readonly throttle: Throttle
  readonly clock: () => number
  readonly onPackage: (path: string, fetch: Fetch) => Promise<HandedOn>
  /** Bytes at hand of an order's package. */
  readonly onProgress: (fetch: Fetch, bytes: number, of: number) => void
  readonly onFetch: (fetch: Fetch) => void
}

/** How often a package is fetched before it is given up: once, and three times again. */
export const MOST_ATTEMPTS = 4

/**
 * Takes one open fetch as far as it goes: asked for by its Rx id, downloaded, handed on, taken. `again`: something outside of
 * it stood in the way, or it is to be fetched once more. What went wrong with the order itself stands in the ledger.
 *
 * Errors: those of the session and of `Http`, `download-cut`, `download-expired`, `downloads-full`, `downloads-unreachable`,
 * those of the ledger: nothing is lost, the same fetch may be brought later. Rejects with the signal's reason.
 */
export async function bring(f: Fetching, id: FetchId, signal: AbortSignal): Promise<'settled' | 'again'> {
  let fetch = await fetchById(f.ledger, id)
  if (fetch?.stage === 'downloaded') {
    if (await standsWhole(f, fetch)) return handOn(f, fetch, signal)
    fetch = await fetchLost(f.ledger, id)
  }
  if (fetch === null || !isOpen(fetch)) {
    told(f, fetch)
    return 'settled'
  }
  return ask(f, fetch, signal)
}

/** Removes what lies among the downloads and belongs to nothing that is on its way. */
export async function sweepDownloads(f: Pick<Fetching, 'disk' | 'downloads' | 'ledger'>): Promise<void> {
  const names = await unless(['ENOENT'], [], () => f.disk.readdir(f.downloads))
  const files = names.flatMap((name) => {
    const [, id] = /^(\d{1,15})\.zip(\.part)?$/.exec(name) ?? []
    return id === undefined ? [] : [Number(id) as FetchId]
  })
  const ids = new Set(files)
  const needed = await fetchesWithFile(f.ledger, [...ids])
  for (const id of ids) if (!needed.has(id)) await removeDownload(f.disk, fileOf(f, id))
}

async function ask(f: Fetching, fetch: Fetch, signal: AbortSignal): Promise<'settled' | 'again'> {
  const order = await f.session.authorized((access, s) => wire.order(f.http, access, fetch, s), signal)
  if (!hasNews(fetch, order)) {
    await removeDownload(f.disk, pathOf(f, fetch))
    told(f, await fetchStands(f.ledger, fetch.id))
    return 'settled'
  }
  if (order === null) return fail(f, fetch, { code: 'order-vanished', facts: { order: fetch.orderId } })
  for (const told of await noteOrders(f.ledger, [order], () => false)) f.onFetch(told)
  if (isInOtherHands(order.status)) {
    await removeDownload(f.disk, pathOf(f, fetch))
    told(f, await fetchNotWanted(f.ledger, fetch.id))
    return 'settled'
  }
  if (order.export === null) {
    return fail(f, fetch, { code: 'order-without-package', facts: { order: fetch.orderId } })
  }
  const started = told(f, await startFetch(f.ledger, fetch, order.export.version))
  if (started === null) return 'settled'
  return fetched(f, started, order.export, signal)
}

/** Taken before it could be asked for newer files, an order may have none. */
function hasNews({ takenVersion, wantedVersion }: Fetch, order: CloudOrder | null): boolean {
  return takenVersion === null || (order?.export?.version ?? wantedVersion) !== takenVersion
}

async function fetched(
  f: Fetching,
  fetch: Fetch,
  asset: CloudAsset,
  signal: AbortSignal,
): Promise<'settled' | 'again'> {
  try {
    await download({
      http: f.http,
      disk: f.disk,
      path: pathOf(f, fetch),
      bytes: asset.bytes,
      sha256: asset.sha256,
      etag: fetch.etag,
      flushed: fetch.flushed,
      freshUrl: async () => {
        const url = await f.session.authorized(
          (access, s) => wire.assetUrl(f.http, access, fetch, asset, s),
          signal,
        )
        if (url === null) throw new ImportError('order-vanished', { order: fetch.orderId })
        return url
      },
      keep: (kept) => noteFlushed(f.ledger, fetch.id, kept),
      throttle: f.throttle,
      clock: f.clock,
      onBytes: (bytes) => f.onProgress(fetch, bytes, asset.bytes),
      signal,
    })
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const failure: Failure = { code: error.code, facts: error.facts }
    if (error.code === 'order-vanished') return fail(f, fetch, failure)
    if (isOfPackage(failure)) return unfit(f, fetch, failure)
    throw error
  }
  const done = told(f, await fetchDone(f.ledger, fetch.id))
  return done === null ? 'settled' : handOn(f, done, signal)
}

async function handOn(f: Fetching, fetch: Fetch, signal: AbortSignal): Promise<'settled' | 'again'> {
  const asking = asksForNewer(f, fetch, signal)
  const result = await f.onPackage(pathOf(f, fetch), fetch)
  const asked = await asking
  if (result === 'again') return 'again'
  if (result !== 'done') return isOfPackage(result) ? unfit(f, fetch, result) : fail(f, fetch, result)
  // First the ledger: a package that is left over is swept away, one that is gone is fetched again.
  const taken = told(f, await fetchTaken(f.ledger, fetch.id, asked))
  await removeDownload(f.disk, pathOf(f, fetch)).catch(() => {})
  return taken?.stage === 'wanted' ? 'again' : 'settled'
}

/**
 * The download takes its order off the list [C]; that it is the first byte which does, whatever files the order has by then, is
 * assumed [?]. New files that the doctor sent in that moment would be off it, unseen: so the order itself is asked once more. That there is nothing to be said of it is believed when it is said
 * twice: later looks ask of the newest orders alone. false: it could not be asked.
 */
async function asksForNewer(f: Fetching, fetch: Fetch, signal: AbortSignal): Promise<boolean> {
  return (await toldOfNewer(f, fetch, signal)) ?? (await toldOfNewer(f, fetch, signal)) ?? true
}

/** null: the cloud is there, and says nothing of this order. */
async function toldOfNewer(f: Fetching, fetch: Fetch, signal: AbortSignal): Promise<boolean | null> {
  try {
    const order = await f.session.authorized((access, s) => wire.order(f.http, access, fetch, s), signal)
    const isNewer = ({ export: now }: CloudOrder) => now !== null && now.version !== fetch.fileVersion
    if (order === null) return null
    for (const told of await noteOrders(f.ledger, [order], isNewer)) f.onFetch(told)
    return true
  } catch (error) {
    return error instanceof ImportError && DOES_NOT_TELL.has(error.code) ? null : false
  }
}

async function unfit(f: Fetching, fetch: Fetch, failure: Failure): Promise<'settled' | 'again'> {
  await removeDownload(f.disk, pathOf(f, fetch))
  const after = told(f, await fetchUnfit(f.ledger, fetch.id, failure, MOST_ATTEMPTS))
  return after?.stage === 'wanted' ? 'again' : 'settled'
}

/** Nothing but a person, or new files of the order, moves it any more. */
export async function fail(f: Fetching, fetch: Fetch, failure: Failure): Promise<'settled'> {
  told(f, await fetchFailed(f.ledger, fetch.id, failure))
  // What is left over for want of a disk is swept away with the next start.
  await removeDownload(f.disk, pathOf(f, fetch)).catch(() => {})
  return 'settled'
}

async function standsWhole(f: Fetching, fetch: Fetch): Promise<boolean> {
  const stat = await unless(['ENOENT', 'ENOTDIR'], null, () => f.disk.stat(pathOf(f, fetch)))
  return stat?.isFile() ?? false
}

function told(f: Fetching, fetch: Fetch | null): Fetch | null {
  if (fetch !== null) f.onFetch(fetch)
  return fetch
}

/** Another try may bring a better package of the same order. */
const isOfPackage = ({ code }: Failure) =>
  FAILURES[code] === 'permanent' && /^(download|package|zip|entry|manifest)-|^order-mixed$/.test(code)

/** The cloud is there and has nothing to say of this order. */
const DOES_NOT_TELL: ReadonlySet<string> = new Set([
  'cloud-refused',
  'cloud-answer-invalid',
  'cloud-address-refused',
])

const pathOf = (f: Pick<Fetching, 'downloads'>, { id }: Fetch) => fileOf(f, id)
const fileOf = ({ downloads }: Pick<Fetching, 'downloads'>, id: FetchId) => join(downloads, `${id}.zip`)
