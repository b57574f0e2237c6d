import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Fetch } from '../../plugin/ledger/fetches.ts'
import { fetchById, openFetches, shownFetches } from '../../plugin/ledger/fetches.ts'
import { failureText } from '../../plugin/words/words.ts'
import { systemError, watchedDisk } from '../casefile/failing-disk.ts'
import { ACCOUNT, OTHER_ACCOUNT } from './opened.ts'
import { ACCOUNT_ID, idOf, watched } from './watched.ts'

const zip = (text: string) => Buffer.from(`PK\u0003\u0004${text}`)
let order = 300_000_000
const orderId = () => ++order
const isTaken = (told: readonly Fetch[], rxId: number) =>
  told.some((f) => f.rxId === idOf(rxId) && f.stage === 'taken')

t.test('orders that are ready come by themselves, each once', async (t) => {
  const w = await watched(t)
  const one = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const two = await w.cloud.addOrder(ACCOUNT, { package: zip('two'), orderId: orderId() })
  const watch = w.start()
  await watch.settled
  await w.until(() => isTaken(w.told, one) && isTaken(w.told, two))
  const three = await w.cloud.addOrder(ACCOUNT, { package: zip('three'), orderId: orderId() })
  await w.until(() => isTaken(w.told, three))
  await watch.look()
  t.strictSame(w.handed.map(({ bytes }) => bytes.subarray(4).toString()).sort(), ['one', 'three', 'two'])
  t.strictSame(readdirSync(w.downloads), [], 'what is taken lies there no more')
  t.strictSame(await watch.fetches(), [])
})

t.test('the intent is kept before the first byte is asked for', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  let kept: readonly Fetch[] = []
  w.start({
    http: {
      ...w.http,
      async bytes(ask) {
        kept = await openFetches(w.ledger, ACCOUNT_ID)
        return w.http.bytes(ask)
      },
    },
  })
  await w.until(() => isTaken(w.told, rx))
  t.match(kept, [{ rxId: idOf(rx), stage: 'downloading' }])
})

t.test('an order that the list hides after a crash is found again by its Rx id', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'.repeat(100_000)), orderId: orderId() })
  w.cloud.faults.next({ route: 'download', times: 10 }, { kind: 'cut', after: 100_000 })
  const first = w.start({ bytesPerSecond: 20_000_000 })
  await w.until(() => w.cloud.order(rx)?.isNew === false)
  await first.close()
  w.cloud.faults.clear()
  t.match(await openFetches(w.ledger, ACCOUNT_ID), [{ rxId: idOf(rx) }])
  w.start()
  await w.until(() => isTaken(w.told, rx))
  t.equal(w.handed.length, 1)
})

t.test(
  'a package that was whole when the run ended is handed on without being asked for again',
  async (t) => {
    let result: 'again' | 'done' = 'again'
    const w = await watched(t, { answer: async () => result })
    const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
    const first = w.start()
    await w.until(() => w.told.some(({ stage }) => stage === 'downloaded'))
    await first.close()
    const asked = w.cloud.requests().filter(({ route }) => route === 'download').length
    result = 'done'
    w.start()
    await w.until(() => isTaken(w.told, rx))
    t.equal(w.cloud.requests().filter(({ route }) => route === 'download').length, asked)
    t.equal(w.handed.length, 1)
  },
)

t.test('what cannot be imported now keeps its package and is handed on later', async (t) => {
  let times = 0
  const w = await watched(t, { answer: async () => (++times < 4 ? 'again' : 'done') })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.start()
  await w.until(() => isTaken(w.told, rx))
  t.equal(times, 4)
  t.equal(w.cloud.requests().filter(({ route }) => route === 'download').length, 1)
})

t.test('list, notice, restart and Sync now may all announce one order', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const watch = w.start()
  await watch.settled
  for (let i = 0; i < 20; i++) watch.announced(ACCOUNT_ID, idOf(rx))
  await Promise.all([watch.look(), watch.look()])
  await w.until(() => isTaken(w.told, rx))
  watch.announced(ACCOUNT_ID, idOf(rx))
  await watch.look()
  await watch.close()
  const again = w.start()
  await again.settled
  await again.look()
  t.equal(w.handed.length, 1)
})

