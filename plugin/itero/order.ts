import type { Warning } from '../errors.ts'
import type { AdaTooth, FdiTooth } from '../teeth.ts'

export type { FileRole } from '../file-role.ts'
export type { Jaw } from '../teeth.ts'

/** iTero's number of an order: 8 digits in 2021, 9 now [V]; its width is never fixed. */
export type OrderId = string & { readonly brand: 'OrderId' }

/** An id of one of iTero's tables with the name it resolved to: the file's own RxDefines first, then the built-in table. */
export interface Term {
  /** As written in the manifest. */
  readonly id: string
  /** null where no table knows the id. */
  readonly name: string | null
  /**
   * The file's own RxDefines give the id more than one meaning, or two rows of one tooth name two materials: `name` holds
   * them all, and none of them counts.
   */
  readonly contradictory?: true
}

/** One order in iTero's words, from the highest manifest version of its package. */
export interface Order {
  readonly id: OrderId
  readonly code: string | null
  /** `5.0` for v50, `1.0` for v10. */
  readonly manifestVersion: string
  readonly patient: {
    /** As written: "Given, Family" in the manifests seen [V]. */
    readonly raw: string
    readonly given: string
    readonly family: string
    /** UniquePatientIdentifier. */
    readonly id: string | null
    readonly chartNumber: string | null
  }
  readonly doctor: {
    readonly name: string | null
    readonly id: string | null
    readonly licence: string | null
    readonly companyId: string | null
  }
  /** The practice has no name in the manifest, only this address [V]. */
  readonly practiceAddress: string | null
  readonly laboratory: { readonly id: string | null; readonly name: string | null }
  readonly technician: string | null
  /** yyyy-mm-dd. */
  readonly dueDate: string | null
  /** ISO 8601 with offset; not part of the order's meaning. */
  readonly exportTime: string | null
  readonly procedure: Term | null
  readonly procedureType: Term | null
  /** v30 only: `34` = Invisalign + iRecord [V]. */
  readonly caseType: Term | null
  readonly treatmentStage: string | null
  readonly shadeSystem: Term | null
  readonly scanRange: {
    readonly upper: { readonly from: FdiTooth; readonly to: FdiTooth } | null
    readonly lower: { readonly from: FdiTooth; readonly to: FdiTooth } | null
  }
  readonly teeth: readonly OrderTooth[]
  readonly bridges: readonly OrderBridge[]
  readonly denture: Denture | null
  readonly scanBodies: readonly ScanBody[]
  readonly notes: string
  readonly software: { readonly caas: string | null; readonly itero: string | null }
  readonly objects: readonly ExportedObject[]
  readonly transforms: readonly Transform[]
  readonly warnings: readonly Warning[]
}

export interface OrderTooth {
  readonly ada: AdaTooth
  readonly fdi: FdiTooth
  readonly restoration: Term
  readonly specification: Term | null
  readonly implantBased: Term | null
  readonly abutmentType: Term | null
  readonly ponticDesign: Term | null
  readonly material: Term | null
  readonly abutmentMaterial: Term | null
  readonly roleInBridge: Term | null
  readonly bridgeId: string | null
  readonly ditched: boolean | null
  readonly marginDesign: { readonly internal: string | null; readonly external: string | null }
  readonly preparationDesign: { readonly buccal: string | null; readonly lingual: string | null }
  readonly shades: {
    readonly incisal: string | null
    readonly middle: string | null
    readonly gingival: string | null
    /** The stump: ND1–9 or ST1–9. */
    readonly die: string | null
  }
}

export interface OrderBridge {
  readonly id: string
  readonly type: Term
  readonly from: FdiTooth
  readonly to: FdiTooth
  /** Every tooth of the span, in arch order from the patient's right to left. */
  readonly span: readonly FdiTooth[]
}

export interface Denture {
  readonly shadeSystem: string | null
  readonly teethShade: string | null
  readonly gingivalShade: string | null
  readonly mould: string | null
  readonly stage: string | null
  readonly upper: string | null
  readonly lower: string | null
  readonly copyScan: string | null
}

/** From ScanBodyRecognitionData and ImplantTypes; attribute names are [?], read tolerantly. */
export interface ScanBody {
  readonly fdi: FdiTooth | null
  readonly implantType: Term | null
}

/** One row of ExportedObjects, as written. */
export interface ExportedObject {
  readonly objectType: string
  readonly subType: string | null
  readonly jawId: string | null
  readonly adaId: string | null
  readonly fileName: string
}

/** 16 numbers, row-major, rotation and translation; direction unknown [?]. */
export interface Transform {
  readonly name: string | null
  readonly matrix: readonly number[]
}
