import type { Generated } from 'kysely'
import type { FailureCode } from '../errors.ts'
import type { ClientId } from '../mapping/clients.ts'
import type { DoctorIdentity, Question, QuestionKey } from '../mapping/questions.ts'
import type { ActivityKind } from './activity.ts'
import type { RevisionStage } from './orders.ts'

/** The ledger's own number of an order, whatever its account. */
export type OrderKey = number & { readonly brand: 'OrderKey' }
export type ReceiptId = number & { readonly brand: 'ReceiptId' }
export type RevisionId = number & { readonly brand: 'RevisionId' }
export type QuestionId = number & { readonly brand: 'QuestionId' }
export type DoctorMappingId = number & { readonly brand: 'DoctorMappingId' }
export type PackageId = number & { readonly brand: 'PackageId' }
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
  }
  readonly material_mappings: {
    readonly key: string
    readonly itero_id: string | null
    readonly itero_name: string | null
    readonly material: string | null
    readonly material_at: Time | null
    readonly material_by_order: OrderKey | null
    readonly method: string | null
    readonly method_at: Time | null
    readonly method_by_order: OrderKey | null
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
  readonly activity: {
    readonly id: Generated<ActivityId>
    readonly at: Time
    readonly kind: ActivityKind
    readonly order_key: OrderKey | null
    readonly code: FailureCode | null
    readonly facts: Json
  }
}
