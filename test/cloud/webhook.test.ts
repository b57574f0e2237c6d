import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { Notice } from '../../plugin/cloud/contract.ts'
import { listenWebhook } from '../../plugin/cloud/webhook.ts'
import { ACCOUNT } from './opened.ts'
import { idOf, watched } from './watched.ts'

const SECRET = 'only-the-cloud-and-we-know-this-text'
const BODY = JSON.stringify({ rxId: 7, accountId: 1 })
const sign = (body: string, secret = SECRET) =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

async function listening(t: Test, clock: () => number = () => 0) {
  const heard: Notice[] = []
  const webhook = await listenWebhook({
    setting: { port: 0, url: 'http://127.0.0.1:1/notices' },
    secret: SECRET,
    clock,
    onNotice: (notice) => heard.push(notice),
  })
  t.teardown(() => webhook.close())
  return { webhook, heard }
}

/** Status of the answer. */
function post(
  port: number,
  body: string,
  { signature = sign(body), method = 'POST' }: { signature?: string | null; method?: string } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = signature === null ? {} : { 'x-callback-signature': signature }
    const asking = request({ port, method, headers, path: '/notices' }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

t.test('a notice that is signed is heard', async (t) => {
  const { webhook, heard } = await listening(t)
  t.equal(webhook.url, `http://127.0.0.1:${webhook.port}/notices`)
  t.equal(await post(webhook.port, BODY), 204)
  t.strictSame(heard, [{ account: '1', rxId: '7' }])
})

t.test('a notice with a bad secret, or none, is not', async (t) => {
  const { webhook, heard } = await listening(t)
  t.equal(await post(webhook.port, BODY, { signature: sign(BODY, 'another secret') }), 401)
  t.equal(await post(webhook.port, BODY, { signature: null }), 401)
  t.equal(await post(webhook.port, BODY, { signature: sign(`${BODY} `) }), 401)
  t.strictSame(heard, [])
})

t.test('a notice that is too large is not read to its end', async (t) => {
  const { webhook, heard } = await listening(t)
  t.equal(await post(webhook.port, BODY.padEnd(5000)), 413)
  const status = await new Promise<string>((resolve, reject) => {
    const socket = connect(webhook.port, '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n')
      const more = () => socket.writable && socket.write(`800\r\n${'x'.repeat(2048)}\r\n`, more)
      more()
    })
    socket.once('data', (bytes) => {
      resolve(bytes.toString().slice(0, 12))
      socket.destroy()
    })
    socket.on('error', reject)
  })
  t.equal(status, 'HTTP/1.1 413')
  t.strictSame(heard, [])
})

t.test('signed nonsense is refused', async (t) => {
  const { webhook, heard } = await listening(t)
  for (const bad of ['', 'x', '{}', '{"rxId":"7","accountId":1}', '{"rxId":-7,"accountId":1}', '[]']) {
    t.equal(await post(webhook.port, bad), 400, bad)
  }
  t.strictSame(heard, [])
})

t.test('anything but a POST is refused', async (t) => {
  const { webhook } = await listening(t)
  t.equal(await post(webhook.port, '', { method: 'GET' }), 405)
})

t.test('notices that come too often are held off, and heard again later', async (t) => {
  let now = 0
  const { webhook, heard } = await listening(t, () => now)
  const statuses = new Set<number>()
  for (let i = 0; i < 130; i++) statuses.add(await post(webhook.port, BODY))
  t.strictSame([...statuses], [204, 429])
  t.equal(heard.length, 100)
  now += 1000
  t.equal(await post(webhook.port, BODY), 204)
})

t.test('a flood of notices with a bad secret keeps no true one out', async (t) => {
  const { webhook, heard } = await listening(t)
  for (let i = 0; i < 130; i++) await post(webhook.port, BODY, { signature: sign(BODY, 'a stranger') })
  t.equal(await post(webhook.port, BODY), 204)
  t.strictSame(heard, [{ account: '1', rxId: '7' }])
})

