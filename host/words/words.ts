import type { Failure, Language } from '../../bridge/data.ts'
import { BridgeError } from '../../bridge/errors.ts'
import type { PageFailure } from '../api.ts'
import { type Facts, HostError } from '../errors.ts'
import { FAILURE_TEXTS } from './failures.ts'
import { reasonText } from './reasons.ts'
import { workName } from './works.ts'

/** One thing said in both languages. `{fact}` is filled in; `[ … {fact} … ]` drops out where one of its facts is missing. */
export interface Text {
  readonly en: string
  readonly de: string
}

const SEGMENT = /\[([^\]]*)\]/g
const PLACEHOLDER = /\{([A-Za-z]\w*)\}/g
const GONE: ReadonlySet<string> = new Set([
  'connection-closed',
  'deadline-exceeded',
  'request-cancelled',
  'overloaded',
  'not-configured',
])
/** Characters that a line of text cannot show, or that turn it round. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu
const FACT_LIMIT = 300
/** `31 Dec 2024`, `31.12.2024`. */
const DAYS: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  en: new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
  de: new Intl.DateTimeFormat('de', { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }),
}
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** The fact that is a day; a folder may be called like one. */
const DATE = 'date'

/** A code in plain words, as one bounded line. */
export function failure(code: string, facts: Facts, language: Language): Failure {
  return { code, text: textOf(code, facts, language, (day) => DAYS[language].format(new Date(day))) }
}

function textOf(code: string, facts: Facts, language: Language, written: (day: string) => string): string {
  const text: Text | undefined = Object.hasOwn(FAILURE_TEXTS, code)
    ? FAILURE_TEXTS[code as keyof typeof FAILURE_TEXTS]
    : FAILURE_TEXTS.unexpected
  return fill((text ?? FAILURE_TEXTS.unexpected)[language], facts, language, written)
}

/** Whatever was thrown, as the page is told it; the cause of a defect is never quoted. */
export function failureOf(error: unknown, language: Language): Failure {
  if (error instanceof HostError) return failure(error.code, error.facts, language)
  if (!(error instanceof BridgeError)) return failure('unexpected', {}, language)
  // The plugin's own refusal comes in its own words.
  if (error.refusal !== null) return { code: error.refusal.code, text: error.refusal.text }
  return failure(GONE.has(error.code) ? 'plugin-not-running' : 'plugin-unusable', {}, language)
}

/** The same for the page, which writes days as where its browser is at home. */
export function pageFailureOf(error: unknown, language: Language): PageFailure {
  const day = error instanceof HostError ? error.facts[DATE] : undefined
  if (!(error instanceof HostError) || typeof day !== 'string' || !DAY.test(day)) {
    return failureOf(error, language)
  }
  return { code: error.code, text: textOf(error.code, error.facts, language, () => '{day}'), day }
}

function fill(template: string, facts: Facts, language: Language, written: (day: string) => string): string {
  const given = (name: string) => {
    if (!Object.hasOwn(facts, name)) return undefined
    const value = inWords(name, facts[name], language)
    return value === '' ? undefined : value
  }
  const shown = (_: string, name: string) => {
    const value = given(name)
    if (value === undefined) return '?'
    if (typeof value === 'number') return new Intl.NumberFormat(language).format(value)
    return name === DATE && DAY.test(value) ? written(value) : visible(value)
  }
  return template
    .replace(SEGMENT, (_, inner: string) =>
      [...inner.matchAll(PLACEHOLDER)].every(([, name]) => given(name ?? '') !== undefined) ? inner : '',
    )
    .replace(PLACEHOLDER, shown)
}

/** What DentalDB or the system calls by a name of its own. */
function inWords(name: string, fact: Facts[string] | undefined, language: Language) {
  if (name === 'reason') return reasonText(String(fact), language)
  return name === 'work' ? workName(String(fact), language) : fact
}

function visible(text: string): string {
  const seen = text.replace(UNSEEN, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
  return seen.length > FACT_LIMIT ? `${seen.slice(0, FACT_LIMIT)}…` : seen
}
