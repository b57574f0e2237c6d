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
    en: 'Question[ {question}][ ({about})] was answered[; {released|order goes|orders go} on].',
    de: 'Frage[ {question}][ ({about})] wurde beantwortet[; {released|Auftrag geht|Aufträge gehen} weiter].',
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
    en: 'A default for a material was cleared.',
    de: 'Ein Standard für ein Material wurde gelöscht.',
  },
  'client-added': {
    en: 'A client was added[, at order {order}].',
    de: 'Ein Kunde wurde angelegt[, bei Auftrag {order}].',
  },
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
  const told = fill(ACTIVITY_TEXTS[entry.kind][language], facts, language)
  return entry.code === null ? told : `${told} ${failureText({ code: entry.code, facts: {} }, language)}`
}
