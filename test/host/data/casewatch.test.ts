import { appendFileSync, mkdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { casePage } from '../../../host/case-page.ts'
import { caseCounts, markRead } from '../../../host/cases.ts'
import { putOrder } from '../../../host/incoming.ts'
import { importPackage } from '../../../plugin/importer.ts'
import { answerAll, laboratory } from '../../laboratory.ts'
import { caseRecord, dentalDbProject, home, listed, order, put, putCase, rowOf, told } from './host-home.ts'

t.test('every case that stands in the folder is listed at the start, whoever wrote it', async (t) => {
  const lab = await laboratory(t)
  for (const recipe of ['bridge-44-46', 'names-cyrillic', 'names-chinese', 'denture']) {
    await importPackage(
      lab.importer,
      (await lab.make(recipe, { mesh: { format: 'stl-binary', bytes: 100_000 } })).path,
    )
  }
  const published = (await answerAll(lab.importer)).filter(({ outcome }) => outcome === 'published')
  const h = home(t, lab.root)
  rmSync(h.cases, { recursive: true })
  renameSync(lab.cases, h.cases)
  putCase(h.cases, 'by DentalDB')
  await h.watched().settled
  t.equal(listed(h.db, { status: ['unread'] }).length, published.length + 1)
  t.same(caseCounts(h.db).total, published.length + 1, 'and nothing else, no staging either')
  t.match(listed(h.db, { search: 'sample' }), [
    {
      status: 'unread',
      patient: /^Sample/,
      teeth: [46, 45, 44],
      due: /^2026-/,
      orderId: /^\d+$/,
      orderCode: /./,
      material: /./,
    },
  ])
  t.equal(listed(h.db, { search: '小明' }).length, 1)
  t.match(rowOf(h.db, 'by DentalDB'), {
    patient: 'Muster, Mia',
    client: 'Praxis am See',
    orderId: null,
    teeth: [11],
  })
})

t.test('a case that the importer publishes is listed as it comes, and its order with it', async (t) => {
  const lab = await laboratory(t)
  const h = home(t, lab.root)
  await h.watched().settled
  await importPackage(lab.importer, (await lab.make('single-crown')).path)
  const [result] = await answerAll(lab.importer)
  const project = result?.outcome === 'published' ? result.project : ''
  putOrder(h.db, order({ orderId: (result?.outcome === 'published' && result.orderId) || '' }))
  renameSync(join(lab.cases, project), join(h.cases, project))
  await h.until(() => rowOf(h.db, project)?.status === 'unread')
  t.same(told(h.db), [`${project} unread`])
})

t.test('a case that comes while the watch takes its first look waits for no sweep', async (t) => {
  const h = home(t)
  // the moments in which a listing and the watch's own first look could both have missed it
  for (let turns = 0; turns < 12; turns++) {
    const name = `case ${turns}`
    putCase(h.root, name)
    const watch = h.watched({ sweepMs: Number.POSITIVE_INFINITY })
    for (let turn = 0; turn < turns; turn++) await setImmediate()
    renameSync(join(h.root, name), join(h.cases, name))
    await h.until(() => rowOf(h.db, name)?.status === 'unread')
    await watch.close()
  }
})

t.test('a case that is removed leaves the list, and comes back as it was', async (t) => {
  const h = home(t)
  putCase(h.cases, 'case')
  await h.watched().settled
  const id = rowOf(h.db, 'case')?.id ?? 0
  markRead(h.db, id, true)
  renameSync(join(h.cases, 'case'), join(h.root, 'aside'))
  await h.until(() => listed(h.db).length === 0)
  renameSync(join(h.root, 'aside'), join(h.cases, 'case'))
  await h.until(() => listed(h.db).length === 1)
  t.match(rowOf(h.db, 'case'), { id, status: 'read' })
})

t.test('what is no whole case is listed with the reason beside those that are', async (t) => {
  const h = home(t)
  putCase(h.cases, 'whole')
  mkdirSync(join(h.cases, 'empty'))
  put(h.cases, 'foreign', { 'holiday.jpg': 'x' })
  put(h.cases, 'renamed', { 'before.dentalProject': dentalDbProject({}) })
  put(h.cases, 'cut', { 'cut.dentalProject': dentalDbProject({}).slice(0, 500) })
  put(h.cases, 'dtd', { 'dtd.dentalProject': '<!DOCTYPE x><Treatment/>' })
  put(h.cases, 'other', { 'other.dentalProject': '<Order/>' })
  put(h.cases, 'huge', { 'huge.dentalProject': Buffer.alloc(5_000_000, 0x20) })
  put(h.cases, 'half', {
    'half.dentalProject': dentalDbProject({ family: 'Half' }),
    'half.case.xml': caseRecord({ files: [{ name: 'half-upperjaw.stl', bytes: 9 }] }),
  })
  symlinkSync(h.root, join(h.cases, 'link'))
  put(h.cases, '.staging', { 'x.dentalProject': 'x' })
  writeFileSync(join(h.cases, 'desktop.ini'), 'x')
  await h.watched().settled
  t.same(told(h.db), [
    'cut broken document-not-xml',
    'dtd broken document-has-doctype',
    'empty broken case-empty',
    'foreign broken case-without-document',
    'half broken case-incomplete',
    'huge broken document-too-large',
    'link broken case-is-link',
    'other broken document-foreign',
    'renamed broken case-name-mismatch',
    'whole unread',
  ])
  t.equal(rowOf(h.db, 'half')?.patient, 'Half, Mia', 'what can be read of it is shown')
  t.notOk(listed(h.db).some(({ reason }) => reason?.text.includes('?')))
  t.same(h.failures, [])
})

t.test('a half-copied case becomes whole in the list when the rest arrives', async (t) => {
  const h = home(t)
  await h.watched().settled
  put(h.cases, 'case', { 'case-upperjaw.stl': '12' })
  await h.until(() => rowOf(h.db, 'case')?.reason?.code === 'case-without-document')
  const files = [{ name: 'case-upperjaw.stl', bytes: 4 }]
  put(h.cases, 'case', { 'case.case.xml': caseRecord({ files }), 'case.dentalProject': dentalDbProject({}) })
  await h.until(() => rowOf(h.db, 'case')?.reason?.code === 'case-incomplete')
  appendFileSync(join(h.cases, 'case', 'case-upperjaw.stl'), '34')
  await h.until(() => rowOf(h.db, 'case')?.status === 'unread')
})

const folderOf = (caseFolder: string, name: number[]) =>
  Buffer.concat([Buffer.from(`${caseFolder}/`), Buffer.from(name)])
/** `bad` and a byte that is no UTF-8. */
const BAD = [0x62, 0x61, 0x64, 0xff]

t.test(
  'a folder whose name is not UTF-8 is listed as broken, by a name that can be read, until it is renamed',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const h = home(t)
    mkdirSync(folderOf(h.cases, BAD))
    await h.watched().settled
    t.strictSame(told(h.db), ['bad\ufffd broken case-name-not-text'])
    t.match(
      rowOf(h.db, 'bad\ufffd')?.reason?.text,
      /no text here \(not UTF-8\), so it cannot be opened\. Rename it\.$/,
    )
    const id = rowOf(h.db, 'bad\ufffd')?.id ?? 0
    t.match(await casePage(h.db, h.cases, id, 'de'), {
      row: { status: 'broken', reason: { code: 'case-name-not-text' } },
      files: [],
    })
    putCase(h.root, 'good')
    renameSync(join(h.root, 'good'), join(h.cases, 'good'))
    await h.until(() => rowOf(h.db, 'good') !== undefined)
    mkdirSync(folderOf(h.cases, [0x62, 0x61, 0x64, 0xfe]))
    await h.until(() => rowOf(h.db, 'bad\ufffd')?.reason?.text.includes('; 1 more look the same') === true)
    for (const last of [0xfe, 0xff]) {
      rmdirSync(folderOf(h.cases, [0x62, 0x61, 0x64, last]))
    }
    await h.until(() => rowOf(h.db, 'bad\ufffd') === undefined)
    t.strictSame(h.failures, [])
  },
)

