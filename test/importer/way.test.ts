import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { answerAndGoOn } from '../../plugin/answering.ts'
import { importPackage, resume } from '../../plugin/importer.ts'
import {
  clearMaterialDefault,
  clearMethodDefault,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  materialMappings,
} from '../../plugin/ledger/mappings.ts'
import { listOrders, revisionById } from '../../plugin/ledger/orders.ts'
import { listQuestions } from '../../plugin/ledger/questions.ts'
import { answerAll, assertWhole, fingerprint, firstOf, laboratory, namesIn, worked } from '../laboratory.ts'
import { filesOf, withManifest, zipOf } from './bad-packages.ts'
import { seenCase, warningsIn } from './seen.ts'

t.test('an order of a new doctor waits, and is a whole case once its questions are answered', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown')
  const result = await importPackage(lab.importer, made.path)
  t.match(result, { outcome: 'waiting', orderId: made.orderId, revision: 1 })
  t.same(
    (await namesIn(lab.cases)).filter((name) => !name.startsWith('.')),
    [],
    'a reader of the case folder sees nothing yet',
  )
  const [published] = await answerAll(lab.importer)
  t.match(published, { outcome: 'published', orderId: made.orderId })
  if (published?.outcome !== 'published') return
  t.same(await namesIn(lab.cases), [published.project], 'one case and no staging')
  await assertWhole(t, lab.cases, published.project, made)
})

t.test('what is down already outlives its package: an answer publishes without it', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown')
  await importPackage(lab.importer, made.path)
  await rm(made.path)
  const [published] = await answerAll(await lab.reopened())
  if (published?.outcome !== 'published') return t.fail('is published')
  await assertWhole(t, lab.cases, published.project, made)
})

t.test(
  'one answer releases every order that waited for it, and a waiting order holds up no other',
  async (t) => {
    const lab = await laboratory(t)
    const orders = [await lab.make('single-crown'), await lab.make('single-crown', { seed: 2 })]
    for (const { path } of orders) await importPackage(lab.importer, path)
    const other = await lab.make('study-model')
    await importPackage(lab.importer, other.path)
    const questions = await listQuestions(lab.importer.ledger)
    t.same(
      questions.map(({ question, waitingCount }) => [question.kind, waitingCount]),
      [
        ['doctor', 2],
        ['material', 2],
        ['doctor', 1],
      ],
    )
    const last = questions.at(-1)
    if (!last) return t.fail('three questions')
    t.match(await answerAndGoOn(lab.importer, last.id, firstOf(last)), [
      { outcome: 'published', orderId: other.orderId },
    ])
    const [doctor, material] = questions
    if (!doctor || !material) return t.fail('two questions are left')
    t.same(await answerAndGoOn(lab.importer, doctor.id, firstOf(doctor)), [])
    const released = await answerAndGoOn(lab.importer, material.id, firstOf(material))
    t.same(
      new Set(released.map((result) => result.orderId as string)),
      new Set(orders.map((order) => order.orderId)),
      'both at once',
    )
  },
)

t.test('the next order of a known doctor and a known material asks nothing', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, (await lab.make('lab-preference')).path)
  await answerAll(lab.importer)
  const next = await lab.make('lab-preference', { seed: 2 })
  const result = await importPackage(lab.importer, next.path)
  if (result.outcome !== 'published') return t.fail('is published')
  await assertWhole(t, lab.cases, result.project, next)

  t.test('with its production method cleared, that alone is asked', async (t) => {
    const [mapping] = await materialMappings(lab.importer.ledger)
    await clearMethodDefault(lab.importer.ledger, mapping?.key ?? '')
    await importPackage(lab.importer, (await lab.make('lab-preference', { seed: 3 })).path)
    const [open, ...more] = await listQuestions(lab.importer.ledger)
    t.same(more, [])
    t.match(open?.question, { kind: 'material', candidates: [{ code: mapping?.material?.code }] })
    if (open?.question.kind === 'material') t.equal(open.question.candidates.length, 1)
    await answerAll(lab.importer)
  })

  t.test('with its material cleared, that is asked and the method stands ready', async (t) => {
    const [mapping] = await materialMappings(lab.importer.ledger)
    await clearMaterialDefault(lab.importer.ledger, mapping?.key ?? '')
    await importPackage(lab.importer, (await lab.make('lab-preference', { seed: 4 })).path)
    const [open] = await listQuestions(lab.importer.ledger)
    t.match(open?.question, { kind: 'material', proposed: { method: mapping?.method?.code } })
    if (open?.question.kind === 'material') t.ok(open.question.candidates.length > 1)
    await answerAll(lab.importer)
  })

  t.test('with its mappings deleted, both are asked again', async (t) => {
    const { ledger } = lab.importer
    for (const { key } of await materialMappings(ledger)) await deleteMaterialMapping(ledger, key)
    for (const { id } of await doctorMappings(ledger)) await deleteDoctorMapping(ledger, id)
    await importPackage(lab.importer, (await lab.make('lab-preference', { seed: 5 })).path)
    t.same(
      (await listQuestions(ledger)).map(({ question }) => question.kind),
      ['doctor', 'material'],
    )
  })
})

