import type { FailureCode } from '../errors.ts'
import type { Activity, ActivityKind } from '../ledger/activity.ts'
import type { Language } from '../mapping/materials.ts'
import type { Question } from '../mapping/questions.ts'
import { fill, type Text } from './template.ts'
import { failureText } from './words.ts'

/** What the log of activity says of each entry. How placeholders and segments work: `fill` in template.ts. */
export const ACTIVITY_TEXTS: Readonly<Record<ActivityKind, Text>> = {
  'import-started': { en: 'The import was started.', de: 'Der Import wurde gestartet.' },
  'import-stopped': { en: 'The import was stopped.', de: 'Der Import wurde beendet.' },
  'import-ended-by-itself': {
    en: 'The import had ended by itself and was started again.',
    de: 'Der Import hatte sich von selbst beendet und wurde neu gestartet.',
  },
  'claim-taken-over': {
    en: 'Order[ {order}] was taken over from an importer that is gone.',
    de: 'Auftrag[ {order}] wurde von einem nicht mehr laufenden Import übernommen.',
  },
  'order-received': { en: 'Order[ {order}] was received.', de: 'Auftrag[ {order}] wurde empfangen.' },
  'order-known': {
    en: 'Order[ {order}] came again, unchanged.',
    de: 'Auftrag[ {order}] kam erneut, unverändert.',
  },
  'order-waiting': {
    en: 'Order[ {order}] waits for an answer.',
    de: 'Auftrag[ {order}] wartet auf eine Antwort.',
  },
  'order-publishing': {
    en: 'The case of order[ {order}] is being made.',
    de: 'Der Fall zu Auftrag[ {order}] wird angelegt.',
  },
  'order-published': {
    en: 'The case of order[ {order}] was made.',
    de: 'Der Fall zu Auftrag[ {order}] wurde angelegt.',
  },
  'order-refused': { en: 'Order[ {order}] was refused.', de: 'Auftrag[ {order}] wurde abgelehnt.' },
  'package-refused': { en: 'A package was refused.', de: 'Ein Paket wurde abgelehnt.' },
  'question-opened': {
    en: 'Question[ {question}][ ({about})] was asked[, first by order {order}].',
    de: 'Frage[ {question}][ ({about})] wurde gestellt[, zuerst von Auftrag {order}].',
  },
  'question-answered': {
    en: 'Question[ {question}][ ({about})] was answered[, at order {order}][; {released|order goes|orders go} on].',
    de: 'Frage[ {question}][ ({about})] wurde beantwortet[, bei Auftrag {order}][; {released|Auftrag geht|Aufträge gehen} weiter].',
  },
  'question-dropped': {
    en: 'Question[ {question}] was dropped: no order waits for it any more.',
    de: 'Frage[ {question}] entfällt: Kein Auftrag wartet mehr darauf.',
  },
  'doctor-mapped': {
    en: 'A doctor was assigned to a client[, at order {order}].',
    de: 'Ein Behandler wurde einem Kunden zugeordnet[, bei Auftrag {order}].',
  },
  'doctor-mapping-deleted': {
    en: 'The mapping of a doctor was deleted.',
    de: 'Die Zuordnung eines Behandlers wurde gelöscht.',
  },
  'material-default-made': {
    en: 'A default for a material[, {material},] was made[, at order {order}].',
    de: 'Ein Standard für ein Material[, {material},] wurde gemerkt[, bei Auftrag {order}].',
  },
  'material-default-cleared': {
    en: 'The mapping of a material was deleted.',
    de: 'Die Zuordnung eines Materials wurde gelöscht.',
  },
  'material-method-cleared': {
    en: 'The production method was taken out of the mapping of a material.',
    de: 'Das Fertigungsverfahren wurde aus der Zuordnung eines Materials entfernt.',
  },
  'client-added': {
    en: 'A client was added[, at order {order}].',
    de: 'Ein Kunde wurde angelegt[, bei Auftrag {order}].',
  },
  'case-folder-away': {
    en: 'The case folder cannot be reached. The import waits for it.',
    de: 'Der Fallordner ist nicht erreichbar. Der Import wartet auf ihn.',
  },
  'case-folder-back': {
    en: 'The case folder is back. The import goes on.',
    de: 'Der Fallordner ist wieder da. Der Import geht weiter.',
  },
  'export-folder-away': {
    en: 'The export folder cannot be reached. The import waits for it.',
    de: 'Der Exportordner ist nicht erreichbar. Der Import wartet auf ihn.',
  },
  'export-folder-back': {
    en: 'The export folder is back. The import goes on.',
    de: 'Der Exportordner ist wieder da. Der Import geht weiter.',
  },
  'download-failed': {
    en: 'The download of order[ {order}] failed.',
    de: 'Der Download von Auftrag[ {order}] ist fehlgeschlagen.',
  },
  'cloud-order-not-understood': {
    en: 'MyiTero’s list has an order[ (Rx {rx})] that is not understood here. It is not fetched: ask the practice for its export, and whether there is an update.',
    de: 'In der Liste von MyiTero steht ein Auftrag[ (Rx {rx})], der hier nicht verstanden wird. Er wird nicht abgerufen: Lassen Sie sich den Export von der Praxis geben und fragen Sie nach einem Update.',
  },
  'signed-in': { en: 'Somebody signed in to MyiTero.', de: 'Jemand hat sich bei MyiTero angemeldet.' },
  'signed-out': { en: 'Somebody signed out of MyiTero.', de: 'Jemand hat sich bei MyiTero abgemeldet.' },
  'sign-out-unheard': {
    en: 'MyiTero could not be told of the sign-out. To be sure, end the connection of this program on MyiTero’s page too.',
    de: 'MyiTero konnte von der Abmeldung nicht erfahren. Beenden Sie die Verbindung dieses Programms sicherheitshalber auch auf der Seite von MyiTero.',
  },
  'sign-in-ended': {
    en: 'The sign-in to MyiTero is over.',
    de: 'Die Anmeldung bei MyiTero ist zu Ende.',
  },
}

