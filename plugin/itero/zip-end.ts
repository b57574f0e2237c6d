import type { FileHandle } from 'node:fs/promises'
import { type Facts, ImportError } from '../errors.ts'

/** Where a zip lies in its file. */
export interface ZipEnd {
  /** Bytes in front of the zip, such as a self-extracting stub: its own offsets count from behind them. */
  readonly prefix: number
  /** Where the end record stands in the file. */
  readonly at: number
  /** What the end record says of the directory's size; all ones in a zip64. */
  readonly directoryBytes: number
}

export const END_RECORD_BYTES = 22
const LOCATOR_64_BYTES = 20
const END_RECORD_64_BYTES = 56
const COMMENT_LIMIT = 0xffff
/** Self-extracting stubs have some 100 kB; all of what stands in front is searched for another directory. */
const PREFIX_LIMIT = 16 * 2 ** 20

const SIGNATURES = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, central: 0x02014b50 } as const
const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1')

/**
 * The end record that closes the file and whose directory stands where it says, bytes in front of the zip allowed for; the
 * comment may hold anything that is no second directory. null: none such, so that whoever reads on finds the damage.
 * Throws zip-ambiguous (`two-directories`: which one counts differs from reader to reader), zip-damaged (`bytes-behind`,
 * `comment-cut`, `much-in-front`).
 */
export async function findEnd(handle: FileHandle, bytes: number, facts: Facts): Promise<ZipEnd | null> {
  const length = Math.min(bytes, END_RECORD_BYTES + COMMENT_LIMIT)
  const tail = await piece(handle, bytes - length, length)
  const found: (ZipEnd & { readonly closes: 'yes' | 'early' | 'late' })[] = []
  for (let i = tail.indexOf(END_SIGNATURE); i >= 0; i = tail.indexOf(END_SIGNATURE, i + 1)) {
    if (i + END_RECORD_BYTES > tail.length) break
    const end = await endAt(handle, bytes - length + i, tail.subarray(i, i + END_RECORD_BYTES), facts)
    const closed = i + END_RECORD_BYTES + tail.readUInt16LE(i + 20)
    const closes = closed === tail.length ? 'yes' : closed < tail.length ? 'early' : 'late'
    if (end !== null) found.push({ ...end, closes })
  }
  const closing = found.filter(({ closes }) => closes === 'yes')
  const [end] = closing
  if (end === undefined) {
    const last = found.at(-1)
    if (last === undefined) return null
    const reason = last.closes === 'early' ? 'bytes-behind' : 'comment-cut'
    throw new ImportError('zip-damaged', { ...facts, reason })
  }
  // Of those before it each belongs to a zip that is stored as an entry; one behind it stands in its comment.
  if (found.some((other) => other.at > end.at)) throw ambiguous(facts)
  if (end.prefix > 0) await refuseZipInFront(handle, end.prefix, facts)
  return end
}

const ambiguous = (facts: Facts): ImportError =>
  new ImportError('zip-ambiguous', { ...facts, reason: 'two-directories' })

/** The end record at this place; null where no directory stands in front of it, nor where it says. */
async function endAt(handle: FileHandle, at: number, record: Buffer, facts: Facts): Promise<ZipEnd | null> {
  const directoryBytes = record.readUInt32LE(12)
  const directory = (await directory64(handle, at)) ?? {
    end: at,
    bytes: directoryBytes,
    offset: record.readUInt32LE(16),
    declaredEnd: null,
  }
  const start = directory.end - directory.bytes
  const prefix = start - directory.offset
  if (start < 0 || prefix < 0) return null
  const empty = directory.bytes === 0 && record.readUInt16LE(10) === 0
  const stands = empty || (await isCentral(handle, start))
  const standsAsDeclared = prefix > 0 && !empty && (await isCentral(handle, directory.offset))
  // Readers that go by the offset alone would see another directory than those that go by the end.
  if (stands && standsAsDeclared) throw ambiguous(facts)
  if (standsAsDeclared) return { prefix: 0, at, directoryBytes }
  const apart = directory.declaredEnd !== null && directory.declaredEnd + prefix !== directory.end
  return stands && !apart ? { prefix, at, directoryBytes } : null
}

/** What a zip64's own end record says; null where there is none right before its locator. */
async function directory64(handle: FileHandle, at: number) {
  const from = at - LOCATOR_64_BYTES - END_RECORD_64_BYTES
  if (from < 0) return null
  const records = await piece(handle, from, END_RECORD_64_BYTES + LOCATOR_64_BYTES)
  if (records.readUInt32LE(END_RECORD_64_BYTES) !== SIGNATURES.locator64) return null
  if (records.readUInt32LE(0) !== SIGNATURES.end64) return null
  return {
    end: from,
    bytes: Number(records.readBigUInt64LE(40)),
    offset: Number(records.readBigUInt64LE(48)),
    declaredEnd: Number(records.readBigUInt64LE(END_RECORD_64_BYTES + 8)),
  }
}

const isCentral = async (handle: FileHandle, at: number): Promise<boolean> => {
  const start = await piece(handle, at, 4)
  return start.length === 4 && start.readUInt32LE(0) === SIGNATURES.central
}

const WINDOW = 64 * 1024

/** Two zips one behind the other. Stubs know the signatures too: only one with a directory in front of it counts. */
async function refuseZipInFront(handle: FileHandle, prefix: number, facts: Facts): Promise<void> {
  if (prefix > PREFIX_LIMIT) {
    throw new ImportError('zip-damaged', { ...facts, reason: 'much-in-front', limit: PREFIX_LIMIT })
  }
  for (let from = 0; from < prefix; from += WINDOW) {
    const window = await piece(handle, from, Math.min(WINDOW + END_RECORD_BYTES, prefix - from))
    for (let i = window.indexOf(END_SIGNATURE); i >= 0; i = window.indexOf(END_SIGNATURE, i + 1)) {
      if (i + END_RECORD_BYTES > window.length) break
      const start = from + i - window.readUInt32LE(i + 12)
      if (start >= 0 && start < from + i && (await isCentral(handle, start))) throw ambiguous(facts)
    }
  }
}

/** Shorter where the file ends; of nothing where the place is none. */
async function piece(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  if (length === 0 || !Number.isSafeInteger(position) || position < 0) return buffer.subarray(0, 0)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
