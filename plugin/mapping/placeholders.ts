/** iTero's ways to say nothing: `Null`, `-1`, `0`, the licence `0000000`, an empty text [V]; the words [I]. */
export function isPlaceholder(text: string | null | undefined): boolean {
  const bare = (text ?? '').replace(INVISIBLE, '').toLowerCase()
  return bare === '-1' || /^-?0*$/.test(bare) || /^[-–_.,?*/]+$/.test(bare) || WORDS.has(bare)
}

const INVISIBLE = /[\p{Cf}\p{Cc}\p{Z}]+/gu
const WORDS = new Set(['null', 'none', 'n/a', 'na', 'n/r', 'undefined', 'unknown', 'nil', 'nan'])
