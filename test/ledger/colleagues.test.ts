import t from 'tap'
import { type Colleagues, colleaguesIn } from '../../plugin/ledger/colleagues.ts'
import { deleteDoctorMapping, doctorMappings } from '../../plugin/ledger/mappings.ts'
import type { Ledger } from '../../plugin/ledger/open.ts'
import { answerQuestion, listQuestions } from '../../plugin/ledger/questions.ts'
import type { DoctorMappingId, QuestionId } from '../../plugin/ledger/schema.ts'
import { waitFor } from '../../plugin/ledger/stages.ts'
import type { DoctorDetails, DoctorQuestion } from '../../plugin/mapping/questions.ts'
import { client, doctorQuestion, ledgerFor, mapDoctor, received, WAITING } from './made-up.ts'

const doctor = (value: string, more: Partial<DoctorDetails>): DoctorQuestion => {
  const question = doctorQuestion(value)
  return { ...question, doctor: { ...question.doctor, ...more } }
}
const of = (known: Colleagues, question: DoctorQuestion) => [...known(question)]

/** An order of this doctor came, and he was assigned to the client. */
async function assigned(l: Ledger, question: DoctorQuestion, to: string): Promise<void> {
  const { id } = await received(l, `order-${question.identity.value}`)
  await waitFor(l, id, [{ question, waiting: WAITING }])
  const [open] = await listQuestions(l)
  await answerQuestion(l, open?.id as QuestionId, { kind: 'doctor', client: { existing: client(to) } })
}

t.test('a doctor of the same company or at the same address is a colleague, another is not', async (t) => {
  const { l } = await ledgerFor(t)
  await assigned(
    l,
    doctor('1', { companyId: '77', practiceAddress: 'Musterstraße 12, 04109 Musterstadt' }),
    '003',
  )
  await assigned(l, doctor('2', { companyId: '78' }), '004')
  const known = await colleaguesIn(l)
  t.strictSame(of(known, doctor('3', { companyId: '77' })), ['003'])
  t.strictSame(of(known, doctor('3', { practiceAddress: 'Musterstr. 12, D-04109 Musterstadt' })), ['003'])
  t.strictSame(of(known, doctor('3', { companyId: '79', practiceAddress: 'Seeweg 1, 99999 See' })), [])
  t.strictSame(of(known, doctor('3', {})), [], 'what is not stated is nothing in common')
  const elsewhere = doctor('3', { companyId: '77' })
  const other = { ...elsewhere, identity: { ...elsewhere.identity, account: 'other' } }
  t.strictSame(of(known, other), [], 'accounts do not share companies')
})

t.test('a colleague counts as he is mapped now', async (t) => {
  const { l } = await ledgerFor(t)
  const first = doctor('1', { companyId: '77' })
  await assigned(l, first, '003')
  await mapDoctor(l, first.identity, client('005'))
  t.strictSame(of(await colleaguesIn(l), doctor('2', { companyId: '77' })), ['005'])
  await deleteDoctorMapping(l, (await doctorMappings(l))[0]?.id as DoctorMappingId)
  t.strictSame(of(await colleaguesIn(l), doctor('2', { companyId: '77' })), [])
})
