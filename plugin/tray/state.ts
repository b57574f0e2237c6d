import type { ConnectorState, Language } from '../../bridge/data.ts'
import { fill, type Text, type Value } from '../words/template.ts'
import { visible } from '../words/visible.ts'

/** started: the plain icon · active: green dot · attention: amber · idle: grey · signed-out: red. */
export type TrayIcon = 'started' | 'active' | 'attention' | 'idle' | 'signed-out'

export type TrayCommand =
  | 'show-cases'
  | 'sync-now'
  | 'pause'
  | 'resume'
  | 'show-settings'
  | 'sign-in'
  | 'sign-out'

export interface TrayMenuItem {
  readonly command: TrayCommand
  readonly label: string
  /** A line is drawn between groups. */
  readonly group: number
}

/** All that the icon shows. Equal states look equal, so that a caller may compare them. */
export interface TrayState {
  readonly icon: TrayIcon
  /** Lines, at most 127 UTF-16 units together. */
  readonly tooltip: string
  readonly menu: readonly TrayMenuItem[]
  /** What a plain click on the icon does; it stands in the menu. */
  readonly main: TrayCommand
}

/** What the cloud's state says that the icon shows; the bridge's CloudState is one. */
export interface TrayCloud {
  readonly session:
    | { readonly kind: 'starting' | 'signed-out' | 'signing-in' | 'choosing-account' }
    | { readonly kind: 'signed-in'; readonly account: { readonly name: string } }
  /** ms since the epoch; null: never. */
  readonly lastSync: number | null
  readonly syncing: boolean
  readonly paused: boolean
  /** Why the cloud cannot be reached; null: it can. */
  readonly trouble: object | null
  readonly orders: readonly {
    readonly stage: 'wanted' | 'downloading' | 'downloaded' | 'taken' | 'failed' | 'noted'
  }[]
}

export interface TrayFacts {
  readonly connector: Pick<ConnectorState, 'kind'>
  /** null: no connection profile, an export folder at most. */
  readonly cloud: TrayCloud | null
  /** Open ones. */
  readonly questions: number
  /** Packages that are being read or published just now. */
  readonly importing: number
}

export interface TrayReader {
  readonly language: Language
  /** As the system has it (`de-AT`); it counts where it is of the language. */
  readonly locale?: string
  /** IANA name; left out: the system's. */
  readonly timeZone?: string
  /** ms since the epoch. */
  readonly now: number
}

/** szTip holds 128 units, the last of which is zero. [V: NOTIFYICONDATAW] */
const TOOLTIP_UNITS = 127
/** A shorter piece of an account's name says nothing. */
const LEAST_NAME = 6

/** Why the icon is as it is; one of these holds, the first that does. */
type Condition =
  | 'signed-out'
  | 'choosing-account'
  | 'waiting'
  | 'attention'
  | 'paused'
  | 'offline'
  | 'signing-in'
  | 'connecting'
  | 'off'
  | 'active'

const ICONS: Readonly<Record<Condition, TrayIcon>> = {
  'signed-out': 'signed-out',
  'choosing-account': 'attention',
  waiting: 'attention',
  attention: 'attention',
  paused: 'idle',
  offline: 'idle',
  'signing-in': 'started',
  connecting: 'started',
  off: 'started',
  active: 'active',
}

const CONDITIONS: Readonly<Record<Exclude<Condition, 'waiting'>, Text>> = {
  'signed-out': { en: 'Signed out of MyiTero', de: 'Von MyiTero abgemeldet' },
  'choosing-account': { en: 'An account has to be chosen', de: 'Ein Konto ist zu wählen' },
  attention: { en: 'Needs attention: see the settings', de: 'Bitte nachsehen: Einstellungen' },
  paused: { en: 'Paused', de: 'Angehalten' },
  offline: { en: 'No connection, trying again', de: 'Keine Verbindung, neuer Versuch folgt' },
  'signing-in': { en: 'Signing in', de: 'Anmeldung läuft' },
  connecting: { en: 'Connecting', de: 'Verbindung wird aufgebaut' },
  off: { en: 'Started, no source is set up', de: 'Gestartet, keine Quelle eingerichtet' },
  active: { en: 'Connected', de: 'Verbunden' },
}

