import { type Camera, shifted, turned, VIEWS, type View, zoomed } from './camera.ts'

/** What a hand on the scans does to the camera. */
export interface Hands {
  readonly camera: () => Camera
  move(to: Camera): void
  look(view: View | 'again'): void
}

/**
 * Pointers: one turns; with Shift or another button it moves; two fingers move and zoom; the wheel zooms to where it points.
 * Gives a function that lets go.
 */
export function pointersOn(element: HTMLElement, hands: Hands): () => void {
  const leaving = new AbortController()
  const on = <K extends keyof HTMLElementEventMap>(type: K, take: (event: HTMLElementEventMap[K]) => void) =>
    element.addEventListener(type, take, { signal: leaving.signal, passive: false })
  const held = new Map<number, { readonly x: number; readonly y: number }>()
  const release = (event: PointerEvent): void => {
    held.delete(event.pointerId)
  }
  on('pointerdown', (event) => {
    held.set(event.pointerId, { x: event.clientX, y: event.clientY })
    element.setPointerCapture(event.pointerId)
  })
  on('pointermove', (event) => {
    const before = held.get(event.pointerId)
    if (before === undefined) return
    const height = element.clientHeight || 1
    const [dx, dy] = [(event.clientX - before.x) / height, (event.clientY - before.y) / height]
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1]
    held.set(event.pointerId, { x: event.clientX, y: event.clientY })
    const camera = hands.camera()
    if (other) {
      const spread = (at: { readonly x: number; readonly y: number }): number =>
        Math.max(20, Math.hypot(at.x - other.x, at.y - other.y))
      const factor = spread(before) / spread({ x: event.clientX, y: event.clientY })
      hands.move(shifted(zoomed(camera, factor), -dx / 2, dy / 2))
    } else if (event.shiftKey || event.buttons > 1) hands.move(shifted(camera, -dx, dy))
    else hands.move(turned(camera, -dx * DRAG, dy * DRAG))
  })
  on('pointerup', release)
  on('pointercancel', release)
  on('contextmenu', (event) => event.preventDefault())
  on('wheel', (event) => {
    event.preventDefault()
    const box = element.getBoundingClientRect()
    const at = [
      (event.clientX - box.left - box.width / 2) / box.height,
      -(event.clientY - box.top - box.height / 2) / box.height,
    ] as const
    const notches = Math.min(3, Math.max(-3, event.deltaMode === 0 ? event.deltaY / 100 : event.deltaY / 3))
    hands.move(zoomed(hands.camera(), NOTCH ** notches, at))
  })
  return () => leaving.abort()
}

/** Arrows turn, with Shift they move; plus and minus zoom; 1 to 5 are the views, 0 shows all. false: no key of these. */
export function keyOn({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, hands: Hands): boolean {
  if (ctrlKey || metaKey || altKey) return false
  const camera = hands.camera()
  const arrow = ARROWS[key]
  const view = VIEWS[Number(key) - 1]
  if (arrow !== undefined && shiftKey) hands.move(shifted(camera, -arrow[0] * 0.05, -arrow[1] * 0.05))
  else if (arrow !== undefined) hands.move(turned(camera, -arrow[0] * 10, -arrow[1] * 10))
  else if (key === '+' || key === '=') hands.move(zoomed(camera, 1 / NOTCH))
  else if (key === '-') hands.move(zoomed(camera, NOTCH))
  else if (key === '0') hands.look('again')
  else if (view !== undefined) hands.look(view)
  else return false
  return true
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}
/** Degrees for a drag over the height of the picture. */
const DRAG = 200
/** Of one notch of the wheel. */
const NOTCH = 1.15
