import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { CaseFileEntry } from './api.ts'
import { type Database, firstRow } from './database.ts'
import { HostError } from './errors.ts'
import { FILE_LIMIT, PLAIN_READ, sameName } from './read/folder.ts'

/** A file of a case, open for reading; the caller closes the handle. */
export interface OpenCaseFile {
  readonly handle: FileHandle
  readonly bytes: number
  /** ms since the epoch. */
  readonly modifiedAt: number
  readonly kind: CaseFileEntry['kind']
}

/**
 * Absolute path of a case's folder: a folder that stands directly in the case folder, never a link out of it.
 * Errors: `case-unknown`, `case-has-no-folder` (an order without a case), `case-unreadable`.
 */
export function caseFolderOf(db: Database, caseFolder: string, id: number): string {
  const row = firstRow(db, 'select kind, project from cases where id = ?', id)
  if (row === null) throw new HostError('case-unknown', { case: id })
  if (row['kind'] !== 'case') throw new HostError('case-has-no-folder', { case: id })
  const project = String(row['project'])
  if (!isPlain(project)) throw new HostError('case-unknown', { case: id })
  return join(caseFolder, project)
}

/**
 * Opens one file that lies directly in a case: a regular file, never a link, never a way out of the folder.
 * Errors: `case-unknown`, `case-has-no-folder`, `case-file-unknown` {file}.
 */
export async function openCaseFile(
  db: Database,
  caseFolder: string,
  id: number,
  name: string,
): Promise<OpenCaseFile> {
  const folder = caseFolderOf(db, caseFolder, id)
  const unknown = (cause?: unknown) => new HostError('case-file-unknown', { file: name.slice(0, 200) }, cause)
  if (!isPlain(name)) throw unknown()
  const path = join(folder, name)
  const before = await lstat(path).catch(() => null)
  if (!before?.isFile() || !(await staysInside(caseFolder, folder))) throw unknown()
  const handle = await open(path, PLAIN_READ).catch((error: unknown) => {
    throw unknown(error)
  })
  try {
    const found = await handle.stat()
    if (!found.isFile() || found.dev !== before.dev || found.ino !== before.ino) throw unknown()
    return { handle, bytes: found.size, modifiedAt: found.mtimeMs, kind: kindOf(name) }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** The regular files of a case by name, but hidden ones and links. Errors of the disk are thrown as they are. */
export async function filesOf(folder: string, project: string): Promise<readonly CaseFileEntry[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, 'en'))
    .slice(0, FILE_LIMIT)
  const sizes = await Promise.all(
    names.map((name) =>
      lstat(join(folder, name)).then(
        ({ size }) => size,
        () => null,
      ),
    ),
  )
  const scans = names.map((name) => scanOf(name, project, names))
  const worn = [...scans.map((scan) => scan?.texture ?? null), ...(await texturesNamed(folder, names))]
  const textures = new Set(worn.filter((name) => name !== null).map((name) => name.toLowerCase()))
  return names.flatMap((name, at) => {
    const [bytes, scan] = [sizes[at], scans[at] ?? null]
    if (bytes === null || bytes === undefined) return []
    const kind = kindOf(name)
    const worn = kind === 'image' && textures.has(name.toLowerCase())
    return [{ name, bytes, kind: worn ? 'texture' : kind, scan }]
  })
}

/** What the PLYs of a case name as their textures [C]; what cannot be read names none. */
async function texturesNamed(folder: string, names: readonly string[]): Promise<readonly (string | null)[]> {
  const meshes = names.filter((name) => extname(name).toLowerCase() === '.ply').slice(0, MOST_MESHES)
  return Promise.all(meshes.map((name) => textureNamed(join(folder, name)).catch(() => null)))
}

async function textureNamed(path: string): Promise<string | null> {
  const file = await open(path, PLAIN_READ)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    const [header = ''] = buffer.toString('utf8', 0, bytesRead).split(/^end_header/m)
    const named = /^comment\s+TextureFile\s+(.+?)\s*$/im.exec(header)?.[1]
    return named?.split(/[\\/]/).at(-1) ?? null
  } finally {
    await file.close()
  }
}

/** Of a PLY: its header, and of a case: its meshes. */
const HEADER_BYTES = 4096
const MOST_MESHES = 100

const KINDS: Readonly<Record<string, CaseFileEntry['kind']>> = {
  '.stl': 'scan',
  '.ply': 'scan',
  '.obj': 'scan',
  '.png': 'image',
  '.jpg': 'image',
  '.jpeg': 'image',
  '.bmp': 'image',
  '.gif': 'image',
  '.webp': 'image',
  '.tif': 'image',
  '.tiff': 'image',
  '.pdf': 'document',
  '.html': 'document',
  '.htm': 'document',
  '.txt': 'document',
}

function kindOf(name: string): CaseFileEntry['kind'] {
  const extension = extname(name).toLowerCase()
  return Object.hasOwn(KINDS, extension) ? (KINDS[extension] ?? 'other') : 'other'
}

const ROLES = { situ: 'situ', marker: 'marker', gingiva: 'gingiva' } as const

/** By DentalDB's names [C]: `<project>-upperjaw.stl`, `-lowerjaw-situ`, `-occlusionfirst`; a second of a kind ends in `_2`. */
function scanOf(name: string, project: string, names: readonly string[]): CaseFileEntry['scan'] {
  if (kindOf(name) !== 'scan') return null
  const stem = name.slice(0, -extname(name).length)
  const texture =
    names.find((each) => kindOf(each) === 'image' && sameName(each.slice(0, -extname(each).length), stem)) ??
    null
  const suffix = sameName(stem.slice(0, project.length + 1), `${project}-`)
    ? stem.slice(project.length + 1)
    : ''
  if (/^occlusionfirst(_\d+)?$/i.test(suffix)) return { jaw: null, role: 'bite', texture }
  const [, jaw, more] = /^(upper|lower)jaw(?:-(situ|marker|gingiva))?(?:_\d+)?$/i.exec(suffix) ?? []
  if (jaw === undefined) return { jaw: null, role: 'other', texture }
  return {
    jaw: jaw.toLowerCase() === 'upper' ? 'upper' : 'lower',
    role: more === undefined ? 'jaw' : ROLES[more.toLowerCase() as keyof typeof ROLES],
    texture,
  }
}

/** One name, no way: nothing of it leads elsewhere on any system, to a hidden file or to another stream of a file. */
const isPlain = (name: string): boolean =>
  name !== '' && name.length <= 255 && !name.startsWith('.') && !/[/\\\0:]/.test(name)

async function staysInside(caseFolder: string, folder: string): Promise<boolean> {
  try {
    const [root, own] = await Promise.all([realpath(caseFolder), realpath(folder)])
    return own.startsWith(root.endsWith(sep) ? root : root + sep)
  } catch {
    return false
  }
}
