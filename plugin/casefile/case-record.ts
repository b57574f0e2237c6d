/** What the `.dentalProject` cannot carry: where the case came from and how it was decided. Written as `<project>.case.xml`. */
export interface CaseRecord {
  readonly origin: Origin
  readonly orderCode: string | null
  readonly revisionNumber: number
  /** The project of the revision before this one, where there is one. */
  readonly previousProject: string | null
  readonly manifestVersion: string
  readonly doctor: {
    readonly name: string | null
    readonly id: string | null
    readonly licence: string | null
  }
  readonly practiceAddress: string | null
  readonly client: { readonly id: string; readonly name: string }
  readonly patient: { readonly raw: string; readonly chartNumber: string | null }
  readonly dueDate: string | null
  readonly exportTime: string | null
  readonly procedure: string | null
  readonly shadeSystem: string | null
  readonly notes: string
  readonly denture: Readonly<Record<string, string>> | null
  readonly teeth: readonly OrderedTooth[]
  readonly bridges: readonly {
    readonly id: string
    readonly type: string
    readonly from: number
    readonly to: number
  }[]
  /** What iTero recognised of implants and their scan bodies. */
  readonly scanBodies: readonly RecordedScanBody[]
  readonly materials: readonly MaterialTaken[]
  readonly files: readonly CaseFile[]
  readonly transforms: readonly { readonly name: string | null; readonly matrix: readonly number[] }[]
  readonly warnings: readonly { readonly code: string; readonly text: string }[]
}

/** Enough to recognise a case again after a crash. */
export interface Origin {
  readonly account: string
  readonly orderId: string
  /** SHA-256, hex: the files and the meaning of the manifest. */
  readonly revision: string
}

/** A tooth as the doctor ordered it. Ids with the names they resolved to. */
export interface OrderedTooth {
  readonly fdi: number
  readonly ada: number
  readonly restoration: string
  readonly restorationId: string
  readonly material: string | null
  readonly materialId: string | null
  readonly shades: {
    readonly incisal: string | null
    readonly middle: string | null
    readonly gingival: string | null
    readonly die: string | null
  }
  readonly details: Readonly<Record<string, string>>
}

/** An implant's scan body: of which tooth and of which system; null where it is not told. */
export interface RecordedScanBody {
  readonly fdi: number | null
  /** iTero's id of the implant type, as written. */
  readonly implantTypeId: string | null
  /** What the id resolved to. */
  readonly implantType: string | null
}

/** Which laboratory material an iTero material became, and why. */
export interface MaterialTaken {
  readonly iteroId: string
  readonly iteroName: string | null
  readonly code: string
  readonly displayName: string
  readonly method: string
  readonly decidedBy: 'only-candidate' | 'default' | 'answer'
  readonly teeth: readonly number[]
}

export interface CaseFile {
  readonly name: string
  /** Its name in the package. */
  readonly packageName: string
  readonly bytes: number
  /** SHA-256, hex. */
  readonly sha256: string
}