t.test('a package that stood whole and that a power cut spoiled is fetched again', async (t) => {
  let ready = false
  const w = await watched(t, {
    async answer({ id }) {
      if (!ready) return 'again'
      const there = readFileSync(join(w.downloads, `${id}.zip`)).length > 0
      return there ? 'done' : { code: 'zip-damaged', facts: {} }
    },
  })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const first = w.start()
  await w.until(() => w.told.some(({ stage }) => stage === 'downloaded'))
  await first.close()
  const [file = ''] = readdirSync(w.downloads)
  writeFileSync(join(w.downloads, file), '')
  ready = true
  w.start()
  await w.until(() => isTaken(w.told, rx))
  t.strictSame(
    w.handed.map(({ bytes }) => bytes.subarray(4).toString()),
    ['one'],
  )
})

t.test('how a taken order stands later is asked for, though the list never shows it again', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const watch = w.start()
  await w.until(() => isTaken(w.told, rx))
  t.strictSame(await watch.fetches(), [])
  w.cloud.setStatus(rx, 'Lab Review')
  await watch.look()
  t.match(await watch.fetches(), [{ rxId: idOf(rx), stage: 'taken', status: { kind: 'lab-review' } }])
  w.cloud.setStatus(rx, 'Ready for Download')
  await watch.look()
  t.strictSame(await watch.fetches(), [])
  t.equal(w.handed.length, 1)
})

t.test('what is under way stays in the list while nobody is signed in, and while it is paused', async (t) => {
  const w = await watched(t, { answer: async () => 'again' })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const seen = await w.cloud.addOrder(ACCOUNT, {
    package: zip('two'),
    orderId: orderId(),
    status: 'Lab Review',
  })
  const first = w.start()
  await first.settled
  first.announced(ACCOUNT_ID, idOf(seen))
  await w.until(
    () =>
      w.told.some(({ rxId, stage }) => rxId === idOf(rx) && stage === 'downloaded') &&
      w.told.some(({ rxId }) => rxId === idOf(seen)),
  )
  const listed = (await first.fetches()).map(({ rxId, stage }) => [rxId, stage])
  t.equal(listed.length, 2)
  await first.close()
  const signedOut = w.start({
    session: { ...w.session, state: () => ({ kind: 'signed-out', failure: null }) },
  })
  await signedOut.settled
  t.strictSame(
    (await signedOut.fetches()).map(({ rxId, stage }) => [rxId, stage]),
    listed,
  )
  await signedOut.close()
  const paused = w.start()
  paused.pause(true)
  await paused.settled
  t.strictSame(
    (await paused.fetches()).map(({ rxId, stage }) => [rxId, stage]),
    listed,
  )
})

t.test('a taken order that the cloud refuses to tell of keeps no look from ending well', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const watch = w.start()
  await w.until(() => isTaken(w.told, rx))
  w.cloud.faults.next({ route: 'order', rxId: rx }, { kind: 'status', status: 403 })
  await watch.look()
  t.match(w.cloud.faults.done(), [{ route: 'order', rxId: rx }], 'it was asked for')
  t.equal(w.states.at(-1)?.offline, null)
})

t.test('new files that came while the old ones were on their way are not missed', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('old'), orderId: orderId() })
  w.cloud.faults.next({ route: 'download' }, { kind: 'overtaken', package: zip('new') })
  w.start()
  await w.until(() => w.handed.length === 2)
  t.equal(w.cloud.order(rx)?.isNew, false, 'the list never showed the new ones')
  t.strictSame(
    w.handed.map(({ bytes }) => bytes.subarray(4).toString()),
    ['old', 'new'],
  )
})

for (const status of [403, 404])
  t.test(`new files are not missed where the cloud says ${status} of their order once`, async (t) => {
    const w = await watched(t)
    const rxId = await w.cloud.addOrder(ACCOUNT, { package: zip('old'), orderId: orderId() })
    w.cloud.faults.next({ route: 'download' }, { kind: 'overtaken', package: zip('new') })
    w.cloud.faults.next({ route: 'order', rxId, after: 1 }, { kind: 'status', status })
    const watch = w.start()
    await w.until(() => isTaken(w.told, rxId))
    await watch.look()
    t.strictSame(
      w.handed.map(({ bytes }) => bytes.subarray(4).toString()),
      ['old', 'new'],
    )
  })

