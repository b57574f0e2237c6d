import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { listActivity } from '../../plugin/ledger/activity.ts'
import { addedClients } from '../../plugin/ledger/clients.ts'
import {
  clientOf,
  deleteDoctorMapping,
  doctorMappings,
  materialDefaults,
  materialMappings,
} from '../../plugin/ledger/mappings.ts'
import { closeLedger, openLedger } from '../../plugin/ledger/open.ts'
import { openRevisions, revisionById } from '../../plugin/ledger/orders.ts'
import { answerQuestion, answersFor, listQuestions, questionById } from '../../plugin/ledger/questions.ts'
import type { QuestionId } from '../../plugin/ledger/schema.ts'
import { refuse, startPublishing, waitFor } from '../../plugin/ledger/stages.ts'
import type { Answer, Question } from '../../plugin/mapping/questions.ts'
import {
  client,
  contradictions,
  doctorQuestion,
  ledgerFor,
  mapDoctor,
  materialQuestion,
  NOW,
  received,
  SUMMARY,
  WAITING,
} from './made-up.ts'

const ask = (...questions: readonly Question[]) =>
  questions.map((question) => ({ question, waiting: WAITING }))
const existing = (id: string): Answer => ({ kind: 'doctor', client: { existing: client(id) } })
const added = (name: string, id?: string): Answer => ({
  kind: 'doctor',
  client: { new: id === undefined ? { name } : { name, id } },
})
const material = (code: string, makeDefault: { material: boolean; method: boolean }): Answer => ({
  kind: 'material',
  material: code,
  method: 'milled',
  makeDefault,
})
const BOTH = { material: true, method: true }
const NEITHER = { material: false, method: false }

/** The only open question. */
async function only(l: Parameters<typeof listQuestions>[0]): Promise<QuestionId> {
  const open = await listQuestions(l)
  if (open.length !== 1 || open[0] === undefined) throw new Error(`${open.length} are open`)
  return open[0].id
}

t.test('orders that wait for the same answer share one question, and each is shown with it', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1')
  const second = await received(l, '2')
  const one = await waitFor(l, first.id, ask(doctorQuestion('d')))
  const two = await waitFor(l, second.id, ask(doctorQuestion('d')))
  const id = await only(l)
  t.strictSame(one, { applied: true, questions: [{ id, opened: true }] })
  t.strictSame(two, { applied: true, questions: [{ id, opened: false }] })
  const [question] = await listQuestions(l)
  t.strictSame(question?.question, doctorQuestion('d'))
  t.equal(question?.openedAt, NOW)
  t.equal(question?.waitingCount, 2)
  t.strictSame(question?.waiting[0], {
    ...WAITING,
    revision: first.id,
    order: first.order,
    account: 'lab',
    orderId: '1',
    orderCode: null,
    number: 1,
    summary: SUMMARY,
    receivedAt: NOW,
  })
})

t.test('one answer releases every order that waited for it alone', async (t) => {
  const { l, file } = await ledgerFor(t)
  const alone = await received(l, '1')
  const also = await received(l, '2')
  const more = await received(l, '3')
  await waitFor(l, alone.id, ask(doctorQuestion('d')))
  await waitFor(l, also.id, ask(doctorQuestion('d')))
  await waitFor(l, more.id, ask(doctorQuestion('d'), materialQuestion('77')))
  const [doctor, metal] = await listQuestions(l)
  if (doctor === undefined || metal === undefined) throw new Error('two should be open')
  const { released } = await answerQuestion(l, doctor.id, existing('003'))
  t.strictSame(
    released.map((revision) => revision.id),
    [alone.id, also.id],
  )
  t.strictSame(await openRevisions(l), released, 'a restart would find the same')
  t.equal(await startPublishing(l, more.id, 'Case'), 'not-applied', 'the third still waits')
  const last = await answerQuestion(l, metal.id, material('NP', NEITHER))
  t.strictSame(
    last.released.map((revision) => revision.id),
    [more.id],
  )
  t.equal((await answersFor(l, more.id)).size, 2)
  t.equal(await startPublishing(l, more.id, 'Case'), 'reserved')
  t.strictSame(contradictions(file), [])
})

