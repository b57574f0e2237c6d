import fc from 'fast-check'
import type { CaseRecord, MaterialTaken, OrderedTooth } from '../../plugin/casefile/case-record.ts'
import type { Parameter, RestoredTooth, Tooth, Treatment } from '../../plugin/casefile/treatment.ts'

/** Plain objects, as readers give them. */
const record = <T>(model: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record(model, { noNullPrototype: true })

/** Any text that XML 1.0 can hold: all scripts, markup, line ends, quotes, blanks. */
export const legalTexts: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom(
        '&',
        '<',
        '>',
        '"',
        "'",
        '\r',
        '\n',
        '\t',
        ' ',
        ']]>',
        '&amp;',
        '<!--',
        '-->',
        '/>',
      ),
    }),
    fc.constantFrom(
      '',
      ' ',
      '003',
      '1.0',
      'true',
      'Müller',
      'Иванова',
      'محمد بن علي',
      '王小明',
      '🦷',
      'a\r\nb',
      '</Notes>',
    ),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML cannot hold has tests of its own
  .map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ''))

const words = (text: string): readonly string[] => text.split(' ')

export const fdiNumbers = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }))
  .map(([quadrant, position]) => 10 * quadrant + position)

const numbers = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, 0.04, 0.005, 1e-7, 1e22, -0.1),
  )
  .map((value) => value + 0)

const nonEmpty = legalTexts.filter((text) => text !== '')

const parameters: fc.Arbitrary<Parameter> = record({
  type: nonEmpty,
  value: numbers,
  minValue: numbers,
  maxValue: numbers,
  stepSize: numbers,
})

const implants = fc.oneof(
  fc.constant(null),
  record({ type: fc.constant('None' as const), scanAbutmentScan: fc.boolean() }),
  record({
    type: fc.constantFrom(
      'CustomAbutment' as const,
      'CustomAbutmentManual' as const,
      'WithoutAbutment' as const,
      'WithoutAbutmentManual' as const,
      'SubstructureScan' as const,
    ),
    materialAbutment: fc.option(legalTexts),
    scanAbutmentScan: fc.boolean(),
  }),
)

const RECONSTRUCTIONS = words(
  'AnatomicCrown AnatomicInlay AnatomicPontic AnatomicWaxup Coping OverpressCrown ProvisionalCrown OverpressPontic ' +
    'ProvisionalPontic ReducedPontic Veneer OffsetInlay ReducedWaxup WaxupPontic BiteSplint BiteSplintGap ' +
    'PrimaryTelescope Attachment BarPillar BarSegment ProstheticTooth',
) as readonly RestoredTooth['reconstructionType'][]

export const teeth: fc.Arbitrary<Tooth> = fc.oneof(
  record({
    kind: fc.constant('restored' as const),
    number: fdiNumbers,
    reconstructionType: fc.constantFrom(...RECONSTRUCTIONS),
    mesialConnector: fc.boolean(),
    parameters: fc.array(parameters, { maxLength: 3 }),
    materialName: legalTexts,
    material: nonEmpty,
    implant: implants,
    preparationType: fc.constantFrom('Crown' as const, 'Inlay' as const, 'Pontic' as const),
    separateGingivaScan: fc.option(fc.boolean()),
    situScan: fc.option(fc.boolean()),
    color: fc.option(legalTexts),
  }),
  record({
    kind: fc.constant('bystander' as const),
    number: fdiNumbers,
    reconstructionType: fc.constantFrom(
      'HealthyTooth' as const,
      'Antagonist' as const,
      'MissingTooth' as const,
    ),
  }),
)

export const treatments: fc.Arbitrary<Treatment> = record({
  dateTime: fc.constantFrom(
    '2026-09-09T22:24:58.2771872+09:00',
    '2026-02-28T00:00:00-03:30',
    '2026-12-31T23:59:59Z',
  ),
  trayNo: legalTexts,
  notes: legalTexts,
  projectGuid: fc.uuid(),
  projectUniqueId: fc.string({
    unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
    minLength: 26,
    maxLength: 26,
  }),
  teeth: fc.array(teeth, { maxLength: 16 }),
  practice: record({ id: legalTexts, name: legalTexts }),
  patient: record({
    id: legalTexts.filter((id) => id !== '' && id !== '0'),
    family: legalTexts,
    given: legalTexts,
  }),
  productName: legalTexts,
  toothColor: legalTexts,
  antagonistType: fc.constant('DigitalImpressionScan' as const),
})

const hashes = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })

const entries = fc.dictionary(
  legalTexts.filter((key) => key !== '__proto__'),
  legalTexts,
  { maxKeys: 4, noNullPrototype: true },
)

const orderedTeeth: fc.Arbitrary<OrderedTooth> = record({
  fdi: fdiNumbers,
  ada: fc.integer({ min: 1, max: 32 }),
  restoration: legalTexts,
  restorationId: legalTexts,
  material: fc.option(legalTexts),
  materialId: fc.option(legalTexts),
  shades: record({
    incisal: fc.option(legalTexts),
    middle: fc.option(legalTexts),
    gingival: fc.option(legalTexts),
    die: fc.option(legalTexts),
  }),
  details: entries,
})

const materials: fc.Arbitrary<MaterialTaken> = record({
  iteroId: legalTexts,
  iteroName: fc.option(legalTexts),
  code: nonEmpty,
  displayName: legalTexts,
  method: legalTexts,
  decidedBy: fc.constantFrom('only-candidate' as const, 'default' as const, 'answer' as const),
  teeth: fc.array(fdiNumbers, { maxLength: 4 }),
})

export const caseRecords: fc.Arbitrary<CaseRecord> = record({
  origin: record({ account: nonEmpty, orderId: nonEmpty, revision: hashes }),
  orderCode: fc.option(legalTexts),
  revisionNumber: fc.integer({ min: 1 }),
  previousProject: fc.option(nonEmpty),
  manifestVersion: legalTexts,
  doctor: record({ name: fc.option(legalTexts), id: fc.option(legalTexts), licence: fc.option(legalTexts) }),
  practiceAddress: fc.option(legalTexts),
  client: record({ id: legalTexts, name: legalTexts }),
  patient: record({ raw: legalTexts, chartNumber: fc.option(legalTexts) }),
  dueDate: fc.option(legalTexts),
  exportTime: fc.option(legalTexts),
  procedure: fc.option(legalTexts),
  shadeSystem: fc.option(legalTexts),
  notes: legalTexts,
  denture: fc.option(entries),
  teeth: fc.array(orderedTeeth, { maxLength: 4 }),
  bridges: fc.array(record({ id: legalTexts, type: legalTexts, from: fdiNumbers, to: fdiNumbers }), {
    maxLength: 2,
  }),
  scanBodies: fc.array(
    record({
      fdi: fc.option(fdiNumbers),
      implantTypeId: fc.option(legalTexts),
      implantType: fc.option(legalTexts),
    }),
    { maxLength: 2 },
  ),
  materials: fc.array(materials, { maxLength: 3 }),
  files: fc.array(
    record({
      name: nonEmpty,
      packageName: nonEmpty,
      bytes: fc.maxSafeNat().map((n) => n % 1e15),
      sha256: hashes,
    }),
    { maxLength: 4 },
  ),
  transforms: fc.array(
    record({ name: fc.option(legalTexts), matrix: fc.array(numbers, { minLength: 16, maxLength: 16 }) }),
    { maxLength: 2 },
  ),
  warnings: fc.array(record({ code: nonEmpty, text: legalTexts }), { maxLength: 3 }),
})
