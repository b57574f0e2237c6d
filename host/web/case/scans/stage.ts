import { effect } from '@preact/signals'
import { loadMesh } from '../mesh/load.ts'
import type { Box } from '../mesh/messages.ts'
import { buffersOf } from '../mesh/pieces.ts'
import { axesOf, type Camera, joined, lookedAt, START, type View } from './camera.ts'
import { type Scan, STONES } from './scan.ts'
import type { StageReply, StageRequest } from './stage-messages.ts'
import { imageAt } from './texture.ts'

/** The scans of a case on a canvas: they follow their signals, and come one after the other. */
export interface Stage {
  readonly camera: () => Camera
  move(to: Camera): void
  look(view: View): void
  coloured(coloured: boolean): void
  /** Ends what is still coming; all memory, the graphics card's too, goes with the worker. */
  dispose(): void
}

export interface StageTold {
  open(): void
  noWebgl(): void
  lost(): void
  moved(camera: Camera): void
  drawn(triangles: number): void
}

/** `canvas` can be given once only: a worker draws on it from now on. */
export function stageOf(
  canvas: HTMLCanvasElement,
  scans: readonly Scan[],
  addressOf: (name: string) => string,
  told: StageTold,
): Stage {
  const worker = new Worker(new URL('./stage-worker.ts', import.meta.url), { type: 'module' })
  const say = (request: StageRequest, transfer: Transferable[] = []): void =>
    worker.postMessage(request, transfer)
  const boxes = new Map<Scan, Box>()
  const leaving = new AbortController()
  let camera = START
  let current: { readonly scan: Scan; readonly end: () => void } | null = null
  let inColour = true
  let held = false

  worker.onmessage = ({ data }: MessageEvent<StageReply>) => {
    switch (data.kind) {
      case 'open':
        return told.open()
      case 'no-webgl':
        return told.noWebgl()
      case 'lost':
        return told.lost()
      case 'drawn':
        told.drawn(data.triangles)
    }
  }
  worker.onerror = () => told.noWebgl()
  const offscreen = canvas.transferControlToOffscreen()
  say({ kind: 'open', canvas: offscreen }, [offscreen])

  const stand = (to: Camera): void => {
    camera = to
    const { eye, up } = axesOf(to)
    say({ kind: 'camera', eye, up, target: to.target })
    told.moved(to)
  }
  const look = (view: View): void => {
    const jaw = view === 'upper' || view === 'lower' ? view : null
    for (const scan of scans) scan.veiled.value = jaw !== null && scan.jaw !== null && scan.jaw !== jaw
    const seen = scans
      .filter(({ visible, veiled }) => visible.peek() && !veiled.peek())
      .flatMap((scan) => boxes.get(scan) ?? [])
    const box = joined(seen.length > 0 ? seen : [...boxes.values()])
    if (box !== null) stand(lookedAt(view, box, canvas.clientWidth / Math.max(1, canvas.clientHeight)))
  }
  const sized = new ResizeObserver(() => {
    const { clientWidth: width, clientHeight: height } = canvas
    if (width > 0 && height > 0) say({ kind: 'size', width, height, ratio: Math.min(devicePixelRatio, 2) })
  })
  sized.observe(canvas)

  const dress = (scan: Scan): void =>
    say({
      kind: 'dress',
      name: scan.name,
      dress: {
        visible: scan.visible.value && !scan.veiled.value,
        opacity: scan.opacity.value,
        coloured: inColour,
      },
    })

  const next = (): void => {
    if (current !== null || leaving.signal.aborted) return
    const scan = scans.find(({ state }) => state.peek().kind === 'waiting')
    if (scan !== undefined) current = { scan, end: load(scan) }
  }
  const load = (scan: Scan): (() => void) => {
    let triangles = 0
    const over = (): void => {
      current = null
      next()
    }
    scan.state.value = { kind: 'loading', done: 0 }
    say({ kind: 'add', name: scan.name, stone: STONES[scan.role] })
    dress(scan)
    return loadMesh({
      address: addressOf(scan.name),
      name: scan.name,
      bytes: scan.bytes,
      progress(done) {
        scan.state.value = { kind: 'loading', done }
      },
      read(count, box) {
        triangles = count
        scan.state.value = { kind: 'loading', done: scan.bytes }
        boxes.set(scan, box)
        if (!held) look('front')
        if (scan.texture !== null) void clothe(scan, scan.texture)
      },
      piece(piece) {
        say({ kind: 'piece', name: scan.name, piece }, buffersOf(piece))
      },
      done() {
        scan.state.value = { kind: 'shown', triangles }
        over()
      },
      failed(fault) {
        say({ kind: 'remove', name: scan.name })
        boxes.delete(scan)
        scan.state.value = { kind: 'failed', fault }
        over()
      },
    })
  }
  const clothe = async (scan: Scan, texture: string): Promise<void> => {
    const image = await imageAt(addressOf(texture), leaving.signal)
    if (image === null) return
    if (leaving.signal.aborted) return image.close()
    say({ kind: 'texture', name: scan.name, image }, [image])
  }
  const takeBack = (scan: Scan): void => {
    if (current?.scan === scan) {
      current.end()
      current = null
      say({ kind: 'remove', name: scan.name })
      boxes.delete(scan)
    }
    scan.state.value = { kind: 'off' }
    queueMicrotask(next)
  }

  const followed = scans.flatMap((scan) => [
    effect(() => {
      const visible = scan.visible.value
      const { kind } = scan.state.peek()
      if (visible && (kind === 'off' || kind === 'failed')) {
        scan.state.value = { kind: 'waiting' }
        queueMicrotask(next)
      } else if (!visible && (kind === 'waiting' || kind === 'loading')) takeBack(scan)
    }),
    effect(() => dress(scan)),
  ])

  return {
    camera: () => camera,
    move(to) {
      held = true
      stand(to)
    },
    look(view) {
      held = true
      look(view)
    },
    coloured(coloured) {
      inColour = coloured
      for (const scan of scans) dress(scan)
    },
    dispose() {
      leaving.abort()
      current?.end()
      for (const unfollow of followed) unfollow()
      sized.disconnect()
      for (const { state } of scans) state.value = { kind: 'off' }
      worker.terminate()
    },
  }
}