t.test('a run that ends before it could ask for newer files asks at its next start', async (t) => {
  const ending = Promise.withResolvers<void>()
  const w = await watched(t, {
    answer: async () => {
      await ending.promise
      return 'done'
    },
  })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('old'), orderId: orderId() })
  const same = await w.cloud.addOrder(ACCOUNT, { package: zip('same'), orderId: orderId() })
  w.cloud.faults.next({ route: 'download', rxId: rx }, { kind: 'overtaken', package: zip('new') })
  for (const rxId of [rx, same]) w.cloud.faults.next({ route: 'order', rxId, after: 1 }, { kind: 'reset' })
  const first = w.start()
  await w.until(() => w.told.filter(({ stage }) => stage === 'downloaded').length === 2)
  const closing = first.close()
  ending.resolve()
  await closing
  t.strictSame(readdirSync(w.downloads), [])
  w.start()
  await w.until(() => isTaken(w.told, rx) && isTaken(w.told, same))
  t.strictSame(w.handed.map(({ bytes }) => bytes.subarray(4).toString()).sort(), ['new', 'old', 'same'])
})

t.test('a cloud that no longer tells of an order does not keep its package from being taken', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'order', after: 1 }, { kind: 'vanish' })
  w.start()
  await w.until(() => isTaken(w.told, rx))
  t.equal(w.handed.length, 1)
})

t.test('the same order with new files comes again', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.start()
  await w.until(() => w.handed.length === 1)
  await w.cloud.change(rx, { package: zip('two') })
  await w.until(() => w.handed.length === 2)
  t.strictSame(
    w.handed.map(({ bytes }) => bytes.subarray(4).toString()),
    ['one', 'two'],
  )
})

t.test('an announced order that the list does not show is fetched where its files are others', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const watch = w.start()
  await w.until(() => w.handed.length === 1)
  await w.cloud.change(rx, { package: zip('two'), status: 'Downloaded' })
  watch.announced(ACCOUNT_ID, idOf(rx))
  await w.until(() => w.handed.length === 2)
})

t.test('a notice for another account is ignored', async (t) => {
  const w = await watched(t)
  const watch = w.start()
  await watch.settled
  watch.announced('999' as typeof ACCOUNT_ID, idOf(7))
  await watch.look()
  t.equal(w.cloud.requests().filter(({ route }) => route === 'order').length, 0)
})

t.test('an order in Lab Review is shown, and comes once it is ready', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, {
    package: zip('one'),
    orderId: orderId(),
    status: 'Lab Review',
  })
  const watch = w.start()
  await w.until(() => w.told.length > 0)
  t.match(await watch.fetches(), [{ stage: 'noted', status: { kind: 'lab-review', text: 'Lab Review' } }])
  w.cloud.setStatus(rx, 'Ready for Download')
  await w.until(() => isTaken(w.told, rx))
})

t.test('one that goes to Lab Review before it is fetched is waited for', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'order', times: 1 }, { kind: 'status', status: 500 })
  w.start({ lanes: 1 })
  await w.until(() => w.told.some(({ failure }) => failure?.code === 'cloud-fault'))
  w.cloud.setStatus(rx, 'Lab Review')
  await w.until(() => w.told.some(({ stage }) => stage === 'noted'))
  w.cloud.setStatus(rx, 'Ready for Download')
  await w.until(() => isTaken(w.told, rx))
})

t.test('a status nobody knows is shown, and fetched where a person asks for it', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId(), status: 'Bereit' })
  const watch = w.start()
  await w.until(() => w.told.length > 0)
  await watch.look()
  t.match(await watch.fetches(), [{ stage: 'noted', status: { kind: 'unknown', text: 'Bereit' } }])
  await watch.retry(ACCOUNT_ID, idOf(rx))
  await w.until(() => isTaken(w.told, rx))
})

t.test('an order that vanishes is told, and comes when it is tried again', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'order' }, { kind: 'status', status: 404 })
  const watch = w.start()
  await w.until(() => w.told.some(({ stage }) => stage === 'failed'))
  t.match(await watch.fetches(), [{ stage: 'failed', failure: { code: 'order-vanished' } }])
  await watch.retry(ACCOUNT_ID, idOf(rx))
  await w.until(() => isTaken(w.told, rx))
  await t.rejects(watch.retry(ACCOUNT_ID, idOf(1)), { code: 'fetch-unknown' })
})

