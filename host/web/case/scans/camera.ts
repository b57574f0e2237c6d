import type { Box } from '../mesh/messages.ts'

/** Where the eye stands: the frame of the mouth is −X the patient's right, −Y the front, +Z cranial; mm. */
export interface Camera {
  /** What it looks at. */
  readonly target: Vector
  /** Degrees around the mouth: 0 in front, 90 at the patient's left. */
  readonly around: number
  /** Degrees above the occlusal plane: 90 from above, −90 from below. */
  readonly above: number
  /** From the target. */
  readonly distance: number
}

export type Vector = readonly [number, number, number]

export const VIEWS = ['front', 'upper', 'lower', 'left', 'right'] as const
export type View = (typeof VIEWS)[number]

/** Of the picture's height, degrees; long, so that teeth at the back look as large as they are. */
export const FIELD = 18

export const START: Camera = { target: [0, 0, 0], around: 0, above: 0, distance: 250 }

/** The upper jaw is seen from below with the front at the top, the lower one from above with the front at the bottom. */
const STANDS: Readonly<Record<View, readonly [around: number, above: number]>> = {
  front: [0, 0],
  upper: [0, -90],
  lower: [0, 90],
  left: [90, 0],
  right: [-90, 0],
}

/** All of a box from a side. `aspect`: width of the picture for its height. */
export function lookedAt(view: View, box: Box, aspect: number): Camera {
  const [around, above] = STANDS[view]
  const [x, y, z] = [0, 1, 2].map(
    (axis) => ((box.max[axis] as number) - (box.min[axis] as number)) / 2,
  ) as unknown as Vector
  const [across, high, deep] = above !== 0 ? [x, y, z] : around !== 0 ? [y, z, x] : [x, z, y]
  const distance = (Math.max(high / SLOPE, across / (SLOPE * aspect)) + deep) * MARGIN
  return bounded({ target: middleOf(box), around, above, distance })
}

/** Degrees to the patient's left, and up. */
export function turned(camera: Camera, left: number, up: number): Camera {
  return bounded({ ...camera, around: camera.around + left, above: camera.above + up })
}

/** Moves the eye beside the mouth; in heights of the picture. */
export function shifted(camera: Camera, right: number, up: number): Camera {
  const height = 2 * camera.distance * SLOPE
  const axes = axesOf(camera)
  return { ...camera, target: sum(camera.target, [axes.right, right * height], [axes.up, up * height]) }
}

/** Nearer by a factor below 1; what lies at a point of the picture (heights from its middle, right and up) stays there. */
export function zoomed(
  camera: Camera,
  factor: number,
  [right, up]: readonly [number, number] = [0, 0],
): Camera {
  const nearer = bounded({ ...camera, distance: camera.distance * factor })
  const stays = 1 - nearer.distance / camera.distance
  return { ...nearer, target: shifted(camera, right * stays, up * stays).target }
}

/** Unit vectors to the right and the top of the picture, and where the eye is. */
export function axesOf({ target, around, above, distance }: Camera): {
  readonly right: Vector
  readonly up: Vector
  readonly eye: Vector
} {
  const [ca, sa] = [Math.cos(around * RADIAN), Math.sin(around * RADIAN)]
  const [cu, su] = [Math.cos(above * RADIAN), Math.sin(above * RADIAN)]
  const towards: Vector = [cu * sa, -cu * ca, su]
  return { right: [ca, sa, 0], up: [-su * sa, su * ca, cu], eye: sum(target, [towards, distance]) }
}

/** Where on the picture the patient's right is: −1 left to 1 right, near 0 where it is not to be told. */
export function patientsRight(camera: Camera): number {
  return -axesOf(camera).right[0]
}

export function joined(boxes: readonly Box[]): Box | null {
  const [first, ...rest] = boxes
  if (first === undefined) return null
  return rest.reduce<Box>(
    (sum, box) => ({
      min: each((axis) => Math.min(sum.min[axis], box.min[axis])),
      max: each((axis) => Math.max(sum.max[axis], box.max[axis])),
    }),
    first,
  )
}

const RADIAN = Math.PI / 180
const SLOPE = Math.tan((FIELD / 2) * RADIAN)
const MARGIN = 1.06
const NEAREST = 5
const FARTHEST = 1500

function bounded(camera: Camera): Camera {
  return {
    ...camera,
    above: Math.min(90, Math.max(-90, camera.above)),
    distance: Math.min(FARTHEST, Math.max(NEAREST, camera.distance)),
  }
}

function middleOf(box: Box): Vector {
  return each((axis) => (box.min[axis] + box.max[axis]) / 2)
}

function sum(from: Vector, ...steps: readonly (readonly [Vector, number])[]): Vector {
  return each((axis) => steps.reduce((at, [way, length]) => at + way[axis] * length, from[axis]))
}

function each(of: (axis: 0 | 1 | 2) => number): [number, number, number] {
  return [of(0), of(1), of(2)]
}
