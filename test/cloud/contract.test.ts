import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { isSigned, readNotice, wire } from '../../plugin/cloud/contract.ts'
import type { Http, JsonAsk } from '../../plugin/cloud/http.ts'
import {
  type AccountId,
  accountId,
  cloudAccount,
  importAccount,
  type RxId,
  rxId,
} from '../../plugin/cloud/ids.ts'
import { clientFor } from './client.ts'
import { LAB } from './made-up.ts'
import { ACCOUNT, opened } from './opened.ts'

const ACCESS = { token: 'token', apiBase: 'https://api.example/base/' }
const ORDER = {
  rxId: 7,
  orderId: 107,
  orderCode: null,
  accountId: 1,
  status: 'Ready for Download',
  updatedAt: '2026-09-09T10:00:00Z',
  assets: [
    {
      assetId: 70,
      kind: 'export3d',
      fileName: '../../evil.zip',
      contentType: 'application/zip',
      length: 1000,
      sha256: 'ab'.repeat(32),
      version: 'v1',
    },
  ],
}

/** A cloud that answers each call with the next of these. */
function answering(...answers: readonly unknown[]): { http: Http; asked: JsonAsk[] } {
  const asked: JsonAsk[] = []
  const left = [...answers]
  const http = {
    json: async (ask: JsonAsk) => {
      asked.push(ask)
      return left.shift()
    },
  }
  return { http: http as unknown as Http, asked }
}

const page = (answer: unknown) =>
  wire.newOrders(answering(answer).http, ACCESS, { account: LAB, cursor: null })

t.test('the cloud’s own list and its orders by id are understood', async (t) => {
  const { cloud } = await opened(t)
  const { http, session } = clientFor(t, cloud)
  const rx = await cloud.addOrder(ACCOUNT, { package: Buffer.from('PK..'), orderId: 123_456_789 })
  const access = await session.access()
  const account = String(ACCOUNT) as AccountId
  const { orders, refused, next } = await wire.newOrders(http, access, { account, cursor: null })
  t.match(orders, [
    {
      account,
      rxId: String(rx),
      orderId: '123456789',
      status: { kind: 'ready', text: 'Ready for Download' },
      export: { bytes: 4, sha256: /^[0-9a-f]{64}$/ },
      thumbnails: [{ sha256: null }],
    },
  ])
  t.strictSame({ refused, next }, { refused: [], next: null })
  t.strictSame(await wire.order(http, access, { account, rxId: String(rx) as RxId }), orders[0])
})

t.test('an order that is not there is none', async (t) => {
  const { cloud } = await opened(t)
  const { http, session } = clientFor(t, cloud)
  const order = { account: String(ACCOUNT) as AccountId, rxId: '4711' as RxId }
  t.equal(await wire.order(http, await session.access(), order), null)
})

t.test('paths are put together from the base and from digits alone', async (t) => {
  const { http, asked } = answering(ORDER)
  await wire.order(http, ACCESS, { account: LAB, rxId: '7' as RxId })
  t.equal(asked[0]?.url, 'https://api.example/base/orders/7')
  for (const bad of ['../accounts', '7/../8', '7?x', '', '7'.repeat(30)]) {
    await t.rejects(
      wire.order(answering(ORDER).http, ACCESS, { account: LAB, rxId: bad as RxId }),
      { code: 'cloud-answer-invalid' },
      bad,
    )
  }
})

t.test('unknown fields are ignored, an unknown status is kept as it was sent', async (t) => {
  const more = {
    ...ORDER,
    status: 'Bereit',
    mood: 'fine',
    assets: [{ ...ORDER.assets[0], kind: 'hologram' }],
  }
  const { orders } = await page({ orders: [more], nextCursor: null, total: 1 })
  t.match(orders, [{ status: { kind: 'unknown', text: 'Bereit' }, export: null, thumbnails: [] }])
})