t.test('an answer that thousands wait for releases them all', async (t) => {
  const { l, file } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, ask(doctorQuestion('d')))
  const db = new DatabaseSync(file)
  db.exec(`with recursive n (i) as (select 2 union all select i + 1 from n where i <= 5000)
    insert into revisions (order_key, number, hash, stage, staging_name, guid, unique_id, received_at, summary, warnings, files)
    select order_key, i, i, stage, i, guid, unique_id, received_at, summary, warnings, files from revisions, n;
    insert into waiting_orders select question_id, r.id, waiting from waiting_orders, revisions r where r.number > 1`)
  db.close()
  const { released } = await answerQuestion(l, await only(l), existing('003'))
  t.equal(released.length, 5000 + 1)
  t.strictSame(contradictions(file), [])
})

t.test('an answer is given once', async (t) => {
  const { l } = await ledgerFor(t)
  await waitFor(l, (await received(l, '1')).id, ask(doctorQuestion('d')))
  const id = await only(l)
  await answerQuestion(l, id, existing('003'))
  await t.rejects(answerQuestion(l, id, existing('004')), {
    code: 'question-closed',
    facts: { question: id },
  })
  t.equal(await clientOf(l, doctorQuestion('d').identity), '003')
})

t.test('of two seats that answer at once, one is told that the question is closed', async (t) => {
  const { l, file } = await ledgerFor(t)
  const seat = await openLedger(file, () => NOW)
  t.teardown(() => closeLedger(seat))
  await waitFor(l, (await received(l, '1')).id, ask(doctorQuestion('d')))
  const id = await only(l)
  const both = await Promise.allSettled([
    answerQuestion(l, id, existing('003')),
    answerQuestion(seat, id, existing('004')),
  ])
  t.strictSame(both.map((one) => one.status).sort(), ['fulfilled', 'rejected'])
  t.match(
    both.find((one) => one.status === 'rejected'),
    { reason: { code: 'question-closed' } },
  )
})

t.test('a question that was never asked cannot be answered', async (t) => {
  const { l } = await ledgerFor(t)
  for (const id of [1, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER]) {
    await t.rejects(answerQuestion(l, id as QuestionId, existing('003')), { code: 'question-unknown' })
    await t.rejects(questionById(l, id as QuestionId), { code: 'question-unknown' })
  }
})

t.test('an answer to another kind of question is refused and the question stays open', async (t) => {
  const { l } = await ledgerFor(t)
  await waitFor(l, (await received(l, '1')).id, ask(doctorQuestion('d')))
  const id = await only(l)
  await t.rejects(answerQuestion(l, id, material('NP', BOTH)), {
    code: 'answer-unfit',
    facts: { field: 'kind' },
  })
  t.equal(await only(l), id)
})

t.test('a doctor who is to be remembered is mapped, by the order that asked first', async (t) => {
  const { l, time } = await ledgerFor(t)
  const first = await received(l, '1')
  await waitFor(l, first.id, ask(doctorQuestion('d')))
  await waitFor(l, (await received(l, '2')).id, ask(doctorQuestion('d')))
  time.now += 5
  await answerQuestion(l, await only(l), existing('003'))
  t.match(await doctorMappings(l), [
    { identity: doctorQuestion('d').identity, client: '003', made: { at: NOW + 5, order: first.order } },
  ])
  t.strictSame((await answersFor(l, first.id)).get(doctorQuestion('d').key), existing('003'))
})

t.test('the order at which a person answered is the one that is remembered', async (t) => {
  const { l } = await ledgerFor(t)
  await waitFor(l, (await received(l, '1')).id, ask(doctorQuestion('d')))
  const second = await received(l, '2')
  await waitFor(l, second.id, ask(doctorQuestion('d')))
  await answerQuestion(l, await only(l), existing('003'), { order: second.order })
  t.equal((await doctorMappings(l))[0]?.made.order, second.order)
})

t.test('a doctor without an identity is answered for these orders and not remembered', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, ask(doctorQuestion('1', false)))
  await answerQuestion(l, await only(l), existing('003'))
  t.strictSame(await doctorMappings(l), [])
  t.strictSame([...(await answersFor(l, id)).values()], [existing('003')])
})

t.test('a new client is added with its mapping, and the answer names it from then on', async (t) => {
  const { l } = await ledgerFor(t)
  const { id, order } = await received(l, '1')
  await waitFor(l, id, ask(doctorQuestion('d')))
  const question = await only(l)
  const { answer } = await answerQuestion(l, question, added('Practice at the Mill'))
  t.strictSame(answer, existing('M0001'))
  t.strictSame((await answersFor(l, id)).get(doctorQuestion('d').key), existing('M0001'))
  t.strictSame((await questionById(l, question)).answer, existing('M0001'))
  t.equal(await clientOf(l, doctorQuestion('d').identity), 'M0001')
  t.strictSame(await addedClients(l), [
    { id: 'M0001', details: { name: 'Practice at the Mill' }, addedAt: NOW, addedBy: order },
  ])
})

