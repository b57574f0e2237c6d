import t from 'tap'
import { manifestVersionOf, pickManifest, readManifest } from '../../plugin/itero/manifest.ts'
import { codes, manifest, RX_INFO, read, SETTINGS, toothRow } from './manifests.ts'
import { refusal } from './packages.ts'

function entry(path: string): { name: string; path: string; bytes: number } {
  return { name: path.slice(path.lastIndexOf('/') + 1), path, bytes: 1 }
}

t.test('a manifest is known by its name in every way that exports write it', (t) => {
  const names: [string, number | null][] = [
    ['iTero_Export_#123456789_v10.xml', 10],
    ['iTero_Export_#123456789_v24.xml', 24],
    ['itero_export_#12345678_v30.xml', 30],
    ['ITERO_EXPORT_#1_V50.XML', 50],
    ['iTero_Export_123456789_v50 (4).xml', 50],
    ['iTero_Export_%23123456789_v50.xml', 50],
    ['iTero_Export_#1_v100.xml', 100],
    ['iTero_Export_#1.xml', null],
    ['iTero_Export_#1_v50.xml.bak', null],
    ['other.xml', null],
  ]
  for (const [name, version] of names) t.equal(manifestVersionOf(name), version, name)
  t.end()
})

t.test('of manifests side by side the highest version is picked, by number and not by letters', (t) => {
  const names = [10, 9, 24, 100, 50].map((version) => entry(`iTero_Export_#1_v${version}.xml`))
  t.equal(pickManifest([entry('a.stl'), ...names]).name, 'iTero_Export_#1_v100.xml')
  t.equal(
    pickManifest([entry('old/iTero_Export_#1_v50.xml'), entry('iTero_Export_#1_v50.xml')]).path.length,
    23,
  )
  t.end()
})

t.test('a package without a manifest is refused', async (t) => {
  t.match(await refusal(async () => pickManifest([entry('a.stl')])), { code: 'manifest-missing' })
})

t.test('manifests of two orders in one package are refused', async (t) => {
  const two = [entry('iTero_Export_#1_v50.xml'), entry('iTero_Export_#2_v24.xml')]
  t.match(await refusal(async () => pickManifest(two)), { code: 'order-mixed' })
  t.match(await refusal(async () => read(manifest(), 'iTero_Export_#1_v50.xml')), { code: 'order-mixed' })
})

t.test('a v50 order is read with its placeholders as nothing', (t) => {
  const order = read(manifest())
  t.match(order, {
    id: '123456789',
    code: 'AB-77',
    manifestVersion: '5.0',
    patient: { raw: 'Testa, Muster', given: 'Testa', family: 'Muster', id: 'P-0001', chartNumber: null },
    doctor: { name: 'Dr. Fixture', id: '4711', licence: null, companyId: null },
    laboratory: { id: null, name: 'Made Up Lab' },
    technician: null,
    practiceAddress: '1 Nowhere Street',
    dueDate: '2026-09-15',
    exportTime: '2026-09-08T14:03:22+00:00',
    procedure: { id: '4', name: 'Fixed Restorative' },
    shadeSystem: { name: 'VITA Lumin' },
    scanRange: { upper: { from: 18, to: 28 }, lower: { from: 38, to: 48 } },
    notes: 'Please call',
    denture: null,
    warnings: [],
  })
  t.match(order.teeth, [
    {
      ada: 8,
      fdi: 11,
      restoration: { id: '2', name: 'Crown' },
      specification: { id: '1', name: 'Full Contour' },
      material: { id: '2010', name: 'Ceramic: Translucent Zirconia' },
      implantBased: null,
      abutmentMaterial: null,
      roleInBridge: null,
      bridgeId: null,
      ditched: false,
      shades: { incisal: null, middle: 'A2', gingival: 'A3', die: null },
    },
  ])
  t.end()
})

t.test(
  'the patient is cut as the setting says, the raw text kept, a name without comma is the family name',
  (t) => {
    const swapped = readManifest(Buffer.from(manifest()), 'm.xml', { patientNameOrder: 'family-given' })
    t.match(swapped.patient, { raw: 'Testa, Muster', given: 'Muster', family: 'Testa' })
    const named = (name: string) => read(manifest({ rxInfo: RX_INFO.replace('Testa, Muster', name) })).patient
    t.match(named('Mononym'), { given: '', family: 'Mononym' })
    t.match(named('One, Two, Three'), { given: 'One', family: 'Two, Three' })
    t.match(named('Given,'), { given: '', family: 'Given' })
    t.match(named(''), { raw: '', given: '', family: '' })
    t.end()
  },
)

