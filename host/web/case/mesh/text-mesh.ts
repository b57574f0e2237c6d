import type { BufferGeometry } from 'three'
import { OBJLoader } from 'three/examples/jsm/loaders/OBJLoader.js'
import { PLYLoader } from 'three/examples/jsm/loaders/PLYLoader.js'
import { STLLoader } from 'three/examples/jsm/loaders/STLLoader.js'
import { type Mesh, meshError, TRIANGLES_LIMIT } from './mesh.ts'
import type { PlyHeader } from './ply-header.ts'
import { weld } from './weld.ts'

/** What is written as text is read whole by three's loaders, which hold about five times its size: hence the limits. */
export const TEXT_LIMITS_BYTES = { stl: 256e6, ply: 64e6, obj: 64e6 } as const

/** Errors: `broken`, `too-large`. */
export function readAsciiStl(content: Uint8Array<ArrayBuffer>): Mesh {
  return welded(new STLLoader().parse(bufferOf(content)))
}

/** A file with fewer vertices than its header announces is `broken`: the loader gives what has come. */
export function readAsciiPly(content: Uint8Array<ArrayBuffer>, header: PlyHeader): Mesh {
  const geometry = new PLYLoader().parse(bufferOf(content))
  const announced = header.elements.find(({ name }) => name === 'vertex')?.rows
  const faces = header.elements.find(({ name }) => name === 'face')?.rows ?? 0
  const position = geometry.getAttribute('position')
  if (geometry.index === null) {
    if (faces > 0 && position.count < faces * 3) throw meshError('broken')
    return welded(geometry)
  }
  if (position.count !== announced || geometry.index.count < faces * 3) throw meshError('broken')
  return indexed(geometry)
}

/** The groups of an OBJ as one surface. Materials and texture are left aside. */
export function readObj(content: Uint8Array<ArrayBuffer>): Mesh {
  const surface = weld(0)
  new OBJLoader().parse(new TextDecoder().decode(content)).traverse((part) => {
    if ('isMesh' in part && 'geometry' in part) addTriangles(surface, part.geometry as BufferGeometry)
  })
  return surface.mesh()
}

function welded(geometry: BufferGeometry): Mesh {
  const surface = weld(Math.min(geometry.getAttribute('position').count / 3, TRIANGLES_LIMIT))
  addTriangles(surface, geometry)
  return surface.mesh()
}

function addTriangles(surface: ReturnType<typeof weld>, geometry: BufferGeometry): void {
  const { array, count } = geometry.getAttribute('position')
  const n = (at: number): number => array[at] as number
  for (let at = 0; at + 9 <= count * 3; at += 9)
    surface.triangle(
      n(at),
      n(at + 1),
      n(at + 2),
      n(at + 3),
      n(at + 4),
      n(at + 5),
      n(at + 6),
      n(at + 7),
      n(at + 8),
    )
}

function indexed(geometry: BufferGeometry): Mesh {
  const position = geometry.getAttribute('position')
  const colour = geometry.getAttribute('color')
  const uv = geometry.getAttribute('uv')
  const indices = Uint32Array.from(geometry.index?.array ?? [])
  if (indices.some((vertex) => vertex >= position.count) || !position.array.every(Number.isFinite))
    throw meshError('broken')
  return {
    positions: Float32Array.from(position.array),
    indices,
    colours: colour === undefined ? null : displayed(colour.array, colour.normalized ? 255 : 1),
    uvs: uv === undefined ? null : Float32Array.from(uv.array),
    twins: new Uint32Array(0),
  }
}

/** The loader has made the colours linear; here they are as the file has them. */
function displayed(linear: ArrayLike<number>, full: number): Uint8Array {
  return Uint8Array.from(linear, (value) => {
    const share = value / full
    return Math.round(255 * (share <= 0.0031308 ? share * 12.92 : 1.055 * share ** (1 / 2.4) - 0.055))
  })
}

function bufferOf(content: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return content.byteLength === content.buffer.byteLength
    ? content.buffer
    : content.buffer.slice(content.byteOffset, content.byteOffset + content.byteLength)
}
