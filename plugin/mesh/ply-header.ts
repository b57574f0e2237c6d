import { basename } from 'node:path/posix'

export interface PlyHeader {
  readonly format: 'ply-ascii' | 'ply-binary-little-endian' | 'ply-binary-big-endian'
  readonly elements: readonly PlyElement[]
  readonly texture: string | null
}

export interface PlyElement {
  readonly name: string
  readonly rows: number
  readonly properties: readonly PlyProperty[]
}

export type PlyProperty =
  | { readonly kind: 'scalar'; readonly name: string; readonly type: PlyType }
  | { readonly kind: 'list'; readonly name: string; readonly count: PlyType; readonly item: PlyType }

export interface PlyType {
  readonly bytes: 1 | 2 | 4 | 8
  readonly form: 'int' | 'uint' | 'float'
}

const ELEMENTS_LIMIT = 64
const PROPERTIES_LIMIT = 256

/** The header without `end_header`. null where it is no PLY's, or larger than any that describes a mesh. */
export function readPlyHeader(text: string): PlyHeader | null {
  const [magic, ...lines] = text.split(/\r\n|\n|\r/)
  if (magic?.trim() !== 'ply') return null
  let format: PlyHeader['format'] | null = null
  let texture: string | null = null
  const elements: { name: string; rows: number; properties: PlyProperty[] }[] = []
  for (const line of lines) {
    const [keyword, ...rest] = line.trim().split(/\s+/)
    if (keyword === 'format') format = FORMATS.get(rest[0] ?? '') ?? null
    else if (keyword === 'comment' && /^texturefile$/i.test(rest[0] ?? '')) {
      const path = line.trim().replace(/^comment\s+\S+\s+/, '')
      // The line can carry a path, and in it a name [V].
      texture = rest.length > 1 ? basename(path.replaceAll('\\', '/')).slice(0, 255) : null
    } else if (keyword === 'element') {
      const rows = Number(rest[1])
      if (!Number.isSafeInteger(rows) || rows < 0 || elements.length === ELEMENTS_LIMIT) return null
      elements.push({ name: rest[0] ?? '', rows, properties: [] })
    } else if (keyword === 'property') {
      const property = readProperty(rest)
      const element = elements.at(-1)
      if (property === null || element === undefined || element.properties.length === PROPERTIES_LIMIT)
        return null
      element.properties.push(property)
    }
  }
  return format === null ? null : { format, elements, texture }
}

export const verticesOf = ({ elements }: PlyHeader): number =>
  elements.find(({ name }) => name === 'vertex')?.rows ?? 0

const FORMATS = new Map<string, PlyHeader['format']>([
  ['ascii', 'ply-ascii'],
  ['binary_little_endian', 'ply-binary-little-endian'],
  ['binary_big_endian', 'ply-binary-big-endian'],
])

const TYPES = new Map<string, PlyType>(
  (
    [
      [['char', 'int8'], 1, 'int'],
      [['uchar', 'uint8'], 1, 'uint'],
      [['short', 'int16'], 2, 'int'],
      [['ushort', 'uint16'], 2, 'uint'],
      [['int', 'int32'], 4, 'int'],
      [['uint', 'uint32'], 4, 'uint'],
      [['float', 'float32'], 4, 'float'],
      [['double', 'float64'], 8, 'float'],
    ] as const
  ).flatMap(([names, bytes, form]) => names.map((name) => [name, { bytes, form }] as const)),
)

function readProperty(words: readonly string[]): PlyProperty | null {
  if (words[0] === 'list') {
    const [count, item] = [TYPES.get(words[1] ?? ''), TYPES.get(words[2] ?? '')]
    // A count is a whole number: of another kind it cannot be walked.
    if (count === undefined || item === undefined || count.form === 'float') return null
    return { kind: 'list', name: words[3] ?? '', count, item }
  }
  const type = TYPES.get(words[0] ?? '')
  return type === undefined ? null : { kind: 'scalar', name: words[1] ?? '', type }
}
