import type { Mesh } from './mesh.ts'

/**
 * A part of a surface that goes to the graphics card in one go: short enough that the page is not held up, and with
 * indices of 16 bits.
 */
export interface Piece {
  readonly positions: Float32Array<ArrayBuffer>
  /** Of length 1 at 127; four bytes a vertex, the last is padding that cards want. */
  readonly normals: Int8Array<ArrayBuffer>
  /** sRGB, four bytes a vertex. */
  readonly colours: Uint8Array<ArrayBuffer> | null
  readonly uvs: Float32Array<ArrayBuffer> | null
  readonly indices: Uint16Array<ArrayBuffer>
}

/** To hand it over without a copy. */
export function buffersOf({ positions, normals, colours, uvs, indices }: Piece): ArrayBuffer[] {
  return [positions, normals, colours, uvs, indices].flatMap((array) => (array ? [array.buffer] : []))
}

export const PIECE_VERTICES = 65_535

/** Smooth normals from the triangles around each vertex, larger ones counting more; as `Piece.normals`. */
export function normalsOf({ positions, indices, twins }: Mesh): Int8Array {
  const count = positions.length / 3
  const first = count - twins.length
  const own = (vertex: number): number => (vertex < first ? vertex : (twins[vertex - first] as number))
  const sums = new Float32Array(first * 3)
  for (let at = 0; at < indices.length; at += 3) {
    const a = own(indices[at] as number) * 3
    const b = own(indices[at + 1] as number) * 3
    const c = own(indices[at + 2] as number) * 3
    const ux = (positions[b] as number) - (positions[a] as number)
    const uy = (positions[b + 1] as number) - (positions[a + 1] as number)
    const uz = (positions[b + 2] as number) - (positions[a + 2] as number)
    const vx = (positions[c] as number) - (positions[a] as number)
    const vy = (positions[c + 1] as number) - (positions[a + 1] as number)
    const vz = (positions[c + 2] as number) - (positions[a + 2] as number)
    const x = uy * vz - uz * vy
    const y = uz * vx - ux * vz
    const z = ux * vy - uy * vx
    for (const corner of [a, b, c]) {
      sums[corner] = (sums[corner] as number) + x
      sums[corner + 1] = (sums[corner + 1] as number) + y
      sums[corner + 2] = (sums[corner + 2] as number) + z
    }
  }
  const normals = new Int8Array(count * 4)
  for (let vertex = 0; vertex < count; vertex++) {
    const at = own(vertex) * 3
    const [x, y, z] = [sums[at] as number, sums[at + 1] as number, sums[at + 2] as number]
    const scale = 127 / (Math.sqrt(x * x + y * y + z * z) || 1)
    normals[vertex * 4] = Math.round(x * scale)
    normals[vertex * 4 + 1] = Math.round(y * scale)
    normals[vertex * 4 + 2] = Math.round(z * scale)
  }
  return normals
}

/** The triangles in their order, in pieces of at most PIECE_VERTICES vertices and so many triangles. */
export function* piecesOf(mesh: Mesh, normals: Int8Array): Generator<Piece> {
  const { indices } = mesh
  const local = new Int32Array(mesh.positions.length / 3).fill(-1)
  const vertices = new Uint32Array(PIECE_VERTICES)
  for (let start = 0; start < indices.length; ) {
    let used = 0
    let end = start
    const limit = Math.min(indices.length, start + PIECE_VERTICES * 3)
    for (; end < limit && used + 3 <= PIECE_VERTICES; end += 3) {
      for (let corner = end; corner < end + 3; corner++) {
        const vertex = indices[corner] as number
        if (local[vertex] !== -1) continue
        local[vertex] = used
        vertices[used++] = vertex
      }
    }
    const piece = new Uint16Array(end - start)
    for (let at = start; at < end; at++) piece[at - start] = local[indices[at] as number] as number
    yield gathered(mesh, normals, vertices.subarray(0, used), piece)
    for (let at = 0; at < used; at++) local[vertices[at] as number] = -1
    start = end
  }
}

function gathered(
  { positions, colours, uvs }: Mesh,
  normals: Int8Array,
  vertices: Uint32Array,
  indices: Uint16Array<ArrayBuffer>,
): Piece {
  const piece = {
    positions: new Float32Array(vertices.length * 3),
    normals: new Int8Array(vertices.length * 4),
    colours: colours && new Uint8Array(vertices.length * 4),
    uvs: uvs && new Float32Array(vertices.length * 2),
    indices,
  }
  vertices.forEach((vertex, at) => {
    for (let axis = 0; axis < 3; axis++) {
      piece.positions[at * 3 + axis] = positions[vertex * 3 + axis] as number
      piece.normals[at * 4 + axis] = normals[vertex * 4 + axis] as number
      if (colours && piece.colours) piece.colours[at * 4 + axis] = colours[vertex * 3 + axis] as number
    }
    if (piece.colours) piece.colours[at * 4 + 3] = 255
    if (uvs && piece.uvs) {
      piece.uvs[at * 2] = uvs[vertex * 2] as number
      piece.uvs[at * 2 + 1] = uvs[vertex * 2 + 1] as number
    }
  })
  return piece
}
