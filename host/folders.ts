import { access, constants, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import systemPath, { basename, dirname, isAbsolute, join, type posix, relative, sep } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { FolderListing } from './api.ts'
import { HostError } from './errors.ts'

/** ms that a folder may take to say that it is there. */
const PATIENCE_MS = 3000
/** Folders, and files, shown of one folder. */
const SHOWN = 2000
/** `iTero_Export_<id>.zip`, `OrthoCAD_Export_<id> (4).zip`, or the same unpacked. [V/C] */
const PACKAGE = /^(itero|orthocad)_export_\d+( \(\d+\))?(\.zip)?$/i

/** Kinds of files that can be chosen, by how their names end. */
const KINDS = { xml: /\.xml$/i, json: /\.json$/i } as const
export type FileKind = keyof typeof KINDS
export const isFileKind = (kind: string): kind is FileKind => Object.hasOwn(KINDS, kind)

/**
 * Subfolders to choose from, and files of a kind where one is named; of the first suggestion that is there where no path
 * is given, of its folder where the path is that of such a file.
 * Errors: `folder-relative`, `folder-missing`, `folder-unreadable`.
 */
export async function listFolder(
  path: string | null,
  suggestions: readonly string[],
  kind: FileKind | null = null,
): Promise<FolderListing> {
  const offered = await existing([...suggestions, join(homedir(), 'Downloads'), homedir(), ...drives()])
  const named = path === null ? (offered[0] ?? homedir()) : absolute(path)
  const isNamedFile = kind !== null && KINDS[kind].test(named) && (await isFile(named))
  const folder = isNamedFile ? dirname(named) : named
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw folderError(error, folder)
  })
  const seen = entries.filter(({ name }) => !name.startsWith('.'))
  const folders: string[] = []
  const files: string[] = []
  for (const entry of seen) {
    const { name } = entry
    // A link to a folder or a file is one, for a person.
    const linked = entry.isSymbolicLink()
    if (entry.isDirectory() || (linked && (await isFolder(join(folder, name))))) folders.push(name)
    else if (kind !== null && KINDS[kind].test(name))
      if (entry.isFile() || (linked && (await isFile(join(folder, name))))) files.push(name)
  }
  const parent = dirname(folder)
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    folders: byName(folders).slice(0, SHOWN),
    files: byName(files).slice(0, SHOWN),
    file: isNamedFile ? basename(named) : null,
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
export function absolute(path: string, system: typeof posix = systemPath): string {
  // On Windows `\cases` lies on whatever drive this process was started from.
  const lacksDrive = system.sep === '\\' && /^[\\/](?![\\/])/.test(path)
  if (!system.isAbsolute(path) || lacksDrive || path.includes('\0'))
    throw new HostError('folder-relative', { folder: path })
  const whole = system.resolve(path)
  // Node's permissions know a folder by its plain name.
  return system.sep === '\\'
    ? whole.replace(/^\\\\[?.]\\UNC\\/i, '\\\\').replace(/^\\\\[?.]\\(?=[a-z]:)/i, '')
    : whole
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

const byName = (names: readonly string[]): readonly string[] =>
  names.toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }))

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/** Without what does not say so in time: a drive whose server is away takes long. */
async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const unique = [...new Set(paths)]
  const late = setTimeout(PATIENCE_MS, false, { ref: false })
  const there = await Promise.all(unique.map((path) => Promise.race([isFolder(path), late])))
  return unique.filter((_, index) => there[index])
}

/** Windows alone has several roots. */
const drives = (): readonly string[] =>
  process.platform === 'win32' ? [...'CDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`) : []

function folderError(error: NodeJS.ErrnoException, folder: string): HostError {
  const missing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
  return new HostError(missing ? 'folder-missing' : 'folder-unreadable', { folder }, error)
}
