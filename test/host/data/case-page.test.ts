import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { caseFolderOf, filesOf, openCaseFile } from '../../../host/case-files.ts'
import { casePage } from '../../../host/case-page.ts'
import { putOrder } from '../../../host/incoming.ts'
import { importPackage } from '../../../plugin/importer.ts'
import { answerAll, laboratory } from '../../laboratory.ts'
import { home, listed, order, put, putCase, rowOf, tooth } from './host-home.ts'

t.test('the page of a delivered case tells all that its two documents do', async (t) => {
  const lab = await laboratory(t)
  await importPackage(
    lab.importer,
    (await lab.make('bridge-44-46', { mesh: { format: 'ply-texture', bytes: 400_000 } })).path,
  )
  await answerAll(lab.importer)
  const h = home(t, lab.root)
  rmSync(h.cases, { recursive: true })
  renameSync(lab.cases, h.cases)
  await h.watched().settled
  const [row] = listed(h.db)
  const page = await casePage(h.db, h.cases, row?.id ?? 0, 'en')
  t.match(page, {
    row: { status: 'unread', teeth: [46, 45, 44], reason: null },
    family: /^Sample/,
    given: 'Otto',
    patientId: /./,
    practice: /./,
    materials: [{ taken: /./, method: /./, decidedBy: /^(only-candidate|default|answer)$/ }],
    revisions: [{ id: row?.id, revision: 1, status: 'unread' }],
  })
  const crown = page.teeth.find(({ number }) => number === 44)
  t.match(
    crown?.ordered.map(({ name }) => name),
    ['restoration'],
  )
  t.equal(
    page.teeth.filter(({ mesialConnector }) => mesialConnector).length,
    2,
    'three teeth, two connectors',
  )
  const names = page.rx.map(({ name }) => name)
  t.same(
    ['order-number', 'order-code', 'revision', 'doctor', 'due-date', 'procedure', 'bridge'].filter(
      (name) => !names.includes(name),
    ),
    [],
  )
  const jaw = page.files.find(({ scan }) => scan?.jaw === 'upper' && scan.role === 'jaw')
  t.match(jaw, { kind: 'scan', name: /-upperjaw\.ply$/ })
  t.ok(page.files.some(({ kind }) => kind === 'image'))
  t.ok(page.files.some(({ kind }) => kind === 'document'))
})

t.test('files of a case are told by DentalDB’s names', async (t) => {
  const folder = t.testdir()
  const names = [
    'c-upperjaw.stl',
    'c-lowerjaw.PLY',
    'c-lowerjaw.png',
    'c-upperjaw-situ.ply',
    'c-upperjaw-marker_2.stl',
    'c-lowerjaw-gingiva.obj',
    'c-occlusionfirst.stl',
    'c-11_cad.stl',
    'c-14-Margin.xyz',
    'other-upperjaw.stl',
    'c-Rx.pdf',
    '.hidden.stl',
  ]
  put(folder, 'c', Object.fromEntries(names.map((name) => [name, 'xyz'])))
  symlinkSync(join(folder, 'c', 'c-upperjaw.stl'), join(folder, 'c', 'c-link.stl'))
  mkdirSync(join(folder, 'c', 'sub.stl'))
  const files = await filesOf(join(folder, 'c'), 'c')
  t.same(
    Object.fromEntries(
      files.map(({ name, kind, scan }) => [name, scan ? [scan.jaw, scan.role, scan.texture] : kind]),
    ),
    {
      'c-upperjaw.stl': ['upper', 'jaw', null],
      'c-lowerjaw.PLY': ['lower', 'jaw', 'c-lowerjaw.png'],
      'c-lowerjaw.png': 'texture',
      'c-upperjaw-situ.ply': ['upper', 'situ', null],
      'c-upperjaw-marker_2.stl': ['upper', 'marker', null],
      'c-lowerjaw-gingiva.obj': ['lower', 'gingiva', null],
      'c-occlusionfirst.stl': [null, 'bite', null],
      'c-11_cad.stl': [null, 'other', null],
      'c-14-Margin.xyz': 'other',
      'other-upperjaw.stl': [null, 'other', null],
      'c-Rx.pdf': 'document',
    },
  )
  t.ok(files.every(({ bytes }) => bytes === 3))
})

t.test('a texture under the name that its scan gives it is no picture of the case', async (t) => {
  const folder = t.testdir()
  put(folder, 'c', {
    'c-upperjaw.ply': 'ply\nformat ascii 1.0\ncomment TextureFile C:\\scans\\Wall Upper.JPG\nend_header\n',
    'c-lowerjaw.ply': 'no header, comment TextureFile c-smile.jpg',
    'wall upper.jpg': 'texture',
    'c-smile.jpg': 'picture',
  })
  const kinds = (await filesOf(join(folder, 'c'), 'c')).map(({ name, kind }) => [name, kind])
  t.same(Object.fromEntries(kinds), {
    'c-upperjaw.ply': 'scan',
    'c-lowerjaw.ply': 'scan',
    'wall upper.jpg': 'texture',
    'c-smile.jpg': 'image',
  })
})

