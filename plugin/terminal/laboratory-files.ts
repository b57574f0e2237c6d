import * as fs from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_TEMPLATE, nameTemplate } from '../casefile/naming.ts'
import { ImportError } from '../errors.ts'
import type { Importer } from '../importing/setup.ts'
import { type Installation, openInstallation } from '../installation.ts'
import type { ManifestSettings } from '../itero/manifest.ts'
import { type AddedClient, addedClients } from '../ledger/clients.ts'
import type { Client } from '../mapping/clients.ts'
import { DEFAULT_MATERIALS_FILE, type Language, readMaterialList } from '../mapping/materials.ts'
import { listText } from './list-text.ts'
import { unreadable } from './unreadable.ts'

/** A laboratory as the terminal is told of it: by folders and files. */
export interface LaboratoryFiles {
  /** The case folder. */
  readonly into: string
  /** Where the ledger and the laboratory's lists lie; the user's own folder for program data where left out. */
  readonly data?: string
  readonly staging?: string
  readonly clients?: string
  readonly materials?: string
  readonly template?: string
  readonly patientName?: ManifestSettings['patientNameOrder']
  readonly language: Language
}

/** Reads the laboratory's lists and opens its installation. Errors: as `openInstallation`, and those of the lists. */
export async function openLaboratory(
  options: LaboratoryFiles,
  purpose: 'write' | 'read',
  onProgress?: Importer['onProgress'],
): Promise<Installation> {
  const data = resolve(options.data ?? dataFolder(process.platform, process.env, homedir()))
  const materialFile =
    (await listFile(options.materials, data, 'materials.xml')) ?? (await builtInMaterials())
  const materials = await naming(materialFile, ({ bytes }) => readMaterialList(bytes))
  const clientFile = await listFile(options.clients, data, 'clients.json')
  const listed = clientFile === null ? [] : await naming(clientFile, ({ bytes }) => clientsIn(bytes))
  return openInstallation(
    {
      caseFolder: resolve(options.into),
      dataFolder: data,
      ...(options.staging === undefined ? {} : { stagingFolder: resolve(options.staging) }),
      materials,
      clients: async (ledger) => withAdded(listed, (await addedClients(ledger)).map(asClient)),
      template: options.template === undefined ? DEFAULT_TEMPLATE : nameTemplate(options.template),
      patientNameOrder: options.patientName ?? 'given-family',
      language: options.language,
      ...(onProgress ? { onProgress } : {}),
    },
    purpose,
  )
}

/** The laboratory's own folder of program data, as the platform has it. */
function dataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (env['MYITERO_DATA']) return env['MYITERO_DATA']
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'MyiTero import')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'MyiTero import')
  return join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'myitero-import')
}

interface ListFile {
  /** As a person knows it. */
  readonly file: string
  readonly bytes: Uint8Array
}

/** The file that was named; else the laboratory's own in its data folder; null where there is none. */
async function listFile(named: string | undefined, data: string, name: string): Promise<ListFile | null> {
  const file = named ?? join(data, name)
  try {
    return { file, bytes: await fs.readFile(resolve(file)) }
  } catch (error) {
    if (named === undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unreadable(file, error)
  }
}

async function builtInMaterials(): Promise<ListFile> {
  return { file: fileURLToPath(DEFAULT_MATERIALS_FILE), bytes: await fs.readFile(DEFAULT_MATERIALS_FILE) }
}

/** What is wrong in a list is told with its file: whoever has several has to know in which to look. */
async function naming<T>(list: ListFile, read: (list: ListFile) => T | Promise<T>): Promise<T> {
  try {
    return await read(list)
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const facts = { file: list.file, ...error.facts }
    throw new ImportError(error.code, facts, error)
  }
}

/** Its schema checker is loaded only where there is something to check. */
async function clientsIn(file: Uint8Array): Promise<readonly Client[]> {
  const { readClientList } = await import('../mapping/client-list.ts')
  const text = listText(file)
  if (text === null) throw new ImportError('client-list-invalid', { field: '', problem: 'not-utf-8' })
  return readClientList(text)
}

const asClient = ({ id, details }: AddedClient): Client => ({ ...details, id, parameters: {} })

/** The laboratory's own list has the last word on an id. */
function withAdded(listed: readonly Client[], added: readonly Client[]): readonly Client[] {
  const ids = new Set(listed.map((client) => client.id))
  return [...listed, ...added.filter((client) => !ids.has(client.id))]
}
