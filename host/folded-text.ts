/**
 * Text as it is searched and sorted: case, accents, apostrophes and the ways of writing one letter do not count.
 * Marks that make another syllable (Thai, Devanagari, kana) stay: without them other words would be meant.
 */
export function folded(text: string): string {
  return text
    .replace(APOSTROPHES, '')
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toLowerCase()
    .replace(LETTERS, (letter) => ONE_LETTER[letter] ?? letter)
    .normalize('NFC')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
}

/** Accents of Latin, Greek and Cyrillic; points of Hebrew; vowel signs and tatweel of Arabic. */
const ACCENTS =
  /[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]/g

/** Typed, typographic, and what is typed in their place. */
const APOSTROPHES = /['’‘‛ʼʹ′`´]/g

/** What no decomposition takes apart, and letters of Arabic and Persian that are written one for the other. */
const ONE_LETTER: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ς: 'σ',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
  ٱ: 'ا',
}
const LETTERS = new RegExp(`[${Object.keys(ONE_LETTER).join('')}]`, 'gu')

/** The same with ä, ö, ü and å spelled in two letters, as German and Danish names often are; null: nothing to spell so. */
export function spelledOut(text: string): string | null {
  if (!/[äöüåø]/i.test(text.normalize('NFC'))) return null
  const spelled = text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[äöüåø]/g, (letter) => ({ ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' })[letter] ?? letter)
  const result = folded(spelled)
  return result === folded(text) ? null : result
}

/** What was spelled in two letters, in one: Krueger as whoever types Kruger means him; null: nothing to write so. */
function inOneLetter(word: string): string | null {
  const one = word.replace(/([aou])e/g, '$1')
  return one === word ? null : one
}

/** Whether every word of a search occurs in these values, each in any way of writing it. */
export function isFound(search: string, values: readonly (string | null)[]): boolean {
  const text = searchText(values)
  return searchWords(search).every((ways) => ways.some((way) => text.includes(way)))
}

/** Orders as a person would: `Case 9` before `Case 10`. null: nothing to order by. */
export function sortKey(text: string | null): string | null {
  const key = folded(text ?? '').slice(0, 200)
  // A number's length before its digits; the mark stands before all letters.
  return key === ''
    ? null
    : key.replace(
        /0*(\d+)/g,
        (_, digits: string) => String.fromCharCode(48 + Math.min(digits.length, 40)) + digits,
      )
}

/** Words of a search, each with the ways in which it may be written. At most eight. */
export function searchWords(search: string): readonly (readonly string[])[] {
  return search
    .slice(0, 400)
    .split(/\s+/)
    .map((word) => [...new Set([folded(word), spelledOut(word)])].filter((way): way is string => !!way))
    .filter((ways) => ways.length > 0)
    .slice(0, 8)
}

/** What a search looks at: each word of the values once, with a space before it. */
export function searchText(values: readonly (string | null)[]): string {
  const words = new Set<string>()
  for (const value of values) {
    for (const word of (value ?? '').split(/\s+/)) {
      words.add(folded(word))
      // Names are spelled so; a project's name only repeats them.
      if (word.includes('_')) continue
      for (const way of [spelledOut(word), inOneLetter(folded(word))]) if (way !== null) words.add(way)
    }
  }
  words.delete('')
  return ` ${[...words].join(' ').slice(0, 4000)} `
}
