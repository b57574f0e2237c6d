import t from 'tap'
import type { FdiTooth } from '../../plugin/teeth.ts'
import {
  bridge,
  codes,
  MATERIALS,
  MISSING,
  mapped,
  only,
  order,
  REGULAR,
  shown,
  term,
  tooth,
  toothOf,
  ZIRCONIA,
} from './made-up.ts'

t.test('a bridge 44-45-46 reads false/true/true from its mesial end', async (t) => {
  const teeth = bridge([44, 'a'], [45, 'p'], [46, 'a'])
  const result = mapped(order({ teeth }))
  t.same(
    [44, 45, 46].map((fdi) => toothOf(result, fdi).mesialConnector),
    [false, true, true],
  )
  t.same(codes(result.warnings), [])
})

t.test(
  'across the midline the patient’s right central incisor carries the connector, and only that one',
  async (t) => {
    const result = mapped(order({ teeth: bridge([12, 'a'], [11, 'p'], [21, 'p'], [22, 'a']) }))
    t.same(shown(result.treatment.teeth).slice(1, 5), [
      '12 AnatomicCrown+',
      '11 AnatomicPontic+',
      '21 AnatomicPontic',
      '22 AnatomicCrown+',
    ])
    const lower = mapped(order({ teeth: bridge([31, 'a'], [41, 'p'], [42, 'a']) }))
    t.same(
      [31, 41, 42].map((fdi) => toothOf(lower, fdi).mesialConnector),
      [false, true, true],
    )
  },
)

t.test('two bridges side by side are not joined to each other', async (t) => {
  const teeth = [
    ...bridge([14, 'a'], [15, 'p']),
    ...bridge([16, 'p'], [17, 'a']).map((one) => ({ ...one, bridgeId: '2' })),
  ]
  const result = mapped(order({ teeth }))
  t.same(
    [14, 15, 16, 17].map((fdi) => toothOf(result, fdi).mesialConnector),
    [false, true, false, true],
  )
})

t.test('single crowns side by side are not joined', async (t) => {
  const result = mapped(order({ teeth: [tooth(14), tooth(15)] }))
  t.notOk(toothOf(result, 15).mesialConnector)
})

t.test('a cantilever hangs its pontic on one side', async (t) => {
  const result = mapped(order({ teeth: bridge([24, 'a'], [25, 'p']) }))
  t.same(shown(result.treatment.teeth).slice(0, 4), [
    '23 HealthyTooth',
    '24 AnatomicCrown',
    '25 AnatomicPontic+',
    '26 HealthyTooth',
  ])
})

t.test('a Maryland bridge joins its pontic to wings, made as inlays', async (t) => {
  const result = mapped(order({ teeth: bridge([11, 'm'], [12, 'p'], [13, 'm']) }))
  t.same(shown(result.treatment.teeth).slice(1, 4), [
    '13 AnatomicInlay+',
    '12 AnatomicPontic+',
    '11 AnatomicInlay',
  ])
  t.equal(toothOf(result, 11).preparationType, 'Inlay')
  t.equal(toothOf(result, 11).implant, null)
  t.match(result.warnings, [
    { code: 'wing-inferred', facts: { tooth: 11, taken: 'AnatomicInlay' } },
    { code: 'wing-inferred', facts: { tooth: 13, taken: 'AnatomicInlay' } },
  ])
})

t.test(
  'a veneer as the wing of a Maryland bridge is what was ordered, and nothing is to be told',
  async (t) => {
    const [wing, pontic] = bridge([11, 'm'], [12, 'p'])
    if (!wing || !pontic) return t.fail('two units')
    const result = mapped(order({ teeth: [{ ...wing, restoration: term('7', 'Veneer') }, pontic] }))
    t.equal(toothOf(result, 11).reconstructionType, 'Veneer')
    t.same(result.warnings, [])
  },
)

t.test(
  'a skipped tooth stays out of the bridge, and the technician is told that it falls apart',
  async (t) => {
    const result = mapped(order({ teeth: bridge([14, 'a'], [15, 's'], [16, 'p'], [17, 'a']) }))
    t.same(codes(result.warnings), ['bridge-not-understood'])
    t.match(shown(result.treatment.teeth), [
      '18 HealthyTooth',
      '17 AnatomicCrown+',
      '16 AnatomicPontic',
      '15 HealthyTooth',
    ])
  },
)

