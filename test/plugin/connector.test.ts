import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { assertWhole, namesIn } from '../laboratory.ts'
import { ASKED, answerEverything, firstAnswer, HOST_REQUESTS, type Hosting, hosting } from './hosting.ts'

t.test('before it is configured everything but its state is not configured', async (t) => {
  const lab = await hosting(t)
  t.match(await lab.ask('plugin/state', {}), { state: { kind: 'off', failure: null } })
  t.strictSame(
    HOST_REQUESTS.sort(),
    [...Object.keys(ASKED), 'plugin/configure', 'plugin/state', 'plugin/stop'].sort(),
  )
  for (const [method, params] of Object.entries(ASKED)) {
    await t.rejects(lab.ask(method as 'orders/list', params as object), { code: 'not-configured' }, method)
  }
})

t.test('after a cut it is configured as before, and answers before it is configured again', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  lab.cut()
  lab.reconnect()
  t.strictSame(await lab.ask('orders/list', {}), { orders: [] })
  t.match(await lab.ask('plugin/state', {}), { state: { kind: 'active' } })
})

t.test('without an export folder it is off, with one it is active, and says so once', async (t) => {
  const lab = await hosting(t)
  t.match(await lab.configure({ exportFolder: null }), { kind: 'off' })
  t.match(await lab.configure(), { kind: 'active', failure: null })
  t.match(await lab.configure(), { kind: 'active' }, 'the same again changes nothing')
  const states = lab.told.flatMap((word) =>
    word.method === 'plugin/stateChanged' ? [word.params.state.kind] : [],
  )
  t.strictSame(states, ['connecting', 'active'])
  t.equal(lab.logged.filter(({ event }) => event === 'configured').length, 2)
})

t.test('an order comes, asks, is answered and stands as a case; all of it is told', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const pkg = await lab.drop('single-crown')
  const waiting = await lab.order(pkg.orderId, 'waiting')
  const opened = [
    await lab.until('questions/opened', ({ question }) => question.kind === 'doctor'),
    await lab.until('questions/opened', ({ question }) => question.kind === 'material'),
  ].map(({ question }) => question)
  t.strictSame(
    waiting.waitsFor,
    opened.map(({ id, kind }) => ({ question: id, kind })),
  )
  t.strictSame(await lab.questions(), opened, 'what is listed is what was told')
  const [doctor, material] = opened
  if (doctor?.kind !== 'doctor' || material?.kind !== 'material') return t.fail('a doctor, then a material')
  t.match(doctor, { remembered: true, waitingCount: 1, waiting: [{ orderId: pkg.orderId, teeth: [11] }] })
  t.match(material.candidates[0], { code: 'ZIHT', names: { en: /Zirconia/, de: /Zirkon/ } })
  t.match(material.candidates[0]?.methods[0], { code: 'Mill5', names: { en: /Milling/, de: /Fräsen/ } })
  t.equal(material.canDefault, true)

  t.strictSame(await lab.ask('questions/answer', { question: doctor.id, answer: firstAnswer(doctor) }), {
    released: 0,
  })
  await lab.until('questions/closed', ({ id }) => id === doctor.id)
  t.strictSame(await lab.ask('questions/answer', { question: material.id, answer: firstAnswer(material) }), {
    released: 1,
  })
  await lab.until('questions/closed', ({ id }) => id === material.id)
  await lab.until('mappings/changed')
  const published = await lab.order(pkg.orderId, 'published')
  t.match(published, { waitsFor: [], failure: null })
  await assertWhole(t, lab.cases, published.project ?? '', pkg)
  t.strictSame(await lab.questions(), [])
})

t.test('the next order of the same doctor and material asks nothing', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('single-crown')
  await lab.order(first.orderId, 'waiting')
  await answerEverything(lab)
  await lab.order(first.orderId, 'published')
  const second = await lab.drop('single-crown', { seed: 2 })
  await lab.order(second.orderId, 'published')
  t.equal(lab.told.filter(({ method }) => method === 'questions/opened').length, 2)
})

t.test('progress goes from one begin to one end, with what is there between', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const pkg = await lab.drop('study-model')
  await lab.order(pkg.orderId, 'waiting')
  await lab.until('$/progress', ({ value }) => value.kind === 'end')
  const bar = lab.told.flatMap((word) => (word.method === '$/progress' ? [word.params] : []))
  t.equal(new Set(bar.map(({ token }) => token)).size, 1)
  const kinds = bar.map(({ value }) => value.kind)
  t.equal(kinds[0], 'begin')
  t.strictSame(new Set(kinds.slice(1, -1)), new Set(['report']))
  t.equal(kinds.at(-1), 'end')
  t.match(bar[0]?.value, { title: pkg.path.split('/').at(-1), of: Number })
})