const LINES = {
  name: { en: 'MyiTero import', de: 'MyiTero-Import' },
  questions: {
    en: '{count|question waits|questions wait} for you',
    de: '{count|Frage wartet|Fragen warten} auf Sie',
  },
  failed: {
    en: '{count|download|downloads} failed',
    de: '{count|Download|Downloads} fehlgeschlagen',
  },
  'last-sync': { en: 'Last sync {time}', de: 'Letzter Abgleich {time}' },
  downloading: { en: 'Downloading {count|order|orders}', de: '{count|Auftrag wird|Aufträge werden} geladen' },
  importing: {
    en: 'Importing {count|order|orders}',
    de: '{count|Auftrag wird|Aufträge werden} importiert',
  },
  syncing: { en: 'Looking for new orders', de: 'Neue Aufträge werden gesucht' },
} as const satisfies Readonly<Record<string, Text>>

const LABELS: Readonly<Record<TrayCommand | 'choose-account', Text>> = {
  'show-cases': { en: 'Open case list', de: 'Fallliste öffnen' },
  'sync-now': { en: 'Sync now', de: 'Jetzt abgleichen' },
  pause: { en: 'Pause', de: 'Anhalten' },
  resume: { en: 'Resume', de: 'Fortsetzen' },
  'show-settings': { en: 'Settings…', de: 'Einstellungen…' },
  'choose-account': { en: 'Choose account…', de: 'Konto wählen…' },
  'sign-in': { en: 'Connect to MyiTero…', de: 'Mit MyiTero verbinden…' },
  'sign-out': { en: 'Sign out', de: 'Abmelden' },
}

/** What the icon shows for the state of connector and cloud. Pure; names no patient, doctor or order. */
export function trayState(facts: TrayFacts, reader: TrayReader): TrayState {
  const condition = conditionOf(facts)
  return {
    icon: ICONS[condition],
    tooltip: tooltipOf(facts, condition, reader),
    menu: menuOf(facts, condition, reader.language),
    main: mainOf(condition, facts.cloud),
  }
}

/** What stops everything goes first, then what waits for a person, then what passes by itself. */
function conditionOf(facts: TrayFacts): Condition {
  const { connector, cloud, questions } = facts
  const session = cloud?.session.kind
  if (session === 'signed-out' || connector.kind === 'signed-out') {
    // The session is ahead of the connector's word: the person is at it.
    if (session !== 'signing-in' && session !== 'choosing-account') return 'signed-out'
  }
  if (session === 'choosing-account') return 'choosing-account'
  if (questions > 0 || failedIn(facts) > 0) return 'waiting'
  if (connector.kind === 'attention') return 'attention'
  if (cloud?.paused && session === 'signed-in') return 'paused'
  if (connector.kind === 'offline') return 'offline'
  if (session === 'signing-in') return 'signing-in'
  if (session === 'starting' || connector.kind === 'connecting') return 'connecting'
  if (cloud?.trouble) return 'offline'
  return connector.kind === 'off' ? 'off' : 'active'
}

function tooltipOf(facts: TrayFacts, condition: Condition, reader: TrayReader): string {
  const { language } = reader
  const say = (text: Text, values: Readonly<Record<string, Value>> = {}) =>
    fill(text[language], values, language)
  const lines = waitingLines(facts).map(([line, count]) => say(LINES[line], { count }))
  if (condition !== 'waiting') lines.unshift(say(CONDITIONS[condition]))
  // Amber hides what grey would say.
  else if (facts.connector.kind === 'offline' || facts.cloud?.trouble) lines.push(say(CONDITIONS.offline))
  else if (facts.cloud?.paused) lines.push(say(CONDITIONS.paused))
  const busy = busyWith(facts)
  if (busy !== null) lines.push(say(LINES[busy[0]], { count: busy[1] }))
  const lastSync = facts.cloud?.lastSync ?? null
  if (lastSync !== null) lines.push(say(LINES['last-sync'], { time: timeOf(lastSync, reader) }))
  const { session } = facts.cloud ?? {}
  return fitted(say(LINES.name), session?.kind === 'signed-in' ? session.account.name : null, lines)
}

