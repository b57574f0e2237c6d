import * as fs from 'node:fs/promises'
import type { Disk } from '../../plugin/disk.ts'
import { systemError, watchedDisk } from '../casefile/failing-disk.ts'

export interface DiskTrouble {
  /** Calls that it lasts. */
  readonly calls: number
  /** Of them fail, 0 to 1. */
  readonly rate: number
  readonly code: 'ENOSPC' | 'EIO'
}

export interface FaultyDisk {
  readonly disk: Disk
  trouble(trouble: DiskTrouble): void
  heal(): void
  /** From here on nothing reaches the disk, as after the end of a process. */
  die(): Promise<void>
}

/** What a full disk refuses; everything else it still does. */
const GROWS = new Set(['mkdir', 'open', 'handle.write', 'handle.sync', 'handle.datasync'])

export function faultyDisk(random: () => number): FaultyDisk {
  let now: DiskTrouble | null = null
  let left = 0
  let dead = false
  const { disk, closeAll } = watchedDisk(fs, ({ name }) => {
    if (dead && name !== 'handle.close') throw systemError('EDEAD')
    if (now === null || name === 'handle.close' || name === 'stat' || name === 'lstat') return
    if (left-- <= 0) {
      now = null
      return
    }
    if (now.code === 'ENOSPC' && !GROWS.has(name)) return
    if (random() < now.rate) throw systemError(now.code)
  })
  return {
    disk,
    trouble(next) {
      now = next
      left = next.calls
    },
    heal() {
      now = null
    },
    async die() {
      dead = true
      await closeAll()
    },
  }
}
