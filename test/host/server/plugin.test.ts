import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { CaseList } from '../../../host/api.ts'
import { doctorQuestion, order } from './given.ts'
import { codeOf, laboratory, rowIn } from './laboratory.ts'

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
  t.equal(codeOf(await browser.get('/api/activity')), 'plugin-disabled')
  const seen = events.all.length
  await browser.send('PATCH', '/api/settings', on)
  await events.when((event) => event.type === 'questions' && event.open.length === 1, seen)
  t.match((await browser.get('/api/questions')).body, { questions: [{ id: 1 }] })
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
  await events.when((event) => event.type === 'plugins')
  t.strictSame(
    events.all.slice(0, 4).map(({ type }) => type),
    ['cases', 'questions', 'progress', 'plugins'],
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
