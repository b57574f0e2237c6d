import { basename } from 'node:path'
import type { Progress } from '../../bridge/data.ts'
import { cut } from './sent.ts'

/** Tells of long work, one token each, at a pace that a person can follow. */
export interface Bars {
  /** Bytes of content that went through so far. */
  readonly moved: (source: string, bytes: number, of: number) => void
  readonly done: (source: string) => void
  /** A new connection: what is under way begins anew for it. */
  readonly again: () => void
}

interface Bar {
  readonly token: string
  begun: boolean
  toldAt: number
}

/** Between two words about one package, ms. */
const PACE_MS = 200

export function bars(
  tell: (token: string, value: Progress) => void,
  clock: () => number,
  { titleOf = basename, paceMs = PACE_MS }: { titleOf?: (source: string) => string; paceMs?: number } = {},
): Bars {
  const all = new Map<string, Bar>()
  let last = 0
  return {
    moved(source, bytes, of) {
      const now = clock()
      const bar = all.get(source) ?? { token: `package-${++last}`, begun: false, toldAt: now }
      all.set(source, bar)
      const total = Math.trunc(of)
      if (!bar.begun) {
        tell(bar.token, { kind: 'begin', title: cut(titleOf(source), 500), of: total })
        bar.begun = true
      } else if (Math.abs(now - bar.toldAt) < paceMs) return
      bar.toldAt = now
      tell(bar.token, { kind: 'report', done: Math.trunc(bytes), of: total })
    },
    done(source) {
      const bar = all.get(source)
      all.delete(source)
      if (bar?.begun) tell(bar.token, { kind: 'end' })
    },
    again() {
      for (const bar of all.values()) bar.begun = false
    },
  }
}
