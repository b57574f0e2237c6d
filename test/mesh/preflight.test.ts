import fc from 'fast-check'
import t from 'tap'
import { archesWarnings, type MeshReport, meshCheck } from '../../plugin/mesh/preflight.ts'
import { arch, asciiStl, binaryStl, type Facet, obj, type PlyForm, ply } from './meshes.ts'

/** What the check tells of these bytes, cut into pieces of these sizes (the last one again and again). */
function checked(
  name: string,
  content: Buffer | string,
  sizes: readonly number[] = [1 << 19],
  announced?: number,
): MeshReport {
  const bytes = Buffer.from(content)
  const check = meshCheck(name, announced ?? bytes.length)
  if (check === null) throw new Error('no mesh')
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[Math.min(turn, sizes.length - 1)] ?? 1)
    check.push(bytes.subarray(at, at + size))
    at += size
  }
  const report = check.end()
  if (report === null) throw new Error('no report')
  return report
}

function codes(report: MeshReport): readonly string[] {
  return report.warnings.map(({ code }) => code)
}

const ARCH = arch(400)

function hasArchBox(t: Pick<typeof import('tap').t, 'match'>, { box }: MeshReport): void {
  const rounded = [...(box?.min ?? []), ...(box?.max ?? [])].map(Math.round)
  t.match(rounded, [-30, 0, 5, 30, 25, 6])
}

const FORMS: readonly (readonly [
  name: string,
  content: Buffer | string,
  format: string,
  vertices: number | null,
])[] = [
  ['a.stl', binaryStl(ARCH), 'stl-binary', null],
  ['a.stl', binaryStl(ARCH, { header: 'solid made by a scanner' }), 'stl-binary', null],
  ['A.STL', asciiStl(ARCH), 'stl-ascii', null],
  ['a.stl', asciiStl(ARCH).replaceAll('\n', '\r\n').replace('solid', '  SOLID'), 'stl-ascii', null],
  ...(['ascii', 'binary_little_endian', 'binary_big_endian'] as const).flatMap((form: PlyForm) =>
    [{}, { colours: true }, { object: true }, { double: true, extraElement: true }].map(
      (options) =>
        ['a.ply', ply(ARCH, { form, ...options }), `ply-${form.replaceAll('_', '-')}`, 1200] as const,
    ),
  ),
  ['a.obj', obj(ARCH), 'obj', 1200],
]

for (const [at, [name, content, format, vertices]] of FORMS.entries()) {
  t.test(`${format} (${at}) is known with its triangles and box, and nothing is wrong with it`, (t) => {
    const report = checked(name, content)
    t.match(report, { format, triangles: 400, vertices, warnings: [] })
    hasArchBox(t, report)
    t.end()
  })

  t.test(`${format} (${at}) is told the same however it is cut`, (t) => {
    const whole = JSON.stringify(checked(name, content))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        return JSON.stringify(checked(name, content, sizes)) === whole
      }),
      { numRuns: 15 },
    )
    t.equal(JSON.stringify(checked(name, content, [1])), whole)
    t.end()
  })

  t.test(`${format} (${at}) cut short is told as truncated`, (t) => {
    const bytes = Buffer.from(content)
    for (const part of [0.5, 0.9]) {
      const cut = checked(name, bytes.subarray(0, Math.floor(bytes.length * part)))
      t.ok(
        format === 'obj' ||
          codes(cut).some((code) => code === 'mesh-truncated' || code === 'mesh-not-understood'),
        String(part),
      )
    }
    t.end()
  })
}

t.test('other names are no meshes', (t) => {
  for (const name of ['a.jpg', 'stl', 'a.stl.zip', 'a.pts']) t.equal(meshCheck(name, 1), null)
  t.end()
})

t.test('an STL whose size contradicts its count is told, with both', (t) => {
  const more = checked('a.stl', binaryStl(ARCH, { count: 399 }))
  t.match(more.warnings, [
    {
      code: 'mesh-size-contradicts',
      facts: { file: 'a.stl', triangles: 399, bytes: 20084, expected: 20034 },
    },
  ])
  t.same(codes(checked('a.stl', binaryStl(ARCH, { count: 401 }))), ['mesh-truncated'])
  t.end()
})

t.test('a binary STL that begins with "solid" and is cut short is still binary', (t) => {
  const cut = checked('a.stl', binaryStl(ARCH, { header: 'solid' }).subarray(0, 10_000))
  t.match(cut, { format: 'stl-binary', warnings: [{ code: 'mesh-truncated' }] })
  t.end()
})

t.test('an ASCII STL whose solid never ends is truncated', (t) => {
  t.same(codes(checked('a.stl', asciiStl(ARCH).replace('endsolid arch\n', ''))), ['mesh-truncated'])
  t.end()
})

