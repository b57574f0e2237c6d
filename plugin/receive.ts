import { createHash } from 'node:crypto'
import { openStagedFile, type Staging } from './casefile/staging.ts'
import type { Disk } from './disk.ts'
import type { OrderFile } from './itero/files.ts'
import type { OpenPackage } from './itero/package.ts'
import type { ReceivedFile } from './ledger/orders.ts'
import { meshCheck } from './mesh/preflight.ts'

/** Told after every chunk, so that a bar can move and a claim be renewed. Bytes of content, not of the zip. */
export type OnBytes = (bytes: number) => void | Promise<void>

/**
 * Streams every file of a package into the staging, once: checked by the package's own lengths and CRCs, hashed,
 * looked at where it is a mesh, written and flushed. Constant memory, whatever the size.
 *
 * Errors: those of the package (`zip-entry-damaged`, `package-changed-while-read` …) and of the disk (`case-folder-full` …).
 */
export async function receiveFiles(
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
      let written: Promise<void> = Promise.resolve()
      try {
        const seen = await readThrough(pkg, file, onBytes, async (chunk) => {
          await written
          written = staged.write(chunk)
          // Its failure is met at the next await; until then it must not count as unhandled.
          written.catch(() => {})
        })
        await written
        received.push({ ...seen, stagedAs })
      } catch (error) {
        await written.catch(() => {})
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

/** The same reading and hashing with nothing written: is this the revision that is known already? */
export async function inspectFiles(
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
    await take(chunk)
    hash.update(chunk)
    mesh?.push(chunk)
    bytes += chunk.length
    await onBytes(chunk.length)
  }
  return { packageName: entry.path, bytes, sha256: hash.digest('hex'), role, mesh: mesh?.end() ?? null }
}
