import { type Signal, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Failure } from '../../bridge/data.ts'
import type { Result } from './api.ts'
import { createTurns } from './in-order.ts'

/** What a page reads from the server, as it was answered last; a failure leaves what was there. */
export interface Reading<T> {
  /** null: not answered yet. */
  readonly value: Signal<T | null>
  readonly failure: Signal<Failure | null>
  /** Asks anew; an older answer covers no newer one. */
  readonly read: () => Promise<void>
  /** Makes a call that answers with the same thing, and takes it over in its turn; a refusal changes nothing. */
  readonly readBy: (call: () => Promise<Result<T>>) => Promise<Result<T>>
}

/** `ask` is taken at the first drawing. Nothing is read before `read` is called. */
export function useReading<T>(ask: () => Promise<Result<T>>): Reading<T> {
  const value = useSignal<T | null>(null)
  const failure = useSignal<Failure | null>(null)
  const { read, readBy } = useMemo(() => {
    const inTurn = createTurns<Result<T>>()
    return {
      read: async () => {
        await inTurn(ask, (result) => {
          failure.value = result.ok ? null : result.failure
          if (result.ok) value.value = result.value
          return true
        })
      },
      readBy: (call: () => Promise<Result<T>>) =>
        inTurn(call, (result) => {
          if (result.ok) value.value = result.value
          return result.ok
        }),
    }
  }, [])
  return { value, failure, read, readBy }
}
