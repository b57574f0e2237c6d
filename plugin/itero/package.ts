import { basename } from 'node:path'
import type { Disk } from '../disk.ts'
import { type FailureCode, ImportError } from '../errors.ts'
import { openFolder } from './folder-package.ts'
import { openZip } from './zip-package.ts'

export interface PackageEntry {
  /** Last segment of its path, as written. */
  readonly name: string
  /** Inside the package, with `/`; a top folder, `__MACOSX` and `.DS_Store` are taken away. */
  readonly path: string
  /** Uncompressed, as announced; `read` gives exactly as many or fails. */
  readonly bytes: number
}

export interface OpenPackage {
  readonly path: string
  readonly form: 'zip' | 'folder'
  /** Tells this package, as it lies there now, from any other in its place: sizes, times of change, inodes. */
  readonly signature: string
  readonly entries: readonly PackageEntry[]
  /**
   * Content in order, in chunks of at most 512 KiB, each valid only until the next is asked for. Several entries may be
   * read at once.
   * Early return releases everything. Throws zip-entry-damaged (length, CRC; at the end of the content),
   * package-changed-while-read, package-unreadable.
   */
  read(entry: PackageEntry): AsyncIterable<Uint8Array>
  /** Safe to call again; reading an entry after it fails. */
  close(): Promise<void>
}

export interface PackageLimits {
  readonly entries: number
  readonly entryBytes: number
  readonly totalBytes: number
  /** Uncompressed by compressed size; looked at only where `ratioFloorBytes` are exceeded. */
  readonly ratio: number
  readonly ratioFloorBytes: number
  /** Of folders inside each other. */
  readonly depth: number
}

/** Generous: the largest scans seen are a few hundred MB, and deflate makes at most 1,032 bytes of one. */
export const PACKAGE_LIMITS: PackageLimits = {
  entries: 10_000,
  entryBytes: 16 * 2 ** 30,
  totalBytes: 64 * 2 ** 30,
  ratio: 250,
  ratioFloorBytes: 256 * 2 ** 20,
  depth: 16,
}

/**
 * Opens an export package, zip or plain folder, and checks its directory whole; no content is read yet.
 * Errors: package-missing, package-unreadable, package-not-a-package, zip-damaged, zip-ambiguous, zip-encrypted,
 * zip-method-unsupported, zip-too-many-entries, zip-bomb, entry-name-unsafe, entry-name-duplicate, entry-is-link,
 * entry-not-a-file, package-changed-while-read.
 */
export async function openPackage(disk: Disk, path: string, limits = PACKAGE_LIMITS): Promise<OpenPackage> {
  const facts = { package: basename(path) }
  const stat = await disk.stat(path).catch((cause) => {
    throw openingFailed(cause, facts)
  })
  if (stat.isDirectory()) return openFolder(disk, path, limits)
  if (stat.isFile()) return openZip(disk, path, limits)
  throw new ImportError('package-not-a-package', facts)
}

/** The whole content of a small entry. Throws `tooLarge` where it has more than `limit` bytes, before reading any. */
export async function readWhole(
  pkg: OpenPackage,
  entry: PackageEntry,
  limit: number,
  tooLarge: FailureCode,
): Promise<Uint8Array> {
  if (entry.bytes > limit) throw new ImportError(tooLarge, { file: entry.path, bytes: entry.bytes, limit })
  const whole = new Uint8Array(entry.bytes)
  let filled = 0
  for await (const chunk of pkg.read(entry)) {
    whole.set(chunk, filled)
    filled += chunk.length
  }
  return whole
}

function openingFailed(cause: unknown, facts: { readonly package: string }): ImportError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  return new ImportError(
    missing ? 'package-missing' : 'package-unreadable',
    { ...facts, reason: code },
    cause,
  )
}
