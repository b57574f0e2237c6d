import type { Language } from '../mapping/materials.ts'
import { fill, type Text, type Value } from './template.ts'

/** Everything else that the terminal says. How placeholders work: `fill` in template.ts. */
const PHRASES = {
  // what became of packages
  unchanged: { en: 'stands already as “{project}”', de: 'besteht schon als „{project}“' },
  'unchanged-gone': {
    en: 'was published as “{project}”, which somebody has moved or deleted since; it is not made again',
    de: 'wurde als „{project}“ angelegt und seither verschoben oder gelöscht; der Fall wird nicht neu angelegt',
  },
  'waits-for-questions': {
    en: 'waits for an answer to {questions}',
    de: 'wartet auf die Antwort zu {questions}',
  },
  'holds-for-order': {
    en: 'Nothing in the order identifies the doctor: the answer holds for this order only.',
    de: 'Der Auftrag weist den Behandler nicht aus: Die Antwort gilt nur für diesen Auftrag.',
  },
  'waits-for': { en: 'waits for:', de: 'wartet auf:' },
  'order-revision': { en: '{order} (revision {revision})', de: '{order} (Revision {revision})' },
  'count-published': { en: '{count|order|orders} published', de: '{count|Auftrag|Aufträge} angelegt' },
  'count-unchanged': { en: '{count|order|orders} unchanged', de: '{count|Auftrag|Aufträge} unverändert' },
  'count-waiting': { en: '{count|order waits|orders wait}', de: '{count|Auftrag wartet|Aufträge warten}' },
  'count-refused': { en: '{count|package|packages} refused', de: '{count|Paket|Pakete} abgelehnt' },
  'more-warnings': {
    en: '{count|more warning|more warnings}: see the case XML',
    de: '{count|weitere Warnung|weitere Warnungen}: siehe Fall-XML',
  },
  'client-unfit': { en: 'Too long.', de: 'Zu lang.' },

  // progress and watching
  importing: { en: 'Importing {n:count} of {of:count}', de: 'Importiere {n:count} von {of:count}' },
  cancelled: { en: 'Canceled', de: 'Abgebrochen' },
  'went-wrong': { en: 'Something went wrong', de: 'Etwas ist schiefgegangen' },
  watching: { en: 'Watching {folder}', de: 'Beobachte {folder}' },
  'folder-gone': {
    en: 'The folder {folder} is not there; waiting for it to come back',
    de: 'Der Ordner {folder} ist nicht vorhanden; es wird auf ihn gewartet',
  },

  // questions
  'orders-wait': {
    en: '{count|order waits|orders wait} for this',
    de: '{count|Auftrag wartet|Aufträge warten} darauf',
  },
  'and-more': { en: 'and {count} more', de: 'und {count} weitere' },
  'answer-kept': {
    en: 'Answered. Nothing goes on yet: the orders that waited wait for something else, too.',
    de: 'Beantwortet. Noch geht nichts weiter: Die Aufträge, die warteten, warten auch auf anderes.',
  },
  'waiting-order': {
    en: 'Order {order} · FDI {teeth} · {patient}',
    de: 'Auftrag {order} · FDI {teeth} · {patient}',
  },
  'answer-unfit': { en: 'Question {question} stays open.', de: 'Frage {question} bleibt offen.' },
  'put-off': { en: 'Decide later', de: 'Später entscheiden' },
  yes: { en: 'Yes', de: 'Ja' },
  no: { en: 'No', de: 'Nein' },

  // the doctor's question
  'question-doctor': { en: 'Client of doctor {doctor}', de: 'Kunde zum Behandler {doctor}' },
  'question-doctor-ask': {
    en: 'Which client is this doctor?',
    de: 'Welcher Kunde ist dieser Behandler?',
  },
  'doctor-assign': {
    en: 'Select & assign existing client',
    de: 'Bestehenden Kunden auswählen & zuordnen',
  },
  'doctor-create': { en: 'Save & add new client', de: 'Neuen Kunden speichern & anlegen' },
  'doctor-choose-client': { en: 'Client', de: 'Kunde' },
  'type-to-search': { en: 'Type to search', de: 'Tippen, um zu suchen' },
  likely: { en: 'likely', de: 'wahrscheinlich' },
  'field-doctor-id': { en: 'Doctor’s iTero number', de: 'iTero-Nummer des Behandlers' },
  'field-licence': { en: 'Licence number', de: 'Zulassungsnummer' },
  'field-practice-address': { en: 'Practice address', de: 'Praxisadresse' },
  'client-name': { en: 'Client name', de: 'Name des Kunden' },
  'client-address': { en: 'Address', de: 'Adresse' },
  'client-contact': { en: 'Contact', de: 'Ansprechpartner' },
  'client-licence': { en: 'Licence number', de: 'Zulassungsnummer' },
  'client-name-needed': { en: 'A client needs a name.', de: 'Ein Kunde braucht einen Namen.' },

  // the material's question
  'question-material': { en: 'Material for {material}', de: 'Material für {material}' },
  'material-not-stated': { en: 'no material stated', de: 'ohne Materialangabe' },
  'material-choose': { en: 'Material', de: 'Material' },
  'method-choose': { en: 'Production method', de: 'Fertigungsverfahren' },
  'default-material': {
    en: 'Make this material the default for “{ordered}”?',
    de: 'Dieses Material als Standard für „{ordered}“ merken?',
  },
  'default-method': {
    en: 'Make this production method the default for “{ordered}”?',
    de: 'Dieses Fertigungsverfahren als Standard für „{ordered}“ merken?',
  },

  // lists
  'mappings-doctors': { en: 'Doctors → clients', de: 'Behandler → Kunden' },
  'mappings-materials': {
    en: 'iTero materials → materials and production methods',
    de: 'iTero-Materialien → Materialien und Fertigungsverfahren',
  },
  'mapping-abutment': { en: 'abutment: {material}', de: 'Abutment: {material}' },
  'identity-id': { en: 'doctor {value}', de: 'Behandler {value}' },
  'identity-licence': { en: 'licence {value}', de: 'Zulassung {value}' },
  'identity-name': { en: 'name {value}', de: 'Name {value}' },
  'identity-order': { en: 'order {value} only', de: 'nur Auftrag {value}' },
  'asked-each-time': { en: 'asked each time', de: 'jedes Mal gefragt' },
  'no-orders': { en: 'No orders yet.', de: 'Noch keine Aufträge.' },
  'no-questions': { en: 'No open questions.', de: 'Keine offenen Fragen.' },
  'no-mappings': { en: 'None yet.', de: 'Noch keine.' },
  'no-clients': { en: 'No clients yet.', de: 'Noch keine Kunden.' },

  // stages of a revision
  'stage-received': { en: 'received', de: 'empfangen' },
  'stage-waiting': { en: 'waiting', de: 'wartet' },
  'stage-publishing': { en: 'publishing', de: 'wird angelegt' },
  'stage-published': { en: 'published', de: 'angelegt' },
  'stage-refused': { en: 'refused', de: 'abgelehnt' },
} as const satisfies Record<string, Text>

