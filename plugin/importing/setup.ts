import type { NameTemplate } from '../casefile/naming.ts'
import type { Disk } from '../disk.ts'
import type { Facts, FailureCode, ImportError, Warning } from '../errors.ts'
import type { ManifestSettings } from '../itero/manifest.ts'
import type { OrderId } from '../itero/order.ts'
import type { Claimant } from '../ledger/claims.ts'
import type { Ledger } from '../ledger/open.ts'
import type { QuestionId, RevisionId } from '../ledger/schema.ts'
import type { Client } from '../mapping/clients.ts'
import type { Language, MaterialList } from '../mapping/materials.ts'
import type { Question } from '../mapping/questions.ts'
import type { Receive } from '../receiving/receive.ts'

/** What an importer works with. Everything of the outside is handed in. */
export interface Importer {
  readonly disk: Disk
  readonly ledger: Ledger
  /** Absolute. */
  readonly caseFolder: string
  /** Absolute, this ledger's own, on the case folder's volume. */
  readonly stagingRoot: string
  /** Whose orders these are: a MyiTero account, or the export folder. Part of an order's identity. */
  readonly account: string
  readonly template: NameTemplate
  readonly manifest: ManifestSettings
  readonly language: Language
  readonly materials: MaterialList
  readonly clients: () => Promise<readonly Client[]>
  /** ms since the epoch. */
  readonly clock: () => number
  /** Hex of that many random bytes. */
  readonly random: (bytes: number) => string
  readonly pause: (ms: number) => Promise<void>
  readonly me: Claimant
  readonly alive: (other: Claimant) => boolean
  /** Reads packages through, in threads of its own or in this one. */
  readonly receive: Receive
  /** Bytes of content that went through so far, for a bar. */
  readonly onProgress: (source: string, bytes: number, of: number) => void
}

/** What became of one package, or of one revision that went on. */
export type ImportResult =
  | (Told & {
      readonly outcome: 'published'
      readonly project: string
      readonly warnings: readonly Warning[]
    })
  /** This very revision was published before. */
  | (Told & {
      readonly outcome: 'unchanged'
      readonly project: string
      /** false: it stood there, and somebody has moved or deleted it since. It is not made again. */
      readonly standing: boolean
    })
  | (Told & { readonly outcome: 'waiting'; readonly questions: readonly AskedQuestion[] })
  | {
      readonly outcome: 'refused'
      readonly source: string
      readonly orderId: OrderId | null
      readonly failure: { readonly code: FailureCode; readonly facts: Facts }
      /** For the developer. */
      readonly cause: ImportError
    }

export interface AskedQuestion {
  readonly id: QuestionId
  readonly question: Question
}

interface Told {
  /** The package's path, or the order's number where it went on from the ledger. */
  readonly source: string
  readonly orderId: OrderId
  readonly revision: number
  readonly revisionId: RevisionId
}
