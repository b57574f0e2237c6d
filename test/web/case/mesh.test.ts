import fc from 'fast-check'
import t from 'tap'
import { jawPlan } from '../../../fixtures/exports/jaw-elevation.ts'
import {
  MESH_FORMATS,
  type MeshFormat,
  meshContent,
  meshExtension,
  meshGrids,
} from '../../../fixtures/exports/mesh.ts'
import { trianglesOf, verticesOf } from '../../../fixtures/exports/mesh-grid.ts'
import { faultOf, type Mesh, type MeshFault } from '../../../host/web/case/mesh/mesh.ts'
import { normalsOf, PIECE_VERTICES, piecesOf } from '../../../host/web/case/mesh/pieces.ts'
import { readMesh } from '../../../host/web/case/mesh/read-mesh.ts'

const PLAN = jawPlan('upper', [], false, { ditched: false, scanBodies: false, seed: 3, deeper: 0 })

function jaw(format: MeshFormat, bytes = 1e6) {
  const grids = meshGrids([PLAN], { format, bytes }, 5, false)
  return {
    name: `jaw.${meshExtension(format)}`,
    content: Buffer.concat([...meshContent(grids, format, 'jaw.jpg')]),
    triangles: grids.reduce((sum, grid) => sum + trianglesOf(grid), 0),
    vertices: grids.reduce((sum, grid) => sum + verticesOf(grid), 0),
  }
}

/** In chunks of a size that cuts every record somewhere. */
async function* chunksOf(content: Uint8Array, size: number) {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size)
}

const read = (name: string, content: Uint8Array, size = 65_521, bytes: number | null = content.length) =>
  readMesh({ name, bytes, chunks: chunksOf(content, size) })

async function faultIn(name: string, content: Uint8Array): Promise<MeshFault | 'none'> {
  return read(name, content).then(
    () => 'none',
    (error: unknown) => faultOf(error),
  )
}

function box({ positions }: Mesh): readonly number[] {
  const ends = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity]
  positions.forEach((value, at) => {
    ends[at % 3] = Math.min(ends[at % 3] as number, value)
    ends[(at % 3) + 3] = Math.max(ends[(at % 3) + 3] as number, value)
  })
  return ends.map((value) => Math.round(value))
}

t.test('every format that scanners write gives the same jaw, in mm', async (t) => {
  const boxes = new Set<string>()
  for (const format of MESH_FORMATS) {
    const { name, content, triangles, vertices } = jaw(format)
    const mesh = await read(name, content)
    // text has seven digits: a sliver or two may collapse
    t.ok(
      mesh.indices.length / 3 > triangles * 0.98 && mesh.indices.length / 3 <= triangles,
      `${format}: triangles`,
    )
    t.ok(mesh.positions.length / 3 <= vertices, `${format}: one vertex where corners meet`)
    t.ok(mesh.positions.length / 3 > vertices * 0.98, `${format}: and no fewer`)
    boxes.add(String(box(mesh)))
  }
  t.equal(boxes.size, 1)
})

t.test('colours of vertices and coordinates of a texture come with the mesh', async (t) => {
  for (const format of ['ply-colours', 'ply-object'] as const) {
    const { name, content } = jaw(format)
    const { colours, positions, uvs } = await read(name, content)
    t.equal(colours?.length, positions.length)
    t.ok(new Set(colours).size > 20, 'gum and teeth')
    t.equal(uvs, null)
  }
  const { name, content } = jaw('ply-texture')
  const { colours, positions, uvs } = await read(name, content)
  t.equal(colours, null)
  t.equal(uvs?.length, (positions.length / 3) * 2)
  t.ok(uvs?.every((value) => value >= 0 && value <= 1))
})

t.test('where the stream is cut makes no difference', async (t) => {
  for (const format of MESH_FORMATS) {
    const { name, content } = jaw(format)
    const whole = await read(name, content, content.length)
    for (const size of [977, 4099]) t.same(await read(name, content, size), whole, `${format} by ${size}`)
  }
})

t.test('the length of a file need not be known, and how much has come is told', async (t) => {
  const { name, content, triangles } = jaw('stl-binary')
  const seen: number[] = []
  const mesh = await readMesh({
    name,
    bytes: null,
    chunks: chunksOf(content, 100_000),
    progress: (done) => seen.push(done),
  })
  t.ok(mesh.indices.length / 3 > triangles * 0.99)
  t.equal(seen.at(-1), content.length)
})

t.test('a binary STL whose header begins with "solid" is read as what it is', async (t) => {
  const { content } = jaw('stl-binary')
  content.write('solid made by a scanner', 'latin1')
  t.ok((await read('jaw.STL', content)).indices.length > 0)
})

