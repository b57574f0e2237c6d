import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import type { ZipFile } from 'yauzl'
import type { Disk } from '../disk.ts'
import { type Facts, ImportError } from '../errors.ts'
import { borrow, giveBack } from './buffers.ts'
import { inflater } from './inflate.ts'
import type { OpenPackage, PackageLimits } from './package.ts'
import { turns } from './ranges.ts'
import { readDirectory, unreadable, type ZippedFile } from './zip-directory.ts'

/** Of the two buffers that an entry is read through. Smaller ones cost calls, larger ones leave the processor's cache. */
const OUT_BYTES = 256 * 1024
const IN_BYTES = 128 * 1024

/** A zip as a package. One handle stays open until `close`. Errors as of `openPackage`. */
export async function openZip(disk: Disk, path: string, limits: PackageLimits): Promise<OpenPackage> {
  const facts = { package: basename(path) }
  let handle: FileHandle | undefined
  try {
    const opened = await disk.open(path, 'r')
    handle = opened
    const before = await opened.stat({ bigint: true })
    const { zip, prefix, files } = await readDirectory(opened, Number(before.size), limits, facts)
    const zipped = new Map(files.map((file) => [file.path, file]))
    let closing: Promise<void> | null = null
    return {
      path,
      form: 'zip',
      signature: `${before.ino}:${before.size}:${before.mtimeNs}`,
      entries: files.map(({ path, entry }) => ({
        name: path.slice(path.lastIndexOf('/') + 1),
        path,
        bytes: entry.uncompressedSize,
      })),
      read(entry) {
        const file = zipped.get(entry.path)
        if (file === undefined || closing !== null) {
          throw new ImportError('package-unreadable', { ...facts, file: entry.path })
        }
        return unchanged(readEntry(opened, zip, prefix, file), opened, before, { ...facts, file: file.path })
      },
      close() {
        closing ??= opened.close()
        return closing
      },
    }
  } catch (cause) {
    await handle?.close()
    throw unreadable(cause, facts) ?? cause
  }
}

/** Content of an entry, with every failure told as what it is: changed under our hands, unreadable, or damaged. */
async function* unchanged(
  content: AsyncGenerator<Uint8Array, void, void>,
  handle: FileHandle,
  before: BigIntStats,
  facts: Facts,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* content
  } catch (cause) {
    await refuseChanged(handle, before, facts)
    throw unreadable(cause, facts) ?? new ImportError('zip-entry-damaged', facts, cause)
  }
  await refuseChanged(handle, before, facts)
}

async function refuseChanged(handle: FileHandle, before: BigIntStats, facts: Facts): Promise<void> {
  const now = await handle.stat({ bigint: true }).catch(() => before)
  if (now.size !== before.size || now.mtimeNs !== before.mtimeNs) {
    throw new ImportError('package-changed-while-read', facts)
  }
}

/** Any other error than a disk's means damage. */
async function* readEntry(
  handle: FileHandle,
  zip: ZipFile,
  prefix: number,
  { entry }: ZippedFile,
): AsyncGenerator<Uint8Array, void, void> {
  const local = await zip.readLocalFileHeaderPromise(entry)
  if (!local.fileName.equals(entry.fileNameRaw)) throw new Error('local header names another file')
  const packed = { start: prefix + local.fileDataStart, length: entry.compressedSize }
  const content =
    entry.compressionMethod === 0
      ? turns(handle, packed.start, packed.length, OUT_BYTES)
      : inflated(turns(handle, packed.start, packed.length, IN_BYTES), packed.length)
  let got = 0
  let sum = 0
  for await (const chunk of content) {
    got += chunk.length
    if (got > entry.uncompressedSize) throw new Error('longer than announced')
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (got !== entry.uncompressedSize) throw new Error('shorter than announced')
  if (sum !== entry.crc32) throw new Error('CRC differs')
}

async function* inflated(
  packed: AsyncGenerator<Uint8Array, void, void>,
  packedBytes: number,
): AsyncGenerator<Uint8Array, void, void> {
  const out = borrow(OUT_BYTES)
  const inflate = inflater(out)
  try {
    for await (const piece of packed) yield* inflate.push(piece)
    // zlib stops at the end of the deflate stream: what follows inside the entry is never taken.
    if (inflate.taken() !== packedBytes) throw new Error('bytes after the end of the content')
  } finally {
    inflate.close()
    giveBack(out)
  }
}