t.test('a tooth with a role but no bridge id belongs to the bridge whose span it stands in', async (t) => {
  const teeth = bridge([44, 'a'], [45, 'p'], [46, 'a']).map((one) => ({ ...one, bridgeId: null }))
  const span = [46, 45, 44].map((fdi) => tooth(fdi).fdi)
  const [from, , to] = span as [never, never, never]
  const bridges = [{ id: '9', type: term('1', 'Traditional'), from, to, span }]
  t.ok(toothOf(mapped(order({ teeth, bridges })), 45).mesialConnector)
})

t.test('a full arch of 14 units is one piece of 13 connectors', async (t) => {
  const fdis = [17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27]
  const teeth = bridge(...fdis.map((fdi, index) => [fdi, index % 3 ? 'p' : 'a'] as const))
  const { treatment, materials } = mapped(order({ teeth }))
  t.equal(shown(treatment.teeth).filter((one) => one.endsWith('+')).length, 13)
  t.equal(materials.length, 1)
})

t.test(
  'neighbours are healthy, missing ones missing, and one tooth opposite is the antagonist',
  async (t) => {
    const teeth = [
      tooth(36),
      tooth(35, { restoration: MISSING, material: null }),
      tooth(33, { restoration: REGULAR }),
    ]
    t.same(shown(mapped(order({ teeth })).treatment.teeth), [
      '26 Antagonist',
      '35 MissingTooth',
      '36 AnatomicCrown',
      '37 HealthyTooth',
    ])
  },
)

t.test('the antagonist is opposite the next restored tooth where the first one’s is missing', async (t) => {
  const teeth = [tooth(46), tooth(44), tooth(16, { restoration: MISSING, material: null })]
  t.match(shown(mapped(order({ teeth })).treatment.teeth), ['16 MissingTooth', '14 Antagonist'])
})

t.test('where every tooth opposite is missing, the nearest that stands is the antagonist', async (t) => {
  const gap = { restoration: MISSING, material: null }
  const teeth = [tooth(18), tooth(47, gap), tooth(48, gap)]
  t.same(shown(mapped(order({ teeth })).treatment.teeth), [
    '18 AnatomicCrown',
    '17 HealthyTooth',
    '48 MissingTooth',
    '47 MissingTooth',
    '46 Antagonist',
  ])
})

const SCANNED = {
  upper: { from: tooth(17).fdi, to: tooth(27).fdi },
  lower: { from: tooth(37).fdi, to: tooth(47).fdi },
}

t.test('of a tooth outside of what was scanned nobody knows whether it is healthy', async (t) => {
  const healthy = (fdi: number) =>
    shown(mapped(order({ teeth: [tooth(fdi)], scanRange: SCANNED })).treatment.teeth).filter((one) =>
      one.endsWith('HealthyTooth'),
    )
  t.same(healthy(17), ['16 HealthyTooth'])
  t.same(healthy(27), ['26 HealthyTooth'])
  t.same(healthy(37), ['36 HealthyTooth'])
  t.same(healthy(46), ['47 HealthyTooth', '45 HealthyTooth'])
})

t.test('unless the order itself says what it is', async (t) => {
  const teeth = [tooth(17), tooth(18, { restoration: REGULAR })]
  t.match(shown(mapped(order({ teeth, scanRange: SCANNED })).treatment.teeth)[0], '18 HealthyTooth')
})

t.test('the antagonist is a tooth that was scanned', async (t) => {
  const teeth = shown(mapped(order({ teeth: [tooth(18)], scanRange: SCANNED })).treatment.teeth)
  t.same(teeth, ['18 AnatomicCrown', '17 HealthyTooth', '47 Antagonist'])
})

t.test('there is no antagonist where both jaws are restored', async (t) => {
  const { teeth } = mapped(order({ teeth: [tooth(16), tooth(46)] })).treatment
  t.notOk(teeth.some((one) => one.reconstructionType === 'Antagonist'))
})

t.test('behind a third molar there is no neighbour', async (t) => {
  t.same(shown(mapped(order({ teeth: [tooth(18)] })).treatment.teeth), [
    '18 AnatomicCrown',
    '17 HealthyTooth',
    '48 Antagonist',
  ])
})

t.test('a study model without restorations has no teeth at all', async (t) => {
  const teeth = [tooth(16, { restoration: REGULAR }), tooth(17, { restoration: MISSING })]
  const result = mapped(order({ teeth }), { materials: only('ZI', 'ZIHT') })
  t.same(result.treatment.teeth, [])
  t.same(codes(result.warnings), [])
  t.equal(result.treatment.toothColor, '---')
})