export type PhraseKey = keyof typeof PHRASES

/** Those that show no value. */
export type PlainKey = { [K in PhraseKey]: NameIn<K> extends never ? K : never }[PhraseKey]

type NameIn<K extends PhraseKey> = PlaceholderIn<(typeof PHRASES)[K]['en']>

type PlaceholderIn<T extends string> = T extends `${string}{${infer Inside}}${infer Rest}`
  ? NameOf<Inside> | PlaceholderIn<Rest>
  : never

type NameOf<Inside extends string> = Inside extends `${infer Name}:${string}`
  ? Name
  : Inside extends `${infer Name}|${string}`
    ? Name
    : Inside

/** A phrase with its values, which may come from outside: they are bounded and harmless in it. Never throws. */
export function phrase<K extends PhraseKey>(
  language: Language,
  key: K,
  values: Readonly<Record<NameIn<K>, Value>>,
): string
export function phrase(language: Language, key: PlainKey, values?: Readonly<Record<never, Value>>): string
export function phrase(
  language: Language,
  key: PhraseKey,
  values: Readonly<Record<string, Value>> = {},
): string {
  return fill(PHRASES[key][language], values, language)
}

/** All phrases, for those that check them. */
export const ALL_PHRASES: Readonly<Record<PhraseKey, Text>> = PHRASES
