import fc from 'fast-check'
import t from 'tap'
import type { RxId } from '../../plugin/cloud/ids.ts'
import { type CloudOrder, isWanted } from '../../plugin/cloud/orders.ts'
import { listActivity } from '../../plugin/ledger/activity.ts'
import {
  type Fetch,
  fetchById,
  fetchDone,
  fetchesWithFile,
  fetchFailed,
  fetchHindered,
  fetchStands,
  fetchTaken,
  fetchUnfit,
  noteFlushed,
  noteOrders,
  openFetches,
  retryFetch,
  shownFetches,
  startFetch,
  wantOrderAgain,
} from '../../plugin/ledger/fetches.ts'
import type { Ledger } from '../../plugin/ledger/open.ts'
import type { FetchId } from '../../plugin/ledger/schema.ts'
import { cloudOrder, LAB, OTHER_LAB } from '../cloud/made-up.ts'
import { ledgerFor } from './made-up.ts'

const UNFIT = { code: 'zip-damaged', facts: {} } as const
const listed = (order: CloudOrder, taken: string | null) => isWanted(order, taken, false)
const announced = (order: CloudOrder, taken: string | null) => isWanted(order, taken, true)

async function noted(l: Ledger, order: CloudOrder, wants = listed): Promise<Fetch> {
  await noteOrders(l, [order], wants)
  const fetch = (await shownFetches(l, order.account)).find(({ rxId }) => rxId === order.rxId)
  if (fetch === undefined) throw new Error('not to be seen')
  return fetch
}

async function taken(l: Ledger, fetch: Fetch, version = 'v1'): Promise<Fetch> {
  await startFetch(l, fetch, version)
  await fetchDone(l, fetch.id)
  const after = await fetchTaken(l, fetch.id, true)
  if (after === null) throw new Error('not taken')
  return after
}

t.test('an order that is ready is wanted, and stays so over a restart', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  t.match(fetch, { stage: 'wanted', orderId: '107', orderCode: 'CODE7', wantedVersion: 'v1', attempts: 0 })
  t.strictSame(
    (await openFetches(l, LAB)).map(({ rxId }) => rxId),
    ['7'],
  )
  t.strictSame(await openFetches(l, OTHER_LAB), [], 'of another account nothing is open')
})

t.test('however often one order is told, nothing changes', async (t) => {
  const { l } = await ledgerFor(t)
  t.equal((await noteOrders(l, [cloudOrder('7'), cloudOrder('7')], listed)).length > 0, true)
  t.strictSame(await noteOrders(l, [cloudOrder('7')], listed), [])
  t.strictSame(await noteOrders(l, [cloudOrder('7')], announced), [])
  t.equal((await openFetches(l, LAB)).length, 1)
})

t.test('an order in Lab Review is shown with its status, and its package is not wanted', async (t) => {
  const { l } = await ledgerFor(t)
  t.match(await noted(l, cloudOrder('7', 'v1', 'Lab Review')), {
    stage: 'noted',
    status: { kind: 'lab-review', text: 'Lab Review' },
  })
  t.match(await noted(l, cloudOrder('7')), { stage: 'wanted' }, 'until it is ready')
})

t.test('a status that nobody knows is kept as it was sent', async (t) => {
  const { l } = await ledgerFor(t)
  t.match(await noted(l, cloudOrder('7', 'v1', 'Zurück an Praxis')), {
    stage: 'noted',
    status: { kind: 'unknown', text: 'Zurück an Praxis' },
  })
})

t.test('a version that was taken is not wanted again, another one is', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  t.match(await taken(l, fetch), { stage: 'taken', takenVersion: 'v1', failure: null })
  t.strictSame(await shownFetches(l, LAB), [], 'and is seen no more')
  t.strictSame(await noteOrders(l, [cloudOrder('7')], listed), [])
  t.match(await noted(l, cloudOrder('7', 'v2')), { stage: 'wanted', wantedVersion: 'v2' })
})

