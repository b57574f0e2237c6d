import { basename } from 'node:path'
import { visible } from '../words/visible.ts'

export interface StatusLine {
  moved(source: string, bytes: number, of: number): void
  done(source: string): void
  /** Takes the line off the screen, so that something lasting can be written. */
  clear(): void
}

/** Between two drawings, ms: faster than an eye is work for nothing. */
const PACE_MS = 100

/** One line at the foot of a terminal: the packages in hand and how far each has come. */
export function statusLine(out: NodeJS.WriteStream, clock: () => number): StatusLine {
  const inHand = new Map<string, number>()
  let drawn = 0
  let shown = false
  const draw = () => {
    const parts = [...inHand].map(
      ([source, part]) => `${visible(basename(source))} ${Math.floor(part * 100)} %`,
    )
    const line = parts.join(' · ')
    out.write(`\r\x1b[2K${line.slice(0, out.columns - 1)}`)
    shown = line !== ''
    drawn = clock()
  }
  return {
    moved(source, bytes, of) {
      inHand.set(source, of === 0 ? 1 : Math.min(1, bytes / of))
      if (clock() - drawn >= PACE_MS) draw()
    },
    done(source) {
      inHand.delete(source)
      if (shown) draw()
    },
    clear() {
      if (shown) out.write('\r\x1b[2K')
      shown = false
    },
  }
}
