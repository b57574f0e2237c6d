// Draws every icon on both bars, at its size and enlarged: `node test/tray/contact-sheet.ts <file.png>`.
import { writeFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'
import { drawIcon, type Picture, type Theme } from '../../plugin/tray/icons/draw.ts'
import type { TrayIcon } from '../../plugin/tray/state.ts'

const ICONS: readonly TrayIcon[] = ['started', 'active', 'attention', 'idle', 'signed-out']
const SIZES = [16, 20, 24, 32, 40, 48] as const
const BARS: Readonly<Record<Theme, number>> = { dark: 0x1f, light: 0xee }
const LARGE = 160
const CELL = LARGE + 56

const width = SIZES.length * CELL
const height = ICONS.length * 2 * (LARGE + 8)
const sheet = new Uint8Array(width * height * 3)
for (const [row, icon] of ICONS.entries()) {
  for (const [half, theme] of (['dark', 'light'] as const).entries()) {
    const top = (row * 2 + half) * (LARGE + 8)
    sheet.fill(BARS[theme], top * width * 3, (top + LARGE + 8) * width * 3)
    for (const [column, size] of SIZES.entries()) {
      const picture = drawIcon(icon, size, theme)
      paste(picture, column * CELL + 4, top + 4, 1)
      paste(picture, column * CELL + 54, top + 4, Math.floor(LARGE / size))
    }
  }
}
writeFileSync(process.argv[2] ?? 'icons.png', png(sheet))

function paste({ size, pixels }: Picture, left: number, top: number, scale: number): void {
  for (let y = 0; y < size * scale; y++) {
    for (let x = 0; x < size * scale; x++) {
      const from = (Math.floor(y / scale) * size + Math.floor(x / scale)) * 4
      const to = ((top + y) * width + left + x) * 3
      const alpha = (pixels[from + 3] ?? 0) / 255
      for (let channel = 0; channel < 3; channel++) {
        sheet[to + channel] = (pixels[from + channel] ?? 0) * alpha + (sheet[to + channel] ?? 0) * (1 - alpha)
      }
    }
  }
}

function png(rgb: Uint8Array): Buffer {
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++)
    rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (width * 3 + 1) + 1)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts])
}
