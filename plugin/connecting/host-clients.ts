import type { Client as SentClient } from '../../bridge/data.ts'
import { BridgeError } from '../../bridge/errors.ts'
import { ImportError } from '../errors.ts'
import type { Client, ClientId } from '../mapping/clients.ts'
import { RECONSTRUCTION_TYPES } from '../mapping/materials.ts'
import type { Host } from './host.ts'

/** The host's clients, asked for when they are first needed and then kept until the host says that they changed. */
export interface HostClients {
  /** Error: `host-unreachable` where no host answers in time. */
  readonly list: () => Promise<readonly Client[]>
  /** A new connection: what was known may have changed unheard. */
  readonly connected: (host: Host) => void
  readonly changed: () => void
  /** Whoever waits for a host gets `host-unreachable` now. */
  readonly stop: () => void
}

const PAGE = 500
/** A host with more is one that repeats itself. */
const MOST = 200_000
/** An order in hand waits this long for a host that is cut off; it comes to it again later. */
const PATIENCE_MS = 30_000

export function hostClients(patienceMs = PATIENCE_MS): HostClients {
  let host: Host | null = null
  let known: Promise<readonly Client[]> | null = null
  /** Grows with everything that makes a list in the making out of date. */
  let version = 0
  let hostChange = Promise.withResolvers<void>()
  let stopped = false

  const outdated = () => {
    version++
    known = null
  }

  async function load(until: number): Promise<readonly Client[]> {
    for (;;) {
      if (stopped) throw new ImportError('host-unreachable')
      const [asked, at] = [host, version]
      try {
        if (asked !== null) {
          const clients = await pages(asked)
          if (at === version) return clients
          continue
        }
      } catch (error) {
        if (!(error instanceof BridgeError)) throw error
        // Another host is there by now: it is asked at once.
        if (host !== asked) continue
      }
      if (!(await within(until - performance.now(), hostChange.promise))) {
        throw new ImportError('host-unreachable')
      }
    }
  }

  return {
    async list() {
      known ??= load(performance.now() + patienceMs)
      const asked = known
      try {
        return await asked
      } catch (error) {
        // Not kept: the next one asks again.
        if (known === asked) known = null
        throw error
      }
    },
    connected(next) {
      host = next
      outdated()
      hostChange.resolve()
      hostChange = Promise.withResolvers<void>()
    },
    changed: outdated,
    stop() {
      stopped = true
      hostChange.resolve()
    },
  }
}

async function pages(host: Host): Promise<readonly Client[]> {
  const all = new Map<string, Client>()
  for (let after: string | undefined; ; ) {
    const page = await host.request('clients/list', {
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    })
    const before = all.size
    for (const client of page.clients) all.set(client.id, clientOf(client))
    // A page that brings nothing new is the end, whatever the host means by it.
    if (page.clients.length === 0 || all.size === before || all.size >= MOST) return [...all.values()]
    after = page.clients.at(-1)?.id
  }
}

const KINDS: ReadonlySet<string> = new Set(RECONSTRUCTION_TYPES)

/** What the mapping can use of it: parameters of a kind of work that it does not know have no tooth to go to. */
function clientOf({ id, parameters, ...details }: SentClient): Client {
  const known = Object.entries(parameters).filter(([kind]) => KINDS.has(kind))
  return { ...details, id: id as ClientId, parameters: Object.fromEntries(known) }
}

/** false where the time runs out first. */
async function within(ms: number, event: Promise<void>): Promise<boolean> {
  if (ms <= 0) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), ms)
  try {
    return await Promise.race([event.then(() => true), promise])
  } finally {
    clearTimeout(timer)
  }
}
