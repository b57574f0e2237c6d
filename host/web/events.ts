import type { HostEvent } from '../api.ts'

const TYPES: Readonly<Record<HostEvent['type'], true>> = {
  cases: true,
  questions: true,
  progress: true,
  plugins: true,
  cloud: true,
  settings: true,
  session: true,
}
/** What a new stream begins with; the last of each is passed on to a tab that comes later. */
const KEPT: readonly HostEvent['type'][] = ['progress', 'plugins', 'cloud']
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

interface Handlers {
  readonly onEvent: (event: HostEvent) => void
  /** Also after a cut, a takeover or a time in the background: what happened in between has to be asked for. */
  readonly onConnected: () => void
  /** Cut, or tried in vain. */
  readonly onLost: () => void
}

/**
 * Tabs that are seen share one stream, and so do those in the background (whose timers are slow): a browser keeps six
 * connections to a host, and a stream in every tab would leave none for anything else.
 */
type Room = 'events-seen' | 'events-hidden'

/** What the tab that keeps a room's stream tells the others, and a tab that has come asks. */
type Told =
  | { readonly kind: 'event'; readonly event: HostEvent }
  | { readonly kind: 'connected' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'came' }
  | { readonly kind: 'standing'; readonly lost: boolean; readonly events: readonly HostEvent[] }

/** The server's events while the page lives; a page that is kept for the way back holds no stream. */
export function listen(handlers: Handlers): void {
  let away = false
  let room: Room | null = null
  let leave: () => void = () => {}
  const settle = (): void => {
    const wanted = away ? null : document.visibilityState === 'visible' ? 'events-seen' : 'events-hidden'
    if (wanted === room) return
    leave()
    room = wanted
    leave = wanted === null ? () => {} : join(wanted, handlers)
  }
  addEventListener('pagehide', () => {
    away = true
    settle()
  })
  addEventListener('pageshow', () => {
    away = false
    settle()
  })
  document.addEventListener('visibilitychange', settle)
  settle()
}

/** Takes part in a room: whoever holds its lock keeps the stream, the next one in the queue takes over. */
function join(room: Room, handlers: Handlers): () => void {
  const channel = new BroadcastChannel(room)
  const leaving = new AbortController()
  const tell = (told: Told): void => channel.postMessage(told)
  let leads = false
  let heard = false

  channel.onmessage = ({ data }: MessageEvent<Told>) => {
    if (leads || data.kind === 'came') return
    if (data.kind === 'event') handlers.onEvent(data.event)
    if (data.kind === 'connected' || (data.kind === 'standing' && !data.lost && !heard)) {
      handlers.onConnected()
    }
    if (data.kind === 'lost' || (data.kind === 'standing' && data.lost && !heard)) handlers.onLost()
    if (data.kind === 'standing' && !heard) for (const event of data.events) handlers.onEvent(event)
    heard = true
  }
  tell({ kind: 'came' })

  const lead = (): Promise<void> => {
    leads = true
    const last = new Map<HostEvent['type'], HostEvent>()
    let standing: 'connecting' | 'connected' | 'lost' = 'connecting'
    channel.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.kind !== 'came' || standing === 'connecting') return
      tell({ kind: 'standing', lost: standing === 'lost', events: [...last.values()] })
    }
    const close = stream({
      onEvent: (event) => {
        if (KEPT.includes(event.type)) last.set(event.type, event)
        tell({ kind: 'event', event })
        handlers.onEvent(event)
      },
      onConnected: () => {
        standing = 'connected'
        tell({ kind: 'connected' })
        handlers.onConnected()
      },
      onLost: () => {
        standing = 'lost'
        tell({ kind: 'lost' })
        handlers.onLost()
      },
    })
    return new Promise((resolve) => {
      leaving.signal.addEventListener('abort', () => {
        close()
        resolve()
      })
    })
  }
  navigator.locks
    .request(room, { signal: leaving.signal }, () => (leaving.signal.aborted ? undefined : lead()))
    .catch((error: unknown) => {
      // left while it waited
      if (!leaving.signal.aborted) throw error
    })
  return () => {
    leaving.abort()
    channel.close()
  }
}

/** A stream of its own. After a cut it comes back with growing pauses (ms). */
function stream(handlers: Handlers): () => void {
  let source: EventSource | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = FIRST_PAUSE

  const connect = (): void => {
    const current = new EventSource('/api/events')
    source = current
    current.onopen = () => {
      pause = FIRST_PAUSE
      handlers.onConnected()
    }
    current.onerror = () => {
      current.close()
      handlers.onLost()
      timer = setTimeout(connect, pause)
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
    for (const type of Object.keys(TYPES)) {
      current.addEventListener(type, (event) => handlers.onEvent({ ...JSON.parse(event.data), type }))
    }
  }

  connect()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}
