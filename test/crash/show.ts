import type { Point } from './strace.ts'

export interface Tried {
  readonly point: Point
  readonly faults: readonly string[]
}

/** What a point is called on the command line. */
export function nameOf({ thread, call, nth }: Point): string {
  return `${thread}:${call}:${nth}`
}

/** One line that changes on a terminal; elsewhere a line for every twentieth part. */
export function progressOf(all: number) {
  const began = performance.now()
  const live = process.stdout.isTTY
  let [count, failed, shown] = [0, 0, 0]
  const line = () => {
    const secondsLeft = ((performance.now() - began) / 1000 / count) * (all - count)
    return `${count} of ${all} points, ${failed} failed, about ${Math.round(secondsLeft)} s left`
  }
  return {
    done(bad: boolean) {
      count++
      if (bad) failed++
      const twentieth = Math.floor((count / all) * 20)
      if (live) process.stdout.write(`\r\x1b[2K${line()}`)
      else if (twentieth > shown) process.stdout.write(`${line()}\n`)
      shown = twentieth
    },
    say: (text: string) => process.stdout.write(`${live ? '\r\x1b[2K' : ''}${text}`),
    end: () => process.stdout.write(live ? '\r\x1b[2K' : ''),
  }
}

/** How many points of each kind there were, and how many of them failed. */
export function summary(tried: readonly Tried[]): string {
  const row = (...[thread, call, points, failures]: readonly string[]) =>
    `${thread?.padEnd(8)}${call?.padEnd(14)}${points?.padStart(6)}${failures?.padStart(10)}\n`
  const kinds = [...Map.groupBy(tried, ({ point }) => `${point.thread} ${point.call}`)].sort()
  const rows = kinds.map(([kind, of]) => {
    const failed = of.filter(({ faults }) => faults.length > 0).length
    return row(...kind.split(' '), String(of.length), String(failed))
  })
  return [row('thread', 'call', 'points', 'failures'), ...rows].join('')
}
