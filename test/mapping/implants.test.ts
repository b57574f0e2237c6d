import t from 'tap'
import type { FileRole } from '../../plugin/file-role.ts'
import type { OrderTooth } from '../../plugin/itero/order.ts'
import {
  answer,
  answers,
  codes,
  MATERIALS,
  mapped,
  materialQuestion,
  only,
  order,
  questionsOf,
  term,
  tooth,
  toothOf,
} from './made-up.ts'

const SCAN_BODY: FileRole = { kind: 'scan-body', jaw: 'lower' }
const SCREWED = {
  restoration: term('31', 'Implant Based'),
  implantBased: term('1', 'Screw Retained'),
} as const
const METAL_AND_ZIRCONIA = only('ZI', 'TI')

function implant(fields: Partial<OrderTooth>, files: readonly FileRole[] = [SCAN_BODY]) {
  return mapped(order({ teeth: [tooth(36, fields)] }), { files, materials: METAL_AND_ZIRCONIA })
}

t.test('a crown on a stump has no implant', async (t) => {
  const result = mapped(order({ teeth: [tooth(36)] }))
  t.same(toothOf(result, 36).implant, { type: 'None', scanAbutmentScan: false })
})

t.test('a screw-retained crown, named by v50, is without abutment', async (t) => {
  const restoration = term('31', 'Implant Based')
  const result = implant({ restoration, implantBased: term('1', 'Screw Retained') })
  t.same(toothOf(result, 36).implant, {
    type: 'WithoutAbutmentManual',
    materialAbutment: null,
    scanAbutmentScan: true,
  })
  t.same(codes(result.warnings), [])
})

t.test('a crown on a titanium base is screw-retained', async (t) => {
  const result = implant({ material: term('1001', 'Ti Base + Zirconia') })
  t.equal(toothOf(result, 36).implant?.type, 'WithoutAbutmentManual')
})

t.test('a custom abutment carries its material', async (t) => {
  const result = implant({
    restoration: term('31', 'Implant Based'),
    abutmentType: term('2', 'Custom Abutment'),
    abutmentMaterial: term('75', 'Titanium'),
  })
  t.same(toothOf(result, 36).implant, {
    type: 'CustomAbutment',
    materialAbutment: 'TI',
    scanAbutmentScan: true,
  })
  t.match(result.materials[1], { iteroId: '75', code: 'TI', decidedBy: 'only-candidate' })
  t.same(codes(result.warnings), [])
})

t.test(
  'where the abutment’s material is ambiguous it is asked for, under a default of its own',
  async (t) => {
    const materials = {
      materials: MATERIALS.materials
        .filter(({ code }) => code === 'ZI' || code === 'ZIHT')
        .map((one) => ({ ...one, abutments: true, methods: one.methods.slice(0, 1) })),
    }
    const ordered = order({
      teeth: [
        tooth(36, {
          restoration: term('31', 'Implant Based'),
          material: term('24', 'Zirconia: Straumann zerion LT'),
          abutmentType: term('2', 'Custom'),
          abutmentMaterial: term('77', 'Zirconia'),
        }),
      ],
    })
    const question = materialQuestion(ordered, { materials })
    t.match(question, { defaultKey: 'abutment:77', work: { abutment: true } })
    const known = { answers: answers([question, answer('ZIHT', 'Mill5')]) }
    const result = mapped(ordered, { materials, known })
    t.match(toothOf(result, 36), { material: 'ZI', implant: { materialAbutment: 'ZIHT' } })
  },
)

t.test('a scan body alone says implant, but not how it is fixed', async (t) => {
  const result = implant({ restoration: term('12', 'Scan Body') })
  t.match(toothOf(result, 36), { reconstructionType: 'AnatomicCrown', implant: { type: 'CustomAbutment' } })
  t.ok(codes(result.warnings).includes('implant-not-understood'))
})

t.test('a crown where a scan body was recognised is on an implant', async (t) => {
  const scanBodies = [{ fdi: tooth(36).fdi, implantType: null }]
  const result = mapped(order({ teeth: [tooth(36)], scanBodies }), { files: [SCAN_BODY] })
  t.equal(toothOf(result, 36).implant?.type, 'CustomAbutment')
})

t.test('"non screw-retained" is not taken for screw-retained', async (t) => {
  const result = implant({
    restoration: term('31', 'Implant Based'),
    implantBased: term('2', 'Non Screw-Retained'),
  })
  t.equal(toothOf(result, 36).implant?.type, 'CustomAbutment')
  t.ok(codes(result.warnings).includes('implant-not-understood'))
})

t.test('placeholders in the implant fields are no implant', async (t) => {
  const result = implant({ implantBased: term('-1'), abutmentType: term('0', '') })
  t.equal(toothOf(result, 36).implant?.type, 'None')
})

t.test('an implant without a scan-body file is warned of', async (t) => {
  const result = implant(SCREWED, [])
  t.same(result.warnings, [{ code: 'scan-body-missing', facts: { tooth: 36 } }])
  t.equal(toothOf(result, 36).implant?.scanAbutmentScan, false)
})

