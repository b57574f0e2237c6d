import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Disk } from '../disk.ts'
import { asImportError } from '../errors.ts'
import { orderFiles } from '../itero/files.ts'
import { MANIFEST_LIMIT_BYTES, manifestVersionOf, pickManifest, readManifest } from '../itero/manifest.ts'
import { openPackage, readWhole } from '../itero/package.ts'

/** What a name in the export folder is, as far as a look from outside tells. */
export type Look =
  /** Everything that the manifest names is there. */
  | { readonly kind: 'whole' }
  /** A download or a copy that is not finished, or a package with something missing: it may still come. */
  | { readonly kind: 'growing' }
  /** Not an export of iTero's: somebody else's zip or folder in the same place. */
  | { readonly kind: 'foreign' }

/** Ends of the names that browsers give to a file they are still writing [C]. */
const UNFINISHED = /\.(crdownload|part|partial|download|tmp|opdownload)$/i

/** `iTero_Export_<id>.zip`, `OrthoCAD_Export_<id> (4).zip` [C/V]. */
const EXPORT_NAME = /^(itero|orthocad)_export_/i

/** May this name become a package at all? Zips and folders may; hidden, temporary and unfinished names may not. */
export function mayBePackage(name: string, isFolder: boolean): boolean {
  if (/^[.~]/.test(name) || name === '__MACOSX' || UNFINISHED.test(name)) return false
  return isFolder || /\.zip$/i.test(name)
}

/** Looks at a candidate without taking anything from it. Nothing is thrown: what cannot be read yet is `growing`. */
export async function lookAt(disk: Disk, folder: string, name: string): Promise<Look> {
  const unsure: Look = { kind: EXPORT_NAME.test(name) ? 'growing' : 'foreign' }
  const path = join(folder, name)
  try {
    if (await beingDownloaded(disk, folder, name)) return { kind: 'growing' }
    const pkg = await openPackage(disk, path)
    try {
      if (!pkg.entries.some((entry) => manifestVersionOf(entry.name) !== null)) return unsure
      if (pkg.form === 'zip') return { kind: 'whole' }
      if (pkg.entries.some((entry) => UNFINISHED.test(entry.name))) return { kind: 'growing' }
      const manifest = pickManifest(pkg.entries)
      const xml = await readWhole(pkg, manifest, MANIFEST_LIMIT_BYTES, 'manifest-too-large')
      const order = readManifest(xml, manifest.name, { patientNameOrder: 'given-family' })
      const missing = orderFiles(order, pkg.entries).warnings.some(({ code }) => code === 'file-missing')
      return { kind: missing ? 'growing' : 'whole' }
    } finally {
      await pkg.close()
    }
  } catch (error) {
    // A zip without its directory is either still being written or damaged: time tells.
    return asImportError(error).code === 'package-not-a-package' ? unsure : { kind: 'growing' }
  }
}

/** Firefox keeps an empty `x.zip` in the place of the `x.zip.part` that it is writing [C]. */
async function beingDownloaded(disk: Disk, folder: string, name: string): Promise<boolean> {
  const stat = await disk.stat(join(folder, name))
  if (stat.isFile() && stat.size === 0) return true
  for (const end of ['.part', '.crdownload']) {
    if (
      await disk.stat(join(folder, name + end)).then(
        () => true,
        () => false,
      )
    )
      return true
  }
  return false
}

/**
 * Same signature, same content as far as lengths and times tell. null where nothing stands there (any more), and for a
 * link: it could lead anywhere, and no browser or scanner leaves one.
 */
export async function signatureOf(disk: Disk, path: string): Promise<string | null> {
  try {
    const stat = await disk.lstat(path)
    if (stat.isSymbolicLink()) return null
    if (!stat.isDirectory()) return `${stat.size}:${stat.mtimeMs}`
    const names = (await disk.readdir(path, { recursive: true })).sort()
    const hash = createHash('sha256')
    for (const name of names) {
      const inner = await disk.lstat(join(path, name))
      if (inner.isFile()) hash.update(JSON.stringify([name, inner.size, inner.mtimeMs]))
    }
    return `${names.length}:${hash.digest('hex')}`
  } catch {
    return null
  }
}