t.test('ASCII PLY, quads, a texture with seams, big-endian and doubles are read', async (t) => {
  const square = [
    'ply',
    'format ascii 1.0',
    'element vertex 4',
    'property float x',
    'property float y',
    'property float z',
    'property uchar red',
    'property uchar green',
    'property uchar blue',
    'element face 1',
    'property list uchar int vertex_indices',
    'end_header',
    '0 0 0 200 100 50',
    '1 0 0 200 100 50',
    '1 1 0 200 100 50',
    '0 1 0 200 100 50',
    '4 0 1 2 3',
    '',
  ].join('\n')
  const ascii = await read('a.ply', Buffer.from(square))
  t.equal(ascii.indices.length, 6)
  t.ok(
    [200, 100, 50].every((value, at) => Math.abs(value - (ascii.colours?.[at] ?? 0)) <= 2),
    'as the file has them',
  )

  const header = [
    'ply',
    'format binary_big_endian 1.0',
    'element vertex 4',
    'property double x',
    'property double y',
    'property double z',
    'element face 2',
    'property list uchar uint vertex_index',
    'property list uchar float texcoord',
    'element other 1',
    'property short n',
    'end_header\n',
  ].join('\r\n')
  const body = Buffer.alloc(4 * 24 + 2 * (1 + 12 + 1 + 24) + 2)
  let at = 0
  for (const value of [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]) at = body.writeDoubleBE(value, at)
  const face = (corners: readonly number[], uvs: readonly number[]) => {
    at = body.writeUInt8(3, at)
    for (const corner of corners) at = body.writeUInt32BE(corner, at)
    at = body.writeUInt8(6, at)
    for (const value of uvs) at = body.writeFloatBE(value, at)
  }
  face([0, 1, 2], [0, 0, 0.5, 0, 0.5, 0.5])
  face([0, 2, 3], [0, 0, 1, 1, 0.5, 1])
  const binary = await read('b.ply', Buffer.concat([Buffer.from(header), body]))
  t.equal(binary.positions.length / 3, 5, 'vertex 2 lies at two places of the image')
  t.same([...binary.twins], [2])
  t.same([...binary.indices], [0, 1, 2, 0, 4, 3])
  t.same([...normalsOf(binary)].slice(16, 19), [0, 0, 127], 'its twin has its normal')
})

t.test('an OBJ is read', async (t) => {
  const { indices, positions } = await read(
    'a.obj',
    Buffer.from('v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\n'),
  )
  t.equal(indices.length, 6)
  t.equal(positions.length, 12)
})

const stl = (count: number, facets: number): Buffer => {
  const content = Buffer.alloc(84 + facets * 50)
  content.writeUInt32LE(count, 80)
  return content
}
const ply = (lines: readonly string[], body: Buffer = Buffer.alloc(0)) =>
  Buffer.concat([Buffer.from(`${['ply', ...lines, 'end_header'].join('\n')}\n`), body])
const XYZ = ['property float x', 'property float y', 'property float z']
const FACE = 'property list uchar int vertex_indices'
const LITTLE = 'format binary_little_endian 1.0'

