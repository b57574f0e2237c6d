import type { Failure, Language } from '../../bridge/data.ts'
import { BridgeError } from '../../bridge/errors.ts'
import { type Facts, HostError } from '../errors.ts'
import { FAILURE_TEXTS } from './failures.ts'
import { reasonText } from './reasons.ts'

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

/** A code in plain words, as one bounded line. */
export function failure(code: string, facts: Facts, language: Language): Failure {
  const text: Text | undefined = Object.hasOwn(FAILURE_TEXTS, code)
    ? FAILURE_TEXTS[code as keyof typeof FAILURE_TEXTS]
    : FAILURE_TEXTS.unexpected
  return { code, text: fill((text ?? FAILURE_TEXTS.unexpected)[language], facts, language) }
}

/** Whatever was thrown, as the page is told it; the cause of a defect is never quoted. */
export function failureOf(error: unknown, language: Language): Failure {
  if (error instanceof HostError) return failure(error.code, error.facts, language)
  if (!(error instanceof BridgeError)) return failure('unexpected', {}, language)
  // The plugin's own refusal comes in its own words.
  if (error.refusal !== null) return { code: error.refusal.code, text: error.refusal.text }
  return failure(GONE.has(error.code) ? 'plugin-not-running' : 'plugin-unusable', {}, language)
}

function fill(template: string, facts: Facts, language: Language): string {
  const given = (name: string) => {
    if (!Object.hasOwn(facts, name)) return undefined
    const value = name === 'reason' ? reasonText(String(facts[name]), language) : facts[name]
    return value === '' ? undefined : value
  }
  const shown = (_: string, name: string) => {
    const value = given(name)
    if (value === undefined) return '?'
    if (typeof value === 'number') return new Intl.NumberFormat(language).format(value)
    return DAY.test(value) ? DAYS[language].format(new Date(value)) : visible(value)
  }
  return template
    .replace(SEGMENT, (_, inner: string) =>
      [...inner.matchAll(PLACEHOLDER)].every(([, name]) => given(name ?? '') !== undefined) ? inner : '',
    )
    .replace(PLACEHOLDER, shown)
}

function visible(text: string): string {
  const seen = text.replace(UNSEEN, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
  return seen.length > FACT_LIMIT ? `${seen.slice(0, FACT_LIMIT)}…` : seen
}
