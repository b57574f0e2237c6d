import { words } from './words.ts'

/** Kinds of work that a client can have defaults for, by DentalDB's names, in the order they are offered. */
export const RECONSTRUCTION_TYPES = [
  'AnatomicCrown',
  'Coping',
  'OverpressCrown',
  'ProvisionalCrown',
  'AnatomicPontic',
  'ReducedPontic',
  'OverpressPontic',
  'ProvisionalPontic',
  'AnatomicInlay',
  'OffsetInlay',
  'Veneer',
  'AnatomicWaxup',
  'ReducedWaxup',
  'WaxupPontic',
  'PrimaryTelescope',
  'Attachment',
  'BarPillar',
  'BarSegment',
  'BiteSplint',
  'BiteSplintGap',
  'ProstheticTooth',
] as const

const say = words({
  en: {
    AnatomicCrown: 'full crown',
    AnatomicInlay: 'inlay/onlay',
    AnatomicPontic: 'full pontic',
    AnatomicWaxup: 'wax-up',
    Antagonist: 'antagonist',
    Attachment: 'attachment',
    BarPillar: 'bar pillar',
    BarSegment: 'bar segment',
    BiteSplint: 'bite splint',
    BiteSplintGap: 'bite splint, gap',
    Coping: 'coping',
    CustomAbutment: 'custom abutment',
    HealthyTooth: 'healthy tooth',
    MissingTooth: 'missing tooth',
    OffsetInlay: 'reduced inlay',
    OverpressCrown: 'press-over crown',
    OverpressPontic: 'press-over pontic',
    PrimaryTelescope: 'primary telescope',
    ProstheticTooth: 'denture tooth',
    ProvisionalCrown: 'provisional crown',
    ProvisionalPontic: 'provisional pontic',
    ReducedPontic: 'pontic framework',
    ReducedWaxup: 'reduced wax-up',
    Veneer: 'veneer',
    WaxupPontic: 'wax-up pontic',
  },
  de: {
    AnatomicCrown: 'Vollkrone',
    AnatomicInlay: 'Inlay/Onlay',
    AnatomicPontic: 'Vollzwischenglied',
    AnatomicWaxup: 'Wax-up',
    Antagonist: 'Antagonist',
    Attachment: 'Geschiebe',
    BarPillar: 'Stegpfeiler',
    BarSegment: 'Stegsegment',
    BiteSplint: 'Aufbissschiene',
    BiteSplintGap: 'Aufbissschiene, Lücke',
    Coping: 'Käppchen',
    CustomAbutment: 'individuelles Abutment',
    HealthyTooth: 'gesunder Zahn',
    MissingTooth: 'fehlender Zahn',
    OffsetInlay: 'reduziertes Inlay',
    OverpressCrown: 'Überpresskrone',
    OverpressPontic: 'Überpress-Zwischenglied',
    PrimaryTelescope: 'Primärteleskop',
    ProstheticTooth: 'Prothesenzahn',
    ProvisionalCrown: 'provisorische Krone',
    ProvisionalPontic: 'provisorisches Zwischenglied',
    ReducedPontic: 'Zwischenglied-Gerüst',
    ReducedWaxup: 'reduziertes Wax-up',
    Veneer: 'Veneer',
    WaxupPontic: 'Wax-up-Zwischenglied',
  },
})

/** A reconstruction type in words; one that is not known stays as it is. */
export function reconstructionName(type: string): string {
  return isKnown(type) ? say(type) : type
}

type Known = Parameters<typeof say>[0]
const KNOWN: ReadonlySet<string> = new Set<Known>([
  ...RECONSTRUCTION_TYPES,
  'Antagonist',
  'CustomAbutment',
  'HealthyTooth',
  'MissingTooth',
])
const isKnown = (type: string): type is Known => KNOWN.has(type)
