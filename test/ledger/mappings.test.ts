import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import {
  clearMaterialDefault,
  clearMethodDefault,
  clientOf,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  materialDefaults,
  materialMappings,
} from '../../plugin/ledger/mappings.ts'
import { MIGRATIONS } from '../../plugin/ledger/migrations.ts'
import { closeLedger, type Ledger, openLedger } from '../../plugin/ledger/open.ts'
import { answerQuestion, listQuestions } from '../../plugin/ledger/questions.ts'
import type { DoctorMappingId, RevisionId } from '../../plugin/ledger/schema.ts'
import { finishPublishing, startPublishing, waitFor } from '../../plugin/ledger/stages.ts'
import type { Answer, DoctorIdentity } from '../../plugin/mapping/questions.ts'
import {
  claimed,
  client,
  doctorQuestion,
  ledgerFor,
  mapDoctor,
  materialQuestion,
  NOW,
  received,
  SUMMARY,
  setMaterialDefault,
  WAITING,
} from './made-up.ts'

const DOCTOR: DoctorIdentity = { account: 'lab', by: 'id', value: '12345' }
const GOLD = { key: '22', itero: { id: '22', name: 'Gold' } }

t.test('a doctor is known by account, kind of identity and value together', async (t) => {
  const { l } = await ledgerFor(t)
  await mapDoctor(l, DOCTOR, client('003'))
  t.equal(await clientOf(l, DOCTOR), '003')
  t.equal(await clientOf(l, { ...DOCTOR, account: 'other' }), null)
  t.equal(await clientOf(l, { ...DOCTOR, by: 'licence' }), null)
  t.equal(await clientOf(l, { ...DOCTOR, value: '123456' }), null)
})

t.test('a mapping made anew says when and at which order', async (t) => {
  const { l, time } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await mapDoctor(l, DOCTOR, client('003'))
  time.now += 10
  await mapDoctor(l, DOCTOR, client('004'), order)
  t.match(await doctorMappings(l), [{ identity: DOCTOR, client: '004', made: { at: NOW + 10, order } }])
})

t.test('a deleted doctor mapping is gone; a second time it is unknown', async (t) => {
  const { l } = await ledgerFor(t)
  await mapDoctor(l, DOCTOR, client('003'))
  const id = (await doctorMappings(l))[0]?.id as DoctorMappingId
  await deleteDoctorMapping(l, id)
  t.equal(await clientOf(l, DOCTOR), null)
  await t.rejects(deleteDoctorMapping(l, id), { code: 'mapping-unknown', facts: { mapping: id } })
  await mapDoctor(l, DOCTOR, client('003'))
  t.not((await doctorMappings(l))[0]?.id, id, 'an old page cannot delete the new one')
})

t.test(
  'a doctor known by name is told as the order writes him, whatever another revision of it names',
  async (t) => {
    const { l } = await ledgerFor(t)
    const { order } = await received(l, '1', 'a', { ...SUMMARY, doctor: 'Gorse, Ilya' })
    await received(l, '1', 'b', { ...SUMMARY, doctor: 'Sedge, Kim' })
    await mapDoctor(l, { account: 'lab', by: 'name', value: 'gorse, ilya' }, client('003'), order)
    await mapDoctor(l, { account: 'lab', by: 'name', value: 'nobody, now' }, client('004'))
    t.match(await doctorMappings(l), [
      { identity: { value: 'gorse, ilya' }, written: 'Gorse, Ilya', doctor: 'Gorse, Ilya' },
      { written: 'nobody, now', doctor: null },
    ])
  },
)

async function publishedAs(l: Ledger, id: RevisionId, project: string): Promise<void> {
  await startPublishing(l, id, project)
  await finishPublishing(l, id)
}

async function answerAll(l: Ledger): Promise<void> {
  const makeDefault = { material: true, method: true }
  for (const { id, question } of await listQuestions(l)) {
    const answer: Answer =
      question.kind === 'doctor'
        ? { kind: 'doctor', client: { existing: client('003') } }
        : { kind: 'material', material: 'GOLD', method: 'cast', makeDefault }
    await answerQuestion(l, id, answer)
  }
}

t.test(
  'a mapping tells the order that made it, its doctor and the case of the revision that asked, however often the order came since',
  async (t) => {
    const { l, time } = await ledgerFor(t)
    const first = await received(l, '1', 'a')
    const asked = [doctorQuestion('d'), materialQuestion('22')]
    await waitFor(
      l,
      first.id,
      asked.map((question) => ({ question, waiting: WAITING })),
    )
    await answerAll(l)
    const made = { at: NOW, order: first.order, orderId: '1', project: null as string | null }
    t.match(await doctorMappings(l), [{ made }], 'its case does not stand yet')
    time.now += 10
    await publishedAs(l, first.id, 'Case_1')
    time.now += 10
    const again = await received(l, '1', 'b', { ...SUMMARY, doctor: 'Sedge, Kim' })
    await publishedAs(l, again.id, 'Case_1_rev2')
    made.project = 'Case_1'
    t.match(await doctorMappings(l), [{ doctor: SUMMARY.doctor, made }])
    t.match(await materialMappings(l), [{ material: { made }, method: { made } }])
  },
)

