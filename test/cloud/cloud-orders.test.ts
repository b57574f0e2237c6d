import { createHash } from 'node:crypto'
import t from 'tap'
import { ACCOUNT, LAB, OTHER_ACCOUNT, opened, TWO } from './opened.ts'

const ZIP = Buffer.from('PK made up, and long enough to be cut in the middle')

t.test('The list shows new orders of the paired account alone, oldest change first', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const first = await cloud.addOrder(ACCOUNT, { package: ZIP, orderId: 123456789 })
  await cloud.addOrder(OTHER_ACCOUNT, { package: ZIP })
  const second = await cloud.addOrder(ACCOUNT, { package: ZIP, orderCode: null })
  const { body } = await call(await paired(), 'GET', '/orders')
  t.same(
    body.orders.map(({ rxId }: { rxId: number }) => rxId),
    [first, second],
  )
  t.equal(body.nextCursor, null)
  t.match(body.orders[0], {
    orderId: 123456789,
    accountId: ACCOUNT,
    status: 'Ready for Download',
    assets: [
      { kind: 'export3d', length: ZIP.length, sha256: createHash('sha256').update(ZIP).digest('hex') },
      { kind: 'thumbnail', contentType: 'image/jpeg' },
    ],
  })
})

t.test(
  'An order is off the list with its package’s first byte, and there by its Rx id for good',
  async (t) => {
    const { cloud, call, paired } = await opened(t)
    const token = await paired()
    const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
    const { body: order } = await call(token, 'GET', `/orders/${rxId}`)
    const [zip, image] = order.assets
    const urlOf = async ({ assetId }: { assetId: number }) =>
      (await call(token, 'POST', `/orders/${rxId}/assets/${assetId}/url`)).body.url
    const picture = await fetch(await urlOf(image))
    t.equal(
      Buffer.from(await picture.arrayBuffer())
        .subarray(6, 10)
        .toString(),
      'JFIF',
    )
    t.equal((await call(token, 'GET', '/orders')).body.orders.length, 1, 'a thumbnail changes nothing')
    const url = await urlOf(zip)
    t.equal((await call(token, 'GET', '/orders')).body.orders.length, 1, 'nor does asking for the URL')
    const answer = await fetch(url, { headers: { range: 'bytes=0-0' } })
    t.equal(await answer.text(), 'P')
    t.same((await call(token, 'GET', '/orders')).body.orders, [])
    t.equal((await call(token, 'GET', `/orders/${rxId}`)).body.status, 'Downloaded')
  },
)

t.test('The same order comes back with new files: same ids, another version, new in the list', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const token = await paired()
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  const before = (await call(token, 'GET', `/orders/${rxId}`)).body
  const { url } = (await call(token, 'POST', `/orders/${rxId}/assets/${before.assets[0].assetId}/url`)).body
  const etag = (await fetch(url)).headers.get('etag')
  await cloud.change(rxId, { package: Buffer.concat([ZIP, ZIP]) })
  const [after] = (await call(token, 'GET', '/orders')).body.orders
  t.match(after, { rxId, orderId: before.orderId, status: 'Ready for Download' })
  t.equal(after.assets[0].assetId, before.assets[0].assetId)
  t.not(after.assets[0].version, before.assets[0].version)
  t.not((await fetch(url)).headers.get('etag'), etag)
})

t.test('A status alone changes neither files nor list', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const token = await paired()
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  const before = (await call(token, 'GET', `/orders/${rxId}`)).body
  cloud.setStatus(rxId, 'Lab Review')
  const after = (await call(token, 'GET', `/orders/${rxId}`)).body
  t.equal(after.status, 'Lab Review')
  t.same(after.assets, before.assets)
  t.equal((await call(token, 'GET', '/orders')).body.orders.length, 1)
})

t.test('An order without files is there, and not in the list', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const token = await paired()
  const rxId = await cloud.addOrder(ACCOUNT, { status: 'Scanning' })
  t.same((await call(token, 'GET', '/orders')).body.orders, [])
  t.match((await call(token, 'GET', `/orders/${rxId}`)).body, { status: 'Scanning', assets: [] })
})

t.test('Pages hang together though orders leave the list between two of them', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const token = await paired()
  const all: number[] = []
  for (let i = 0; i < 7; i++) all.push(await cloud.addOrder(ACCOUNT, { package: ZIP }))
  const seen: number[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { body } = await call(token, 'GET', `/orders?limit=3${query}`)
    seen.push(...body.orders.map(({ rxId }: { rxId: number }) => rxId))
    cursor = body.nextCursor
    cloud.remove(seen.at(-1) as number)
  }
  t.same(seen, all)
})

t.test('Another account’s order is not found, by token of the same person too', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const rxId = await cloud.addOrder(OTHER_ACCOUNT, { package: ZIP })
  const mine = await paired(TWO.user, ACCOUNT)
  t.equal((await call(mine, 'GET', `/orders/${rxId}`)).status, 404)
  t.equal((await call(mine, 'POST', `/orders/${rxId}/assets/${rxId * 100}/url`)).status, 404)
  const theirs = await paired(TWO.user, OTHER_ACCOUNT)
  t.equal((await call(theirs, 'GET', `/orders/${rxId}`)).status, 200)
})

t.test('A scan goes back to the doctor', async (t) => {
  const { cloud, paired } = await opened(t)
  const token = await paired()
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  const sent = (body: Uint8Array<ArrayBuffer>) =>
    fetch(`${cloud.origin}/eu/api/orders/${rxId}/return`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip' },
      body,
    })
  t.equal((await sent(Uint8Array.from(ZIP))).status, 202)
  t.match(cloud.order(rxId), {
    status: 'Exporting to Doctor Site',
    returned: [{ bytes: ZIP.length, sha256: createHash('sha256').update(ZIP).digest('hex') }],
  })
  t.equal((await sent(Uint8Array.from(Buffer.from('no zip')))).status, 400)
})

t.test('What the document does not know is refused and noted', async (t) => {
  const { cloud, call, paired } = await opened(t, { violations: true })
  const token = await paired()
  const noted = () => cloud.violations().length
  const tried: readonly (readonly [string, string, unknown?])[] = [
    ['GET', '/orders?limit=0'],
    ['GET', '/orders?limit=ten'],
    ['GET', '/orders?page=2'],
    ['GET', '/orders/0'],
    ['GET', '/orders/12x'],
    ['PUT', '/callback', { url: 'https://lab.example/', secret: 'short' }],
    ['PUT', '/callback', { url: 'https://lab.example/', secret: 's'.repeat(40), more: 1 }],
    ['PUT', '/callback', 'a text'],
  ]
  for (const [method, path, body] of tried) {
    const before = noted()
    t.equal((await call(token, method, path, body)).status, 400, `${method} ${path}`)
    t.ok(noted() > before)
  }
  const before = noted()
  t.equal((await call(token, 'GET', '/patients')).status, 404)
  t.ok(noted() > before)
  t.equal((await call(token, 'GET', '/orders?cursor=made-up')).status, 400, 'a cursor that was never given')
})

t.test('No order for an account or of a file that there is not', async (t) => {
  const { cloud } = await opened(t)
  await t.rejects(cloud.addOrder(7, { package: ZIP }), RangeError)
  await t.rejects(cloud.addOrder(ACCOUNT, { package: `${t.testdir()}/none.zip` }), {
    code: 'ENOENT',
  } as never)
  t.equal(LAB.user, cloud.credentials[0]?.user)
})