t.test(
  'a folder whose name is not UTF-8 that comes later is listed too, and no plain file of such a name is',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const h = home(t)
    writeFileSync(folderOf(h.cases, [0x62, 0xff]), '')
    await h.watched().settled
    t.strictSame(told(h.db), [])
    mkdirSync(folderOf(h.cases, BAD))
    await h.until(() => rowOf(h.db, 'bad\ufffd')?.status === 'broken')
    t.strictSame(told(h.db), ['bad\ufffd broken case-name-not-text'])
  },
)

t.test('a case that is being written is not called broken for a moment', async (t) => {
  const h = home(t)
  await h.watched().settled
  const states: string[] = []
  mkdirSync(join(h.cases, 'case'))
  const seen = h.until(() => {
    states.push(...told(h.db))
    return rowOf(h.db, 'case') !== undefined
  })
  putCase(h.cases, 'case')
  await seen
  t.same([...new Set(states)], ['case unread'])
})

t.test('a whole case that gets broken keeps its patient and its mark', async (t) => {
  const h = home(t)
  putCase(h.cases, 'case')
  await h.watched().settled
  markRead(h.db, rowOf(h.db, 'case')?.id ?? 0, true)
  writeFileSync(join(h.cases, 'case', 'case.dentalProject'), '<Treatment>')
  await h.until(() => rowOf(h.db, 'case')?.status === 'broken')
  t.match(rowOf(h.db, 'case'), { patient: 'Muster, Mia', reason: { code: 'document-not-xml' } })
  putCase(h.cases, 'case', { family: 'Neu' })
  await h.until(() => rowOf(h.db, 'case')?.status === 'read')
  t.equal(rowOf(h.db, 'case')?.patient, 'Neu, Mia')
})

