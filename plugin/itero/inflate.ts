import { constants, createInflateRaw, type InflateRaw } from 'node:zlib'

/** Inflates piece by piece into one buffer of its own. */
export interface Inflater {
  /** What this piece gives, in parts; each is valid only until the next is asked for. Throws where the data is damaged. */
  push(packed: Uint8Array): Generator<Uint8Array, void, void>
  /** Packed bytes taken so far: those behind the end of the deflate stream are not. */
  taken(): number
  close(): void
}

/**
 * A raw inflater (RFC 1951) over `out`, on the calling thread. Node's own stream makes a new buffer for each part of its
 * output: at hundreds of MB a second that costs a third of the time and most of the memory of an import (measured). The
 * calls below are those that Node's synchronous functions make themselves; they are not documented, so the runtime is
 * pinned, `inflate.test.ts` holds them to zlib's own results, and a reader checks length and CRC of everything besides.
 */
export function inflater(out: Uint8Array): Inflater {
  const stream = createInflateRaw() as unknown as Inside
  const { _handle: handle, _writeState: state } = stream
  let failure: Error | null = null
  handle.onerror = (message, _, code) => {
    failure = Object.assign(new Error(message), { code })
  }
  let taken = 0
  return {
    *push(packed) {
      let at = 0
      for (;;) {
        handle.writeSync(constants.Z_NO_FLUSH, packed, at, packed.length - at, out, 0, out.length)
        if (failure !== null) throw failure
        const [free = 0, left = 0] = state
        taken += packed.length - at - left
        at = packed.length - left
        if (free < out.length) yield out.subarray(0, out.length - free)
        // Room is left: zlib has given all that this piece holds.
        if (free > 0) return
      }
    },
    taken: () => taken,
    close: () => (stream as unknown as InflateRaw).destroy(),
  }
}

/** The part of Node's stream that is used here. */
interface Inside {
  readonly _handle: {
    onerror: (message: string, errno: number, code: string) => void
    writeSync(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputBytes: number,
      output: Uint8Array,
      outputAt: number,
      outputBytes: number,
    ): void
  }
  /** Bytes of output that are free, bytes of input that are left. */
  readonly _writeState: Uint32Array
}