t.test('v10 says CaseId, has no doctor id, notes or bridges, and names materials by Material', (t) => {
  const v10 = `<iTeroExport Version="1.0"><RxInfo><CaseId>12345678</CaseId><Patient>A, B</Patient>
    <Doctor>Null</Doctor><DoctorLicense>AB12</DoctorLicense><Teeth>${toothRow(3, { ToothMaterial: '60' })}</Teeth></RxInfo>
    <RxDefines><Materials><Material Id="60" Name="Own name of 60"/></Materials></RxDefines></iTeroExport>`
  t.match(read(v10, 'iTero_Export_#12345678_v10.xml'), {
    id: '12345678',
    manifestVersion: '1.0',
    doctor: { name: null, id: null, licence: 'AB12' },
    notes: '',
    bridges: [],
    scanRange: { upper: null, lower: null },
    exportTime: null,
    teeth: [{ fdi: 16, material: { id: '60', name: 'Own name of 60' } }],
    warnings: [],
  })
  t.end()
})

t.test('two rows that give one id different meanings are told once, and neither counts', (t) => {
  const teeth = toothRow(8) + toothRow(9, { RestorationType: '5' })
  const rows = (...names: string[]) => names.map((name) => `<Type Id="2" Name="${name}"/>`).join('')
  const table = (...names: string[]) => `<RestorationTypes>${rows(...names)}</RestorationTypes>`
  const contradiction = {
    code: 'definition-contradicts',
    facts: { table: 'RestorationTypes', id: '2', meanings: 'Crown / Veneer' },
  }
  const two = toothRow(8) + toothRow(9)
  for (const defines of [
    table('Crown', 'Veneer'),
    table('Veneer', 'Crown', 'Veneer'),
    `${table('Veneer')}${table('Crown')}`,
  ]) {
    const order = read(manifest({ teeth: two, defines }))
    t.strictSame(order.warnings, [contradiction], 'once for two teeth, whatever the order of rows')
    t.match(order.teeth[0]?.restoration, { id: '2', name: 'Crown / Veneer', contradictory: true })
  }
  for (const defines of [table('Crown', 'crown '), table('', 'Crown'), table('Crown', '')]) {
    const order = read(manifest({ teeth, defines }))
    t.strictSame([order.teeth[0]?.restoration, order.warnings], [{ id: '2', name: 'Crown' }, []], defines)
  }
  const unused = read(manifest({ teeth: toothRow(9, { RestorationType: '5' }), defines: table('A', 'B') }))
  t.strictSame(unused.warnings, [], 'of no interest where the order does not use the id')
  t.end()
})

t.test('an implant type of two names is told too', (t) => {
  const defines =
    '<ImplantTypes><Type Id="7" Name="Maker One 4.1"/><Type Id="8" Name="x"/><Type Id="7" Name="Maker Two 3.5"/></ImplantTypes>'
  const rest = '<ScanBodyRecognitionData><Body AdaId="8" ImplantType="7"/></ScanBodyRecognitionData>'
  t.match(read(manifest({ defines, rest })).warnings, [
    { code: 'definition-contradicts', facts: { meanings: 'Maker One 4.1 / Maker Two 3.5' } },
  ])
  t.end()
})

t.test('a patient named with a placeholder has no name, nor has half a name that is one', (t) => {
  const named = (name: string) => read(manifest({ rxInfo: RX_INFO.replace('Testa, Muster', name) })).patient
  for (const written of ['-1', '0', '-1, -1', 'Null, Null', '-1, Null', '0000000'])
    t.match(named(written), { raw: '', given: '', family: '' }, written)
  t.match(named('-1, Muster'), { raw: '-1, Muster', given: '', family: 'Muster' })
  t.match(named('Testa, Null'), { given: 'Testa', family: 'Null' }, 'people are called so')
  t.end()
})

t.test('a patient of a comma alone has no name', (t) => {
  for (const written of [',', ' , ', '-, .', ',,']) {
    const { patient } = read(manifest({ rxInfo: RX_INFO.replace('Testa, Muster', written) }))
    t.match(patient, { raw: '', given: '', family: '' }, written)
  }
  const { patient } = read(manifest({ rxInfo: RX_INFO.replace('Testa, Muster', 'Testa, -') }))
  t.match(patient, { raw: 'Testa, -', given: '', family: 'Testa' })
  t.end()
})

