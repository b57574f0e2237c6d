import type { Language } from '../../bridge/data.ts'
import { fill } from '../words/template.ts'

/** Plain text: a title of at most 63 UTF-16 units, a text of at most 255. */
export interface Balloon {
  readonly title: string
  readonly text: string
}

export interface Gathering {
  /** One more case has come. */
  arrived(): void
  /** What is gathered is not shown any more. */
  close(): void
}

/** No case more for so long: what came is told in one. */
const QUIET_MS = 3000
/** And at the latest then, since orders may go on arriving. */
const LONGEST_MS = 20_000

/** What is said of new cases: how many. No names, since a balloon is read by whoever passes the screen. */
export function newCases(count: number, language: Language): Balloon {
  const say = (en: string, de: string) => fill({ en, de }[language], { count }, language)
  return {
    title: say('{count|new case|new cases}', '{count|neuer Fall|neue Fälle}'),
    text:
      count === 1
        ? say('It is in the case list, unread.', 'Er steht ungelesen in der Fallliste.')
        : say('They are in the case list, unread.', 'Sie stehen ungelesen in der Fallliste.'),
  }
}

/** Gathers cases that come one soon after the other, so that they are told at once: `tell` gets their number. */
export function gatherCases(options: {
  readonly clock: () => number
  /** Calls back after so many ms; gives what calls it off. */
  readonly schedule: (ms: number, then: () => void) => () => void
  readonly tell: (count: number) => void
}): Gathering {
  let count = 0
  let first = 0
  let callOff = () => {}
  return {
    arrived() {
      const now = options.clock()
      if (count === 0) first = now
      count++
      callOff()
      callOff = options.schedule(Math.max(0, Math.min(QUIET_MS, first + LONGEST_MS - now)), () => {
        const told = count
        count = 0
        options.tell(told)
      })
    },
    close() {
      callOff()
      count = 0
    },
  }
}
