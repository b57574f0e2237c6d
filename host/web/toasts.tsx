import { signal } from '@preact/signals'
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

/** Says shortly what became of an action. `bad` stays until a person closes it. */
export function toast(text: string, kind: Toast['kind'] = 'good'): void {
  const id = ++last
  toasts.value = [...toasts.value.slice(-3), { id, kind, text }]
  if (kind === 'good') setTimeout(() => close(id), SHOWN)
}

const close = (id: number): void => {
  toasts.value = toasts.value.filter((each) => each.id !== id)
}

export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map((each) => (
      <div key={each.id} class={`toast ${each.kind}`}>
        <span>{each.text}</span>
        <button type="button" class="button quiet small" onClick={() => close(each.id)}>
          {say('close')}
        </button>
      </div>
    ))}
  </div>
)
