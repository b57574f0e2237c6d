import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import * as client from 'openid-client'
import t from 'tap'
import type { Cloud } from '../../fixtures/cloud/cloud.ts'
import type { Fault, PlannedKind, Route } from '../../fixtures/cloud/faults.ts'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'
import { ACCOUNT, configured, LAB, type Opened, opened, REDIRECT, signedIn } from './opened.ts'

const ZIP = Buffer.alloc(10_000, 'PK a package of some length; ')

async function withOrder(t: Parameters<typeof opened>[0]) {
  const at = await opened(t)
  const rxId = await at.cloud.addOrder(ACCOUNT, { package: ZIP })
  const token = await at.paired()
  return { ...at, rxId, token, faults: at.cloud.faults, fresh: () => urlOf(at, token, rxId) }
}

const urlOf = async ({ call }: Opened, token: string, rxId: number): Promise<string> =>
  (await call(token, 'POST', `/orders/${rxId}/assets/${rxId * 100}/url`)).body.url

/** Bytes that came, and whether the end was a clean one. */
async function got(url: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { headers, redirect: 'manual' })
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of answer.body ?? []) chunks.push(chunk)
    return { answer, bytes: Buffer.concat(chunks), whole: true }
  } catch {
    return { answer, bytes: Buffer.concat(chunks), whole: false }
  }
}

const failed = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    () => true,
  )

t.test('A connection is closed without an answer', async (t) => {
  const { call, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'reset' })
  t.equal(await failed(call(token, 'GET', '/orders')), true)
  t.equal((await call(token, 'GET', '/orders')).status, 200)
})

t.test('JSON is cut in the middle', async (t) => {
  const { call, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'cut' })
  t.equal(await failed(call(token, 'GET', '/orders')), true)
})

for (const [status, code] of [
  [401, 'tokenInvalid'],
  [403, 'forbidden'],
  [404, 'notFound'],
  [500, 'internal'],
  [503, 'unavailable'],
] as const)
  t.test(`An answer is ${status} though all is well`, async (t) => {
    const { call, token, faults } = await withOrder(t)
    faults.next({ route: 'newOrders', after: 1, times: 2 }, { kind: 'status', status })
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) statuses.push((await call(token, 'GET', '/orders')).status)
    t.same(statuses, [200, status, status, 200])
    faults.next({ route: 'discover' }, { kind: 'status', status })
    t.equal((await call(token, 'GET', '/discovery')).body.error.code, code)
  })

t.test('Too many requests: Retry-After says how long', async (t) => {
  const { call, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'status', status: 429, retryAfterSeconds: 7 })
  const { status, headers } = await call(token, 'GET', '/orders')
  t.equal(status, 429)
  t.equal(headers.get('retry-after'), '7')
})

t.test('A redirect leads elsewhere', async (t) => {
  const { call, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'redirect', to: 'https://elsewhere.example/orders' })
  const { status, headers } = await call(token, 'GET', '/orders')
  t.equal(status, 302)
  t.equal(headers.get('location'), 'https://elsewhere.example/orders')
})

t.test('Slow: the head is late, and the bytes trickle', async (t) => {
  const { call, token, faults, fresh } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'slow', ms: 60 })
  const began = performance.now()
  await call(token, 'GET', '/orders')
  t.ok(performance.now() - began >= 59)
  faults.next({ route: 'download' }, { kind: 'slow', bytesPerSecond: 25_000 })
  const url = await fresh()
  const start = performance.now()
  const { bytes } = await got(url)
  t.ok(bytes.equals(ZIP))
  t.ok(performance.now() - start >= 250)
})

t.test('The cloud’s clock is off from here on', async (t) => {
  const { call, cloud, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'skew', ms: 7_200_000 })
  await call(token, 'GET', '/orders')
  const { headers } = await call(token, 'GET', '/orders')
  t.ok(Math.abs(Date.parse(headers.get('date') ?? '') - Date.now() - 7_200_000) < 5000)
  const login = await fetch(new URL('/sign-in/none', cloud.origin))
  t.ok(Math.abs(Date.parse(login.headers.get('date') ?? '') - Date.now()) < 5000, 'but for the login page')
})

