import { useSignal } from '@preact/signals'
import { say } from '../words/say.ts'
import { Modal } from './modal.tsx'

/** Asks before something is taken away, or with `mild` before something unusual is done. `onConfirm` gives the text of a refusal, or null when it is done. */
export function Confirm(confirm: {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly mild?: boolean
  readonly onConfirm: () => Promise<string | null>
  readonly onClose: () => void
}) {
  const busy = useSignal(false)
  const fault = useSignal<string | null>(null)
  const act = async (): Promise<void> => {
    busy.value = true
    fault.value = await confirm.onConfirm()
    busy.value = false
    if (fault.value === null) confirm.onClose()
  }
  return (
    <Modal title={confirm.title} onClose={confirm.onClose}>
      <p>{confirm.text}</p>
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      <div class="modal-actions">
        <button type="button" class="button" autofocus onClick={confirm.onClose}>
          {say('cancel')}
        </button>
        <button
          type="button"
          class={`button ${confirm.mild === true ? 'primary' : 'danger'}`}
          disabled={busy.value}
          onClick={act}
        >
          {confirm.action}
        </button>
      </div>
    </Modal>
  )
}
