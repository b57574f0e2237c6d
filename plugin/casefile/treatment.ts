/**
 * A treatment in DentalDB's words: what a `.dentalProject` of the third-party profile says.
 * Names and order of elements: facts [V/C] of files written by DentalDB 3.2 and by scanners.
 */
export interface Treatment {
  /** ISO 8601 local time with offset, seconds or finer: `2026-09-09T22:24:58.2771872+09:00` [V]. */
  readonly dateTime: string
  readonly trayNo: string
  readonly notes: string
  /** Lower-case uuid [V]. */
  readonly projectGuid: string
  /** 26 letters A–Z [V]. */
  readonly projectUniqueId: string
  readonly teeth: readonly Tooth[]
  /** The client; ids are strings, `003` occurs [V]. */
  readonly practice: { readonly id: string; readonly name: string }
  /** `id` is never `0`: it collides on import [C]. PatientName is the family name [V]. */
  readonly patient: { readonly id: string; readonly family: string; readonly given: string }
  readonly productName: string
  /** `---` or a shade such as `A2` [V]. */
  readonly toothColor: string
  readonly antagonistType: 'DigitalImpressionScan'
}

export type Tooth = RestoredTooth | BystanderTooth

export type ReconstructionType =
  | 'AnatomicCrown'
  | 'AnatomicInlay'
  | 'AnatomicPontic'
  | 'AnatomicWaxup'
  | 'Coping'
  | 'OverpressCrown'
  | 'ProvisionalCrown'
  | 'OverpressPontic'
  | 'ProvisionalPontic'
  | 'ReducedPontic'
  | 'Veneer'
  | 'OffsetInlay'
  | 'ReducedWaxup'
  | 'WaxupPontic'
  | 'BiteSplint'
  | 'BiteSplintGap'
  | 'PrimaryTelescope'
  | 'Attachment'
  | 'BarPillar'
  | 'BarSegment'
  | 'ProstheticTooth'

export type PreparationType = 'Crown' | 'Inlay' | 'Pontic'

export interface RestoredTooth {
  readonly kind: 'restored'
  /** FDI. */
  readonly number: number
  readonly reconstructionType: ReconstructionType
  /** True joins the tooth to its mesial neighbour; on either central incisor, to the other one [V, midline I]. */
  readonly mesialConnector: boolean
  readonly parameters: readonly Parameter[]
  /** Display text in the installation's language, never a key. */
  readonly materialName: string
  readonly material: string
  /** null on teeth that have no such field (inlay, pontic). */
  readonly implant: ImplantField | null
  readonly preparationType: PreparationType
  /** True exactly when a `-gingiva` / `-situ` file of this jaw is written [C/I]; null leaves the element out. */
  readonly separateGingivaScan: boolean | null
  readonly situScan: boolean | null
  /** null for materials without a colour. */
  readonly color: string | null
}

/** `scanAbutmentScan`: a `-marker` file of this jaw is written [C/I]; ours is never true where the type is None. */
export type ImplantField =
  | { readonly type: 'None'; readonly scanAbutmentScan: boolean }
  | {
      readonly type:
        | 'CustomAbutment'
        | 'CustomAbutmentManual'
        | 'WithoutAbutment'
        | 'WithoutAbutmentManual'
        | 'SubstructureScan'
      readonly materialAbutment: string | null
      readonly scanAbutmentScan: boolean
    }

/** A tooth that is not made but that the design needs to know of. */
export interface BystanderTooth {
  readonly kind: 'bystander'
  readonly number: number
  readonly reconstructionType: 'HealthyTooth' | 'Antagonist' | 'MissingTooth'
}

/** A default of work type × material: mm, mm² or degrees; decimal point [V]. */
export interface Parameter {
  readonly type: string
  readonly value: number
  readonly minValue: number
  readonly maxValue: number
  readonly stepSize: number
}
