import t from 'tap'
import { listActivity } from '../../plugin/ledger/activity.ts'
import { deleteDoctorMapping, doctorMappings } from '../../plugin/ledger/mappings.ts'
import {
  lastNews,
  newsSince,
  openQuestionMarks,
  waitedFor,
  waitingRevisions,
} from '../../plugin/ledger/news.ts'
import { openLedger } from '../../plugin/ledger/open.ts'
import { listedById } from '../../plugin/ledger/orders.ts'
import { notePackage } from '../../plugin/ledger/packages.ts'
import { answerQuestion, listQuestions } from '../../plugin/ledger/questions.ts'
import type { QuestionId } from '../../plugin/ledger/schema.ts'
import { finishPublishing, startPublishing, waitFor } from '../../plugin/ledger/stages.ts'
import type { Answer } from '../../plugin/mapping/questions.ts'
import { client, doctorQuestion, ledgerFor, materialQuestion, received, WAITING } from './made-up.ts'

const existing: Answer = { kind: 'doctor', client: { existing: client('003') } }
const asked = (value: string) => [{ question: doctorQuestion(value), waiting: WAITING }]

t.test('nothing has happened where nothing did', async (t) => {
  const { l } = await ledgerFor(t)
  const last = await lastNews(l)
  t.equal(last, 0)
  t.strictSame(await newsSince(l, last), {
    upTo: 0,
    revisions: [],
    refused: [],
    mappings: false,
    more: false,
  })
})

t.test('every step of a revision is news of it, once for each look, whoever takes it', async (t) => {
  const { l, file } = await ledgerFor(t)
  const before = await lastNews(l)
  const elsewhere = await openLedger(file, () => 0)
  t.teardown(() => elsewhere.db.destroy())
  const { id } = await received(elsewhere, '1')
  const first = await newsSince(l, before)
  t.strictSame(first.revisions, [id])
  await startPublishing(elsewhere, id, 'Case')
  await finishPublishing(elsewhere, id)
  const second = await newsSince(l, first.upTo)
  t.strictSame(second.revisions, [id])
  t.strictSame((await newsSince(l, second.upTo)).revisions, [])
})

t.test('an answer is news of the orders that go on waiting for another', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  await waitFor(l, id, [...asked('d'), { question: materialQuestion('12'), waiting: WAITING }])
  const before = await lastNews(l)
  const [doctor] = await listQuestions(l)
  await answerQuestion(l, doctor?.id as QuestionId, existing)
  t.strictSame((await newsSince(l, before)).revisions, [id])
  t.equal((await waitedFor(l, [id])).get(id)?.length, 1)
})

t.test('a refused package and a mapping are news', async (t) => {
  const { l } = await ledgerFor(t)
  const failure = { code: 'zip-damaged', facts: {} } as const
  await notePackage(l, { path: '/in/x.zip', signature: 's' }, { kind: 'refused', failure })
  const first = await newsSince(l, await lastNews(l).then(() => 0 as never))
  t.equal(first.refused.length, 1)
  t.equal(first.mappings, false)
  const { id } = await received(l, '1')
  await waitFor(l, id, asked('d'))
  const [open] = await listQuestions(l)
  await answerQuestion(l, open?.id as QuestionId, existing)
  const second = await newsSince(l, first.upTo)
  t.equal(second.mappings, true)
  await deleteDoctorMapping(l, (await doctorMappings(l))[0]?.id as never)
  t.equal((await newsSince(l, second.upTo)).mappings, true)
})

t.test(
  'the mark of an open question changes with the orders that wait, and goes when it is closed',
  async (t) => {
    const { l } = await ledgerFor(t)
    await waitFor(l, (await received(l, '1')).id, asked('d'))
    const one = await openQuestionMarks(l)
    t.equal(one.size, 1)
    await waitFor(l, (await received(l, '2')).id, asked('d'))
    const two = await openQuestionMarks(l)
    const [id] = two.keys()
    t.not(two.get(id as QuestionId), one.get(id as QuestionId))
    await answerQuestion(l, id as QuestionId, existing)
    t.equal((await openQuestionMarks(l)).size, 0)
  },
)

t.test('a revision tells each open question that it waits for, and none that is answered', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  const other = await received(l, '2')
  await waitFor(l, id, [...asked('d'), { question: materialQuestion('7'), waiting: WAITING }])
  const kinds = async () => (await waitedFor(l, [id, other.id])).get(id)?.map(({ kind }) => kind)
  t.strictSame(await kinds(), ['doctor', 'material'])
  t.notOk((await waitedFor(l, [other.id])).has(other.id))
  const [doctor] = await listQuestions(l, { limit: 1 })
  await answerQuestion(l, doctor?.id as QuestionId, existing)
  t.strictSame(await kinds(), ['material'])
  t.strictSame(await waitingRevisions(l), [id])
})

t.test('revisions are given by their numbers, and those that are unknown left out', async (t) => {
  const { l } = await ledgerFor(t)
  const { id } = await received(l, '1')
  t.strictSame(
    (await listedById(l, [id, 99 as never])).map(({ orderId }) => orderId),
    ['1'],
  )
  t.strictSame(await listedById(l, []), [])
})

t.test('an entry of the log names its order by the number that people know', async (t) => {
  const { l } = await ledgerFor(t)
  await received(l, '300000001')
  t.match(await listActivity(l, { limit: 1 }), [{ kind: 'order-received', orderId: '300000001' }])
})
