import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Settings, SettingsChange } from '../../api.ts'
import { changeSettings, chooseFirstStart, readSettings } from '../api.ts'
import { signInNow } from '../cloud/sign-in.ts'
import { say as sayCloud } from '../cloud/words.ts'
import { FolderDialog } from '../dialogs/folder-dialog.tsx'
import { Modal } from '../dialogs/modal.tsx'
import { closeDialog, laterFirstStart } from '../dialogs/open.ts'
import { importer, session, takingSession } from '../live.ts'
import { toast } from '../toasts.tsx'
import { textOf } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { Source } from './source.tsx'

/** Where the person is on the way: invited, asked where orders come from, choosing the profile or the folder. */
type Place = 'invited' | 'source' | 'profile' | 'folder'

type Found =
  | { readonly kind: 'cloud' }
  | { readonly kind: 'folder'; readonly folder: string }
  /** `problem`: why the connection profile that is chosen is not in use. */
  | { readonly kind: 'none'; readonly problem: string | null }

function foundIn({ connectionProfile, profileProblem, exportFolder, exportFolderProblem }: Settings): Found {
  if (connectionProfile !== null && profileProblem === null) return { kind: 'cloud' }
  const folderFits = exportFolder !== null && exportFolderProblem === null
  if (connectionProfile === null && folderFits) return { kind: 'folder', folder: exportFolder }
  return { kind: 'none', problem: profileProblem?.text ?? null }
}

/** Invites to set up the import: connect (which leads to the sign-in, or to an export folder), or skip for ever. */
export function FirstStart() {
  const place = useSignal<Place>('invited')
  const busy = useSignal(false)
  const fault = useSignal<string | null>(null)
  /** Where orders come from, as Settings have it; null: not known yet. */
  const found = useSignal<Found | null>(null)
  const name = importer.value?.setting ?? 'MyiTero import'
  // As they were when it came up: once it is decided there are none, and the window is about to close.
  const words = useSignal(session.peek()?.firstStart ?? null)

  // Decided elsewhere, in another tab or at another seat: there is nothing left to ask.
  useSignalEffect(() => {
    if (session.value?.firstStart === null && !busy.value) closeDialog()
  })

  const look = async (): Promise<void> => {
    const result = await readSettings()
    fault.value = result.ok ? null : result.failure.text
    if (!result.ok) return
    found.value = foundIn(result.value)
  }
  useEffect(() => void look(), [])

  const decide = async (choice: 'connect' | 'skip'): Promise<string | null> => {
    busy.value = true
    const result = await takingSession(() => chooseFirstStart(choice))
    busy.value = false
    if (!result.ok) return result.failure.text
    closeDialog()
    return null
  }
  const skip = async (): Promise<void> => {
    fault.value = await decide('skip')
    if (fault.value === null) toast(say('first-start-skipped', { name }))
  }
  /** Enabled with its source first: what is refused is told, and nothing is decided. */
  const connect = async (source: SettingsChange): Promise<string | null> => {
    const row = importer.peek()
    const enabled = row === null ? {} : { enabled: { [row.id]: true } }
    busy.value = true
    const result = await changeSettings({ ...source, ...enabled })
    if (result.ok) return decide('connect')
    busy.value = false
    return result.failure.text
  }
  const connectFolder = async (source: SettingsChange): Promise<string | null> => {
    const refused = await connect(source)
    if (refused === null) toast(say('first-start-connected', { name }))
    return refused
  }
  const connectCloud = async (source: SettingsChange): Promise<string | null> => {
    const refused = await connect(source)
    if (refused === null) void signInNow()
    return refused
  }
  const back = (): void => {
    place.value = 'source'
  }

  switch (place.value) {
    case 'profile':
      return (
        <FolderDialog
          key="profile"
          title={sayCloud('profile-choose')}
          hint={sayCloud('profile-hint')}
          files="json"
          start={null}
          onChoose={(connectionProfile) => connectCloud({ connectionProfile })}
          onClose={back}
        />
      )
    case 'folder':
      return (
        <FolderDialog
          key="folder"
          title={say('export-folder-choose')}
          hint={say('export-folder-hint')}
          start={null}
          onChoose={(exportFolder) => connectFolder({ exportFolder })}
          onClose={back}
        />
      )
    case 'source':
      return (
        <Source
          problem={found.value?.kind === 'none' ? found.value.problem : null}
          onProfile={() => {
            place.value = 'profile'
          }}
          onFolder={() => {
            place.value = 'folder'
          }}
          onClose={() => {
            place.value = 'invited'
          }}
        />
      )
    case 'invited':
  }
  const obstacles = importer.value?.obstacles ?? []
  return (
    <Modal key="invited" title={words.value?.title ?? name} onClose={laterFirstStart}>
      <p>{say('first-start-what')}</p>
      <p class="modal-intro">
        {found.value?.kind === 'folder'
          ? sayCloud('first-start-folder', { folder: found.value.folder })
          : sayCloud(found.value?.kind === 'none' ? 'first-start-source' : 'first-start-sign-in')}
      </p>
      {obstacles.map((each) => (
        <p key={each.code} class="notice warn">
          {textOf(each)}
        </p>
      ))}
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      <div class="modal-actions">
        <button type="button" class="button start" disabled={busy.value} onClick={skip}>
          {words.value?.skip}
        </button>
        <button
          type="button"
          class="button primary"
          autofocus
          disabled={busy.value || obstacles.length > 0}
          onClick={async () => {
            if (found.value === null) await look()
            if (found.value === null) return
            if (found.value.kind === 'cloud') fault.value = await connectCloud({})
            else if (found.value.kind === 'folder') fault.value = await connectFolder({})
            else place.value = 'source'
          }}
        >
          {words.value?.connect}
        </button>
      </div>
    </Modal>
  )
}
