import { createHash, type Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { systemCode, unless } from '../casefile/case-disk.ts'
import type { Disk } from '../disk.ts'
import { FAILURES, ImportError } from '../errors.ts'
import type { BytesAnswer, Http } from './http.ts'
import type { Throttle } from './throttle.ts'

/** What outlives a restart of a file begun, beside the file. */
export interface Kept {
  /** Strong; null: it cannot be gone on with. */
  readonly etag: string | null
  /** Bytes that outlive a power cut. */
  readonly flushed: number
}

export interface DownloadJob extends Kept {
  readonly http: Http
  readonly disk: Disk
  /** Absolute; the file begun stands beside it as `….part`. */
  readonly path: string
  /** As announced. */
  readonly bytes: number
  /** Hex; null where the cloud does not know it. */
  readonly sha256: string | null
  /** Asks the cloud for a URL that has not expired. */
  readonly freshUrl: () => Promise<string>
  readonly keep: (kept: Kept) => Promise<void>
  readonly throttle: Throttle
  /** ms */
  readonly clock: () => number
  /** Bytes at hand so far. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Fetches one package into `path`: goes on from what was flushed, checks length and SHA-256, renames. What its zip holds is
 * checked by whoever reads it; that also finds out what a power cut leaves of a file that stood whole and was not flushed.
 *
 * Errors: `download-wrong-length`, `download-wrong-content`, `download-not-a-zip` (nothing is kept of it) · `download-cut`,
 * `download-expired`, `downloads-full`, `downloads-unreachable`, those of `Http.bytes` and of `freshUrl` (it is gone on with).
 * Rejects with the signal's reason.
 */
export async function download(job: DownloadJob): Promise<void> {
  if (job.bytes === 0) throw new ImportError('download-not-a-zip', { reason: 'empty' })
  const part = await openPart(job)
  try {
    await fill(job, part)
    if (job.sha256 !== null && part.hash.digest('hex') !== job.sha256) {
      throw new ImportError('download-wrong-content', { bytes: part.at })
    }
  } catch (error) {
    if (isUnfit(error)) await drop(job, part)
    else await leave(job, part)
    throw error
  } finally {
    await part.handle.close().catch(() => {})
  }
  await onDisk(async () => {
    await job.disk.rename(partOf(job.path), job.path)
  })
}

/** Removes a package and what was begun of it. Nothing there: fine. */
export async function removeDownload(disk: Disk, path: string): Promise<void> {
  for (const each of [path, partOf(path)]) {
    await onDisk(() => unless(['ENOENT'], undefined, () => disk.unlink(each)))
  }
}

const partOf = (path: string) => `${path}.part`

/** Not as it was announced: what is here of it is no beginning of anything. */
const isUnfit = (error: unknown) =>
  error instanceof ImportError && error.code.startsWith('download-') && FAILURES[error.code] === 'permanent'

interface Part {
  readonly handle: FileHandle
  hash: Hash
  /** Bytes written. */
  at: number
  etag: string | null
  flushed: number
  /** ms */
  flushedAt: number
  flushing: Promise<void>
}

async function openPart(job: DownloadJob): Promise<Part> {
  return onDisk(async () => {
    const path = partOf(job.path)
    const handle =
      (await unless(['ENOENT'], null, () => job.disk.open(path, 'r+'))) ?? (await job.disk.open(path, 'w+'))
    try {
      const { size } = await handle.stat()
      // What lies behind was never flushed: a power cut may have left anything there.
      const at = job.etag === null ? 0 : Math.min(size, job.flushed, job.bytes)
      const hash = createHash('sha256')
      const hashed = await hashFrom(handle, at, hash)
      if (hashed !== size) await handle.truncate(hashed)
      const flushed = { flushed: hashed, flushedAt: job.clock(), flushing: Promise.resolve() }
      return { handle, hash, at: hashed, etag: job.etag, ...flushed }
    } catch (error) {
      await handle.close()
      throw error
    }
  })
}

async function hashFrom(handle: FileHandle, bytes: number, hash: Hash): Promise<number> {
  const buffer = Buffer.allocUnsafe(Math.min(bytes, READ_BYTES))
  let at = 0
  while (at < bytes) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
    at += bytesRead
  }
  return at
}

/** Asks until all bytes are here, each time for what is missing, as long as each time brings something. */
async function fill(job: DownloadJob, part: Part): Promise<void> {
  let url: string | null = null
  let fruitless = 0
  job.onBytes(part.at)
  while (part.at < job.bytes) {
    job.signal.throwIfAborted()
    url ??= await job.freshUrl()
    const before = part.at
    const ended = await ask(job, part, url)
    if (ended === 'whole') return
    if (ended === 'expired') url = null
    fruitless = part.at > before ? 0 : fruitless + 1
    if (fruitless < MOST_FRUITLESS) continue
    throw ended === 'expired'
      ? new ImportError('download-expired', { tried: fruitless })
      : new ImportError('download-cut', { bytes: part.at, expected: job.bytes })
  }
}

type Ended = 'whole' | 'cut' | 'expired'

async function ask(job: DownloadJob, part: Part, url: string): Promise<Ended> {
  const resumed = part.at > 0 && part.etag !== null ? { at: part.at, etag: part.etag } : null
  const answer = await job.http.bytes({
    url,
    headers: {
      'accept-encoding': 'identity',
      ...(resumed ? { range: `bytes=${resumed.at}-`, 'if-range': resumed.etag } : {}),
    },
    signal: job.signal,
  })
  try {
    return await taken(job, part, answer, resumed)
  } finally {
    answer.discard()
  }
}

async function taken(
  job: DownloadJob,
  part: Part,
  { status, headers, body }: BytesAnswer,
  resumed: { readonly at: number; readonly etag: string } | null,
): Promise<Ended> {
  // 401, 404: a store's other ways to say that a URL is no good; whether the order is still there, the next one tells.
  if ([401, 403, 404, 410].includes(status)) return 'expired'
  // It ends where we are, and is shorter than announced.
  if (status === 416) throw wrongLength(part.at, job.bytes)
  if (status !== 200 && status !== 206) throw new ImportError('cloud-refused', { status })
  if (/^text\/|^application\/(json|xml|xhtml)/i.test(headers['content-type'] ?? '')) {
    throw new ImportError('download-not-a-zip', { reason: 'web-page' })
  }
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
    const total = range?.[2] ?? ''
    if (range && total !== '*' && Number(total) !== job.bytes) throw wrongLength(Number(total), job.bytes)
    const same = headers['etag'] === undefined || headers['etag'] === resumed?.etag
    if (resumed === null || !same || Number(range?.[1] ?? -1) !== resumed.at) {
      // Something else than was asked for: from the start, in one piece.
      await restart(job, part, null)
      return 'cut'
    }
  } else {
    const length = headers['content-length']
    if (length !== undefined && Number(length) !== job.bytes) throw wrongLength(Number(length), job.bytes)
    await restart(job, part, strong(headers['etag']))
  }
  return receive(job, part, body)
}