t.test('a taken order that goes to Lab Review is shown again', async (t) => {
  const { l } = await ledgerFor(t)
  await taken(l, await noted(l, cloudOrder('7')))
  t.match(await noted(l, cloudOrder('7', 'v1', 'Lab Review')), {
    stage: 'taken',
    status: { kind: 'lab-review' },
  })
})

t.test(
  'an announced order with a newer version is wanted though somebody has downloaded it by hand',
  async (t) => {
    const { l } = await ledgerFor(t)
    await taken(l, await noted(l, cloudOrder('7')))
    await noteOrders(l, [cloudOrder('7', 'v2', 'Downloaded')], listed)
    t.strictSame(await openFetches(l, LAB), [], 'listed, it is not')
    t.match(await noted(l, cloudOrder('7', 'v2', 'Downloaded'), announced), { stage: 'wanted' })
  },
)

t.test('a newer version that is announced while the older is in hand follows it', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  await startFetch(l, fetch, 'v1')
  await fetchDone(l, fetch.id)
  await noteOrders(l, [cloudOrder('7', 'v2')], announced)
  t.match(await fetchTaken(l, fetch.id, true), { stage: 'wanted', takenVersion: 'v1', wantedVersion: 'v2' })
})

t.test('what is begun of one version counts for nothing at the next', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  await startFetch(l, fetch, 'v1')
  await noteFlushed(l, fetch.id, { etag: '"e"', flushed: 500 })
  const same = await startFetch(l, (await fetchById(l, fetch.id)) as Fetch, 'v1')
  t.match(same, { etag: '"e"', flushed: 500 }, 'of the same it is gone on with')
  t.match(await startFetch(l, same as Fetch, 'v2'), { etag: null, flushed: 0, fileVersion: 'v2' })
})

t.test('a package that is unfit is fetched from zero three times, then a person is asked', async (t) => {
  const { l } = await ledgerFor(t)
  let fetch = await noted(l, cloudOrder('7'))
  for (const stage of ['wanted', 'wanted', 'failed']) {
    await startFetch(l, fetch, 'v1')
    await noteFlushed(l, fetch.id, { etag: '"e"', flushed: 500 })
    fetch = (await fetchUnfit(l, fetch.id, UNFIT, 3)) as Fetch
    t.match(fetch, { stage, failure: UNFIT, etag: null, flushed: 0 })
  }
  t.equal(fetch.attempts, 3)
  t.match(
    (await listActivity(l)).map(({ kind, code, orderId }) => [kind, code, orderId]),
    [['download-failed', 'zip-damaged', '107']],
    'kept once, when it is for a person',
  )
  t.strictSame(await noteOrders(l, [cloudOrder('7')], announced), [], 'told again, it stays failed')
  t.match(await retryFetch(l, LAB, '7' as RxId), { stage: 'wanted', attempts: 0, failure: null })
})

t.test('a failed order with a newer version is wanted without being asked for', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  await fetchFailed(l, fetch.id, { code: 'order-vanished', facts: {} })
  t.equal(await fetchFailed(l, fetch.id, UNFIT), null, 'once is enough')
  t.match(await listActivity(l), [
    { kind: 'download-failed', code: 'order-vanished', order: null, orderId: '107', orderCode: 'CODE7' },
  ])
  t.match(await noted(l, cloudOrder('7', 'v2')), { stage: 'wanted', failure: null, attempts: 0 })
})

t.test('what stands in the way is kept and goes with the next start', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  const full = { code: 'downloads-full', facts: { reason: 'ENOSPC' } } as const
  t.match(await fetchHindered(l, fetch.id, full), { stage: 'wanted', failure: full })
  t.match(await startFetch(l, fetch, 'v1'), { stage: 'downloading', failure: null })
})

