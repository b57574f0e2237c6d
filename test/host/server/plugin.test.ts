import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { ActivityPage, CaseList } from '../../../host/api.ts'
import { doctorQuestion, order } from './given.ts'
import { codeOf, laboratory, rowIn } from './laboratory.ts'
import type { Script } from './plugins/scripted/script.ts'

const off = { enabled: { scripted: false } }
const on = { enabled: { scripted: true } }

t.test('Orders on their way are listed once the plugin is connected', async (t) => {
  const lab = await laboratory(t, { script: { orders: [order(1), order(2)] } })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await browser.send('PATCH', '/api/settings', on)
  await events.when((event) => event.type === 'cases' && event.waiting === 2)
  const { rows } = (await browser.get<CaseList>('/api/cases')).body
  t.match(rows, [
    { status: 'waiting', patient: 'Quill, Wren' },
    { status: 'waiting', patient: 'Quill, Wren' },
  ])
})

t.test('Disabling stops the process and closes its questions here; enabling opens them again', async (t) => {
  const lab = await laboratory(t, { script: { questions: [doctorQuestion(1)] }, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await events.when((event) => event.type === 'questions' && event.open.length === 1)
  const { body } = await browser.send('PATCH', '/api/settings', off)
  t.match(body, { plugins: [{ enabled: false, process: { kind: 'stopped' } }] })
  t.match((await browser.get('/api/questions')).body, { questions: [] })
  const seen = events.all.length
  await browser.send('PATCH', '/api/settings', on)
  await events.when((event) => event.type === 'questions' && event.open.length === 1, seen)
  t.match((await browser.get('/api/questions')).body, { questions: [{ id: 1 }] })
})

t.test(
  'The log is there while the plugin is disabled, as it was told last, and is asked for anew when it is back',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    const browser = await lab.signIn()
    t.equal((await browser.get<ActivityPage>('/api/activity')).body.keptAt, null, 'as it is')
    await browser.send('POST', '/api/clients', { name: 'Practice One' })
    await browser.send('PATCH', '/api/settings', off)
    const { status, body } = await browser.get<ActivityPage>('/api/activity')
    t.equal(status, 200)
    t.ok((body.keptAt ?? 0) > 0)
    t.match(body.entries, [{ kind: 'told' }, { text: 'clients/changed' }], 'with what was told just before')
    const older = (await browser.get<ActivityPage>('/api/activity?after=2')).body
    t.strictSame(
      older.entries.map(({ id }) => id),
      [1],
    )
    await lab.close()
    const again = await laboratory(t, { home: lab.home })
    const later = await again.signIn()
    t.strictSame((await later.get<ActivityPage>('/api/activity')).body, body, 'also after a restart')
    await later.send('PATCH', '/api/settings', on)
    t.equal((await later.get<ActivityPage>('/api/activity')).body.keptAt, null)
  },
)

t.test('The log of another case folder is not shown for this one', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  await browser.send('PATCH', '/api/settings', off)
  t.ok((await browser.get<ActivityPage>('/api/activity')).body.entries.length > 0)
  const caseFolder = t.testdir({})
  t.equal((await browser.send('PATCH', '/api/settings', { caseFolder })).status, 200)
  t.strictSame((await browser.get('/api/activity')).body, { entries: [], keptAt: null })
})

t.test(
  'The last failure outlives the switch and a restart, until the plugin works or a person dismisses it',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    await lab.close()
    const again = await laboratory(t, { home: lab.home, script: { crashAtStart: true } })
    const browser = await again.signIn()
    await (await browser.listen()).when((event) => rowIn(event)?.process.kind === 'pausing')
    await browser.send('PATCH', '/api/settings', off)
    const stopped = { process: { kind: 'stopped' }, lastFailure: { failure: { code: 'plugin-not-started' } } }
    t.match((await browser.settings()).plugins, [stopped])
    await again.close()
    const third = await laboratory(t, { home: lab.home })
    const later = await third.signIn()
    t.match((await later.settings()).plugins, [stopped])
    t.equal((await later.send('DELETE', '/api/plugins/scripted/failure')).status, 200)
    t.match((await later.settings()).plugins, [{ lastFailure: null }])
    t.equal(codeOf(await later.send('DELETE', '/api/plugins/nobody/failure')), 'plugin-unknown')
  },
)

