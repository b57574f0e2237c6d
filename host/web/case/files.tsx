import type { CasePage } from '../../api.ts'
import { fileAddress } from '../api.ts'
import { size } from '../words/formats.ts'
import { shortName } from './short-name.ts'
import { say } from './words.ts'

/** Every file of the case folder, to be taken away: scans first, then what a person looks at. */
export function Files(given: {
  readonly id: number
  readonly files: CasePage['files']
  readonly folder: string | null
  readonly project: string | null
}) {
  const { id, files, folder, project } = given
  const inOrder = KINDS.flatMap((kind) => files.filter((file) => file.kind === kind))
  return (
    <>
      {folder !== null && (
        <p class="sheet-folder">
          <span class="visually-hidden">{say('folder')} </span>
          {folder}
        </p>
      )}
      {files.length === 0 ? (
        <p class="sheet-none">{say('files-none')}</p>
      ) : (
        <div class="scroll-x">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{say('file')}</th>
                <th scope="col">{say('file-kind')}</th>
                <th scope="col" class="number">
                  {say('file-size')}
                </th>
              </tr>
            </thead>
            <tbody>
              {inOrder.map(({ name, bytes, kind }) => (
                <tr key={name}>
                  <td class="file-name">
                    <a
                      href={fileAddress(id, name)}
                      download={name}
                      title={say('download-file', { name })}
                      aria-label={say('download-file', { name })}
                    >
                      {shortName(name, project)}
                    </a>
                  </td>
                  <td>{say(`file-${kind}`)}</td>
                  <td class="number">{size(bytes)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

const KINDS = ['scan', 'texture', 'image', 'document', 'other'] as const