t.test('v30 has a case type and no teeth', (t) => {
  const v30 = `<iTeroExport Version="3.0"><RxInfo><OrderID>12345678</OrderID><CaseTypeID>34</CaseTypeID>
    <CaseTypeName>Invisalign + iRecord</CaseTypeName><LabID>-1</LabID></RxInfo></iTeroExport>`
  const order = read(v30, 'itero_export_#12345678_v30.xml')
  t.match(order, { caseType: { id: '34', name: 'Invisalign + iRecord' }, teeth: [], warnings: [] })
  t.end()
})

t.test(
  "the file's own table outdoes the built-in one, and an id that neither knows keeps its raw id",
  (t) => {
    const teeth =
      toothRow(8, { ToothMaterial: '12' }) + toothRow(9, { ToothMaterial: '9999', RestorationType: '24' })
    const order = read(manifest({ teeth }))
    t.match(order.teeth[0]?.material, { id: '12', name: 'Zirconia: Lab Preference' })
    t.match(order.teeth[1]?.material, { id: '9999', name: null })
    t.same(codes(order).toSorted(), ['material-not-understood', 'restoration-not-understood'])
    const defines =
      '<Materials><Type Id="12" Name="Renamed"/></Materials><RestorationTypes><Type Id="24" Name="Implant Based"/></RestorationTypes>'
    const own = read(manifest({ teeth, defines }))
    t.match(own.teeth[0]?.material, { id: '12', name: 'Renamed' })
    t.match(own.teeth[1]?.restoration, { id: '24', name: 'Implant Based' })
    t.end()
  },
)

t.test('names of object prototypes are no terms', (t) => {
  const order = read(
    manifest({ teeth: toothRow(8, { ToothMaterial: 'constructor', RestorationType: 'toString' }) }),
  )
  t.match(order.teeth[0], { material: { name: null }, restoration: { name: null } })
  t.end()
})

t.test('implant types are resolved among 7,000 rows, and scan bodies read by their likely names', (t) => {
  const rows = Array.from(
    { length: 7000 },
    (_, i) => `<Type Id="${i + 1}" Name="Type &amp; No. ${i + 1}" Ref="Id=&quot;7&quot;"/>`,
  )
  const body =
    '<ScanBodyRecognitionData><ScanBody AdaId="14" ImplantTypeId="4711"/></ScanBodyRecognitionData>'
  const order = read(manifest({ defines: `<ImplantTypes>${rows.join('\n')}</ImplantTypes>`, rest: body }))
  t.match(order.scanBodies, [{ fdi: 26, implantType: { id: '4711', name: 'Type & No. 4711' } }])
  t.end()
})

t.test('scan body data that is not understood is told', (t) => {
  t.same(codes(read(manifest({ rest: '<ScanBodyRecognitionData><X y="1"/></ScanBodyRecognitionData>' }))), [
    'manifest-row-skipped',
  ])
  const unknown = '<ScanBodyRecognitionData><S AdaId="14" ImplantTypeId="1"/></ScanBodyRecognitionData>'
  t.same(codes(read(manifest({ rest: unknown }))), ['implant-not-understood'])
  t.same(codes(read(manifest({ rest: '<ScanBodyRecognitionData/>' }))), [])
  t.end()
})

t.test('a version above the known is read, and said to be unknown', (t) => {
  const order = read(manifest({ version: '9.0' }))
  t.same(codes(order), ['manifest-version-unknown'])
  t.equal(order.teeth.length, 1)
  t.end()
})

t.test('a mark before the text, text saved twice, and UTF-16 are read', (t) => {
  const defines = '<Materials><Type Id="1003" Name="IPS e.max® CAD"/></Materials>'
  const xml = manifest({ teeth: toothRow(8, { ToothMaterial: '1003' }), defines })
  const twice = new TextDecoder('windows-1252').decode(Buffer.from(xml))
  const texts = [`\ufeff${xml}`, twice, `\ufeff${twice}`].map((text) => Buffer.from(text))
  for (const bytes of [...texts, Buffer.from(`\ufeff${xml}`, 'utf16le'), Buffer.from(xml, 'utf16le')]) {
    t.equal(read(bytes).teeth[0]?.material?.name, 'IPS e.max® CAD')
  }
  t.end()
})

t.test('names in every script, and letters that only look saved twice, stay as they are', (t) => {
  for (const name of ['Łukasz, Żółć', 'Иван, Пример', '三, 张', 'علی, نمونه', 'MÃE, João', 'Ângela, É']) {
    t.equal(read(manifest({ rxInfo: RX_INFO.replace('Testa, Muster', name) })).patient.raw, name)
  }
  t.end()
})

