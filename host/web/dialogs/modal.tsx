import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './dialogs.css'

/**
 * A modal window: the focus goes in and comes back to where it was, Escape closes. What is in it says with `autofocus`
 * where to begin.
 */
export function Modal(modal: {
  readonly title: string
  readonly wide?: boolean
  readonly onClose: () => void
  readonly children: ComponentChildren
}) {
  const element = useRef<HTMLDialogElement>(null)
  const title = useId()
  useLayoutEffect(() => {
    const dialog = element.current
    const before = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
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
      {modal.children}
    </dialog>
  )
}
