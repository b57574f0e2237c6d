const UPPER = [18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28]
const LOWER = [48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38]
const RANKS = new Map([...UPPER, ...LOWER].map((fdi, rank) => [fdi, rank]))

/** FDI numbers as the dental chart shows them, the patient's right first, the upper jaw before the lower; others behind. */
export const inArchOrder = (teeth: readonly number[]): readonly number[] =>
  teeth.toSorted((a, b) => (RANKS.get(a) ?? RANKS.size + a) - (RANKS.get(b) ?? RANKS.size + b))
