import { setTimeout } from 'node:timers/promises'
import type { Pause } from './throttle.ts'

export const systemPause: Pause = (ms, signal) =>
  setTimeout(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
