/** One character as it stands there: what is drawn, and in which colours. */
interface Cell {
  readonly sign: string
  readonly look: string
}

/** Select Graphic Rendition as the prompts use it: what each number turns on, and what it turns off. */
const ON: Readonly<Record<string, string>> = { 1: 'bold', 2: 'dim', 32: 'green', 36: 'cyan', 90: 'grey' }
const OFF: Readonly<Record<string, readonly string[]>> = {
  22: ['bold', 'dim'],
  39: ['green', 'cyan', 'grey'],
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is told so
const TOKEN = /\u001b\[(\?)?(\d*(?:;\d+)*)([A-Za-z])|[\s\S]/gu

/**
 * What is on a terminal after a program has said all this, as HTML with a class for each look: the movements and colours that
 * our prompts use. Errors: Error for a movement that it does not know, so that no picture is drawn wrong.
 */
export function screenAfter(said: string): string {
  const lines: Cell[][] = [[]]
  let [row, column] = [0, 0]
  let look = new Set<string>()
  const lineAt = (at: number): Cell[] => {
    while (lines.length <= at) lines.push([])
    return lines[at] ?? []
  }
  for (const [token, hidden, numbers = '', command] of said.matchAll(TOKEN)) {
    if (command === undefined) {
      if (token === '\n') lineAt(++row)
      else if (token === '\r') column = 0
      else put(lineAt(row), column++, { sign: token, look: [...look].sort().join(' ') })
      continue
    }
    // The cursor shown or not.
    if (hidden !== undefined) continue
    const count = Number(numbers || 1)
    if (command === 'A') row = Math.max(0, row - count)
    else if (command === 'B') row += count
    else if (command === 'D') column = Math.max(0, column - count)
    else if (command === 'G') column = count - 1
    else if (command === 'J') {
      lineAt(row).length = Math.min(lineAt(row).length, column)
      lines.length = row + 1
    } else if (command === 'm') look = turned(look, numbers.split(';'))
    else throw new Error(`an unknown movement: ${JSON.stringify(token)}`)
  }
  return lines.map(drawn).join('\n').trimEnd()
}

function put(line: Cell[], column: number, cell: Cell): void {
  while (line.length < column) line.push({ sign: ' ', look: '' })
  line[column] = cell
}

function turned(look: ReadonlySet<string>, numbers: readonly string[]): Set<string> {
  let next = new Set(look)
  for (const number of numbers) {
    if (number === '' || number === '0') next = new Set()
    for (const off of OFF[number] ?? []) next.delete(off)
    const on = ON[number]
    if (on !== undefined) next.add(on)
  }
  return next
}

const drawn = (line: readonly Cell[]): string =>
  line
    .map(({ sign, look }) => (look === '' ? escaped(sign) : `<span class="${look}">${escaped(sign)}</span>`))
    .join('')

const escaped = (sign: string) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[sign] ?? sign
