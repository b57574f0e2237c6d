import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { CloudOrder } from '../../plugin/cloud/orders.ts'
import { continueRevision, importPackage, resume } from '../../plugin/importer.ts'
import { handedOn } from '../../plugin/importing/package-note.ts'
import type { Importer } from '../../plugin/importing/setup.ts'
import { claimOrder, releaseOrder } from '../../plugin/ledger/claims.ts'
import { fetchDone, fetchTaken, noteOrders, openFetches, startFetch } from '../../plugin/ledger/fetches.ts'
import { doctorMappings } from '../../plugin/ledger/mappings.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { noteReceipt } from '../../plugin/ledger/receipts.ts'
import { cloudOrder, LAB } from '../cloud/made-up.ts'
import { answerAll, assertWhole, laboratory, namesIn } from '../laboratory.ts'

const SMALL = { mesh: { format: 'stl-binary', bytes: 100_000 }, versions: [50] } as const
const ofCloud = (importer: Importer): Importer => ({ ...importer, account: 'myitero:1' })

t.test(
  'a package of another order than it was fetched as is refused, and nothing of it is kept',
  async (t) => {
    const lab = await laboratory(t)
    const made = await lab.make('single-crown', SMALL)
    const result = await importPackage(ofCloud(lab.importer), made.path, { expect: { orderId: '4711' } })
    t.match(result, {
      outcome: 'refused',
      failure: { code: 'package-of-another-order', facts: { order: '4711', id: made.orderId } },
    })
    t.strictSame(handedOn(result), {
      code: 'package-of-another-order',
      facts: result.outcome === 'refused' && result.failure.facts,
    })
    t.strictSame(await listOrders(lab.importer.ledger), [])
    t.strictSame(await namesIn(lab.cases), [])
  },
)

t.test('a package of the order it was fetched as is taken, under its account', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown', SMALL)
  const result = await importPackage(ofCloud(lab.importer), made.path, { expect: { orderId: made.orderId } })
  t.match(result, { outcome: 'waiting' })
  t.equal(handedOn(result), 'done', 'its files are kept: the package is needed no more')
  t.match(await listOrders(lab.importer.ledger), [{ account: 'myitero:1', orderId: made.orderId }])
})

t.test('one OrderID in two accounts is two orders', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown', SMALL)
  await importPackage(lab.importer, made.path)
  await importPackage(ofCloud(lab.importer), made.path)
  await answerAll(lab.importer)
  t.strictSame(
    (await listOrders(lab.importer.ledger)).map(({ account, stage }) => [account, stage]),
    [
      ['myitero:1', 'published'],
      ['exports', 'published'],
    ],
  )
})

t.test('an order goes on as its own account’s, whoever takes it on', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown', SMALL)
  await importPackage(ofCloud(lab.importer), made.path)
  await answerAll(lab.importer)
  t.match(await doctorMappings(lab.importer.ledger), [{ identity: { account: 'myitero:1' } }])
  const [order] = await listOrders(lab.importer.ledger)
  t.equal(order?.stage, 'published', 'the doctor that was answered for is found again')
  await assertWhole(t, lab.cases, order?.project ?? '', made)
})

t.test(
  'a receipt of the cloud’s that a crash left is cleared, and its package left to the cloud',
  async (t) => {
    const lab = await laboratory(t)
    const made = await lab.make('single-crown', SMALL)
    const { ledger, me } = lab.importer
    const wanted = { account: 'myitero:1', orderId: made.orderId, orderCode: null }
    const claim = await claimOrder(ledger, wanted, me, () => false)
    if (!claim.claimed) throw new Error('held')
    await noteReceipt(ledger, claim.order, me, { packagePath: made.path, stagingName: 'left' })
    await releaseOrder(ledger, claim.order, me)
    t.strictSame(await resume(lab.importer), [], 'nothing is taken under another account')
    t.match(await importPackage(ofCloud(lab.importer), made.path), { outcome: 'waiting' })
    t.strictSame(
      (await listOrders(ledger)).map(({ account }) => account),
      ['myitero:1'],
    )
  },
)

t.test('where kept files are damaged, the cloud’s order is wanted again', async (t) => {
  const lab = await laboratory(t)
  const made = await lab.make('single-crown', SMALL)
  const { ledger, stagingRoot } = lab.importer
  const order: CloudOrder = { ...cloudOrder('7'), orderId: made.orderId as CloudOrder['orderId'] }
  const [fetch] = await noteOrders(ledger, [order], () => true)
  if (fetch === undefined) throw new Error('not noted')
  await startFetch(ledger, fetch, 'v1')
  await fetchDone(ledger, fetch.id)
  const result = await importPackage(ofCloud(lab.importer), made.path)
  await fetchTaken(ledger, fetch.id, true)
  t.strictSame(await openFetches(ledger, LAB), [])
  for (const name of readdirSync(stagingRoot)) rmSync(join(stagingRoot, name), { recursive: true })
  const revision = result.outcome === 'refused' ? null : result.revisionId
  if (revision === null) throw new Error('refused')
  t.match(await continueRevision(lab.importer, revision), { failure: { code: 'staging-damaged' } })
  t.match(await openFetches(ledger, LAB), [{ id: fetch.id, stage: 'wanted', takenVersion: null }])
})

t.test('what stands in a package’s way is told from what is the package’s own fault', async (t) => {
  const refused = (code: 'case-folder-full' | 'case-folder-missing' | 'ledger-unreadable' | 'zip-damaged') =>
    handedOn({ outcome: 'refused', source: '', orderId: null, failure: { code, facts: {} } } as never)
  t.equal(refused('case-folder-full'), 'again')
  t.equal(refused('case-folder-missing'), 'again')
  t.equal(refused('ledger-unreadable'), 'again')
  t.strictSame(refused('zip-damaged'), { code: 'zip-damaged', facts: {} })
})