t.test('no step is taken from a stage that it does not belong to', async (t) => {
  const { l } = await ledgerFor(t)
  const fetch = await noted(l, cloudOrder('7'))
  t.equal(await fetchDone(l, fetch.id), null)
  t.equal(await fetchTaken(l, fetch.id, true), null)
  t.equal(await fetchUnfit(l, fetch.id, UNFIT, 3), null)
  await taken(l, fetch)
  t.equal(await startFetch(l, fetch, 'v1'), null)
  t.equal(await fetchFailed(l, fetch.id, UNFIT), null)
  t.match(await fetchById(l, fetch.id), { stage: 'taken' })
})

t.test('an order nobody heard of cannot be tried again', async (t) => {
  const { l } = await ledgerFor(t)
  await noted(l, cloudOrder('7'))
  await t.rejects(retryFetch(l, OTHER_LAB, '7' as RxId), { code: 'fetch-unknown', facts: { rx: '7' } })
})

t.test(
  'an order whose kept files are damaged is wanted again, one of an export folder is left alone',
  async (t) => {
    const { l } = await ledgerFor(t)
    const fetch = await noted(l, cloudOrder('7'))
    await taken(l, fetch)
    await wantOrderAgain(l, 'exports', '107')
    await wantOrderAgain(l, 'myitero:2', '107')
    t.match(await fetchById(l, fetch.id), { stage: 'taken' })
    await wantOrderAgain(l, 'myitero:1', '107')
    t.match(await fetchById(l, fetch.id), { stage: 'wanted', takenVersion: null })
  },
)

t.test('the files of open fetches are needed, those of others are not', async (t) => {
  const { l } = await ledgerFor(t)
  const one = await noted(l, cloudOrder('7'))
  const two = await noted(l, cloudOrder('8'))
  await taken(l, two)
  t.strictSame([...(await fetchesWithFile(l, [one.id, two.id, 99 as FetchId]))], [one.id])
})

t.test(
  'whatever is told in whatever order, an order is one row and its taken version is wanted by nobody',
  async (t) => {
    const { l } = await ledgerFor(t)
    let rx = 1000
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('told' as const),
        version: fc.constantFrom('v1', 'v2', null),
        status: fc.constantFrom('Ready for Download', 'Downloaded', 'Lab Review', 'Neu'),
        announced: fc.boolean(),
      }),
      fc.record({
        kind: fc.constantFrom(
          'start',
          'done',
          'taken',
          'taken-unasked',
          'stands',
          'unfit',
          'failed',
          'retry',
        ),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const rxId = String(rx++)
        const own = async () => (await shownFetches(l, LAB)).find((each) => each.rxId === rxId) ?? null
        let id = 0 as FetchId
        for (const one of steps) {
          const now = id === 0 ? null : await fetchById(l, id)
          if (one.kind === 'told') {
            const changed = await noteOrders(
              l,
              [cloudOrder(rxId, one.version, one.status)],
              one.announced ? announced : listed,
            )
            id = changed[0]?.id ?? id
          } else if (now === null) continue
          else if (one.kind === 'start') await startFetch(l, now, now.wantedVersion ?? 'v1')
          else if (one.kind === 'done') await fetchDone(l, id)
          else if (one.kind === 'taken') await fetchTaken(l, id, true)
          else if (one.kind === 'taken-unasked') await fetchTaken(l, id, false)
          else if (one.kind === 'stands') await fetchStands(l, id)
          else if (one.kind === 'unfit') await fetchUnfit(l, id, UNFIT, 3)
          else if (one.kind === 'failed') await fetchFailed(l, id, UNFIT)
          else await retryFetch(l, LAB, rxId as RxId)
          const after = id === 0 ? null : await fetchById(l, id)
          if (after === null) continue
          if (after.stage === 'taken') t.equal(after.takenVersion, after.wantedVersion)
          if (after.stage === 'failed') t.not(after.failure, null)
          if (after.stage !== 'taken') t.not(await own(), null)
        }
      }),
      { numRuns: 40 },
    )
  },
)
