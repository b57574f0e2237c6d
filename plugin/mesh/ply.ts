import { lineReader } from './lines.ts'
import { plyRows } from './ply-ascii.ts'
import { plyBody } from './ply-binary.ts'
import { type PlyHeader, readPlyHeader, verticesOf } from './ply-header.ts'
import {
  type Bounds,
  boxOf,
  type FormatCheck,
  isNonFinite,
  type MeshFinding,
  NOTHING,
  newBounds,
  notUnderstood,
} from './points.ts'

const HEADER_LIMIT_BYTES = 64 * 1024
const HEADER_END = /[\r\n]end_header[ \t]*(\r\n|\n|\r(?!\n))/

/** What walking the rows of a PLY's body found. */
export interface PlyWalk {
  readonly bounds: Bounds
  triangles: number
  /** Rows that the header announced and that did not come in full. */
  rowsLeft: number
  bytesAfter: number
  broken: boolean
  /** A face has a corner that is none of the vertices. */
  beyond: boolean
}

export interface PlyBody {
  push(chunk: Uint8Array): void
  end(): void
}

/** PLY, ASCII or binary of either byte order; unknown elements and properties are passed over. */
export function plyCheck(): FormatCheck {
  let head = Buffer.alloc(0)
  let state: 'head' | 'body' | 'foreign' = 'head'
  let header: PlyHeader | null = null
  let body: PlyBody | null = null
  let walk: PlyWalk | null = null
  const begin = (found: RegExpExecArray, text: string): void => {
    header = readPlyHeader(text.slice(0, found.index))
    if (header === null) {
      state = 'foreign'
      return
    }
    state = 'body'
    walk = { bounds: newBounds(), triangles: 0, rowsLeft: 0, bytesAfter: 0, broken: false, beyond: false }
    body = header.format === 'ply-ascii' ? asciiBody(header, walk) : plyBody(header, walk)
    body.push(head.subarray(found.index + found[0].length))
  }
  return {
    push(chunk) {
      if (state === 'body') return body?.push(chunk)
      if (state === 'foreign') return
      // Beyond the limit nothing is kept: the header ends in it or never.
      const taken = Math.min(chunk.length, HEADER_LIMIT_BYTES - head.length)
      head = Buffer.concat([head, chunk.subarray(0, taken)])
      const text = head.toString('latin1')
      // A carriage return at the very end may have its line feed in the next chunk.
      const found = text.endsWith('\r') && head.length < HEADER_LIMIT_BYTES ? null : HEADER_END.exec(text)
      if (found !== null) {
        begin(found, text)
        body?.push(chunk.subarray(taken))
      } else if (
        head.length === HEADER_LIMIT_BYTES ||
        !/^p?l?y?/.test(text) ||
        !'ply'.startsWith(text.slice(0, 3))
      ) {
        state = 'foreign'
      }
      if (state !== 'head') head = Buffer.alloc(0)
    },
    end() {
      const found = state === 'head' ? HEADER_END.exec(head.toString('latin1')) : null
      if (found !== null) begin(found, head.toString('latin1'))
      body?.end()
      return header === null || walk === null ? notUnderstood('no-ply-header') : findingOf(header, walk)
    },
  }
}

function asciiBody(header: PlyHeader, walk: PlyWalk): PlyBody {
  return lineReader(plyRows(header, walk), () => {
    walk.broken = true
  })
}

function findingOf(header: PlyHeader, walk: PlyWalk): MeshFinding {
  const vertices = verticesOf(header)
  const faces = header.elements.find(({ name }) => name === 'face')?.rows ?? 0
  const troubles: MeshFinding['troubles'][number][] = []
  if (walk.broken) troubles.push({ code: 'mesh-not-understood', facts: { reason: 'ply-rows' } })
  else if (walk.rowsLeft > 0) troubles.push({ code: 'mesh-truncated', facts: { rows: walk.rowsLeft } })
  else if (walk.bytesAfter > 0) {
    troubles.push({
      code: 'mesh-size-contradicts',
      facts: { bytes: walk.bytesAfter, triangles: walk.triangles },
    })
  } else if (walk.beyond && vertices > 0) {
    troubles.push({ code: 'mesh-not-understood', facts: { reason: 'ply-indices' } })
  }
  return {
    ...NOTHING,
    format: header.format,
    vertices,
    triangles: walk.triangles,
    box: boxOf(walk.bounds),
    texture: header.texture,
    empty: vertices === 0 || faces === 0,
    nonFinite: isNonFinite(walk.bounds),
    troubles,
  }
}
