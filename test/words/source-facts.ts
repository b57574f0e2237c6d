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

/**
 * How many places in the sources name a code, and the facts that they give with it, as far as a reading tells: those
 * that stand beside it, and where a variable stands there, those that this file or its room puts into that variable.
 */
export function factsGiven(code: string): { readonly sites: number; readonly facts: ReadonlySet<string> } {
  const facts = new Set<string>()
  let sites = 0
  for (const source of SOURCES) {
    for (const { index } of source.text.matchAll(new RegExp(`(?<!phrase\\([\\w.]+, )'${code}'`, 'g'))) {
      sites++
      const given = enclosed(source.text, index + code.length + 2)
      const keys = [
        ...keysOf(given),
        ...variablesIn(given).flatMap((variable) => keysPutInto(variable, source)),
        ...(given.includes('{') ? [] : keysOfHelpers(source)),
        // `{ file, ...facts }` round what a warning was made with.
        ...(given.includes('facts: {') ? literalsAt(/(?=\{ \w[^{}]*\.\.\.facts \})/g, inRoomOf(source)) : []),
      ]
      for (const key of keys) facts.add(key)
    }
  }
  return { sites, facts }
}

/** Every literal that the sources give at such a place. */
export function literalsOf(pattern: RegExp): ReadonlySet<string> {
  return new Set(SOURCES.flatMap(({ text }) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')))
}

/** `...facts` and a bare `facts`. */
function variablesIn(given: string): readonly string[] {
  return [...given.matchAll(/\.\.\.(\w+)|\b(facts)\b(?!:)/g)].map((match) => match[1] ?? match[2] ?? '')
}

function keysPutInto(variable: string, source: Source): readonly string[] {
  const made = new RegExp(`const ${variable}(?:: [^=]+)? = (?:[^\\n]* : )?(?=\\{)`, 'g')
  const here = literalsAt(made, [source])
  const room = inRoomOf(source)
  return [
    ...(here.length > 0 ? here : literalsAt(made, room)),
    // Added on the way: `read(entry, { ...facts, file })` and `{ file, ...facts }`, but not at another code's place.
    ...literalsAt(
      new RegExp(`(?<!ImportError\\(\\s*'[\\w-]+', )(?=\\{[^{}]*\\.\\.\\.${variable}\\b)`, 'g'),
      room,
    ),
    ...literalsAt(/onDisk\((?=\{)/g, room),
  ]
}

/** A code alone, in a table or handed to a function that adds the facts: those that this file adds to any code. */
function keysOfHelpers(source: Source): readonly string[] {
  return [
    ...literalsAt(/(?:warn\(\w+, |ImportError\(\s*\w[\w[\]]*(?: \?\? '[\w-]+')?, |\bcode, facts: )(?=\{)/g, [
      source,
    ]),
    ...literalsAt(/(?:onDisk\(|const facts = )(?=\{)/g, inRoomOf(source)),
  ]
}

function inRoomOf({ room }: Source): readonly Source[] {
  return SOURCES.filter((source) => source.room === room)
}

/** Keys of the object literals that begin where the pattern ends. */
function literalsAt(pattern: RegExp, sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ text }) =>
    [...text.matchAll(pattern)].flatMap(({ 0: found, index }) =>
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