for (const kind of ['corrupt', 'html', 'empty', 'endless'] as const) {
  t.test(`a package that comes ${kind} is fetched again from zero, three times`, async (t) => {
    const w = await watched(t)
    const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'.repeat(1000)), orderId: orderId() })
    w.cloud.faults.next({ route: 'download', times: 3 }, { kind })
    const watch = w.start()
    await w.until(() => isTaken(w.told, rx))
    w.cloud.faults.next({ route: 'download', times: 4 }, { kind })
    await w.cloud.change(rx, { package: zip('two'.repeat(1000)) })
    await w.until(() => w.told.some(({ stage }) => stage === 'failed'))
    t.match(await watch.fetches(), [{ stage: 'failed', attempts: 4, failure: { code: /^download-/ } }])
    t.strictSame(readdirSync(w.downloads), [])
    await watch.retry(ACCOUNT_ID, idOf(rx))
    await w.until(() => w.handed.length === 2)
  })
}

t.test(
  'a package that the importer finds damaged is fetched again from zero, then shown with the reason',
  async (t) => {
    const damaged = { code: 'zip-entry-damaged', facts: { file: 'a.stl' } } as const
    const w = await watched(t, { answer: async () => damaged })
    await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
    const watch = w.start()
    await w.until(() => w.told.some(({ stage }) => stage === 'failed'))
    t.match(await watch.fetches(), [{ attempts: 4, failure: damaged }])
    t.equal(w.cloud.requests().filter(({ route }) => route === 'download').length, 4)
  },
)

t.test('what no other package will heal is shown at once', async (t) => {
  const full = { code: 'case-name-exhausted', facts: {} } as const
  const w = await watched(t, { answer: async () => full })
  await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.start()
  await w.until(() => w.told.some(({ stage }) => stage === 'failed'))
  t.equal(w.cloud.requests().filter(({ route }) => route === 'download').length, 1)
})

t.test('one order that always fails holds up no other', async (t) => {
  const w = await watched(t)
  const bad = await w.cloud.addOrder(ACCOUNT, { package: zip('bad'), orderId: orderId() })
  w.cloud.faults.next({ route: 'order', rxId: bad, times: 20 }, { kind: 'status', status: 403 })
  const rest = await Promise.all(
    [1, 2, 3, 4].map((n) => w.cloud.addOrder(ACCOUNT, { package: zip(`good${n}`), orderId: orderId() })),
  )
  const watch = w.start()
  await w.until(() => rest.every((rx) => isTaken(w.told, rx)))
  await w.until(() => w.told.some(({ rxId, stage }) => rxId === idOf(bad) && stage === 'failed'))
  t.match(await watch.fetches(), [{ failure: { code: 'cloud-refused' } }])
})

t.test('a wrong order in the list is said once and holds up no other', async (t) => {
  const w = await watched(t, { violations: true })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'newOrders', times: 2 }, { kind: 'wrong-shape' })
  const said: (number | null)[] = []
  const watch = w.start({ onNotUnderstood: (number) => said.push(number) })
  await watch.settled
  await watch.look()
  await w.until(() => isTaken(w.told, rx))
  t.equal(said.length, 1)
  t.ok(said[0] === null || said[0] === rx)
})

t.test('endless paging ends, with the orders that were in it', async (t) => {
  const w = await watched(t, { violations: true })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  let pages = 0
  const endless: typeof w.http.json = async (ask) => {
    const answer = await w.http.json({ ...ask, url: ask.url.replace(/&cursor=.*/, '') })
    return ask.url.includes('/orders?') ? { ...(answer as object), nextCursor: `again-${++pages}` } : answer
  }
  w.start({ http: { ...w.http, json: endless } })
  await w.until(() => isTaken(w.told, rx))
  await w.until(() => w.states.some(({ offline }) => offline?.facts['reason'] === 'endless-paging'))
})

t.test('a list that is longer than one look comes whole, look after look', async (t) => {
  const w = await watched(t)
  const rxs: number[] = []
  for (let n = 0; n < 105; n++)
    rxs.push(await w.cloud.addOrder(ACCOUNT, { package: zip(String(n)), orderId: orderId() }))
  const onePerPage: typeof w.http.json = (ask) =>
    w.http.json({ ...ask, url: ask.url.replace(/([?&]limit=)\d+/, '$11') })
  const watch = w.start({ http: { ...w.http, json: onePerPage } })
  await watch.settled
  t.ok(w.told.length > 0)
  t.notOk(
    rxs.every((rx) => w.told.some(({ rxId }) => rxId === idOf(rx))),
    'one look does not see them all',
  )
  await w.until(() => rxs.every((rx) => isTaken(w.told, rx)))
  t.strictSame(
    w.states.filter(({ offline }) => offline !== null),
    [],
  )
})

