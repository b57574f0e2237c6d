import t from 'tap'
import { answerAndGoOn, keepAnswer } from '../../plugin/answering.ts'
import { importPackage } from '../../plugin/importer.ts'
import { listQuestions } from '../../plugin/ledger/questions.ts'
import { openLaboratory } from '../../plugin/terminal/laboratory-files.ts'
import { assertWhole } from '../laboratory.ts'
import { CLIENT, type Hosting, hosting } from './hosting.ts'

/** Another process on the same ledger: a terminal, or another seat. */
async function otherSeat(t: import('tap').Test, lab: Hosting) {
  const installation = await openLaboratory({ into: lab.cases, data: lab.data, language: 'en' }, 'write')
  t.teardown(() => installation.close())
  return { ...installation.importer, clients: async () => [{ ...CLIENT, id: CLIENT.id as never }] }
}

const existing = { kind: 'doctor', client: { existing: CLIENT.id as never } } as const

t.test(
  'a question that is answered at another seat is closed here, and its order told as it moves',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure()
    const pkg = await lab.drop('study-model')
    await lab.order(pkg.orderId, 'waiting')
    const seat = await otherSeat(t, lab)
    const [open] = await listQuestions(seat.ledger)
    if (!open) return t.fail('the doctor is asked for')
    await answerAndGoOn(seat, open.id, existing)
    await lab.until('questions/closed', ({ id }) => id === open.id)
    const { project } = await lab.order(pkg.orderId, 'published')
    await lab.until('mappings/changed')
    await assertWhole(t, lab.cases, project ?? '', pkg)
    await t.rejects(
      lab.ask('questions/answer', { question: open.id, answer: { kind: 'doctor', client: CLIENT.id } }),
      { code: 'question-closed' },
    )
  },
)

t.test(
  'a question that opens at another seat is told here, and told again as more orders wait',
  async (t) => {
    const lab = await hosting(t)
    await lab.configure({ exportFolder: null })
    const seat = await otherSeat(t, lab)
    const first = await lab.drop('study-model')
    await importPackage(seat, first.path)
    const { question } = await lab.until('questions/opened')
    const second = await lab.drop('study-model', { seed: 2 })
    await importPackage(seat, second.path)
    const again = await lab.until('questions/opened', ({ question }) => question.waitingCount === 2)
    t.equal(again.question.id, question.id)
    t.strictSame(
      again.question.waiting.map(({ orderId }) => orderId),
      [first.orderId, second.orderId],
    )
  },
)

t.test('an order that another seat has released and left lying goes on here', async (t) => {
  const lab = await hosting(t)
  await lab.configure()
  const pkg = await lab.drop('study-model')
  await lab.order(pkg.orderId, 'waiting')
  const seat = await otherSeat(t, lab)
  const [open] = await listQuestions(seat.ledger)
  if (!open) return t.fail('the doctor is asked for')
  await keepAnswer(seat, open.id, existing)
  const { project } = await lab.order(pkg.orderId, 'published')
  await assertWhole(t, lab.cases, project ?? '', pkg)
})
