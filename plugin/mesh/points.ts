import type { Warning } from '../errors.ts'
import type { MeshReport, Point } from './preflight.ts'

/** What a format's reader found, before it is judged. */
export interface MeshFinding {
  /** null where the bytes are not of the format. */
  readonly format: MeshReport['format'] | null
  readonly triangles: number | null
  readonly vertices: number | null
  readonly box: MeshReport['box']
  readonly texture: string | null
  readonly empty: boolean
  readonly nonFinite: boolean
  /** Facts without the file's name. */
  readonly troubles: readonly Warning[]
}

export interface FormatCheck {
  push(chunk: Uint8Array): void
  end(): MeshFinding
}

/** Smallest and largest coordinates seen. A sum tells whether one was not finite: it never becomes finite again. */
export interface Bounds {
  minX: number
  minY: number
  minZ: number
  maxX: number
  maxY: number
  maxZ: number
  sum: number
}

export function newBounds(): Bounds {
  const [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return { minX: low, minY: low, minZ: low, maxX: high, maxY: high, maxZ: high, sum: 0 }
}

export function include(b: Bounds, x: number, y: number, z: number): void {
  if (x < b.minX) b.minX = x
  if (x > b.maxX) b.maxX = x
  if (y < b.minY) b.minY = y
  if (y > b.maxY) b.maxY = y
  if (z < b.minZ) b.minZ = z
  if (z > b.maxZ) b.maxZ = z
  b.sum += (x + y + z) * 1e-300
}

/** null where no point was seen, or one that is nowhere. */
export function boxOf(b: Bounds): { readonly min: Point; readonly max: Point } | null {
  const box = { min: [b.minX, b.minY, b.minZ] as const, max: [b.maxX, b.maxY, b.maxZ] as const }
  return [...box.min, ...box.max].every(Number.isFinite) ? box : null
}

export function isNonFinite(b: Bounds): boolean {
  return !Number.isFinite(b.sum)
}

export const NOTHING: MeshFinding = {
  format: null,
  triangles: null,
  vertices: null,
  box: null,
  texture: null,
  empty: false,
  nonFinite: false,
  troubles: [],
}

export function notUnderstood(reason: string): MeshFinding {
  return { ...NOTHING, troubles: [{ code: 'mesh-not-understood', facts: { reason } }] }
}
