import { dirname, join } from 'node:path'
import type { Disk } from '../disk.ts'
import { ImportError } from '../errors.ts'
import {
  diskError,
  flushFolder,
  makeFolders,
  onDisk,
  patiently,
  systemCode,
  TIMING,
  unless,
} from './case-disk.ts'

/** A folder in which a case is put together, unseen, on the case folder's own volume. */
export interface Staging {
  /** Absolute. */
  readonly folder: string
}

export interface StagedFile {
  /** Writes all of the chunk. One call at a time; the chunk must stay as it is until then. */
  write(chunk: Uint8Array): Promise<void>
  /** Flushes to the disk and closes: from here on the content outlives a power cut. */
  commit(): Promise<void>
  /** Closes and removes. */
  abandon(): Promise<void>
}

/**
 * Makes sure that cases can be staged at `stagingRoot` and renamed into `caseFolder`; makes the root where it is missing.
 * Throws case-folder-missing, case-folder-read-only, case-folder-unreachable, case-folder-full, staging-other-volume.
 */
export async function prepareStaging(
  disk: Disk,
  caseFolder: string,
  stagingRoot: string,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  const facts = { folder: caseFolder }
  const cases = await onDisk(facts, () => unless(['ENOENT', 'ENOTDIR'], null, () => disk.stat(caseFolder)))
  if (cases === null || !cases.isDirectory()) throw new ImportError('case-folder-missing', facts)
  await onDisk({ folder: stagingRoot }, async () => {
    const { made, staging } = await madeRoot(disk, stagingRoot)
    if (!staging.isDirectory()) throw new ImportError('staging-damaged', { reason: 'no-folder' })
    if (staging.dev !== cases.dev) {
      // We leave a volume that is not ours to use as we found it.
      if (made !== null) await disk.rmdir(stagingRoot).catch(() => {})
      throw new ImportError('staging-other-volume', { folder: caseFolder, staging: stagingRoot })
    }
    // Each new folder stands in the one above it only once that one is flushed.
    for (let at = stagingRoot; made !== null && at.length >= made.length; at = dirname(at)) {
      await flushFolder(disk, dirname(at), platform)
    }
  })
}

/** The root as it stands now; `made`: the topmost folder that was missing. */
async function madeRoot(disk: Disk, stagingRoot: string) {
  for (let made: string | null = null, tries = 1; ; tries++) {
    made = (await makeFolders(disk, stagingRoot)) ?? made
    // Another importer that tries the same root may have removed it, empty, between our two calls.
    const staging = await unless(tries < 10 ? ['ENOENT'] : [], null, () => disk.stat(stagingRoot))
    if (staging !== null) return { made, staging }
  }
}

/**
 * A new, empty staging. Throws staging-damaged where the name stands already, case-folder-missing where what the root
 * stands in is gone, or the disk's failures as ours.
 */
export async function createStaging(
  disk: Disk,
  stagingRoot: string,
  name: string,
  platform: NodeJS.Platform = process.platform,
): Promise<Staging> {
  const folder = join(stagingRoot, plainSegment(name))
  await onDisk({ folder: stagingRoot }, async () => {
    for (let tries = 1; ; tries++) {
      try {
        await disk.mkdir(folder)
        break
      } catch (error) {
        const code = systemCode(error)
        if (code === 'EEXIST')
          throw new ImportError('staging-damaged', { staging: name, reason: 'stands-already' })
        if (code !== 'ENOENT' || tries === 10) throw error
        // Another importer may have removed the root when it had become empty, between our two calls. The root alone is
        // made again: what stood above it is gone only where a share is away, and must not be made anew in its place.
        const made = await unless(['ENOENT', 'ENOTDIR'], null, () => madeNow(disk, stagingRoot))
        if (made === null) throw new ImportError('case-folder-missing', { folder: dirname(stagingRoot) })
        await flushFolder(disk, dirname(stagingRoot), platform)
      }
    }
    await flushFolder(disk, stagingRoot, platform)
  })
  return { folder }
}

async function madeNow(disk: Disk, folder: string): Promise<true> {
  await unless(['EEXIST'], undefined, () => disk.mkdir(folder))
  return true
}

/**
 * So much is handed to the disk while the next is written: it never idles, never gets more than twice that of a file at
 * once, and the flush at the end is short (an eighth off an import of many packages, measured).
 */
const FLUSH_BYTES = 16 * 1024 * 1024

/** A new file in a staging; exclusive. Throws staging-damaged where it stands already, case-folder-full and the like. */
export async function openStagedFile(disk: Disk, staging: Staging, name: string): Promise<StagedFile> {
  const path = join(staging.folder, plainSegment(name))
  const facts = { file: name }
  const handle = await disk.open(path, 'wx').catch((error: unknown) => {
    const damaged = ['EEXIST', 'ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')
    throw damaged
      ? new ImportError('staging-damaged', { ...facts, reason: systemCode(error) ?? '' })
      : diskError(error, facts)
  })
  let unflushed = 0
  let flushing: Promise<void> = Promise.resolve()
  let open = true
  const close = async () => {
    if (!open) return
    open = false
    await handle.close()
  }
  return {
    write: (chunk) =>
      onDisk(facts, async () => {
        // A disk that is nearly full takes less than it was given before it refuses.
        for (let at = 0; at < chunk.length; ) {
          const { bytesWritten } = await handle.write(chunk, at, chunk.length - at)
          at += bytesWritten
        }
        unflushed += chunk.length
        if (unflushed < FLUSH_BYTES) return
        await flushing
        unflushed = 0
        flushing = handle.datasync()
        // Its failure goes to whoever waits for it: the next flush, or the commit.
        flushing.catch(() => {})
      }),
    commit: () =>
      onDisk(facts, async () => {
        try {
          await flushing
          await handle.sync()
        } finally {
          await close()
        }
      }),
    abandon: () =>
      onDisk(facts, async () => {
        await flushing.catch(() => {})
        // A failing close must not keep the file from being removed.
        await close().catch(() => {})
        await unless(['ENOENT'], undefined, () => disk.unlink(path))
      }),
  }
}

/** Makes the names of the staged files outlive a power cut: before the ledger is told that they are there. */
export async function flushStaging(
  disk: Disk,
  staging: Staging,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  await onDisk({}, () => flushFolder(disk, staging.folder, platform))
}

/** Removes a staging with all it holds, then the root where nothing else stands in it. Nothing there: fine. */
export async function removeStaging(disk: Disk, stagingRoot: string, name: string): Promise<void> {
  const folder = join(stagingRoot, plainSegment(name))
  await onDisk({ folder: stagingRoot }, async () => {
    await patiently(TIMING, () => disk.rm(folder, { recursive: true, force: true }))
    await removeEmptyRoot(disk, stagingRoot)
  })
}

/** Removes the root of all stagings if it is empty, so that an idle case folder holds cases only. */
export async function removeEmptyRoot(disk: Disk, stagingRoot: string): Promise<void> {
  await unless(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EBUSY', 'EPERM', 'EACCES', 'ENOTDIR'], undefined, () =>
    disk.rmdir(stagingRoot),
  )
}

/** Names inside a staging are our own: one plain segment. Anything else is a mistake of ours, never to reach the disk. */
function plainSegment(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name))
    throw new ImportError('staging-damaged', { reason: 'name' })
  return name
}
