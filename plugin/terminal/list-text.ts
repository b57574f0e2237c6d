/**
 * Text of a list as editors write it: UTF-8 with its mark or without, or UTF-16 with one (Windows' "Unicode"); null where it
 * is neither. A code page is never guessed: names would come out wrong.
 */
export function listText(bytes: Uint8Array): string | null {
  const [first, second] = bytes
  const marked =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null
  try {
    return new TextDecoder(marked ?? 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
