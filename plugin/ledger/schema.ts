import type { Generated } from 'kysely'
import type { AccountId, RxId } from '../cloud/ids.ts'
import type { OrderStatus } from '../cloud/orders.ts'
import type { FailureCode } from '../errors.ts'
import type { OrderId } from '../itero/order.ts'
import type { ClientId } from '../mapping/clients.ts'
import type { DoctorIdentity, Question, QuestionKey } from '../mapping/questions.ts'
import type { ActivityKind } from './activity.ts'
import type { FetchStage } from './fetches.ts'
import type { RevisionStage } from './orders.ts'

/** The ledger's own number of an order, whatever its account. */
export type OrderKey = number & { readonly brand: 'OrderKey' }
export type ReceiptId = number & { readonly brand: 'ReceiptId' }
export type RevisionId = number & { readonly brand: 'RevisionId' }
export type QuestionId = number & { readonly brand: 'QuestionId' }
export type DoctorMappingId = number & { readonly brand: 'DoctorMappingId' }
export type PackageId = number & { readonly brand: 'PackageId' }
export type FetchId = number & { readonly brand: 'FetchId' }
export type ActivityId = number & { readonly brand: 'ActivityId' }

/** JSON as text: what is in it, its column's reader knows. */
type Json = string
/** ms since the epoch. */
type Time = number

/** The tables as the queries see them, whatever the engine. Made by `migrations.ts`. */
export interface Tables {
  /** One row, once it is drawn. */
  readonly identity: {
    readonly id: string
    /** Absolute: the folder above this ledger's stagings, as it was worked with last. */
    readonly staging_root: string | null
    /** When the case folder was looked through for `standing_cases`. */
    readonly cases_read_at: Generated<Time | null>
  }
  /** Cases of ours that stood in the case folder when this ledger first looked. */
  readonly standing_cases: {
    readonly account: string
    readonly order_id: string
    readonly project: string
  }
  readonly orders: {
    readonly id: Generated<OrderKey>
    readonly account: string
    readonly order_id: string
    readonly order_code: string | null
    readonly first_seen: Time
    readonly claim_host: string | null
    readonly claim_pid: number | null
    readonly claim_token: string | null
    readonly claim_until: Time | null
  }
  /** Names that came under a PatientId, and with which order. */
  readonly patient_numbers: {
    readonly number: string
    readonly name: string
    readonly order_key: OrderKey
  }
  readonly receipts: {
    readonly id: Generated<ReceiptId>
    readonly order_key: OrderKey
    readonly claim_token: string
    readonly package_path: string
    readonly staging_name: string
    readonly started_at: Time
  }
  readonly revisions: {
    readonly id: Generated<RevisionId>
    readonly order_key: OrderKey
    readonly number: number
    readonly hash: string
    readonly stage: RevisionStage
    readonly staging_name: string | null
    readonly project: string | null
    /** The project's name with case folded: unique. */
    readonly project_key: string | null
    readonly guid: string
    readonly unique_id: string
    readonly received_at: Time
    readonly published_at: Time | null
    readonly failure_code: FailureCode | null
    readonly failure_facts: Json | null
    readonly summary: Json
    readonly warnings: Json
    /** Last, so that a listing never reads it. */
    readonly files: Json
  }
  readonly questions: {
    readonly id: Generated<QuestionId>
    readonly key: QuestionKey
    readonly kind: Question['kind']
    readonly opened_at: Time
    readonly closed_at: Time | null
    readonly question: Json
    readonly answer: Json | null
  }
  readonly waiting_orders: {
    readonly question_id: QuestionId
    readonly revision_id: RevisionId
    readonly waiting: Json
  }
  readonly doctor_mappings: {
    readonly id: Generated<DoctorMappingId>
    readonly account: string
    readonly identified_by: DoctorIdentity['by']
    readonly value: string
    readonly client_id: ClientId
    readonly made_at: Time
    readonly made_by_order: OrderKey | null
    readonly made_by_revision: RevisionId | null
  }
  readonly material_mappings: {
    readonly key: string
    readonly itero_id: string | null
    readonly itero_name: string | null
    readonly material: string | null
    readonly material_at: Time | null
    readonly material_by_order: OrderKey | null
    readonly material_by_revision: RevisionId | null
    readonly method: string | null
    readonly method_at: Time | null
    readonly method_by_order: OrderKey | null
    readonly method_by_revision: RevisionId | null
  }
  readonly added_clients: {
    readonly client_id: ClientId
    readonly details: Json
    readonly added_at: Time
    readonly added_by_order: OrderKey | null
  }
  readonly counters: { readonly name: 'client'; readonly value: number }
  readonly packages: {
    readonly id: Generated<PackageId>
    readonly path: string
    readonly signature: string
    readonly outcome: 'imported' | 'refused' | 'ignored'
    readonly revision_id: RevisionId | null
    readonly failure_code: FailureCode | null
    readonly failure_facts: Json | null
    readonly attempts: number
    readonly seen_at: Time
  }
  readonly fetches: {
    readonly id: Generated<FetchId>
    readonly account: AccountId
    readonly rx_id: RxId
    readonly order_id: OrderId
    readonly order_code: string | null
    readonly status_kind: OrderStatus['kind']
    readonly status_text: string
    readonly stage: FetchStage
    /** Is there anything to see of it? Not of one that is taken and done with. */
    readonly shown: 0 | 1
    /** The newest that is to be here. */
    readonly wanted_version: string | null
    /** That of the file, whole or begun. */
    readonly file_version: string | null
    /** The newest that the importer took. */
    readonly taken_version: string | null
    readonly etag: string | null
    /** Bytes of the file begun that outlive a power cut. */
    readonly flushed: number
    readonly attempts: number
    readonly failure_code: FailureCode | null
    readonly failure_facts: Json | null
    readonly noticed_at: Time
  }
  readonly activity: {
    readonly id: Generated<ActivityId>
    readonly at: Time
    readonly kind: ActivityKind
    readonly order_key: OrderKey | null
    readonly code: FailureCode | null
    readonly facts: Json
  }
}
