import type { Language } from '../../../bridge/data.ts'
import type { PageFailure } from '../../api.ts'
import { language, locale } from './words.ts'

/** ms */
const HALF_YEAR = 180 * 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

/** English days name their month: 3/4 is another day in America than in Britain. */
const DAY: Readonly<Record<Language, Intl.DateTimeFormatOptions>> = {
  en: { day: 'numeric', month: 'short', year: 'numeric' },
  de: { day: '2-digit', month: '2-digit', year: 'numeric' },
}
const MINUTE = { hour: '2-digit', minute: '2-digit' } as const
const SECOND = { ...MINUTE, second: '2-digit' } as const

/** 25 Nov 2026 · Nov 25, 2026 · 25.11.2026, of ms since the epoch. */
export const day = (at: number): string => date('day', DAY[language.value]).format(at)

/** Date and time of day, of ms since the epoch. */
export const moment = (at: number): string => date('moment', { ...DAY[language.value], ...MINUTE }).format(at)

/** Date, hour, minute and second: for logs. */
export const second = (at: number): string => date('second', { ...DAY[language.value], ...SECOND }).format(at)

/** Hour, minute and second: for what is near. */
export const clock = (at: number): string => date('clock', SECOND).format(at)

/** Time of day today, day and time within the half year, else the date: for lists that are read quickly. */
export function recent(at: number, now = Date.now()): string {
  if (new Date(now).toDateString() === new Date(at).toDateString()) {
    return date('time', MINUTE).format(at)
  }
  if (Math.abs(now - at) > HALF_YEAR) return day(at)
  return date('recent', { day: 'numeric', month: 'short', ...MINUTE }).format(at)
}

/** 3 minutes ago · vor 3 Minuten, of ms since the epoch. */
export function ago(at: number, now: number): string {
  const seconds = Math.round((now - at) / 1000)
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(
    -Math.floor(seconds / length),
    unit,
  )
}

/** s */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const

/** A calendar day `yyyy-mm-dd` by locale; what is none stays as it is. */
export function calendarDay(text: string): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  return year === undefined ? text : day(new Date(Number(year), Number(month) - 1, Number(date)).getTime())
}

/** What the server says, with its day by locale. */
export const textOf = ({ text, day }: PageFailure): string =>
  day === undefined ? text : text.replace('{day}', calendarDay(day))

/** A number by locale, at most `digits` behind the point. */
export const decimal = (value: number, digits = 3): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)

/** Of 1, as a whole per cent. */
export const percent = (share: number): string =>
  new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(share)

/** Bytes as kB, MB or GB. */
export function size(bytes: number): string {
  const [unit, divisor] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3]
  return `${decimal(bytes / Number(divisor), 1)} ${unit}`
}

function date(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.value} ${name}`
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(locale(), options)
  formats.set(key, made)
  return made
}