t.test(
  'a mapping whose order came again before it was answered names the case that asked first',
  async (t) => {
    const { l } = await ledgerFor(t)
    const first = await received(l, '1', 'a')
    const again = await received(l, '1', 'b')
    for (const { id } of [again, first])
      await waitFor(l, id, [{ question: doctorQuestion('d'), waiting: WAITING }])
    await answerAll(l)
    await publishedAs(l, again.id, 'Case_1_rev2')
    t.match(await doctorMappings(l), [{ made: { project: null } }], 'the other one did not ask first')
    await publishedAs(l, first.id, 'Case_1')
    t.match(await doctorMappings(l), [{ made: { project: 'Case_1' } }])
  },
)

t.test(
  'a mapping of before that was kept names the first case that came after it, never one of before or a later one',
  async (t) => {
    const { l, time } = await ledgerFor(t)
    const first = await received(l, '1', 'a')
    await publishedAs(l, first.id, 'Case_1')
    time.now += 10
    await mapDoctor(l, DOCTOR, client('003'), first.order)
    await setMaterialDefault(l, GOLD, { material: 'GOLD' }, first.order)
    const projects = async () => [
      (await doctorMappings(l))[0]?.made.project,
      (await materialMappings(l))[0]?.material?.made.project,
    ]
    t.strictSame(await projects(), [null, null])
    for (const number of [2, 3]) {
      time.now += 10
      const next = await received(l, '1', `${number}`)
      await publishedAs(l, next.id, `Case_1_rev${number}`)
    }
    t.strictSame(await projects(), ['Case_1_rev2', 'Case_1_rev2'])
  },
)

t.test('a ledger of before that was kept opens with its mappings', async (t) => {
  const file = join(t.testdir(), 'ledger.db')
  const before = new DatabaseSync(file)
  for (const step of MIGRATIONS.slice(0, 3)) before.exec(step)
  before.exec(`pragma application_id = ${0x4d794954}; pragma user_version = 3;
    insert into orders (id, account, order_id, first_seen) values (1, 'lab', '1', 0);
    insert into doctor_mappings (account, identified_by, value, client_id, made_at, made_by_order)
    values ('lab', 'id', '12345', '003', 7, 1)`)
  before.close()
  const l = await openLedger(file, () => NOW)
  t.teardown(() => closeLedger(l))
  t.match(await doctorMappings(l), [{ identity: DOCTOR, client: '003', made: { at: 7, order: 1 } }])
})

t.test('mappings come page by page', async (t) => {
  const { l } = await ledgerFor(t)
  for (const value of ['1', '2', '3']) await mapDoctor(l, { ...DOCTOR, value }, client('003'))
  for (const key of ['a', 'b', 'c']) await setMaterialDefault(l, { ...GOLD, key }, { material: 'GOLD' })
  const [first, second] = await doctorMappings(l, { limit: 2 })
  t.strictSame([first?.identity.value, second?.identity.value], ['1', '2'])
  const rest = await doctorMappings(l, { limit: 2, ...(second ? { after: second.id } : {}) })
  t.strictSame(
    rest.map(({ identity }) => identity.value),
    ['3'],
  )
  const keys = async (page: { limit: number; after?: string }) =>
    (await materialMappings(l, page)).map(({ key }) => key)
  t.strictSame(await keys({ limit: 2 }), ['a', 'b'])
  t.strictSame(await keys({ limit: 2, after: 'b' }), ['c'])
})

t.test('the two defaults of a material carry their own time and order', async (t) => {
  const { l, time } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await setMaterialDefault(l, GOLD, { material: 'GOLD' }, order)
  time.now += 10
  await setMaterialDefault(l, GOLD, { method: 'cast' })
  t.strictSame(await materialMappings(l), [
    {
      ...GOLD,
      material: { code: 'GOLD', made: { at: NOW, order, orderId: null, project: null } },
      method: { code: 'cast', made: { at: NOW + 10, order: null, orderId: null, project: null } },
    },
  ])
})

t.test('the material is cleared alone, and its method stays', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await clearMaterialDefault(l, '22')
  t.strictSame((await materialDefaults(l, ['22'])).get('22'), { material: null, method: 'cast' })
  await t.rejects(clearMaterialDefault(l, '22'), { code: 'mapping-unknown' })
})

t.test('the method is cleared alone, and its material stays', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await clearMethodDefault(l, '22')
  t.strictSame((await materialDefaults(l, ['22'])).get('22'), { material: 'GOLD', method: null })
  await t.rejects(clearMethodDefault(l, '22'), { code: 'mapping-unknown' })
})

t.test('with both halves cleared the material is not listed', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await clearMethodDefault(l, '22')
  await clearMaterialDefault(l, '22')
  t.strictSame(await materialMappings(l), [])
})

t.test('a material is deleted with both halves, and no other', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD', method: 'cast' })
  await setMaterialDefault(l, { key: '23', itero: { id: '23', name: null } }, { method: 'milled' })
  await deleteMaterialMapping(l, '22')
  t.strictSame([...(await materialDefaults(l, ['22', '23']))], [['23', { material: null, method: 'milled' }]])
  await t.rejects(deleteMaterialMapping(l, '22'), { code: 'mapping-unknown', facts: { mapping: '22' } })
  await deleteMaterialMapping(l, '23')
  t.strictSame(await materialMappings(l), [])
})

t.test('defaults are given for what is asked, and nothing for nothing', async (t) => {
  const { l } = await ledgerFor(t)
  await setMaterialDefault(l, GOLD, { material: 'GOLD' })
  t.equal((await materialDefaults(l, [])).size, 0)
  t.equal((await materialDefaults(l, ['x', 'y'])).size, 0)
})
