import type { Pause } from '../cloud/throttle.ts'

/** settled: it needs nothing more · again: it is tried once more, after a rest · left: whoever ended it puts it back. */
export type Brought = 'settled' | 'again' | 'left'

export interface LanesOptions<T> {
  /** In hand at once. */
  readonly most: number
  readonly mayWork: () => boolean
  /** Never throws. `tried`: how often in a row it was to be tried once more. */
  readonly bring: (item: T, tried: number) => Promise<Brought>
  /** By its newest state. */
  readonly isDone: (item: T) => boolean
  /** The rest after so many tries in a row, ms. */
  readonly restMs: (tried: number) => number
  readonly pause: Pause
}

export interface Lanes<T> {
  /** To be worked at; what is in hand or resting already is known by its newest state from now on. */
  put(item: T): void
  /** The newest state of what is known here; anything else is ignored. */
  update(item: T): void
  /** Begins what may begin. */
  go(): void
  /** Ends every rest, or that of one. */
  hurry(id?: number): void
  /** Forgets all that is not in hand. */
  clear(): void
  inHand(): number
  /** Waits for what is in hand; nothing begins any more. */
  close(): Promise<void>
}

/** Works at several things at once, each of them by one hand only, the oldest first. */
export function openLanes<T extends { readonly id: number }>(options: LanesOptions<T>): Lanes<T> {
  const { most, mayWork, pause } = options
  const known = new Map<number, T>()
  const queue = new Set<number>()
  const running = new Map<number, Promise<void>>()
  const resting = new Map<number, AbortController>()
  const rests = new Set<Promise<void>>()
  const tries = new Map<number, number>()
  let closed = false

  return {
    put(item) {
      known.set(item.id, item)
      if (!running.has(item.id) && !resting.has(item.id)) queue.add(item.id)
    },
    update(item) {
      if (known.has(item.id)) known.set(item.id, item)
    },
    go,
    hurry(id) {
      for (const [each, rest] of resting) if (id === undefined || each === id) rest.abort()
    },
    clear() {
      queue.clear()
      known.clear()
      tries.clear()
      for (const rest of resting.values()) rest.abort()
    },
    inHand: () => running.size,
    async close() {
      closed = true
      for (const rest of resting.values()) rest.abort()
      await Promise.all([...running.values(), ...rests])
    },
  }

  function go(): void {
    for (const id of queue) {
      if (closed || running.size >= most || !mayWork()) return
      queue.delete(id)
      const item = known.get(id)
      if (item !== undefined && !running.has(id)) running.set(id, work(item))
    }
  }

  async function work(item: T): Promise<void> {
    const { id } = item
    const tried = tries.get(id) ?? 0
    const brought = await options.bring(item, tried)
    running.delete(id)
    // Cleared meanwhile: it is somebody else's now.
    if (known.has(id)) {
      if (brought === 'settled') {
        tries.delete(id)
        // Put here once more while it was in hand.
        const newest = known.get(id)
        if (newest !== undefined && newest !== item && !options.isDone(newest)) queue.add(id)
        else known.delete(id)
      }
      if (brought === 'left') queue.add(id)
      if (brought === 'again') {
        tries.set(id, tried + 1)
        rest(id, options.restMs(tried + 1))
      }
    }
    go()
  }

  function rest(id: number, ms: number): void {
    const end = new AbortController()
    resting.set(id, end)
    const over = pause(ms, end.signal)
      .catch(() => {})
      .then(() => {
        resting.delete(id)
        rests.delete(over)
        if (closed || !known.has(id)) return
        queue.add(id)
        go()
      })
    rests.add(over)
  }
}
