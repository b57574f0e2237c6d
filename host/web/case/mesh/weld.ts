import { grown } from './grow.ts'
import { type Mesh, meshError, TRIANGLES_LIMIT } from './mesh.ts'

/** Makes one surface of triangles that come each with its own corners, as an STL has them. */
export interface Weld {
  /** Corners that are equal to the last bit become one vertex; a triangle of less than three is dropped. */
  triangle(
    ax: number,
    ay: number,
    az: number,
    bx: number,
    by: number,
    bz: number,
    cx: number,
    cy: number,
    cz: number,
  ): void
  mesh(): Mesh
}

/** `triangles`: how many are expected; more may come, up to TRIANGLES_LIMIT (`too-large`). */
export function weld(triangles: number): Weld {
  const expected = Math.min(triangles, TRIANGLES_LIMIT)
  let positions = new Float32Array(Math.ceil(expected * 0.55) * 3 + 1024)
  let indices = new Uint32Array(expected * 3)
  let vertices = 0
  let corners = 0
  let slots = new Int32Array(powerOfTwo(expected)).fill(-1)
  let bits = new Uint32Array(positions.buffer)

  const slotOf = (x: number, y: number, z: number, of: Int32Array): number =>
    (Math.imul(x, 73_856_093) ^
      Math.imul(y, 19_349_663) ^
      Math.imul(z, 83_492_791) ^
      (x >>> 15) ^
      (z >>> 13)) &
    (of.length - 1)

  const rehash = (): void => {
    const larger = new Int32Array(slots.length * 2).fill(-1)
    for (let vertex = 0; vertex < vertices; vertex++) {
      const at = vertex * 3
      let slot = slotOf(bits[at] as number, bits[at + 1] as number, bits[at + 2] as number, larger)
      while (larger[slot] !== -1) slot = (slot + 1) & (larger.length - 1)
      larger[slot] = vertex
    }
    slots = larger
  }

  const vertexAt = (x: number, y: number, z: number): number => {
    const at = vertices * 3
    if (at + 3 > positions.length) {
      positions = grown(positions, at + 3)
      bits = new Uint32Array(positions.buffer)
    }
    // + 0 makes one number of the two zeros
    positions[at] = x + 0
    positions[at + 1] = y + 0
    positions[at + 2] = z + 0
    const [bx, by, bz] = [bits[at] as number, bits[at + 1] as number, bits[at + 2] as number]
    let slot = slotOf(bx, by, bz, slots)
    for (;;) {
      const known = slots[slot] as number
      if (known === -1) break
      if (bits[known * 3] === bx && bits[known * 3 + 1] === by && bits[known * 3 + 2] === bz) return known
      slot = (slot + 1) & (slots.length - 1)
    }
    slots[slot] = vertices
    vertices++
    if (vertices * 2 > slots.length) rehash()
    return vertices - 1
  }

  return {
    triangle(ax, ay, az, bx, by, bz, cx, cy, cz) {
      // one of them not a number makes the sum none
      if (!Number.isFinite(ax + ay + az + bx + by + bz + cx + cy + cz)) throw meshError('broken')
      const a = vertexAt(ax, ay, az)
      const b = vertexAt(bx, by, bz)
      const c = vertexAt(cx, cy, cz)
      if (a === b || b === c || c === a) return
      if (corners === TRIANGLES_LIMIT * 3) throw meshError('too-large')
      indices = grown(indices, corners + 3)
      indices[corners++] = a
      indices[corners++] = b
      indices[corners++] = c
    },
    mesh: () => ({
      positions: positions.subarray(0, vertices * 3),
      indices: indices.subarray(0, corners),
      colours: null,
      uvs: null,
      twins: new Uint32Array(0),
    }),
  }
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1024, atLeast)))
}