t.test('requests of every kind have an end, too', async (t) => {
  const { webhook } = await listening(t)
  const statuses: number[] = []
  for (let i = 0; i < 21; i++) {
    const many = Array.from({ length: 100 }, () => post(webhook.port, '', { method: 'GET' }).catch(() => 0))
    statuses.push(...(await Promise.all(many)))
  }
  t.ok(statuses.includes(429))
})

t.test('a port that is taken is told', async (t) => {
  const { webhook } = await listening(t)
  const again = listenWebhook({
    setting: { port: webhook.port, url: 'http://127.0.0.1:1/' },
    secret: SECRET,
    clock: () => 0,
    onNotice: () => {},
  })
  await t.rejects(again, { code: 'webhook-unavailable', facts: { port: webhook.port, reason: 'EADDRINUSE' } })
})

t.test(
  'the cloud is given the address, its notices make orders come, and at the end it is taken back',
  async (t) => {
    const w = await watched(t, { poll: { fastestMs: 3_600_000, slowestMs: 3_600_000 } })
    const watch = w.start({ webhook: { port: 0, url: 'http://127.0.0.1:1/notices' } })
    await watch.settled
    const rx = await w.cloud.addOrder(ACCOUNT, { package: Buffer.from('PK\u0003\u0004one'), orderId: 7 })
    await w.until(() => w.told.some(({ rxId, stage }) => rxId === idOf(rx) && stage === 'taken'))
    await watch.close()
    t.ok(w.cloud.requests().some(({ route, status }) => route === 'setCallback' && status === 204))
    t.ok(w.cloud.requests().some(({ route, status }) => route === 'removeCallback' && status === 204))
  },
)

t.test('notices that come twice and in disorder change nothing', async (t) => {
  const w = await watched(t, { poll: { fastestMs: 3_600_000, slowestMs: 3_600_000 } })
  w.cloud.faults.next({ route: 'notice', times: 3 }, { kind: 'duplicate' })
  w.cloud.faults.next({ route: 'notice', times: 3 }, { kind: 'late' })
  const watch = w.start({ webhook: { port: 0, url: 'http://127.0.0.1:1/notices' } })
  await watch.settled
  const orders = await Promise.all(
    [1, 2, 3, 4].map((n) =>
      w.cloud.addOrder(ACCOUNT, { package: Buffer.from(`PK\u0003\u0004${n}`), orderId: n }),
    ),
  )
  await w.until(() => orders.every((rx) => w.handed.some(({ rxId }) => rxId === idOf(rx))))
  await w.cloud.settled()
  await watch.look()
  t.equal(w.handed.length, 4)
})

t.test('a cloud that takes no callback is looked at all the same', async (t) => {
  const w = await watched(t)
  w.cloud.faults.next({ route: 'setCallback', times: 50 }, { kind: 'status', status: 404 })
  const rx = await w.cloud.addOrder(ACCOUNT, { package: Buffer.from('PK\u0003\u0004one'), orderId: 7 })
  w.start({ webhook: { port: 0, url: 'http://127.0.0.1:1/notices' } })
  await w.until(() => w.told.some(({ rxId, stage }) => rxId === idOf(rx) && stage === 'taken'))
  t.match(w.failures, [{ code: 'cloud-refused' }])
})

t.test('with a port that is taken, orders come by looking', async (t) => {
  const { webhook } = await listening(t)
  const w = await watched(t)
  const rx = await w.cloud.addOrder(ACCOUNT, { package: Buffer.from('PK\u0003\u0004one'), orderId: 7 })
  w.start({ webhook: { port: webhook.port, url: 'http://127.0.0.1:1/notices' } })
  await w.until(() => w.told.some(({ rxId, stage }) => rxId === idOf(rx) && stage === 'taken'))
  t.match(w.failures, [{ code: 'webhook-unavailable' }])
})
