import t from 'tap'
import { drawIcon, type Picture, type Theme } from '../../plugin/tray/icons/draw.ts'
import { iconResource } from '../../plugin/tray/icons/resource.ts'
import type { TrayIcon } from '../../plugin/tray/state.ts'
import { launch } from '../web/browser.ts'

const ICONS: readonly TrayIcon[] = ['started', 'active', 'attention', 'idle', 'signed-out']
const DOTTED = ICONS.slice(1)
const SIZES = [16, 20, 24, 32, 40, 48] as const
const THEMES: readonly Theme[] = ['light', 'dark']
const BARS = { light: 238, dark: 31 } as const

type Pixel = readonly [red: number, green: number, blue: number, alpha: number]

const at = ({ size, pixels }: Picture, x: number, y: number): Pixel => {
  const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray((y * size + x) * 4)
  return [red, green, blue, alpha]
}

/** As it looks on its bar, without colour. */
function greys(picture: Picture, bar: number): readonly number[] {
  return Array.from({ length: picture.size ** 2 }, (_, index) => {
    const [red, green, blue, alpha] = at(picture, index % picture.size, Math.floor(index / picture.size))
    const grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return bar + ((grey - bar) * alpha) / 255
  })
}

const isColour: Readonly<Record<string, (pixel: Pixel) => boolean>> = {
  active: ([red, green, blue]) => green > red * 1.8 && green > blue * 1.8,
  attention: ([red, green, blue]) => red > green && green > blue * 2,
  idle: ([red, green, blue]) => red === green && green === blue,
  'signed-out': ([red, green, blue]) => red > green * 2 && red > blue * 2,
}

/** Relative luminance, as in WCAG. */
function luminance([red, green, blue]: readonly number[]): number {
  const part = (value = 0) => ((value / 255 + 0.055) / 1.055) ** 2.4
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
}
const contrast = (a: readonly number[], b: readonly number[]) => {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((one, other) => one - other)
  return (high + 0.05) / (low + 0.05)
}

for (const theme of THEMES)
  for (const size of SIZES) {
    t.test(`${size} px on a ${theme} bar: each dot has its colour, and stands off the bar`, (t) => {
      const bar = [BARS[theme], BARS[theme], BARS[theme]]
      for (const icon of DOTTED) {
        const picture = drawIcon(icon, size, theme)
        // Low at its left, where every shape is full.
        const radius = size / 4
        const dot = at(picture, Math.floor(size - 1.5 * radius), Math.floor(size - radius / 2))
        t.equal(dot[3], 255, `${icon}: opaque`)
        t.ok(isColour[icon]?.(dot), `${icon}: ${dot}`)
        t.ok(contrast(dot, bar) >= 3, `${icon}: contrast ${contrast(dot, bar).toFixed(1)}`)
      }
      t.end()
    })

    t.test(
      `${size} px on a ${theme} bar: without colours, all states differ by more than the eye needs`,
      (t) => {
        for (const [index, one] of ICONS.entries())
          for (const other of ICONS.slice(index + 1)) {
            const a = greys(drawIcon(one, size, theme), BARS[theme])
            const b = greys(drawIcon(other, size, theme), BARS[theme])
            const differing = a.filter((grey, place) => Math.abs(grey - (b[place] ?? 0)) > 40).length
            t.ok(differing >= size * size * 0.015, `${one}, ${other}: ${differing} pixels`)
          }
        t.end()
      },
    )
  }

t.test('the plain icon fills its square, is of one colour beside the beam, and has clear corners', (t) => {
  for (const size of SIZES) {
    const picture = drawIcon('started', size, 'dark')
    const corners = [
      at(picture, 0, 0),
      at(picture, size - 1, 0),
      at(picture, 0, size - 1),
      at(picture, size - 1, size - 1),
    ]
    t.strictSame(
      corners.map(([, , , alpha]) => alpha),
      [0, 0, 0, 0],
    )
    const seen = greys(picture, 0).filter((grey) => grey > 40).length / size ** 2
    t.ok(seen > 0.45 && seen < 0.8, `${size}: ${seen.toFixed(2)} of it`)
  }
  t.end()
})

t.test('edges are smooth: there are pixels that are covered in part, and the beam is sharp', (t) => {
  for (const size of SIZES) {
    const { pixels } = drawIcon('started', size, 'light')
    const alphas = new Set(pixels.filter((_, index) => index % 4 === 3))
    t.ok(alphas.size > 8, `${size}: ${alphas.size} levels`)
    const first = Array.from({ length: size }, (_, y) => pixels[y * size * 4 + 3] ?? 0)
    t.strictSame([...new Set(first)].sort(), [0, 255], 'the first column is the beam alone')
  }
  t.end()
})

t.test('the resource is an icon that a browser reads as it was drawn', async (t) => {
  const browser = await launch()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  for (const size of [16, 20, 48]) {
    const picture = drawIcon('active', size, 'dark')
    const address = `data:image/x-icon;base64,${iconFile(picture).toString('base64')}`
    const read = await page.evaluate<number[]>(`(${READ})('${address}')`)
    t.equal(read.length, picture.pixels.length)
    // A canvas multiplies by alpha and divides again.
    const off = (index: number) =>
      index % 4 === 3
        ? Math.abs((read[index] ?? 0) - (picture.pixels[index] ?? 0))
        : Math.abs((read[index] ?? 0) - (picture.pixels[index] ?? 0)) *
          ((picture.pixels[index | 3] ?? 0) / 255)
    t.ok(Math.max(...read.map((_, index) => off(index))) <= 1, `${size} px`)
  }
})

const READ = `async (source) => {
  const image = new Image()
  image.src = source
  await image.decode()
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  return [...context.getImageData(0, 0, image.width, image.height).data]
}`

/** A file of one image. */
function iconFile(picture: Picture): Buffer {
  const image = iconResource(picture)
  const head = Buffer.alloc(22)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(1, 4)
  head.set([picture.size, picture.size, 0, 0, 1, 0, 32, 0], 6)
  head.writeUInt32LE(image.length, 14)
  head.writeUInt32LE(22, 18)
  return Buffer.concat([head, image])
}
