import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import type { CloudOrder } from '../../../bridge/data.ts'
import { casePage } from '../../../host/case-page.ts'
import { listCases } from '../../../host/cases.ts'
import { replaceCloudOrders } from '../../../host/cloud-orders.ts'
import { closeDatabase, type Database, openDatabase, rows } from '../../../host/database.ts'
import { DATABASE_STEPS } from '../../../host/database-steps.ts'
import { putOrder, replaceIncoming } from '../../../host/incoming.ts'
import { removeCases } from '../../../host/listed-cases.ts'
import { home, listed, order, putRow } from './host-home.ts'

/** When the cloud is heard of, as the clock of `home` has it. */
const NOW = 1_800_000_000_000
const ACCOUNT = 'myitero:55501'
const origin = { account: ACCOUNT, orderId: '300000001' }

const cloudOrder = (part: Partial<CloudOrder> = {}): CloudOrder => ({
  account: '55501',
  rxId: '9001',
  orderId: '300000001',
  orderCode: null,
  status: { kind: 'ready', text: 'Ready for Download' },
  stage: 'downloading',
  attempts: 1,
  failure: null,
  ...part,
})
/** Its row of the import, come after the cloud was heard of. */
const imported = (part: Partial<Parameters<typeof putOrder>[1]> = {}) =>
  order({ account: ACCOUNT, orderId: '300000001', receivedAt: NOW + 1, ...part })

const LAB_REVIEW = { kind: 'lab-review', text: 'Lab Review' }
const seen = (db: Database) =>
  listed(db).map(({ status, orderId, cloud }) => [
    status,
    orderId,
    cloud?.stage ?? null,
    cloud?.alone ?? null,
  ])

for (const [stage, status] of [
  ['wanted', 'importing'],
  ['downloading', 'importing'],
  ['downloaded', 'importing'],
  ['failed', 'refused'],
  ['noted', 'noted'],
] as const) {
  t.test(`an order of the cloud that is ${stage} and nothing else yet is one row, ${status}`, async (t) => {
    const { db } = home(t)
    t.equal(replaceCloudOrders(db, [cloudOrder({ stage })]), true)
    t.equal(replaceCloudOrders(db, [cloudOrder({ stage })]), false, 'told again it changes nothing')
    t.same(seen(db), [[status, '300000001', stage, true]])
    t.match(listed(db), [{ cloud: { account: '55501', rxId: '9001', status: 'Ready for Download' } }])
  })
}

t.test('an order of the cloud that was taken is no row: its case is', async (t) => {
  const { db } = home(t)
  replaceCloudOrders(db, [cloudOrder({ stage: 'taken', status: LAB_REVIEW })])
  t.same(seen(db), [])
})

t.test('a failed one says why, in the plugin’s words', async (t) => {
  const { db } = home(t)
  const failure = { code: 'zip-damaged', text: 'The zip is damaged.' }
  replaceCloudOrders(db, [cloudOrder({ stage: 'failed', failure })])
  t.same(
    listed(db).map(({ reason }) => reason),
    [failure],
  )
})

t.test('an order on its way gives way to the import’s own row, and that to the case', async (t) => {
  const { db } = home(t)
  replaceCloudOrders(db, [cloudOrder({ stage: 'downloading' })])
  putOrder(db, imported({ stage: 'received' }))
  t.same(seen(db), [['importing', '300000001', null, null]])
  replaceCloudOrders(db, [cloudOrder({ stage: 'downloaded' })])
  t.equal(listed(db).length, 1)
  putRow(db, 'case', { origin })
  putOrder(db, imported({ stage: 'published', project: 'case' }))
  t.same(seen(db), [['unread', '300000001', null, null]])
  replaceCloudOrders(db, [cloudOrder({ stage: 'taken' })])
  t.same(seen(db), [['unread', '300000001', null, null]])
})

t.test('a rescan on its way stands beside the case of before', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin }, NOW - 1000)
  replaceCloudOrders(db, [cloudOrder({ stage: 'wanted' })])
  t.same(seen(db).sort(), [
    ['importing', '300000001', 'wanted', true],
    ['unread', '300000001', null, null],
  ])
})

t.test('a rescan that failed stands beside the case of before', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin }, NOW - 1000)
  replaceCloudOrders(db, [cloudOrder({ stage: 'failed' })])
  t.equal(listed(db, { status: ['refused'] }).length, 1)
})

