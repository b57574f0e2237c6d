/** Lent buffers that came back, by size. */
const free = new Map<number, Uint8Array[]>()
/** Kept of one size: as many as are in use at once in a thread that reads a few files. */
const KEPT = 8

/**
 * Lends a buffer of that many bytes, content undefined. The collector takes its time with spent ones: lending them again
 * keeps a run of thousands of files as small as one of one.
 */
export function borrow(bytes: number): Uint8Array {
  return free.get(bytes)?.pop() ?? new Uint8Array(bytes)
}

/** The borrower is done with it: nothing may read or write it any more. */
export function giveBack(buffer: Uint8Array): void {
  const same = free.get(buffer.length) ?? []
  if (same.length < KEPT) same.push(buffer)
  free.set(buffer.length, same)
}
