import { access, constants, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { FolderListing } from './api.ts'
import { HostError } from './errors.ts'

/** ms that a folder may take to say that it is there. */
const PATIENCE_MS = 3000
/** Folders shown of one folder. */
const SHOWN = 2000
/** `iTero_Export_<id>.zip`, `OrthoCAD_Export_<id> (4).zip`, or the same unpacked. [V/C] */
const PACKAGE = /^(itero|orthocad)_export_\d+( \(\d+\))?(\.zip)?$/i

/**
 * Subfolders to choose from; of the first suggestion that is there where no path is given.
 * Errors: `folder-relative`, `folder-missing`, `folder-unreadable`.
 */
export async function listFolder(
  path: string | null,
  suggestions: readonly string[],
): Promise<FolderListing> {
  const offered = await existing([...suggestions, join(homedir(), 'Downloads'), homedir(), ...drives()])
  const folder = path === null ? (offered[0] ?? homedir()) : absolute(path)
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw folderError(error, folder)
  })
  const seen = entries.filter(({ name }) => !name.startsWith('.'))
  const folders: string[] = []
  for (const entry of seen) {
    // A link to a folder is one, for a person.
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, entry.name)))))
      folders.push(entry.name)
  }
  const parent = dirname(folder)
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    folders: folders.toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true })).slice(0, SHOWN),
    packages: seen.filter(({ name }) => PACKAGE.test(name)).length,
    suggestions: offered,
  }
}

/** Why a case folder cannot be used; null: it can. */
export async function caseFolderProblem(folder: string): Promise<HostError | null> {
  return problemOf(folder, 'case-folder', constants.R_OK | constants.W_OK | constants.X_OK)
}

/** Why an export folder cannot be watched; null: it can. */
export async function exportFolderProblem(folder: string): Promise<HostError | null> {
  return problemOf(folder, 'export-folder', constants.R_OK | constants.X_OK)
}

/** The export folder is the case folder or lies in it: packages would be taken for broken cases. */
export function liesIn(caseFolder: string, exportFolder: string): boolean {
  const way = relative(caseFolder, exportFolder)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** Error: `folder-relative`. */
export function absolute(path: string): string {
  if (!isAbsolute(path) || path.includes('\0')) throw new HostError('folder-relative', { folder: path })
  return resolve(path)
}

async function problemOf(
  folder: string,
  kind: 'case-folder' | 'export-folder',
  rights: number,
): Promise<HostError | null> {
  try {
    const found = await Promise.race([stat(folder), setTimeout(PATIENCE_MS, null, { ref: false })])
    // A share whose server does not answer.
    if (found === null) return new HostError(`${kind}-unreachable`, { folder })
    if (!found.isDirectory()) return new HostError(`${kind}-missing`, { folder })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const missing = code === 'ENOENT' || code === 'ENOTDIR'
    return new HostError(missing ? `${kind}-missing` : `${kind}-unreachable`, { folder }, error)
  }
  try {
    await access(folder, rights)
    return null
  } catch (error) {
    return new HostError(`${kind}-no-rights`, { folder }, error)
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const unique = [...new Set(paths)]
  const there = await Promise.all(unique.map(isFolder))
  return unique.filter((_, index) => there[index])
}

/** Windows alone has several roots. */
const drives = (): readonly string[] =>
  process.platform === 'win32' ? [...'CDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`) : []

function folderError(error: NodeJS.ErrnoException, folder: string): HostError {
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
  return new HostError(missing ? 'folder-missing' : 'folder-unreadable', { folder }, error)
}
