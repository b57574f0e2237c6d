import { join } from 'node:path'
import t from 'tap'
import { listActivity } from '../../plugin/ledger/activity.ts'
import { releaseOrder } from '../../plugin/ledger/claims.ts'
import { closeLedger, openLedger } from '../../plugin/ledger/open.ts'
import { openRevisions, revisionByHash, revisionsOf } from '../../plugin/ledger/orders.ts'
import {
  dropReceipt,
  leftReceipts,
  noteReceipt,
  ordersWithReceipts,
  receiptDone,
  stagingsInUse,
} from '../../plugin/ledger/receipts.ts'
import type { ReceiptId } from '../../plugin/ledger/schema.ts'
import { finishPublishing, refuse, startPublishing } from '../../plugin/ledger/stages.ts'
import { claimed, contradictions, FILE, ledgerFor, ME, NOW, received, SUMMARY } from './made-up.ts'

const content = (hash: string) => ({ hash, files: [FILE], summary: SUMMARY, warnings: [] })
const intent = (stagingName: string) => ({ packagePath: '/in/package.zip', stagingName })

t.test('a receipt becomes the first revision of its order, with all that was received', async (t) => {
  const { l } = await ledgerFor(t)
  const order = await claimed(l, '300000001')
  const receipt = await noteReceipt(l, order, ME, intent('.staging'))
  const warnings = [{ code: 'mesh-truncated', facts: { file: 'upper.stl', triangles: 12 } }] as const
  const done = await receiptDone(l, receipt, { ...content('h1'), warnings })
  t.match(done, {
    new: true,
    revision: {
      order,
      account: 'lab',
      orderId: '300000001',
      number: 1,
      hash: 'h1',
      stage: 'received',
      stagingName: '.staging',
      project: null,
      failure: null,
      receivedAt: NOW,
      publishedAt: null,
    },
  })
  t.strictSame(done.revision.files, [FILE])
  t.strictSame(done.revision.summary, SUMMARY)
  t.strictSame(done.revision.warnings, warnings)
  t.strictSame(await leftReceipts(l, order), [])
})

t.test('other content of the same order is the next revision', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1', 'h1')
  const second = await received(l, '1', 'h2')
  t.strictSame([first.number, second.number], [1, 2])
  t.strictSame(
    (await revisionsOf(l, first.order)).map((revision) => revision.hash),
    ['h1', 'h2'],
  )
  t.not(first.guid, second.guid)
})

t.test('the same content once more is the revision that is there, whatever became of it', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1', 'h1')
  await startPublishing(l, first.id, 'Case')
  await finishPublishing(l, first.id)
  const receipt = await noteReceipt(l, first.order, ME, intent('.again'))
  const again = await receiptDone(l, receipt, content('h1'))
  t.match(again, { new: false, revision: { id: first.id, stage: 'published', project: 'Case' } })
  t.strictSame(await leftReceipts(l, first.order), [])
  t.strictSame(await stagingsInUse(l), new Set())
  t.equal((await listActivity(l))[0]?.kind, 'order-known')
})

t.test('a refused revision whose package comes again starts again under its number and ids', async (t) => {
  const { l, file } = await ledgerFor(t)
  const first = await received(l, '1', 'h1')
  await refuse(l, first.id, { code: 'staging-damaged', facts: { file: 'file-0000' } })
  const receipt = await noteReceipt(l, first.order, ME, intent('.again'))
  const again = await receiptDone(l, receipt, content('h1'))
  t.strictSame(again, { new: true, revision: { ...first, stagingName: '.again' } })
  t.strictSame(contradictions(file), [])
})

