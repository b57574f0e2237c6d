import { shareName } from '../../bridge/share.ts'

/** Most that one fact may take of a text, in characters; a name's beginning and its extension stay readable. */
const MOST = 120
const TAIL = 40

/** Controls, line and paragraph separators, lone surrogates, and all that formats unseen but the two joiners. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu

/**
 * Text from outside as a terminal may be given it: one line, of bounded length, what acts unseen spelt as `\u202e`; a folder
 * of a share by the name that people give it. `most`: characters.
 */
export function visible(text: string, most = MOST): string {
  // A text of megabytes is cut before it is searched.
  const named = shareName(text)
  const bounded = named.length > 1000 ? named.slice(0, 500) + named.slice(-500) : named
  const spelt = bounded.replace(
    UNSEEN,
    (unseen) => `\\u${(unseen.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
  const characters = [...spelt]
  if (characters.length <= most) return spelt
  return [...characters.slice(0, most - TAIL - 1), '…', ...characters.slice(-TAIL)].join('')
}
