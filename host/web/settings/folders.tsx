import { useSignal } from '@preact/signals'
import type { Failure } from '../../../bridge/data.ts'
import type { Settings } from '../../api.ts'
import type { FileKind } from '../api.ts'
import { FolderDialog } from '../dialogs/folder-dialog.tsx'
import { Fault } from '../fault.tsx'
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

/** The laboratory's material list: a file of its own, or the built-in one. */
export const MaterialList = ({ settings, onChange }: Props) => (
  <FolderSetting
    label={say('materials-file')}
    hint={say('materials-hint')}
    title={say('materials-choose')}
    path={settings.materialsFile}
    files="xml"
    unset={say('materials-built-in')}
    clear={say('materials-use-built-in')}
    problem={settings.materialsProblem}
    onChoose={(materialsFile) => onChange({ materialsFile })}
    onClear={() => onChange({ materialsFile: null })}
  />
)

/** A folder, or a file, that is chosen, shown with what is wrong with it, and cleared where it may be. */
export function FolderSetting(folder: {
  readonly label: string
  readonly hint: string
  readonly title: string
  /** null: none is chosen, which `unset` says. */
  readonly path: string | null
  readonly unset?: string
  /** A file of that kind is chosen, not a folder. */
  readonly files?: FileKind
  /** What clearing it is called. */
  readonly clear?: string
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
          {folder.path === null && folder.unset !== undefined ? (
            <span>{folder.unset}</span>
          ) : (
            <code class="path">{folder.path ?? say('folder-not-chosen')}</code>
          )}
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
              aria-label={folder.clear ?? say('folder-clear-of', { name: folder.label })}
              onClick={() => {
                void folder.onClear?.().then((text) => {
                  fault.value = text
                })
              }}
            >
              {folder.clear ?? say('folder-clear')}
            </button>
          )}
        </div>
        <p class="help">{folder.hint}</p>
        <Fault text={fault.value ?? folder.problem?.text ?? null} />
      </div>
      {choosing.value && (
        <FolderDialog
          title={folder.title}
          hint={folder.hint}
          start={folder.path}
          {...(folder.files === undefined ? {} : { files: folder.files })}
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