t.test('a change inside a case is seen although nothing watches there', async (t) => {
  const h = home(t)
  putCase(h.cases, 'case')
  await h.watched().settled
  putCase(h.cases, 'case', { family: 'Anders' })
  await h.until(() => rowOf(h.db, 'case')?.patient === 'Anders, Mia')
})

t.test('while the case folder is away its cases stay; it comes back with what changed', async (t) => {
  const h = home(t)
  putCase(h.cases, 'one')
  putCase(h.cases, 'two')
  const watch = h.watched()
  await watch.settled
  markRead(h.db, rowOf(h.db, 'one')?.id ?? 0, true)
  const away = join(h.root, 'away')
  renameSync(h.cases, away)
  await h.until(() => watch.state() === 'folder-gone')
  t.same(told(h.db), ['one read', 'two unread'])
  rmSync(join(away, 'two'), { recursive: true })
  putCase(away, 'three')
  renameSync(away, h.cases)
  await h.until(() => watch.state() === 'watching')
  t.same(told(h.db), ['one read', 'three unread'])
  putCase(h.cases, 'four')
  await h.until(() => rowOf(h.db, 'four') !== undefined)
  t.same(h.failures, [])
})

t.test('another folder in the case folder’s place is watched in its stead', async (t) => {
  const h = home(t)
  putCase(h.cases, 'one')
  await h.watched().settled
  renameSync(h.cases, join(h.root, 'aside'))
  mkdirSync(h.cases)
  putCase(h.cases, 'two')
  await h.until(() => told(h.db).join() === 'two unread')
  putCase(h.cases, 'three')
  await h.until(() => rowOf(h.db, 'three') !== undefined)
})

t.test('a case folder that is not there at the start is waited for', async (t) => {
  const h = home(t)
  rmSync(h.cases, { recursive: true })
  const watch = h.watched()
  await watch.settled
  t.equal(watch.state(), 'folder-gone')
  mkdirSync(h.cases)
  putCase(h.cases, 'case')
  await h.until(() => rowOf(h.db, 'case') !== undefined)
})

t.test('a case folder that is a link is followed, the cases in it are not', async (t) => {
  const h = home(t)
  renameSync(h.cases, join(h.root, 'real'))
  symlinkSync(join(h.root, 'real'), h.cases)
  await h.watched().settled
  putCase(h.cases, 'case')
  await h.until(() => rowOf(h.db, 'case')?.status === 'unread')
})

t.test('several hundred cases are listed in batches, none twice', async (t) => {
  const h = home(t)
  for (let i = 0; i < 300; i++) putCase(h.cases, `case ${i}`, { family: `Muster ${i}`, patientId: `${i}` })
  await h.watched().settled
  t.match(caseCounts(h.db), { total: 300, unread: 300 })
  t.equal(new Set(listed(h.db).map(({ project }) => project)).size, 200)
})

t.test('a watch that is closed writes no more, and may be closed again', async (t) => {
  const h = home(t)
  for (let i = 0; i < 100; i++) putCase(h.cases, `case ${i}`)
  const watch = h.watched()
  const closing = watch.close()
  t.equal(watch.close(), closing)
  await closing
  const { total } = caseCounts(h.db)
  watch.look('case 1')
  putCase(h.cases, 'late')
  await watch.settled
  t.equal(caseCounts(h.db).total, total)
  t.same(h.failures, [])
})
