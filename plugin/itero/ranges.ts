import type { FileHandle } from 'node:fs/promises'
import { borrow, giveBack } from './buffers.ts'

/**
 * A range of a file in buffers of `size` bytes; the next one is read while the caller works on the last.
 * Two buffers take turns: a chunk is valid only until the next is asked for. Ends early where the file does.
 */
export async function* turns(
  handle: FileHandle,
  position: number,
  length: number,
  size: number,
): AsyncGenerator<Uint8Array, void, void> {
  const buffers = [borrow(size), borrow(size)]
  try {
    yield* ahead(handle, position, length, (turn) => buffers[turn % 2] as Uint8Array)
  } finally {
    buffers.forEach(giveBack)
  }
}

async function* ahead(
  handle: FileHandle,
  position: number,
  length: number,
  bufferOf: (turn: number) => Uint8Array,
): AsyncGenerator<Uint8Array, void, void> {
  const end = position + length
  let at = position
  let turn = 0
  const next = (): Promise<Uint8Array> => {
    const buffer = bufferOf(turn++)
    const wanted = Math.min(buffer.length, end - at)
    const from = at
    at += wanted
    const reading = full(handle, buffer.subarray(0, wanted), from)
    // It may fail before anyone asks for it: whoever does still gets the failure.
    reading.catch(() => {})
    return reading
  }
  let coming: Promise<Uint8Array> | null = at < end ? next() : null
  try {
    while (coming !== null) {
      const chunk: Uint8Array = await coming
      const short = chunk.length === 0
      coming = at < end && !short ? next() : null
      if (!short) yield chunk
    }
  } finally {
    // A read that is under way must end before the handle is closed; its failure no longer interests anyone.
    await coming?.catch(() => {})
  }
}

/** Reads on until the buffer is full: one call may give less. Shorter only at the end of the file. */
async function full(handle: FileHandle, buffer: Uint8Array, position: number): Promise<Uint8Array> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
