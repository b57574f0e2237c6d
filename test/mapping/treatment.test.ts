import t from 'tap'
import type { Parameter } from '../../plugin/casefile/treatment.ts'
import type { Order } from '../../plugin/itero/order.ts'
import { CLIENT, codes, mapped, only, order, term, tooth, toothOf } from './made-up.ts'

const shades = (fields: Partial<Order['teeth'][number]['shades']>) => ({
  shades: { incisal: null, middle: null, gingival: null, die: null, ...fields },
})

const coloured = (fields: Parameters<typeof shades>[0], code = 'ZI', material = term('2007', 'Zirconia')) =>
  mapped(order({ teeth: [tooth(16, { material, ...shades(fields) })] }), { materials: only(code) })

t.test('the body’s shade is the tooth’s colour, else the neck’s, else the edge’s', async (t) => {
  t.equal(toothOf(coloured({ incisal: 'A1', middle: 'A2', gingival: 'A3' }), 16).color, 'A2')
  t.equal(toothOf(coloured({ incisal: 'A1', gingival: 'A3' }), 16).color, 'A3')
  t.equal(toothOf(coloured({ incisal: 'A1' }), 16).color, 'A1')
})

t.test('a colour is spelled as the list spells it', async (t) => {
  t.equal(toothOf(coloured({ middle: '0M1' }), 16).color, 'OM1')
  t.equal(toothOf(coloured({ middle: 'a3,5' }), 16).color, 'A3.5')
})

t.test('where the material has letters only, a VITA shade is its letter', async (t) => {
  const result = coloured(
    { middle: 'B2' },
    'PMMA',
    term('72', 'Resin/Composite: PMMA Poly(Methyl Methacrylate)'),
  )
  t.equal(toothOf(result, 16).color, 'B')
  t.match(result.treatment.notes, /shade B2/)
  t.same(codes(result.warnings), [])
})

t.test(
  'a shade that the material does not have is "---" with a warning, and stands in the notes',
  async (t) => {
    const result = coloured({ middle: '2R1.5' })
    t.equal(toothOf(result, 16).color, '---')
    t.same(codes(result.warnings), ['shade-not-understood'])
    t.match(result.treatment.notes, /shade 2R1\.5/)
  },
)

t.test('no shade at all is "---" with a warning', async (t) => {
  const result = coloured({ middle: 'Null' })
  t.equal(toothOf(result, 16).color, '---')
  t.same(codes(result.warnings), ['shade-missing'])
})

t.test('a shade of neck or edge that the material does not have is told, each once', async (t) => {
  const strange = coloured({ incisal: '2R1.5', middle: 'A2', gingival: 'Z9' })
  t.equal(toothOf(strange, 16).color, 'A2')
  t.match(strange.warnings, [
    {
      code: 'shade-not-understood',
      facts: { tooth: 16, field: 'IncisalShade', shade: '2R1.5', material: 'ZI' },
    },
    {
      code: 'shade-not-understood',
      facts: { tooth: 16, field: 'GingivalShade', shade: 'Z9', material: 'ZI' },
    },
  ])
  t.match(strange.treatment.notes, /gingival Z9/)
  t.same(codes(coloured({ middle: 'Z9', gingival: 'Z9' }).warnings), ['shade-not-understood'])
  t.same(codes(coloured({ gingival: 'Z9' }).warnings), ['shade-not-understood'])
  t.same(codes(coloured({ incisal: 'A1', middle: 'A2', gingival: 'A3,5' }).warnings), [])
  t.same(codes(coloured({ middle: 'A2', gingival: 'unknown' }).warnings), [], 'a way to state none')
  const gold = coloured({ gingival: 'Z9' }, 'WAX', term('15', 'Full Gold Yellow'))
  t.same(codes(gold.warnings), [], 'nothing is made of it where there is no colour')
})

t.test('a stump’s shade is no colour of the tooth, but the technician is told', async (t) => {
  const result = coloured({ middle: 'A2', die: 'ND3' })
  t.equal(toothOf(result, 16).color, 'A2')
  t.match(result.treatment.notes, /16: stump ND3/)
})

t.test('a material without colours has none, and no warning', async (t) => {
  const result = coloured({}, 'WAX', term('15', 'Full Gold Yellow'))
  t.equal(toothOf(result, 16).color, null)
  t.same(codes(result.warnings), [])
})

t.test('the case’s colour is the one that its teeth share', async (t) => {
  const two = (a: string, b: string) =>
    mapped(order({ teeth: [tooth(16, shades({ middle: a })), tooth(26, shades({ middle: b }))] })).treatment
      .toothColor
  t.equal(two('A2', 'A2'), 'A2')
  t.equal(two('A2', 'A3'), '---')
})

const GAP: Parameter = {
  type: 'CementGapThickness',
  value: 0.04,
  minValue: 0,
  maxValue: 0.2,
  stepSize: 0.005,
}

const withParameters = (...parameters: readonly Parameter[]) =>
  mapped(order({ teeth: [tooth(16), tooth(26, { restoration: term('5', 'Inlay') })] }), {
    clients: [{ ...CLIENT, parameters: { AnatomicCrown: parameters } }],
  })

t.test('a client’s defaults become the parameters of the work they are for', async (t) => {
  const result = withParameters(GAP)
  t.same(toothOf(result, 16).parameters, [GAP])
  t.same(toothOf(result, 26).parameters, [])
})

