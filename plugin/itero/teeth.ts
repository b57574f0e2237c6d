import type { AdaTooth, FdiTooth, Jaw } from '../teeth.ts'

export type { AdaTooth, FdiTooth, Jaw }

/** ADA 1–32 runs around the mouth: upper right to upper left, then lower left to lower right [V]. */
const FDI_BY_ADA: readonly number[] = [
  ...[18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28],
  ...[38, 37, 36, 35, 34, 33, 32, 31, 41, 42, 43, 44, 45, 46, 47, 48],
]

/** The teeth of each jaw from the patient's right to left: the order of a bridge's span. */
export const archOrder: Readonly<Record<Jaw, readonly FdiTooth[]>> = {
  upper: FDI_BY_ADA.slice(0, 16) as FdiTooth[],
  lower: FDI_BY_ADA.slice(16).reverse() as FdiTooth[],
}

/** null where the number is not 1–32. */
export function adaTooth(n: number): AdaTooth | null {
  return Number.isInteger(n) && n >= 1 && n <= 32 ? (n as AdaTooth) : null
}

/** null where the number is not a permanent tooth's: quadrant 1–4, position 1–8. */
export function fdiTooth(n: number): FdiTooth | null {
  return FDI_BY_ADA.includes(n) ? (n as FdiTooth) : null
}

export function fdiOf(ada: AdaTooth): FdiTooth {
  return FDI_BY_ADA[ada - 1] as FdiTooth
}

export function adaOf(fdi: FdiTooth): AdaTooth {
  return (FDI_BY_ADA.indexOf(fdi) + 1) as AdaTooth
}

export function jawOf(fdi: FdiTooth): Jaw {
  return fdi < 30 ? 'upper' : 'lower'
}

/** The tooth towards the midline; of a central incisor, the other one. */
export function mesialNeighbour(fdi: FdiTooth): FdiTooth {
  if (fdi % 10 > 1) return (fdi - 1) as FdiTooth
  return { 11: 21, 21: 11, 31: 41, 41: 31 }[fdi as number] as FdiTooth
}

/** The tooth away from the midline; null behind the third molar. */
export function distalNeighbour(fdi: FdiTooth): FdiTooth | null {
  return fdi % 10 < 8 ? ((fdi + 1) as FdiTooth) : null
}
