import type { HostEvent } from '../api.ts'

const TYPES: Readonly<Record<HostEvent['type'], true>> = {
  cases: true,
  questions: true,
  progress: true,
  plugins: true,
  settings: true,
  session: true,
}
const FIRST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/**
 * The server's events for as long as the page lives. After a cut it comes back with growing pauses (ms) and says
 * `onConnected` again: what happened in between has to be asked for.
 */
export function listen(handlers: {
  readonly onEvent: (event: HostEvent) => void
  readonly onConnected: () => void
  /** Cut, or tried in vain. */
  readonly onLost: () => void
}): () => void {
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
