/** Where the teeth stand on the picture, in its units: about a millimetre of a mouth seen from the front. */
export interface Place {
  /** FDI */
  readonly number: number
  readonly kind: ToothKind
  readonly jaw: 'upper' | 'lower'
  readonly x: number
  readonly y: number
  /** Mesiodistal and facio-lingual. */
  readonly width: number
  readonly depth: number
  /** Unit vectors: away from the midline along the arch, and out of the mouth. */
  readonly distal: Point
  readonly facial: Point
}

export type ToothKind = 'incisor' | 'canine' | 'premolar' | 'molar'
export type Point = readonly [number, number]

/** Upper row from the patient's right to the left, then the lower row. */
export const FDI: readonly number[] = [
  ...[18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28],
  ...[48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38],
]

export function kindOf(number: number): ToothKind {
  const tooth = number % 10
  return tooth <= 2 ? 'incisor' : tooth === 3 ? 'canine' : tooth <= 5 ? 'premolar' : 'molar'
}

/** Where a tooth stands: a deciduous one in its successor's place. null: no tooth has this number. */
export function placeOf(number: number): Place | null {
  const place = PLACES.get(number > 50 ? number - 40 : number)
  if (place === undefined || (number > 50 && number % 10 > 5)) return null
  return number > 50 ? { ...place, number, kind: number % 10 > 3 ? 'molar' : place.kind } : place
}

/** The tooth that a mesial connector joins to: of a central incisor the other one. */
export function mesialOf(number: number): number {
  const [quadrant, tooth] = [Math.floor(number / 10), number % 10]
  if (tooth > 1) return number - 1
  return (quadrant % 2 === 1 ? quadrant + 1 : quadrant - 1) * 10 + tooth
}

/** Each pair of joined teeth once. */
export function connections(
  teeth: readonly { readonly number: number; readonly mesialConnector: boolean }[],
): readonly (readonly [number, number])[] {
  const pairs = new Map<string, readonly [number, number]>()
  for (const { number, mesialConnector } of teeth) {
    if (!mesialConnector || placeOf(number) === null) continue
    const pair = [number, mesialOf(number)] as const
    pairs.set([...pair].sort().join(), pair)
  }
  return [...pairs.values()]
}

/** Crowns from the central incisor to the wisdom tooth: mesiodistal, facio-lingual (mm). */
const CROWNS = {
  upper: [
    [8.5, 7.2],
    [6.7, 6.6],
    [7.6, 8.2],
    [7.1, 9],
    [6.9, 9],
    [10.2, 11],
    [9.6, 11],
    [8.4, 9.8],
  ],
  lower: [
    [5.5, 6.3],
    [6, 6.6],
    [7, 7.9],
    [7.1, 8],
    [7.3, 8.4],
    [11, 10.4],
    [10.4, 10.2],
    [9.4, 9.4],
  ],
} as const satisfies Record<'upper' | 'lower', readonly Point[]>

/** Half an arch is a quarter of an ellipse: half its width, and its length from the front. */
const ARCH = { upper: [37.5, 42], lower: [36.5, 42] } as const
/** From the middle of the picture to where the arches begin. */
const GAP = 9.5

/** Of an arch, to measure along it. */
const STEPS = 400

export const PLACES: ReadonlyMap<number, Place> = new Map(
  (['upper', 'lower'] as const).flatMap((jaw) =>
    ([-1, 1] as const).flatMap((side) => halfArch(jaw, side).map((place) => [place.number, place] as const)),
  ),
)

/** `side`: −1 the patient's right, on the left of the picture. */
function halfArch(jaw: 'upper' | 'lower', side: -1 | 1): readonly Place[] {
  const [across, long] = ARCH[jaw]
  const up = jaw === 'upper' ? -1 : 1
  const quadrant = { upper: { '-1': 1, '1': 2 }, lower: { '-1': 4, '1': 3 } }[jaw][`${side}`]
  const crowns: readonly Point[] = CROWNS[jaw]
  const all = crowns.reduce((sum, [width]) => sum + width, 0)
  const scale = ellipseLength(across, long, Math.PI / 2) / all
  let along = 0
  return crowns.map(([width, depth], index) => {
    const t = angleAt(across, long, (along + width / 2) * scale)
    along += width
    const length = Math.hypot(across * Math.cos(t), long * Math.sin(t))
    const distal: Point = [(side * across * Math.cos(t)) / length, (-up * long * Math.sin(t)) / length]
    return {
      number: quadrant * 10 + index + 1,
      kind: kindOf(index + 1),
      jaw,
      x: side * across * Math.sin(t),
      y: up * (GAP + long * Math.cos(t)),
      width: width * scale * 0.97,
      depth,
      distal,
      facial: side * up < 0 ? [distal[1], -distal[0]] : [-distal[1], distal[0]],
    }
  })
}

function ellipseLength(across: number, long: number, end: number): number {
  let sum = 0
  for (let step = 0; step < STEPS; step++) {
    const t = ((step + 0.5) / STEPS) * end
    sum += (Math.hypot(across * Math.cos(t), long * Math.sin(t)) * end) / STEPS
  }
  return sum
}

function angleAt(across: number, long: number, length: number): number {
  let [low, high] = [0, Math.PI / 2]
  for (let round = 0; round < 24; round++) {
    const middle = (low + high) / 2
    if (ellipseLength(across, long, middle) < length) low = middle
    else high = middle
  }
  return low
}
