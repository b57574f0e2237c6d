import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const PLUGIN = join(import.meta.dirname, '../../plugin')

interface Source {
  readonly room: string
  readonly text: string
}

/** The product's sources, without the words themselves and the list of codes. */
export const SOURCES: readonly Source[] = globSync('**/*.ts', { cwd: PLUGIN })
  .filter((path) => path !== 'errors.ts' && !path.startsWith('words'))
  .map((path) => ({ room: dirname(path), text: readFileSync(join(PLUGIN, path), 'utf8') }))

/** How many places in the sources name a code, and the facts that they give with it, as far as a reading tells. */
export function factsGiven(code: string): { readonly sites: number; readonly facts: ReadonlySet<string> } {
  const facts = new Set<string>()
  let sites = 0
  for (const { room, text } of SOURCES) {
    for (const { index } of text.matchAll(new RegExp(`(?<!phrase\\([\\w.]+, )'${code}'`, 'g'))) {
      sites++
      const given = enclosed(text, index + code.length + 2)
      for (const key of keysOf(given)) facts.add(key)
      // Facts that come in a variable are those that the room puts together elsewhere.
      if (!/\{[^}]*\w/.test(given) || given.includes('...') || /\bfacts\b/.test(given)) {
        for (const key of roomFacts(room)) facts.add(key)
      }
    }
  }
  return { sites, facts }
}

/** Every literal that the sources give as this fact. */
export function literalsOf(pattern: RegExp): ReadonlySet<string> {
  return new Set(SOURCES.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')))
}

const PUT_TOGETHER =
  /(?:\b(?:facts|written|work|where)(?:: \w+)? = |facts: |onDisk\(|warn\(\w+, )(?=\{\s*(?:\.\.\.)?\w)|(?=\{ (?:file, )?\.\.\.facts)/g

function roomFacts(room: string): readonly string[] {
  return SOURCES.filter((source) => source.room === room).flatMap(({ text }) =>
    [...text.matchAll(PUT_TOGETHER)].flatMap(({ 0: found, index }) =>
      keysOf(enclosed(text, index + found.length + 1)),
    ),
  )
}

/** From here to the bracket that closes what we stand in. */
function enclosed(text: string, from: number): string {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at] as string
    if ('([{'.includes(character)) depth++
    if (')]}'.includes(character) && depth-- === 0) return text.slice(from, at + 1)
  }
  return text.slice(from)
}

/** Keys of object literals, shorthand ones too. */
function keysOf(text: string): readonly string[] {
  return [...`{${text}`.matchAll(/(?<=[{,]\s*)([A-Za-z]\w*)(?=\s*[:,}])/g)].map((match) => match[1] ?? '')
}
