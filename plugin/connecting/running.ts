import type { Failure } from '../errors.ts'
import type { RefusedPackage } from '../ledger/packages.ts'
import type { RevisionId } from '../ledger/schema.ts'
import type { Configured } from './configuration.ts'
import type { Diary } from './diary.ts'
import type { Telling } from './telling.ts'
import type { Work } from './work.ts'

/** One configuration at work. */
export interface Running extends Configured {
  readonly work: Work
  readonly telling: Telling
  readonly diary: Diary
  /** Why a revision or a package does not go on, where the ledger keeps no failure of it. */
  readonly hindrances: Map<RevisionId, Failure>
  readonly unsettled: Map<string, RefusedPackage & { readonly failures: number }>
}