t.test('a denture is not mapped, and says so in warnings and notes', async (t) => {
  const denture = {
    shadeSystem: null,
    teethShade: 'A2',
    gingivalShade: null,
    mould: null,
    stage: 'Try-in',
    upper: 'Full',
    lower: null,
    copyScan: null,
  }
  const result = mapped(order({ denture }))
  t.same(codes(result.warnings), ['denture-not-mapped'])
  t.same(result.treatment.teeth, [])
  t.match(result.treatment.notes, /denture/)
  const nothing = { ...denture, upper: 'None', stage: null, teethShade: null }
  t.same(codes(mapped(order({ denture: nothing })).warnings), [])
})

t.test('teeth that name no role are joined where the bridge itself spans them, and told', async (t) => {
  const spanned = (type: string) => ({
    id: '1',
    type: term(type),
    from: 44 as FdiTooth,
    to: 46 as FdiTooth,
    span: [46, 45, 44] as FdiTooth[],
  })
  const teeth = [tooth(44), tooth(45, { restoration: term('21') }), tooth(46)]
  const result = mapped(order({ teeth, bridges: [spanned('1')] }))
  t.same(
    [44, 45, 46].map((fdi) => toothOf(result, fdi).mesialConnector),
    [false, true, true],
  )
  t.equal(toothOf(result, 45).reconstructionType, 'AnatomicPontic')
  t.same(codes(result.warnings), Array(3).fill('role-in-bridge-missing'))
  const maryland = mapped(order({ teeth, bridges: [spanned('3')] }))
  t.equal(toothOf(maryland, 44).reconstructionType, 'AnatomicInlay')
  t.same(new Set(codes(maryland.warnings)), new Set(['role-in-bridge-missing', 'wing-inferred']))
  const apart = mapped(order({ teeth: [tooth(44), tooth(46)] }))
  t.same(codes(apart.warnings), [], 'and without a bridge nothing is made of it')
})

t.test('a tooth under a bridge that nobody ordered is not called healthy', async (t) => {
  const [first, , last] = bridge([44, 'a'], [45, 'p'], [46, 'a'])
  const [from, to] = [44 as FdiTooth, 46 as FdiTooth]
  const bridges = [{ id: '1', type: term('1'), from, to, span: [to, 45 as FdiTooth, from] }]
  const result = mapped(order({ teeth: [first, last].filter((tooth) => tooth !== undefined), bridges }))
  t.notOk(result.treatment.teeth.some(({ number }) => number === 45))
})

t.test('a bridge that comes out in two materials, or made in two ways, is told', async (t) => {
  const units = bridge([16, 'a'], [15, 'p'], [14, 'a'])
  const [first, ...rest] = units.map((one) => ({ ...one, material: term('2008', 'Zirconia Multilayer') }))
  if (!first) return t.fail('three units')
  const teeth = [{ ...first, material: ZIRCONIA }, ...rest]
  const set = (code: string, method: string) => ({
    materialDefaults: new Map([
      ['2007', { material: code, method }],
      ['2008', { material: 'MLZI', method: 'Mill5' }],
    ]),
  })
  const mixed = mapped(order({ teeth }), { materials: MATERIALS, known: set('ZI', 'Mill5') })
  t.match(mixed.warnings, [
    {
      code: 'bridge-materials-differ',
      facts: { teeth: '16 15 14', materials: '16: ZI, Mill5 · 15 14: MLZI, Mill5' },
    },
  ])
  t.equal(mixed.warnings.length, 1)
  const twoWays = mapped(order({ teeth }), { materials: MATERIALS, known: set('MLZI', 'Mill4') })
  t.same(codes(twoWays.warnings), ['bridge-materials-differ'])
  const alike = mapped(order({ teeth }), { materials: MATERIALS, known: set('MLZI', 'Mill5') })
  t.same(codes(alike.warnings), [], 'ordered under two names, made of one')
  const apart = teeth.map((one, index) => ({ ...one, bridgeId: index === 0 ? null : one.bridgeId }))
  const single = mapped(order({ teeth: apart }), { materials: MATERIALS, known: set('ZI', 'Mill5') })
  t.notOk(codes(single.warnings).includes('bridge-materials-differ'))
})