t.test('where the scan body is in the other jaw, it is that which is said, and once', async (t) => {
  const result = implant(SCREWED, [{ kind: 'scan-body', jaw: 'upper' }])
  t.same(result.warnings, [{ code: 'scan-body-other-jaw', facts: { tooth: 36, jaw: 'upper' } }])
  t.equal(toothOf(result, 36).implant?.scanAbutmentScan, false)
})

t.test('a scan of the other jaw that an implant there explains is no answer to this one', async (t) => {
  const teeth = [tooth(26, SCREWED), tooth(36, SCREWED)]
  const result = mapped(order({ teeth }), { files: [{ kind: 'scan-body', jaw: 'upper' }] })
  t.same(result.warnings, [{ code: 'scan-body-missing', facts: { tooth: 36 } }])
})

t.test('a scan body where no implant is ordered is warned of, and no tooth stands on it', async (t) => {
  const result = mapped(order({ teeth: [tooth(11)] }), { files: [{ kind: 'scan-body', jaw: 'upper' }] })
  t.same(result.warnings, [{ code: 'scan-body-unordered', facts: { jaw: 'upper' } }])
  t.same(toothOf(result, 11).implant, { type: 'None', scanAbutmentScan: false })
})

t.test(
  'a scan body that was recognised at a tooth without an implant is warned of by its tooth',
  async (t) => {
    const scanBodies = [35, 36].map((fdi) => ({ fdi: tooth(fdi).fdi, implantType: null }))
    const teeth = [tooth(36, SCREWED), tooth(35, { restoration: term('5', 'Inlay') })]
    const result = mapped(order({ teeth, scanBodies }), { files: [SCAN_BODY] })
    t.same(result.warnings, [{ code: 'scan-body-unordered', facts: { tooth: 35 } }])
  },
)

t.test('of two crowns in the jaw of a scan body, the flag is the implant’s alone', async (t) => {
  const result = mapped(order({ teeth: [tooth(34), tooth(36, SCREWED)] }), { files: [SCAN_BODY] })
  t.same(toothOf(result, 34).implant, { type: 'None', scanAbutmentScan: false })
  t.match(toothOf(result, 36).implant, { type: 'WithoutAbutmentManual', scanAbutmentScan: true })
  t.same(codes(result.warnings), [])
})

t.test('the flags for scans are true exactly when the files of that jaw are written', async (t) => {
  const files: readonly FileRole[] = [
    { kind: 'pre-treatment', jaw: 'upper' },
    { kind: 'gingiva', jaw: 'lower' },
    SCAN_BODY,
    { kind: 'jaw', jaw: 'upper' },
  ]
  const teeth = [tooth(16), tooth(36, SCREWED), tooth(26, { restoration: term('5', 'Inlay') })]
  const result = mapped(order({ teeth }), { files })
  t.match(toothOf(result, 16), {
    situScan: true,
    separateGingivaScan: false,
    implant: { scanAbutmentScan: false },
  })
  t.match(toothOf(result, 36), {
    situScan: false,
    separateGingivaScan: true,
    implant: { scanAbutmentScan: true },
  })
  t.match(toothOf(result, 26), { situScan: true, separateGingivaScan: null, implant: null })
})

t.test('an unknown abutment material is asked for and warned of', async (t) => {
  const teeth = [
    tooth(36, {
      restoration: term('31', 'Implant Based'),
      abutmentType: term('2', 'Custom'),
      abutmentMaterial: term('9999', 'Unobtainium'),
    }),
  ]
  t.equal(questionsOf(order({ teeth }), { materials: METAL_AND_ZIRCONIA }).length, 1)
})

t.test('notes name the implant system that a scan body was recognised for, with its number', async (t) => {
  const scanBodies = [
    { fdi: tooth(36).fdi, implantType: term('3107', 'Tri-Lobe Ø 3.2') },
    { fdi: tooth(46).fdi, implantType: term('9', null) },
    { fdi: null, implantType: term('8', 'Hex 4.0') },
    { fdi: tooth(35).fdi, implantType: null },
  ]
  const teeth = [tooth(36, SCREWED)]
  const { notes } = mapped(order({ teeth, scanBodies }), { files: [SCAN_BODY] }).treatment
  t.match(notes, /^36: implant Tri-Lobe Ø 3\.2 \(iTero 3107\)$/m)
  t.match(notes, /^46: implant iTero 9$/m)
  t.match(notes, /^implant Hex 4\.0 \(iTero 8\)$/m)
  t.notMatch(notes, /^35:/m, 'nothing is told of its system')
  const german = mapped(order({ teeth, scanBodies }), { files: [SCAN_BODY], language: 'de' }).treatment.notes
  t.match(german, /^36: Implantat Tri-Lobe Ø 3\.2 \(iTero 3107\)$/m)
})