async function receive(job: DownloadJob, part: Part, body: AsyncIterable<Buffer>): Promise<Ended> {
  let batch: Buffer[] = []
  let batched = 0
  let writing: Promise<void> = Promise.resolve()
  const writeOut = async () => {
    const chunks = batch
    batch = []
    batched = 0
    await writing
    if (chunks.length === 0) return
    if (part.at === 0) looksLikeZip(chunks)
    writing = append(job, part, chunks)
    // Told by whoever waits for it next.
    writing.catch(() => {})
  }
  try {
    for await (const chunk of body) {
      await job.throttle.take(chunk.length, job.signal)
      job.signal.throwIfAborted()
      batch.push(chunk)
      batched += chunk.length
      if (batched < BATCH_BYTES && part.at > 0) continue
      await writeOut()
    }
  } catch (error) {
    // What came before the cut is as good as any.
    if (!isCut(error)) throw error
    await writeOut()
    await writing
    return part.at === job.bytes ? 'whole' : 'cut'
  } finally {
    await writing.catch(() => {})
  }
  await writeOut()
  await writing
  return part.at === job.bytes ? 'whole' : 'cut'
}

async function append(job: DownloadJob, part: Part, chunks: readonly Buffer[]): Promise<void> {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  // An asset without an end stops here.
  if (part.at + bytes > job.bytes) throw wrongLength(part.at + bytes, job.bytes)
  await onDisk(async () => {
    for (const chunk of chunks) {
      // A disk that is nearly full takes less than it was given before it refuses.
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await part.handle.write(chunk, done, chunk.length - done, part.at)
        part.hash.update(chunk.subarray(done, done + bytesWritten))
        done += bytesWritten
        part.at += bytesWritten
      }
      letGo(chunk)
    }
  })
  job.onBytes(part.at)
  // A clock that was put back must not put it off.
  if (Math.abs(job.clock() - part.flushedAt) < FLUSH_MS) return
  await part.flushing
  part.flushing = flush(job, part)
  part.flushing.catch(() => {})
}

