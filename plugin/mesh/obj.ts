import { lineReader, words } from './lines.ts'
import { boxOf, type FormatCheck, include, isNonFinite, NOTHING, newBounds, notUnderstood } from './points.ts'

/** Wavefront OBJ: `v x y z …` and `f a b c …`; everything else is passed over. */
export function objCheck(): FormatCheck {
  const bounds = newBounds()
  let vertices = 0
  let triangles = 0
  let text = true
  const lines = lineReader(
    (line) => {
      const first = line.charCodeAt(0)
      const second = line.charCodeAt(1)
      const spaced = second === 0x20 || second === 0x09
      if (first === 0x76 /* v */ && spaced) {
        const [, x, y, z] = words(line)
        include(bounds, Number(x), Number(y), Number(z))
        vertices++
      } else if (first === 0x66 /* f */ && spaced) {
        triangles += Math.max(0, words(line).length - 3)
      }
    },
    () => {
      text = false
    },
  )
  return {
    push: (chunk) => lines.push(chunk),
    end() {
      lines.end()
      if (!text) return notUnderstood('no-text')
      return {
        ...NOTHING,
        format: 'obj',
        vertices,
        triangles,
        box: boxOf(bounds),
        empty: vertices === 0 || triangles === 0,
        nonFinite: isNonFinite(bounds),
      }
    },
  }
}
