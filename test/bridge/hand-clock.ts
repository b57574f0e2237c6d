import type { Clock } from '../../bridge/clock.ts'

/** A clock that stands still until it is set forward. */
export interface HandClock extends Clock {
  readonly forward: (ms: number) => void
  /** Waits that are not over yet, ms from now. */
  readonly waits: () => readonly number[]
}

export function handClock(start = 1_700_000_000_000): HandClock {
  let now = start
  const waiting = new Set<{ readonly at: number; readonly run: () => void }>()
  return {
    now: () => now,
    after: (ms, run) => {
      const entry = { at: now + ms, run }
      waiting.add(entry)
      return () => {
        waiting.delete(entry)
      }
    },
    forward: (ms) => {
      now += ms
      for (const entry of [...waiting].sort((a, b) => a.at - b.at)) {
        if (entry.at <= now && waiting.delete(entry)) entry.run()
      }
    },
    waits: () => [...waiting].map(({ at }) => at - now),
  }
}