/** A spent piece's memory at once: the collector would let tens of MB of them gather. Only where it has it for itself. */
function letGo({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

/** Hands what is written to the disk, then to whoever has to know after a restart. */
async function flush(job: DownloadJob, part: Part): Promise<void> {
  const { at, etag } = part
  part.flushed = at
  part.flushedAt = job.clock()
  await onDisk(() => part.handle.datasync())
  await job.keep({ etag, flushed: at })
}

async function restart(job: DownloadJob, part: Part, etag: string | null): Promise<void> {
  await part.flushing
  await onDisk(() => part.handle.truncate(0))
  part.at = 0
  part.flushed = 0
  part.etag = etag
  part.hash = createHash('sha256')
  // Before the first byte: what was kept is of other bytes.
  await job.keep({ etag, flushed: 0 })
}

/** Begun and to be gone on with; that this fails too is no news. */
async function leave(job: DownloadJob, part: Part): Promise<void> {
  await part.flushing.catch(() => {})
  if (part.etag === null || part.at === part.flushed) return
  await flush(job, part).catch(() => {})
}

async function drop(job: DownloadJob, part: Part): Promise<void> {
  await part.flushing.catch(() => {})
  await part.handle.close().catch(() => {})
  await removeDownload(job.disk, job.path).catch(() => {})
}

/** A zip begins with a file's header, an empty one with its end [APPNOTE 4.3]. */
function looksLikeZip(chunks: readonly Buffer[]): void {
  const head = Buffer.concat(chunks).subarray(0, 4).toString('latin1')
  if (!['PK\u0003\u0004', 'PK\u0005\u0006'].some((mark) => mark.startsWith(head))) {
    throw new ImportError('download-not-a-zip', { reason: 'not-a-zip' })
  }
}

/** A weak one does not promise the same bytes (RFC 9110, 8.8.3): nothing can be gone on with by it. */
const strong = (etag: string | undefined): string | null =>
  etag && /^"[\x21\x23-\x7e]+"$/.test(etag) ? etag : null

const isCut = (error: unknown) => error instanceof ImportError && error.code === 'cloud-unreachable'

const wrongLength = (bytes: number, expected: number) =>
  new ImportError('download-wrong-length', { bytes, expected })

const READ_BYTES = 256 * 1024
/** Handed to the disk at once: fewer calls. */
const BATCH_BYTES = 512 * 1024
/**
 * A kill or a power cut costs at most what came in as long, ms. A package that comes sooner is read and removed before then:
 * most never cost the disk anything.
 */
const FLUSH_MS = 3000
/** Requests in a row that brought nothing. */
const MOST_FRUITLESS = 3

async function onDisk<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const reason = systemCode(error)
    if (reason === null) throw error
    const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(reason)
    throw new ImportError(full ? 'downloads-full' : 'downloads-unreachable', { reason })
  }
}
