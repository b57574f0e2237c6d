import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DoctorQuestion, MaterialQuestion, Question } from '../../../bridge/data.ts'
import { makeExport } from '../../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../../fixtures/exports/orders.ts'
import type { CaseList, CasePage, ClientRow, HostEvent, Mappings } from '../../../host/api.ts'
import {
  type Browser,
  codeOf,
  type Events,
  type Laboratory,
  laboratory,
  rowIn,
  textOf,
} from './laboratory.ts'

/** The real plugin of this repository. */
const PLUGINS = join(import.meta.dirname, '..', '..', '..')
const ID = 'myitero-import'

interface Story {
  readonly lab: Laboratory
  readonly browser: Browser
  readonly events: Events
  readonly exports: string
}

async function begun(t: Test, orders: readonly string[]): Promise<Story> {
  const root = t.testdir({ home: {}, exports: {} })
  const exports = join(root, 'exports')
  for (const name of orders) await exported(name, exports)
  const lab = await laboratory(t, { home: join(root, 'home'), plugins: PLUGINS })
  const browser = await lab.signIn()
  return { lab, browser, events: await browser.listen(), exports }
}
const exported = (name: string, into: string) =>
  makeExport(orderNamed(name), {
    into,
    seed: 1,
    form: 'zip',
    layout: 'flat',
    mesh: { format: 'stl-binary', bytes: 1_000_000 },
  })
const open = async (browser: Browser): Promise<readonly Question[]> =>
  (await browser.get<{ questions: Question[] }>('/api/questions')).body.questions
const isDoctor = (question: Question): question is DoctorQuestion => question.kind === 'doctor'
const isMaterial = (question: Question): question is MaterialQuestion => question.kind === 'material'
const answer = (browser: Browser, id: number | undefined, body: object) =>
  browser.send<{ released: number }>('POST', `/api/questions/${id}/answer`, body)
const enabled = (on: boolean) => ({ enabled: { [ID]: on } })
const unread = (count: number) => (event: HostEvent) => event.type === 'cases' && event.unread === count

t.test('From the first start to a case: connect, choose the exports, answer, open', async (t) => {
  const { browser, events, exports, lab } = await begun(t, ['lab-preference'])
  t.match((await browser.send('POST', '/api/first-start', { choice: 'connect' })).body, { firstStart: null })
  const set = await browser.send('PATCH', '/api/settings', { exportFolder: exports })
  t.equal(set.status, 200, textOf(set))
  await events.when((event) => event.type === 'questions' && event.open.length === 2)
  t.match((await browser.get('/api/cases')).body, { waiting: 1, rows: [{ status: 'waiting' }] })

  const questions = await open(browser)
  const doctor = questions.find(isDoctor)
  const kept = await answer(browser, doctor?.id, { kind: 'doctor', new: { name: 'Made-up Practice' } })
  t.equal(kept.status, 200, textOf(kept))
  const material = questions.find(isMaterial)
  const [candidate] = material?.candidates ?? []
  const chosen = {
    kind: 'material',
    material: candidate?.code,
    method: candidate?.methods[0]?.code,
    makeDefault: { material: true, method: true },
  }
  t.match(await answer(browser, material?.id, chosen), { body: { released: 1 } })
  await events.when(unread(1))

  const { rows } = (await browser.get<CaseList>('/api/cases')).body
  t.match(rows, [{ status: 'unread', client: 'Made-up Practice', teeth: [26] }])
  t.equal(rows.length, 1, 'the order is shown by its case alone')
  const page = (await browser.get<CasePage>(`/api/cases/${rows[0]?.id}`)).body
  t.ok(page.files.some(({ kind }) => kind === 'scan'))
  t.match((await browser.get<{ clients: ClientRow[] }>('/api/clients')).body.clients, [
    { cases: 1, doctors: [{ name: doctor?.doctor.name }] },
  ])

  const { body: mappings } = await browser.get<Mappings>('/api/mappings')
  t.match(mappings.doctors, [{ clientName: 'Made-up Practice', caseId: rows[0]?.id }])
  t.match(mappings.materials, [{ material: { code: candidate?.code }, caseId: rows[0]?.id }])
  t.equal(readdirSync(join(lab.home, 'cases')).filter((name) => !name.startsWith('.')).length, 1)
  t.match(
    await answer(browser, material?.id, chosen),
    { status: 404 },
    'an answer given again changes nothing',
  )
})

t.test(
  'The next order of the same doctor and material asks nothing; after a mapping is deleted it asks again',
  async (t) => {
    const { browser, events, exports } = await begun(t, ['single-crown'])
    await browser.send('PATCH', '/api/settings', { exportFolder: exports, ...enabled(true) })
    await events.when((event) => event.type === 'questions' && event.open.length > 0)
    await answerAll(browser)
    await events.when(unread(1))
    const { body } = await browser.get<Mappings>('/api/mappings')
    t.equal((await browser.send('DELETE', `/api/mappings/doctors/${body.doctors[0]?.id}`)).status, 200)
    const seen = events.all.length
    // Of the same doctor.
    await exported('lab-preference', exports)
    await browser.send('POST', '/api/look', {})
    await events.when((event) => event.type === 'questions' && event.open.length === 2, seen)
    const asked = (await open(browser)).filter(isDoctor)
    t.match(asked, [{ doctor: { name: orderNamed('lab-preference').doctor.name } }])
  },
)

