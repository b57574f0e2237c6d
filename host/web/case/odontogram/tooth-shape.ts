import type { Place, Point, ToothKind } from './arch.ts'

/** A crown seen from its occlusal side: −1 mesial to 1 distal, −1 lingual to 1 facial. */
interface Crown {
  readonly outline: readonly Point[]
  /** Edges, ridges and fissures, each a line. */
  readonly relief: readonly (readonly Point[])[]
}

/** SVG paths of a tooth at its place: the outline, closed, and the relief on it. */
export function toothPaths(place: Place): { readonly outline: string; readonly relief: string } {
  const crown = CROWNS[place.jaw][place.kind]
  return {
    outline: smooth(
      crown.outline.map((point) => onPicture(place, point)),
      true,
    ),
    relief: crown.relief
      .map((line) =>
        smooth(
          line.map((point) => onPicture(place, point)),
          false,
        ),
      )
      .join(' '),
  }
}

/** A point of a crown on the picture. */
export function onPicture({ x, y, width, depth, distal, facial }: Place, [m, f]: Point): Point {
  const [along, out] = [(m * width) / 2, (f * depth) / 2]
  return [x + distal[0] * along + facial[0] * out, y + distal[1] * along + facial[1] * out]
}

/** Catmull-Rom through the points, as Bézier curves. */
function smooth(points: readonly Point[], closed: boolean): string {
  const last = points.length - 1
  const at = (index: number): Point =>
    points[closed ? (index + points.length) % points.length : Math.min(Math.max(index, 0), last)] as Point
  const parts = [`M${round(at(0))}`]
  for (let index = 0; index < (closed ? points.length : last); index++) {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)]
    const first: Point = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6]
    const second: Point = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6]
    parts.push(`C${round(first)} ${round(second)} ${round(to)}`)
  }
  return parts.join('') + (closed ? 'Z' : '')
}

const round = ([x, y]: Point): string => `${x.toFixed(2)} ${y.toFixed(2)}`

const UPPER: Record<ToothKind, Crown> = {
  incisor: {
    outline: [
      [-0.98, 0.42],
      [-0.62, 0.86],
      [0, 1],
      [0.62, 0.84],
      [0.97, 0.34],
      [0.66, -0.38],
      [0.3, -0.86],
      [-0.02, -0.98],
      [-0.34, -0.86],
      [-0.7, -0.36],
    ],
    relief: [
      [
        [-0.78, 0.34],
        [0, 0.5],
        [0.76, 0.26],
      ],
      [
        [-0.36, -0.42],
        [0, -0.56],
        [0.34, -0.44],
      ],
    ],
  },
  canine: {
    outline: [
      [-0.95, 0.12],
      [-0.56, 0.74],
      [0.02, 1],
      [0.58, 0.7],
      [0.95, 0.04],
      [0.6, -0.6],
      [0.02, -0.98],
      [-0.56, -0.6],
    ],
    relief: [
      [
        [-0.76, 0.1],
        [-0.3, 0.3],
        [0.02, 0.42],
        [0.34, 0.26],
        [0.76, 0.02],
      ],
      [
        [0.02, 0.42],
        [0.02, -0.4],
      ],
    ],
  },
  premolar: {
    outline: [
      [-0.92, 0.42],
      [-0.52, 0.9],
      [0.02, 1],
      [0.56, 0.88],
      [0.93, 0.38],
      [0.84, -0.3],
      [0.52, -0.86],
      [0, -1],
      [-0.5, -0.86],
      [-0.82, -0.3],
    ],
    relief: [
      [
        [-0.62, 0.22],
        [-0.46, -0.02],
        [0, -0.08],
        [0.48, -0.02],
        [0.64, 0.2],
      ],
      [
        [-0.46, -0.02],
        [-0.6, -0.26],
      ],
      [
        [0.48, -0.02],
        [0.62, -0.26],
      ],
    ],
  },
  molar: {
    outline: [
      [-0.98, 0.36],
      [-0.82, 0.86],
      [-0.38, 0.98],
      [-0.02, 0.9],
      [0.36, 0.95],
      [0.76, 0.8],
      [0.94, 0.28],
      [0.96, -0.3],
      [0.8, -0.84],
      [0.36, -0.98],
      [0.04, -0.88],
      [-0.34, -0.95],
      [-0.8, -0.78],
      [-0.94, -0.2],
    ],
    relief: [
      [
        [-0.66, 0.16],
        [-0.42, 0.04],
        [-0.06, 0.02],
      ],
      [
        [-0.02, 0.78],
        [-0.06, 0.3],
        [-0.06, 0.02],
        [0.26, -0.2],
        [0.4, -0.4],
        [0.2, -0.78],
      ],
      [
        [0.4, -0.4],
        [0.66, -0.36],
      ],
      [
        [0.26, -0.2],
        [0.6, 0.14],
      ],
    ],
  },
}

const LOWER: Record<ToothKind, Crown> = {
  incisor: {
    outline: [
      [-0.96, 0.46],
      [-0.6, 0.9],
      [0, 1],
      [0.6, 0.9],
      [0.96, 0.44],
      [0.66, -0.4],
      [0.3, -0.9],
      [0, -1],
      [-0.3, -0.9],
      [-0.66, -0.4],
    ],
    relief: [
      [
        [-0.74, 0.36],
        [0, 0.44],
        [0.74, 0.34],
      ],
    ],
  },
  canine: UPPER.canine,
  premolar: {
    outline: [
      [-0.9, 0.4],
      [-0.56, 0.88],
      [0, 1],
      [0.58, 0.86],
      [0.93, 0.36],
      [0.9, -0.34],
      [0.56, -0.86],
      [0, -0.98],
      [-0.56, -0.84],
      [-0.88, -0.32],
    ],
    relief: [
      [
        [-0.6, 0.06],
        [-0.3, -0.16],
        [0.06, -0.2],
        [0.4, -0.14],
        [0.64, 0.08],
      ],
      [
        [0.06, -0.2],
        [0.12, -0.62],
      ],
    ],
  },
  molar: {
    outline: [
      [-0.98, 0.3],
      [-0.86, 0.8],
      [-0.5, 0.97],
      [-0.2, 0.92],
      [0.1, 0.98],
      [0.42, 0.9],
      [0.78, 0.74],
      [0.97, 0.2],
      [0.96, -0.38],
      [0.76, -0.88],
      [0.34, -0.97],
      [0.02, -0.88],
      [-0.34, -0.97],
      [-0.8, -0.86],
      [-0.97, -0.34],
    ],
    relief: [
      [
        [-0.68, 0.06],
        [-0.24, -0.02],
        [0.02, 0.04],
        [0.34, 0],
        [0.68, 0.02],
      ],
      [
        [-0.22, 0.76],
        [-0.24, -0.02],
      ],
      [
        [0.46, 0.72],
        [0.34, 0],
      ],
      [
        [0.02, -0.72],
        [0.02, 0.04],
      ],
    ],
  },
}

const CROWNS = { upper: UPPER, lower: LOWER } as const
