import t from 'tap'
import type { ReconstructionType } from '../../plugin/casefile/treatment.ts'
import type { Term } from '../../plugin/itero/order.ts'
import {
  ABUTMENT,
  codes,
  MATERIALS,
  MISSING,
  mapped,
  order,
  PONTIC,
  shown,
  term,
  tooth,
  toothOf,
} from './made-up.ts'

/** A list in which every kind of work can be made, and nothing is to be asked. */
const ANYTHING = {
  materials: MATERIALS.materials
    .filter(({ code }) => code === 'ZI')
    .map((one) => ({
      ...one,
      methods: one.methods.slice(0, 1),
      suits: [...new Set(MATERIALS.materials.flatMap(({ suits }) => suits))],
    })),
}

const EXPECTED: readonly (readonly [Term, ReconstructionType, string])[] = [
  [term('2', 'Crown'), 'AnatomicCrown', 'Crown'],
  [term('3', '3/4 Crown'), 'AnatomicInlay', 'Inlay'],
  [term('5', 'Inlay'), 'AnatomicInlay', 'Inlay'],
  [term('6', 'Onlay'), 'AnatomicInlay', 'Inlay'],
  [term('7', 'Veneer'), 'Veneer', 'Crown'],
  [term('22', 'EggShell'), 'ProvisionalCrown', 'Crown'],
  [term('23', 'MockupTooth'), 'AnatomicWaxup', 'Crown'],
]
for (const [restoration, reconstruction, preparation] of EXPECTED) {
  t.test(`${restoration.name} becomes ${reconstruction}`, async (t) => {
    const result = mapped(order({ teeth: [tooth(16, { restoration })] }), { materials: ANYTHING })
    t.equal(toothOf(result, 16).reconstructionType, reconstruction)
    t.equal(toothOf(result, 16).preparationType, preparation)
    t.same(codes(result.warnings), [])
    const byId = mapped(order({ teeth: [tooth(16, { restoration: term(restoration.id) })] }), {
      materials: ANYTHING,
    })
    t.equal(toothOf(byId, 16).reconstructionType, reconstruction, 'by the id where no name is known')
  })
}

const BY_SPECIFICATION: readonly (readonly [string, ReconstructionType, ReconstructionType])[] = [
  ['Full Contour', 'AnatomicCrown', 'AnatomicPontic'],
  ['Coping', 'Coping', 'ReducedPontic'],
  ['Cut-back', 'Coping', 'ReducedPontic'],
  ['Overpress', 'OverpressCrown', 'OverpressPontic'],
  ['Temporary', 'ProvisionalCrown', 'ProvisionalPontic'],
]
for (const [name, crown, pontic] of BY_SPECIFICATION) {
  t.test(`specification ${name} decides crown and pontic`, async (t) => {
    const specification = term('7', name)
    const teeth = [
      tooth(15, { specification, roleInBridge: PONTIC, bridgeId: '1' }),
      tooth(16, { specification, roleInBridge: ABUTMENT, bridgeId: '1' }),
    ]
    const result = mapped(order({ teeth }), { materials: ANYTHING })
    t.equal(toothOf(result, 16).reconstructionType, crown)
    t.equal(toothOf(result, 15).reconstructionType, pontic)
    t.equal(toothOf(result, 15).preparationType, 'Pontic')
  })
}

t.test('a porcelain-fused material without a specification means a framework', async (t) => {
  const material = term('61', 'Ceramic: Porcelain Fused Zirconia')
  const result = mapped(order({ teeth: [tooth(16, { material })] }), { materials: ANYTHING })
  t.equal(toothOf(result, 16).reconstructionType, 'Coping')
  const full = tooth(16, { material, specification: term('1', 'Full Contour') })
  t.equal(
    toothOf(mapped(order({ teeth: [full] }), { materials: ANYTHING }), 16).reconstructionType,
    'AnatomicCrown',
  )
})

t.test('an egg shell over a gap is a provisional pontic', async (t) => {
  const teeth = [
    tooth(15, { restoration: MISSING, roleInBridge: term('16', 'EggShell'), bridgeId: '1' }),
    tooth(16, { roleInBridge: term('16', 'EggShell'), bridgeId: '1' }),
  ]
  const result = mapped(order({ teeth }), { materials: ANYTHING })
  t.match(shown(result.treatment.teeth), ['17 HealthyTooth', '16 ProvisionalCrown+', '15 ProvisionalPontic'])
})

