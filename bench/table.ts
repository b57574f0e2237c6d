/** One measured figure beside what it is to be. */
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** At most this; null: told for comparison. */
  readonly goal: number | null
}

/** A Markdown table that reads well in a terminal too. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, goal }) => [
    name,
    figure(value, unit),
    goal === null ? '' : `≤ ${figure(goal, unit)}`,
    goal === null ? '' : value <= goal ? 'met' : '**not met**',
  ])
  const head = ['what', 'measured', 'goal', '']
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 1 || column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, column) => (column === 1 || column === 2 ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [line(head), rule, ...cells.map(line)].join('\n')
}

function figure(value: number, unit: string): string {
  const digits = unit === 'ratio' || value < 10 ? 2 : value < 100 ? 1 : 0
  return unit === 'ratio' ? value.toFixed(digits) : `${value.toFixed(digits)} ${unit}`
}

/** How the figures came about: of one round there is no median. */
export function taken(rounds: number): string {
  return rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
