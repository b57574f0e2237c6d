/** Real calendar dates between these years: iTero began in 2006, and due dates are near. */
const YEARS = { from: 2000, to: 2199 }

/** `MM/DD/YYYY` [V] (or ISO), a time behind it ignored, as yyyy-mm-dd. null where it is no date. */
export function dateOf(text: string): string | null {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[ T].*)?$/.exec(text)
  if (american !== null) return real(Number(american[3]), Number(american[1]), Number(american[2]))
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[ T].*)?$/.exec(text)
  return iso === null ? null : real(Number(iso[1]), Number(iso[2]), Number(iso[3]))
}

/**
 * `MM/DD/YYYY HH:mm:ss` with its `UtcOffset` (0 seen [V], so its unit is unknown [?]: up to 14 is taken for hours,
 * more for minutes), as ISO 8601. null where it is no moment.
 */
export function momentOf(text: string, offset: string): string | null {
  const date = dateOf(text)
  const time = /[ T](\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(?:Z| ?([AP]M))?$/i.exec(text)
  const zone = zoneOf(offset)
  if (date === null || time === null || zone === null) return null
  const half = time[4]?.toUpperCase()
  const written = Number(time[1])
  if (half !== undefined && (written < 1 || written > 12)) return null
  const hour = half === undefined ? written : (written % 12) + (half === 'PM' ? 12 : 0)
  if (hour > 23 || Number(time[2]) > 59 || Number(time[3] ?? 0) > 59) return null
  return `${date}T${two(hour)}:${time[2]}:${time[3] ?? '00'}${zone}`
}

function real(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day))
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!exists || year < YEARS.from || year > YEARS.to) return null
  return `${year}-${two(month)}-${two(day)}`
}

function zoneOf(offset: string): string | null {
  const clock = /^([+-])?(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(offset)
  if (clock !== null) return zone(clock[1] === '-' ? -1 : 1, Number(clock[2]) * 60 + Number(clock[3]))
  if (!/^[+-]?\d{1,3}(\.\d{1,2})?$/.test(offset)) return null
  const value = Number(offset)
  return zone(Math.sign(value), Math.abs(value) <= 14 ? Math.abs(value) * 60 : Math.abs(value))
}

function zone(sign: number, minutes: number): string | null {
  if (minutes > 14 * 60 || !Number.isInteger(minutes)) return null
  return `${sign < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
