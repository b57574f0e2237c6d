import { words } from './lines.ts'
import type { PlyWalk } from './ply.ts'
import { type PlyElement, type PlyHeader, verticesOf } from './ply-header.ts'
import { include } from './points.ts'

/** Takes the lines of an ASCII body: one row each. */
export function plyRows(header: PlyHeader, walk: PlyWalk): (line: string) => void {
  const elements = header.elements.filter(({ rows, properties }) => rows > 0 && properties.length > 0)
  const vertices = verticesOf(header)
  walk.rowsLeft = elements.reduce((sum, { rows }) => sum + rows, 0)
  let element = 0
  let row = 0
  return (line) => {
    const cells = words(line)
    if (cells.length === 0) return
    const current = elements[element]
    if (current === undefined) {
      walk.bytesAfter += line.length
      return
    }
    readRow(current, cells, vertices, walk)
    walk.rowsLeft--
    if (++row === current.rows) {
      element++
      row = 0
    }
  }
}

function readRow(element: PlyElement, cells: readonly string[], vertices: number, walk: PlyWalk): void {
  let at = 0
  let [x, y, z] = [Number.NaN, Number.NaN, Number.NaN]
  let corners = 0
  for (const property of element.properties) {
    if (property.kind === 'scalar') {
      const value = Number(cells[at++] ?? 'none')
      if (property.name === 'x') x = value
      else if (property.name === 'y') y = value
      else if (property.name === 'z') z = value
    } else {
      const count = Number(cells[at] ?? 'none')
      if (!Number.isInteger(count) || count < 0) {
        walk.broken = true
        return
      }
      if (element.name === 'face' && isIndices(property.name)) {
        corners = count
        const named = cells.slice(at + 1, at + 1 + count).map(Number)
        if (!named.every((index) => Number.isInteger(index) && index >= 0 && index < vertices))
          walk.beyond = true
      }
      at += count + 1
    }
  }
  if (at > cells.length) walk.broken = true
  if (element.name === 'vertex') include(walk.bounds, x, y, z)
  if (element.name === 'face') walk.triangles += Math.max(0, corners - 2)
}

/** `vertex_indices` in iTero's files [V], `vertex_index` in others. */
export function isIndices(property: string): boolean {
  return property === 'vertex_indices' || property === 'vertex_index'
}
