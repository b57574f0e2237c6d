/** Time as the bridge needs it; handed in, so that a test decides what time it is. */
export interface Clock {
  /** ms since the epoch */
  readonly now: () => number
  /** Runs once after so many ms; the answer takes it back. */
  readonly after: (ms: number, run: () => void) => () => void
}

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}