t.test('the two ids of a project are what its format wants, and the same for the same origin', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1', 'h1')
  const other = await received(l, '2', 'h1')
  const lost = await openLedger(join(t.testdirName, 'after-loss.db'), () => NOW)
  t.teardown(() => closeLedger(lost))
  const again = await received(lost, '1', 'h1')
  t.strictSame([again.guid, again.uniqueId], [first.guid, first.uniqueId])
  t.match(first.guid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  t.match(first.uniqueId, /^[A-Z]{26}$/)
  t.not(other.guid, first.guid)
  t.not(other.uniqueId, first.uniqueId)
})

t.test('what a crashed run began is found with its order, until it is dropped', async (t) => {
  const { l } = await ledgerFor(t)
  const order = await claimed(l, '1')
  const id = await noteReceipt(l, order, ME, intent('.left'))
  t.match(await ordersWithReceipts(l), [{ order, account: 'lab', orderId: '1', orderCode: null }])
  t.strictSame(await leftReceipts(l, order), [{ id, stagingName: '.left', packagePath: '/in/package.zip' }])
  t.equal(await dropReceipt(l, id), true)
  t.equal(await dropReceipt(l, id), false)
  t.strictSame(await ordersWithReceipts(l), [])
})

t.test('a receipt that was dropped cannot be done', async (t) => {
  const { l } = await ledgerFor(t)
  const order = await claimed(l, '1')
  const id = await noteReceipt(l, order, ME, intent('.s'))
  await dropReceipt(l, id)
  await t.rejects(receiptDone(l, id, content('h')), { code: 'claim-lost' })
  await t.rejects(receiptDone(l, 999 as ReceiptId, content('h')), { code: 'claim-lost' })
})

t.test('nothing is noted for an order that is claimed by nobody', async (t) => {
  const { l } = await ledgerFor(t)
  const order = await claimed(l, '1')
  await releaseOrder(l, order, ME)
  await t.rejects(noteReceipt(l, order, ME, intent('.s')), { code: 'claim-lost' })
})

t.test('stagings in use are those being filled and those of revisions still open', async (t) => {
  const { l } = await ledgerFor(t)
  const open = await received(l, '1', 'h1')
  const published = await received(l, '2', 'h2')
  await startPublishing(l, published.id, 'Case')
  await finishPublishing(l, published.id)
  await noteReceipt(l, await claimed(l, '3'), ME, intent('.filling'))
  t.strictSame(await stagingsInUse(l), new Set(['.filling', open.stagingName]))
})

t.test('a revision is found by its hash within its order only', async (t) => {
  const { l } = await ledgerFor(t)
  const first = await received(l, '1', 'h1')
  const second = await received(l, '2', 'h2')
  t.strictSame(await revisionByHash(l, first.order, 'h1'), first)
  t.equal(await revisionByHash(l, second.order, 'h1'), null)
})

t.test('what was received and not ended is continued at start, the oldest first', async (t) => {
  const { l } = await ledgerFor(t)
  const a = await received(l, '1')
  const b = await received(l, '2')
  const c = await received(l, '3')
  const d = await received(l, '4')
  await startPublishing(l, b.id, 'B')
  await startPublishing(l, c.id, 'C')
  await finishPublishing(l, c.id)
  await refuse(l, d.id, { code: 'staging-damaged', facts: {} })
  t.strictSame(
    (await openRevisions(l)).map((revision) => [revision.id, revision.stage]),
    [
      [a.id, 'received'],
      [b.id, 'publishing'],
    ],
  )
})

t.test('names in any script and files by the thousand come back as they went in', async (t) => {
  const { l } = await ledgerFor(t)
  const order = await claimed(l, '1')
  const receipt = await noteReceipt(l, order, ME, intent('.s'))
  const summary = { ...SUMMARY, patient: 'Иванова, Анна · 王小明 · ليلى \' " \\ \u0000 \u202e' }
  const files = Array.from({ length: 5000 }, (_, i) => ({ ...FILE, packageName: `图/${i}.jpg` }))
  const { revision } = await receiptDone(l, receipt, { ...content('h'), summary, files })
  t.strictSame(revision.summary, summary)
  t.strictSame(revision.files, files)
})
