import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { HostEvent } from '../api.ts'
import { HostError } from '../errors.ts'

export type EventType = HostEvent['type']

/** What a page is told as soon as it listens. */
const SNAPSHOT: readonly EventType[] = ['cases', 'questions', 'progress', 'plugins', 'cloud']
/** ms. Changes within one pause are told once. */
const PAUSE_MS = 200
/** ms. Shorter than what proxies and browsers take for a dead line. */
const HEARTBEAT_MS = 15_000
const LISTENERS = 64

export interface EventHub {
  /** Something of that kind changed; may be called as often as it does. */
  changed(type: EventType): void
  /** Answers with the stream of events. Error: `too-many-pages`. */
  serve(c: Context): Response
  /** A page is open. */
  listened(): boolean
  close(): void
}

interface Listener {
  readonly dirty: Set<EventType>
  wake(): void
}

/** Tells pages what changed: the newest state of each kind, never a history, so that a storm of changes or a slow page costs nothing. */
export function createEventHub(
  stateOf: (type: EventType) => HostEvent,
  { pauseMs = PAUSE_MS, heartbeatMs = HEARTBEAT_MS } = {},
): EventHub {
  const listeners = new Set<Listener>()
  const kept = new Map<EventType, string>()
  let closed = false

  /** Made once for all pages. */
  function dataOf(type: EventType): string {
    const data = kept.get(type) ?? JSON.stringify(stateOf(type))
    kept.set(type, data)
    return data
  }

  return {
    changed(type) {
      kept.delete(type)
      for (const listener of listeners) {
        listener.dirty.add(type)
        listener.wake()
      }
    },
    listened: () => listeners.size > 0,
    serve(c) {
      if (closed || listeners.size >= LISTENERS) throw new HostError('too-many-pages')
      let wake = () => {}
      const listener: Listener = { dirty: new Set(SNAPSHOT), wake: () => wake() }
      listeners.add(listener)
      return streamSSE(c, async (stream) => {
        const gone = () => stream.aborted || stream.closed || closed
        stream.onAbort(() => listener.wake())
        try {
          while (!gone()) {
            const due = [...listener.dirty]
            listener.dirty.clear()
            for (const type of due) await stream.writeSSE({ event: type, data: dataOf(type) })
            await waited(pauseMs, (early) => {
              wake = () => {
                if (gone()) early()
              }
            })
            if (gone() || listener.dirty.size > 0) continue
            const late = await waited(heartbeatMs, (early) => {
              wake = early
            })
            if (late && !gone()) await stream.write(': here\n\n')
          }
        } finally {
          listeners.delete(listener)
        }
      })
    },
    close() {
      closed = true
      for (const listener of listeners) listener.wake()
    },
  }
}

/** true: the time is up; false: woken early. */
function waited(ms: number, early: (wake: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms)
    early(() => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}
