import type { Profile } from '../cloud/profile.ts'

/** The pause before the next look: short again with each order that comes, longer with each look that brings none. */
export function nextPoll(ms: number, news: boolean, { fastestMs, slowestMs }: Profile['poll']): number {
  const slowest = Math.max(fastestMs, slowestMs)
  return news ? fastestMs : Math.min(Math.max(ms, fastestMs) * 1.5, slowest)
}

/** The pause after so many troubles in a row: from one second to the profile's longest, and five minutes at most. */
export function afterTrouble(
  troubles: number,
  { slowestMs }: Profile['poll'],
  random: (bytes: number) => string,
): number {
  const longest = Math.min(Math.max(slowestMs, 1000), 300_000)
  return jittered(Math.min(1000 * 2 ** Math.min(troubles - 1, 10), longest), random)
}

/** Between two thirds and all of it, so that a thousand laboratories do not ask at once, and none later than the profile says. */
export const jittered = (ms: number, random: (bytes: number) => string): number =>
  Math.round(ms * (2 / 3 + (1 / 3) * (Number.parseInt(random(4), 16) / 2 ** 32)))
