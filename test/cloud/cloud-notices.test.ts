import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { ACCOUNT, OTHER_ACCOUNT, opened } from './opened.ts'

const ZIP = Buffer.from('PK made up')
const SECRET = 'known to both ends, and long enough'.replaceAll(' ', '-')

/** A laboratory that listens, and answers with these statuses, then 204. */
async function listened(t: Test, statuses: number[] = []) {
  const at = await opened(t)
  const heard: { body: string; signature: string; good: boolean }[] = []
  const laboratory = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const signature = String(request.headers['x-callback-signature'])
    const own = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
    heard.push({ body, signature, good: own === signature })
    response.writeHead(statuses.shift() ?? 204).end()
  })
  await new Promise<void>((resolve) => laboratory.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    laboratory.close()
    laboratory.closeAllConnections()
  })
  const token = await at.paired()
  const url = `http://127.0.0.1:${(laboratory.address() as AddressInfo).port}/notice`
  t.equal((await at.call(token, 'PUT', '/callback', { url, secret: SECRET })).status, 204)
  const rxOf = () => heard.map(({ body }) => JSON.parse(body).rxId)
  return { ...at, heard, token, rxOf }
}

t.test('A new order is told by Rx id and account and nothing else, signed', async (t) => {
  const { cloud, heard } = await listened(t)
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.match(heard, [{ good: true }])
  t.same(JSON.parse(heard[0]?.body ?? ''), { rxId, accountId: ACCOUNT })
  t.match(cloud.deliveries(), [{ rxId, outcome: 'told', status: 204 }])
})

t.test('Changed files are told, a status is not, nor another account’s order', async (t) => {
  const { cloud, rxOf } = await listened(t)
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.addOrder(OTHER_ACCOUNT, { package: ZIP })
  cloud.setStatus(rxId, 'Lab Review')
  await cloud.change(rxId, { package: Buffer.from('PK other') })
  await cloud.settled()
  t.same(rxOf(), [rxId, rxId])
})

t.test('Nobody is told any more once the callback is removed', async (t) => {
  const { cloud, call, token, heard } = await listened(t)
  t.equal((await call(token, 'DELETE', '/callback')).status, 204)
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  t.equal((await cloud.notify(rxId)).outcome, 'nobody')
  t.same(heard, [])
})

t.test('A callback that fails is tried again', async (t) => {
  const { cloud, heard } = await listened(t, [500])
  await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.equal(heard.length, 2)
  t.match(cloud.deliveries(), [{ outcome: 'told', status: 204 }])
})

t.test('A callback by http to elsewhere is refused', async (t) => {
  const { call, token } = await listened(t)
  const body = { url: 'http://lab.example/notice', secret: SECRET }
  t.equal((await call(token, 'PUT', '/callback', body)).status, 400)
})

t.test('A notice comes twice', async (t) => {
  const { cloud, rxOf } = await listened(t)
  cloud.faults.next({ route: 'notice' }, { kind: 'duplicate' })
  const rxId = await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.same(rxOf(), [rxId, rxId])
})

t.test('Notices come in another order than they were made', async (t) => {
  const { cloud, rxOf } = await listened(t)
  cloud.faults.next({ route: 'notice' }, { kind: 'late' })
  const first = await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.same(rxOf(), [])
  const second = await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.same(rxOf(), [second, first])
})

t.test('A notice is lost', async (t) => {
  const { cloud, heard } = await listened(t)
  cloud.faults.next({ route: 'notice' }, { kind: 'lost' })
  await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.same(heard, [])
})

t.test('A notice is signed with another secret', async (t) => {
  const { cloud, heard } = await listened(t)
  cloud.faults.next({ route: 'notice' }, { kind: 'bad-secret' })
  await cloud.addOrder(ACCOUNT, { package: ZIP })
  await cloud.settled()
  t.match(heard, [{ good: false }])
})