t.test('answers that do not fit are refused, each for what it is, and the question stays', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await lab.order((await lab.drop('single-crown')).orderId, 'waiting')
  const [doctor, material] = await lab.questions()
  if (!doctor || !material) return t.fail('two questions')
  const answer = (question: number, given: object) =>
    lab.ask('questions/answer', { question, answer: given as never })
  await t.rejects(answer(99, firstAnswer(doctor)), { code: 'question-unknown' })
  await t.rejects(answer(doctor.id, firstAnswer(material)), { code: 'answer-unfit' })
  const unknown = { code: 'client-unknown', text: /client “999”/, facts: { client: '999' } }
  await t.rejects(answer(doctor.id, { kind: 'doctor', client: '999' }), unknown)
  const other = { ...firstAnswer(material), material: 'NOPE' }
  await t.rejects(answer(material.id, other), { code: 'answer-unfit', facts: { field: 'material' } })
  t.equal((await lab.questions()).length, 2)
  await answer(doctor.id, firstAnswer(doctor))
  await t.rejects(answer(doctor.id, firstAnswer(doctor)), { code: 'question-closed' })
})

t.test('refusals speak the configured language', async (t) => {
  const lab = await hosting(t)
  await lab.configure({ language: 'de' })
  await t.rejects(lab.ask('mappings/deleteMaterial', { key: 'x' }), {
    code: 'mapping-unknown',
    text: /Es gibt keine Zuordnung/,
  })
  await lab.order((await lab.drop('study-model')).orderId, 'waiting')
  const { entries } = await lab.ask('activity/list', { limit: 1 })
  t.match(entries, [{ text: /Auftrag \d+ \(STU\d+\) wartet/ }])
})

t.test('after a cut the host finds everything as it was, and nothing is asked twice', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await lab.order((await lab.drop('single-crown')).orderId, 'waiting')
  const before = await lab.questions()
  lab.reconnect()
  const from = lab.told.length
  t.match(await lab.configure(), { kind: 'active' })
  t.strictSame(await lab.questions(), before)
  const [doctor] = before
  if (!doctor) return t.fail('the doctor is asked for')
  await lab.ask('questions/answer', { question: doctor.id, answer: firstAnswer(doctor) })
  await lab.until('questions/closed', ({ id }) => id === doctor.id, from)
  t.notOk(
    lab.told
      .slice(from)
      .some((word) => word.method === 'questions/opened' && word.params.question.id === doctor.id),
  )
})

t.test('an order that comes while the host is cut off waits for it, and goes on with it', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  lab.cut()
  const pkg = await lab.drop('study-model')
  lab.reconnect()
  await lab.configure()
  await lab.order(pkg.orderId, 'waiting')
})

t.test('a configuration is applied whole or not at all', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const refused = [
    [{ materials: '<nonsense/>' }, 'material-list-invalid'],
    [{ nameTemplate: '%q' }, 'template-invalid'],
    [{ caseFolder: join(lab.root, 'nowhere') }, 'case-folder-missing'],
    [{ caseFolder: 'relative' }, 'case-folder-missing'],
    [{ caseFolder: '/nul\0byte' }, 'case-folder-missing'],
    [{ exportFolder: join(lab.root, 'nowhere') }, 'export-folder-missing'],
    [{ exportFolder: 'relative' }, 'export-folder-missing'],
  ] as const
  for (const [change, code] of refused) {
    await t.rejects(lab.configure({ ...change, language: 'de' }), { code, text: String }, code)
    t.match(await lab.ask('plugin/state', {}), { state: { kind: 'active' } })
  }
  const pkg = await lab.drop('study-model')
  await lab.order(pkg.orderId, 'waiting')
  const { entries } = await lab.ask('activity/list', { limit: 1 })
  t.match(entries, [{ text: /^Order/ }], 'not even its language has changed')
})

