/** ISO 8601 of the machine's own time zone, with its offset, from ms since the epoch: `2026-09-09T22:24:58.277+09:00`. */
export function localTime(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset()
  const two = (n: number) => String(Math.trunc(Math.abs(n))).padStart(2, '0')
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1)
  return `${local}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`
}
