import type { Picture } from './draw.ts'

/** Of a BITMAPINFOHEADER, bytes. */
const HEADER = 40

/**
 * The picture as an icon resource: a BITMAPINFOHEADER of double height, rows from the bottom in blue, green, red, alpha,
 * then a mask of one bit a pixel, which is set where nothing is to be seen. [V: ICONIMAGE, "Icons" in the Windows SDK]
 */
export function iconResource({ size, pixels }: Picture): Uint8Array {
  const maskRow = Math.ceil(size / 32) * 4
  const bytes = new Uint8Array(HEADER + size * size * 4 + size * maskRow)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, HEADER, true)
  view.setInt32(4, size, true)
  view.setInt32(8, size * 2, true)
  view.setUint16(12, 1, true)
  view.setUint16(14, 32, true)
  view.setUint32(20, size * size * 4, true)
  for (let y = 0; y < size; y++) {
    const row = size - 1 - y
    for (let x = 0; x < size; x++) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray((y * size + x) * 4)
      bytes.set([blue, green, red, alpha], HEADER + (row * size + x) * 4)
      if (alpha === 0) {
        const at = HEADER + size * size * 4 + row * maskRow + (x >> 3)
        bytes[at] = (bytes[at] ?? 0) | (0x80 >> (x & 7))
      }
    }
  }
  return bytes
}