t.test('ids of new clients are never those of the laboratory, nor any given before', async (t) => {
  const { l } = await ledgerFor(t)
  const taken = ['003', 'm0001', 'M0003'].map(client)
  for (const doctor of ['a', 'b', 'c']) {
    await waitFor(l, (await received(l, doctor)).id, ask(doctorQuestion(doctor)))
    await answerQuestion(l, await only(l), added(doctor), { taken })
  }
  t.strictSame(
    (await addedClients(l)).map((one) => one.id),
    ['M0002', 'M0004', 'M0005'],
  )
})

t.test('an id that the person gives is kept, unless it is another client’s', async (t) => {
  const { l } = await ledgerFor(t)
  for (const doctor of ['a', 'b'])
    await waitFor(l, (await received(l, doctor)).id, ask(doctorQuestion(doctor)))
  const [a, b] = await listQuestions(l)
  if (a === undefined || b === undefined) throw new Error('two should be open')
  await answerQuestion(l, a.id, added('A', '0815'))
  t.equal(await clientOf(l, doctorQuestion('a').identity), '0815')
  const unfit = { code: 'answer-unfit', facts: { field: 'client.new.id' } }
  await t.rejects(answerQuestion(l, b.id, added('B', '0815')), unfit)
  await t.rejects(answerQuestion(l, b.id, added('B', '003'), { taken: [client('003')] }), unfit)
  t.equal(await only(l), b.id)
  t.equal((await addedClients(l)).length, 1)
  t.equal(await clientOf(l, doctorQuestion('b').identity), null)
})

for (const [ticked, expected] of [
  [BOTH, { material: 'NP', method: 'milled' }],
  [
    { material: true, method: false },
    { material: 'NP', method: null },
  ],
  [
    { material: false, method: true },
    { material: null, method: 'milled' },
  ],
  [NEITHER, undefined],
] as const) {
  t.test(`defaults kept with ${JSON.stringify(ticked)} are ${JSON.stringify(expected)}`, async (t) => {
    const { l } = await ledgerFor(t)
    const { id } = await received(l, '1')
    await waitFor(l, id, ask(materialQuestion('77')))
    await answerQuestion(l, await only(l), material('NP', ticked))
    t.strictSame((await materialDefaults(l, ['77'])).get('77'), expected)
    t.match([...(await answersFor(l, id)).values()], [{ material: 'NP', method: 'milled' }])
  })
}

t.test('no default is made for a material that is not stated', async (t) => {
  const { l } = await ledgerFor(t)
  await waitFor(l, (await received(l, '1')).id, ask(materialQuestion(null)))
  const id = await only(l)
  const unfit = { code: 'answer-unfit', facts: { field: 'makeDefault' } }
  await t.rejects(answerQuestion(l, id, material('NP', BOTH)), unfit)
  await answerQuestion(l, id, material('NP', NEITHER))
  t.strictSame(await materialMappings(l), [])
})

t.test(
  'a question answered without a default is asked anew for the next order, and answered for it alone',
  async (t) => {
    const { l } = await ledgerFor(t)
    const first = await received(l, '1')
    await waitFor(l, first.id, ask(materialQuestion('77')))
    const one = await only(l)
    await answerQuestion(l, one, material('NP', NEITHER))
    const second = await received(l, '2')
    t.equal((await answersFor(l, second.id)).size, 0)
    await waitFor(l, second.id, ask(materialQuestion('77')))
    const two = await only(l)
    t.not(two, one)
    await answerQuestion(l, two, material('TI', NEITHER))
    const { key } = materialQuestion('77')
    t.match((await answersFor(l, first.id)).get(key), { material: 'NP' })
    t.match((await answersFor(l, second.id)).get(key), { material: 'TI' })
  },
)

t.test('an order that is asked the same twice takes the later answer', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, ask(materialQuestion('77')))
  await answerQuestion(l, await only(l), material('NP', NEITHER))
  await waitFor(l, id, ask(materialQuestion('77')))
  await answerQuestion(l, await only(l), material('TI', NEITHER))
  t.match((await answersFor(l, id)).get(materialQuestion('77').key), { material: 'TI' })
})

t.test('an order whose questions change waits for the new ones only', async (t) => {
  const { l, file } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, ask(doctorQuestion('d'), materialQuestion('77')))
  await waitFor(l, id, ask(materialQuestion('77'), materialQuestion('78')))
  const keys = (await listQuestions(l)).map((open) => open.question.key)
  t.strictSame(keys, ['material:77', 'material:78'])
  t.strictSame(contradictions(file), [])
})

