import { isUtf8 } from 'node:buffer'
import type { FileHandle } from 'node:fs/promises'
import {
  type Entry,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  RandomAccessReader,
  type ZipFile,
} from 'yauzl'
import { type Facts, ImportError } from '../errors.ts'
import { isLeftBehind, refuseDuplicates, safeSegments, sharedFolders } from './entry-names.ts'
import type { PackageLimits } from './package.ts'
import { END_RECORD_BYTES, findEnd, type ZipEnd } from './zip-end.ts'

export interface ZipDirectory {
  readonly zip: ZipFile
  /** Bytes in front of the zip: add them to every offset that it gives. */
  readonly prefix: number
  readonly files: readonly ZippedFile[]
}

export interface ZippedFile {
  /** Without shared top folders. */
  readonly path: string
  readonly entry: Entry
}

const CENTRAL_HEADER_BYTES = 46
const LOCAL_HEADER_BYTES = 30
const MARKER_32 = 0xffffffff

/** The checked directory of a zip. Throws what `openPackage` does. */
export async function readDirectory(
  handle: FileHandle,
  bytes: number,
  limits: PackageLimits,
  facts: Facts,
): Promise<ZipDirectory> {
  const end = await findEnd(handle, bytes, facts)
  const prefix = end?.prefix ?? 0
  const zip = await openDirectory(handle, bytes, end, facts)
  // The number stands in the end record: 100,000 entries are refused without reading one of them.
  if (zip.entryCount > limits.entries) {
    throw new ImportError('zip-too-many-entries', {
      ...facts,
      entries: zip.entryCount,
      limit: limits.entries,
    })
  }
  const entries = await allEntries(zip, facts)
  if (end !== null) refuseUncounted(end, entries, facts)
  if (prefix > 0) await refuseMisplaced(zip, entries, facts)
  const named = entries
    .map((entry) => ({ entry, written: writtenName(entry) }))
    .map(({ entry, written }) => ({
      entry,
      written,
      folder: /[/\\]$/.test(written),
      segments: safeSegments(written, 'both', limits, facts),
    }))
  for (const { entry, segments, folder } of named)
    checkEntry(entry, folder, { ...facts, file: segments.join('/') })
  refuseOverlaps(named, bytes - prefix, facts)
  refuseBomb(named, limits, facts)
  const files = named.filter(({ folder, segments }) => !folder && !isLeftBehind(segments))
  refuseDuplicates(
    files.map(({ segments }) => segments.join('/')),
    facts,
  )
  const shared = sharedFolders(files.map(({ segments }) => segments))
  return {
    zip,
    prefix,
    files: files.map(({ entry, segments }) => ({ entry, path: segments.slice(shared).join('/') })),
  }
}

/**
 * yauzl reads by small pieces: they are served from one window of the file. What stands in front of the zip and in its
 * comment is not shown to it: it would take either for damage.
 */
class HandleReader extends RandomAccessReader {
  readonly handle: FileHandle
  readonly end: ZipEnd | null
  window = Buffer.alloc(0)
  windowAt = 0

  constructor(handle: FileHandle, end: ZipEnd | null) {
    super()
    this.handle = handle
    this.end = end
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.fill(length, position).then(
      (piece) => callback(null, piece.copy(buffer, offset, 0, length)),
      callback,
    )
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null)
  }

  async fill(length: number, position: number): Promise<Buffer> {
    const at = position - this.windowAt
    if (at >= 0 && at + length <= this.window.length) return this.window.subarray(at, at + length)
    if (!Number.isSafeInteger(position)) return Buffer.alloc(0)
    const window = Buffer.allocUnsafe(Math.max(length, 64 * 1024))
    const prefix = this.end?.prefix ?? 0
    const { bytesRead } = await this.handle.read(window, 0, window.length, position + prefix)
    this.window = window.subarray(0, bytesRead)
    this.windowAt = position
    this.hideComment()
    return this.window.subarray(0, length)
  }

  /** Its length becomes nought. */
  hideComment(): void {
    if (this.end === null) return
    const at = this.end.at + 20 - this.end.prefix - this.windowAt
    for (const byte of [at, at + 1]) if (byte >= 0 && byte < this.window.length) this.window[byte] = 0
  }
}

async function openDirectory(
  handle: FileHandle,
  bytes: number,
  end: ZipEnd | null,
  facts: Facts,
): Promise<ZipFile> {
  try {
    const options = {
      autoClose: false,
      decodeStrings: false,
      lazyEntries: true,
      validateEntrySizes: true,
    } as const
    const seen = end === null ? bytes : end.at + END_RECORD_BYTES - end.prefix
    return await fromRandomAccessReaderPromise(new HandleReader(handle, end), seen, options)
  } catch (cause) {
    const start = Buffer.alloc(4)
    const { bytesRead } = await handle.read(start, 0, 4, 0)
    const begunAsZip = bytesRead === 4 && start.readUInt16LE(0) === 0x4b50
    throw (
      unreadable(cause) ?? new ImportError(begunAsZip ? 'zip-damaged' : 'package-not-a-package', facts, cause)
    )
  }
}

