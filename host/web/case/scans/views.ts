import type { Box } from '../mesh/messages.ts'

/** Where the eye stands: the frame of the mouth is −X the patient's right, −Y the front, +Z cranial. */
export const VIEWS = ['front', 'upper', 'lower', 'left', 'right'] as const
export type View = (typeof VIEWS)[number]

export type Vector = readonly [number, number, number]

/** From the middle of the mouth to the eye; +Z is up on the screen, or as near as it gets. */
export const EYES: Readonly<Record<View, Vector>> = {
  front: [0, -1, 0.0001],
  // a trace towards the front keeps the front at the top of the upper jaw and at the bottom of the lower one
  upper: [0, -0.0001, -1],
  lower: [0, -0.0001, 1],
  left: [1, -0.0001, 0],
  right: [-1, -0.0001, 0],
}

/** How far from the middle of the box the eye stands so that all of it is seen, mm. `fov`: vertical, radians. */
export function distanceTo(box: Box, view: Vector, fov: number, aspect: number): number {
  const size = [0, 1, 2].map((axis) => ((box.max[axis] as number) - (box.min[axis] as number)) / 2)
  const [x, y, z] = size as [number, number, number]
  const [across, high, deep] = vertical(view) ? [x, y, z] : Math.abs(view[0]) > 0.5 ? [y, z, x] : [x, z, y]
  const tan = Math.tan(fov / 2)
  return (Math.max(high / tan, across / (tan * aspect)) + deep) * MARGIN
}

const vertical = (view: Vector): boolean => Math.abs(view[2]) > 0.5
const MARGIN = 1.06

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

export function middleOf(box: Box): Vector {
  return each((axis) => (box.min[axis] + box.max[axis]) / 2)
}

function each(of: (axis: 0 | 1 | 2) => number): [number, number, number] {
  return [of(0), of(1), of(2)]
}
