import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import { ORDERS } from '../../fixtures/exports/orders.ts'
import { answerAndGoOn } from '../../plugin/answering.ts'
import { importPackage } from '../../plugin/importer.ts'
import { listQuestions, type OpenQuestion } from '../../plugin/ledger/questions.ts'
import { answerAll, assertWhole, firstOf, laboratory, namesIn } from '../laboratory.ts'
import { assertAllValid, type Seen, type SeenCase, seenCase, warningsIn } from './seen.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 150_000 } } as const

/** Every order as doctors usually send it, imported into one laboratory; what was asked, and the cases. */
async function everyOrder() {
  const lab = await laboratory(t)
  const asked: OpenQuestion[] = []
  const made = new Map<string, MadeExport>()
  for (const { name } of ORDERS) {
    const package_ = await lab.make(name, SMALL)
    made.set(name, package_)
    await importPackage(lab.importer, package_.path)
  }
  const results = await answerAll(lab.importer, (question) => {
    asked.push(question)
    return firstOf(question)
  })
  const projects = new Map(
    results.map((result) => [result.orderId as string, result.outcome === 'published' ? result.project : '']),
  )
  const projectOf = (name: string) => projects.get(made.get(name)?.orderId ?? '') ?? ''
  return {
    lab,
    asked,
    made,
    projects: [...projects.values()],
    projectOf,
    caseOf: (name: string): Promise<SeenCase> => seenCase(lab.cases, projectOf(name)),
  }
}

const laboratoryOf18 = await everyOrder()
const { lab, asked, made, projects, projectOf, caseOf } = laboratoryOf18

t.test('every order is a whole case with valid documents', async (t) => {
  t.equal(projects.length, ORDERS.length)
  t.same(await namesIn(lab.cases), [...projects].sort())
  for (const { name } of ORDERS) {
    const package_ = made.get(name)
    if (package_) await assertWhole(t, lab.cases, projectOf(name), package_)
  }
  await assertAllValid(t, lab.cases, projects)
})

t.test('folder, stem and prefix are one name, and it agrees with date and patient', async (t) => {
  for (const { name } of ORDERS) {
    const { treatment } = await caseOf(name)
    const date = treatment.text('DateTime')?.slice(0, 10)
    const patient = treatment.one('Patient')
    t.equal(projectOf(name), [date, patient.text('PatientName'), patient.text('PatientFirstName')].join('_'))
    t.ok(![null, '', '0'].includes(patient.text('PatientId')))
  }
})

