import { grown } from './grow.ts'
import { type Mesh, meshError, VERTICES_LIMIT } from './mesh.ts'

/**
 * Texture coordinates belong to the corners of faces there, and to vertices on a graphics card: where faces meet that lie
 * apart in the image, a vertex becomes two.
 */
export interface Seams {
  /** The vertex to be used for a corner with these coordinates. */
  vertex(of: number, u: number, v: number): number
  mesh(indices: Uint32Array): Mesh
}

export function seams(vertices: {
  readonly count: number
  readonly positions: Float32Array<ArrayBuffer>
  readonly colours: Uint8Array<ArrayBuffer> | null
}): Seams {
  let { positions, colours } = vertices
  let count = vertices.count
  let uvs = new Float32Array(count * 2).fill(Number.NaN)
  /** The next vertex at the same place, −1 at the last. */
  let next = new Int32Array(count).fill(-1)
  let twins = new Uint32Array(1024)

  const part = (of: number, last: number): number => {
    if (count === VERTICES_LIMIT) throw meshError('too-large')
    positions = grown(positions, count * 3 + 3)
    positions.copyWithin(count * 3, of * 3, of * 3 + 3)
    if (colours) {
      colours = grown(colours, count * 3 + 3)
      colours.copyWithin(count * 3, of * 3, of * 3 + 3)
    }
    uvs = grown(uvs, count * 2 + 2)
    next = grown(next, count + 1)
    next[last] = count
    next[count] = -1
    twins = grown(twins, count - vertices.count + 1)
    twins[count - vertices.count] = of
    return count++
  }

  return {
    vertex(of, u, v) {
      const [u32, v32] = [Math.fround(u), Math.fround(v)]
      let vertex = of
      for (let step = 0; ; step++) {
        if (Number.isNaN(uvs[vertex * 2])) break
        if (uvs[vertex * 2] === u32 && uvs[vertex * 2 + 1] === v32) return vertex
        if (next[vertex] === -1 || step === CHAIN_LIMIT) {
          vertex = part(of, vertex)
          break
        }
        vertex = next[vertex] as number
      }
      uvs[vertex * 2] = Number.isNaN(u32) ? 0 : u32
      uvs[vertex * 2 + 1] = Number.isNaN(v32) ? 0 : v32
      return vertex
    },
    mesh: (indices) => ({
      positions: positions.subarray(0, count * 3),
      colours: colours?.subarray(0, count * 3) ?? null,
      uvs: uvs.subarray(0, count * 2).map((value) => (Number.isNaN(value) ? 0 : value)),
      indices,
      twins: twins.subarray(0, count - vertices.count),
    }),
  }
}

/** Faces of one vertex that all lie apart: beyond it looking costs more than a vertex. */
const CHAIN_LIMIT = 32
