import { useSignal } from '@preact/signals'
import { changeSettings, chooseFirstStart } from '../api.ts'
import { FolderDialog } from '../dialogs/folder-dialog.tsx'
import { Modal } from '../dialogs/modal.tsx'
import { closeDialog, laterFirstStart } from '../dialogs/open.ts'
import { importer, takeSession } from '../live.ts'
import { toast } from '../toasts.tsx'
import { say } from '../words/say.ts'

/** Invites to set up the import: connect (which leads to the export folder), or skip for ever. */
export function FirstStart() {
  const choosing = useSignal(false)
  const busy = useSignal(false)
  const fault = useSignal<string | null>(null)
  const name = importer.value?.setting ?? 'MyiTero import'

  const decide = async (choice: 'connect' | 'skip'): Promise<string | null> => {
    busy.value = true
    const result = await chooseFirstStart(choice)
    busy.value = false
    if (!result.ok) return result.failure.text
    takeSession(result.value)
    closeDialog()
    return null
  }
  const skip = async (): Promise<void> => {
    fault.value = await decide('skip')
    if (fault.value === null) toast(say('first-start-skipped', { name }))
  }
  const connect = async (exportFolder: string): Promise<string | null> => {
    const row = importer.peek()
    const enabled = row === null ? {} : { enabled: { [row.id]: true } }
    const result = await changeSettings({ exportFolder, ...enabled })
    if (!result.ok) return result.failure.text
    const refused = await decide('connect')
    if (refused === null) toast(say('first-start-connected', { name }))
    return refused
  }
  if (choosing.value) {
    return (
      <FolderDialog
        title={say('export-folder-choose')}
        hint={say('export-folder-hint')}
        start={null}
        onChoose={connect}
        onClose={() => {
          choosing.value = false
        }}
      />
    )
  }
  const obstacles = importer.value?.obstacles ?? []
  return (
    <Modal title={say('first-start-title')} onClose={laterFirstStart}>
      <p>{say('first-start-what')}</p>
      <p class="modal-intro">{say('first-start-how')}</p>
      {obstacles.map((each) => (
        <p key={each.code} class="notice warn">
          {each.text}
        </p>
      ))}
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      <div class="modal-actions">
        <button type="button" class="button start" disabled={busy.value} onClick={skip}>
          {say('first-start-skip')}
        </button>
        <button
          type="button"
          class="button primary"
          autofocus
          disabled={busy.value || obstacles.length > 0}
          onClick={() => {
            choosing.value = true
          }}
        >
          {say('first-start-connect')}
        </button>
      </div>
    </Modal>
  )
}
