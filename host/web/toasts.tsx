import { signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { openModals } from './dialogs/modal.tsx'
import { say } from './words/say.ts'
import './style/toasts.css'

interface Toast {
  readonly id: number
  readonly kind: 'good' | 'bad'
  readonly text: string
}

/** ms. A refusal stays until it is closed. */
const SHOWN = 6_000
const toasts = signal<readonly Toast[]>([])
let last = 0

/** Says shortly what became of an action, in place of the good news before. `bad` stays until a person closes it. */
export function toast(text: string, kind: Toast['kind'] = 'good'): void {
  const id = ++last
  toasts.value = [...toasts.value.filter((each) => each.kind === 'bad').slice(-3), { id, kind, text }]
  if (kind === 'good') setTimeout(() => close(id), SHOWN)
}

const close = (id: number): void => {
  toasts.value = toasts.value.filter((each) => each.id !== id)
}

/** In the top layer; above a window that is open, which makes room for it: neither it nor its buttons are covered. */
export function Toasts() {
  const element = useRef<HTMLDivElement>(null)
  /** px kept free above windows. */
  const room = useRef(0)
  const all = toasts.value
  const isAbove = openModals.value > 0
  useLayoutEffect(() => {
    element.current?.hidePopover()
    if (all.length > 0) element.current?.showPopover()
    // kept when the message goes, so that the window does not move under somebody's hand
    const height = all.length > 0 ? (element.current?.offsetHeight ?? 0) : 0
    room.current = isAbove ? Math.max(room.current, height) : 0
    document.documentElement.style.setProperty('--toasts', `${room.current}px`)
  }, [all, isAbove, openModals.value])
  return (
    <div
      ref={element}
      class={isAbove ? 'toasts above' : 'toasts'}
      role="status"
      aria-live="polite"
      popover="manual"
    >
      {all.map((each) => (
        <div key={each.id} class={`toast ${each.kind}`}>
          <span>{each.text}</span>
          <button type="button" class="button quiet small" onClick={() => close(each.id)}>
            {say('close')}
          </button>
        </div>
      ))}
    </div>
  )
}
