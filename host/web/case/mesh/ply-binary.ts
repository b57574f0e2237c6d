import type { Bytes } from './bytes.ts'
import { grown } from './grow.ts'
import { type Mesh, meshError, TRIANGLES_LIMIT, VERTICES_LIMIT } from './mesh.ts'
import {
  PLY_TYPE_BYTES,
  type PlyElement,
  type PlyHeader,
  type PlyProperty,
  type PlyType,
} from './ply-header.ts'
import { type Seams, seams } from './seams.ts'

/**
 * The body of a binary PLY, read as it comes in: three's PLYLoader makes an object of each vertex and face and lists of
 * numbers of them (200 MB of file: 1.6 to 2 GB, measured). Elements and properties that are of no use here are passed
 * over. Errors: `broken`, `too-large`.
 */
export async function readBinaryPly(bytes: Bytes, { format, elements }: PlyHeader): Promise<Mesh> {
  const little = format === 'binary_little_endian'
  let vertices: Vertices | null = null
  let faces: Faces | null = null
  for (const element of elements) {
    if (element.name === 'vertex') vertices = await readVertices(bytes, element, little)
    else if (element.name === 'face' && vertices !== null)
      faces = await readFaces(bytes, element, little, vertices)
    else await eachRow(bytes, element, little, () => {})
  }
  if (vertices === null) throw meshError('broken')
  const { positions, colours, uvs } = vertices
  if (faces?.seams) return faces.seams.mesh(faces.indices)
  return { positions, colours, uvs, indices: faces?.indices ?? new Uint32Array(0), twins: new Uint32Array(0) }
}

interface Vertices {
  readonly count: number
  readonly positions: Float32Array<ArrayBuffer>
  readonly colours: Uint8Array<ArrayBuffer> | null
  readonly uvs: Float32Array<ArrayBuffer> | null
}

async function readVertices(bytes: Bytes, element: PlyElement, little: boolean): Promise<Vertices> {
  if (element.rows > VERTICES_LIMIT) throw meshError('too-large')
  const place = (...names: readonly string[]): number =>
    element.properties.findIndex(({ name, count }) => count === null && names.includes(name))
  const xyz = [place('x'), place('y'), place('z')]
  const rgb = [
    place('red', 'r', 'diffuse_red'),
    place('green', 'g', 'diffuse_green'),
    place('blue', 'b', 'diffuse_blue'),
  ]
  const uv = [place('s', 'u', 'texture_u'), place('t', 'v', 'texture_v')]
  if (xyz.includes(-1)) throw meshError('broken')
  const scale = rgb.map((at) => colourScale(element.properties[at]?.type))
  const first = Math.min(element.rows, FIRST_GUESS)
  let positions = new Float32Array(first * 3)
  let colours = rgb.includes(-1) ? null : new Uint8Array(first * 3)
  let uvs = uv.includes(-1) ? null : new Float32Array(first * 2)
  await eachRow(bytes, element, little, (values, row) => {
    positions = grown(positions, row * 3 + 3)
    if (colours) colours = grown(colours, row * 3 + 3)
    for (let axis = 0; axis < 3; axis++) {
      const value = values[xyz[axis] as number] as number
      if (!Number.isFinite(value)) throw meshError('broken')
      positions[row * 3 + axis] = value
      if (colours) colours[row * 3 + axis] = (values[rgb[axis] as number] as number) * (scale[axis] as number)
    }
    if (uvs) {
      uvs = grown(uvs, row * 2 + 2)
      uvs[row * 2] = values[uv[0] as number] as number
      uvs[row * 2 + 1] = values[uv[1] as number] as number
    }
  })
  const count = element.rows
  return {
    count,
    positions: positions.subarray(0, count * 3),
    colours: colours?.subarray(0, count * 3) ?? null,
    uvs: uvs?.subarray(0, count * 2) ?? null,
  }
}

interface Faces {
  readonly indices: Uint32Array
  readonly seams: Seams | null
}

