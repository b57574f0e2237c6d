import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FolderListing } from '../../api.ts'
import { type FileKind, readFolder } from '../api.ts'
import { say } from '../words/say.ts'
import { Modal } from './modal.tsx'

type Entered = 'there' | 'refused' | 'overtaken'

/**
 * Chooses a folder, or with `files` a file of that kind, of the computer that the case database runs on. `onChoose` gives the
 * text of a refusal, or null.
 */
export function FolderDialog(folder: {
  readonly title: string
  readonly hint: string
  readonly files?: FileKind
  /** Where to begin; null: where the host thinks best. */
  readonly start: string | null
  readonly onChoose: (path: string) => Promise<string | null>
  readonly onClose: () => void
}) {
  const listing = useSignal<FolderListing | null>(null)
  const typed = useSignal(folder.start ?? '')
  const fault = useSignal<string | null>(null)
  const busy = useSignal(false)

  const lastAsked = useRef(0)

  /** A folder that was asked for later wins, however late this one is answered; so does what is typed meanwhile. */
  const enter = async (path: string | null, typedBefore = typed.value): Promise<Entered> => {
    lastAsked.current += 1
    const asked = lastAsked.current
    busy.value = true
    const result = await readFolder(path, folder.files)
    if (asked !== lastAsked.current) return 'overtaken'
    busy.value = false
    fault.value = result.ok ? null : result.failure.text
    if (!result.ok) return 'refused'
    listing.value = result.value
    if (typed.value === typedBefore) typed.value = pathOf(result.value)
    return 'there'
  }
  useEffect(() => {
    // a folder that is gone: begin where the host thinks best, and say why
    const untouched = folder.start ?? ''
    void enter(folder.start, untouched).then(async (entered) => {
      if (entered !== 'refused' || folder.start === null) return
      const why = fault.value
      if ((await enter(null, untouched)) === 'there') fault.value = why
    })
  }, [])

  const choose = async (): Promise<void> => {
    const now = listing.value
    // What is typed is looked at also where the first listing is still on its way.
    const isListed = now !== null && typed.value === pathOf(now)
    if (!isListed && (await enter(typed.value === '' ? null : typed.value)) !== 'there') return
    const chosen = listing.value
    if (chosen === null) return
    if (folder.files !== undefined && chosen.file === null) {
      fault.value = say('file-needed')
      return
    }
    busy.value = true
    fault.value = await folder.onChoose(pathOf(chosen))
    busy.value = false
  }

  const now = listing.value
  return (
    <Modal title={folder.title} onClose={folder.onClose}>
      <p class="modal-intro">{folder.hint}</p>
      <form
        class="folder-path"
        onSubmit={(event) => {
          event.preventDefault()
          void enter(typed.value)
        }}
      >
        <button
          type="button"
          class="button"
          disabled={now === null || now.parent === null}
          onClick={() => void enter(now?.parent ?? null)}
        >
          {say('folder-up')}
        </button>
        <input
          type="text"
          aria-label={say(folder.files === undefined ? 'folder-path' : 'file-path')}
          spellcheck={false}
          maxLength={4096}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value
          }}
        />
        <button type="submit" class="button">
          {say('folder-go')}
        </button>
      </form>
      {now !== null && now.suggestions.length > 0 && (
        <div class="suggestions">
          <span class="help">{say('folder-suggestions')}</span>
          {now.suggestions.map((path) => (
            <button key={path} type="button" class="button quiet small" onClick={() => void enter(path)}>
              {path}
            </button>
          ))}
        </div>
      )}
      <ul class="folders" aria-label={say(folder.files === undefined ? 'folder-inside' : 'file-inside')}>
        {now?.folders.map((name) => (
          <li key={name}>
            <button type="button" onClick={() => void enter(joined(now.path, name))}>
              <span class="folder-mark" />
              {name}
            </button>
          </li>
        ))}
        {now?.files.map((name) => (
          <li key={name}>
            <button
              type="button"
              aria-pressed={name === now.file}
              onClick={() => void enter(joined(now.path, name))}
            >
              <span class="file-mark" />
              {name}
            </button>
          </li>
        ))}
        {now !== null && now.folders.length + now.files.length === 0 && (
          <li class="none">
            {say(folder.files === undefined ? 'folder-none-inside' : `file-none-inside-${folder.files}`)}
          </li>
        )}
      </ul>
      <p class="folder-packages" role="status">
        {folder.files === undefined && now !== null && now.packages > 0 && (
          <span class="notice good">{say('folder-packages', { count: now.packages })}</span>
        )}
      </p>
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      <div class="modal-actions">
        <button type="button" class="button" onClick={folder.onClose}>
          {say('cancel')}
        </button>
        <button type="button" class="button primary" disabled={busy.value || now === null} onClick={choose}>
          {say(folder.files === undefined ? 'folder-choose' : 'file-choose')}
        </button>
      </div>
    </Modal>
  )
}

/** What is chosen: the folder, or the file in it that was named. */
const pathOf = ({ path, file }: FolderListing): string => (file === null ? path : joined(path, file))

/** As the host's system writes paths. */
function joined(path: string, name: string): string {
  const mark = path.includes('\\') ? '\\' : '/'
  return path.endsWith(mark) ? path + name : path + mark + name
}
