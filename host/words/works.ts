import type { Language } from '../../bridge/data.ts'

type Name = Readonly<Record<Language, string>>

/** What is made, by DentalDB's names [V/C], in the order in which it is offered. */
const MADE = {
  AnatomicCrown: { en: 'full crown', de: 'Vollkrone' },
  Coping: { en: 'coping', de: 'Käppchen' },
  OverpressCrown: { en: 'press-over crown', de: 'Überpresskrone' },
  ProvisionalCrown: { en: 'provisional crown', de: 'provisorische Krone' },
  AnatomicPontic: { en: 'full pontic', de: 'Vollzwischenglied' },
  ReducedPontic: { en: 'pontic framework', de: 'Zwischenglied-Gerüst' },
  OverpressPontic: { en: 'press-over pontic', de: 'Überpress-Zwischenglied' },
  ProvisionalPontic: { en: 'provisional pontic', de: 'provisorisches Zwischenglied' },
  AnatomicInlay: { en: 'inlay/onlay', de: 'Inlay/Onlay' },
  OffsetInlay: { en: 'reduced inlay', de: 'reduziertes Inlay' },
  Veneer: { en: 'veneer', de: 'Veneer' },
  AnatomicWaxup: { en: 'wax-up', de: 'Wax-up' },
  ReducedWaxup: { en: 'reduced wax-up', de: 'reduziertes Wax-up' },
  WaxupPontic: { en: 'wax-up pontic', de: 'Wax-up-Zwischenglied' },
  PrimaryTelescope: { en: 'primary telescope', de: 'Primärteleskop' },
  Attachment: { en: 'attachment', de: 'Geschiebe' },
  BarPillar: { en: 'bar pillar', de: 'Stegpfeiler' },
  BarSegment: { en: 'bar segment', de: 'Stegsegment' },
  BiteSplint: { en: 'bite splint', de: 'Aufbissschiene' },
  BiteSplintGap: { en: 'bite splint, gap', de: 'Aufbissschiene, Lücke' },
  ProstheticTooth: { en: 'denture tooth', de: 'Prothesenzahn' },
} as const satisfies Readonly<Record<string, Name>>

/** What else a tooth of a case can be. */
const NOT_MADE: Readonly<Record<string, Name>> = {
  Antagonist: { en: 'antagonist', de: 'Antagonist' },
  CustomAbutment: { en: 'custom abutment', de: 'individuelles Abutment' },
  HealthyTooth: { en: 'healthy tooth', de: 'gesunder Zahn' },
  MissingTooth: { en: 'missing tooth', de: 'fehlender Zahn' },
}

/** Kinds of work that a client can have defaults for; one for anything else would never be used. */
export const RECONSTRUCTION_TYPES: readonly string[] = Object.keys(MADE)

const NAMES: Readonly<Record<string, Name>> = { ...MADE, ...NOT_MADE }

/** A reconstruction type in words; one that is not known stays as it is. */
export function workName(type: string, language: Language): string {
  return Object.hasOwn(NAMES, type) ? (NAMES[type]?.[language] ?? type) : type
}
