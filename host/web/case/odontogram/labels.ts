import type { CaseTooth } from '../../../api.ts'
import { type Place, placeOf } from './arch.ts'
import { isRestored } from './restoration.ts'
import { onPicture } from './tooth-shape.ts'

/** A text of the chart: where its middle is and the room that it takes, in the picture's units. */
export interface Label {
  /** FDI, of its tooth. */
  readonly number: number
  readonly kind: 'number' | 'shade'
  readonly text: string
  readonly restored: boolean
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Sizes of letters, as odontogram.css has them. */
const SIZE = { number: 3.1, restored: 3.5, shade: 2.9 } as const
/** Width of a letter of size 1: digits and capitals, with a little to spare for other fonts. */
const LETTER = 0.62
/** From the tooth to its number, from there to its shade, between texts. */
const GAP = { tooth: 1.5, shade: 0.7, texts: 0.4 } as const
/** A longer shade stands whole beside the chart. */
const LETTERS = 5
const ROWS = 3

/**
 * The number of each tooth and, of a restored one, its shade, outside the arch. A shade that would stand on a neighbour's goes one
 * row further out, as in the front of the lower jaw.
 */
export function labelsOf(
  numbers: readonly number[],
  teeth: ReadonlyMap<number, CaseTooth>,
): readonly Label[] {
  // From the middle outwards: there it is narrow.
  const inOrder = numbers.toSorted((a, b) => (a % 10) - (b % 10))
  const labels: Label[] = []
  for (const number of inOrder) {
    const place = placeOf(number)
    if (place !== null) labels.push(numberAt(place, teeth.get(number)))
  }
  for (const number of inOrder) {
    const [place, tooth] = [placeOf(number), teeth.get(number)]
    const shade = tooth !== undefined && isRestored(tooth) ? shadeText(tooth) : null
    if (place === null || shade === null) continue
    const rows = Array.from({ length: ROWS }, (_, row) => shadeAt(place, shade, row))
    const free = rows.find((label) => !labels.some((other) => overlap(label, other)))
    labels.push(free ?? (rows[0] as Label))
  }
  return labels
}

export function overlap(a: Label, b: Label): boolean {
  return (
    Math.abs(a.x - b.x) < (a.width + b.width) / 2 + GAP.texts &&
    Math.abs(a.y - b.y) < (a.height + b.height) / 2
  )
}

function numberAt(place: Place, tooth: CaseTooth | undefined): Label {
  const restored = tooth !== undefined && isRestored(tooth)
  const size = boxOf(String(place.number), restored ? SIZE.restored : SIZE.number)
  const away = GAP.tooth + reach(place, size)
  return { ...at(place, away), ...size, number: place.number, kind: 'number', restored }
}

function shadeAt(place: Place, shade: string, row: number): Label {
  const size = boxOf(shade, SIZE.shade)
  const inner = GAP.tooth + 2 * reach(place, boxOf('00', SIZE.restored)) + GAP.shade
  const away = inner + (2 * row + 1) * reach(place, size)
  return { ...at(place, away), ...size, number: place.number, kind: 'shade', restored: true }
}

function boxOf(text: string, size: number): Pick<Label, 'text' | 'width' | 'height'> {
  return { text, width: text.length * LETTER * size, height: size }
}

/** From the middle of a box to its edge, along the way out of the mouth. */
const reach = ({ facial }: Place, { width, height }: Pick<Label, 'width' | 'height'>): number =>
  (Math.abs(facial[0]) * width + Math.abs(facial[1]) * height) / 2

function at(place: Place, away: number): Pick<Label, 'x' | 'y'> {
  const [x, y] = onPicture(place, [0, 1 + (2 * away) / place.depth])
  return { x, y }
}

/** null: there is none to be shown. */
function shadeText({ color }: CaseTooth): string | null {
  if (color === null || color === '' || color === '---') return null
  return color.length > LETTERS ? `${color.slice(0, LETTERS - 1)}…` : color
}