t.test('entities of XML and numbers are characters', (t) => {
  const notes = read(
    manifest({ rxInfo: RX_INFO.replace('Please call', 'a &amp; b &lt; c &#xE9;&#233; &amp;lt;') }),
  ).notes
  t.equal(notes, 'a & b < c éé &lt;')
  t.end()
})

t.test('dates that are none are told, with their field', (t) => {
  for (const date of [
    '02/30/2026',
    '13/01/2026',
    '00/10/2026',
    '02/29/2025',
    'soon',
    '09/15/0001',
    '15.09.2026',
  ]) {
    const order = read(manifest({ rxInfo: RX_INFO.replace('09/15/2026', date) }))
    t.equal(order.dueDate, null)
    t.match(order.warnings, [{ code: 'date-not-understood', facts: { field: 'DueDate', value: date } }], date)
  }
  t.equal(
    read(manifest({ rxInfo: RX_INFO.replace('09/15/2026', '02/29/2028 00:00:00') })).dueDate,
    '2028-02-29',
  )
  t.same(codes(read(manifest({ rxInfo: RX_INFO.replace('09/15/2026', 'Null') }))), [])
  t.same(codes(read(manifest({ rxInfo: RX_INFO.replace('14:03:22', '25:03:22') }))), ['date-not-understood'])
  t.end()
})

t.test('a tooth that is none is told with the work ordered for it', (t) => {
  for (const ada of ['0', '33', '99', '-1', 'x', '', '8.5', '1e1', '٨']) {
    const order = read(manifest({ teeth: toothRow(ada) + toothRow(9) }))
    t.same(
      order.teeth.map(({ fdi }) => fdi),
      [21],
    )
    t.match(
      order.warnings,
      [{ code: 'tooth-number-invalid', facts: { restoration: '2', material: '2010' } }],
      ada,
    )
  }
  t.end()
})

t.test('a tooth listed twice is taken once, the same whatever the order of rows', (t) => {
  const [a, b] = [toothRow(8), toothRow(8, { RestorationType: '5' })]
  const [one, other] = [read(manifest({ teeth: a + b })), read(manifest({ teeth: b + a }))]
  t.same(one.warnings, [
    {
      code: 'tooth-listed-twice',
      facts: { tooth: 11, field: 'RestorationType', value: 'Crown (iTero 2)', other: 'Inlay (iTero 5)' },
    },
  ])
  t.same(one.teeth, other.teeth)
  t.same(one.warnings, other.warnings)
  t.equal(one.teeth.length, 1)
  t.end()
})

t.test('a tooth listed twice in the same words is told, and so is each field that differs', (t) => {
  t.same(read(manifest({ teeth: toothRow(8) + toothRow(8) })).warnings, [
    { code: 'tooth-listed-twice', facts: { tooth: 11 } },
  ])
  const shaded = toothRow(8, { MiddleShade: 'A3', DieShade: 'ND4' })
  t.match(read(manifest({ teeth: toothRow(8) + shaded })).warnings, [
    { code: 'tooth-listed-twice', facts: { field: 'MiddleShade', value: 'A2', other: 'A3' } },
    { code: 'tooth-listed-twice', facts: { field: 'DieShade', value: '–', other: 'ND4' } },
  ])
  t.end()
})

t.test('of two materials for one tooth none is taken, whatever the order of rows', (t) => {
  const [a, b] = [toothRow(8, { ToothMaterial: '2008' }), toothRow(8, { ToothMaterial: '2023' })]
  const [one, other] = [read(manifest({ teeth: a + b })), read(manifest({ teeth: b + a }))]
  const materials = 'Zirconia Multilayer (iTero 2008) / Polymer: PEEK (iTero 2023)'
  t.same(one.warnings, [
    { code: 'material-listed-twice', facts: { tooth: 11, field: 'ToothMaterial', materials } },
  ])
  t.same(one.teeth[0]?.material, {
    id: '2008 / 2023',
    name: 'Zirconia Multilayer / Polymer: PEEK',
    contradictory: true,
  })
  t.same(one, other)
  t.end()
})

t.test('a material beside a row that states none is told, and is no contradiction', (t) => {
  const order = read(manifest({ teeth: toothRow(8) + toothRow(8, { ToothMaterial: '-1' }) }))
  t.match(order.warnings, [{ code: 'tooth-listed-twice', facts: { field: 'ToothMaterial' } }])
  t.notOk(order.teeth[0]?.material?.contradictory)
  t.end()
})