t.test(
  'an unknown restoration leaves its tooth out and tells the technician, in warning and notes',
  async (t) => {
    const teeth = [tooth(16), tooth(15, { restoration: term('77', 'Table Top') })]
    const result = mapped(order({ teeth }))
    t.same(codes(result.warnings), ['restoration-not-understood'])
    t.match(result.warnings[0]?.facts, { tooth: 15, name: 'Table Top' })
    t.match(result.treatment.notes, /15: "Table Top"/)
    t.notOk(
      result.treatment.teeth.some(({ number }) => number === 15),
      'not even as a healthy tooth',
    )
  },
)

t.test('an id that the file gives another name is not taken for the built-in one', async (t) => {
  const result = mapped(order({ teeth: [tooth(15, { restoration: term('2', 'Surgical Guide') })] }))
  t.same(codes(result.warnings), ['restoration-not-understood'])
  t.same(result.treatment.teeth, [])
})

t.test('a bridge tooth without a role is left out, and warned of', async (t) => {
  const result = mapped(order({ teeth: [tooth(15, { restoration: term('20', 'Bridge') })] }))
  t.same(codes(result.warnings), ['restoration-not-understood'])
})

t.test('an unknown specification is a full crown with a warning', async (t) => {
  const result = mapped(order({ teeth: [tooth(15, { specification: term('9', 'Half Moon') })] }))
  t.same(codes(result.warnings), ['specification-not-understood'])
  t.equal(toothOf(result, 15).reconstructionType, 'AnatomicCrown')
})

t.test('an unknown role keeps the tooth in its bridge, with a warning', async (t) => {
  const roleInBridge = term('30', 'Keystone')
  const teeth = [
    tooth(15, { roleInBridge, bridgeId: '1' }),
    tooth(16, { roleInBridge: ABUTMENT, bridgeId: '1' }),
    tooth(14, { restoration: MISSING, roleInBridge, bridgeId: '1' }),
  ]
  const result = mapped(order({ teeth }))
  t.same(codes(result.warnings), ['role-in-bridge-not-understood', 'role-in-bridge-not-understood'])
  t.same(shown(result.treatment.teeth).slice(1, 4), [
    '16 AnatomicCrown+',
    '15 AnatomicCrown+',
    '14 AnatomicPontic',
  ])
})

t.test('a detachable tooth is taken for healthy, but not silently', async (t) => {
  const teeth = [tooth(16), tooth(15, { restoration: term('8', 'Detachable') })]
  const result = mapped(order({ teeth }))
  t.same(codes(result.warnings), ['restoration-not-understood'])
  t.match(shown(result.treatment.teeth), ['17 HealthyTooth', '16 AnatomicCrown', '15 HealthyTooth'])
})

t.test('a milk tooth beside a crown is healthy', async (t) => {
  const teeth = [tooth(16), tooth(15, { restoration: term('11', 'Deciduous') })]
  const result = mapped(order({ teeth }))
  t.same(codes(result.warnings), [])
  t.match(shown(result.treatment.teeth)[2], '15 HealthyTooth')
})

t.test('a tooth that is listed twice counts once', async (t) => {
  const teeth = [tooth(16), tooth(16, { restoration: term('7', 'Veneer') })]
  t.equal(shown(mapped(order({ teeth })).treatment.teeth).filter((one) => one.startsWith('16')).length, 1)
})

t.test('a pontic position is a pontic in its bridge, whatever the file calls it', async (t) => {
  for (const restoration of [term('21'), term('21', 'Missing (pontic position)'), term('21', 'Pontic')]) {
    const teeth = [
      tooth(45, { restoration, roleInBridge: PONTIC, bridgeId: '1' }),
      tooth(46, { roleInBridge: ABUTMENT, bridgeId: '1' }),
    ]
    const result = mapped(order({ teeth }))
    t.equal(toothOf(result, 45).reconstructionType, 'AnatomicPontic')
    t.same(codes(result.warnings), [])
  }
})

t.test('a pontic position without a bridge is a gap, but not silently', async (t) => {
  const result = mapped(order({ teeth: [tooth(46), tooth(45, { restoration: term('21') })] }))
  t.match(shown(result.treatment.teeth), [
    '16 Antagonist',
    '47 HealthyTooth',
    '46 AnatomicCrown',
    '45 MissingTooth',
  ])
  t.same(codes(result.warnings), ['role-in-bridge-not-understood'])
})

t.test('of an unknown restoration the role of a pontic still tells, with a warning', async (t) => {
  const teeth = [
    tooth(45, { restoration: term('77', 'Table Top'), roleInBridge: PONTIC, bridgeId: '1' }),
    tooth(46, { roleInBridge: ABUTMENT, bridgeId: '1' }),
  ]
  const result = mapped(order({ teeth }))
  t.equal(toothOf(result, 45).reconstructionType, 'AnatomicPontic')
  t.match(result.warnings, [{ code: 'restoration-not-understood', facts: { taken: 'AnatomicPontic' } }])
})
