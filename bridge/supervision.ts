/** What the host does after its plugin has ended by itself. */
export type AfterCrash =
  | { readonly kind: 'pause'; readonly crashes: number; readonly ms: number }
  | { readonly kind: 'give-up'; readonly crashes: number }

/** Crashes that the host remembers: when each was, and how many came without a quiet time between. */
export interface Crashes {
  readonly at: readonly number[]
  readonly inRow: number
}

export const NO_CRASHES: Crashes = { at: [], inRow: 0 }

const BUDGET = 5
const WINDOW_MS = 3 * 60_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000

/**
 * Adds a crash. Pauses grow from 0.5 s by doubling to 60 s and begin anew after a life of three minutes; the fifth crash
 * within three minutes is the last. Ends in good order have a count of their own: a plugin may not begin for ever either.
 */
export function crashed(
  before: Crashes,
  startedAt: number,
  now: number,
): { readonly crashes: Crashes; readonly next: AfterCrash } {
  const quiet = now - startedAt >= WINDOW_MS
  const at = [...before.at.filter((time) => now - time < WINDOW_MS), now]
  const inRow = quiet ? 1 : before.inRow + 1
  const crashes = { at, inRow }
  if (at.length >= BUDGET) return { crashes, next: { kind: 'give-up', crashes: at.length } }
  const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (inRow - 1))
  return { crashes, next: { kind: 'pause', crashes: at.length, ms } }
}
