import type { TrayIcon } from '../state.ts'
import { badgeAt, beamAt, toothEdges } from './shapes.ts'

/** Of the task bar. */
export type Theme = 'light' | 'dark'

/** Rows from the top, four bytes a pixel: red, green, blue and alpha, not multiplied by it. */
export interface Picture {
  readonly size: number
  readonly pixels: Uint8ClampedArray
}

type Colour = readonly [red: number, green: number, blue: number]

/** Samples along each side of a pixel. */
const FINE = 8

/** Dots stand off both bars by lightness, too, and differ from each other by their shape. */
const COLOURS: Readonly<
  Record<Theme, { tooth: Colour; faded: Colour; beam: Colour } & Record<Exclude<TrayIcon, 'started'>, Colour>>
> = {
  dark: {
    tooth: [255, 255, 255],
    faded: [158, 158, 158],
    beam: [64, 196, 255],
    active: [46, 214, 96],
    attention: [255, 182, 0],
    idle: [200, 200, 200],
    'signed-out': [255, 80, 80],
  },
  light: {
    tooth: [32, 36, 44],
    faded: [140, 140, 140],
    beam: [0, 120, 200],
    active: [14, 140, 54],
    attention: [204, 112, 0],
    idle: [100, 100, 100],
    'signed-out': [206, 22, 30],
  },
}

/** The icon of a state, `size` pixels to each side. Drawn anew for each size, never scaled. */
export function drawIcon(icon: TrayIcon, size: number, theme: Theme): Picture {
  const colours = COLOURS[theme]
  const pixels = new Uint8ClampedArray(size * size * 4)
  const tooth = icon === 'idle' ? colours.faded : colours.tooth
  const beam = icon === 'idle' ? colours.faded : colours.beam
  const badge = icon === 'started' ? tooth : colours[icon]
  for (let y = 0; y < size; y++) {
    const lines = Array.from({ length: FINE }, (_, line) => lineAt(y + (line + 0.5) / FINE, size))
    for (let x = 0; x < size; x++) {
      const covered = { tooth: 0, beam: 0, badge: 0 }
      for (const line of lines) {
        for (let sample = 0; sample < FINE; sample++) {
          const layer = layerAt(icon, x + (sample + 0.5) / FINE, line, size)
          if (layer !== null) covered[layer]++
        }
      }
      put(pixels, (y * size + x) * 4, [
        [tooth, covered.tooth],
        [beam, covered.beam],
        [badge, covered.badge],
      ])
    }
  }
  return { size, pixels }
}

/** A line of samples, and what is the same for all of them. */
interface Line {
  readonly y: number
  readonly beam: ReturnType<typeof beamAt>
  readonly tooth: readonly number[]
}

const lineAt = (y: number, size: number): Line => ({ y, beam: beamAt(y, size), tooth: toothEdges(y, size) })

/** What lies on top at this place; the badge keeps a margin clear around itself. */
function layerAt(icon: TrayIcon, x: number, line: Line, size: number): 'tooth' | 'beam' | 'badge' | null {
  const badge = icon === 'started' ? 'outside' : badgeAt(icon, x, line.y, size)
  if (badge !== 'outside') return badge === 'inside' ? 'badge' : null
  if (line.beam !== 'outside') return line.beam === 'inside' ? 'beam' : null
  let inside = false
  for (const edge of line.tooth) if (edge > x) inside = !inside
  return inside ? 'tooth' : null
}

function put(pixels: Uint8ClampedArray, at: number, layers: readonly (readonly [Colour, number])[]): void {
  const all = layers.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return
  for (let channel = 0; channel < 3; channel++) {
    pixels[at + channel] =
      layers.reduce((sum, [colour, count]) => sum + (colour[channel] ?? 0) * count, 0) / all
  }
  pixels[at + 3] = (255 * all) / (FINE * FINE)
}