t.test('an order of the wrong shape is told and holds up no other', async (t) => {
  const wrong = [
    { ...ORDER, rxId: '../../etc/passwd' },
    { ...ORDER, rxId: 1.5 },
    { ...ORDER, orderId: -1 },
    { ...ORDER, status: 7 },
    { ...ORDER, assets: 'none' },
    { ...ORDER, assets: [{ ...ORDER.assets[0], length: 'long' }] },
    { ...ORDER, assets: [{ ...ORDER.assets[0], sha256: '../' }] },
    { ...ORDER, assets: Array.from({ length: 101 }, () => ORDER.assets[0]) },
    'order',
    null,
  ]
  const { orders, refused } = await page({ orders: [...wrong, ORDER], nextCursor: null })
  t.strictSame(
    orders.map((order) => order.rxId),
    ['7'],
  )
  t.equal(refused.length, wrong.length)
  t.match(refused[0], { code: 'cloud-answer-invalid', facts: { reason: 'wrong-shape', field: '/rxId' } })
})

t.test('an order of another account is refused', async (t) => {
  const other = { ...ORDER, accountId: 2 }
  const { orders, refused } = await page({ orders: [other], nextCursor: null })
  t.strictSame(orders, [])
  t.match(refused, [{ facts: { reason: 'another-account', rxId: 7 } }])
  await t.rejects(wire.order(answering(other).http, ACCESS, { account: LAB, rxId: '7' as RxId }), {
    code: 'cloud-answer-invalid',
    facts: { reason: 'another-account' },
  })
})

t.test('another order than was asked for is refused', async (t) => {
  const call = wire.order(answering({ ...ORDER, rxId: 8 }).http, ACCESS, { account: LAB, rxId: '7' as RxId })
  await t.rejects(call, { code: 'cloud-answer-invalid', facts: { reason: 'another-order' } })
})

t.test('10,000 orders in one page are taken, more are refused', async (t) => {
  const flood = (length: number) => ({
    orders: Array.from({ length }, (_, at) => ({ ...ORDER, rxId: at + 1 })),
    nextCursor: null,
  })
  const { orders, refused } = await page(flood(10_000))
  t.equal(new Set(orders.map(({ rxId }) => rxId)).size, 10_000)
  t.strictSame(refused, [])
  await t.rejects(page(flood(10_001)), { code: 'cloud-answer-invalid', facts: { reason: 'too-many' } })
})

t.test('a page that is no page is refused', async (t) => {
  for (const bad of [undefined, null, [], 'x', {}, { orders: [] }, { orders: {}, nextCursor: null }]) {
    await t.rejects(page(bad), { code: 'cloud-answer-invalid' })
  }
  await t.rejects(page({ orders: [], nextCursor: 'with spaces in it' }), {
    code: 'cloud-answer-invalid',
    facts: { field: '/nextCursor' },
  })
})

t.test('whatever JSON the cloud answers, it is an order, a page, or our one error', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      for (const answer of [
        value,
        { orders: value, nextCursor: null },
        { orders: [value], nextCursor: null },
      ]) {
        await page(answer).catch((error: { code?: string }) => t.equal(error.code, 'cloud-answer-invalid'))
      }
    }),
    { numRuns: 200 },
  )
})

t.test('a notice is believed by its signature alone', async (t) => {
  const secret = 's'.repeat(40)
  const body = Buffer.from(JSON.stringify({ rxId: 7, accountId: 1 }))
  const hex = createHmac('sha256', secret).update(body).digest('hex')
  t.equal(isSigned(body, `sha256=${hex}`, secret), true)
  for (const bad of [
    undefined,
    '',
    hex,
    `sha256=${hex.slice(1)}0`,
    `sha1=${hex}`,
    `sha256=${'0'.repeat(64)}`,
  ]) {
    t.equal(isSigned(body, bad, secret), false, String(bad))
  }
  t.equal(isSigned(Buffer.from(`${body} `), `sha256=${hex}`, secret), false, 'another body')
  t.strictSame(await readNotice(body), { account: '1', rxId: '7' })
  await t.rejects(readNotice(Buffer.from('{"rxId":"7/..","accountId":1}')), { code: 'cloud-answer-invalid' })
  await t.rejects(readNotice(Buffer.from('nonsense')), { code: 'cloud-answer-invalid' })
})

t.test('ids are digits; an account is found again in what orders call it', async (t) => {
  t.equal(accountId('55501'), '55501')
  for (const bad of ['', '0', '-1', '1.5', '1/2', '../1', ' 1', '1'.repeat(17)]) {
    t.equal(accountId(bad), null)
    t.equal(rxId(bad), null)
  }
  t.equal(cloudAccount(importAccount(LAB)), LAB)
  t.equal(cloudAccount('exports'), null)
  t.equal(cloudAccount('myitero:../x'), null)
})