t.test('the same package again changes nothing', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('bridge-44-46')
  await importPackage(lab.importer, made.path)
  const [first] = await answerAll(lab.importer)
  const before = await fingerprint(lab.cases)
  const again = await importPackage(await lab.reopened(), made.path)
  t.match(again, { outcome: 'unchanged', project: first?.outcome === 'published' ? first.project : '' })
  t.same(await fingerprint(lab.cases), before)
})

t.test(
  'the same order exported anew, with nothing but its export time changed, changes nothing',
  async (t) => {
    const lab = await laboratory(t)
    await importPackage(lab.importer, (await lab.make('bridge-44-46')).path)
    await answerAll(lab.importer)
    const before = await fingerprint(lab.cases)
    const later = await lab.make('bridge-44-46', { exportDelaySeconds: 86_400, copy: 4, layout: 'mac' })
    t.match(await importPackage(lab.importer, later.path), { outcome: 'unchanged' })
    t.same(await fingerprint(lab.cases), before)
  },
)

t.test('a package that still waits is not taken twice', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown')
  await importPackage(lab.importer, made.path)
  t.match(await importPackage(lab.importer, made.path), { outcome: 'waiting', revision: 1 })
  t.equal((await listOrders(lab.importer.ledger)).length, 1)
  t.equal((await answerAll(lab.importer)).length, 1)
  t.equal((await namesIn(lab.cases)).length, 1)
})

t.test('an order that comes back with new scans stands beside the old, which nobody touches', async (t) => {
  const lab = await laboratory(t)
  const first = await lab.make('rescan', { revision: 1, into: join(lab.exports, '1') })
  const second = await lab.make('rescan', { revision: 2, into: join(lab.exports, '2') })
  t.equal(first.orderId, second.orderId)
  await importPackage(lab.importer, first.path)
  const [old] = await answerAll(lab.importer)
  if (old?.outcome !== 'published') return t.fail('is published')
  worked(lab.cases, old.project)
  const before = await fingerprint(join(lab.cases, old.project))
  const result = await importPackage(lab.importer, second.path)
  if (result.outcome !== 'published') return t.fail('no question is left')
  t.equal(result.revision, 2)
  t.match(result.project, /_rev2$/, 'marked as such')
  t.ok(
    result.warnings.some(({ code }) => code === 'case-beside-touched'),
    'the technician is told that the old one has work in it',
  )
  t.same(await fingerprint(join(lab.cases, old.project)), before)
  await assertWhole(t, lab.cases, result.project, second)
  const record = await readFile(join(lab.cases, result.project, `${result.project}.case.xml`), 'utf8')
  t.match(record, old.project, 'and names the one before')
})

t.test('a ledger that was lost finds the standing case instead of making a second', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown')
  await importPackage(lab.importer, made.path)
  await answerAll(lab.importer)
  const before = await fingerprint(lab.cases)
  const fresh = await lab.reopened({ data: join(lab.root, 'other-data') })
  t.match(await importPackage(fresh, made.path), { outcome: 'unchanged', standing: true })
  t.same(await answerAll(fresh), [], 'and nothing is asked again')
  const after = await fingerprint(lab.cases)
  t.same(Object.keys(after), Object.keys(before))
  t.same(after, before)
})

