/** Three corners of one facet, millimetres. */
export type Facet = readonly [Corner, Corner, Corner]
export type Corner = readonly [number, number, number]

/** An arch of so many facets, 60 mm wide. */
export function arch(facets: number): readonly Facet[] {
  return Array.from({ length: facets }, (_, i) => {
    const at = (step: number): Corner => {
      const turn = (Math.PI * (i + step)) / (facets + 1)
      return [30 * Math.cos(turn), 25 * Math.sin(turn), 5 + (step % 2)]
    }
    return [at(0), at(1), at(2)]
  })
}

export function binaryStl(
  facets: readonly Facet[],
  { header = 'binary', count = facets.length } = {},
): Buffer {
  const bytes = Buffer.alloc(84 + facets.length * 50)
  bytes.write(header, 0, 80, 'latin1')
  bytes.writeUInt32LE(count, 80)
  for (const [i, facet] of facets.entries()) {
    for (const [j, value] of facet.flat().entries()) bytes.writeFloatLE(value, 84 + i * 50 + 12 + j * 4)
  }
  return bytes
}

export function asciiStl(facets: readonly Facet[]): string {
  const rows = facets.map((facet) => {
    const corners = facet.map((corner) => `      vertex ${corner.join(' ')}`).join('\n')
    return `  facet normal 0 0 1\n    outer loop\n${corners}\n    endloop\n  endfacet`
  })
  return `solid arch\n${rows.join('\n')}\nendsolid arch\n`
}

export type PlyForm = 'ascii' | 'binary_little_endian' | 'binary_big_endian'

/** `object`: as iTero writes faces at times, `int object` first and texture coordinates last [V]. */
export interface PlyOptions {
  readonly form?: PlyForm
  readonly colours?: boolean
  readonly object?: boolean
  readonly double?: boolean
  readonly header?: string
  readonly extraElement?: boolean
  /** The second corner of this facet is another vertex. */
  readonly changed?: { readonly facet: number; readonly index: number }
}

export function ply(facets: readonly Facet[], options: PlyOptions = {}): Buffer {
  const {
    form = 'binary_little_endian',
    colours,
    object,
    double,
    header = '',
    extraElement,
    changed,
  } = options
  const corners = facets.flat()
  const real = double ? 'double' : 'float'
  const lines = [
    `ply\nformat ${form} 1.0\ncomment made up`,
    ...(header === '' ? [] : [header]),
    ...(extraElement ? ['element camera 2\nproperty uchar a\nproperty list uchar short b'] : []),
    `element vertex ${corners.length}`,
    ...['x', 'y', 'z'].map((axis) => `property ${real} ${axis}`),
    ...(colours ? ['property uchar red\nproperty uchar green\nproperty uchar blue'] : []),
    `element face ${facets.length}`,
    ...(object ? ['property int object'] : []),
    'property list uchar int vertex_indices',
    ...(object ? ['property list uchar float texcoord'] : []),
    'end_header\n',
  ]
  const rows: (readonly (readonly [type: string, value: number])[])[] = [
    ...(extraElement
      ? [[1, 2], [1]].map((b) => [['u1', 7], ['u1', b.length], ...b.map((v) => ['i2', v] as const)] as const)
      : []),
    ...corners.map((corner) => [
      ...corner.map((value) => [double ? 'f8' : 'f4', value] as const),
      ...(colours ? [200, 180, 170].map((value) => ['u1', value] as const) : []),
    ]),
    ...facets.map((_, i) => [
      ...(object ? [['i4', 1] as const] : []),
      ['u1', 3] as const,
      ...[i * 3, i === changed?.facet ? changed.index : i * 3 + 1, i * 3 + 2].map(
        (index) => ['i4', index] as const,
      ),
      ...(object ? [['u1', 6] as const, ...Array.from({ length: 6 }, () => ['f4', 0.5] as const)] : []),
    ]),
  ]
  const head = Buffer.from(lines.join('\n'))
  if (form === 'ascii') {
    return Buffer.concat([
      head,
      Buffer.from(rows.map((row) => `${row.map(([, value]) => value).join(' ')}\n`).join('')),
    ])
  }
  return Buffer.concat([head, ...rows.map((row) => binaryRow(row, form === 'binary_little_endian'))])
}

function binaryRow(row: readonly (readonly [string, number])[], little: boolean): Buffer {
  const bytes = Buffer.alloc(row.reduce((sum, [type]) => sum + Number(type[1]), 0))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  for (const [type, value] of row) {
    if (type === 'u1') view.setUint8(at, value)
    else if (type === 'i2') view.setInt16(at, value, little)
    else if (type === 'i4') view.setInt32(at, value, little)
    else if (type === 'f4') view.setFloat32(at, value, little)
    else view.setFloat64(at, value, little)
    at += Number(type[1])
  }
  return bytes
}

export function obj(facets: readonly Facet[]): string {
  const corners = facets.flat().map((corner) => `v ${corner.join(' ')} 0.8 0.7 0.6`)
  const faces = facets.map((_, i) => `f ${i * 3 + 1}/1 ${i * 3 + 2}/2 ${i * 3 + 3}/3`)
  return `# made up\nmtllib a.mtl\n${corners.join('\n')}\nvn 0 0 1\nvt 0 0\n${faces.join('\n')}\n`
}
