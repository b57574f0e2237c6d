/** ms; ends early where the signal aborts. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>

export interface Throttle {
  /** Resolves once so many bytes may be taken from the network. */
  take(bytes: number, signal: AbortSignal): Promise<void>
}

/** One rate for all that share it. Not reading is what slows the sender down. null: no limit. */
export function throttle(bytesPerSecond: number | null, clock: () => number, pause: Pause): Throttle {
  let free = 0
  return {
    async take(bytes, signal) {
      if (bytesPerSecond === null) return
      const now = clock()
      // A clock that was put back must not hold everything up.
      if (free < now || free > now + LONGEST_MS) free = now
      const wait = free - now
      free += (bytes / bytesPerSecond) * 1000
      if (wait > 0) await pause(wait, signal)
    },
  }
}

const LONGEST_MS = 600_000