t.test('An order vanishes as it is asked for', async (t) => {
  const { call, token, faults, rxId } = await withOrder(t)
  faults.next({ route: 'assetUrl', rxId }, { kind: 'vanish' })
  t.equal((await call(token, 'POST', `/orders/${rxId}/assets/${rxId * 100}/url`)).status, 404)
  t.equal((await call(token, 'GET', `/orders/${rxId}`)).status, 404)
})

t.test('Files change between two ranges: If-Range gets the whole of the new', async (t) => {
  const { faults, fresh } = await withOrder(t)
  const url = await fresh()
  const first = await got(url, { range: 'bytes=0-99' })
  const other = Buffer.alloc(5000, 'other files')
  faults.next({ route: 'download' }, { kind: 'changed', package: other })
  const headers = { range: 'bytes=100-', 'if-range': first.answer.headers.get('etag') ?? '' }
  const { answer, bytes } = await got(url, headers)
  t.equal(answer.status, 200)
  t.ok(bytes.equals(other))
})

t.test('A package is cut after so many bytes', async (t) => {
  const { faults, fresh } = await withOrder(t)
  faults.next({ route: 'download' }, { kind: 'cut', after: 1234 })
  const { bytes, whole } = await got(await fresh())
  t.equal(whole, false)
  t.ok(bytes.length <= 1234)
})

for (const by of [-10, 25])
  t.test(`A package is ${by} bytes longer than the order says`, async (t) => {
    const { faults, fresh } = await withOrder(t)
    faults.next({ route: 'download' }, { kind: 'wrong-length', by })
    const { answer, bytes, whole } = await got(await fresh())
    t.equal(whole, true)
    t.equal(bytes.length, ZIP.length + by)
    t.equal(Number(answer.headers.get('content-length')), bytes.length)
  })

t.test('A byte of a package is another one', async (t) => {
  const { faults, fresh } = await withOrder(t)
  faults.next({ route: 'download' }, { kind: 'corrupt', at: 77 })
  const { bytes } = await got(await fresh())
  const differ = [...bytes.keys()].filter((i) => bytes[i] !== ZIP[i])
  t.same(differ, [77])
})

for (const status of [403, 410] as const)
  t.test(`A URL has ended, as ${status}; a fresh one is good`, async (t) => {
    const { faults, fresh } = await withOrder(t)
    faults.next({ route: 'download' }, { kind: 'expired', status })
    const { answer, bytes } = await got(await fresh())
    t.equal(answer.status, status)
    t.match(bytes.toString(), 'urlExpired')
    t.ok((await got(await fresh())).bytes.equals(ZIP))
  })

t.test('A package is HTML, and the order counts as downloaded', async (t) => {
  const { cloud, faults, fresh, rxId } = await withOrder(t)
  faults.next({ route: 'download' }, { kind: 'html' })
  const { answer, bytes } = await got(await fresh())
  t.match(answer.headers.get('content-type'), 'text/html')
  t.match(bytes.toString(), 'sign in')
  t.equal(cloud.order(rxId)?.isNew, false)
})

t.test('A package is empty', async (t) => {
  const { faults, fresh } = await withOrder(t)
  faults.next({ route: 'download' }, { kind: 'empty' })
  const { answer, bytes } = await got(await fresh())
  t.equal(answer.status, 200)
  t.equal(bytes.length, 0)
})

t.test('A package has no end, and the cloud survives who leaves', async (t) => {
  const { call, token, faults, fresh } = await withOrder(t)
  faults.next({ route: 'download' }, { kind: 'endless' })
  const answer = await fetch(await fresh())
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.byteLength
    if (length > 20e6) break
  }
  t.ok(length > 20e6)
  t.equal((await call(token, 'GET', '/discovery')).status, 200)
})

t.test('A package is another order’s', async (t) => {
  const { cloud, faults, fresh } = await withOrder(t)
  const other = Buffer.alloc(3000, 'another mouth')
  await cloud.addOrder(ACCOUNT, { package: other })
  faults.next({ route: 'download' }, { kind: 'other-order' })
  t.ok((await got(await fresh())).bytes.equals(other))
})

