import { useSignal } from '@preact/signals'
import type { Failure } from '../../../bridge/data.ts'
import type { Settings } from '../../api.ts'
import { FolderDialog } from '../dialogs/folder-dialog.tsx'
import { say } from '../words/say.ts'
import type { Change } from './settings-page.tsx'

interface Props {
  readonly settings: Settings
  readonly onChange: Change
}

/** Where the cases stand. */
export const CaseFolder = ({ settings, onChange }: Props) => (
  <FolderSetting
    label={say('case-folder')}
    hint={say('case-folder-hint')}
    title={say('case-folder-choose')}
    path={settings.caseFolder}
    problem={settings.caseFolderProblem}
    onChoose={(caseFolder) => onChange({ caseFolder })}
  />
)

/** Where export packages arrive. */
export const ExportFolder = ({ settings, onChange }: Props) => (
  <FolderSetting
    label={say('export-folder')}
    hint={say('export-folder-hint')}
    title={say('export-folder-choose')}
    path={settings.exportFolder}
    problem={settings.exportFolderProblem}
    onChoose={(exportFolder) => onChange({ exportFolder })}
    onClear={() => onChange({ exportFolder: null })}
  />
)

function FolderSetting(folder: {
  readonly label: string
  readonly hint: string
  readonly title: string
  readonly path: string | null
  readonly problem: Failure | null
  readonly onChoose: (path: string) => Promise<string | null>
  readonly onClear?: () => Promise<string | null>
}) {
  const choosing = useSignal(false)
  const fault = useSignal<string | null>(null)
  return (
    <div class="setting">
      <span class="label">{folder.label}</span>
      <div class="setting-value">
        <div class="path-line">
          <code class="path">{folder.path ?? say('folder-not-chosen')}</code>
          <button
            type="button"
            class="button small"
            aria-label={folder.title}
            onClick={() => {
              choosing.value = true
            }}
          >
            {say('choose')}
          </button>
          {folder.onClear !== undefined && folder.path !== null && (
            <button
              type="button"
              class="button quiet small"
              aria-label={say('folder-clear-of', { name: folder.label })}
              onClick={() => {
                void folder.onClear?.().then((text) => {
                  fault.value = text
                })
              }}
            >
              {say('folder-clear')}
            </button>
          )}
        </div>
        <p class="help">{folder.hint}</p>
        {(fault.value ?? folder.problem?.text) !== undefined && (
          <p class="fault" role="alert">
            {fault.value ?? folder.problem?.text}
          </p>
        )}
      </div>
      {choosing.value && (
        <FolderDialog
          title={folder.title}
          hint={folder.hint}
          start={folder.path}
          onChoose={async (path) => {
            const refused = await folder.onChoose(path)
            if (refused === null) choosing.value = false
            return refused
          }}
          onClose={() => {
            choosing.value = false
          }}
        />
      )}
    </div>
  )
}

/** The laboratory's material list: a file of its own, or the built-in one. */
export function MaterialList({ settings, onChange }: Props) {
  const path = useSignal(settings.materialsFile ?? '')
  const fault = useSignal<string | null>(null)
  const kept = settings.materialsFile ?? ''
  const keep = async (materialsFile: string | null): Promise<void> => {
    fault.value = await onChange({ materialsFile })
    if (fault.value === null) path.value = materialsFile ?? ''
  }
  const shownFault = fault.value ?? settings.materialsProblem?.text ?? null
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault()
        void keep(path.value.trim() === '' ? null : path.value.trim())
      }}
    >
      <label for="materials-file">{say('materials-file')}</label>
      <div class="setting-value">
        <div class="path-line">
          <input
            id="materials-file"
            type="text"
            class="path"
            spellcheck={false}
            maxLength={4096}
            placeholder={say('materials-built-in')}
            aria-invalid={shownFault !== null}
            aria-describedby="materials-help"
            value={path.value}
            onInput={(event) => {
              path.value = event.currentTarget.value
            }}
          />
          <button type="submit" class="button small" disabled={path.value.trim() === kept}>
            {say('save')}
          </button>
          {kept !== '' && (
            <button type="button" class="button quiet small" onClick={() => void keep(null)}>
              {say('materials-use-built-in')}
            </button>
          )}
        </div>
        <p id="materials-help" class="help">
          {say('materials-hint')}
        </p>
        {shownFault !== null && (
          <p class="fault" role="alert">
            {shownFault}
          </p>
        )}
      </div>
    </form>
  )
}
