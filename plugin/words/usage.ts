import type { Language } from '../mapping/materials.ts'
import type { Text } from './template.ts'

/** What `--help` says. Plain text: nothing is filled in. */
const USAGE = {
  program: {
    en: 'Brings iTero scan orders into a dental laboratory’s case folder.',
    de: 'Bringt iTero-Scanaufträge in den Fallordner eines Dentallabors.',
  },
  'exit-codes': {
    en: 'Exit codes: 0 all published, 3 some wait at a question, 4 some refused,\n2 wrong usage.',
    de: 'Rückgabewerte: 0 alle angelegt, 3 einige warten auf eine Antwort,\n4 einige abgelehnt, 2 falscher Aufruf.',
  },
  version: { en: 'output the version number', de: 'Versionsnummer ausgeben' },
  help: { en: 'display help for command', de: 'Hilfe zum Befehl anzeigen' },

  // commands
  import: {
    en: 'Import export packages: zips or folders',
    de: 'Exportpakete importieren: Zips oder Ordner',
  },
  watch: {
    en: 'Import what appears in an export folder, until stopped',
    de: 'Importieren, was in einem Exportordner erscheint, bis zum Beenden',
  },
  orders: {
    en: 'List orders, newest first, and refused packages',
    de: 'Aufträge auflisten, neueste zuerst, und abgelehnte Pakete',
  },
  questions: {
    en: 'List open questions, with how to answer them',
    de: 'Offene Fragen auflisten, und wie man sie beantwortet',
  },
  answer: {
    en: 'Answer a question for every order that waits for it',
    de: 'Eine Frage für alle Aufträge beantworten, die darauf warten',
  },
  mappings: {
    en: 'List what doctors and materials are mapped to, or take one back',
    de: 'Zuordnungen von Behandlern und Materialien auflisten oder aufheben',
  },
  clients: { en: 'List the laboratory’s clients', de: 'Die Kunden des Labors auflisten' },

  // options of single commands
  answers: {
    en: 'answers to questions, given beforehand (JSON)',
    de: 'vorab gegebene Antworten auf Fragen (JSON)',
  },
  'no-prompt': {
    en: 'leave questions open, even where a person is there',
    de: 'Fragen offen lassen, auch wenn jemand da ist',
  },
  parallel: { en: 'packages in hand at once', de: 'Pakete, die zugleich bearbeitet werden' },
  once: {
    en: 'stop when all that stands there now has been imported',
    de: 'beenden, wenn alles importiert ist, was jetzt dort liegt',
  },
  relist: {
    en: 'look through the folder this often, for shares that announce nothing',
    de: 'den Ordner so oft durchsehen, für Freigaben, die nichts melden',
  },
  stage: { en: 'only these', de: 'nur diese' },
  limit: { en: 'how many', de: 'wie viele' },
  after: { en: 'those before this id of the JSON list', de: 'die vor dieser Nummer der JSON-Liste' },
  question: { en: 'its number', de: 'ihre Nummer' },
  client: { en: 'the doctor is this client of yours', de: 'der Behandler ist dieser Ihrer Kunden' },
  'new-client': {
    en: 'the doctor becomes a new client of this name',
    de: 'der Behandler wird ein neuer Kunde dieses Namens',
  },
  address: { en: 'its address; the practice’s where left out', de: 'seine Adresse; sonst die der Praxis' },
  contact: { en: 'its contact', de: 'sein Ansprechpartner' },
  material: { en: 'short code in your list of materials', de: 'Kürzel in Ihrer Materialliste' },
  method: { en: 'production method of that material', de: 'Fertigungsverfahren dieses Materials' },
  'no-default': {
    en: 'for these orders only, not for later ones',
    de: 'nur für diese Aufträge, nicht für spätere',
  },
  'delete-doctor': {
    en: 'ask for this doctor again; numbers and keys are those of the list',
    de: 'nach diesem Behandler wieder fragen; Nummern und Schlüssel wie in der Liste',
  },
  'delete-material': { en: 'ask for this material again', de: 'nach diesem Material wieder fragen' },
  'clear-material': {
    en: 'forget its material, keep its production method',
    de: 'Material vergessen, Fertigungsverfahren behalten',
  },
  'clear-method': {
    en: 'forget its production method, keep its material',
    de: 'Fertigungsverfahren vergessen, Material behalten',
  },

  // options of all commands
  into: { en: 'the case folder', de: 'der Fallordner' },
  json: { en: 'for programs', de: 'für Programme' },
  language: { en: 'of what is shown', de: 'Sprache der Ausgabe' },
  data: { en: 'where the ledger and your lists lie', de: 'wo Auftragsbuch und Listen liegen' },
  'client-list': { en: 'your list of clients (JSON)', de: 'Ihre Kundenliste (JSON)' },
  'material-list': { en: 'your list of materials (XML)', de: 'Ihre Materialliste (XML)' },
  template: { en: 'names of cases, such as %d_%l_%f', de: 'Namen der Fälle, etwa %d_%l_%f' },
  staging: {
    en: 'where cases are put together, on the case folder’s volume',
    de: 'wo Fälle entstehen, auf demselben Laufwerk wie der Fallordner',
  },
  'patient-name': {
    en: 'how the export writes patients',
    de: 'wie der Export Patienten schreibt',
  },
  'number-from-1': { en: 'a number from 1', de: 'Erwartet wird eine Zahl ab 1' },
} as const satisfies Record<string, Text>

export type UsageKey = keyof typeof USAGE

export function usage(language: Language, key: UsageKey): string {
  return USAGE[key][language]
}