t.test('more orders in one page than were asked for are taken up at once', async (t) => {
  const w = await watched(t, { violations: true })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'newOrders' }, { kind: 'flood', orders: 250 })
  const watch = w.start()
  await watch.settled
  t.equal(new Set(w.told.map(({ rxId }) => rxId)).size, 250)
  await w.until(() => isTaken(w.told, rx))
  t.strictSame(
    w.states.filter(({ offline }) => offline !== null),
    [],
  )
})

t.test('a page of more orders than can be is a state that says so, and is tried again', async (t) => {
  const w = await watched(t, { violations: true })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'newOrders' }, { kind: 'flood', orders: 10_001 })
  w.start()
  await w.until(() => isTaken(w.told, rx))
  const [offline] = w.states.flatMap((state) => state.offline ?? [])
  t.match(offline, { code: 'cloud-answer-invalid', facts: { reason: 'too-many' } })
  t.match(offline && failureText(offline, 'en'), /too many orders at once/)
})

t.test('a cloud that is away is a state, and everything goes on when it is back', async (t) => {
  const w = await watched(t)
  w.cloud.faults.next({ times: 6 }, { kind: 'reset' })
  const watch = w.start()
  await watch.settled
  await w.until(() => w.states.some(({ offline }) => offline?.code === 'cloud-unreachable'))
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  await w.until(() => isTaken(w.told, rx))
  await w.until(() => w.states.at(-1)?.offline === null)
})

t.test('a cloud that says it is busy is left alone for as long as it says', async (t) => {
  let now = 0
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'newOrders' }, { kind: 'status', status: 429, retryAfterSeconds: 600 })
  const asked: number[] = []
  w.start({
    clock: () => now,
    pause: async (ms) => {
      asked.push(ms)
      now += ms
    },
  })
  await w.until(() => isTaken(w.told, rx))
  t.ok(now >= 600_000, `waited ${now} ms`)
  const lists = w.cloud.requests().filter(({ route }) => route === 'newOrders')
  t.equal(lists[0]?.status, 429)
})

t.test('a cloud that asks for a moment is there: nothing is offline, and it is waited for', async (t) => {
  let now = 0
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  w.cloud.faults.next({ route: 'newOrders' }, { kind: 'status', status: 429, retryAfterSeconds: 7 })
  w.cloud.faults.next({ route: 'download' }, { kind: 'status', status: 429, retryAfterSeconds: 7 })
  w.start({
    clock: () => now,
    pause: async (ms) => {
      now += ms
    },
  })
  await w.until(() => isTaken(w.told, rx))
  t.ok(now >= 14_000, `waited ${now} ms`)
  t.strictSame(
    w.states.filter(({ offline }) => offline !== null),
    [],
  )
})

t.test('a cloud that asks for a moment again and again is offline', async (t) => {
  let now = 0
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const busy = { kind: 'status', status: 429, retryAfterSeconds: 7 } as const
  w.cloud.faults.next({ route: 'newOrders', times: 12 }, busy)
  w.start({
    clock: () => now,
    pause: async (ms) => {
      now += ms
    },
  })
  await w.until(() => w.states.some(({ offline }) => offline?.code === 'cloud-busy'))
  t.ok(now >= 45_000, `told after ${now} ms`)
  await w.until(() => isTaken(w.told, rx))
  await w.until(() => w.states.at(-1)?.offline === null)
})

t.test('signed out, nothing is asked for; signed in again, downloads go on', async (t) => {
  const w = await watched(t)
  w.session.lose()
  const watch = w.start()
  await watch.settled
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  await watch.look()
  t.strictSame(
    w.cloud.requests().filter(({ route }) => route === 'newOrders'),
    [],
  )
  w.session.find()
  await w.until(() => isTaken(w.told, rx))
})

t.test('of another account that signs in, the orders of the first are left alone', async (t) => {
  let result: 'again' | 'done' = 'again'
  const w = await watched(t, { answer: async () => result })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const watch = w.start()
  await w.until(() => w.told.some(({ stage }) => stage === 'downloaded'))
  w.session.find(OTHER_ACCOUNT)
  const other = await w.cloud.addOrder(OTHER_ACCOUNT, { package: zip('two'), orderId: orderId() })
  result = 'done'
  await w.until(() => isTaken(w.told, other))
  await watch.look()
  t.strictSame(
    w.handed.map(({ rxId }) => rxId),
    [idOf(other)],
  )
  t.match(await openFetches(w.ledger, ACCOUNT_ID), [{ rxId: idOf(rx), stage: 'downloaded' }])
  w.session.find(ACCOUNT)
  await w.until(() => isTaken(w.told, rx))
})

