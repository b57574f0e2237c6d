import { type ActivityDetail, type ActivityKind, append } from '../ledger/activity.ts'
import type { Ledger } from '../ledger/open.ts'

/** What happens outside of the ledger, kept in its log of activity in the order in which it was told. */
export interface Diary {
  readonly note: (kind: ActivityKind, detail?: Omit<ActivityDetail, 'order'>) => void
  /** All that was told is written. */
  readonly written: () => Promise<void>
}

export function diary(ledger: Ledger, onFailure: (thrown: unknown) => void): Diary {
  let writing: Promise<void> = Promise.resolve()
  return {
    note(kind, detail = {}) {
      writing = writing.then(() => append(ledger, kind, detail)).catch(onFailure)
    },
    written: () => writing,
  }
}