t.test('a client that left the laboratory’s list is asked for again', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, (await lab.make('study-model')).path)
  await answerAll(lab.importer)
  const without = { ...lab.importer, clients: async () => [] }
  const result = await importPackage(without, (await lab.make('study-model', { seed: 2 })).path)
  t.match(result, { outcome: 'waiting', questions: [{ question: { kind: 'doctor' } }] })
})

t.test('a staging that nobody knows is cleared away at the next start, one that waits is not', async (t) => {
  const lab = await laboratory(t)
  await importPackage(lab.importer, (await lab.make('single-crown')).path)
  const waiting = await namesIn(lab.importer.stagingRoot)
  await mkdir(join(lab.importer.stagingRoot, 'left'))
  await writeFile(join(lab.importer.stagingRoot, 'left', 'file-0000'), 'half a scan')
  t.same(await resume(await lab.reopened()), [])
  t.same(await namesIn(lab.importer.stagingRoot), waiting)
  t.match(await answerAll(lab.importer), [{ outcome: 'published' }])
})

t.test('a case that somebody took away is told as such, and not made again', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown')
  await importPackage(lab.importer, made.path)
  const [published] = await answerAll(lab.importer)
  if (published?.outcome !== 'published') return t.fail('is published')
  t.match(await importPackage(lab.importer, made.path), { outcome: 'unchanged', standing: true })
  await rm(join(lab.cases, published.project), { recursive: true })
  t.match(await importPackage(lab.importer, made.path), { outcome: 'unchanged', standing: false })
  t.same(await namesIn(lab.cases), [])
})

t.test('two patients under one chart number are warned about in the case, one patient is not', async (t) => {
  const lab = await laboratory(t)
  const dropped = async (seed: number, patient?: string) => {
    const pkg = await lab.make('single-crown', { form: 'folder', versions: [50], into: lab.root, seed })
    const path = join(lab.exports, `${seed}.zip`)
    const named = (xml: string) =>
      patient === undefined ? xml : xml.replace(/<Patient>.*<\/Patient>/, `<Patient>${patient}</Patient>`)
    await writeFile(path, zipOf(withManifest(filesOf(pkg.path), named)))
    await importPackage(lab.importer, path)
    const [result] = [...(await answerAll(lab.importer)), await importPackage(lab.importer, path)]
    if (result === undefined || !('project' in result)) throw new Error(`not published: ${seed}`)
    const told = warningsIn(await seenCase(lab.cases, result.project))
    return told.includes('patient-number-shared')
  }
  t.notOk(await dropped(1))
  t.notOk(await dropped(2), 'the same patient again')
  t.ok(await dropped(3, 'Quite, Other'))
  t.notOk(await dropped(4, 'Quite, OTHER'), 'a name that was changed is told once')
  t.ok(await dropped(5), 'and so is the one of before, if it comes again')
})

t.test(
  'another patient under the number of an order is told in the case, also when it is taken anew',
  async (t) => {
    const lab = await laboratory(t)
    const files = filesOf(
      (await lab.make('single-crown', { form: 'folder', versions: [50], into: lab.root })).path,
    )
    const [first, second] = ['1.zip', '2.zip'].map((name) => join(lab.exports, name)) as [string, string]
    const other = withManifest(files, (xml) =>
      xml.replace(/<Patient>.*<\/Patient>/, '<Patient>Quite, Other</Patient>'),
    )
    await writeFile(first, zipOf(files))
    await writeFile(second, zipOf(other))
    await importPackage(lab.importer, first)
    const waiting = await importPackage(lab.importer, second)
    if (waiting.outcome !== 'waiting') return t.fail('nobody has answered yet')
    const staged = (await revisionById(lab.importer.ledger, waiting.revisionId))?.stagingName ?? ''
    await rm(join(lab.importer.stagingRoot, staged, 'file-0000'))
    const results = await answerAll(lab.importer)
    t.same(results.map((result) => result.outcome).sort(), ['published', 'refused'])
    const again = await importPackage(lab.importer, second)
    if (again.outcome !== 'published') return t.fail(`is published: ${JSON.stringify(again)}`)
    const [told] = warningsIn(await seenCase(lab.cases, again.project)).filter(
      (code) => code === 'patient-differs',
    )
    t.ok(told)
    const before = results.find((result) => result.outcome === 'published')
    t.notOk(
      before?.warnings.some(({ code }) => code === 'patient-differs'),
      'the first knows of no other',
    )
  },
)
