import type { ReconstructionType } from '../casefile/treatment.ts'

export type Language = 'en' | 'de'

/** One material as the laboratory has it. */
export interface LaboratoryMaterial {
  /** DentalDB's short code. */
  readonly code: string
  /** Display names by language; English is always there. */
  readonly names: Names
  readonly suits: readonly ReconstructionType[]
  /** Whether it may be used where teeth are joined. */
  readonly connectors: boolean
  /** Whether custom abutments are made of it. */
  readonly abutments: boolean
  /** At least one, the usual way first. */
  readonly methods: readonly ProductionMethod[]
  /** As the list spells them; empty for materials without a colour. */
  readonly colours: readonly string[]
}

export interface ProductionMethod {
  readonly code: string
  readonly names: Names
}

export interface Names {
  readonly en: string
  readonly de?: string
}

/** At least one material; codes are unique. Order is the laboratory's order of preference. */
export interface MaterialList {
  readonly materials: readonly LaboratoryMaterial[]
}

/** The list of a default installation, to be read by whoever has a disk. */
export const DEFAULT_MATERIALS_FILE = new URL('./materials.default.xml', import.meta.url)

/** Every kind of work that a treatment can name. */
export const RECONSTRUCTION_TYPES = [
  'AnatomicCrown',
  'AnatomicInlay',
  'AnatomicPontic',
  'AnatomicWaxup',
  'Coping',
  'OverpressCrown',
  'ProvisionalCrown',
  'OverpressPontic',
  'ProvisionalPontic',
  'ReducedPontic',
  'Veneer',
  'OffsetInlay',
  'ReducedWaxup',
  'WaxupPontic',
  'BiteSplint',
  'BiteSplintGap',
  'PrimaryTelescope',
  'Attachment',
  'BarPillar',
  'BarSegment',
  'ProstheticTooth',
] as const satisfies readonly ReconstructionType[]

export function nameIn(names: Names, language: Language): string {
  return names[language] ?? names.en
}
