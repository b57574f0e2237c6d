import type { Language } from '../../bridge/data.ts'
import type { Text } from './words.ts'

/** What is made, by DentalDB's names [V/C], as the page calls it. */
const WORKS: Readonly<Record<string, Text>> = {
  AnatomicCrown: { en: 'full crown', de: 'Vollkrone' },
  AnatomicInlay: { en: 'inlay/onlay', de: 'Inlay/Onlay' },
  AnatomicPontic: { en: 'full pontic', de: 'Vollzwischenglied' },
  AnatomicWaxup: { en: 'wax-up', de: 'Wax-up' },
  Attachment: { en: 'attachment', de: 'Geschiebe' },
  BarPillar: { en: 'bar pillar', de: 'Stegpfeiler' },
  BarSegment: { en: 'bar segment', de: 'Stegsegment' },
  BiteSplint: { en: 'bite splint', de: 'Aufbissschiene' },
  BiteSplintGap: { en: 'bite splint, gap', de: 'Aufbissschiene, Lücke' },
  Coping: { en: 'coping', de: 'Käppchen' },
  OffsetInlay: { en: 'reduced inlay', de: 'reduziertes Inlay' },
  OverpressCrown: { en: 'press-over crown', de: 'Überpresskrone' },
  OverpressPontic: { en: 'press-over pontic', de: 'Überpress-Zwischenglied' },
  PrimaryTelescope: { en: 'primary telescope', de: 'Primärteleskop' },
  ProstheticTooth: { en: 'denture tooth', de: 'Prothesenzahn' },
  ProvisionalCrown: { en: 'provisional crown', de: 'provisorische Krone' },
  ProvisionalPontic: { en: 'provisional pontic', de: 'provisorisches Zwischenglied' },
  ReducedPontic: { en: 'pontic framework', de: 'Zwischenglied-Gerüst' },
  ReducedWaxup: { en: 'reduced wax-up', de: 'reduziertes Wax-up' },
  Veneer: { en: 'veneer', de: 'Veneer' },
  WaxupPontic: { en: 'wax-up pontic', de: 'Wax-up-Zwischenglied' },
}

/** A reconstruction type in words; one that is not known stays as it is. */
export function workName(type: string, language: Language): string {
  return Object.hasOwn(WORKS, type) ? (WORKS[type]?.[language] ?? type) : type
}