t.test('A failure is overcome where the plugin works again', async (t) => {
  const lab = await laboratory(t, { script: { onLook: 'crash' }, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await browser.send('POST', '/api/look', {})
  const paused = await events.when((event) => rowIn(event)?.process.kind === 'pausing')
  t.match(rowIn(paused)?.lastFailure, { failure: { code: 'plugin-crashed' } })
  const later = events.all.length
  const works = await events.when((event) => rowIn(event)?.process.kind === 'running', later)
  t.equal(rowIn(works)?.lastFailure, null)
})

t.test(
  'A plugin that ends in good order, as at a log-off, has not failed, and is started again',
  async (t) => {
    const lab = await laboratory(t, { script: { onLook: 'end' }, enabled: true })
    const browser = await lab.signIn()
    const events = await browser.listen()
    await browser.send('POST', '/api/look', {})
    const paused = await events.when((event) => rowIn(event)?.process.kind === 'pausing')
    t.match(rowIn(paused), { process: { failure: { code: 'plugin-ended' } }, lastFailure: null })
    await events.when((event) => rowIn(event)?.process.kind === 'running', events.all.length)
    const { entries } = (await browser.get<ActivityPage>('/api/activity')).body
    t.notOk(entries.some(({ text }) => text === 'after a crash'))
  },
)

t.test('A plugin that was given up keeps it in its log once a person has enabled it anew', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  const scripted = (script: Script) =>
    writeFileSync(join(lab.home, 'plugins', 'scripted', 'script.json'), JSON.stringify(script))
  const log = async () =>
    (await browser.get<ActivityPage>('/api/activity')).body.entries.map(({ text }) => text)
  t.notOk((await log()).includes('after a crash'))
  scripted({ crashAtStart: true })
  await browser.send('PATCH', '/api/settings', { exportFolder: t.testdir({}) })
  await events.when((event) => rowIn(event)?.process.kind === 'given-up')
  await browser.send('PATCH', '/api/settings', { enabled: { scripted: false } })
  scripted({})
  await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })
  t.ok((await log()).includes('after a crash'))
  await browser.send('PATCH', '/api/settings', { enabled: { scripted: false } })
  await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })
  t.notOk((await log()).includes('after a crash'))
})