t.test('another case folder is another ledger, and the first is as it was when it comes back', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const first = await lab.drop('study-model')
  await lab.order(first.orderId, 'waiting')
  const other = join(lab.root, 'other')
  await mkdir(other)
  await mkdir(join(lab.root, 'exports-2'))
  await lab.configure({ caseFolder: other, exportFolder: join(lab.root, 'exports-2') })
  t.strictSame(await lab.ask('orders/list', {}), { orders: [] })
  t.strictSame(await lab.questions(), [])
  await lab.configure({ exportFolder: null })
  t.equal((await lab.questions()).length, 1)
  await answerEverything(lab)
  await lab.order(first.orderId, 'published')
  t.strictSame(await namesIn(other), [])
})

t.test(
  'a case folder that vanishes is offline, and everything goes on by itself when it is back',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    const pkg = await lab.drop('study-model')
    await lab.order(pkg.orderId, 'waiting')
    await rename(lab.cases, `${lab.cases}-away`)
    const { state } = await lab.until('plugin/stateChanged', ({ state }) => state.kind === 'offline')
    t.match(state.failure, { code: 'case-folder-missing', text: /case folder/ })
    await answerEverything(lab)
    const from = lab.told.length
    await rename(`${lab.cases}-away`, lab.cases)
    await lab.until('plugin/stateChanged', ({ state }) => state.kind === 'active', from)
    const { project } = await lab.order(pkg.orderId, 'published')
    await assertWhole(t, lab.cases, project ?? '', pkg)
    t.strictSame(await foldersInLog(lab), ['case-folder-away', 'case-folder-back'])
  },
)

t.test(
  'an export folder that vanishes is offline, and what lies there when it is back is imported',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    await rename(lab.exports, `${lab.exports}-away`)
    const { state } = await lab.until('plugin/stateChanged', ({ state }) => state.kind === 'offline')
    t.match(state.failure, { code: 'export-folder-missing' })
    await rename(`${lab.exports}-away`, lab.exports)
    const pkg = await lab.drop('study-model')
    await lab.order(pkg.orderId, 'waiting')
    t.strictSame(await foldersInLog(lab), ['export-folder-away', 'export-folder-back'])
  },
)

t.test(
  'a start while the folders are away is offline with everything that is known, and goes on',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    const pkg = await lab.drop('study-model')
    await lab.order(pkg.orderId, 'waiting')
    for (const folder of [lab.cases, lab.exports]) await rename(folder, `${folder}-away`)
    await lab.restart()
    t.match(await lab.configure(), { kind: 'offline', failure: { code: 'case-folder-missing' } })
    t.equal((await lab.questions()).length, 1)
    const from = lab.told.length
    await rename(`${lab.cases}-away`, lab.cases)
    const { state } = await lab.until('plugin/stateChanged', () => true, from)
    t.match(state.failure, { code: 'export-folder-missing' })
    await rename(`${lab.exports}-away`, lab.exports)
    await lab.until('plugin/stateChanged', ({ state }) => state.kind === 'active', from)
    await answerEverything(lab)
    await lab.order(pkg.orderId, 'published')
  },
)

t.test('a stop is one, however often it is asked for; after it nothing is answered or told', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await Promise.all([lab.ask('plugin/stop', {}), lab.ask('plugin/stop', {}), lab.connector.stopped])
  const from = lab.told.length
  await lab.drop('study-model')
  await t.rejects(lab.ask('orders/list', {}), { code: 'not-configured' })
  await t.rejects(lab.configure(), { code: 'not-configured' })
  t.equal(lab.told.length, from)
})

t.test('a stop in the middle of everything loses nothing and leaves whole cases only', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const packages = []
  for (let seed = 1; seed <= 4; seed++) packages.push(await lab.drop('study-model', { seed }))
  await lab.until('questions/opened')
  await answerEverything(lab)
  await lab.ask('plugin/stop', {})
  await lab.restart()
  await lab.configure()
  for (const pkg of packages) {
    const { project } = await lab.order(pkg.orderId, 'published')
    await assertWhole(t, lab.cases, project ?? '', pkg)
  }
  t.equal((await namesIn(lab.cases)).length, packages.length)
})

/** When folders went away and came back, oldest first. */
async function foldersInLog(lab: Hosting): Promise<readonly string[]> {
  const { entries } = await lab.ask('activity/list', {})
  return entries
    .map(({ kind }) => kind)
    .filter((kind) => kind.includes('-folder-'))
    .toReversed()
}

t.test('where the system has no place for an icon, the log says so once', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  await lab.configure({ language: 'de' })
  await lab.configure({ exportFolder: null })
  const expected = process.platform === 'win32' ? 0 : 1
  t.equal(lab.logged.filter(({ event }) => event === 'no-icon').length, expected)
})
