import t from 'tap'
import type { ReconstructionType } from '../../plugin/casefile/treatment.ts'
import type { OrderTooth, Term } from '../../plugin/itero/order.ts'
import {
  ABUTMENT,
  codes,
  MATERIALS,
  MISSING,
  mapped,
  only,
  order,
  PONTIC,
  shown,
  term,
  tooth,
  toothOf,
} from './made-up.ts'

/** A list in which every kind of work can be made, and nothing is to be asked. */
const anythingOf = (code: string) => ({
  materials: only(code).materials.map((one) => ({
    ...one,
    suits: [...new Set(MATERIALS.materials.flatMap(({ suits }) => suits))],
  })),
})
const ANYTHING = anythingOf('ZI')

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
  t.same(codes(result.warnings), [], 'its own name says so')
  const full = tooth(16, { material, specification: term('1', 'Full Contour') })
  t.equal(
    toothOf(mapped(order({ teeth: [full] }), { materials: ANYTHING }), 16).reconstructionType,
    'AnatomicCrown',
  )
})

/** Metal is cast in wax. */
const listFor = ({ name }: Term) => anythingOf(/metal|PFM/i.test(name ?? 'metal') ? 'WAX' : 'ZI')
const METAL = [term('69', 'Metal/PFM: High Noble'), term('70', 'Metal/PFM: Semi Precious'), term('71')]
for (const material of METAL) {
  t.test(
    `material ${material.id} may be full metal or porcelain on it: without a word of it, told`,
    async (t) => {
      const told = (fields: Partial<OrderTooth>) => {
        const teeth = [tooth(16, { material, ...fields })]
        const result = mapped(order({ teeth }), { materials: listFor(material) })
        return { becomes: toothOf(result, 16).reconstructionType, warnings: result.warnings }
      }
      const silent = told({})
      t.equal(silent.becomes, 'AnatomicCrown')
      t.match(silent.warnings, [
        { code: 'specification-missing', facts: { tooth: 16, taken: 'AnatomicCrown' } },
      ])
      t.match(told({ specification: term('0', 'N/R') }).warnings, [{ code: 'specification-missing' }])
      t.same(told({ specification: term('1', 'Full Contour') }).warnings, [])
      t.same(told({ specification: term('8', 'Coping') }).warnings, [])
      t.same(codes(told({ specification: term('9', 'Half Moon') }).warnings), [
        'specification-not-understood',
      ])
      t.same(told({ restoration: term('7', 'Veneer') }).warnings, [], 'where it is made alike either way')
    },
  )
}

const CONTRADICTIONS: readonly (readonly [Term, string, ReconstructionType])[] = [
  [term('61', 'Ceramic: Porcelain Fused Zirconia'), 'Full Contour', 'AnatomicCrown'],
  [term('14', 'PFM: Base Metal'), 'Monolithic', 'AnatomicCrown'],
  [term('60', 'Ceramic: Full Contour Zirconia'), 'Coping', 'Coping'],
  [term('68', 'Metal/PFM: Full Contour Gold'), 'Overpress', 'OverpressCrown'],
]
for (const [material, name, becomes] of CONTRADICTIONS) {
  t.test(
    `${name} in ${material.name} is a contradiction: the specification counts, and it is told`,
    async (t) => {
      const teeth = [tooth(16, { material, specification: term('7', name) })]
      const result = mapped(order({ teeth }), { materials: listFor(material) })
      t.equal(toothOf(result, 16).reconstructionType, becomes)
      t.match(result.warnings, [
        {
          code: 'specification-contradicts',
          facts: { tooth: 16, name, material: material.name ?? '', taken: becomes },
        },
      ])
    },
  )
}

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
  t.match(result.warnings, [{ code: 'role-in-bridge-missing', facts: { tooth: 15, taken: 'nothing' } }])
  t.equal(result.warnings.length, 1)
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
  t.same(codes(result.warnings), ['role-in-bridge-missing'])
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
