import type { Language } from '../../../bridge/data.ts'
import { reconstructionName } from '../words/reconstructions.ts'
import { language } from '../words/words.ts'
import { FDI } from './odontogram/arch.ts'

type Terms = Readonly<Record<string, Readonly<Record<Language, string>>>>

/** Words for a code of a file, by what the code is of; a code that is not here is shown in words of its own. */
export function term(of: keyof typeof TERMS, code: string): string {
  const terms: Terms = TERMS[of]
  return (Object.hasOwn(terms, code) ? terms[code]?.[language.value] : undefined) ?? readable(code)
}

/** A reconstruction type by the words of the whole page, as a text of its own. */
export function reconstruction(type: string): string {
  const name = reconstructionName(type)
  return name === type ? readable(type) : name.charAt(0).toUpperCase() + name.slice(1)
}

/** A value as it was written; yes and no in words. */
export function valueText(value: string): string {
  const terms: Terms = TERMS.value
  return (Object.hasOwn(terms, value) ? terms[value]?.[language.value] : undefined) ?? value
}

/** `CementGapThickness` and `cement-gap-thickness` → Cement gap thickness; what is no such code stays as it is. */
export function readable(code: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(code) || !/[a-z]/.test(code)) return code
  const words = code
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[ _-]+/)
    .join(' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Tooth numbers in the order of the arch; three or more in a row as "17–14". */
export function teethText(numbers: readonly number[]): string {
  const runs: number[][] = []
  for (const number of numbers.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    const run = runs.at(-1)
    const last = run?.at(-1) ?? 0
    if (run && rankOf(number) === rankOf(last) + 1 && jawOf(number) === jawOf(last)) run.push(number)
    else runs.push([number])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}–${run.at(-1)}` : run.join(', '))).join(', ')
}

const rankOf = (number: number): number => {
  const at = FDI.indexOf(number)
  return at === -1 ? number * 100 : at
}
const jawOf = (number: number): boolean => FDI.indexOf(number) < 16

/** "Upper right first molar" · "Erster Molar oben rechts"; the number where it is no tooth's. */
export function toothName(number: number): string {
  const deciduous = number > 50
  const quadrant = Math.floor(number / 10) - (deciduous ? 4 : 0)
  const place = TEETH.quadrants[quadrant - 1]
  const tooth = (deciduous ? TEETH.deciduous : TEETH.teeth)[(number % 10) - 1]
  if (place === undefined || tooth === undefined) return String(number)
  return language.value === 'de' ? `${tooth.de} ${place.de}` : `${place.en} ${tooth.en}`
}

const TEETH = {
  quadrants: [
    { en: 'Upper right', de: 'oben rechts' },
    { en: 'Upper left', de: 'oben links' },
    { en: 'Lower left', de: 'unten links' },
    { en: 'Lower right', de: 'unten rechts' },
  ],
  deciduous: [
    { en: 'deciduous central incisor', de: 'Mittlerer Milchschneidezahn' },
    { en: 'deciduous lateral incisor', de: 'Seitlicher Milchschneidezahn' },
    { en: 'deciduous canine', de: 'Milcheckzahn' },
    { en: 'deciduous first molar', de: 'Erster Milchmolar' },
    { en: 'deciduous second molar', de: 'Zweiter Milchmolar' },
  ],
  teeth: [
    { en: 'central incisor', de: 'Mittlerer Schneidezahn' },
    { en: 'lateral incisor', de: 'Seitlicher Schneidezahn' },
    { en: 'canine', de: 'Eckzahn' },
    { en: 'first premolar', de: 'Erster Prämolar' },
    { en: 'second premolar', de: 'Zweiter Prämolar' },
    { en: 'first molar', de: 'Erster Molar' },
    { en: 'second molar', de: 'Zweiter Molar' },
    { en: 'third molar', de: 'Weisheitszahn' },
  ],
} as const

const TERMS = {
  implant: {
    CustomAbutment: { en: 'Custom abutment', de: 'Individuelles Abutment' },
    CustomAbutmentManual: {
      en: 'Custom abutment, made by hand',
      de: 'Individuelles Abutment, von Hand',
    },
    SubstructureScan: { en: 'Scan of the substructure', de: 'Scan des Unterbaus' },
    WithoutAbutment: { en: 'Without abutment', de: 'Ohne Abutment' },
    WithoutAbutmentManual: { en: 'Screw-retained, no abutment', de: 'Verschraubt, ohne Abutment' },
  },
  parameter: {
    CementGapThickness: { en: 'Cement gap', de: 'Zementspalt' },
    AdditionalCementGapThickness: { en: 'Additional cement gap', de: 'Zusätzlicher Zementspalt' },
    MinimumThickness: { en: 'Minimum thickness', de: 'Mindeststärke' },
    ConnectorCrossSection: { en: 'Connector cross-section', de: 'Verbinderquerschnitt' },
    MillingDiameter: { en: 'Milling diameter', de: 'Fräserdurchmesser' },
    MillingMachineAxes: { en: 'Axes of the milling machine', de: 'Achsen der Fräsmaschine' },
  },
  ordered: {
    restoration: { en: 'Restoration', de: 'Versorgung' },
    material: { en: 'Material', de: 'Material' },
    specification: { en: 'Specification', de: 'Ausführung' },
    'shade-incisal': { en: 'Shade, incisal', de: 'Farbe inzisal' },
    'shade-middle': { en: 'Shade, middle', de: 'Farbe Mitte' },
    'shade-gingival': { en: 'Shade, gingival', de: 'Farbe gingival' },
    'shade-die': { en: 'Shade of the die', de: 'Stumpffarbe' },
    incisal: { en: 'Shade, incisal', de: 'Farbe inzisal' },
    middle: { en: 'Shade, middle', de: 'Farbe Mitte' },
    gingival: { en: 'Shade, gingival', de: 'Farbe gingival' },
    die: { en: 'Shade of the die', de: 'Stumpffarbe' },
    bridge: { en: 'Bridge', de: 'Brücke' },
    roleInBridge: { en: 'Part in the bridge', de: 'Rolle in der Brücke' },
    ponticDesign: { en: 'Pontic design', de: 'Form des Zwischenglieds' },
    marginInternal: { en: 'Margin, internal', de: 'Rand innen' },
    marginExternal: { en: 'Margin, external', de: 'Rand außen' },
    preparationBuccal: { en: 'Preparation, buccal', de: 'Präparation bukkal' },
    preparationLingual: { en: 'Preparation, lingual', de: 'Präparation lingual' },
    implantBased: { en: 'Implant work', de: 'Implantatarbeit' },
    implantType: { en: 'Implant', de: 'Implantat' },
    abutmentType: { en: 'Abutment', de: 'Abutment' },
    abutmentMaterial: { en: 'Abutment material', de: 'Abutmentmaterial' },
    ditched: { en: 'Ditched', de: 'Freigelegt' },
  },
  method: {
    Mill5: { en: 'Milling, 5-axis', de: 'Fräsen, 5-achsig' },
    Mill4: { en: 'Milling, 4-axis', de: 'Fräsen, 4-achsig' },
    Mill3: { en: 'Milling, 3-axis', de: 'Fräsen, 3-achsig' },
    Grind4: { en: 'Wet grinding, 4-axis', de: 'Nassschleifen, 4-achsig' },
    LaserMelting: { en: 'Laser melting', de: 'Laserschmelzen' },
    Print: { en: '3D printing', de: '3D-Druck' },
    MillCast: { en: 'Milling in wax, then casting', de: 'Fräsen in Wachs, dann Gießen' },
    MillPress: { en: 'Milling in wax, then pressing', de: 'Fräsen in Wachs, dann Pressen' },
    PrintCast: { en: 'Printing, then casting', de: 'Drucken, dann Gießen' },
    PrintPress: { en: 'Printing, then pressing', de: 'Drucken, dann Pressen' },
  },
  value: {
    true: { en: 'Yes', de: 'Ja' },
    false: { en: 'No', de: 'Nein' },
  },
  rx: {
    'order-number': { en: 'Order number', de: 'Auftragsnummer' },
    'order-code': { en: 'Order code', de: 'Auftragscode' },
    procedure: { en: 'Procedure', de: 'Behandlung' },
    'due-date': { en: 'Due', de: 'Fällig' },
    revision: { en: 'Revision', de: 'Revision' },
    'previous-project': { en: 'Previous case', de: 'Voriger Fall' },
    'patient-as-ordered': { en: 'Patient as ordered', de: 'Patient wie bestellt' },
    bridge: { en: 'Bridge', de: 'Brücke' },
    denture: { en: 'Denture', de: 'Prothese' },
    tray: { en: 'Tray', de: 'Schale' },
    'scan-date': { en: 'Scanned', de: 'Gescannt' },
    'export-time': { en: 'Exported', de: 'Exportiert' },
    doctor: { en: 'Doctor', de: 'Behandler' },
    'doctor-id': { en: 'Doctor ID', de: 'Behandler-ID' },
    'doctor-licence': { en: 'Licence', de: 'Zulassung' },
    'practice-address': { en: 'Practice address', de: 'Praxisadresse' },
    'chart-number': { en: 'Chart number', de: 'Karteinummer' },
    'shade-system': { en: 'Shade system', de: 'Farbsystem' },
    'manifest-version': { en: 'Manifest version', de: 'Manifestversion' },
    upper: { en: 'Upper denture', de: 'Oberkieferprothese' },
    lower: { en: 'Lower denture', de: 'Unterkieferprothese' },
    shadeSystem: { en: 'Shade system of the denture', de: 'Farbsystem der Prothese' },
    teethShade: { en: 'Shade of the teeth', de: 'Zahnfarbe' },
    gingivalShade: { en: 'Shade of the gingiva', de: 'Gingivafarbe' },
    mould: { en: 'Mould', de: 'Zahnform' },
    stage: { en: 'Stage', de: 'Stufe' },
    copyScan: { en: 'Copy of the denture', de: 'Prothesenkopie' },
  },
} as const satisfies Record<string, Terms>