t.test('A plugin that was given up asks nothing, and says so wherever it is asked', async (t) => {
  const lab = await laboratory(t, { script: { questions: [doctorQuestion(1)] }, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await events.when((event) => event.type === 'questions' && event.open.length === 1)
  const script = { questions: [doctorQuestion(1)], onLook: 'crash', crashAtStart: true }
  writeFileSync(join(lab.home, 'plugins', 'scripted', 'script.json'), JSON.stringify(script))
  // One more process, that knows the new script.
  await browser.send('PATCH', '/api/settings', { exportFolder: t.testdir({}) })
  await events.when((event) => rowIn(event)?.process.kind === 'given-up')
  await events.when((event) => event.type === 'questions' && event.open.length === 0)
  t.match((await browser.get('/api/questions')).body, { questions: [] })
  for (const [method, path, body] of [
    ['POST', '/api/look', {}],
    ['POST', '/api/questions/1/answer', { kind: 'doctor', client: '001' }],
  ] as const) {
    const answer = await browser.send(method, path, body)
    t.equal(answer.status, 503, path)
    t.equal(codeOf(answer), 'plugin-given-up', path)
  }
  const log = (await browser.get<ActivityPage>('/api/activity')).body
  t.ok(log.keptAt !== null && log.entries.length > 0, 'its log is there as it told it last')
})

t.test('A plugin that does not stop is ended within five seconds', async (t) => {
  const lab = await laboratory(t, { script: { neverStops: true }, enabled: true })
  const browser = await lab.signIn()
  const begun = Date.now()
  const { body } = await browser.send('PATCH', '/api/settings', off)
  const took = Date.now() - begun
  t.match(body, { plugins: [{ enabled: false, process: { kind: 'stopped' } }] })
  t.ok(took <= 5000, `${took} ms`)
})

t.test('A page that asks while the host ends does not start the plugin again', async (t) => {
  const lab = await laboratory(t, { script: { neverStops: true }, enabled: true })
  const browser = await lab.signIn()
  const ended = lab.close()
  t.equal(codeOf(await browser.get('/api/settings')), 'host-ending')
  await ended
  t.strictSame(lab.faults, [])
})

t.test('A crash shows with its pause, and the plugin comes back with what was open', async (t) => {
  const script = { onLook: 'crash', questions: [doctorQuestion(1)] } as const
  const lab = await laboratory(t, { script, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await events.when((event) => event.type === 'questions' && event.open.length === 1)
  await browser.send('POST', '/api/look', {})
  const paused = await events.when((event) => rowIn(event)?.process.kind === 'pausing')
  t.match(rowIn(paused)?.process, { crashes: 1, failure: { code: 'plugin-crashed' } })
  t.match(
    (await browser.get('/api/questions')).body,
    { questions: [{ id: 1 }] },
    'still to be seen meanwhile',
  )
  const later = events.all.length
  await events.when((event) => rowIn(event)?.process.kind === 'running', later)
  t.equal((await browser.get('/api/activity')).status, 200)
  await events.when((event) => event.type === 'questions' && event.open.length === 1, later)
  t.match((await browser.get('/api/questions')).body, { questions: [{ id: 1 }] })
})

t.test('A look lets a refused package leave the list whose file is gone', async (t) => {
  const failure = { code: 'zip-damaged', text: 'The zip is damaged.' }
  const refusedOnce = [{ name: 'iTero_Export_7.zip', failure, seenAt: 1_700_000_000_000 }]
  const lab = await laboratory(t, { script: { refusedOnce }, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await events.when((event) => event.type === 'cases' && event.total === 1)
  const seen = events.all.length
  await browser.send('POST', '/api/look', {})
  await events.when((event) => event.type === 'cases' && event.total === 0, seen)
  t.match((await browser.get('/api/cases')).body, { total: 0, rows: [] })
})

t.test('A plugin that crashes whenever it is started is not left enabled', async (t) => {
  const lab = await laboratory(t, { script: { crashAtStart: true } })
  const browser = await lab.signIn()
  const answer = await browser.send('PATCH', '/api/settings', on)
  t.equal(answer.status, 503)
  t.equal(codeOf(answer), 'plugin-not-started')
  t.ok(lab.faults.includes('process: exit 7'))
  t.match((await browser.settings()).plugins, [{ enabled: false, process: { kind: 'stopped' } }])
})

t.test(
  'A plugin that begins to crash while the host is off does not keep the host from starting',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    await lab.close()
    const script = { crashAtStart: true }
    const again = await laboratory(t, { home: lab.home, script })
    const browser = await again.signIn()
    const events = await browser.listen()
    await events.when((event) => rowIn(event)?.process.kind === 'pausing')
    t.match((await browser.settings()).plugins, [{ enabled: true, process: { kind: 'pausing' } }])
    writeFileSync(join(lab.home, 'plugins', 'scripted', 'script.json'), '{}')
    await browser.send('PATCH', '/api/settings', off)
    const { body } = await browser.send('PATCH', '/api/settings', on)
    t.match(body, { plugins: [{ process: { kind: 'running' } }] }, 'off and on starts it at once')
  },
)

t.test('While the plugin crashes again and again, settings can still be changed', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  await lab.close()
  const again = await laboratory(t, { home: lab.home, script: { crashAtStart: true } })
  const browser = await again.signIn()
  await (await browser.listen()).when((event) => rowIn(event)?.process.kind === 'pausing')
  const answer = await browser.send('PATCH', '/api/settings', { language: 'de' })
  t.match(answer, { status: 200, body: { language: 'de', plugins: [{ enabled: true }] } })
})

t.test('A storm of changes reaches a page as a few events, the last of them whole', async (t) => {
  const lab = await laboratory(t, { script: { onLook: 'storm', orders: [order(1)] }, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await browser.send('POST', '/api/look', {})
  await events.when((event) => event.type === 'cases' && event.waiting === 501)
  const last = await events.when((event) => event.type === 'progress' && event.bars[0]?.done === 500)
  t.match(last.type === 'progress' && last.bars, [{ title: 'storm', done: 500, of: 500 }])
  t.ok(events.all.length < 60, `${events.all.length} events for 1001 changes`)
})

t.test('A page that comes late is told at once how everything stands', async (t) => {
  const lab = await laboratory(t, { script: { questions: [doctorQuestion(1)] }, enabled: true })
  const browser = await lab.signIn()
  const first = await browser.listen()
  await first.when((event) => event.type === 'questions' && event.open.length === 1)
  const events = await browser.listen()
  await events.when((event) => event.type === 'cloud')
  t.strictSame(
    events.all.slice(0, 5).map(({ type }) => type),
    ['cases', 'questions', 'progress', 'plugins', 'cloud'],
  )
  t.match(events.all[1], { open: [1] })
})

t.test('Ending the host ends its plugin and lets its pages go', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  await browser.listen()
  await Promise.all([lab.close(), lab.close()])
  await t.rejects(browser.get('/api/session'))
})
