import * as fs from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Configuration } from '../../bridge/data.ts'
import { deviceName } from '../../bridge/share.ts'
import { patiently, systemCode, TIMING } from '../casefile/case-disk.ts'
import { type NameTemplate, nameTemplate } from '../casefile/naming.ts'
import { readProfile } from '../cloud/profile.ts'
import { asImportError, ImportError } from '../errors.ts'
import { type Installation, type InstallationSetup, openInstallation } from '../installation.ts'
import { DEFAULT_MATERIALS_FILE, type MaterialList, readMaterialList } from '../mapping/materials.ts'

/** A configuration that can be worked by, with the ledger of its case folder open. */
export interface Configured {
  readonly configuration: Configuration
  /** Two configurations of one text are the same. */
  readonly text: string
  readonly installation: Installation
  /** The material list is another than the last time: what waits at a question is to be decided anew. */
  readonly otherMaterials: boolean
}

/**
 * Checks a configuration and opens what it needs; nothing is begun, and nothing is left open where it is refused.
 * A folder that was worked with before and is away now is no reason to refuse: it may be back in a moment.
 *
 * Errors: those of `plugin/configure`.
 */
export async function configured(
  given: Configuration,
  dataFolder: string,
  outside: Pick<InstallationSetup, 'clients' | 'onProgress'>,
): Promise<Configured> {
  const configuration = permitted(given)
  if (configuration.cloud) readProfile(configuration.cloud.profile)
  const template: NameTemplate = nameTemplate(configuration.nameTemplate)
  const materials = await materialsOf(configuration)
  const last = await lastFolders(dataFolder)
  const caseFolder = absolute(configuration.caseFolder, 'case-folder-missing')
  await exportFolderThere(configuration.exportFolder, last)
  const setup: InstallationSetup = {
    ...outside,
    caseFolder,
    dataFolder,
    materials,
    template,
    patientNameOrder: configuration.patientNameOrder,
    language: configuration.language,
  }
  const installation = await openInstallation(setup, 'write').catch((error: unknown) => {
    const away = AWAY.has(asImportError(error).code) && last?.caseFolder === caseFolder
    if (!away) throw error
    return openInstallation({ ...setup, ledgerKey: last.ledgerKey }, 'read')
  })
  const materialsText = configuration.materials ?? ''
  const { ledgerKey } = installation
  try {
    await keepFolders(dataFolder, {
      caseFolder,
      ledgerKey,
      exportFolder: configuration.exportFolder,
      materials: materialsText,
    })
  } catch (error) {
    await installation.close()
    throw new ImportError('ledger-unreadable', { reason: systemCode(error) ?? 'data-folder' }, error)
  }
  return {
    configuration,
    text: textOf(given),
    installation,
    otherMaterials: last !== null && last.materials !== materialsText,
  }
}

/** Folders of a share by the name that a host's permissions have them by. */
function permitted(given: Configuration): Configuration {
  if (process.platform !== 'win32') return given
  const { caseFolder, exportFolder } = given
  return {
    ...given,
    caseFolder: deviceName(caseFolder),
    exportFolder: exportFolder && deviceName(exportFolder),
  }
}

const AWAY: ReadonlySet<string> = new Set(['case-folder-missing', 'case-folder-unreachable'])

/** The members that are known, in one order: a newer host may say more. */
export const textOf = (configuration: Configuration): string =>
  JSON.stringify([
    configuration.language,
    configuration.caseFolder,
    configuration.exportFolder,
    cloudText(configuration.cloud),
    configuration.nameTemplate,
    configuration.patientNameOrder,
    configuration.materials,
  ])

const cloudText = (cloud: Configuration['cloud']): unknown =>
  cloud && [
    cloud.profile,
    cloud.paused,
    cloud.downloads,
    cloud.bytesPerSecond,
    cloud.webhook && [cloud.webhook.port, cloud.webhook.url],
    cloud.balloons,
  ]

async function materialsOf({ materials }: Configuration): Promise<MaterialList> {
  return readMaterialList(
    materials === null ? await fs.readFile(DEFAULT_MATERIALS_FILE) : new TextEncoder().encode(materials),
  )
}

function absolute(folder: string, missing: 'case-folder-missing' | 'export-folder-missing'): string {
  if (!isAbsolute(folder) || folder.includes('\0')) throw new ImportError(missing, { folder })
  return folder
}

async function exportFolderThere(folder: string | null, last: LastFolders | null): Promise<void> {
  if (folder === null) return
  absolute(folder, 'export-folder-missing')
  const failure = await exportFolderFailure(folder)
  if (failure && last?.exportFolder !== folder) throw failure
}

/** null where packages can be looked for there. */
export async function exportFolderFailure(folder: string): Promise<ImportError | null> {
  try {
    const directory = await fs.opendir(folder)
    await directory.close()
    return null
  } catch (error) {
    return new ImportError('export-folder-missing', { folder }, error)
  }
}

/** The folders that were worked with last. */
interface LastFolders {
  readonly caseFolder: string
  readonly ledgerKey: string
  readonly exportFolder: string | null
  readonly materials: string
}

const FILE = 'folders.json'

async function lastFolders(dataFolder: string): Promise<LastFolders | null> {
  try {
    const last = JSON.parse(await fs.readFile(join(dataFolder, FILE), 'utf8')) as Partial<LastFolders>
    const { caseFolder, ledgerKey, exportFolder = null, materials = '' } = last
    if (typeof caseFolder !== 'string' || !/^[0-9a-f]{12}$/.test(String(ledgerKey))) return null
    return { caseFolder, ledgerKey: String(ledgerKey), exportFolder, materials }
  } catch {
    // Not there yet, or not to be read: a help, and nothing that anything rests on.
    return null
  }
}

async function keepFolders(dataFolder: string, folders: LastFolders): Promise<void> {
  const text = JSON.stringify(folders)
  const file = join(dataFolder, FILE)
  if ((await fs.readFile(file, 'utf8').catch(() => '')) === text) return
  await fs.writeFile(`${file}.new`, text)
  await patiently(TIMING, () => fs.rename(`${file}.new`, file))
}
