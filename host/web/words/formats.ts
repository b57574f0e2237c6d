import { language } from './words.ts'

/** ms */
const HALF_YEAR = 180 * 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** 25 Nov 2026 · 25.11.2026, of ms since the epoch. */
export const day = (at: number): string => date('day', { dateStyle: 'medium' }).format(at)

/** Date and time of day, of ms since the epoch. */
export const moment = (at: number): string =>
  date('moment', { dateStyle: 'medium', timeStyle: 'short' }).format(at)

/** Date, hour, minute and second: for logs. */
export const second = (at: number): string =>
  date('second', { dateStyle: 'short', timeStyle: 'medium' }).format(at)

/** Time of day today, day and time within the half year, else the date: for lists that are read quickly. */
export function recent(at: number, now = Date.now()): string {
  if (new Date(now).toDateString() === new Date(at).toDateString()) {
    return date('time', { timeStyle: 'short' }).format(at)
  }
  if (Math.abs(now - at) > HALF_YEAR) return day(at)
  return date('recent', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(at)
}

/** A calendar day `yyyy-mm-dd` by locale; what is none stays as it is. */
export function calendarDay(text: string): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  return year === undefined ? text : day(new Date(Number(year), Number(month) - 1, Number(date)).getTime())
}

/** A number by locale, at most `digits` behind the point. */
export const decimal = (value: number, digits = 3): string =>
  new Intl.NumberFormat(language.value, { maximumFractionDigits: digits }).format(value)

/** Bytes as kB, MB or GB. */
export function size(bytes: number): string {
  const [unit, divisor] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3]
  return `${decimal(bytes / Number(divisor), 1)} ${unit}`
}

function date(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${name}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(language.value === 'de' ? 'de-DE' : 'en-GB', options)
  formats.set(key, made)
  return made
}
