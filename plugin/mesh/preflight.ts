import type { Warning } from '../errors.ts'
import { objCheck } from './obj.ts'
import { plyCheck } from './ply.ts'
import type { MeshFinding } from './points.ts'
import { stlCheck } from './stl.ts'

/** In millimetres, by the convention of the formats [I]. */
export type Point = readonly [x: number, y: number, z: number]

export interface MeshReport {
  readonly format:
    | 'stl-binary'
    | 'stl-ascii'
    | 'ply-ascii'
    | 'ply-binary-little-endian'
    | 'ply-binary-big-endian'
    | 'obj'
  readonly triangles: number | null
  readonly vertices: number | null
  readonly box: { readonly min: Point; readonly max: Point } | null
  /** Base name of the picture that a PLY names by `comment TextureFile`. */
  readonly texture: string | null
  readonly warnings: readonly Warning[]
}

export interface MeshCheck {
  push(chunk: Uint8Array): void
  end(): MeshReport | null
}

/**
 * Looks at a mesh while it streams by, in constant memory; never throws, whatever the bytes and however they are cut.
 * null where the name is not a mesh's. Warnings: mesh-not-understood, mesh-truncated, mesh-size-contradicts,
 * mesh-empty, mesh-non-finite, mesh-not-millimetres, mesh-flat.
 */
export function meshCheck(fileName: string, announcedBytes: number): MeshCheck | null {
  const ending = /\.(stl|ply|obj)$/i.exec(fileName)?.[1]?.toLowerCase()
  if (ending === undefined) return null
  const check = ending === 'stl' ? stlCheck(announcedBytes) : ending === 'ply' ? plyCheck() : objCheck()
  return {
    push: (chunk) => check.push(chunk),
    end: () => reportOf(check.end(), fileName),
  }
}

/** No arch, and no part of one worth scanning, is smaller or larger than this (an arch is 30–90 mm wide). */
const EXTENT_MM = { from: 5, to: 250 }

/** The lowest tooth stands out further: what is thinner is no scan of anything in a mouth. */
const FLAT_MM = 0.5

/** Arches in occlusion touch, or nearly. */
const GAP_MM = 15

function reportOf(found: MeshFinding, file: string): MeshReport | null {
  const warnings: Warning[] = found.troubles.map(({ code, facts }) => ({ code, facts: { file, ...facts } }))
  if (found.format === null) return { ...EMPTY, format: formatByEnding(file), warnings }
  const { box } = found
  if (found.empty) warnings.push({ code: 'mesh-empty', facts: { file } })
  if (found.nonFinite) warnings.push({ code: 'mesh-non-finite', facts: { file } })
  if (box !== null) {
    const extents = box.max.map((max, axis) => max - (box.min[axis] as number))
    const [extent, height] = [Math.max(...extents), Math.min(...extents)]
    if (extent < EXTENT_MM.from || extent > EXTENT_MM.to) {
      warnings.push({ code: 'mesh-not-millimetres', facts: { file, extent: Number(extent.toPrecision(4)) } })
    } else if (height < FLAT_MM) {
      warnings.push({ code: 'mesh-flat', facts: { file, height: Number(height.toPrecision(2)) } })
    }
  }
  const { format, triangles, vertices, texture } = found
  return { format, triangles, vertices, box, texture, warnings }
}

const EMPTY = { triangles: null, vertices: null, box: null, texture: null }

/** Of a mesh that cannot be read, what its name claims. */
function formatByEnding(file: string): MeshReport['format'] {
  return /stl$/i.test(file) ? 'stl-binary' : /ply$/i.test(file) ? 'ply-ascii' : 'obj'
}

/** Do the jaws of one order lie in occlusion in one frame: −X patient right, −Y anterior, +Z cranial [C]? */
export function archesWarnings(upper: MeshReport, lower: MeshReport): readonly Warning[] {
  const [a, b] = [upper.box, lower.box]
  if (a === null || b === null) return []
  const gap = Math.max(
    ...[0, 1, 2].map((axis) => {
      const [aMin, aMax] = [a.min[axis] as number, a.max[axis] as number]
      const [bMin, bMax] = [b.min[axis] as number, b.max[axis] as number]
      return Math.max(aMin - bMax, bMin - aMax)
    }),
  )
  if (gap > GAP_MM) return [{ code: 'mesh-arches-apart', facts: { gap: Number(gap.toPrecision(4)) } }]
  const height = (box: { min: Point; max: Point }): number => (box.min[2] + box.max[2]) / 2
  const below = height(b) - height(a)
  if (below <= 0) return []
  return [
    { code: 'mesh-arches-apart', facts: { reason: 'upper-below-lower', by: Number(below.toPrecision(4)) } },
  ]
}