t.test('paused, nothing is asked for and a download rests; it goes on where it was', async (t) => {
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('x'.repeat(2_000_000)), orderId: orderId() })
  w.cloud.faults.next({ route: 'download' }, { kind: 'slow', bytesPerSecond: 4_000_000 })
  let once = false
  const watch = w.start({
    onProgress: (_, bytes) => {
      if (once || bytes < 600_000) return
      once = true
      watch.pause(true)
    },
  })
  await w.until(() => w.states.at(-1)?.paused === true)
  await w.cloud.addOrder(ACCOUNT, { package: zip('two'), orderId: orderId() })
  await watch.look()
  const asked = w.cloud.requests().length
  await watch.look()
  t.equal(w.cloud.requests().length, asked)
  watch.pause(false)
  await w.until(() => isTaken(w.told, rx) && w.handed.length === 2)
  const last = w.handed.find(({ rxId }) => rxId === idOf(rx))
  t.equal(last?.bytes.length, 2_000_004)
})

t.test('a full disk is told beside the order, and it goes on when there is room', async (t) => {
  let full = true
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: zip('one'), orderId: orderId() })
  const { disk } = watchedDisk(fs, ({ name }) => {
    if (full && name === 'handle.write') throw systemError('ENOSPC')
  })
  w.start({ disk })
  await w.until(() => w.told.some(({ failure }) => failure?.code === 'downloads-full'))
  full = false
  await w.until(() => isTaken(w.told, rx))
})

t.test(
  'what belongs to nothing among the downloads is swept away, what does not look like ours stays',
  async (t) => {
    const w = await watched(t)
    mkdirSync(w.downloads)
    for (const name of ['7.zip', '8.zip.part', 'note.txt']) writeFileSync(join(w.downloads, name), 'x')
    const watch = w.start()
    await watch.settled
    t.strictSame(readdirSync(w.downloads), ['note.txt'])
  },
)

t.test('an end waits for what is being imported and begins nothing more', async (t) => {
  const ending = Promise.withResolvers<void>()
  const w = await watched(t, {
    answer: async () => {
      await ending.promise
      return 'done'
    },
  })
  for (let n = 0; n < 6; n++) await w.cloud.addOrder(ACCOUNT, { package: zip(`${n}`), orderId: orderId() })
  const watch = w.start({ lanes: 2 })
  await w.until(() => w.told.filter(({ stage }) => stage === 'downloaded').length === 2)
  const closing = watch.close()
  t.equal(watch.close(), closing)
  ending.resolve()
  await closing
  t.equal(w.handed.length, 2)
  await watch.look()
  const begun = (await shownFetches(w.ledger, ACCOUNT_ID)).filter(({ fileVersion }) => fileVersion !== null)
  t.strictSame(begun, [])
  t.equal(w.cloud.requests().filter(({ route }) => route === 'download').length, 2)
})

t.test('no more orders are in hand at once than there are lanes', async (t) => {
  let inHand = 0
  let most = 0
  const w = await watched(t, {
    answer: async () => {
      most = Math.max(most, ++inHand)
      await new Promise((resolve) => setImmediate(resolve))
      inHand--
      return 'done'
    },
  })
  for (let n = 0; n < 12; n++) await w.cloud.addOrder(ACCOUNT, { package: zip(`${n}`), orderId: orderId() })
  w.start({ lanes: 2 })
  await w.until(() => w.handed.length === 12)
  t.ok(most <= 2, `${most}`)
})

t.test('more orders than a page of the list holds are all taken up, each once', async (t) => {
  const w = await watched(t)
  const many = 130
  for (let n = 0; n < many; n++)
    await w.cloud.addOrder(ACCOUNT, { package: zip(`${n}`), orderId: orderId(), thumbnails: 0 })
  w.start()
  await w.until(() => w.handed.length === many)
  t.equal(new Set(w.handed.map(({ rxId }) => rxId)).size, many, 'over two pages, each once')
  t.match(await fetchById(w.ledger, w.told[0]?.id as Fetch['id']), { stage: 'taken' })
  t.notOk(existsSync(join(w.downloads, '1.zip')))
})
