import t from 'tap'
import { casePage } from '../../../host/case-page.ts'
import { markRead } from '../../../host/cases.ts'
import { addClient, changeClient } from '../../../host/clients.ts'
import { putOrder, putRefused, replaceIncoming } from '../../../host/incoming.ts'
import { home, listed, order, putRow } from './host-home.ts'

const origin = { account: 'exports', orderId: '300000001' }
const refused = {
  name: 'iTero_Export_7.zip',
  failure: { code: 'zip-damaged', text: 'The zip is damaged.' },
  seenAt: 1_700_000_000_000,
}

t.test('an order that waits is in the list with what it waits for', async (t) => {
  const { db } = home(t)
  t.equal(putOrder(db, order()), true)
  t.match(listed(db, { search: 'lab preference mia' }), [
    {
      status: 'waiting',
      project: null,
      patient: 'Muster, Mia',
      teeth: [11],
      material: 'Zirconia: Lab Preference',
      due: '2026-04-20',
      orderId: '300000001',
      waitsFor: [{ question: 1, kind: 'doctor' }],
    },
  ])
})

t.test('teeth of an order that waits stand as on the chart, as they do in its case', (t) => {
  const { db } = home(t)
  const teethOf = (teeth: readonly number[]) => {
    putOrder(db, order({ summary: { ...order().summary, teeth: [...teeth] } }))
    return listed(db)[0]?.teeth
  }
  t.same(teethOf([44, 45, 46]), [46, 45, 44])
  t.same(teethOf([31, 42, 41]), [42, 41, 31])
  t.same(teethOf([36, 11, 21, 12]), [12, 11, 21, 36])
  t.end()
})

t.test('an order that waits is found by its doctor', (t) => {
  const { db } = home(t)
  putOrder(db, order({ summary: { ...order().summary, doctor: 'Dr. Theodora Müller-Quill' } }))
  t.equal(listed(db, { search: 'muller-quill' }).length, 1)
  t.equal(listed(db, { search: 'theodora mia' }).length, 1)
  t.equal(listed(db, { search: 'nobody' }).length, 0)
  t.end()
})

t.test('an order whose doctor is answered shows his client: found by, sorted by and filtered by it', (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Zahnarzt am Ölberg' })
  putOrder(db, order({ orderId: '1', client: null }))
  putOrder(db, order({ orderId: '2', client: id, waitsFor: [{ question: 2, kind: 'material' }] }))
  const numbers = (query: Parameters<typeof listed>[1]) => listed(db, query).map(({ orderId }) => orderId)
  t.equal(listed(db, { search: 'olberg' })[0]?.client, 'Zahnarzt am Ölberg')
  t.same(numbers({ search: 'olberg' }), ['2'])
  t.same(numbers({ client: id }), ['2'])
  t.same(numbers({ sort: 'client' }), ['2', '1'])
  t.end()
})

t.test('an order that waits follows the name of its client, also where he is kept only later', (t) => {
  const { db } = home(t)
  putOrder(db, order({ client: 'P7' }))
  t.equal(listed(db)[0]?.client, null)
  addClient(db, { id: 'P7', name: 'Before' })
  t.equal(listed(db)[0]?.client, 'Before')
  changeClient(db, 'P7', { name: 'Afterwards' })
  t.same(
    ['before', 'afterwards', 'oak'].map((search) => listed(db, { search }).length),
    [0, 1, 1],
  )
  t.equal(listed(db)[0]?.client, 'Afterwards')
  t.end()
})

t.test('an order whose doctor is to be asked for again shows no client any more', (t) => {
  const { db } = home(t)
  const { id } = addClient(db, { name: 'Practice' })
  putOrder(db, order({ client: id }))
  t.equal(putOrder(db, order({ client: null })), true)
  t.match(listed(db), [{ client: null }])
  t.same(listed(db, { client: id }), [])
  t.end()
})

t.test('the same order told again changes nothing', async (t) => {
  const { db } = home(t)
  putOrder(db, order())
  t.equal(putOrder(db, order()), false)
  t.equal(putOrder(db, order({ waitsFor: [{ question: 2, kind: 'material' }] })), true)
  t.equal(listed(db).length, 1)
})

