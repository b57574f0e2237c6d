import {
  AmbientLight,
  DirectionalLight,
  Group,
  PerspectiveCamera,
  Scene,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three'
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js'
import type { Box } from '../mesh/messages.ts'
import { type Surface, surfaceOf } from './surface.ts'
import { distanceTo, EYES, joined, middleOf, type Vector, type View } from './views.ts'

export interface Viewer {
  /** `stone`: CSS colour of what has none of its own. */
  add(name: string, stone: string): Surface
  remove(name: string): void
  /** Draws in the next frame; fulfilled when it is drawn. */
  drawn(): Promise<void>
  /** Looks at what is there from a side. */
  look(view: View, boxes: readonly Box[]): void
  /** Degrees around the mouth, and over it. */
  turn(right: number, up: number): void
  /** Parts of what is seen. */
  shift(right: number, up: number): void
  /** Below 1: nearer. */
  zoom(factor: number): void
  /** Where on the screen the patient's right is: −1 left to 1 right, near 0 where it is not to be told. */
  patientsRight(): number
  dispose(): void
}

/**
 * Scans in 3D on a canvas, drawn only when something has changed. Throws where there is no WebGL. `lost`: the graphics
 * card has dropped everything.
 */
export function viewerOn(
  canvas: HTMLCanvasElement,
  told: { readonly lost: () => void; readonly turned: () => void },
): Viewer {
  const renderer = new WebGLRenderer({
    canvas,
    antialias: true,
    alpha: true,
    powerPreference: 'high-performance',
  })
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2))
  const scene = new Scene()
  const camera = new PerspectiveCamera(FOV, 1, 1, 2000)
  camera.up.set(0, 0, 1)
  camera.position.set(0, -200, 0)
  camera.add(...lights())
  scene.add(camera)
  const scans = new Group()
  scene.add(scans, new AmbientLight('#ffffff', 0.55))
  const surfaces = new Map<string, Surface>()
  const controls = new OrbitControls(camera, canvas)
  controls.zoomToCursor = true
  controls.screenSpacePanning = true
  controls.minDistance = 5
  controls.maxDistance = 1000

  let frame = 0
  let waiting: (() => void)[] = []
  const draw = (): void => {
    frame = 0
    renderer.render(scene, camera)
    for (const resolve of waiting.splice(0)) resolve()
  }
  const invalidate = (): void => {
    frame ||= requestAnimationFrame(draw)
  }
  controls.addEventListener('change', () => {
    invalidate()
    told.turned()
  })
  const sized = new ResizeObserver(() => {
    const { clientWidth, clientHeight } = canvas
    if (clientWidth === 0 || clientHeight === 0) return
    renderer.setSize(clientWidth, clientHeight, false)
    camera.aspect = clientWidth / clientHeight
    camera.updateProjectionMatrix()
    // an empty canvas between two frames would flicker
    draw()
  })
  sized.observe(canvas)
  canvas.addEventListener('webglcontextlost', told.lost)

  const moved = (): void => {
    controls.update()
    invalidate()
    told.turned()
  }
  return {
    add(name, stone) {
      const surface = surfaceOf(stone)
      surfaces.set(name, surface)
      scans.add(surface.group)
      return surface
    },
    remove(name) {
      surfaces.get(name)?.dispose()
      surfaces.get(name)?.group.removeFromParent()
      surfaces.delete(name)
      invalidate()
    },
    drawn: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        invalidate()
      }),
    look(view, boxes) {
      const box = joined(boxes)
      if (box === null) return
      const distance = distanceTo(box, EYES[view], (FOV * Math.PI) / 180, camera.aspect)
      controls.target.set(...(middleOf(box) as [number, number, number]))
      camera.position.copy(controls.target).addScaledVector(vectorOf(EYES[view]).normalize(), distance)
      moved()
    },
    turn(right, up) {
      const around = new Spherical().setFromVector3(upright(camera.position.clone().sub(controls.target)))
      around.theta += (right * Math.PI) / 180
      around.phi -= (up * Math.PI) / 180
      around.makeSafe()
      camera.position.copy(controls.target).add(lying(new Vector3().setFromSpherical(around)))
      moved()
    },
    shift(right, up) {
      const distance = camera.position.distanceTo(controls.target)
      const seen = 2 * distance * Math.tan((FOV * Math.PI) / 360)
      const by = new Vector3(right * seen, up * seen, 0).applyQuaternion(camera.quaternion)
      camera.position.add(by)
      controls.target.add(by)
      moved()
    },
    zoom(factor) {
      const away = camera.position.clone().sub(controls.target)
      away.setLength(Math.min(Math.max(away.length() * factor, controls.minDistance), controls.maxDistance))
      camera.position.copy(controls.target).add(away)
      moved()
    },
    patientsRight() {
      camera.updateMatrixWorld()
      return new Vector3(-1, 0, 0).transformDirection(camera.matrixWorldInverse).x
    },
    dispose() {
      cancelAnimationFrame(frame)
      waiting = []
      sized.disconnect()
      canvas.removeEventListener('webglcontextlost', told.lost)
      controls.dispose()
      for (const surface of surfaces.values()) surface.dispose()
      surfaces.clear()
      renderer.dispose()
      // a page has few contexts: the next case needs this one
      renderer.forceContextLoss()
    },
  }
}

/** Degrees; long, so that teeth at the back look as large as they are. */
const FOV = 18

/** They go with the eye: over its left shoulder, and a weaker one from the right. */
function lights(): readonly DirectionalLight[] {
  const key = new DirectionalLight('#fffaf2', 2.1)
  key.position.set(-0.5, 0.7, 0.8)
  const fill = new DirectionalLight('#e8f0ff', 0.9)
  fill.position.set(0.8, -0.1, 0.6)
  return [key, fill]
}

const vectorOf = ([x, y, z]: Vector): Vector3 => new Vector3(x, y, z)
/** three's spherical coordinates have Y up. */
const upright = ({ x, y, z }: Vector3): Vector3 => new Vector3(x, z, -y)
const lying = ({ x, y, z }: Vector3): Vector3 => new Vector3(x, -z, y)
