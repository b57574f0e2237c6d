import { readSync, writeSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import type { Disk } from '../disk.ts'

/**
 * The disk for a thread that has nothing else to do than to read one file and write another: it waits for each read and
 * write itself. Handing each over to another thread and back costs a fifth of an import (measured). Flushes, which take
 * long and nothing of the processor, are waited for as ever.
 */
export const blockingDisk: Disk = {
  ...fs,
  async open(path, flags, mode) {
    const handle = await fs.open(path, flags, mode)
    const { fd } = handle
    return Object.assign(handle, {
      async read(buffer: Uint8Array, offset: number, length: number, position: number | null) {
        return { bytesRead: readSync(fd, buffer, offset, length, position), buffer }
      },
      async write(buffer: Uint8Array, offset: number, length: number, position?: number | null) {
        return { bytesWritten: writeSync(fd, buffer, offset, length, position ?? null), buffer }
      },
    }) as fs.FileHandle
  },
}
