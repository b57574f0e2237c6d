import type { Bytes } from './bytes.ts'
import { type Mesh, meshError, TRIANGLES_LIMIT } from './mesh.ts'
import { weld } from './weld.ts'

export const STL_HEADER_BYTES = 84
export const STL_FACET_BYTES = 50

/**
 * Binary STL, read as it comes in: three's STLLoader wants the whole file first and holds three vertices and normals for
 * each triangle (200 MB of file: 490 MB beside it, measured). Errors: `broken`, `too-large`.
 */
export async function readBinaryStl(bytes: Bytes, count: number): Promise<Mesh> {
  if (count > TRIANGLES_LIMIT) throw meshError('too-large')
  bytes.at += STL_HEADER_BYTES
  const surface = weld(Math.min(count, FIRST_GUESS))
  for (let left = count; left > 0; ) {
    await bytes.need(STL_FACET_BYTES)
    const { view } = bytes
    const facets = Math.min(left, Math.floor((view.byteLength - bytes.at) / STL_FACET_BYTES))
    let at = bytes.at + 12
    for (let facet = 0; facet < facets; facet++, at += STL_FACET_BYTES)
      surface.triangle(
        view.getFloat32(at, true),
        view.getFloat32(at + 4, true),
        view.getFloat32(at + 8, true),
        view.getFloat32(at + 12, true),
        view.getFloat32(at + 16, true),
        view.getFloat32(at + 20, true),
        view.getFloat32(at + 24, true),
        view.getFloat32(at + 28, true),
        view.getFloat32(at + 32, true),
      )
    bytes.at += facets * STL_FACET_BYTES
    left -= facets
  }
  return surface.mesh()
}

/** A header may announce what does not come: memory for more is taken as it comes. */
const FIRST_GUESS = 1 << 22
