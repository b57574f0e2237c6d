import type { PlyBody, PlyWalk } from './ply.ts'
import { isIndices } from './ply-ascii.ts'
import { type PlyElement, type PlyHeader, type PlyType, verticesOf } from './ply-header.ts'
import { include } from './points.ts'

/** One element's rows, as they are walked. */
interface Walker {
  readonly element: PlyElement
  /** Bytes of a row where all rows are alike, else null. */
  readonly stride: number | null
  /** Where x, y and z stand in a row and what they are; null for other elements than vertices. */
  readonly xyz: readonly { readonly offset: number; readonly type: PlyType }[] | null
}

/** Walks the rows of a binary body. What does not come in one piece is kept: at most one row, or one number. */
export function plyBody(header: PlyHeader, walk: PlyWalk): PlyBody {
  const little = header.format === 'ply-binary-little-endian'
  const walkers = header.elements.filter((one) => one.rows > 0 && one.properties.length > 0).map(walkerOf)
  const vertices = verticesOf(header)
  let [at, row, property, skip] = [0, 0, 0, 0]
  /** What is to be skipped are these. */
  let indices: PlyType | null = null
  const carry = new Uint8Array(1 << 12)
  let carried = 0

  /** Takes what it can of `bytes` from `from`; gives where it stopped. */
  const take = (bytes: Uint8Array, from: number): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let position = from
    for (;;) {
      if (skip > 0) {
        const here = Math.min(skip, bytes.length - position)
        const step: number = indices === null ? here : here - (here % indices.bytes)
        if (indices !== null) checkIndices(view, position, step, indices, little, vertices, walk)
        position += step
        skip -= step
        if (skip > 0) return position
      }
      const walker = walkers[at]
      if (walker === undefined || walk.broken) {
        walk.bytesAfter += bytes.length - position
        return bytes.length
      }
      const { element, stride } = walker
      if (stride !== null) {
        const taken = Math.min(Math.floor((bytes.length - position) / stride), element.rows - row)
        if (walker.xyz !== null) scanVertices(view, position, taken, stride, walker.xyz, little, walk)
        position += taken * stride
        row += taken
      } else {
        const { properties } = element
        while (row < element.rows) {
          const current = properties[property] as (typeof properties)[number]
          const type = current.kind === 'scalar' ? current.type : current.count
          if (position + type.bytes > bytes.length) return position
          if (current.kind === 'list') {
            const count = readNumber(view, position, type, little)
            if (count < 0) {
              walk.broken = true
              break
            }
            indices = element.name === 'face' && isIndices(current.name) ? current.item : null
            if (indices !== null) walk.triangles += Math.max(0, count - 2)
            skip = count * current.item.bytes
          }
          position += type.bytes
          if (++property === properties.length) {
            property = 0
            row++
          }
          if (skip > 0) {
            if (skip > bytes.length - position) break
            if (indices !== null) checkIndices(view, position, skip, indices, little, vertices, walk)
            position += skip
            skip = 0
          }
        }
      }
      if (skip > 0 || walk.broken) continue
      if (row < element.rows) return position
      at++
      row = 0
    }
  }
  return {
    push(chunk) {
      let from = 0
      while (carried > 0 && from < chunk.length) {
        // One more byte at a time would do; up to a row's worth is quicker and never passes over two.
        const added = Math.min(carry.length - carried, chunk.length - from, 64)
        carry.set(chunk.subarray(from, from + added), carried)
        const used = take(carry.subarray(0, carried + added), 0)
        if (used >= carried) {
          from += used - carried
          carried = 0
        } else {
          carry.copyWithin(0, used, carried + added)
          carried += added - used
          from += added
        }
      }
      if (from >= chunk.length) return
      const used = take(chunk, from)
      carried = chunk.length - used
      carry.set(chunk.subarray(used))
    },
    end() {
      const left = walkers.slice(at).reduce((sum, { element }) => sum + element.rows, 0) - row
      // A row whose last list never came in full was counted as taken.
      walk.rowsLeft = left + (skip > 0 && property === 0 ? 1 : 0)
    },
  }
}

function walkerOf(element: PlyElement): Walker {
  let offset = 0
  let alike = true
  const places = new Map<string, { offset: number; type: PlyType }>()
  for (const property of element.properties) {
    if (property.kind === 'list') alike = false
    else {
      places.set(property.name, { offset, type: property.type })
      offset += property.type.bytes
    }
  }
  const xyz = ['x', 'y', 'z'].flatMap((name) => places.get(name) ?? [])
  const isVertex = element.name === 'vertex' && alike && xyz.length === 3
  return { element, stride: alike ? offset : null, xyz: isVertex ? xyz : null }
}

function scanVertices(
  view: DataView,
  from: number,
  rows: number,
  stride: number,
  xyz: readonly { readonly offset: number; readonly type: PlyType }[],
  little: boolean,
  walk: PlyWalk,
): void {
  const [x, y, z] = xyz as [(typeof xyz)[number], (typeof xyz)[number], (typeof xyz)[number]]
  if (xyz.every(({ type }) => type.form === 'float' && type.bytes === 4)) {
    scanFloats(view, from, rows, stride, [x.offset, y.offset, z.offset], little, walk)
    return
  }
  for (let row = 0, start = from; row < rows; row++, start += stride) {
    include(
      walk.bounds,
      readNumber(view, start + x.offset, x.type, little),
      readNumber(view, start + y.offset, y.type, little),
      readNumber(view, start + z.offset, z.type, little),
    )
  }
}

/** The hot loop: `float x y z`, whatever else a row holds. */
function scanFloats(
  view: DataView,
  from: number,
  rows: number,
  stride: number,
  [atX, atY, atZ]: readonly [number, number, number],
  little: boolean,
  walk: PlyWalk,
): void {
  let { minX, minY, minZ, maxX, maxY, maxZ, sum } = walk.bounds
  for (let row = 0, start = from; row < rows; row++, start += stride) {
    const x = view.getFloat32(start + atX, little)
    const y = view.getFloat32(start + atY, little)
    const z = view.getFloat32(start + atZ, little)
    if (x < minX) minX = x
    if (x > maxX) maxX = x
    if (y < minY) minY = y
    if (y > maxY) maxY = y
    if (z < minZ) minZ = z
    if (z > maxZ) maxZ = z
    sum += x + y + z
  }
  Object.assign(walk.bounds, { minX, minY, minZ, maxX, maxY, maxZ, sum })
}

function checkIndices(
  view: DataView,
  from: number,
  length: number,
  type: PlyType,
  little: boolean,
  vertices: number,
  walk: PlyWalk,
): void {
  for (let at = from; at < from + length; at += type.bytes) {
    const index = readNumber(view, at, type, little)
    // Not a number is beyond, too.
    if (!(index >= 0 && index < vertices)) walk.beyond = true
  }
}

function readNumber(view: DataView, at: number, { bytes, form }: PlyType, little: boolean): number {
  if (bytes === 1) return form === 'int' ? view.getInt8(at) : view.getUint8(at)
  if (bytes === 2) return form === 'int' ? view.getInt16(at, little) : view.getUint16(at, little)
  if (bytes === 8) return view.getFloat64(at, little)
  if (form === 'float') return view.getFloat32(at, little)
  return form === 'int' ? view.getInt32(at, little) : view.getUint32(at, little)
}
