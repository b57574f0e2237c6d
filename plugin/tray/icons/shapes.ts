import type { TrayIcon } from '../state.ts'

/**
 * The motif: a molar that a scan's beam runs across. All on a field of 16 × 16 units, y downwards; what has to lie sharp on
 * pixels is snapped to them for the size at hand.
 */
const FIELD = 16

/** Outline of the molar: crown with two cusps, two roots. Cubic curves: two handles and an end each. */
const START = [8, 3] as const
const CURVES: readonly (readonly [number, number, number, number, number, number])[] = [
  [6.9, 2.5, 5.9, 1, 4.3, 1],
  [2.2, 1, 1.2, 2.7, 1.2, 4.6],
  [1.2, 6.4, 2.1, 7.6, 2.5, 9.2],
  [2.9, 10.9, 2.7, 15, 4.5, 15],
  [6.3, 15, 5.8, 10.3, 8, 10.3],
  [10.2, 10.3, 9.7, 15, 11.5, 15],
  [13.3, 15, 13.1, 10.9, 13.5, 9.2],
  [13.9, 7.6, 14.8, 6.4, 14.8, 4.6],
  [14.8, 2.7, 13.8, 1, 11.7, 1],
  [10.1, 1, 9.1, 2.5, 8, 3],
]
const STEPS = 12
const OUTLINE = flattened()

/** Where the tooth begins and ends, by turns, along the line at `y` (pixels); in no order. */
export function toothEdges(y: number, size: number): readonly number[] {
  const at = (y / size) * FIELD
  const edges: number[] = []
  let [lastX, lastY] = OUTLINE.at(-1) ?? START
  for (const [nextX, nextY] of OUTLINE) {
    if (nextY > at !== lastY > at) {
      edges.push((((lastX - nextX) * (at - nextY)) / (lastY - nextY) + nextX) * (size / FIELD))
    }
    ;[lastX, lastY] = [nextX, nextY]
  }
  return edges
}

/** The beam: a bar across the crown and a little beyond it, with clear rows on both sides. */
export function beamAt(y: number, size: number): 'inside' | 'margin' | 'outside' {
  const thick = Math.max(1, Math.round(size / FIELD))
  const clear = Math.max(1, Math.round(size / 24))
  const top = Math.round((size / FIELD) * 5.5)
  if (y >= top && y < top + thick) return 'inside'
  return y >= top - clear && y < top + thick + clear ? 'margin' : 'outside'
}

/** Of the dot: inside it, in the margin that is kept clear around it (or in a hole of it), or outside of both. */
export function badgeAt(
  icon: Exclude<TrayIcon, 'started'>,
  x: number,
  y: number,
  size: number,
): 'inside' | 'margin' | 'outside' {
  const radius = Math.round((size / FIELD) * 8) / 2
  const margin = Math.max(1, size / FIELD)
  const centre = size - radius
  const dx = x - centre
  const dy = y - centre
  const disc = Math.hypot(dx, dy) - radius
  const shape = icon === 'attention' ? triangle(dx, dy, radius) : disc
  if (shape < 0 && !holeAt(icon, dx, dy, radius)) return 'inside'
  // No splinter of the tooth is left at the right of it.
  const beside = dx > 0 && dy > -radius - margin
  return disc < margin || beside || (shape < margin && dy > 0) ? 'margin' : 'outside'
}

/** Shapes for who does not see the colour: a full disc, a triangle, a ring, a disc with a bar across. */
function holeAt(icon: TrayIcon, dx: number, dy: number, radius: number): boolean {
  switch (icon) {
    case 'idle':
      return Math.hypot(dx, dy) < radius / 2
    case 'signed-out':
      return Math.abs(dy) < Math.floor((radius + 1) / 4) && Math.abs(dx) < Math.round(radius * 0.6)
    case 'attention':
      // An exclamation mark, where there are pixels enough for one.
      if (radius < 8) return false
      return (
        Math.abs(dx) < radius * 0.11 &&
        ((dy > -radius * 0.38 && dy < radius * 0.3) || (dy > radius * 0.48 && dy < radius * 0.7))
      )
    default:
      return false
  }
}

/** Distance from a triangle standing on its base, as wide and high as the disc; negative inside. */
function triangle(dx: number, dy: number, radius: number): number {
  const height = radius * 2
  // The slope of a side that falls half the width over the height.
  const slope = Math.hypot(height, radius)
  const side = (Math.abs(dx) * height - (dy + radius) * radius) / slope
  return Math.max(side, dy - radius)
}

function flattened(): readonly (readonly [number, number])[] {
  const points: [number, number][] = []
  let [x, y] = START as readonly [number, number]
  for (const [ax, ay, bx, by, ex, ey] of CURVES) {
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS
      const u = 1 - t
      points.push([
        u ** 3 * x + 3 * u * u * t * ax + 3 * u * t * t * bx + t ** 3 * ex,
        u ** 3 * y + 3 * u * u * t * ay + 3 * u * t * t * by + t ** 3 * ey,
      ])
    }
    ;[x, y] = [ex, ey]
  }
  return points
}
