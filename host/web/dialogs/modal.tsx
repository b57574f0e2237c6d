import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './dialogs.css'

/** How many are open, one above the other. */
export const openModals = signal(0)

/**
 * A modal window: the focus goes in and comes back to where it was, or near it where that is gone, Escape closes. What is in it says with `autofocus`
 * where to begin. What is in it scrolls where it does not fit; `foot` stays in sight.
 */
export function Modal(modal: {
  readonly title: string
  readonly wide?: boolean
  readonly onClose: () => void
  readonly foot?: ComponentChildren
  readonly children: ComponentChildren
}) {
  const element = useRef<HTMLDialogElement>(null)
  const title = useId()
  useLayoutEffect(() => {
    const dialog = element.current
    const before = ancestry(document.activeElement)
    dialog?.showModal()
    openModals.value++
    return () => {
      openModals.value--
      dialog?.close()
      before[0]?.focus({ preventScroll: true })
      // what was asked for may have taken it away, in this very drawing
      requestAnimationFrame(() => focusNear(before))
    }
  }, [])
  return (
    <dialog
      ref={element}
      class={`modal ${modal.wide === true ? 'wide' : ''}`}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault()
        if (event.target === element.current) modal.onClose()
      }}
    >
      <h2 id={title}>{modal.title}</h2>
      <div class="modal-body">{modal.children}</div>
      {modal.foot !== undefined && <div class="modal-foot">{modal.foot}</div>}
    </dialog>
  )
}

const FOCUSABLE = 'a[href], button:enabled, input:enabled, select:enabled, [tabindex="0"]'

/** An element and what it is in, inside out, within the page's content. */
function ancestry(element: Element | null): readonly HTMLElement[] {
  if (!(element instanceof HTMLElement) || element === document.body) return []
  return [element, ...(element.id === 'content' ? [] : ancestry(element.parentElement))]
}

/** Where nothing has the focus: into the nearest of these that is still there, else to the page's content. */
function focusNear(places: readonly HTMLElement[]): void {
  if (document.activeElement !== document.body) return
  const within = places.filter((each) => each.isConnected && each.closest('#content') !== null)
  const near = within.map((each) => each.querySelector<HTMLElement>(FOCUSABLE)).find((each) => each !== null)
  ;(near ?? document.querySelector<HTMLElement>('#content'))?.focus({ preventScroll: true })
}
