import { type Bytes, bytesOf } from './bytes.ts'
import { type Mesh, meshError } from './mesh.ts'
import { readBinaryPly } from './ply-binary.ts'
import { plyHeader } from './ply-header.ts'
import { readBinaryStl, STL_FACET_BYTES, STL_HEADER_BYTES } from './stl-binary.ts'

export interface MeshSource {
  /** Its extension tells what it is. */
  readonly name: string
  /** Of the whole file; null: not known. */
  readonly bytes: number | null
  readonly chunks: AsyncIterable<Uint8Array>
  /** Bytes that have come so far. */
  progress?(done: number): void
}

/**
 * A scan from its file: STL and PLY, binary or text, OBJ. What is binary is read as it comes, in memory of the surface
 * alone. Errors carry a MeshFault: `broken`, `empty`, `too-large`, `unsupported`.
 */
export async function readMesh(source: MeshSource): Promise<Mesh> {
  const mesh = await read(source)
  if (mesh.indices.length === 0) throw meshError('empty')
  return mesh
}

async function read(source: MeshSource): Promise<Mesh> {
  const bytes = bytesOf(counted(source))
  switch (/\.([^.]+)$/.exec(source.name)?.[1]?.toLowerCase()) {
    case 'stl':
      return readStl(bytes, source.bytes)
    case 'ply':
      return readPly(bytes, source.bytes)
    case 'obj': {
      const { readObj, TEXT_LIMITS_BYTES } = await import('./text-mesh.ts')
      return readObj(await bytes.rest(TEXT_LIMITS_BYTES.obj, source.bytes))
    }
    default:
      throw meshError('unsupported')
  }
}

async function readStl(bytes: Bytes, known: number | null): Promise<Mesh> {
  await bytes.need(STL_HEADER_BYTES)
  const count = bytes.view.getUint32(bytes.at + 80, true)
  if (!isAscii(bytes, known, count)) return readBinaryStl(bytes, count)
  const { readAsciiStl, TEXT_LIMITS_BYTES } = await import('./text-mesh.ts')
  return readAsciiStl(await bytes.rest(TEXT_LIMITS_BYTES.stl, known))
}

/** Many binary files begin with "solid" too: the length decides first, then whether it is text at all. */
function isAscii({ view, at }: Bytes, known: number | null, count: number): boolean {
  if (known === STL_HEADER_BYTES + count * STL_FACET_BYTES) return false
  const head = new Uint8Array(view.buffer, view.byteOffset + at, STL_HEADER_BYTES)
  const isText = head.every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13))
  return isText && /^\s*solid/i.test(new TextDecoder('latin1').decode(head))
}

async function readPly(bytes: Bytes, known: number | null): Promise<Mesh> {
  const { header, length } = await plyHeader(bytes)
  if (header.format !== 'ascii') {
    bytes.at += length
    return readBinaryPly(bytes, header)
  }
  const { readAsciiPly, TEXT_LIMITS_BYTES } = await import('./text-mesh.ts')
  return readAsciiPly(await bytes.rest(TEXT_LIMITS_BYTES.ply, known), header)
}

async function* counted({ chunks, progress }: MeshSource): AsyncGenerator<Uint8Array> {
  let done = 0
  for await (const chunk of chunks) {
    if (chunk.byteLength === 0) continue
    done += chunk.byteLength
    progress?.(done)
    yield chunk
  }
}
