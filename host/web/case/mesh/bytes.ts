import { meshError } from './mesh.ts'

/** A stream of bytes that a reader walks over; it holds one chunk and the rest of the last. */
export interface Bytes {
  /** Over what is held; replaced by `more` and `need`. */
  view: DataView
  /** Where the reader stands in `view`; the reader moves it on. */
  at: number
  /** Takes one more chunk behind what has not been read; false at the end. */
  more(): Promise<boolean>
  /** At least so many bytes from `at`; else the file ends early and is `broken`. */
  need(count: number): Promise<void>
  /** All that is left, where it is no more than `limit`, else `too-large`. `known`: bytes of the whole stream. */
  rest(limit: number, known: number | null): Promise<Uint8Array<ArrayBuffer>>
}

/** What one record may need at most before it is complete: beyond it nothing is a mesh's. */
export const RECORD_LIMIT_BYTES = 1 << 20

export function bytesOf(chunks: AsyncIterable<Uint8Array>): Bytes {
  const source = chunks[Symbol.asyncIterator]()
  const bytes: Bytes = {
    view: new DataView(new ArrayBuffer(0)),
    at: 0,
    async more() {
      const next = await source.next()
      if (next.done === true) return false
      const left = bytes.view.byteLength - bytes.at
      if (left > RECORD_LIMIT_BYTES) throw meshError('broken')
      if (left === 0) {
        bytes.view = new DataView(next.value.buffer, next.value.byteOffset, next.value.byteLength)
      } else {
        const joined = new Uint8Array(left + next.value.byteLength)
        joined.set(held(bytes))
        joined.set(next.value, left)
        bytes.view = new DataView(joined.buffer)
      }
      bytes.at = 0
      return true
    },
    async need(count) {
      while (bytes.view.byteLength - bytes.at < count) if (!(await bytes.more())) throw meshError('broken')
    },
    async rest(limit, known) {
      let all = new Uint8Array(Math.min(limit, Math.max(known ?? 0, 1 << 16)))
      let filled = 0
      do {
        const chunk = held(bytes)
        if (filled + chunk.byteLength > limit) throw meshError('too-large')
        if (filled + chunk.byteLength > all.length) {
          const larger = new Uint8Array(Math.min(limit, Math.max(all.length * 2, filled + chunk.byteLength)))
          larger.set(all.subarray(0, filled))
          all = larger
        }
        all.set(chunk, filled)
        filled += chunk.byteLength
        bytes.at = bytes.view.byteLength
      } while (await bytes.more())
      return all.subarray(0, filled)
    },
  }
  return bytes
}

function held({ view, at }: Bytes): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, view.byteLength - at)
}
