import { extname } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import { openCaseFile } from '../case-files.ts'
import type { Database } from '../database.ts'
import { HostError } from '../errors.ts'

/** What a browser shows without running it. Everything else is handed over as a download. */
const SHOWN: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.webp': 'image/webp',
  '.stl': 'model/stl',
  '.ply': 'application/octet-stream',
  '.txt': 'text/plain; charset=utf-8',
  '.pdf': 'application/pdf',
}
/** A download's content type that no browser runs. */
const OTHER = 'application/octet-stream'
/** Bytes in hand at once. */
const PIECE = 1 << 18

/**
 * Streams one file of a case; a part of it where the request asks for a range.
 * Errors: `case-unknown`, `case-file-unknown`, `range-unfit`.
 */
export async function caseFile(
  c: Context,
  { db, caseFolder }: { readonly db: Database; readonly caseFolder: string },
  id: number,
  name: string,
): Promise<Response> {
  const { handle, bytes, modifiedAt } = await openCaseFile(db, caseFolder, id, name)
  try {
    const etag = `"${bytes.toString(36)}-${Math.trunc(modifiedAt).toString(36)}"`
    const type = SHOWN[extname(name).toLowerCase()]
    const way = type === undefined ? 'attachment' : 'inline'
    c.header('etag', etag)
    c.header('accept-ranges', 'bytes')
    c.header('cache-control', 'private, no-cache')
    c.header('content-type', type ?? OTHER)
    c.header('content-disposition', `${way}; filename*=UTF-8''${encoded(name)}`)
    if (c.req.header('if-none-match') === etag) {
      await handle.close()
      return c.body(null, 304)
    }
    const { start, end, partial } = rangeOf(c.req.header('range'), bytes)
    c.header('content-length', String(end - start))
    if (partial) c.header('content-range', `bytes ${start}-${end - 1}/${bytes}`)
    if (c.req.method === 'HEAD' || bytes === 0) {
      await handle.close()
      return c.body(null, 200)
    }
    // The stream closes the file, also where the page goes away half-way.
    const stream = handle.createReadStream({ start, end: end - 1, highWaterMark: PIECE })
    return c.body(Readable.toWeb(stream) as ReadableStream, partial ? 206 : 200)
  } catch (error) {
    await handle.close().catch(() => {})
    throw error
  }
}

/** One range of bytes; several, or another unit, mean the whole file [RFC 9110, 14.2]. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number; partial: boolean } {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return { start: 0, end: size, partial: false }
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size : Math.min(size, Number(to) + 1)
  if (start >= end) throw new HostError('range-unfit')
  return { start, end, partial: true }
}

/** As RFC 8187 wants it. */
const encoded = (name: string): string =>
  encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