t.test('an empty mesh is told as empty', (t) => {
  for (const [name, content] of [
    ['a.stl', binaryStl([])],
    ['a.stl', asciiStl([])],
    ['a.ply', ply([])],
    ['a.ply', ply([], { form: 'ascii' })],
    ['a.obj', obj([])],
  ] as const) {
    t.match(codes(checked(name, content)), ['mesh-empty'], name)
  }
  t.end()
})

t.test('a file of no bytes, or of something else, is not understood', (t) => {
  for (const name of ['a.stl', 'a.ply']) {
    t.same(codes(checked(name, '')), ['mesh-not-understood'], name)
  }
  t.same(codes(checked('a.obj', '')), ['mesh-empty'])
  t.same(codes(checked('a.ply', binaryStl(ARCH))), ['mesh-not-understood'])
  t.same(codes(checked('a.obj', Buffer.alloc(200_000, 0x20))), ['mesh-not-understood'])
  t.end()
})

t.test('a coordinate that is no number is told, in every format', (t) => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const facets: Facet[] = [
      ...ARCH.slice(0, 10),
      [
        [1, 2, 3],
        [4, wrong, 6],
        [7, 8, 9],
      ],
      ...ARCH,
    ]
    const forms: [string, Buffer | string][] = [
      ['a.stl', binaryStl(facets)],
      ['a.stl', asciiStl(facets)],
      ['a.ply', ply(facets)],
      ['a.ply', ply(facets, { form: 'binary_big_endian', double: true })],
      ['a.ply', ply(facets, { form: 'ascii' })],
      ['a.obj', obj(facets)],
    ]
    for (const [name, content] of forms) t.ok(codes(checked(name, content)).includes('mesh-non-finite'), name)
  }
  t.end()
})

t.test('arches in metres, inches, centimetres or micrometres are no millimetres', (t) => {
  for (const factor of [0.001, 1 / 25.4, 0.05, 1000]) {
    const scaled = ARCH.map(
      (facet) => facet.map((corner) => corner.map((value) => value * factor)) as unknown as Facet,
    )
    t.same(codes(checked('a.stl', binaryStl(scaled))), ['mesh-not-millimetres'], String(factor))
  }
  t.end()
})

t.test('a mesh without any height is no jaw, whichever way it lies', (t) => {
  for (const axis of [0, 1, 2]) {
    const flat = ARCH.map(
      (facet) =>
        facet.map((corner) => corner.map((value, at) => (at === axis ? 7 : value))) as unknown as Facet,
    )
    const report = checked('a.stl', binaryStl(flat))
    t.match(report.warnings, [{ code: 'mesh-flat', facts: { file: 'a.stl', height: 0 } }], String(axis))
    t.equal(report.warnings.length, 1)
  }
  t.end()
})

t.test('the picture that a PLY names is told without its folders', (t) => {
  const named = (line: string) => checked('a.ply', ply(ARCH, { header: line })).texture
  t.equal(named('comment TextureFile upper jaw.jpg'), 'upper jaw.jpg')
  t.equal(named('comment TextureFile C:\\cases\\x\\upper.jpg'), 'upper.jpg')
  t.equal(named('comment TextureFile ../../upper.jpg'), 'upper.jpg')
  t.equal(named('comment nothing'), null)
  t.end()
})

t.test('bytes behind the last face are told', (t) => {
  t.same(codes(checked('a.ply', Buffer.concat([ply(ARCH), Buffer.from('more')]))), ['mesh-size-contradicts'])
  t.end()
})

t.test('a triangle of points that are not there is told, in every form and however it is cut', (t) => {
  const corners = ARCH.length * 3
  for (const form of ['ascii', 'binary_little_endian', 'binary_big_endian'] as const)
    for (const index of [corners, -1]) {
      const bytes = ply(ARCH, { form, object: true, changed: { facet: 7, index } })
      for (const cut of [[], [1], [13]]) {
        const { warnings } = checked('a.ply', bytes, cut)
        t.match(
          warnings,
          [{ code: 'mesh-not-understood', facts: { reason: 'ply-indices' } }],
          `${form} ${index}`,
        )
        t.equal(warnings.length, 1)
      }
      const last = ply(ARCH, { form, object: true, changed: { facet: 7, index: corners - 1 } })
      t.same(codes(checked('a.ply', last)), [])
    }
  t.end()
})

t.test('line ends of any system end a header', (t) => {
  for (const end of ['\r\n', '\r']) {
    const header = ply(ARCH, { form: 'binary_little_endian' })
    const cut = header.indexOf('end_header\n') + 11
    const changed = Buffer.concat([
      Buffer.from(header.subarray(0, cut).toString().replaceAll('\n', end)),
      header.subarray(cut),
    ])
    t.same(checked('a.ply', changed), checked('a.ply', header))
    t.same(checked('a.ply', changed, [1]), checked('a.ply', header))
  }
  t.end()
})