/** An answer that let no order go on yet: each of them waits for another one, too. */
const ANSWERED_FOR_LATER: Text = {
  en: 'Question[ {question}][ ({about})] was answered[, at order {order}]. What waited for it still waits for another answer.',
  de: 'Frage[ {question}][ ({about})] wurde beantwortet[, bei Auftrag {order}]. Was darauf wartete, wartet noch auf eine andere Antwort.',
}

const ABOUT: Readonly<Record<Question['kind'], Text>> = {
  doctor: { en: 'doctor', de: 'Behandler' },
  material: { en: 'material', de: 'Material' },
}

/** One entry in a technician's words. Never throws. */
export function activityText(
  entry: {
    readonly kind: ActivityKind
    readonly orderId: string | null
    readonly orderCode: string | null
    readonly about: Activity['about']
    readonly code: FailureCode | null
    readonly facts: Readonly<Record<string, number>>
  },
  language: Language,
): string {
  const { about, orderId, orderCode } = entry
  const quoted = (name: string) => (language === 'de' ? `„${name}“` : `“${name}”`)
  const material = about?.material ? quoted(about.material) : ''
  const facts = {
    ...entry.facts,
    ...(orderId === null ? {} : { order: orderCode ? `${orderId} (${orderCode})` : orderId }),
    ...(about === null
      ? {}
      : { about: [ABOUT[about.kind][language], material].filter(Boolean).join(' '), material }),
  }
  const isForLater = entry.kind === 'question-answered' && entry.facts['released'] === 0
  const text = isForLater ? ANSWERED_FOR_LATER : ACTIVITY_TEXTS[entry.kind]
  const told = fill(text[language], facts, language)
  return entry.code === null ? told : `${told} ${failureText({ code: entry.code, facts: {} }, language)}`
}
