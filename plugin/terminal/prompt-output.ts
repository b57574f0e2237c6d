import { stdout } from 'node:process'
import type { WriteStream } from 'node:tty'
import type { Language } from '../mapping/materials.ts'

/** A mark that ends the library's grey, or none where colours are off. */
const GREY_END = String.raw`((?:\u001b\[\d+m)*)`

/** The hints that the prompts' library has in its code [V, 1.9]; no line of them is longer in German, so that it breaks where the library counts. */
const GERMAN: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(↑/↓)${GREY_END} to (?:select|navigate)`, 'g'), '$1$2 wählen'],
  [new RegExp(`(Enter:)${GREY_END} confirm`, 'g'), '$1$2 bestätigen'],
  [new RegExp(`Type:${GREY_END} to search`, 'g'), 'Tippen:$1 suchen'],
  [new RegExp(`Search:${GREY_END}`, 'g'), 'Suche:$1'],
  [/\((\d+) match(?:es)?\)/g, '($1 Treffer)'],
  [/No matches found/g, 'Nichts gefunden'],
]

/** The terminal as the prompts are to write to it: in German with their own hints in German. */
export function promptOutput(language: Language): WriteStream {
  if (language === 'en') return stdout
  const write = (text: string | Uint8Array, ...rest: []) =>
    stdout.write(typeof text === 'string' ? inGerman(text) : text, ...rest)
  return new Proxy(stdout, {
    get(target, key) {
      if (key === 'write') return write
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const inGerman = (text: string): string =>
  GERMAN.reduce((said, [english, german]) => said.replace(english, german), text)
