import { type Facts, ImportError } from '../errors.ts'

/** Windows opens a device for these, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i

/** Controls, line separators, direction marks and invisible blanks; U+200C and U+200D are letters' business in Persian. */
const INVISIBLE =
  /[\p{Cc}\u2028\u2029\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/u

/** A file name may have 255 units on every file system that a laboratory keeps cases on. */
const NAME_LIMIT = 255

export interface NamedEntry {
  /** Clean segments, never empty. */
  readonly segments: readonly string[]
}

/**
 * The segments of an entry's path as written, refused where it could lead outside, to a device, or deceive a reader.
 * Characters that are merely not allowed on Windows are harmless: files are written under names of our own.
 * Throws entry-name-unsafe. `separators`: a backslash separates too in zips (old Windows tools), never in folders.
 */
export function safeSegments(
  written: string,
  separators: 'slash' | 'both',
  limits: { depth: number },
  facts: Facts,
) {
  const refuse = (reason: string): never => {
    throw new ImportError('entry-name-unsafe', { ...facts, file: shown(written), reason })
  }
  if (written === '') return refuse('empty')
  if (written.length > 0x1000) return refuse('too-long')
  const path = separators === 'both' ? written.replaceAll('\\', '/') : written
  if (path.includes('\\')) return refuse('separator')
  if (path.startsWith('/')) return refuse('absolute')
  if (/^[a-z]:/i.test(path)) return refuse('drive')
  const segments = path.split('/').filter((segment, at, all) => {
    // A folder's entry ends with a slash; some tools begin with `./`.
    return segment !== '.' && !(segment === '' && at === all.length - 1)
  })
  if (segments.length > limits.depth) return refuse('too-deep')
  for (const segment of segments) {
    if (segment === '') return refuse('empty')
    if (segment === '..') return refuse('traversal')
    // Mac folders may hold `Icon\r`; it is dropped with the rest of what the Finder leaves behind.
    if (INVISIBLE.test(segment) && segment !== 'Icon\r') return refuse('control-character')
    if (segment.includes(':')) return refuse('colon')
    if (/[. ]$/.test(segment)) return refuse('trailing-dot-or-space')
    if (DEVICE.test(segment)) return refuse('device-name')
    if (segment.length > NAME_LIMIT) return refuse('too-long')
  }
  return segments
}

/** What file managers leave behind, in any package. */
export function isLeftBehind(segments: readonly string[]): boolean {
  const name = segments.at(-1) ?? ''
  return (
    segments[0] === '__MACOSX' ||
    /^(\.ds_store|\._.*|thumbs\.db|desktop\.ini|icon\r|\.directory)$/i.test(name)
  )
}

/** Throws entry-name-duplicate where two paths are one on a file system that ignores case or normal form. */
export function refuseDuplicates(paths: readonly string[], facts: Facts): void {
  const seen = new Set<string>()
  for (const path of paths) {
    const key = path.normalize('NFC').toLowerCase()
    if (seen.has(key)) throw new ImportError('entry-name-duplicate', { ...facts, file: shown(path) })
    seen.add(key)
  }
}

/** How many leading folders all paths share: one top folder, or a nest of them, is packing and not content. */
export function sharedFolders(paths: readonly (readonly string[])[]): number {
  const [first] = paths
  if (first === undefined) return 0
  let shared = 0
  while (paths.every((path) => path.length > shared + 1 && path[shared] === first[shared])) shared++
  return shared
}

/** A hostile name as an error may carry it: bounded, and nothing in it acts on a terminal. */
export function shown(name: string): string {
  const cut = name.length > 300 ? `${name.slice(0, 300)}…` : name
  return cut.replaceAll(
    new RegExp(INVISIBLE, 'gu'),
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
