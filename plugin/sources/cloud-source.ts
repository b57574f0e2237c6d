import type { HandedOn } from '../cloud/fetching.ts'
import type { Http } from '../cloud/http.ts'
import type { AccountId, RxId } from '../cloud/ids.ts'
import type { Profile } from '../cloud/profile.ts'
import type { Session } from '../cloud/session.ts'
import type { Pause } from '../cloud/throttle.ts'
import type { WebhookSetting } from '../cloud/webhook.ts'
import type { Disk } from '../disk.ts'
import type { Failure } from '../errors.ts'
import type { Fetch } from '../ledger/fetches.ts'
import type { Ledger } from '../ledger/open.ts'

export interface CloudSource {
  readonly session: Pick<Session, 'state' | 'authorized'>
  readonly http: Http
  readonly profile: Pick<Profile, 'poll'>
  readonly ledger: Ledger
  readonly disk: Disk
  /** Absolute, made where it is missing: packages lie here until the importer has them. */
  readonly downloads: string
  /** Orders in hand at once; 3 where left out. */
  readonly lanes?: number
  /** Of all downloads together; null: as fast as it goes. */
  readonly bytesPerSecond: number | null
  /** Where the cloud's notices are listened for; null: they are not. */
  readonly webhook: WebhookSetting | null
  /** ms since the epoch. */
  readonly clock: () => number
  /** Hex of that many random bytes. */
  readonly random: (bytes: number) => string
  readonly pause: Pause
  /** A package that is here whole. Called again for the same one after `again`, and after a crash. */
  readonly onPackage: (path: string, fetch: Fetch) => Promise<HandedOn>
  readonly onState: (state: CloudSourceState) => void
  readonly onProgress: (fetch: Fetch, bytes: number, of: number) => void
  /** Every change of what `fetches` gives. */
  readonly onFetch: (fetch: Fetch) => void
  /** What is no order's fault and no state either: of the ledger, the webhook's port, an answer of the cloud. */
  readonly onFailure?: (thrown: unknown) => void
  /** The list has an order that is not understood; its Rx number where that much is. Told once. */
  readonly onNotUnderstood?: (rxId: number | null) => void
}

export interface CloudSourceState {
  /** When the list was last looked at whole, ms since the epoch. */
  readonly lastSync: number | null
  readonly syncing: boolean
  readonly paused: boolean
  /** Why the cloud is not reached; it is tried again by itself. */
  readonly offline: Failure | null
}

export interface CloudWatch {
  /** Resolves when it was looked for orders once, or it shows that nobody is signed in or that the cloud is away. */
  readonly settled: Promise<void>
  /** "Sync now": looks for orders and tries everything open, without waiting for its turn. Ends when the look has. */
  look(): Promise<void>
  /** The cloud says that files of this order changed. */
  announced(account: AccountId, rxId: RxId): void
  /** Paused, nothing is asked for and downloads rest; what is being imported goes on. */
  pause(on: boolean): void
  /** Once more what failed, or what was only shown. Error: `fetch-unknown`. */
  retry(account: AccountId, rxId: RxId): Promise<void>
  /** Of the account that is, or was last, signed in; newest first, 500 at most. */
  fetches(): Promise<readonly Fetch[]>
  /** Ends downloads, which can be gone on with; waits for what is being imported. The same promise each time. */
  close(): Promise<void>
}