async function allEntries(zip: ZipFile, facts: Facts): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  try {
    for await (const entry of zip.eachEntry()) entries.push(entry)
  } catch (cause) {
    const encrypted = cause instanceof Error && /encryption/.test(cause.message)
    throw unreadable(cause) ?? new ImportError(encrypted ? 'zip-encrypted' : 'zip-damaged', facts, cause)
  }
  return entries
}

/** Some writers count modulo 65,536: entries past the count would be lost without a word. */
function refuseUncounted(
  { directoryBytes: announced }: ZipEnd,
  entries: readonly Entry[],
  facts: Facts,
): void {
  const walked = entries.reduce(
    (sum, entry) =>
      sum + CENTRAL_HEADER_BYTES + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength,
    0,
  )
  if (announced !== MARKER_32 && announced !== walked) {
    throw new ImportError('zip-damaged', { ...facts, reason: 'directory-size' })
  }
}

/** Where nothing begins at the first entry's place, nothing stands in front of the zip: its directory is wrong. */
async function refuseMisplaced(zip: ZipFile, entries: readonly Entry[], facts: Facts): Promise<void> {
  const [first] = entries
  if (first === undefined) return
  try {
    await zip.readLocalFileHeaderPromise(first, { minimal: true })
  } catch (cause) {
    throw unreadable(cause, facts) ?? new ImportError('zip-damaged', facts, cause)
  }
}

/** Macs, and Info-ZIP in a bare locale, write UTF-8 without saying so: what is valid UTF-8 is taken for it. */
function writtenName({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const flags = isUtf8(fileNameRaw) ? generalPurposeBitFlag | UTF8_FLAG : generalPurposeBitFlag
  return getFileNameLowLevel(flags, fileNameRaw, extraFields, true)
}

const UTF8_FLAG = 0x800

const FILE_TYPE = 0o170000
const LINK = 0o120000
const FOLDER = 0o040000
const REGULAR = 0o100000

function checkEntry(entry: Entry, folder: boolean, facts: Facts): void {
  // The upper half is st_mode where the entry was made on Unix (3) or a Mac (19).
  const host = entry.versionMadeBy >> 8
  const type = host === 3 || host === 19 ? (entry.externalFileAttributes >>> 16) & FILE_TYPE : 0
  if (type === LINK) throw new ImportError('entry-is-link', facts)
  if (type !== 0 && type !== REGULAR && type !== FOLDER) throw new ImportError('entry-not-a-file', facts)
  if (folder && entry.uncompressedSize > 0) throw new ImportError('entry-not-a-file', facts)
  if ((entry.generalPurposeBitFlag & 0x2041) !== 0) throw new ImportError('zip-encrypted', facts)
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw new ImportError('zip-method-unsupported', { ...facts, method: entry.compressionMethod })
  }
}

interface Placed {
  readonly entry: Entry
  readonly segments: readonly string[]
}

/** Entries that share bytes make a small zip into any amount of content. */
function refuseOverlaps(named: readonly Placed[], bytes: number, facts: Facts): void {
  const spans = named
    .map(({ entry, segments }) => {
      const start = entry.relativeOffsetOfLocalHeader
      const end = start + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize
      return { start, end, file: segments.join('/') }
    })
    .sort((a, b) => a.start - b.start)
  let free = 0
  for (const { start, end, file } of spans) {
    if (start < free || end > bytes)
      throw new ImportError('zip-damaged', { ...facts, file, reason: 'overlap' })
    free = end
  }
}

function refuseBomb(named: readonly Placed[], limits: PackageLimits, facts: Facts): void {
  let bytes = 0
  let packed = 0
  const tooDense = (out: number, into: number): boolean =>
    out > limits.ratioFloorBytes && out > limits.ratio * Math.max(1, into)
  for (const { entry, segments } of named) {
    bytes += entry.uncompressedSize
    packed += entry.compressedSize
    const file = segments.join('/')
    if (entry.uncompressedSize > limits.entryBytes) {
      throw new ImportError('zip-bomb', {
        ...facts,
        file,
        bytes: entry.uncompressedSize,
        limit: limits.entryBytes,
      })
    }
    if (bytes > limits.totalBytes)
      throw new ImportError('zip-bomb', { ...facts, file, bytes, limit: limits.totalBytes })
    if (tooDense(entry.uncompressedSize, entry.compressedSize) || tooDense(bytes, packed)) {
      throw new ImportError('zip-bomb', {
        ...facts,
        file,
        bytes: entry.uncompressedSize,
        ratio: limits.ratio,
      })
    }
  }
}

/** A failing disk is not a damaged zip: it may be tried again. */
export function unreadable(cause: unknown, facts: Facts = {}): ImportError | null {
  if (cause instanceof ImportError) return cause
  const { code, syscall } = cause as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return null
  return new ImportError('package-unreadable', { ...facts, reason: code }, cause)
}
