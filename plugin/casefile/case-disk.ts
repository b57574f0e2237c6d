import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Disk } from '../disk.ts'
import { type Facts, type FailureCode, ImportError } from '../errors.ts'

/** The code of a system error (`ENOSPC`); null for anything else. What Node's permission model refuses is `EACCES` too. */
export function systemCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ERR_ACCESS_DENIED') return 'EACCES'
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null
}

const CODES: Readonly<Record<string, FailureCode>> = {
  ENOSPC: 'case-folder-full',
  EDQUOT: 'case-folder-full',
  // The file system has no room for a file of this size.
  EFBIG: 'case-folder-full',
  EROFS: 'case-folder-read-only',
  EACCES: 'case-folder-read-only',
  EPERM: 'case-folder-read-only',
  EXDEV: 'staging-other-volume',
}

/**
 * A failure of the disk as one of ours. The system's own error goes no further: its message holds paths, and a case's
 * path holds a patient's name. What is no failure of the disk is handed through.
 */
export function diskError(error: unknown, facts: Facts): unknown {
  const reason = systemCode(error)
  if (reason === null) return error
  return new ImportError(CODES[reason] ?? 'case-folder-unreachable', { ...facts, reason })
}

/** Runs a step on the disk; its failures leave as ours. */
export async function onDisk<T>(facts: Facts, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw diskError(error, facts)
  }
}

/** The step's result, or `instead` where it fails with one of these codes. */
export async function unless<T, U>(
  codes: readonly string[],
  instead: U,
  step: () => Promise<T>,
): Promise<T | U> {
  try {
    return await step()
  } catch (error) {
    if (codes.includes(systemCode(error) ?? '')) return instead
    throw error
  }
}

/** How waiting is done, and for whom. */
export interface Timing {
  readonly pause: (ms: number) => Promise<void>
  readonly platform: NodeJS.Platform
}

export const TIMING: Timing = { pause: (ms) => setTimeout(ms), platform: process.platform }

/** On Windows a watcher or scanner of somebody else's holds a file or folder for a moment: in all some 12 s, in ms. */
const HELD_PAUSES = [20, 50, 100, 200, 400, 800, 1600, 3200, 6400]

/**
 * Tries a step again while somebody holds what it is about; only Windows has that. Error: case-folder-unreachable, where it
 * is held for longer than we wait, or the wait is ended.
 */
export async function patiently<T>(timing: Timing, step: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await step()
    } catch (error) {
      const reason = systemCode(error) ?? ''
      if (timing.platform !== 'win32' || !['EPERM', 'EACCES', 'EBUSY'].includes(reason)) throw error
      const held = new ImportError('case-folder-unreachable', { reason })
      const pause = HELD_PAUSES[tries]
      if (pause === undefined) throw held
      await timing.pause(pause).catch(() => {
        throw held
      })
    }
  }
}

/**
 * Makes a folder with those above it, and gives the topmost that was missing; null where it stood. Not `recursive`: on a
 * read-only volume that tells ENOENT (Node 24), which is another failure altogether.
 */
export async function makeFolders(disk: Disk, path: string): Promise<string | null> {
  try {
    await disk.mkdir(path)
    return path
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST') return null
    if (code !== 'ENOENT' || dirname(path) === path) throw error
  }
  const above = await makeFolders(disk, dirname(path))
  return (await makeFolders(disk, path)) === null ? above : (above ?? path)
}

/**
 * Makes the entries of a folder outlive a power cut. Windows cannot flush a folder, nor can some shares: their file
 * systems keep the order themselves, and there is nothing else to call.
 */
export async function flushFolder(disk: Disk, folder: string, platform: NodeJS.Platform): Promise<void> {
  if (platform === 'win32') return
  const handle = await disk.open(folder, 'r')
  try {
    await unless(['EINVAL', 'ENOTSUP', 'ENOSYS', 'EISDIR', 'EBADF'], undefined, () => handle.sync())
  } finally {
    await handle.close()
  }
}
