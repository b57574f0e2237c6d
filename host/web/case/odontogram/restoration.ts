import type { CaseTooth } from '../../../api.ts'

/** How a tooth is drawn: kinds of restorations have colours of their own; the rest is no work of this case. */
export const RESTORATIONS = [
  'crown',
  'pontic',
  'inlay',
  'veneer',
  'waxup',
  'denture',
  'telescope',
  'splint',
  'other',
] as const
export type Restoration = (typeof RESTORATIONS)[number]
export const BYSTANDERS = ['healthy', 'antagonist', 'missing'] as const
export type Bystander = (typeof BYSTANDERS)[number]

const KINDS: Readonly<Record<string, Restoration | Bystander>> = {
  AnatomicCrown: 'crown',
  Coping: 'crown',
  OverpressCrown: 'crown',
  ProvisionalCrown: 'crown',
  AnatomicPontic: 'pontic',
  OverpressPontic: 'pontic',
  ProvisionalPontic: 'pontic',
  ReducedPontic: 'pontic',
  WaxupPontic: 'pontic',
  AnatomicInlay: 'inlay',
  OffsetInlay: 'inlay',
  Veneer: 'veneer',
  AnatomicWaxup: 'waxup',
  ReducedWaxup: 'waxup',
  ProstheticTooth: 'denture',
  PrimaryTelescope: 'telescope',
  Attachment: 'telescope',
  BarPillar: 'telescope',
  BarSegment: 'telescope',
  BiteSplint: 'splint',
  BiteSplintGap: 'splint',
  HealthyTooth: 'healthy',
  Antagonist: 'antagonist',
  MissingTooth: 'missing',
}

/** A reconstruction type that is not known here is work all the same. */
export function drawnAs({
  reconstructionType,
}: Pick<CaseTooth, 'reconstructionType'>): Restoration | Bystander {
  return KINDS[reconstructionType] ?? 'other'
}

export function isRestored(tooth: Pick<CaseTooth, 'reconstructionType'>): boolean {
  return RESTORATIONS.some((kind) => kind === drawnAs(tooth))
}

export function isOnImplant({ implantType }: Pick<CaseTooth, 'implantType'>): boolean {
  return implantType !== null && implantType !== '' && implantType !== 'None'
}
