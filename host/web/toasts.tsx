import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { dialog } from './dialogs/open.ts'
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

/** In the top layer; above a window that is open, so that none of its buttons is covered. */
export function Toasts() {
  const element = useRef<HTMLDivElement>(null)
  const all = toasts.value
  useEffect(() => {
    if (all.length === 0) return
    element.current?.hidePopover()
    element.current?.showPopover()
  }, [all, dialog.value])
  return (
    <div
      ref={element}
      class={dialog.value === null ? 'toasts' : 'toasts above'}
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
