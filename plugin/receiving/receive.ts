import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { openStagedFile, type Staging } from '../casefile/staging.ts'
import type { Disk } from '../disk.ts'
import { ImportError } from '../errors.ts'
import type { OrderFile } from '../itero/files.ts'
import { type OpenPackage, openPackage } from '../itero/package.ts'
import type { ReceivedFile } from '../ledger/orders.ts'
import { meshCheck } from '../mesh/preflight.ts'

/** What is to be read through, and where to. */
export interface ReceiveJob {
  /** Path of the package. */
  readonly package: string
  /** Of the package whose manifest was read: another one in its place is refused. */
  readonly signature: string
  readonly files: readonly OrderFile[]
  /** null: read and hash, write nothing. */
  readonly staging: Staging | null
}

/** Told of bytes of content as they go through, so that a bar can move and a claim be renewed. */
export type OnBytes = (bytes: number) => void

export type Receive = (job: ReceiveJob, onBytes: OnBytes) => Promise<readonly ReceivedFile[]>

/**
 * Streams the files of a package through, once: checked by the package's own lengths and CRCs, hashed, looked at where they
 * are meshes, and, with a staging, written there and flushed. Constant memory, whatever the size.
 *
 * Errors: those of the package (`zip-entry-damaged`, `package-changed-while-read` …) and of the disk (`case-folder-full` …).
 */
export async function receive(
  disk: Disk,
  job: ReceiveJob,
  onBytes: OnBytes,
): Promise<readonly ReceivedFile[]> {
  const pkg = await openPackage(disk, job.package)
  try {
    if (pkg.signature !== job.signature) {
      throw new ImportError('package-changed-while-read', { package: basename(job.package) })
    }
    const { staging } = job
    return staging
      ? await intoStaging(disk, pkg, job.files, staging, onBytes)
      : await lookedAt(pkg, job.files, onBytes)
  } finally {
    await pkg.close()
  }
}

async function intoStaging(
  disk: Disk,
  pkg: OpenPackage,
  files: readonly OrderFile[],
  staging: Staging,
  onBytes: OnBytes,
): Promise<readonly ReceivedFile[]> {
  const received: ReceivedFile[] = []
  // A flush waits for the disk and nothing else: the next file streams meanwhile.
  const flushes: Promise<void>[] = []
  try {
    for (const [index, file] of files.entries()) {
      const stagedAs = stagedName(index)
      const staged = await openStagedFile(disk, staging, stagedAs)
      try {
        const seen = await readThrough(pkg, file, onBytes, (chunk) => staged.write(chunk))
        received.push({ ...seen, stagedAs })
      } catch (error) {
        await staged.abandon()
        throw error
      }
      const flush = staged.commit()
      flush.catch(() => {})
      flushes.push(flush)
    }
  } finally {
    await Promise.allSettled(flushes)
  }
  await Promise.all(flushes)
  return received
}

async function lookedAt(
  pkg: OpenPackage,
  files: readonly OrderFile[],
  onBytes: OnBytes,
): Promise<readonly ReceivedFile[]> {
  const seen: ReceivedFile[] = []
  for (const [index, file] of files.entries()) {
    seen.push({ ...(await readThrough(pkg, file, onBytes, async () => {})), stagedAs: stagedName(index) })
  }
  return seen
}

/** Neutral until the case has its name, which may depend on an answer. */
const stagedName = (index: number) => `file-${String(index).padStart(4, '0')}`

async function readThrough(
  pkg: OpenPackage,
  { entry, role }: OrderFile,
  onBytes: OnBytes,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<Omit<ReceivedFile, 'stagedAs'>> {
  const hash = createHash('sha256')
  const mesh = meshCheck(entry.name, entry.bytes)
  let bytes = 0
  for await (const chunk of pkg.read(entry)) {
    const taken = take(chunk)
    try {
      // Looked at while it is being written.
      hash.update(chunk)
      mesh?.push(chunk)
      bytes += chunk.length
      onBytes(chunk.length)
    } finally {
      // The chunk's memory is the next one's: nothing may still be writing it.
      await taken
    }
  }
  return { packageName: entry.path, bytes, sha256: hash.digest('hex'), role, mesh: mesh?.end() ?? null }
}
