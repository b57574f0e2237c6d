import { signal } from '@preact/signals'
import type { Language } from '../../../bridge/data.ts'

/** Language of everything on the page. Components that read it are drawn again when it changes. */
export const language = signal<Language>(navigator.language.startsWith('de') ? 'de' : 'en')

const OTHERWISE: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' }

/** The page's language as it is spoken where the browser is at home: for days, times and numbers. */
export const locale = (): string =>
  navigator.languages.find((each) => each.startsWith(`${language.value}-`)) ?? OTHERWISE[language.value]

export type Value = string | number

type NameOf<Inside extends string> = Inside extends `${infer Name}|${string}` ? Name : Inside
/** Names of the values that a text shows. */
export type NamesIn<T extends string> = T extends `${string}{${infer Inside}}${infer Rest}`
  ? NameOf<Inside> | NamesIn<Rest>
  : never
/** `[]` where the text shows no value, else one argument with all of them. */
type Values<T extends string> = [NamesIn<T>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<T>, Value>>]

/**
 * Texts of one room of the page in both languages: a function that gives the text of a key in the language of the page.
 * The compiler refuses a key that one language lacks, and a value that is not given.
 * In a text stand `{name}` a value (numbers with their thousands) and `{name|order|orders}` a number with its word.
 */
export function words<const E extends Readonly<Record<string, string>>>(texts: {
  readonly en: E
  readonly de: { readonly [K in keyof NoInfer<E>]: string }
}): <K extends keyof E & string>(key: K, ...values: Values<E[K]>) => string {
  return (key, ...[values]) => {
    const text: string = texts[language.value][key]
    return values === undefined ? text : fill(text, values)
  }
}

const PLACEHOLDER = /\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g

function fill(text: string, values: Readonly<Record<string, Value>>): string {
  return text.replace(PLACEHOLDER, (_, name: string, one?: string, other?: string) => {
    const value = values[name] ?? '?'
    if (typeof value === 'string') return value
    const shown = new Intl.NumberFormat(locale()).format(value)
    if (one === undefined) return shown
    return `${shown} ${new Intl.PluralRules(language.value).select(value) === 'one' ? one : other}`
  })
}