t.test('Orders have the wrong shape', async (t) => {
  const { call, token, faults, rxId } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'wrong-shape' })
  faults.next({ route: 'order' }, { kind: 'wrong-shape' })
  t.match((await call(token, 'GET', '/orders')).body.orders[0], { rxId: `../accounts/${rxId}` })
  t.match((await call(token, 'GET', `/orders/${rxId}`)).body, { rxId: `../accounts/${rxId}` })
})

t.test('Orders have fields and a status that nobody knows', async (t) => {
  const { call, token, faults, rxId } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'unknown-words' })
  const [order] = (await call(token, 'GET', '/orders')).body.orders
  t.match(order, {
    rxId,
    status: 'Beaming Up',
    priority: {},
    assets: [{ kind: 'export3d' }, {}, { kind: 'hologram' }],
  })
})

t.test('Pages have no end', async (t) => {
  const { call, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders', times: 5 }, { kind: 'endless-paging' })
  const cursors = new Set<string>()
  for (let i = 0; i < 5; i++) cursors.add((await call(token, 'GET', '/orders')).body.nextCursor)
  t.equal(cursors.size, 5)
  t.equal((await call(token, 'GET', '/orders')).body.nextCursor, null)
})

t.test('A page has ten thousand orders', async (t) => {
  const { call, token, faults } = await withOrder(t)
  faults.next({ route: 'newOrders' }, { kind: 'flood' })
  const { orders } = (await call(token, 'GET', '/orders')).body
  t.equal(new Set(orders.map(({ rxId }: { rxId: number }) => rxId)).size, 10_000)
})

t.test('Discovery and asset URLs lead to http or to a foreign host', async (t) => {
  const { call, token, faults, rxId } = await withOrder(t)
  faults.next({ route: 'discover' }, { kind: 'elsewhere', origin: 'http://cloud.example' })
  t.same((await call(token, 'GET', '/discovery')).body, {
    issuer: 'http://cloud.example/oauth',
    apiBase: 'http://cloud.example/eu/api',
  })
  faults.next({ route: 'assetUrl' }, { kind: 'elsewhere', origin: 'https://elsewhere.example' })
  const { body } = await call(token, 'POST', `/orders/${rxId}/assets/${rxId * 100}/url`)
  t.match(body.url, /^https:\/\/elsewhere\.example\/downloads\//)
})

t.test('Any JSON may stand in an answer', async (t) => {
  const { call, token, faults } = await withOrder(t)
  for (const body of [null, [], 'text', { issuer: 7 }]) {
    faults.next({ route: 'discover' }, { kind: 'body', body })
    t.same((await call(token, 'GET', '/discovery')).body, body)
  }
})

t.test('The login answers with another state', async (t) => {
  const { cloud } = await opened(t)
  cloud.faults.next({ route: 'login' }, { kind: 'wrong-state' })
  const url = client.buildAuthorizationUrl(await configured(cloud), {
    redirect_uri: REDIRECT,
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
    code_challenge_method: 'S256',
    state: 'mine',
  })
  const { callback } = await visitLogin(url.href, LAB)
  t.equal(new URL(callback ?? '').searchParams.get('state'), 'another-state')
})

const tokenFaults: readonly (readonly [string, Fault])[] = [
  ['tokens that are none', { kind: 'garbage-tokens' }],
  ['an identity for another program', { kind: 'other-audience' }],
  ['an answer cut in the middle', { kind: 'cut' }],
  ['an answer of the wrong shape', { kind: 'body', body: { access_token: 1 } }],
  ['500', { kind: 'status', status: 500 }],
  ['no answer', { kind: 'reset' }],
]
for (const [what, fault] of tokenFaults)
  t.test(`At the token endpoint openid-client meets ${what}`, async (t) => {
    const { cloud } = await opened(t)
    cloud.faults.next({ route: 'token' }, fault)
    t.equal(await failed(signedIn(cloud, LAB)), true)
    t.equal(await failed(signedIn(cloud, LAB)), false)
  })

t.test('A request that is no address is refused, and a body that is too large', async (t) => {
  const { cloud, call, paired } = await opened(t, { violations: true })
  const { port } = new URL(cloud.origin)
  const socket = connect(Number(port), '127.0.0.1')
  socket.end('GET //[ HTTP/1.1\r\nHost: cloud\r\nConnection: close\r\n\r\n')
  t.match(await text(socket), /^HTTP\/1\.1 400 /)
  const large = await call(await paired(), 'PUT', '/callback', 'x'.repeat(1e6))
  t.equal(large.status, 400)
  t.match(cloud.violations(), [/larger than/])
})

t.test('A fault where it cannot happen is a mistake of who ordered it', async (t) => {
  const { cloud } = await opened(t)
  t.throws(() => cloud.faults.next({ route: 'accounts' }, { kind: 'html' }), TypeError)
})

/** The client that a plan is made for: asks again until it has every package whole, or the order is gone. Gives how many faults it met. */
async function patient(at: Opened, cloud: Cloud, wanted: ReadonlyMap<number, string>): Promise<number> {
  let token = await at.paired()
  let tries = 0
  const until = async <T>(attempt: () => Promise<T | null>): Promise<T> => {
    for (;;) {
      if (++tries > 500) throw new Error('without end')
      const value = await attempt().catch(() => null)
      if (value !== null) return value
    }
  }
  const once = async (method: string, path: string) => {
    const { status, body } = await at.call(token, method, path)
    if (status === 401) token = await at.paired()
    return status === 200 ? body : null
  }
  const good = (method: string, path: string) => until(() => once(method, path))
  await good('GET', '/discovery')
  await good('GET', '/orders')
  for (const [rxId, sha256] of wanted)
    await until(async () => {
      if (cloud.order(rxId) === null) return 'gone'
      const order = await once('GET', `/orders/${rxId}`)
      const url = (await once('POST', `/orders/${rxId}/assets/${order.assets[0].assetId}/url`)).url
      const { answer, bytes } = await got(url)
      const hash = createHash('sha256').update(bytes).digest('hex')
      return answer.status === 200 && hash === sha256 ? hash : null
    })
  return cloud.faults.done().length
}

t.test(
  'Planned faults: the same seed, the same faults; whoever is patient gets everything whole',
  async (t) => {
    const seen = new Set<string>()
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const stories: string[] = []
      for (let run = 0; run < 2; run++) {
        const at = await opened(t, { seed, faults: { seed, rate: 0.6 } })
        const wanted = new Map<number, string>()
        for (let i = 0; i < 4; i++) {
          const data = Buffer.alloc(2000 + i, `order ${i}`)
          const rxId = await at.cloud.addOrder(ACCOUNT, { package: data })
          wanted.set(rxId, createHash('sha256').update(data).digest('hex'))
        }
        t.ok((await patient(at, at.cloud, wanted)) > 0)
        const done = at.cloud.faults.done()
        for (const { fault } of done) seen.add(fault.kind === 'status' ? String(fault.status) : fault.kind)
        stories.push(JSON.stringify(done))
      }
      t.equal(stories[0], stories[1], `seed ${seed}`)
    }
    t.ok(seen.size >= 15, [...seen].join(' '))
    for (const kind of ['403', '404', 'skew', 'vanish']) t.ok(seen.has(kind), kind)
  },
)

t.test('A plan keeps to the kinds it was given, and ends when it is cleared', async (t) => {
  const { cloud, call, paired } = await opened(t)
  const token = await paired()
  const kinds: readonly PlannedKind[] = ['503']
  cloud.faults.plan(7, { rate: 1, kinds })
  const route: Route = 'newOrders'
  const first = await call(token, 'GET', '/orders')
  t.equal(first.status, 503)
  cloud.faults.clear()
  t.equal((await call(token, 'GET', '/orders')).status, 200)
  t.match(cloud.faults.done(), [{ route, rxId: null, fault: { kind: 'status', status: 503 } }])
})