t.test('waiting twice for the same shows the order once', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, ask(doctorQuestion('d')))
  await waitFor(l, id, [{ question: doctorQuestion('d'), waiting: { teeth: [], note: 'changed' } }])
  t.match(await listQuestions(l), [{ waitingCount: 1, waiting: [{ note: 'changed' }] }])
})

t.test('to wait for nothing does not apply', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  t.strictSame(await waitFor(l, id, []), { applied: false })
  t.equal((await revisionById(l, id))?.stage, 'received')
})

t.test('a question that nobody waits for any more is not asked', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1')
  const second = await received(l, '2')
  await waitFor(l, first.id, ask(doctorQuestion('d')))
  await waitFor(l, second.id, ask(doctorQuestion('d')))
  const id = await only(l)
  await refuse(l, first.id, { code: 'staging-damaged', facts: {} })
  t.equal(await only(l), id, 'the second still waits')
  await refuse(l, second.id, { code: 'staging-damaged', facts: {} })
  t.strictSame(await listQuestions(l), [])
  await t.rejects(answerQuestion(l, id, existing('003')), { code: 'question-unknown' })
})

t.test('a doctor who is mapped otherwise while he is asked about is mapped as the answer says', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, ask(doctorQuestion('d')))
  await mapDoctor(l, doctorQuestion('d').identity, client('001'))
  const question = await only(l)
  t.equal(await clientOf(l, doctorQuestion('d').identity), '001')
  await answerQuestion(l, question, existing('003'))
  t.equal(await clientOf(l, doctorQuestion('d').identity), '003')
  t.equal((await doctorMappings(l)).length, 1)
})

t.test('a deleted mapping is asked for again under the same key', async (t) => {
  const { l } = await ledgerFor(t)
  await waitFor(l, (await received(l, '1')).id, ask(doctorQuestion('d')))
  await answerQuestion(l, await only(l), existing('003'))
  const [mapping] = await doctorMappings(l)
  if (mapping === undefined) throw new Error('not mapped')
  await deleteDoctorMapping(l, mapping.id)
  await waitFor(l, (await received(l, '2')).id, ask(doctorQuestion('d')))
  await answerQuestion(l, await only(l), existing('004'))
  t.equal(await clientOf(l, doctorQuestion('d').identity), '004')
})

t.test('open questions come page by page, the oldest first, with a bounded part of who waits', async (t) => {
  const { l } = await ledgerFor(t)
  for (let i = 0; i < 7; i++) {
    await waitFor(l, (await received(l, `${i}`)).id, ask(doctorQuestion('all'), doctorQuestion(`${i}`)))
  }
  const first = await listQuestions(l, { limit: 3, waiting: 2 })
  t.match(first, { length: 3, 0: { waitingCount: 7, waiting: { length: 2 } } })
  const after = first[2]?.id
  if (after === undefined) throw new Error('no third')
  const rest = await listQuestions(l, { after })
  t.equal(rest.length, 5)
  t.ok(rest.every((open) => open.id > after))
})

t.test('the log tells of questions by their numbers, never by a name', async (t) => {
  const { l } = await ledgerFor(t)
  await waitFor(l, (await received(l, '1')).id, ask(doctorQuestion('d')))
  await answerQuestion(l, await only(l), added('Practice at the Mill'))
  const log = await listActivity(l)
  t.strictSame(log.map((entry) => entry.kind).toReversed(), [
    'order-received',
    'question-opened',
    'order-waiting',
    'client-added',
    'doctor-mapped',
    'question-answered',
  ])
  t.notMatch(JSON.stringify(log), /Mill|Example|Muster/)
})

t.test(
  'the log tells of which kind a question was and of which material a default, and holds numbers only',
  async (t) => {
    const { l } = await ledgerFor(t)
    const first = await received(l, '1')
    await waitFor(l, first.id, ask(materialQuestion('22')))
    const id = await only(l)
    await answerQuestion(l, id, material('NP', BOTH))
    const about = { kind: 'material', material: 'Material 22' }
    const log = await listActivity(l)
    for (const kind of ['question-opened', 'question-answered', 'material-default-made'])
      t.match(
        log.filter((entry) => entry.kind === kind),
        [{ about, facts: { question: id } }],
        kind,
      )
    for (const { facts } of log) for (const fact of Object.values(facts)) t.type(fact, 'number')
  },
)
