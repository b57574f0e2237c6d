import t from 'tap'
import {
  addClient,
  changeClient,
  clientById,
  clientForQuestion,
  clientsPage,
  deleteClient,
  listClients,
} from '../../../host/clients.ts'
import { home, listed, putRow, rowOf } from './host-home.ts'

const CEMENT = { type: 'CementGapThickness', value: 0.04, minValue: 0, maxValue: 0.2, stepSize: 0.005 }

t.test('clients get numbers in turn, never one that was given before', async (t) => {
  const { db } = home(t)
  t.equal(addClient(db, { name: 'One' }).id, '001')
  t.equal(addClient(db, { name: 'Two' }).id, '002')
  deleteClient(db, '002', 0)
  t.equal(addClient(db, { name: 'Three' }).id, '003')
})

t.test('a number that a case of another database uses is left out', async (t) => {
  const { db } = home(t)
  putRow(db, 'theirs', { practice: { id: '001', name: 'Somebody else' } })
  t.equal(addClient(db, { name: 'One' }).id, '002')
})

t.test('a wished number is heard, and refused where it is taken', async (t) => {
  const { db } = home(t)
  t.equal(addClient(db, { id: 'A-7', name: 'One' }).id, 'A-7')
  t.throws(() => addClient(db, { id: 'A-7', name: 'Two' }), { code: 'client-number-taken' })
})

t.test('a second client of one name is told of the first, and kept where that is known', async (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Praxis Müller' })
  t.throws(() => addClient(db, { name: 'praxis  muller' }), {
    code: 'client-name-taken',
    facts: { client: id },
  })
  const second = addClient(db, { name: 'Praxis Müller', sameName: true })
  t.equal(second.id, '002', 'the refused one has taken no number')
  t.equal(changeClient(db, second.id, { name: 'Praxis Müller', contact: 'Robin' }).contact, 'Robin')
  const third = addClient(db, { name: 'Praxis Three' })
  t.throws(() => changeClient(db, third.id, { name: 'Praxis Müller' }), { code: 'client-name-taken' })
  t.equal(changeClient(db, third.id, { name: 'Praxis Müller', sameName: true }).name, 'Praxis Müller')
})

t.test('a name that a client had before is free again', async (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Alt' })
  changeClient(db, id, { name: 'Neu' })
  t.equal(addClient(db, { name: 'Alt' }).name, 'Alt')
})

t.test('the answer to a question makes one client however often it is sent', async (t) => {
  const { db } = home(t)
  const first = clientForQuestion(db, 'myitero-import:1', { name: 'Oak, Test' })
  t.same(clientForQuestion(db, 'myitero-import:1', { name: 'Oak, Test' }), first)
  t.not(clientForQuestion(db, 'myitero-import:2', { name: 'Oak, Test', sameName: true }).id, first.id)
  t.equal(listClients(db).length, 2)
})

t.test('a question whose client was deleted makes him again', async (t) => {
  const { db } = home(t)
  const first = clientForQuestion(db, 'q', { name: 'Oak, Test' })
  deleteClient(db, first.id, 0)
  t.equal(clientForQuestion(db, 'q', { name: 'Oak, Test' }).name, 'Oak, Test')
})

t.test('parameter defaults are kept by reconstruction type', async (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'One', parameters: { AnatomicCrown: [CEMENT], Veneer: [] } })
  t.same(clientById(db, id)?.parameters, { AnatomicCrown: [CEMENT] })
  t.same(clientsPage(db)[0], { id, name: 'One', parameters: { AnatomicCrown: [CEMENT] } })
})