t.test('two values for one field are told', (t) => {
  t.same(codes(read(manifest({ rxInfo: `${RX_INFO}<DueDate>09/16/2026</DueDate>` }))), [
    'manifest-row-skipped',
  ])
  t.end()
})

t.test('a shade that is none is told and kept', (t) => {
  const order = read(
    manifest({ teeth: toothRow(8, { MiddleShade: '???', DieShade: 'ND4', IncisalShade: '2M2' }) }),
  )
  t.match(order.teeth[0]?.shades, { middle: '???', die: 'ND4', incisal: '2M2' })
  t.same(codes(order), ['shade-not-understood'])
  t.end()
})

t.test('a denture is read, and nothing of one is none', (t) => {
  const denture =
    '<Denture><DentureTeethShade>A2</DentureTeethShade><DentureMould>-1</DentureMould><UpperJaw>1</UpperJaw></Denture>'
  t.match(read(manifest({ rxInfo: RX_INFO + denture })).denture, {
    teethShade: 'A2',
    mould: null,
    upper: '1',
    lower: null,
  })
  t.equal(read(manifest({ rxInfo: `${RX_INFO}<Denture><UpperJaw>0</UpperJaw></Denture>` })).denture, null)
  t.end()
})

t.test('objects and transforms are read as written, rows without a file or of 15 numbers are told', (t) => {
  const objects =
    '<Object ObjectType="Surface" SubType="Jaw" JawId="Upper" FileName="u.stl"/><Object ObjectType="Image"/>'
  const matrix = '1 0 0 0 0 1 0 0 0 0 1 0 0.5 0 0'
  const rest = `<ActualUsedTransforms><Transformation Name="A">${matrix} 1</Transformation>
    <Transformation Name="B">${matrix}</Transformation></ActualUsedTransforms>`
  const order = read(manifest({ objects, rest }))
  t.same(order.objects, [
    { objectType: 'Surface', subType: 'Jaw', jawId: 'Upper', adaId: null, fileName: 'u.stl' },
  ])
  t.equal(order.transforms[0]?.matrix[12], 0.5)
  t.equal(order.transforms.length, 1)
  t.same(codes(order), ['manifest-row-skipped', 'manifest-row-skipped'])
  t.end()
})

t.test('no warning names the patient or the doctor', (t) => {
  const teeth = toothRow(99) + toothRow(8, { ToothMaterial: '9999' })
  const told = JSON.stringify(read(manifest({ teeth, version: '7.0' })).warnings)
  t.notMatch(told, /Testa|Muster|Fixture/)
  t.same(SETTINGS.patientNameOrder, 'given-family')
  t.end()
})

t.test('a table of implant types in a comment hides nothing', (t) => {
  const hidden = `<!-- <ImplantTypes> --><Materials><Type Id="2010" Name="Real"/></Materials><!-- </ImplantTypes> -->`
  t.equal(read(manifest({ defines: hidden })).teeth[0]?.material?.name, 'Real')
  const teeth = `<!-- <ImplantTypes> -->${toothRow(8)}<!-- </ImplantTypes> -->`
  t.equal(read(manifest({ teeth })).teeth.length, 1)
  t.end()
})

t.test('implant types with content of their own, or in two tables, are resolved as well', (t) => {
  const rest = '<ScanBodyRecognitionData><S AdaId="14" ImplantTypeId="7"/></ScanBodyRecognitionData>'
  for (const defines of [
    '<ImplantTypes><Type Id="7" Name="Seven"><a/></Type></ImplantTypes>',
    '<ImplantTypes><Type Id="6" Name="Six"/></ImplantTypes><ImplantTypes><Type Id="7" Name="Seven"/></ImplantTypes>',
    '<ImplantTypes><Type Name="Seven" Id="7" Sign="a>b"></Type></ImplantTypes>',
  ]) {
    t.match(read(manifest({ defines, rest })).scanBodies, [{ implantType: { name: 'Seven' } }], defines)
  }
  t.end()
})

t.test('a manifest with 7,000 implant types is read in the time of a glance', (t) => {
  const rows = Array.from(
    { length: 7000 },
    (_, i) => `<Type Id="${i}" Name="Maker &amp; Type ${i}" Platform="RC" Ref="No. ${i}"/>`,
  )
  const xml = Buffer.from(manifest({ defines: `<ImplantTypes>\n${rows.join('\n')}</ImplantTypes>` }))
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now()
    read(xml)
    return performance.now() - started
  })
  t.ok(Math.min(...times) < 50, `${times.map(Math.round).join(', ')} ms`)
  t.end()
})