t.test('Disabled while an order waits, enabled again: the question is there again, once', async (t) => {
  const { browser, events, exports } = await begun(t, ['lab-preference'])
  await browser.send('PATCH', '/api/settings', { exportFolder: exports, ...enabled(true) })
  await events.when((event) => event.type === 'questions' && event.open.length === 2)
  const before = await open(browser)
  const off = Date.now()
  await browser.send('PATCH', '/api/settings', enabled(false))
  t.ok(Date.now() - off < 5000)
  t.strictSame(await open(browser), [])
  t.match((await browser.get('/api/cases')).body, { waiting: 1 }, 'the order stays visible')
  const seen = events.all.length
  await browser.send('PATCH', '/api/settings', enabled(true))
  await events.when((event) => event.type === 'questions' && event.open.length === 2, seen)
  t.strictSame(
    (await open(browser)).map(({ id, kind }) => ({ id, kind })),
    before.map(({ id, kind }) => ({ id, kind })),
  )
})

t.test(
  'The real plugin names line and field of a material list with two equal codes; the built-in one stays',
  async (t) => {
    const { browser, lab } = await begun(t, [])
    t.equal((await browser.send('PATCH', '/api/settings', enabled(true))).status, 200)
    const builtIn = readFileSync(join(PLUGINS, 'plugin', 'mapping', 'materials.default.xml'), 'utf8')
    const file = join(lab.home, 'materials.xml')
    writeFileSync(file, builtIn.replace('"ZI"', '"NP"').replace('>ZI<', '>NP<'))
    const refused = await browser.send('PATCH', '/api/settings', { materialsFile: file })
    t.equal(codeOf(refused), 'material-list-invalid')
    t.match(textOf(refused), /\d+/)
    t.match(await browser.settings(), { materialsFile: null, materialsProblem: null })
    writeFileSync(file, builtIn)
    t.match((await browser.send('PATCH', '/api/settings', { materialsFile: file })).body, {
      materialsFile: file,
    })
  },
)

t.test('A name template that the real plugin refuses is not kept', async (t) => {
  const { browser } = await begun(t, [])
  await browser.send('PATCH', '/api/settings', enabled(true))
  const refused = await browser.send('PATCH', '/api/settings', { nameTemplate: '%unknown' })
  t.equal(codeOf(refused), 'template-invalid')
  t.not(textOf(refused), '')
})

t.test('Another case folder: the real plugin works there, with its own orders', async (t) => {
  const { browser, events, exports, lab } = await begun(t, ['lab-preference'])
  await browser.send('PATCH', '/api/settings', { exportFolder: exports, ...enabled(true) })
  await events.when((event) => event.type === 'questions' && event.open.length === 2)
  const other = join(lab.home, 'other cases')
  mkdirSync(other)
  const seen = events.all.length
  const moved = await browser.send('PATCH', '/api/settings', { caseFolder: other })
  t.equal(moved.status, 200, textOf(moved))
  await events.when((event) => event.type === 'questions' && event.open.length === 2, seen)
  await answerAll(browser)
  await events.when(unread(1))
  t.equal(readdirSync(other).filter((name) => !name.startsWith('.')).length, 1)
  t.strictSame(
    readdirSync(join(lab.home, 'cases')).filter((name) => !name.startsWith('.')),
    [],
  )
})

t.test('A host that is ended in the middle of the questions goes on after its next start', async (t) => {
  const { browser, events, exports, lab } = await begun(t, ['lab-preference'])
  await browser.send('PATCH', '/api/settings', { exportFolder: exports, ...enabled(true) })
  await events.when((event) => event.type === 'questions' && event.open.length === 2)
  await lab.close()
  const again = await laboratory(t, { home: lab.home, plugins: PLUGINS })
  const later = await again.signIn()
  const told = await later.listen()
  await told.when((event) => rowIn(event)?.process.kind === 'running')
  await told.when((event) => event.type === 'questions' && event.open.length === 2)
  await answerAll(later)
  await told.when(unread(1))
  t.equal((await later.get<CaseList>('/api/cases')).body.total, 1)
})

/** As a laboratory would: a new client for each doctor, the first candidate for each material. */
async function answerAll(browser: Browser): Promise<void> {
  for (;;) {
    const [question] = await open(browser)
    if (question === undefined) return
    const [candidate] = isMaterial(question) ? question.candidates : []
    await answer(
      browser,
      question.id,
      isDoctor(question)
        ? { kind: 'doctor', new: { name: question.doctor.name ?? 'Somebody' } }
        : {
            kind: 'material',
            material: candidate?.code,
            method: candidate?.methods[0]?.code,
            makeDefault: question.makeDefault,
          },
    )
  }
}
