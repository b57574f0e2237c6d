import type { Language } from '../mapping/materials.ts'
import { TERMS } from './terms.ts'
import { visible } from './visible.ts'

/** One thing said in both languages. */
export interface Text {
  readonly en: string
  readonly de: string
}

export type Value = string | number

const SEGMENT = /\[([^\]]*)\]/g
const PLACEHOLDER = /\{([A-Za-z]\w*)(?::(count|size|time)|\|([^|{}]*)\|([^|{}]*))?\}/g

/**
 * A template with its facts filled in. In it stand:
 * `{fact}` the value, in words where `terms.ts` knows it · `{fact:count}` a number with its thousands ·
 * `{fact:size}` bytes as kB, MB or GB · `{fact:time}` seconds, as minutes where they are many · `{fact|order|orders}` a number with the form that goes with it ·
 * `[ … {fact} … ]` what drops out where one of its facts is missing or empty. A fact missing elsewhere becomes `?`.
 */
export function fill(template: string, facts: Readonly<Record<string, Value>>, language: Language): string {
  return template
    .replace(SEGMENT, (_, inner: string) =>
      placeholdersOf(inner).every((name) => given(facts, name) !== null) ? inner : '',
    )
    .replace(PLACEHOLDER, (_, name: string, form?: string, one?: string, other?: string) => {
      const value = given(facts, name)
      if (value === null) return '?'
      if (one !== undefined && other !== undefined) return counted(value, one, other, language)
      if (typeof value === 'string') return termOf(name, value, language) ?? visible(value)
      if (form === 'size') return size(value, language)
      if (form === 'time') return time(value, language)
      return number(value, language, form === 'count')
    })
}

/** Names of the facts that a template shows, each once. */
export function placeholdersOf(template: string): readonly string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))]
}

function given(facts: Readonly<Record<string, Value>>, name: string): Value | null {
  const value = Object.hasOwn(facts, name) ? facts[name] : undefined
  return value === undefined || value === null || value === '' ? null : value
}

/** A code in words; a tooth may stand behind it (`margin 11`). null where the table has no such code. */
function termOf(name: string, value: string, language: Language): string | null {
  const table = Object.hasOwn(TERMS, name) ? TERMS[name] : undefined
  if (table === undefined) return null
  if (Object.hasOwn(table, value)) return table[value]?.[language] ?? null
  const [, code, tooth] = /^(\S+) (\d\d)$/.exec(value) ?? []
  return code !== undefined && Object.hasOwn(table, code) ? `${table[code]?.[language]} ${tooth}` : null
}

function counted(value: Value, one: string, other: string, language: Language): string {
  if (typeof value === 'string') return `${visible(value)} ${other}`
  const form = new Intl.PluralRules(language).select(value) === 'one' ? one : other
  return `${number(value, language, true)} ${form}`
}

/** Teeth, lines and ids stand without thousands. */
function number(value: number, language: Language, grouped: boolean): string {
  return new Intl.NumberFormat(language, { useGrouping: grouped, maximumFractionDigits: 6 }).format(value)
}

function size(bytes: number, language: Language): string {
  const [unit, divisor] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3]
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  return `${format.format(bytes / Number(divisor))} ${unit}`
}

/** No wait that is told shall end later than it says. */
function time(seconds: number, language: Language): string {
  const [unit, value] =
    seconds > 90 ? ['minute', Math.ceil(seconds / 60)] : ['second', Math.max(1, Math.ceil(seconds))]
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