const bad: readonly (readonly [string, MeshFault, string, Buffer])[] = [
  ['nothing at all', 'broken', 'a.stl', Buffer.alloc(0)],
  ['a header alone that announces facets', 'broken', 'a.stl', stl(10, 0)],
  ['a binary STL that ends early', 'broken', 'a.stl', jaw('stl-binary').content.subarray(0, 500_000)],
  ['a binary STL without a facet', 'empty', 'a.stl', stl(0, 0)],
  ['only triangles without area', 'empty', 'a.stl', stl(3, 3)],
  ['more facets than a page can hold', 'too-large', 'a.stl', stl(4_000_000_000, 2)],
  ['a coordinate that is no number', 'broken', 'a.stl', stl(1, 1).fill(0xff, 84)],
  ['an ASCII STL that ends early', 'empty', 'a.stl', jaw('stl-ascii').content.subarray(0, 500_000)],
  [
    'a picture by the name of a mesh',
    'broken',
    'a.ply',
    Buffer.from('\x89PNG\r\n\x1a\n'.repeat(50), 'latin1'),
  ],
  ['a header without end', 'broken', 'a.ply', Buffer.from(`ply\n${'comment x\n'.repeat(20_000)}`)],
  ['a PLY that ends among its vertices', 'broken', 'a.ply', jaw('ply-colours').content.subarray(0, 20_000)],
  ['a PLY that ends among its faces', 'broken', 'a.ply', jaw('ply-texture').content.subarray(0, 900_000)],
  [
    'vertices without a place',
    'broken',
    'a.ply',
    ply([LITTLE, 'element vertex 1', 'property float x'], Buffer.alloc(4)),
  ],
  ['a count that is no number', 'broken', 'a.ply', ply([LITTLE, 'element vertex many', ...XYZ])],
  ['a million million vertices', 'too-large', 'a.ply', ply([LITTLE, 'element vertex 1000000000000', ...XYZ])],
  [
    'rows of nothing, without end',
    'broken',
    'a.ply',
    ply([LITTLE, 'element nothing 9007199254740991', 'element vertex 0', ...XYZ]),
  ],
  [
    'a face of a vertex that is not there',
    'broken',
    'a.ply',
    ply(
      [LITTLE, 'element vertex 1', ...XYZ, 'element face 1', FACE],
      Buffer.from([...Array(12).fill(0), 3, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]),
    ),
  ],
  [
    'a face of four thousand million corners',
    'broken',
    'a.ply',
    ply(
      [LITTLE, 'element vertex 1', ...XYZ, 'element face 1', 'property list uint int vertex_indices'],
      Buffer.from([...Array(12).fill(0), 255, 255, 255, 255]),
    ),
  ],
  [
    'a list whose length is a fraction',
    'broken',
    'a.ply',
    ply([LITTLE, 'element face 1', 'property list float int vertex_indices']),
  ],
  [
    'triangle strips',
    'unsupported',
    'a.ply',
    ply([LITTLE, 'element vertex 1', ...XYZ, 'element face 1', 'property int strip'], Buffer.alloc(16)),
  ],
  [
    'an ASCII PLY that ends early',
    'broken',
    'a.ply',
    ply(
      ['format ascii 1.0', 'element vertex 3', ...XYZ, 'element face 1', FACE],
      Buffer.from('0 0 0\n1 0 0\n'),
    ),
  ],
  [
    'an ASCII face of a vertex that is not there',
    'broken',
    'a.ply',
    ply(
      ['format ascii 1.0', 'element vertex 3', ...XYZ, 'element face 1', FACE],
      Buffer.from('0 0 0\n1 0 0\n1 1 0\n3 0 1 7\n'),
    ),
  ],
  ['an OBJ of words', 'empty', 'a.obj', Buffer.from('hello\nworld\n')],
  ['another kind of file', 'unsupported', 'a.zip', Buffer.from('PK')],
]
for (const [what, fault, name, content] of bad)
  t.test(`${what}: ${fault}`, async (t) => t.equal(await faultIn(name, content), fault))

t.test('damage anywhere in a file gives a mesh or a fault, never anything else', async (t) => {
  const files = MESH_FORMATS.filter((format) => format !== 'stl-ascii').map((format) => {
    const { name, content } = jaw(format)
    return { name, content: content.subarray(0, 300_000) }
  })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat({ max: 2000 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 20 }),
      async ({ name, content }, damage) => {
        const damaged = Buffer.from(content)
        for (const [at, value] of damage) damaged[at] = value
        const mesh = await read(name, damaged).catch(faultOf)
        if (typeof mesh === 'string') return
        const vertices = mesh.positions.length / 3
        t.ok(mesh.indices.every((vertex) => vertex < vertices))
        t.ok(mesh.positions.every(Number.isFinite))
      },
    ),
    { numRuns: 150 },
  )
})

t.test('pieces have all triangles once, 16-bit indices and normals of length one', async (t) => {
  const { name, content } = jaw('ply-colours', 6e6)
  const mesh = await read(name, content)
  const pieces = [...piecesOf(mesh, normalsOf(mesh))]
  t.ok(pieces.length > 1)
  const corners: number[] = []
  for (const piece of pieces) {
    const count = piece.positions.length / 3
    t.ok(count <= PIECE_VERTICES)
    t.equal(piece.normals.length, count * 4)
    t.equal(piece.colours?.length, count * 4)
    for (const local of piece.indices) corners.push(piece.positions[local * 3] as number)
  }
  t.same(
    corners,
    [...mesh.indices].map((vertex) => mesh.positions[vertex * 3] as number),
  )
  const normals = pieces[0]?.normals ?? new Int8Array()
  const lengths = Array.from({ length: normals.length / 4 }, (_, at) =>
    Math.hypot(normals[at * 4] as number, normals[at * 4 + 1] as number, normals[at * 4 + 2] as number),
  )
  t.ok(lengths.every((length) => length > 125.5 && length < 128.5))
})
