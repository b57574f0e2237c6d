import type { ActivityEntry } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import type { PluginPast } from './plugin-past.ts'
import type { PluginSwitch } from './plugin-switch.ts'

/** ms. A log that grows is read so often at most. */
const BETWEEN_MS = 2000
/** Entries of a page, and of what is kept. */
const PAGE = 100
const KEPT = 200

/** What the import did, as the plugin tells it; while it cannot be asked, as it told it last. */
export interface PluginLog {
  /** Newest first, one page. `after`: the last id of the page before. `keptAt` (ms since the epoch): it could not be asked. */
  page(
    plugin: string,
    ledger: string,
    after: number | undefined,
  ): Promise<{ readonly entries: readonly ActivityEntry[]; readonly keptAt: number | null }>
  /** Something happened: the log is read soon, for a process that ends says nothing any more. */
  grew(): void
  /** Reads it at once; asked before this returns, never rejects. */
  keep(): Promise<void>
  close(): void
}

export function createPluginLog(
  past: PluginPast,
  plugin: Pick<PluginSwitch, 'ask' | 'id' | 'ledger' | 'process'>,
  onFault: (fault: unknown, where: string) => void,
): PluginLog {
  let timer: NodeJS.Timeout | null = null
  let more = false
  let closed = false

  async function keep(): Promise<void> {
    const [id, ledger] = [plugin.id(), plugin.ledger()]
    if (id === null || ledger === null) return
    try {
      const { entries } = await plugin.ask('activity/list', { limit: KEPT })
      past.keepLog(id, ledger, entries)
    } catch (error) {
      // What it told before stays; a connection that is gone is said elsewhere.
      if (!(error instanceof BridgeError)) onFault(error, 'log')
    }
  }

  function grew(): void {
    more = true
    if (timer !== null || closed) return
    more = false
    void keep()
    timer = setTimeout(() => {
      timer = null
      if (more) grew()
    }, BETWEEN_MS)
    timer.unref()
  }

  return {
    async page(id, ledger, after) {
      if (plugin.id() === id && plugin.process().kind === 'running') {
        try {
          const { entries } = await plugin.ask('activity/list', {
            limit: PAGE,
            ...(after === undefined ? {} : { after }),
          })
          return { entries, keptAt: null }
        } catch (error) {
          // It ended, or was not ready yet, between the two lines above.
          if (!(error instanceof BridgeError && error.code === 'connection-closed')) throw error
        }
      }
      const kept = past.log(id, ledger)
      const entries = (kept?.entries ?? []).filter((entry) => after === undefined || entry.id < after)
      return { entries, keptAt: kept?.at ?? null }
    },
    grew,
    keep,
    close() {
      closed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
