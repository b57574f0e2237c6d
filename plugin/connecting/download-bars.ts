import { basename } from 'node:path'
import type { Fetch } from '../ledger/fetches.ts'
import type { Bars } from './bars.ts'

/** Bars of orders on their way from the cloud: a download's file says to nobody which order it is. */
export interface DownloadBars {
  readonly titleOf: (source: string) => string
  readonly moved: (fetch: Fetch, bytes: number, of: number) => void
  /** Its download rests or is over. */
  readonly saw: (fetch: Fetch) => void
  /** Nothing comes from the cloud now: a bar begins anew with the first bytes that do. */
  readonly rest: () => void
  /** While the file is imported, its bar has the order's number. */
  readonly importing: <T>(path: string, fetch: Fetch, work: () => Promise<T>) => Promise<T>
}

export function downloadBars(bars: () => Pick<Bars, 'moved' | 'done'>): DownloadBars {
  const titles = new Map<string, string>()
  const loading = new Set<string>()

  function end(source: string): void {
    loading.delete(source)
    titles.delete(source)
    bars().done(source)
  }

  return {
    titleOf: (source) => titles.get(source) ?? basename(source),
    moved(fetch, bytes, of) {
      titles.set(sourceOf(fetch), titleOf(fetch))
      loading.add(sourceOf(fetch))
      bars().moved(sourceOf(fetch), bytes, of)
    },
    saw(fetch) {
      // What hindered it is kept until it is begun again.
      if (fetch.stage !== 'downloading' || fetch.failure !== null) end(sourceOf(fetch))
    },
    rest() {
      for (const source of [...loading]) end(source)
    },
    async importing(path, fetch, work) {
      titles.set(path, titleOf(fetch))
      try {
        return await work()
      } finally {
        titles.delete(path)
      }
    },
  }
}

const sourceOf = ({ id }: Fetch) => `download ${id}`
const titleOf = ({ orderCode, orderId }: Fetch) => orderCode ?? orderId
