/** A person's name as a bag of comparable words: the order of given and family name does not count. */
export interface NameParts {
  readonly words: readonly string[]
  /** Letters in all words together. */
  readonly letters: number
}

/** Bounded, since names come from outside. */
const LIMITS = { text: 300, words: 12 } as const

/** Titles left aside, diacritics folded, Cyrillic and Greek written in Latin letters, ideographs one by one. */
export function namePartsOf(text: string): NameParts {
  const words = wordsOf(text).filter((word) => !TITLES.has(word))
  return { words, letters: words.reduce((sum, word) => sum + word.length, 0) }
}

/** Comparable words of a name or an address. */
export function wordsOf(text: string): readonly string[] {
  const short = text.length > LIMITS.text ? text.slice(0, LIMITS.text) : text
  if (PLAIN.test(short)) return plainWords(short.toLowerCase())
  const folded = fold(short)
  return PLAIN.test(folded)
    ? plainWords(folded)
    : folded.split(SEPARATORS).filter(Boolean).slice(0, LIMITS.words)
}

/** Nearly all names are: by hand, since ten thousand of them are taken apart while a person waits. */
function plainWords(text: string): readonly string[] {
  const words: string[] = []
  let start = -1
  for (let at = 0; at <= text.length && words.length < LIMITS.words; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0
    const inside = (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
    if (inside && start < 0) start = at
    if (inside || start < 0) continue
    const word = text.slice(start, at)
    // Müller, Muller and Mueller are one.
    words.push(word.includes('e') ? word.replace(/([aou])e/g, '$1') : word)
    start = -1
  }
  return words
}

/** 0 to 1: how well the words of one name are found in the other, each used once. */
export function nameLikeness(a: NameParts, b: NameParts): number {
  if (a.letters === 0 || b.letters === 0) return 0
  let matched = 0
  let used = 0
  for (const word of a.words) {
    let best = 0
    let at = -1
    for (let index = 0; index < b.words.length; index++) {
      if (used & (1 << index)) continue
      const likeness = wordLikeness(word, b.words[index] as string)
      if (likeness > best) {
        best = likeness
        at = index
        if (best === 1) break
      }
    }
    if (at >= 0) {
      used |= 1 << at
      matched += best * (word.length + (b.words[at] as string).length)
    }
  }
  // A client is often "Practice Dr. Family": words beyond the doctor's own count half.
  const ofDoctor = Math.min(1, matched / (2 * a.letters))
  const ofBoth = matched / (a.letters + b.letters)
  return (ofDoctor + ofBoth) / 2
}

/** 1 the same, 0.6 an initial, 0.85 and 0.7 one and two letters apart in words long enough, else 0. */
function wordLikeness(a: string, b: string): number {
  if (a === b) return 1
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length === 1) return long.charCodeAt(0) === short.charCodeAt(0) && isAlphabetic(short) ? 0.6 : 0
  if (long.length - short.length > 2 || long.length < 4) return 0
  // A slip at both ends at once is another name; and this spares nearly all comparisons.
  if (short[0] !== long[0] && short.at(-1) !== long.at(-1)) return 0
  const most = long.length >= 7 ? 2 : 1
  const apart = distance(short, long, most)
  return apart > most ? 0 : apart === 1 ? 0.85 : 0.7
}

/** Edits from one word to the other (swapped neighbours count one), or `most` + 1 where it takes more. */
function distance(one: string, other: string, most: number): number {
  // What both begin and end with costs nothing.
  let from = 0
  while (from < one.length && one[from] === other[from]) from++
  let cut = 0
  while (cut < one.length - from && one[one.length - 1 - cut] === other[other.length - 1 - cut]) cut++
  const a = one.slice(from, one.length - cut)
  const b = other.slice(from, other.length - cut)
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((row[j - 1] ?? 0) + 1, (above[j] ?? 0) + 1, (above[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
      least = Math.min(least, cost)
    }
    if (least > most) return most + 1
    before = above
    above = row
  }
  return above[b.length] ?? most + 1
}

/** An ideograph is a word, not an initial. */
function isAlphabetic(letter: string): boolean {
  return !IDEOGRAPH.test(letter)
}

function fold(text: string): string {
  const bare = text.normalize('NFKD').replace(MARKS, '')
  if (PLAIN.test(bare)) return bare.toLowerCase()
  let folded = ''
  for (const letter of bare.normalize('NFC').toLowerCase())
    folded += LATIN[letter] ?? (IDEOGRAPH.test(letter) ? ` ${letter} ` : letter)
  return folded
}

const PLAIN = /^[\x20-\x7e]*$/
/** Combining marks, tatweel, invisible signs, and the marks that stand inside a word. */
const MARKS = /[\p{M}\u0640\p{Cf}’'ʼ]+/gu
const SEPARATORS = /[^\p{L}\p{N}]+/u
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

const TITLES = new Set(
  (
    'dr drs prof professor doctor doc med dent dds dmd bds mds bdent msc mdsc phd md mag ing dipl ' +
    'mr mrs ms miss herr frau hr fr jr sr ii iii zahnarzt zahnarztin zahnarztpraxis zahnarzte praxis dental ' +
    'dentist dentistry clinic clinica practice office group center centre zentrum gmbh llc ltd inc pc pllc ' +
    'studio odontoiatrico cabinet dentaire doktor vrach klinika stomatologia'
  ).split(' '),
)

const LATIN: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'а=a б=b в=v г=g д=d е=e ж=zh з=z и=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ' +
    'ъ= ы=y ь= э=e ю=yu я=ya і=i є=e ґ=g ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ў=u ' +
    'α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o ' +
    'ß=ss æ=a œ=o ø=o ł=l đ=d ð=d þ=th ı=i ħ=h أ=ا إ=ا آ=ا ى=ي ة=ه'
  )
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
)
