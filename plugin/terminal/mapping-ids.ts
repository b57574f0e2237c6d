import { createHash } from 'node:crypto'
import { ImportError } from '../errors.ts'

/**
 * What each mapping's key is called at a shell: itself where a shell takes it as it stands, else `m` and the beginning of its
 * hash, so long that no two of these keys share it. What an id means does not hang on what else is listed.
 */
export function typedKeys(keys: readonly string[]): ReadonlyMap<string, string> {
  const hashes = keys.filter((key) => !isTyped(key)).map(hashOf)
  const distinct = (length: number) =>
    new Set(hashes.map((hash) => hash.slice(0, length))).size === hashes.length
  let length = SHORTEST
  while (length < HASH && !distinct(length)) length++
  return new Map(keys.map((key) => [key, isTyped(key) ? key : hashOf(key).slice(0, length)]))
}

/**
 * The key that was meant by a whole key or by an id. What fits none is given back as it is, for whoever looks for it.
 * Error: `mapping-ambiguous`.
 */
export function keyMeant(typed: string, keys: readonly string[]): string {
  if (keys.includes(typed) || typed.length < SHORTEST) return typed
  const id = typed.toLowerCase()
  const [found, another] = keys.filter((key) => !isTyped(key) && hashOf(key).startsWith(id))
  if (another !== undefined) throw new ImportError('mapping-ambiguous', { mapping: typed })
  return found ?? typed
}

/** `m` and four digits. */
const SHORTEST = 5
/** `m` and all of a SHA-256. */
const HASH = 65

const isTyped = (key: string): boolean => /^[\w.:-]+$/.test(key)

const hashOf = (key: string): string => `m${createHash('sha256').update(key).digest('hex')}`
