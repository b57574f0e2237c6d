import t from 'tap'
import { meaningOf } from '../../plugin/itero/manifest.ts'
import { codes, manifest, read, toothRow } from './manifests.ts'

const ROW = { BridgeID: '1' }
const bridgeTeeth = (...adas: number[]): string =>
  adas.map((ada) => toothRow(ada, { ...ROW, TypeInBridge: '1' })).join('')

t.test('the span of a bridge runs over every tooth, reversed or across the midline', (t) => {
  const spans: [string, string, number[], number[]][] = [
    ['3', '5', [3, 4, 5], [16, 15, 14]],
    ['5', '3', [3, 4, 5], [16, 15, 14]],
    ['7', '10', [7, 8, 9, 10], [12, 11, 21, 22]],
    ['26', '23', [23, 24, 25, 26], [42, 41, 31, 32]],
  ]
  for (const [from, to, adas, span] of spans) {
    const bridges = `<Bridge Id="1" Type="1" FromAdaId="${from}" ToAdaId="${to}"/>`
    const order = read(manifest({ teeth: bridgeTeeth(...adas), bridges }))
    t.same(order.bridges[0]?.span, span)
    t.match(order.bridges[0]?.type, { id: '1', name: 'Traditional' })
    t.same(codes(order), [])
  }
  t.end()
})

t.test('a bridge that names absent teeth is told, tooth by tooth', (t) => {
  const bridges = '<Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="6"/>'
  const order = read(manifest({ teeth: bridgeTeeth(3, 6), bridges }))
  t.match(order.warnings, [
    { code: 'bridge-names-absent-tooth', facts: { bridge: '1', tooth: 15 } },
    { code: 'bridge-names-absent-tooth', facts: { bridge: '1', tooth: 14 } },
  ])
  t.equal(order.bridges.length, 1)
  t.end()
})

for (const [what, from, to, type] of [
  ['over two jaws', '16', '17', '1'],
  ['to a tooth that is none', '3', '99', '1'],
  ['of one tooth', '3', '3', '1'],
] as const) {
  t.test(`a bridge ${what} is not understood, and its teeth say so too`, (t) => {
    const bridges = `<Bridge Id="1" Type="${type}" FromAdaId="${from}" ToAdaId="${to}"/>`
    const order = read(manifest({ teeth: bridgeTeeth(3), bridges }))
    t.same(order.bridges, [])
    t.same(codes(order), ['bridge-not-understood', 'bridge-not-understood'])
    t.end()
  })
}

t.test(
  'a file that lists no bridges at all, as v10, is not said to miss one of them: each bridge is told once',
  (t) => {
    const teeth = [3, 4, 5].map((ada) => toothRow(ada, { ...ROW, TypeInBridge: '1' })).join('')
    const xml = manifest({ version: '1.0', teeth }).replace('<Bridges></Bridges>', '')
    t.match(read(xml).warnings, [{ code: 'bridges-not-listed', facts: { bridge: '1', teeth: '16 15 14' } }])
    t.equal(read(xml).warnings.length, 1)
    t.same(read(xml).teeth[0]?.bridgeId, '1', 'and the teeth keep what they say')
    t.same(
      codes(read(manifest({ teeth: toothRow(3, ROW) }))),
      ['bridge-not-understood'],
      'an empty list misses it',
    )
    t.end()
  },
)

t.test('a bridge of an unknown type is kept and told; a role that is unknown too', (t) => {
  const bridges = '<Bridge Id="1" Type="77" FromAdaId="3" ToAdaId="4"/>'
  const order = read(
    manifest({ teeth: toothRow(3, { ...ROW, TypeInBridge: '99' }) + bridgeTeeth(4), bridges }),
  )
  t.match(order.bridges, [{ type: { id: '77', name: null } }])
  t.same(codes(order).toSorted(), ['bridge-not-understood', 'role-in-bridge-not-understood'])
  t.end()
})

t.test('a bridge of id 0 is one where it is listed, else 0 is nothing', (t) => {
  const teeth = toothRow(3, { BridgeID: '0' }) + toothRow(4, { BridgeID: '0' })
  t.equal(read(manifest({ teeth })).teeth[0]?.bridgeId, null)
  const bridges = '<Bridge Id="0" Type="1" FromAdaId="3" ToAdaId="4"/>'
  t.equal(read(manifest({ teeth, bridges })).teeth[0]?.bridgeId, '0')
  t.end()
})

for (const [what, second, ids, told] of [
  ['shares its end with the next one', [6, 7], [1, 1, 1, 2, 2], [{ bridge: '1', other: '2', teeth: '13' }]],
  ['overlaps the next one', [5, 7], [1, 1, 1, 2, 2], [{ bridge: '1', other: '2', teeth: '14 13' }]],
  [
    'overlaps one that no tooth names',
    [5, 7],
    [1, 1, 1, 1, 0],
    [{ bridge: '1', other: '2', teeth: '14 13' }],
  ],
  [
    'holds a tooth of a bridge beside it',
    [7, 8],
    [1, 2, 1, 1, 2],
    [{ bridge: '1', other: '2', teeth: '15' }],
  ],
  ['ends where the next one begins', [7, 8], [1, 1, 1, 1, 2], []],
] as const) {
  t.test(`a bridge that ${what} is ${told.length > 0 ? 'told' : 'in order'}`, (t) => {
    const bridges =
      '<Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="6"/>' +
      `<Bridge Id="2" Type="1" FromAdaId="${second[0]}" ToAdaId="${second[1]}"/>`
    const row = (id: number, index: number) =>
      toothRow(index + 3, { BridgeID: String(id), TypeInBridge: '1' })
    const order = read(manifest({ teeth: ids.map(row).join(''), bridges }))
    const overlaps = order.warnings.filter(({ code }) => code === 'bridges-overlap')
    t.same(
      overlaps.map(({ facts }) => facts),
      told,
    )
    t.equal(order.bridges.length, 2)
    t.end()
  })
}

t.test('a warning of bridges that overlap makes no new revision of the order', (t) => {
  const bridges = (to: number) =>
    `<Bridge Id="1" Type="1" FromAdaId="3" ToAdaId="${to}"/><Bridge Id="2" Type="1" FromAdaId="5" ToAdaId="6"/>`
  const order = read(manifest({ teeth: bridgeTeeth(3, 4, 5, 6), bridges: bridges(5) }))
  t.ok(codes(order).includes('bridges-overlap'))
  const silent = order.warnings.filter(({ code }) => code !== 'bridges-overlap')
  t.equal(meaningOf({ ...order, warnings: silent }), meaningOf(order))
  t.end()
})