for (const [what, parameter, code] of [
  ['below its lowest value', { ...CEMENT, value: -0.01 }, 'parameter-out-of-bounds'],
  ['above its highest value', { ...CEMENT, value: 0.3 }, 'parameter-out-of-bounds'],
  ['above its highest value and off its step', { ...CEMENT, value: 0.3001 }, 'parameter-out-of-bounds'],
  ['off its step', { ...CEMENT, value: 0.0577 }, 'parameter-off-step'],
  ['without a step', { ...CEMENT, stepSize: 0 }, 'parameter-off-step'],
  ['with bounds the wrong way round', { ...CEMENT, minValue: 0.2, maxValue: 0 }, 'parameter-out-of-bounds'],
  ['that is no number', { ...CEMENT, value: Number.NaN }, 'parameter-out-of-bounds'],
] as const) {
  t.test(`a default ${what} is refused as that`, async (t) => {
    const { db } = home(t)
    t.throws(() => addClient(db, { name: 'One', parameters: { AnatomicCrown: [parameter] } }), {
      code,
      facts: { work: 'AnatomicCrown', parameter: 'CementGapThickness' },
    })
    t.same(listClients(db), [])
  })
}

for (const [what, body, field] of [
  ['an empty name', { name: ' \t' }, 'name'],
  ['a name of two lines', { name: 'a\nb' }, 'name'],
  ['a name that is too long', { name: 'x'.repeat(201) }, 'name'],
  ['a control character', { name: 'a\u0000b' }, 'name'],
  ['an empty number', { id: ' ', name: 'a' }, 'id'],
  ['an unknown reconstruction type', { name: 'a', parameters: { Hat: [CEMENT] } }, 'parameters'],
  ['the same default twice', { name: 'a', parameters: { Veneer: [CEMENT, CEMENT] } }, 'parameters'],
  [
    'a default with no proper name',
    { name: 'a', parameters: { Veneer: [{ ...CEMENT, type: '<x>' }] } },
    'parameters',
  ],
] as const) {
  t.test(`a client with ${what} is refused`, async (t) => {
    const { db } = home(t)
    t.throws(() => addClient(db, body as never), { code: 'client-invalid', facts: { field } })
  })
}

t.test('a client with a case or a doctor stays', async (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Praxis' })
  t.throws(() => deleteClient(db, id, 2), { code: 'client-in-use', facts: { cases: 0, doctors: 2 } })
  putRow(db, 'case', { practice: { id, name: 'Praxis' } })
  t.throws(() => deleteClient(db, id, 0), { code: 'client-in-use', facts: { cases: 1, doctors: 0 } })
  t.throws(() => deleteClient(db, '999', 0), { code: 'client-unknown' })
  t.equal(listClients(db)[0]?.cases, 1)
})

t.test('a client that is renamed keeps his cases, which are found by the new name', async (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Alt' })
  putRow(db, 'case', { practice: { id, name: 'Alt' } })
  changeClient(db, id, { name: 'Zahnärzte Neu' })
  t.match(rowOf(db, 'case'), { client: 'Zahnärzte Neu' })
  t.equal(listed(db, { search: 'zahnaerzte' }).length, 1)
  t.equal(listed(db, { client: id }).length, 1)
  t.throws(() => changeClient(db, '999', { name: 'x' }), { code: 'client-unknown' })
})

t.test('a case of another database whose practice has the same number is not taken for his', async (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Praxis am See' })
  putRow(db, 'theirs', { practice: { id, name: 'Clinic on the Hill' } })
  putRow(db, 'ours', { practice: { id, name: 'praxis  am SEE' } })
  const origin = { account: 'exports', orderId: '1' }
  putRow(db, 'delivered', { origin, practice: { id, name: 'Whatever he was called' } })
  t.equal(rowOf(db, 'theirs')?.client, 'Clinic on the Hill')
  t.equal(rowOf(db, 'delivered')?.client, 'Praxis am See')
  t.same(
    listed(db, { client: id })
      .map(({ project }) => project)
      .sort(),
    ['delivered', 'ours'],
  )
})

t.test('the bridge gets clients page by page, each once', async (t) => {
  const { db } = home(t)
  for (let i = 0; i < 25; i++) addClient(db, { name: `Client ${i}`, address: 'Street 1' })
  const ids: string[] = []
  for (;;) {
    const page = clientsPage(db, { limit: 10, ...(ids.length > 0 && { after: ids.at(-1) ?? '' }) })
    if (page.length === 0) break
    ids.push(...page.map(({ id }) => id))
  }
  t.same(ids, [...new Set(ids)])
  t.equal(ids.length, 25)
})