const OUT: readonly (readonly [string, Partial<Parameter>])[] = [
  ['below its minimum', { minValue: 0.05 }],
  ['above its maximum', { value: 0.205 }],
  ['off its step', { value: 0.041 }],
  ['not a number', { value: Number.NaN }],
]
for (const [what, change] of OUT) {
  t.test(`a parameter ${what} is left out with a warning, the others stay`, async (t) => {
    const other = { ...GAP, type: 'MinThickness', value: 0.1 }
    const result = withParameters({ ...GAP, ...change }, other)
    t.same(toothOf(result, 16).parameters, [other])
    t.same(codes(result.warnings), ['parameter-out-of-bounds'])
    t.match(result.warnings[0]?.facts, { parameter: 'CementGapThickness', work: 'AnatomicCrown' })
  })
}

t.test('every step between the bounds fits, whatever floating point makes of it', async (t) => {
  for (let step = 0; step <= 40; step++)
    t.equal(withParameters({ ...GAP, value: step * 0.005 }).warnings.length, 0, `step ${step}`)
})

const patient = (fields: Partial<Order['patient']>) =>
  mapped(
    order({ patient: { raw: '', given: 'Ann', family: 'Example', id: null, chartNumber: null, ...fields } }),
  )

t.test('the patient’s id is iTero’s', async (t) => {
  t.same(patient({ id: 'P-77', chartNumber: '12' }).treatment.patient, {
    id: 'P-77',
    family: 'Example',
    given: 'Ann',
  })
})

t.test('else it is the chart number, which is the client’s own', async (t) => {
  t.equal(patient({ id: '0', chartNumber: '12' }).treatment.patient.id, '003-12')
})

for (const nothing of [null, '0', '000', '-1', 'Null', ' ']) {
  t.test(`patient id ${JSON.stringify(nothing)} becomes one of the order, never 0`, async (t) => {
    const result = patient({ id: nothing, chartNumber: nothing })
    t.equal(result.treatment.patient.id, 'itero-123456789')
    t.same(codes(result.warnings), ['patient-without-id'])
  })
}

t.test('a patient without a name is told', async (t) => {
  const result = patient({ id: 'P-77', given: '', family: '' })
  t.equal(result.treatment.patient.family, '')
  t.same(codes(result.warnings), ['patient-without-name'])
})

for (const nothing of ['-1', 'Null', 'N/A', 'unknown', '0']) {
  t.test(`a patient called ${nothing} has no name, and that is told`, async (t) => {
    const result = patient({ id: 'P-77', raw: `${nothing}, ${nothing}`, given: nothing, family: nothing })
    t.match(result.treatment.patient, { family: '', given: '' })
    t.same(codes(result.warnings), ['patient-without-name'])
  })
}

t.test('a family name that reads like a placeholder stays where there is a given one', async (t) => {
  const result = patient({ id: 'P-77', raw: 'Jin, Na', given: 'Jin', family: 'Na' })
  t.match(result.treatment.patient, { family: 'Na', given: 'Jin' })
  t.same(codes(result.warnings), [])
})

t.test('a patient of one name has it as the family name', async (t) => {
  t.match(patient({ given: 'Cher', family: '' }).treatment.patient, { family: 'Cher', given: '' })
})

t.test('notes begin with the doctor’s words and go on with what else is to be known', async (t) => {
  const teeth = [tooth(16, { material: term('15', 'Full Gold Yellow'), ...shades({}) })]
  const from = order({ notes: '  Light contacts, please. ', dueDate: '2026-02-03', teeth })
  t.equal(
    mapped(from, { materials: only('WAX') }).treatment.notes,
    [
      'Light contacts, please.',
      '',
      'iTero order 123456789, due 2026-02-03',
      '16: Full Gold Yellow → Wax, Milling in wax, then casting',
    ].join('\n'),
  )
})

t.test('what is left out stands in the notes with the material that it is ordered in', async (t) => {
  const bridge = { restoration: term('20', 'Bridge') }
  const teeth = [
    tooth(16, bridge),
    tooth(15, { ...bridge, material: null }),
    tooth(14, { ...bridge, material: term('0') }),
  ]
  const { notes } = mapped(order({ teeth })).treatment
  t.match(notes, /^16: "Bridge" was not understood, to be entered by hand \(Zirconia\)$/m)
  t.match(notes, /^15: "Bridge" was not understood, to be entered by hand$/m)
  t.match(notes, /^14: "Bridge" was not understood, to be entered by hand$/m)
})

t.test('notes and material names speak the installation’s language', async (t) => {
  const teeth = [tooth(16, { material: term('15', 'Full Gold Yellow') })]
  const result = mapped(order({ teeth, dueDate: '2026-02-03' }), { materials: only('WAX'), language: 'de' })
  t.equal(toothOf(result, 16).materialName, 'Wachs')
  t.match(result.treatment.notes, /iTero-Auftrag 123456789, fällig 2026-02-03/)
})

t.test('shades of several zones are written out', async (t) => {
  const result = coloured({ incisal: 'A1', middle: 'A2', gingival: 'A3' })
  t.match(result.treatment.notes, /16: incisal A1, middle A2, gingival A3/)
})

t.test('the teeth are recorded as they were ordered', async (t) => {
  const restoration = term('7', 'Veneer')
  const teeth = [tooth(11, { restoration, ponticDesign: term('3', 'Ovate'), ditched: true })]
  t.match(mapped(order({ teeth })).teeth, [
    {
      fdi: 11,
      ada: 8,
      restoration: 'Veneer',
      restorationId: '7',
      material: 'Zirconia',
      materialId: '2007',
      details: { ponticDesign: 'Ovate', ditched: 'true' },
    },
  ])
})

t.test('project, time and tray are those handed in', async (t) => {
  t.match(mapped(order()).treatment, {
    projectGuid: '00000000-0000-4000-8000-000000000000',
    projectUniqueId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    dateTime: '2026-01-02T03:04:05+01:00',
    antagonistType: 'DigitalImpressionScan',
  })
})
