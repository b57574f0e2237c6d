import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder, sourceEpoch } from '../packaging/windows/folder.ts'

/** Does something with the plugin's folder as users have it, made of these sources: its JavaScript runs here too. */
export async function inPackedFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(mkdtempSync(join(tmpdir(), 'packed-')), 'myitero-import')
  try {
    makeFolder({ into: folder, node: null, epoch: sourceEpoch(), nsis: null })
    return await use(folder)
  } finally {
    rmSync(dirname(folder), { recursive: true, force: true })
  }
}
