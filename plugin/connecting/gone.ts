import { resolve } from 'node:path'
import type { Disk } from '../disk.ts'
import { liesIn } from './refused.ts'

/**
 * Which of these lay in the export folder and are not there any more. None while the folder cannot be listed: a share
 * that is away loses nothing, and of other folders nothing can be said.
 */
export async function goneFrom(
  exportFolder: string | null,
  disk: Pick<Disk, 'readdir'>,
  packages: readonly { readonly path: string }[],
): Promise<ReadonlySet<string>> {
  if (exportFolder === null) return new Set()
  const folder = resolve(exportFolder)
  const mine = packages.filter((one) => liesIn(folder, one))
  if (mine.length === 0) return new Set()
  const entries = await disk.readdir(folder, { withFileTypes: true }).catch(() => null)
  if (entries === null) return new Set()
  const there = new Set(entries.map(({ name }) => resolve(folder, name)))
  return new Set(mine.filter(({ path }) => !there.has(resolve(path))).map(({ path }) => path))
}
