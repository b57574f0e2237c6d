/** Does something later; what it gives calls that off. */
export type Schedule = (ms: number, then: () => void) => () => void

export const systemSchedule: Schedule = (ms, then) => {
  const timer = setTimeout(then, ms)
  timer.unref()
  return () => clearTimeout(timer)
}