for (const [stage, status] of [
  ['received', 'importing'],
  ['publishing', 'importing'],
  ['waiting', 'waiting'],
  ['refused', 'refused'],
] as const) {
  t.test(`an order that is ${stage} is shown as ${status}`, async (t) => {
    const { db } = home(t)
    putOrder(db, order({ stage }))
    t.same(
      listed(db).map((row) => row.status),
      [status],
    )
  })
}

t.test('a refused order and a refused package say why, in the plugin’s words', async (t) => {
  const { db } = home(t)
  putOrder(db, order({ stage: 'refused', failure: { code: 'no-work', text: 'No work was ordered.' } }))
  t.equal(putRefused(db, refused), true)
  t.equal(putRefused(db, refused), false)
  t.same(
    listed(db)
      .map(({ reason }) => reason?.text)
      .sort(),
    ['No work was ordered.', 'The zip is damaged.'],
  )
})

t.test('the case of an order takes over its row, unread', async (t) => {
  const { db } = home(t)
  putOrder(db, order())
  const [waiting] = listed(db)
  putRow(db, 'case', { origin }, 1_750_000_000_000)
  t.match(listed(db), [
    { id: waiting?.id, status: 'unread', project: 'case', waitsFor: [], receivedAt: 1_700_000_000_000 },
  ])
  t.equal(putOrder(db, order({ stage: 'publishing' })), false)
  t.equal(putOrder(db, order({ stage: 'published', project: 'case' })), false)
  t.equal(listed(db).length, 1)
})

t.test('an order that is told as published before its case is seen gives it its row', async (t) => {
  const { db } = home(t)
  putOrder(db, order())
  const [waiting] = listed(db)
  t.equal(putOrder(db, order({ stage: 'published', project: 'case' })), true)
  t.same(listed(db), [])
  putRow(db, 'case', { origin }, 1_750_000_000_000)
  t.match(listed(db), [{ id: waiting?.id, status: 'unread', receivedAt: 1_700_000_000_000 }])
})

t.test('an order that waits is never hidden by a case of the same number', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin })
  putOrder(db, order())
  t.same(
    listed(db)
      .map(({ status }) => status)
      .sort(),
    ['unread', 'waiting'],
  )
})

t.test('a later revision is a row of its own, and each shows all of them', async (t) => {
  const { db, cases } = home(t)
  putRow(db, 'case', { origin })
  putOrder(db, order({ revision: 2, number: 2 }))
  const [first] = listed(db, { status: ['unread'] })
  const page = await casePage(db, cases, first?.id ?? 0, 'en')
  t.match(page.revisions, [
    { revision: 2, status: 'waiting', project: null },
    { revision: 1, status: 'unread', project: 'case' },
  ])
})

t.test('at a connection what is no longer open leaves the list; cases stay', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin: { account: 'exports', orderId: '9' } })
  putOrder(db, order())
  putOrder(db, order({ orderId: '2' }))
  putRefused(db, refused)
  t.equal(replaceIncoming(db, [order({ orderId: '2' }), order({ orderId: '3' })], []), true)
  t.same(
    listed(db)
      .map(({ orderId }) => orderId)
      .sort(),
    ['2', '3', '9'],
  )
  t.equal(replaceIncoming(db, [order({ orderId: '2' }), order({ orderId: '3' })], []), false)
})

t.test('the page of an order without a case tells what is known of it', async (t) => {
  const { db, cases } = home(t)
  putOrder(db, order({ warnings: [{ code: 'note-cut', text: 'The note was cut.' }] }))
  const [row] = listed(db)
  const page = await casePage(db, cases, row?.id ?? 0, 'en')
  t.match(page, {
    row: { status: 'waiting', warnings: 1 },
    folder: null,
    family: 'Muster, Mia',
    warnings: [{ code: 'note-cut', text: 'The note was cut.' }],
    files: [],
  })
  t.same(page.rx.find(({ name }) => name === 'doctor')?.value, 'Oak, Test')
  t.equal(markRead(db, row?.id ?? 0, true), false)
  await t.rejects(casePage(db, cases, 999, 'en'), { code: 'case-unknown' })
})
