import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as realPause } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Cloud, CloudOptions } from '../../fixtures/cloud/cloud.ts'
import type { HandedOn } from '../../plugin/cloud/fetching.ts'
import type { AccountId, RxId } from '../../plugin/cloud/ids.ts'
import type { Fetch } from '../../plugin/ledger/fetches.ts'
import { closeLedger, type Ledger, openLedger } from '../../plugin/ledger/open.ts'
import { watchCloud } from '../../plugin/sources/cloud.ts'
import type { CloudSource, CloudSourceState, CloudWatch } from '../../plugin/sources/cloud-source.ts'
import { type Client, clientFor } from './client.ts'
import { ACCOUNT, opened } from './opened.ts'

/** So much faster than life the pauses pass. */
const FASTER = 100

export interface Watched extends Client {
  readonly cloud: Cloud
  readonly ledger: Ledger
  readonly downloads: string
  /** Rx ids with the content that was handed on, in order. */
  readonly handed: { readonly rxId: string; readonly version: string | null; readonly bytes: Buffer }[]
  readonly told: Fetch[]
  readonly states: CloudSourceState[]
  readonly failures: unknown[]
  /** Begins to watch; before that, or after its close, nothing happens. */
  start(more?: Partial<CloudSource>): CloudWatch
  /** Resolves once the condition holds; it is looked at with everything that happens. */
  until(holds: () => boolean): Promise<void>
}

/** A cloud, a ledger and a folder for downloads, watched by the real source; its pauses pass a hundred times faster. */
export async function watched(
  t: Test,
  options: CloudOptions & { violations?: true; answer?: (fetch: Fetch) => Promise<HandedOn> } = {},
): Promise<Watched> {
  const { cloud } = await opened(t, { poll: { fastestMs: 1000, slowestMs: 4000 }, ...options })
  const client = clientFor(t, cloud, { answerMs: 2000, silenceMs: 500 })
  const folder = t.testdir()
  const ledger = await openLedger(join(folder, 'ledger.db'), Date.now)
  t.teardown(() => closeLedger(ledger))
  const downloads = join(folder, 'downloads')
  let news = Promise.withResolvers<void>()
  const happened = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const all: Watched = {
    ...client,
    cloud,
    ledger,
    downloads,
    handed: [],
    told: [],
    states: [],
    failures: [],
    start(more = {}) {
      const watch = watchCloud({
        ...client,
        profile: cloud.profile,
        ledger,
        disk: fs,
        downloads,
        bytesPerSecond: null,
        webhook: null,
        clock: Date.now,
        random: (bytes) => '80'.repeat(bytes),
        pause: (ms, signal) => realPause(Math.max(1, ms / FASTER), undefined, { signal }),
        async onPackage(path, fetch) {
          const result = (await options.answer?.(fetch)) ?? 'done'
          const bytes = await fs.readFile(path)
          if (result === 'done') all.handed.push({ rxId: fetch.rxId, version: fetch.fileVersion, bytes })
          happened()
          return result
        },
        onState(state) {
          all.states.push(state)
          happened()
        },
        onProgress: () => {},
        onFetch(fetch) {
          all.told.push(fetch)
          happened()
        },
        onFailure(error) {
          all.failures.push(error)
          happened()
        },
        ...more,
      })
      t.teardown(() => watch.close())
      return watch
    },
    async until(holds) {
      const late = AbortSignal.timeout(90_000)
      while (!holds()) {
        const next = news.promise
        await Promise.race([
          next,
          new Promise((_, reject) =>
            late.addEventListener('abort', () => reject(late.reason), { once: true }),
          ),
        ])
      }
    },
  }
  return all
}

export const ACCOUNT_ID = String(ACCOUNT) as AccountId
export const idOf = (rxId: number) => String(rxId) as RxId
