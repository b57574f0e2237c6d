/**
 * What Windows takes as a file name, written from Microsoft's "Naming Files, Paths, and Namespaces" and apart from the
 * code under test. Gives what is wrong with the name, or null.
 */
export function windowsFault(name: string): string | null {
  if (name.length === 0) return 'empty'
  for (let at = 0; at < name.length; at++) {
    const unit = name.charCodeAt(at)
    if (unit < 32) return 'control character'
    if ('<>:"/\\|?*'.includes(name.charAt(at))) return 'reserved character'
  }
  if (name.endsWith('.') || name.endsWith(' ')) return 'ends with a dot or a space'
  // The part before the first dot, without the spaces that Windows drops, in any case.
  const device = (name.split('.')[0] ?? '').trimEnd().toUpperCase()
  if (DEVICES.has(device)) return 'device'
  if (!name.isWellFormed()) return 'half a surrogate pair'
  return null
}

const DEVICES = new Set(['CON', 'PRN', 'AUX', 'NUL', 'CONIN$', 'CONOUT$'])
for (const port of ['COM', 'LPT'])
  for (const digit of '0123456789\u00b9\u00b2\u00b3') DEVICES.add(port + digit)

/** What would let a name deceive the eye or break a list: a bidi control, an invisible character, a line end. */
export function deceptiveFault(name: string): string | null {
  const found = Array.from(name, (character) => character.codePointAt(0) ?? 0).find(
    (point) =>
      (point >= 0x7f && point <= 0x9f) ||
      [0x61c, 0xad, 0xfeff, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029].includes(point) ||
      (point >= 0x202a && point <= 0x202e) ||
      (point >= 0x2060 && point <= 0x206f) ||
      (point >= 0xe0000 && point <= 0xe007f),
  )
  return found === undefined ? null : `U+${found.toString(16)}`
}

/** Whether a file system that ignores case and composition would take the two for one. */
export function sameOnDisk(a: string, b: string): boolean {
  return (
    a.normalize('NFD').localeCompare(b.normalize('NFD'), 'und', { sensitivity: 'accent' }) === 0 ||
    upper(a) === upper(b)
  )
}

/** NTFS folds each UTF-16 unit by itself, to upper case. */
const upper = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/[\s\S]/g, (unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit))