t.test('the page of a case counts entries whose tooth number is none', async (t) => {
  const h = home(t)
  const made = [11, 99, 99, 58].map((number) => tooth(number, 'AnatomicCrown'))
  putCase(h.cases, 'case', { teeth: made.join('') })
  await h.watched().settled
  const page = await casePage(h.db, h.cases, rowOf(h.db, 'case')?.id ?? 0, 'en')
  t.match(page, { row: { teeth: [11], status: 'unread' }, teeth: [{ number: 11 }] })
  t.same(page.misnumbered, [
    { number: '99', count: 2 },
    { number: '58', count: 1 },
  ])
})

t.test('a case that broke since it was listed still has a page, with the reason', async (t) => {
  const h = home(t)
  putCase(h.cases, 'case')
  const watch = h.watched()
  await watch.settled
  await watch.close()
  const id = rowOf(h.db, 'case')?.id ?? 0
  writeFileSync(join(h.cases, 'case', 'case.dentalProject'), '<Treatment>')
  const page = await casePage(h.db, h.cases, id, 'de')
  t.match(page, { row: { reason: { code: 'document-not-xml' } }, family: 'Muster', given: 'Mia', teeth: [] })
  t.equal(page.files.length, 1)
  rmSync(join(h.cases, 'case'), { recursive: true })
  t.match(await casePage(h.db, h.cases, id, 'en'), {
    row: { reason: { code: 'case-unreadable' } },
    files: [],
  })
})

t.test(
  'two patients under one number keep each their own name, whatever becomes of their folders',
  async (t) => {
    const h = home(t)
    const people = { one: { family: 'First', given: 'Ada' }, two: { family: 'Second', given: 'Ben' } }
    putCase(h.cases, 'one', { ...people.one, patientId: '002-77' })
    putCase(h.cases, 'two', { ...people.two, patientId: '002-77' })
    const watch = h.watched()
    await watch.settled
    await watch.close()
    const shown = async (project: string) => {
      const { family, given, patientId, row } = await casePage(
        h.db,
        h.cases,
        rowOf(h.db, project)?.id ?? 0,
        'en',
      )
      t.equal(patientId, '002-77')
      return [[family, given].filter((each) => each !== '').join(', '), row.patient]
    }
    const expected = { one: ['First, Ada', 'First, Ada'], two: ['Second, Ben', 'Second, Ben'] }
    const both = async () => ({ one: await shown('one'), two: await shown('two') })
    t.same(await both(), expected)
    for (const each of ['one', 'two'])
      writeFileSync(join(h.cases, each, `${each}.dentalProject`), '<Treatment>')
    t.same(await both(), expected, 'cut short')
    rmSync(h.cases, { recursive: true })
    t.same(await both(), expected, 'gone')
  },
)

t.test('one file of a case is opened; nothing else is', async (t) => {
  const h = home(t)
  put(h.cases, 'case', { 'case-upperjaw.stl': 'solid', '.hidden': 'x' })
  putCase(h.cases, 'case')
  putCase(h.cases, 'other')
  writeFileSync(join(h.root, 'secret.txt'), 'secret')
  symlinkSync(join(h.root, 'secret.txt'), join(h.cases, 'case', 'link.stl'))
  mkdirSync(join(h.cases, 'case', 'folder.stl'))
  await h.watched().settled
  const id = rowOf(h.db, 'case')?.id ?? 0
  const { handle, bytes, kind } = await openCaseFile(h.db, h.cases, id, 'case-upperjaw.stl')
  t.equal((await handle.readFile()).toString(), 'solid')
  t.match({ bytes, kind }, { bytes: 5, kind: 'scan' })
  await handle.close()
  for (const name of [
    '',
    '.',
    '..',
    '../other/other.dentalProject',
    '..\\other\\other.dentalProject',
    join(h.root, 'secret.txt'),
    'link.stl',
    'folder.stl',
    'nothing.stl',
    '.hidden',
    'case-upperjaw.stl\u0000.png',
    'case-upperjaw.stl:stream',
    'x'.repeat(5000),
  ]) {
    await t.rejects(openCaseFile(h.db, h.cases, id, name), { code: 'case-file-unknown' }, name.slice(0, 40))
  }
  await t.rejects(openCaseFile(h.db, h.cases, 999, 'x'), { code: 'case-unknown' })
})

t.test('a case folder that became a link to elsewhere gives no file', async (t) => {
  const h = home(t)
  putCase(h.cases, 'case')
  const watch = h.watched()
  await watch.settled
  await watch.close()
  const id = rowOf(h.db, 'case')?.id ?? 0
  rmSync(join(h.cases, 'case'), { recursive: true })
  put(h.root, 'elsewhere', { 'secret.stl': 'x' })
  symlinkSync(join(h.root, 'elsewhere'), join(h.cases, 'case'))
  await t.rejects(openCaseFile(h.db, h.cases, id, 'secret.stl'), { code: 'case-file-unknown' })
})

t.test('the folder of a case is told, an order has none', async (t) => {
  const h = home(t)
  putCase(h.cases, 'case')
  await h.watched().settled
  putOrder(h.db, order())
  t.equal(caseFolderOf(h.db, h.cases, rowOf(h.db, 'case')?.id ?? 0), join(h.cases, 'case'))
  const [waiting] = listed(h.db, { status: ['waiting'] })
  t.throws(() => caseFolderOf(h.db, h.cases, waiting?.id ?? 0), { code: 'case-has-no-folder' })
})
