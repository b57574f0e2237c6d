import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ActivityEntry, ClientRow } from '../../../host/api.ts'
import { doctorQuestion, materialQuestion } from './given.ts'
import { type Answered, type Browser, codeOf, laboratory, textOf } from './laboratory.ts'
import type { Script } from './plugins/scripted/script.ts'

const NEW = { kind: 'doctor', new: { name: 'Made-up Practice' } } as const
const material = (rest: object = {}) => ({
  kind: 'material',
  material: 'ZI',
  method: 'Mill5',
  makeDefault: { material: true, method: false },
  ...rest,
})

/** A browser that sees so many open questions. */
async function asked(t: Test, script: Script): Promise<Browser> {
  const lab = await laboratory(t, { script, enabled: true })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await events.when((event) => event.type === 'questions' && event.open.length === script.questions?.length)
  events.close()
  return browser
}
const answer = (browser: Browser, id: number, body: object): Promise<Answered> =>
  browser.send('POST', `/api/questions/${id}/answer`, body)
const clients = async (browser: Browser) =>
  (await browser.get<{ clients: ClientRow[] }>('/api/clients')).body.clients
/** What the plugin was told, in order. */
const told = async (browser: Browser) =>
  (await browser.get<{ entries: ActivityEntry[] }>('/api/activity')).body.entries
    .slice(1)
    .map(({ text }) => text)

t.test('Questions are shown as the plugin told them, oldest first', async (t) => {
  const browser = await asked(t, { questions: [materialQuestion(7), doctorQuestion(3)] })
  t.strictSame((await browser.get('/api/questions')).body, {
    questions: [doctorQuestion(3), materialQuestion(7)],
  })
})

t.test('A new client is kept, known to the plugin, and the answer', async (t) => {
  const browser = await asked(t, { questions: [doctorQuestion(1)] })
  t.match(await answer(browser, 1, NEW), { status: 200, body: { released: 1 } })
  const [client] = await clients(browser)
  t.match(client, { name: 'Made-up Practice' })
  t.strictSame(await told(browser), [
    'clients/changed',
    JSON.stringify({ kind: 'doctor', client: client?.id }),
  ])
  t.match((await browser.get('/api/questions')).body, { questions: [] })
})

t.test(
  'A new client of a name that there is already is told, and kept where the answer knows of it',
  async (t) => {
    const browser = await asked(t, { questions: [doctorQuestion(1)] })
    await browser.send('POST', '/api/clients', NEW.new)
    const refused = await answer(browser, 1, NEW)
    t.equal(refused.status, 409)
    t.equal(codeOf(refused), 'client-name-taken')
    t.match(textOf(refused), /001/)
    t.equal((await clients(browser)).length, 1)
    t.match(
      (await browser.get('/api/questions')).body,
      { questions: [{ id: 1 }] },
      'and the question is open',
    )
    const known = await answer(browser, 1, { kind: 'doctor', new: { ...NEW.new, sameName: true } })
    t.match(known, { status: 200, body: { released: 1 } })
    t.equal((await clients(browser)).length, 2)
  },
)

t.test('An existing client is the answer', async (t) => {
  const browser = await asked(t, { questions: [doctorQuestion(1)] })
  const { body: client } = await browser.send<ClientRow>('POST', '/api/clients', {
    name: 'Existing Practice',
  })
  t.match(await answer(browser, 1, { kind: 'doctor', client: client.id }), { status: 200 })
  t.equal((await clients(browser)).length, 1)
})

t.test(
  'Two seats that answer at once with a new client: one is heard, one is told, one client is kept',
  async (t) => {
    const browser = await asked(t, { questions: [doctorQuestion(1)] })
    const answers = await Promise.all([
      answer(browser, 1, NEW),
      answer(browser, 1, { ...NEW, new: { name: 'Another' } }),
    ])
    t.strictSame(answers.map(({ status }) => status).toSorted(), [200, 404])
    t.equal((await clients(browser)).length, 1)
  },
)

t.test('An answer given twice is told in plain words, and changes nothing', async (t) => {
  const browser = await asked(t, { questions: [materialQuestion(1), materialQuestion(2)] })
  t.equal((await answer(browser, 1, material())).status, 200)
  const again = await answer(browser, 1, material())
  t.equal(codeOf(again), 'question-unknown')
  t.not(textOf(again), '')
  t.equal((await told(browser)).length, 1)
})

t.test('A question that was answered elsewhere meanwhile: told so, and gone from the list', async (t) => {
  const browser = await asked(t, { questions: [materialQuestion(1)], onAnswer: 'closed-elsewhere' })
  const late = await answer(browser, 1, material())
  t.equal(late.status, 409)
  t.equal(codeOf(late), 'question-closed')
  t.not(textOf(late), '')
  t.match((await browser.get('/api/questions')).body, { questions: [] })
})

t.test('A new client sent again after the plugin crashed over the answer is kept once', async (t) => {
  const browser = await asked(t, { questions: [doctorQuestion(1)], onAnswer: 'crash' })
  t.equal(codeOf(await answer(browser, 1, NEW)), 'plugin-not-running')
  t.equal(codeOf(await answer(browser, 1, NEW)), 'plugin-not-running')
  t.equal((await clients(browser)).length, 1)
})

t.test('An unknown question is told, and keeps no client', async (t) => {
  const browser = await asked(t, { questions: [doctorQuestion(1)] })
  t.equal(codeOf(await answer(browser, 99, NEW)), 'question-unknown')
  t.strictSame(await clients(browser), [])
})

t.test('A doctor’s answer to a question about material does not fit, and keeps no client', async (t) => {
  const browser = await asked(t, { questions: [materialQuestion(1)] })
  t.equal(codeOf(await answer(browser, 1, NEW)), 'answer-unfit')
  t.strictSame(await clients(browser), [])
})

t.test('A client that was deleted meanwhile is no answer, and the question stays', async (t) => {
  const browser = await asked(t, { questions: [doctorQuestion(1)] })
  t.equal(codeOf(await answer(browser, 1, { kind: 'doctor', client: '999' })), 'client-unknown')
  t.match((await browser.get('/api/questions')).body, { questions: [{ id: 1 }] })
})

t.test('A new client without a name is refused with the field, and nothing is answered', async (t) => {
  const browser = await asked(t, { questions: [doctorQuestion(1)] })
  t.equal(codeOf(await answer(browser, 1, { kind: 'doctor', new: { name: '' } })), 'body-invalid')
  t.strictSame(await told(browser), [])
})

t.test('Without the plugin there is no question to answer, and it says why', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.equal(codeOf(await answer(browser, 1, NEW)), 'plugin-disabled')
})

t.test('The same number of another case folder is another question: its client is another', async (t) => {
  const lab = await laboratory(t, {
    script: { questions: [doctorQuestion(1)], onAnswer: 'crash' },
    enabled: true,
  })
  const browser = await lab.signIn()
  const events = await browser.listen()
  await events.when((event) => event.type === 'questions' && event.open.length === 1)
  await answer(browser, 1, NEW)
  mkdirSync(join(lab.home, 'other'))
  const seen = events.all.length
  const { status } = await browser.send('PATCH', '/api/settings', { caseFolder: join(lab.home, 'other') })
  t.equal(status, 200)
  await events.when((event) => event.type === 'questions' && event.open.length === 1, seen)
  await answer(browser, 1, { kind: 'doctor', new: { name: 'Another Practice' } })
  t.strictSame(
    (await clients(browser)).map(({ name }) => name),
    ['Made-up Practice', 'Another Practice'],
  )
})