function waitingLines(facts: TrayFacts): readonly (readonly ['questions' | 'failed', number])[] {
  const lines = [['questions', facts.questions] as const, ['failed', failedIn(facts)] as const]
  return lines.filter(([, count]) => count > 0)
}

function busyWith(facts: TrayFacts): readonly ['downloading' | 'importing' | 'syncing', number] | null {
  const downloading = facts.cloud?.orders.filter(({ stage }) => stage === 'downloading').length ?? 0
  if (downloading > 0) return ['downloading', downloading]
  if (facts.importing > 0) return ['importing', facts.importing]
  return facts.cloud?.syncing ? ['syncing', 0] : null
}

const failedIn = ({ cloud }: TrayFacts) => cloud?.orders.filter(({ stage }) => stage === 'failed').length ?? 0

/** Name and account, then the lines, as many as fit; the account's name gives way first. */
function fitted(name: string, account: string | null, lines: readonly string[]): string {
  let below = ''
  for (const line of lines) {
    if (name.length + below.length + 1 + line.length <= TOOLTIP_UNITS) below += `\n${line}`
  }
  const room = TOOLTIP_UNITS - name.length - below.length - ' · '.length
  const shown = account === null ? '' : clipped(visible(account), room)
  return `${name}${shown === '' ? '' : ` · ${shown}`}${below}`
}

/** By whole characters as a reader sees them; `units` are UTF-16's. */
function clipped(text: string, units: number): string {
  if (text.length <= units) return text
  if (units < LEAST_NAME) return ''
  let kept = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (kept.length + segment.length + 1 > units) break
    kept += segment
  }
  return kept === '' ? '' : `${kept.trimEnd()}…`
}

/** The time alone on the day itself, else with its date. */
function timeOf(at: number, { language, locale, timeZone, now }: TrayReader): string {
  const own = locale?.toLowerCase().split('-')[0] === language ? locale : null
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(own ?? (language === 'de' ? 'de' : 'en-GB'), {
      ...options,
      ...(timeZone === undefined ? {} : { timeZone }),
    })
  const day = format({ dateStyle: 'short' })
  const sameDay = day.format(at) === day.format(now)
  const time = format(sameDay ? { timeStyle: 'short' } : { dateStyle: 'short', timeStyle: 'short' })
  // A narrow space, which old fonts lack.
  return time.format(at).replaceAll('\u202f', ' ')
}

function menuOf({ connector, cloud }: TrayFacts, condition: Condition, language: Language) {
  const session = cloud?.session.kind
  const works = ['active', 'offline', 'attention'].includes(connector.kind)
  const signedIn = cloud === null || session === 'signed-in'
  const choosing = session === 'choosing-account'
  const wanted: readonly (readonly [TrayCommand, number, boolean])[] = [
    ['sign-in', 0, condition === 'signed-out' && cloud !== null],
    ['show-cases', 0, true],
    ['sync-now', 1, works && signedIn && cloud?.paused !== true],
    ['pause', 1, session === 'signed-in' && cloud?.paused === false],
    ['resume', 1, session === 'signed-in' && cloud?.paused === true],
    ['show-settings', 2, true],
    ['sign-out', 2, condition !== 'signed-out' && (session === 'signed-in' || choosing)],
  ]
  return wanted
    .filter(([, , shown]) => shown)
    .map(([command, group]): TrayMenuItem => {
      const label = choosing && command === 'show-settings' ? 'choose-account' : command
      return { command, group, label: LABELS[label][language] }
    })
}

function mainOf(condition: Condition, cloud: TrayCloud | null): TrayCommand {
  if (condition === 'signed-out' && cloud !== null) return 'sign-in'
  return condition === 'choosing-account' || condition === 'off' ? 'show-settings' : 'show-cases'
}