t.test('a case whose order is in Lab Review says so, the newest revision alone', async (t) => {
  const { db } = home(t)
  putRow(db, 'first', { origin, revision: 1 })
  putRow(db, 'second', { origin, revision: 2 })
  t.equal(replaceCloudOrders(db, [cloudOrder({ stage: 'taken', status: LAB_REVIEW })]), true)
  t.same(
    listed(db)
      .map(({ project, cloud }) => [project, cloud?.status ?? null])
      .sort(),
    [
      ['first', null],
      ['second', 'Lab Review'],
    ],
  )
})

t.test('a case whose order was only taken says nothing of the cloud', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin })
  const status = { kind: 'downloaded', text: 'Downloaded' }
  t.equal(replaceCloudOrders(db, [cloudOrder({ stage: 'taken', status })]), false)
  t.match(listed(db), [{ cloud: null }])
})

t.test(
  'an order that is noted only has a row until its case comes, and again when that leaves',
  async (t) => {
    const { db } = home(t)
    replaceCloudOrders(db, [cloudOrder({ stage: 'noted', status: LAB_REVIEW })])
    t.same(seen(db), [['noted', '300000001', 'noted', true]])
    putRow(db, 'case', { origin }, NOW - 1000)
    t.same(seen(db), [['unread', '300000001', 'noted', false]])
    removeCases(db, ['case'])
    t.same(seen(db), [['noted', '300000001', 'noted', true]])
  },
)

t.test('an order of another account under the same number is another one', async (t) => {
  const { db } = home(t)
  putRow(db, 'case', { origin })
  replaceCloudOrders(db, [cloudOrder({ account: '55502', stage: 'noted', status: LAB_REVIEW })])
  t.equal(listed(db).length, 2)
  t.equal(listed(db, { status: ['unread'] })[0]?.cloud, null)
})

t.test('what the cloud tells of no more leaves the list, and nothing else does', async (t) => {
  const { db } = home(t)
  replaceCloudOrders(db, [cloudOrder(), cloudOrder({ rxId: '9002', orderId: '300000002' })])
  putOrder(db, imported({ orderId: '300000003' }))
  replaceIncoming(db, [imported({ orderId: '300000003' })], [])
  t.equal(listed(db).length, 3, 'what the import tells does not touch it')
  replaceCloudOrders(db, [cloudOrder()])
  t.same(
    listed(db)
      .map(({ orderId }) => orderId)
      .sort(),
    ['300000001', '300000003'],
  )
  replaceCloudOrders(db, [])
  t.same(
    listed(db).map(({ orderId }) => orderId),
    ['300000003'],
  )
})

t.test('an order on its way is found by its number, its Rx id and its status, and counted', async (t) => {
  const { db } = home(t)
  replaceCloudOrders(db, [
    cloudOrder({ orderId: null, orderCode: 'AB-12', stage: 'noted', status: LAB_REVIEW }),
  ])
  const found = ['9001', 'ab-12', 'lab review', 'nothing'].map((search) => listed(db, { search }).length)
  t.same(found, [1, 1, 1, 0])
  t.match(listCases(db, {}, 'en'), { noted: 1, total: 1, waiting: 0 })
})

t.test('the page of a case does not count an order on its way among its revisions', async (t) => {
  const { db, cases } = home(t)
  putRow(db, 'case', { origin }, NOW - 1000)
  replaceCloudOrders(db, [cloudOrder()])
  const id = listed(db, { status: ['unread'] })[0]?.id ?? 0
  t.equal((await casePage(db, cases, id, 'en')).revisions.length, 1)
})

t.test('a list of before the cloud keeps its rows, numbers and texts', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  const before = new DatabaseSync(file)
  for (const step of DATABASE_STEPS.slice(0, 2)) before.exec(step)
  before.exec(`pragma application_id = ${0x4d794948}; pragma user_version = 2;
    insert into cases (id, kind, status, status_rank, project, patient, received_at)
      values (7, 'case', 'read', 5, 'Sample', 'Sample, Anna', 1), (9, 'case', 'unread', 4, 'Gone', 'Gone', 2);
    insert into case_texts (id, text) values (7, ' sample anna'), (9, ' gone');
    delete from cases where id = 9`)
  before.close()
  const db = openDatabase(file)
  t.teardown(() => closeDatabase(db))
  t.match(listed(db, { search: 'anna' }), [{ id: 7, status: 'read', project: 'Sample', receivedAt: 1 }])
  putOrder(db, imported())
  t.same(
    listed(db)
      .map(({ id }) => id)
      .sort(),
    [10, 7],
    'a number is not given twice',
  )
  t.same(rows(db, 'pragma foreign_key_check'), [])
  t.same(rows(db, "select name from sqlite_schema where name like '%before' or name like '%kept'"), [])
})
