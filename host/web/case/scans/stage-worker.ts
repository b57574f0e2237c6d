import { AmbientLight, DirectionalLight, Group, PerspectiveCamera, Scene, WebGLRenderer } from 'three'
import { FIELD } from './camera.ts'
import type { StageReply, StageRequest } from './stage-messages.ts'
import { type Surface, surfaceOf } from './surface.ts'

/**
 * Draws the scans, beside the page: whatever a graphics card, or a processor in its place, takes for millions of triangles,
 * the page goes on. It draws only when something has changed.
 */
const page = self as unknown as {
  postMessage(reply: StageReply): void
  onmessage: (event: MessageEvent<StageRequest>) => void
}

const surfaces = new Map<string, Surface>()
const scene = new Scene()
const camera = new PerspectiveCamera(FIELD, 1, 1, 3000)
const scans = new Group()
let renderer: WebGLRenderer | null = null
let waits: 'no' | 'piece' | 'frame' = 'no'

/** While a scan comes in, drawing each piece at once would cost more than reading it. */
const PIECES_EVERY_MS = 200

page.onmessage = ({ data }) => {
  take(data)
  if (renderer === null || waits === 'frame') return
  if (data.kind !== 'piece') {
    waits = 'frame'
    requestAnimationFrame(draw)
  } else if (waits === 'no') {
    waits = 'piece'
    setTimeout(() => {
      if (waits === 'piece') draw()
    }, PIECES_EVERY_MS)
  }
}

function take(request: StageRequest): void {
  switch (request.kind) {
    case 'open':
      open(request.canvas)
      return
    case 'size':
      camera.aspect = request.width / request.height
      camera.updateProjectionMatrix()
      renderer?.setPixelRatio(request.ratio)
      renderer?.setSize(request.width, request.height, false)
      return
    case 'camera':
      camera.up.set(...request.up)
      camera.position.set(...request.eye)
      camera.lookAt(...request.target)
      return
    case 'add': {
      const surface = surfaceOf(request.stone)
      surfaces.set(request.name, surface)
      scans.add(surface.group)
      return
    }
    case 'piece':
      surfaces.get(request.name)?.add(request.piece)
      return
    case 'texture':
      surfaces.get(request.name)?.texture(request.image)
      return
    case 'dress':
      surfaces.get(request.name)?.dress(request.dress)
      return
    case 'remove':
      surfaces.get(request.name)?.dispose()
      surfaces.delete(request.name)
  }
}

function open(canvas: OffscreenCanvas): void {
  canvas.addEventListener('webglcontextlost', () => page.postMessage({ kind: 'lost' }))
  try {
    renderer = new WebGLRenderer({
      canvas,
      antialias: true,
      alpha: true,
      powerPreference: 'high-performance',
    })
  } catch {
    page.postMessage({ kind: 'no-webgl' })
    return
  }
  camera.add(...lights())
  scene.add(camera, scans, new AmbientLight('#ffffff', 0.55))
  page.postMessage({ kind: 'open' })
}

function draw(): void {
  waits = 'no'
  if (renderer === null) return
  renderer.render(scene, camera)
  page.postMessage({ kind: 'drawn', triangles: renderer.info.render.triangles })
}

/** They go with the eye: over its left shoulder, and a weaker one from the right. */
function lights(): readonly DirectionalLight[] {
  const key = new DirectionalLight('#fffaf2', 2.1)
  key.position.set(-0.5, 0.7, 0.8)
  const fill = new DirectionalLight('#e8f0ff', 0.9)
  fill.position.set(0.8, -0.1, 0.6)
  return [key, fill]
}