t.test('a document is in the third-party profile', async (t) => {
  for (const { name } of ORDERS) {
    const project = projectOf(name)
    const text = await readFile(join(lab.cases, project, `${project}.dentalProject`), 'utf8')
    t.match(
      text,
      /^<\?xml version="1.0" encoding="utf-8"\?>\r\n<Treatment UseRecipientMaterialConfiguration="true">/,
    )
    t.notMatch(text.replaceAll('\r\n', ''), /[\r\n]/, 'CRLF throughout')
    t.notMatch(text, /WorkParams|LoggedInUser|DatabaseGUID/)
    const { treatment } = await caseOf(name)
    t.equal(treatment.text('AntagonistType'), 'DigitalImpressionScan')
    t.match(treatment.text('ProjectGUID'), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    t.match(treatment.text('ProjectUniqueId'), /^[A-Z]{26}$/)
  }
  const guids = await Promise.all(
    ORDERS.map(async ({ name }) => (await caseOf(name)).treatment.text('ProjectGUID')),
  )
  t.equal(new Set(guids).size, ORDERS.length, 'no two cases share an identity')
})

t.test('a crown on 11', async (t) => {
  const found = await caseOf('single-crown')
  t.same(kinds(found), {
    12: 'HealthyTooth',
    11: 'AnatomicCrown',
    21: 'HealthyTooth',
    41: 'Antagonist',
  })
  t.same(fields(found.teeth.get(11)), [
    ['Number', '11'],
    ['ReconstructionType', 'AnatomicCrown'],
    ['MesialConnector', 'false'],
    ['MaterialName', 'Zirconia, high translucency'],
    ['Material', 'ZIHT'],
    ['ImplantType', 'None'],
    ['ScanAbutmentScan', 'false'],
    ['PreparationType', 'Crown'],
    ['SeparateGingivaScan', 'false'],
    ['SituScan', 'false'],
    ['Color', 'A2'],
  ])
  t.same(scansIn(found), ['-11-Margin.pts', '-lowerjaw.stl', '-upperjaw.stl'])
  t.match(found.treatment.text('Notes'), 'Please match 21. Light occlusal contact.')
  t.same(found.record.one('Doctor').text('Name'), 'Alder, Judith')
  t.equal(found.record.one('Doctor').text('Id'), '910001')
  t.match(found.record.text('PracticeAddress'), '12 Harbour Street')
  t.equal(found.record.text('DueDate'), '2026-03-23')
  t.equal(found.record.text('Notes'), 'Please match 21. Light occlusal contact.')
  const [material] = found.record.one('Materials').all('Material')
  t.equal(material?.text('IteroName'), 'Ceramic: Translucent Zirconia', 'as ordered')
})

t.test('a bridge 44-45-46 reads false, true, true', async (t) => {
  const found = await caseOf('bridge-44-46')
  t.same(
    [44, 45, 46].map((fdi) => [
      found.teeth.get(fdi)?.text('ReconstructionType'),
      found.teeth.get(fdi)?.text('PreparationType'),
      found.teeth.get(fdi)?.text('MesialConnector'),
    ]),
    [
      ['AnatomicCrown', 'Crown', 'false'],
      ['AnatomicPontic', 'Pontic', 'true'],
      ['AnatomicCrown', 'Crown', 'true'],
    ],
  )
  t.same(
    [43, 47].map((fdi) => found.teeth.get(fdi)?.text('ReconstructionType')),
    ['HealthyTooth', 'HealthyTooth'],
  )
  t.equal(materialOf(found, 44), materialOf(found, 45), 'one piece is of one material')
  t.equal([...found.teeth.values()].filter(is('Antagonist')).length, 1)
  t.same(
    fields(found.teeth.get(45)).map(([name]) => name),
    [
      'Number',
      'ReconstructionType',
      'MesialConnector',
      'MaterialName',
      'Material',
      'PreparationType',
      'SituScan',
      'SeparateGingivaScan',
      'Color',
    ],
    'a pontic is on no stump and has the fields of a pontic',
  )
})

t.test('a bridge across the midline is one piece of four', async (t) => {
  const found = await caseOf('bridge-midline')
  t.same(kinds(found), {
    13: 'HealthyTooth',
    12: 'AnatomicCrown',
    11: 'AnatomicPontic',
    21: 'AnatomicPontic',
    22: 'AnatomicCrown',
    23: 'HealthyTooth',
    42: 'Antagonist',
  })
  t.same(piecesOf(found), [[12, 11, 21, 22]])
})

t.test('a full arch is one piece of fourteen', async (t) => {
  const found = await caseOf('full-arch')
  t.same(piecesOf(found), [[17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27]])
  t.equal(scansIn(found).filter((name) => name.endsWith('-Margin.pts')).length, 8, 'a margin for each stump')
  t.equal(new Set([17, 16, 11, 21, 27].map((fdi) => materialOf(found, fdi))).size, 1)
})

t.test('a Maryland bridge is a wing on 21 and a pontic on 22, joined', async (t) => {
  const found = await caseOf('maryland-bridge')
  t.equal(found.teeth.get(21)?.text('ReconstructionType'), 'AnatomicInlay')
  t.equal(found.teeth.get(22)?.text('ReconstructionType'), 'AnatomicPontic')
  t.same(piecesOf(found), [[21, 22]])
  t.equal(found.record.one('Bridges').one('Bridge').attribute('type'), 'Maryland', 'and the case says so')
  t.ok(warningsIn(found).includes('wing-inferred'), 'no export showed how a wing is written')
})

t.test('inlay, onlay and veneer, in two jaws', async (t) => {
  const found = await caseOf('inlay-onlay-veneer')
  t.same(
    [36, 35, 21].map((fdi) => [
      found.teeth.get(fdi)?.text('ReconstructionType'),
      found.teeth.get(fdi)?.text('PreparationType'),
      found.teeth.get(fdi)?.text('Material'),
    ]),
    [
      ['AnatomicInlay', 'Inlay', 'LS2'],
      ['AnatomicInlay', 'Inlay', 'HC'],
      ['Veneer', 'Crown', 'FSP'],
    ],
  )
  t.same(piecesOf(found), [], 'none of them joined, though 35 and 36 touch')
  t.same([...found.teeth.values()].filter(is('Antagonist')), [], 'both jaws are restored: no antagonist')
  t.same(
    fields(found.teeth.get(36)).filter(([name]) => /Gingiva|Implant/.test(name)),
    [],
  )
  t.equal(found.treatment.text('ToothColor'), '---', 'no one colour where the works differ')
  const stump = found.record
    .one('Teeth')
    .all('Tooth')
    .find((tooth) => tooth.attribute('fdi') === '21')
  t.match(
    JSON.stringify(stump?.one('Shades') ? fields(stump.one('Shades')) : []),
    'ND3',
    'the stump shade is kept',
  )
})

t.test(
  'the implant system of a scan body stands in the case XML, with its number, and in the notes',
  async (t) => {
    const found = await caseOf('implant-crown')
    const [body, ...more] = found.record.one('ScanBodies').all('ScanBody')
    t.same(more, [])
    t.equal(body?.attribute('fdi'), '36')
    t.equal(body?.attribute('implantTypeId'), '3107')
    t.match(body?.text('ImplantType'), /^Osteolock Tri-Lobe/)
    t.match(found.treatment.text('Notes'), /^36: implant Osteolock Tri-Lobe .*\(iTero 3107\)\r?$/m)
    t.same((await caseOf('single-crown')).record.all('ScanBodies'), [])
  },
)

t.test('a screw-retained crown on an implant has its marker scan', async (t) => {
  const found = await caseOf('implant-crown')
  const tooth = found.teeth.get(36)
  t.equal(tooth?.text('ReconstructionType'), 'AnatomicCrown')
  t.equal(tooth?.text('ImplantType'), 'WithoutAbutmentManual')
  t.equal(tooth?.text('ScanAbutmentScan'), 'true')
  t.equal(tooth?.one('ScanAbutmentScan').attribute('ParentParamRef'), 'ImplantType')
  t.same(scansIn(found), ['-lowerjaw-marker.stl', '-lowerjaw.stl', '-upperjaw.stl'])
  t.same(warningsIn(found), [])
})

t.test('gold may be made in wax', async (t) => {
  const question = asked.find((one) => one.question.kind === 'material' && one.question.itero.id === '68')
  if (question?.question.kind !== 'material') return t.fail('gold is asked for')
  t.ok(question.question.candidates.some(({ code }) => code === 'WAX'))
  t.match(question.question.itero.name, /Gold/)
  const found = await caseOf('gold-crown')
  t.equal(found.teeth.get(47)?.text('Material'), 'WAX')
  t.equal(found.teeth.get(47)?.text('Color'), null, 'wax has no tooth colour')
  t.equal(
    found.record.one('Materials').one('Material').attribute('iteroId'),
    '68',
    'gold stays on the record',
  )
})

t.test('a denture is told to be entered by hand, and its copy is kept', async (t) => {
  const found = await caseOf('denture')
  t.same(warningsIn(found), ['denture-not-mapped'])
  t.same(scansIn(found), ['-lowerjaw.stl', '-upperjaw.stl'])
  t.ok(found.names.some((name) => /denture_copy/.test(name)))
  t.notOk(
    found.names.some((name) => /situ/.test(name)),
    'a copied denture is no scan before treatment',
  )
  t.match(
    found.record
      .one('Denture')
      .all('Entry')
      .map((entry) => entry.value)
      .join(),
    'Ovoid, medium',
  )
})

t.test('a study model restores nothing', async (t) => {
  const found = await caseOf('study-model')
  t.same([...found.teeth.keys()], [])
  t.same(scansIn(found), ['-lowerjaw.stl', '-upperjaw.stl'], 'teeth-up models are not taken for the jaws')
  t.equal(found.record.text('Procedure'), 'Invisalign + iRecord')
  t.notOk(
    asked.some(({ question, waiting }) => question.kind === 'material' && waiting[0]?.teeth.length === 0),
  )
})

t.test('scans before treatment stand as such, and never for the jaw', async (t) => {
  const found = await caseOf('pre-treatment')
  for (const fdi of [11, 21]) t.equal(found.teeth.get(fdi)?.text('SituScan'), 'true')
  t.same(scansIn(found), [
    '-11-Margin.pts',
    '-21-Margin.pts',
    '-lowerjaw-situ.ply',
    '-lowerjaw.stl',
    '-upperjaw-situ.ply',
    '-upperjaw.stl',
  ])
  const { orderId, files = [] } = made.get('pre-treatment') ?? {}
  const hash = (name: string) => files.find((file) => file.name === name)?.sha256
  t.equal(found.contents['-lowerjaw.stl'], hash(`lower_jaw_with_ditch_#${orderId}.stl`))
  t.equal(found.contents['-upperjaw-situ.jpg'], hash(`upper_jaw_pretreatment_#${orderId}.jpg`))
  t.equal(
    found.contents['-lowerjaw-situ.jpg'],
    hash(`${made.get('pre-treatment')?.recipe.patient.family}_${orderId}_lower.jpg`),
    'a texture stands beside the scan that names it, whatever it was called',
  )
  const textures = [
    `upper_jaw_pretreatment_#${orderId}.jpg`,
    `${made.get('pre-treatment')?.recipe.patient.family}_${orderId}_lower.jpg`,
  ]
  t.same(
    found.twins,
    Object.fromEntries(textures.map((name) => [name, hash(name)])),
    'and once more under the name by which its scan calls it',
  )
  for (const jaw of ['upper', 'lower']) {
    const scan = await readFile(
      join(lab.cases, projectOf('pre-treatment'), `${projectOf('pre-treatment')}-${jaw}jaw-situ.ply`),
    )
    const named = /^comment TextureFile (.*)$/m.exec(scan.subarray(0, 2000).toString())?.[1] ?? ''
    t.ok(found.twins[named], 'where a viewer that follows the scan looks for it')
  }
  t.equal(found.contents['-lowerjaw-situ.ply'], hash(`lower_jaw_pretreatment_#${orderId}.ply`))
})

t.test('an order after a rescan carries the date of that export', async (t) => {
  const found = await caseOf('rescan')
  t.equal(found.treatment.text('DateTime')?.slice(0, 10), projectOf('rescan').slice(0, 10))
  t.equal(found.record.text('RevisionNumber'), '1', 'it is the first that this laboratory saw')
})

t.test('names stand in their own script, in document and folder', async (t) => {
  for (const [order, family, given] of [
    ['names-latin', 'Çelik-Łukasiewicz Ñuñez', 'Zoë-Françoise'],
    ['names-cyrillic', 'Примерова', 'Анастасия'],
    ['names-arabic', 'مثال التجريبي', 'ليلى'],
    ['names-chinese', '样例', '小明'],
  ] as const) {
    const { treatment } = await caseOf(order)
    t.equal(treatment.one('Patient').text('PatientName'), family)
    t.equal(treatment.one('Patient').text('PatientFirstName'), given)
    t.equal(projectOf(order), `2026-03-09_${family}_${given}`)
  }
})

t.test('a doctor is asked for once, however many orders, and by doctor, not by address', async (t) => {
  const doctors = asked.flatMap(({ question }) => (question.kind === 'doctor' ? [question] : []))
  const names = new Set(ORDERS.map(({ doctor }) => doctor.name))
  t.same(new Set(doctors.map(({ doctor }) => doctor.name)), names)
  t.equal(doctors.length, names.size)
  const gorse = doctors.find(({ doctor }) => doctor.name === 'Gorse, Ilya')
  t.match(
    gorse,
    { identity: { by: 'name' }, doctor: { id: null, licence: null } },
    'placeholders are no identity',
  )
})

t.test(
  'Other (check note) is asked each time, also after an answer that was to be the default',
  async (t) => {
    const before = await listQuestions(lab.importer.ledger)
    t.same(before, [])
    for (const seed of [21, 22]) {
      const next = await lab.make('other-material', { ...SMALL, seed })
      const result = await importPackage(lab.importer, next.path)
      t.match(result, {
        outcome: 'waiting',
        questions: [{ question: { kind: 'material', itero: { id: '2025' } } }],
      })
      const [open] = await listQuestions(lab.importer.ledger)
      if (open?.question.kind !== 'material') return t.fail('the material is asked')
      t.same(open.question.makeDefault, { material: false, method: false }, 'and starts unticked')
      t.match(open.waiting[0]?.note, 'PEEK framework', 'with the note at hand')
      const [published] = await answerAndGoOn(lab.importer, open.id, {
        kind: 'material',
        material: 'PEEK',
        method: 'Mill5',
        makeDefault: { material: true, method: true },
      })
      t.match(published, { outcome: 'published' })
    }
  },
)

// What is read of a case.

const kinds = (found: SeenCase) =>
  Object.fromEntries([...found.teeth].map(([fdi, tooth]) => [fdi, tooth.text('ReconstructionType')]))

const is = (type: string) => (tooth: Seen) => tooth.text('ReconstructionType') === type

const materialOf = (found: SeenCase, fdi: number) => found.teeth.get(fdi)?.text('Material')

const scansIn = (found: SeenCase) =>
  found.names.filter((name) => /^-(upperjaw|lowerjaw|\d\d-Margin)[^#]*\.(stl|ply|pts)$/.test(name))

const fields = (element: Seen | undefined) =>
  element?.children().map(({ name, value }) => [name, value] as const) ?? []

/** Teeth that connectors join, by the rule of DentalDB: true joins a tooth to its mesial neighbour. */
function piecesOf({ teeth }: SeenCase): readonly (readonly number[])[] {
  const arches = [
    [18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28],
    [48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38],
  ]
  const joined = (fdi: number) => teeth.get(fdi)?.text('MesialConnector') === 'true'
  const pieces: number[][] = []
  for (const arch of arches) {
    for (const [index, fdi] of arch.entries()) {
      const before = arch[index - 1]
      if (before === undefined) continue
      // On the patient's right the mesial neighbour comes next in this order, on the left it came before.
      const toBefore = (isRight(before) && joined(before)) || (!isRight(fdi) && joined(fdi))
      const last = pieces.at(-1)
      if (toBefore) {
        if (last?.at(-1) === before) last.push(fdi)
        else pieces.push([before, fdi])
      }
    }
  }
  return pieces
}

const isRight = (fdi: number) => [1, 4].includes(Math.floor(fdi / 10))
