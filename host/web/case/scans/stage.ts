import { effect } from '@preact/signals'
import { loadMesh } from '../mesh/load.ts'
import type { Box } from '../mesh/messages.ts'
import { type Scan, STONES } from './scan.ts'
import type { Surface } from './surface.ts'
import { imageAt } from './texture.ts'
import { type Viewer, viewerOn } from './viewer.ts'
import type { View } from './views.ts'

/** The scans of a case on a canvas: they follow their signals, and come one after the other. */
export interface Stage {
  readonly viewer: Viewer
  look(view: View): void
  coloured(coloured: boolean): void
  /** Ends what is still coming and gives all memory back. */
  dispose(): void
}

/** Throws where there is no WebGL. */
export function stageOf(
  canvas: HTMLCanvasElement,
  scans: readonly Scan[],
  addressOf: (name: string) => string,
  told: { readonly lost: () => void; readonly turned: () => void },
): Stage {
  const viewer = viewerOn(canvas, told)
  const surfaces = new Map<Scan, Surface>()
  const boxes = new Map<Scan, Box>()
  let inColour = true
  let moved = false
  let current: { readonly scan: Scan; readonly end: () => void } | null = null
  const leaving = new AbortController()

  const look = (view: View): void => {
    const jaw = view === 'upper' || view === 'lower' ? view : null
    for (const scan of scans) scan.veiled.value = jaw !== null && scan.jaw !== null && scan.jaw !== jaw
    const seen = scans
      .filter(({ visible, veiled }) => visible.peek() && !veiled.peek())
      .flatMap((scan) => boxes.get(scan) ?? [])
    viewer.look(view, seen.length > 0 ? seen : [...boxes.values()])
  }

  const next = (): void => {
    if (current !== null || leaving.signal.aborted) return
    const scan = scans.find(({ state }) => state.peek().kind === 'waiting')
    if (scan === undefined) return
    const over = (): void => {
      current = null
      next()
    }
    const surface = viewer.add(scan.name, STONES[scan.role])
    scan.state.value = { kind: 'loading', done: 0 }
    let triangles = 0
    const end = loadMesh({
      address: addressOf(scan.name),
      name: scan.name,
      bytes: scan.bytes,
      progress: (done) => {
        scan.state.value = { kind: 'loading', done }
      },
      read(count, box) {
        triangles = count
        scan.state.value = { kind: 'loading', done: scan.bytes }
        boxes.set(scan, box)
        surfaces.set(scan, surface)
        surface.coloured(inColour)
        surface.group.visible = !scan.veiled.peek()
        surface.opacity(scan.opacity.peek())
        if (!moved) look('front')
        if (scan.texture !== null)
          void imageAt(addressOf(scan.texture), leaving.signal).then((image) => {
            if (image === null) return
            surface.texture(image)
            void viewer.drawn()
          })
      },
      pieces(pieces) {
        surface.add(pieces)
        surface.opacity(scan.opacity.peek())
        return viewer.drawn()
      },
      done() {
        scan.state.value = { kind: 'shown', triangles }
        over()
      },
      failed(fault) {
        forget(scan)
        scan.state.value = { kind: 'failed', fault }
        over()
      },
    })
    current = { scan, end }
  }

  const forget = (scan: Scan): void => {
    viewer.remove(scan.name)
    surfaces.delete(scan)
    boxes.delete(scan)
  }

  const takeBack = (scan: Scan): void => {
    if (current?.scan === scan) {
      current.end()
      current = null
      forget(scan)
    }
    scan.state.value = { kind: 'off' }
    queueMicrotask(next)
  }

  const followed = scans.flatMap((scan) => [
    effect(() => {
      const visible = scan.visible.value
      const shown = visible && !scan.veiled.value
      const { kind } = scan.state.peek()
      const surface = surfaces.get(scan)
      if (visible && (kind === 'off' || kind === 'failed')) {
        scan.state.value = { kind: 'waiting' }
        queueMicrotask(next)
      } else if (!visible && (kind === 'waiting' || kind === 'loading')) takeBack(scan)
      else if (surface) {
        surface.group.visible = shown
        void viewer.drawn()
      }
    }),
    effect(() => {
      surfaces.get(scan)?.opacity(scan.opacity.value)
      void viewer.drawn()
    }),
  ])
  const held = (): void => {
    moved = true
  }
  for (const event of HANDS)
    (canvas.parentElement ?? canvas).addEventListener(event, held, { signal: leaving.signal, passive: true })

  return {
    viewer,
    look,
    coloured(coloured) {
      inColour = coloured
      for (const surface of surfaces.values()) surface.coloured(coloured)
      void viewer.drawn()
    },
    dispose() {
      leaving.abort()
      current?.end()
      for (const unfollow of followed) unfollow()
      for (const { state } of scans) state.value = { kind: 'off' }
      viewer.dispose()
    },
  }
}

/** Once a person has turned the mouth, a scan that comes later does not turn it back. */
const HANDS = ['pointerdown', 'wheel', 'keydown'] as const
