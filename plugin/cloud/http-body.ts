import type { Readable } from 'node:stream'
import { ImportError } from '../errors.ts'
import { hostOf, networkError } from './http-failures.ts'

interface Waiting {
  readonly silenceMs: number
  readonly url: URL
  readonly signal: AbortSignal
  /** Once nothing more is read, for whatever reason. */
  readonly done: () => void
}

/**
 * A body's pieces. The time of silence counts while a piece is waited for, not while the reader is busy: a reader that holds
 * itself back is no fault of the cloud's.
 * Errors: `cloud-unreachable`, or the signal's reason.
 */
export async function* patient(body: Readable, waiting: Waiting): AsyncGenerator<Buffer, void, void> {
  const pieces = body[Symbol.asyncIterator]()
  try {
    for (;;) {
      const piece = await nextPiece(body, pieces, waiting)
      if (piece === null) return
      yield piece
    }
  } finally {
    waiting.done()
  }
}

async function nextPiece(
  body: Readable,
  pieces: AsyncIterator<Buffer>,
  { silenceMs, url, signal }: Waiting,
): Promise<Buffer | null> {
  let silent = false
  const timer = setTimeout(() => {
    silent = true
    body.destroy(new Error('silent'))
  }, silenceMs)
  try {
    const piece = await pieces.next()
    return piece.done ? null : piece.value
  } catch (error) {
    signal.throwIfAborted()
    if (silent) throw new ImportError('cloud-unreachable', { host: hostOf(url), reason: 'silent' })
    throw networkError(error, url, 'cut')
  } finally {
    clearTimeout(timer)
  }
}

/** All of a body that may not be long. Errors: `cloud-answer-invalid` {reason: too-large}, those of reading it. */
export async function bounded(
  answer: { readonly body: AsyncIterable<Buffer> },
  limitBytes: number,
): Promise<Buffer> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of answer.body) {
    length += piece.length
    if (length > limitBytes) throw new ImportError('cloud-answer-invalid', { reason: 'too-large' })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
