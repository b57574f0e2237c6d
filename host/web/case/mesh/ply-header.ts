import { type Bytes, RECORD_LIMIT_BYTES } from './bytes.ts'
import { meshError } from './mesh.ts'

export interface PlyHeader {
  readonly format: 'ascii' | 'binary_little_endian' | 'binary_big_endian'
  readonly elements: readonly PlyElement[]
}

export interface PlyElement {
  readonly name: string
  readonly rows: number
  readonly properties: readonly PlyProperty[]
}

export interface PlyProperty {
  readonly name: string
  readonly type: PlyType
  /** Of a list: the type of its length. */
  readonly count: PlyType | null
}

export type PlyType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64'

export const PLY_TYPE_BYTES: Readonly<Record<PlyType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
}

/** Reads the header without going beyond it: `at` stands where `ply` begins, and its length in bytes is given too. */
export async function plyHeader(
  bytes: Bytes,
): Promise<{ readonly header: PlyHeader; readonly length: number }> {
  for (;;) {
    const held = bytes.view.byteLength - bytes.at
    const text = latin1.decode(
      new Uint8Array(bytes.view.buffer, bytes.view.byteOffset + bytes.at, Math.min(held, HEADER_LIMIT_BYTES)),
    )
    // a carriage return at the very end may have its line feed in the next chunk
    const end = text.endsWith('\r') ? null : /[\r\n]end_header[ \t]*(\r\n|\n|\r)/.exec(text)
    if (end !== null) return { header: parsed(text.slice(0, end.index)), length: end.index + end[0].length }
    if (held >= HEADER_LIMIT_BYTES || !(await bytes.more())) throw meshError('broken')
  }
}

const HEADER_LIMIT_BYTES = Math.min(64 * 1024, RECORD_LIMIT_BYTES)
const latin1 = new TextDecoder('latin1')

function parsed(text: string): PlyHeader {
  const [magic, ...lines] = text.split(/\r\n|\n|\r/)
  if (magic?.trim() !== 'ply') throw meshError('broken')
  let format: PlyHeader['format'] | undefined
  const elements: { name: string; rows: number; properties: PlyProperty[] }[] = []
  for (const line of lines) {
    const [keyword, ...words] = line.trim().split(/\s+/)
    if (keyword === 'format') format = FORMATS.find((one) => one === words[0])
    if (keyword === 'element') {
      const rows = Number(words[1])
      if (!Number.isSafeInteger(rows) || rows < 0) throw meshError('broken')
      elements.push({ name: words[0] ?? '', rows, properties: [] })
    }
    if (keyword === 'property') elements.at(-1)?.properties.push(property(words))
  }
  if (format === undefined || elements.some(({ properties }) => properties.length === 0))
    throw meshError('broken')
  return { format, elements }
}

const FORMATS = ['ascii', 'binary_little_endian', 'binary_big_endian'] as const

function property(words: readonly string[]): PlyProperty {
  const isList = words[0] === 'list'
  const count = isList ? TYPES[words[1] ?? ''] : null
  const type = TYPES[words[isList ? 2 : 0] ?? '']
  const name = words[isList ? 3 : 1]
  if (type === undefined || count === undefined || name === undefined || count?.startsWith('float'))
    throw meshError('broken')
  return { name, type, count }
}

const TYPES: Readonly<Record<string, PlyType>> = {
  char: 'int8',
  int8: 'int8',
  uchar: 'uint8',
  uint8: 'uint8',
  short: 'int16',
  int16: 'int16',
  ushort: 'uint16',
  uint16: 'uint16',
  int: 'int32',
  int32: 'int32',
  uint: 'uint32',
  uint32: 'uint32',
  float: 'float32',
  float32: 'float32',
  double: 'float64',
  float64: 'float64',
}