async function readFaces(
  bytes: Bytes,
  element: PlyElement,
  little: boolean,
  vertices: Vertices,
): Promise<Faces> {
  if (element.rows > TRIANGLES_LIMIT) throw meshError('too-large')
  const corners = element.properties.findIndex(
    ({ name, count }) => count !== null && (name === 'vertex_indices' || name === 'vertex_index'),
  )
  const texcoord = element.properties.findIndex(({ name, count }) => count !== null && name === 'texcoord')
  if (corners === -1) throw meshError(element.properties.length > 0 ? 'unsupported' : 'broken')
  const parting = texcoord === -1 ? null : seams(vertices)
  let indices = new Uint32Array(Math.min(element.rows, FIRST_GUESS) * 3)
  let used = 0
  const lists: Lists = { of: [corners, texcoord], numbers: [[], []] }
  await eachRow(
    bytes,
    element,
    little,
    () => {
      const face = lists.numbers[0]
      const uvs = lists.numbers[1]
      const textured = parting !== null && uvs.length >= face.length * 2
      for (let corner = 0; corner < face.length; corner++) {
        const vertex = face[corner] as number
        if (!(vertex >= 0 && vertex < vertices.count)) throw meshError('broken')
        if (textured)
          face[corner] = parting.vertex(vertex, uvs[corner * 2] as number, uvs[corner * 2 + 1] as number)
      }
      // a polygon as a fan of triangles
      for (let corner = 2; corner < face.length; corner++) {
        const [a, b, c] = [face[0], face[corner - 1], face[corner]] as [number, number, number]
        if (a === b || b === c || c === a) continue
        if (used === TRIANGLES_LIMIT * 3) throw meshError('too-large')
        indices = grown(indices, used + 3)
        indices[used++] = a
        indices[used++] = b
        indices[used++] = c
      }
    },
    lists,
  )
  return { indices: indices.subarray(0, used), seams: parting }
}

/** The two lists of a face that are looked at, by their place among the properties. */
interface Lists {
  readonly of: readonly [number, number]
  readonly numbers: readonly [number[], number[]]
}

/** Walks the rows of an element. The values of its scalars are given by their place; the same list is filled again. */
async function eachRow(
  bytes: Bytes,
  { rows, properties }: PlyElement,
  little: boolean,
  take: (values: readonly number[], row: number) => void,
  lists?: Lists,
): Promise<void> {
  const values: number[] = properties.map(() => 0)
  for (let row = 0; row < rows; ) {
    while (row < rows && readRow(bytes, properties, little, values, lists)) take(values, row++)
    if (row < rows && !(await bytes.more())) throw meshError('broken')
  }
}

/** One row; false, and nothing read, where not all of it has come. */
function readRow(
  bytes: Bytes,
  properties: readonly PlyProperty[],
  little: boolean,
  values: number[],
  lists: Lists | undefined,
): boolean {
  const { view } = bytes
  const end = view.byteLength
  let at = bytes.at
  for (let place = 0; place < properties.length; place++) {
    const { type, count } = properties[place] as PlyProperty
    const size = PLY_TYPE_BYTES[type]
    if (count === null) {
      if (at + size > end) return false
      values[place] = numberAt(view, at, type, little)
      at += size
      continue
    }
    const countSize = PLY_TYPE_BYTES[count]
    if (at + countSize > end) return false
    const length = numberAt(view, at, count, little)
    if (length < 0 || length > LIST_LIMIT) throw meshError('broken')
    at += countSize
    if (at + length * size > end) return false
    const list = lists && listAt(lists, place)
    if (list) {
      list.length = length
      for (let index = 0; index < length; index++)
        list[index] = numberAt(view, at + index * size, type, little)
    }
    at += length * size
  }
  bytes.at = at
  return true
}

function listAt({ of, numbers }: Lists, place: number): number[] | undefined {
  return place === of[0] ? numbers[0] : place === of[1] ? numbers[1] : undefined
}

function numberAt(view: DataView, at: number, type: PlyType, little: boolean): number {
  switch (type) {
    case 'float32':
      return view.getFloat32(at, little)
    case 'uint8':
      return view.getUint8(at)
    case 'int32':
      return view.getInt32(at, little)
    case 'uint32':
      return view.getUint32(at, little)
    case 'int8':
      return view.getInt8(at)
    case 'int16':
      return view.getInt16(at, little)
    case 'uint16':
      return view.getUint16(at, little)
    case 'float64':
      return view.getFloat64(at, little)
  }
}

function colourScale(type: PlyType | undefined): number {
  if (type === 'float32' || type === 'float64') return 255
  return type === 'uint16' ? 1 / 257 : 1
}

/** A header may announce what does not come: memory for more is taken as it comes. */
const FIRST_GUESS = 1 << 22
/** Corners of one polygon. */
const LIST_LIMIT = 4096