t.test('headers that promise the impossible cost nothing and are told', (t) => {
  const promised = (elements: string): MeshReport =>
    checked('a.ply', `ply\nformat binary_little_endian 1.0\n${elements}\nend_header\n`)
  const xyz = 'property float x\nproperty float y\nproperty float z'
  t.ok(
    codes(
      promised(
        `element vertex 9007199254740991\n${xyz}\nelement face 1\nproperty list uchar int vertex_indices`,
      ),
    ).includes('mesh-truncated'),
  )
  t.same(codes(promised('element vertex 9007199254740991\nelement face 0')), ['mesh-empty'])
  t.same(codes(promised('element vertex -1')), ['mesh-not-understood'])
  t.same(codes(promised('element vertex 1e400')), ['mesh-not-understood'])
  t.same(codes(promised('property float x')), ['mesh-not-understood'])
  t.same(codes(promised(`element vertex 1\n${xyz}\nproperty quad w`)), ['mesh-not-understood'])
  t.same(codes(promised('element a 1\n'.repeat(100))), ['mesh-not-understood'])
  t.same(codes(promised(`element a 1\n${'property int x\n'.repeat(1000)}`)), ['mesh-not-understood'])
  t.same(codes(checked('a.ply', `ply\n${'comment x\n'.repeat(20_000)}`)), ['mesh-not-understood'])
  t.end()
})

t.test('a list that promises four thousand million items is passed over without memory', (t) => {
  const head =
    'ply\nformat binary_little_endian 1.0\nelement face 1\nproperty list uint double vertex_indices\nend_header\n'
  const report = checked(
    'a.ply',
    Buffer.concat([Buffer.from(head), Buffer.alloc(4, 255), Buffer.alloc(1000)]),
  )
  t.ok(codes(report).includes('mesh-truncated'))
  t.end()
})

t.test('a list of fewer than no items is not understood', (t) => {
  const head =
    'ply\nformat binary_little_endian 1.0\nelement face 1\nproperty list char int vertex_indices\nend_header\n'
  t.ok(
    codes(checked('a.ply', Buffer.concat([Buffer.from(head), Buffer.alloc(4, 255)]))).includes(
      'mesh-not-understood',
    ),
  )
  t.end()
})

t.test('any bytes under any mesh name are told and never thrown, however they are cut', (t) => {
  const start = fc.constantFrom(
    '',
    'solid x\n',
    'ply\nformat ascii 1.0\n',
    'v 1 2 3\n',
    ply(ARCH.slice(0, 3)).toString('latin1'),
  )
  const bytes = fc
    .tuple(start, fc.uint8Array({ maxLength: 400 }))
    .map(([text, rest]) => Buffer.concat([Buffer.from(text, 'latin1'), rest]))
  const name = fc.constantFrom('a.stl', 'a.ply', 'a.obj')
  const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(name, bytes, sizes, fc.nat(1000), (name, bytes, sizes, announced) => {
      return (
        JSON.stringify(checked(name, bytes, sizes, announced)) ===
        JSON.stringify(checked(name, bytes, [1 << 20], announced))
      )
    }),
    { numRuns: 500 },
  )
  t.end()
})

t.test('a PLY with any of its bytes changed is told the same however it is cut', (t) => {
  const whole = ply(ARCH.slice(0, 20), { object: true, colours: true, extraElement: true })
  const changes = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(changes, fc.integer({ min: 1, max: 300 }), (changes, size) => {
      const bytes = Buffer.from(whole)
      for (const [at, to] of changes) bytes[at] = to
      return JSON.stringify(checked('a.ply', bytes, [size])) === JSON.stringify(checked('a.ply', bytes))
    }),
    { numRuns: 400 },
  )
  t.end()
})

t.test('arches in occlusion make no noise; apart, or upside down, they do', (t) => {
  const moved = (dz: number, dx = 0): MeshReport =>
    checked(
      'a.stl',
      binaryStl(ARCH.map((facet) => facet.map(([x, y, z]) => [x + dx, y, z + dz]) as unknown as Facet)),
    )
  t.same(archesWarnings(moved(0), moved(-1)), [])
  t.match(archesWarnings(moved(0), moved(-40)), [{ code: 'mesh-arches-apart', facts: { gap: 39 } }])
  t.match(archesWarnings(moved(0, 100), moved(0)), [{ code: 'mesh-arches-apart' }])
  t.match(archesWarnings(moved(-5), moved(0)), [
    { code: 'mesh-arches-apart', facts: { reason: 'upper-below-lower' } },
  ])
  t.same(archesWarnings(checked('a.stl', ''), moved(0)), [])
  t.end()
})
