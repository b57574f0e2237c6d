/** A bound on one name: UTF-16 units for Windows' paths, bytes of UTF-8 for other file systems' names. */
export interface NameBound {
  readonly units: number
  readonly bytes: number
}

export const unitsOf = (text: string): number => text.length
export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8')

export function fits(text: string, bound: NameBound): boolean {
  return unitsOf(text) <= bound.units && bytesOf(text) <= bound.bytes
}

const MAPPED: Readonly<Record<string, string>> = { '"': "'", '<': '(', '>': ')' }

/**
 * Text as it may stand in a name: `"`→`'`, `<`→`(`, `>`→`)`, `: | ? * / \`→`_` [C]; control, bidi and other invisible
 * characters dropped (joiners and variation selectors stay: Persian, Indic and Japanese names are spelled with them), lone surrogates dropped,
 * every kind of space a plain one, runs of spaces one, NFC. Dots and spaces at its ends are left to the caller.
 */
export function legalText(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Zs}\p{Zl}\p{Zp}\t\n\r\v\f]+/gu, ' ')
    .replace(
      /(?!\u200c|\u200d|\p{Variation_Selector})[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu,
      '',
    )
    .replace(/["<>:|?*/\\]/g, (character) => MAPPED[character] ?? '_')
    .normalize('NFC')
}

/** Leading and trailing dots and spaces dropped: Windows drops the trailing ones itself, and leading dots hide a folder. */
export function trimmedName(text: string): string {
  // Joiners at the ends join nothing, and would hide a dot or a space from this.
  return text.replace(/^[. \u200c\u200d]+/, '').replace(/[. \u200c\u200d]+$/, '')
}

/** A device of Windows, whatever its case and extension: `CON`, `nul.txt`, `COM¹ .stl`. */
export function isReserved(name: string): boolean {
  return /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)/i.test(name)
}

/**
 * Names with one key would be one file on Windows, macOS or a share: case and composition do not count, nor what nobody sees
 * (HFS+ ignores it).
 */
export function nameKey(name: string): string {
  const seen = name.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
  return seen.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}

/** What a person takes for one character: no name is ever cut inside one. */
export function graphemes(text: string): string[] {
  // Made at the first name: it takes as long as thirty modules (measured).
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' })
  return Array.from(segmenter.segment(text), (each) => each.segment)
}

/** The longest beginning that fits and splits no grapheme. */
export function shortened(text: string, bound: NameBound): string {
  if (fits(text, bound)) return text
  let kept = ''
  // What lies beyond the bound cannot be kept: segmenting 300 or 3 million characters costs the same.
  for (const each of graphemes(text.slice(0, bound.units + 64))) {
    if (!fits(kept + each, bound)) break
    kept += each
  }
  return kept
}

let segmenter: Intl.Segmenter | null = null
