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
  /** At least one, likeliest first. */
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
