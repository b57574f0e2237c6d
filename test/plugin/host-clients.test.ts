import t from 'tap'
import type { Client } from '../../bridge/data.ts'
import { BridgeError } from '../../bridge/errors.ts'
import type { Host } from '../../plugin/connecting/host.ts'
import { hostClients } from '../../plugin/connecting/host-clients.ts'

const clients = (count: number): Client[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index + 1).padStart(5, '0'),
    name: `Practice ${index + 1}`,
    parameters: {},
  }))

/** A host with these clients, which counts how often it is asked. */
function host(all: () => readonly Client[], most = 500) {
  const asked: { count: number } = { count: 0 }
  const request = async (_method: string, { after = '', limit = 50 }: { after?: string; limit?: number }) => {
    asked.count++
    return {
      clients: all()
        .filter(({ id }) => id > after)
        .slice(0, Math.min(limit, most)),
    }
  }
  return { asked, host: { request, notify: () => {} } as unknown as Host }
}

t.test('all pages are read, however small the host makes them', async (t) => {
  const known = hostClients()
  known.connected(host(() => clients(1234), 100).host)
  t.equal((await known.list()).length, 1234)
})

t.test('what is known is not asked for again until it changes', async (t) => {
  let all = clients(1)
  const { asked, host: one } = host(() => all)
  const known = hostClients()
  known.connected(one)
  await known.list()
  const { count } = asked
  await known.list()
  t.equal(asked.count, count)
  all = clients(2)
  known.changed()
  t.equal((await known.list()).length, 2)
})

t.test('a change in the middle of the reading is in what is read', async (t) => {
  let all = clients(3)
  const known = hostClients()
  const { host: one } = host(() => all, 1)
  known.connected({
    ...one,
    request: (async (...params: never[]) => {
      const page = await (one.request as unknown as (...params: never[]) => Promise<{ clients: Client[] }>)(
        ...params,
      )
      if (page.clients.length === 0 && all.length === 3) {
        all = [{ id: '00000', name: 'Before all of them', parameters: {} }, ...all]
        known.changed()
      }
      return page
    }) as unknown as Host['request'],
  })
  t.equal((await known.list()).length, 4)
})

t.test('whoever asks while the host is cut off gets the answer of the next connection', async (t) => {
  const known = hostClients()
  const gone = { request: async () => Promise.reject(new BridgeError('connection-closed')), notify: () => {} }
  known.connected(gone as unknown as Host)
  const list = known.list()
  known.connected(host(() => clients(2)).host)
  t.equal((await list).length, 2)
})

t.test('a host that stays away is told as unreachable, and asked again the next time', async (t) => {
  const known = hostClients(20)
  await t.rejects(known.list(), { code: 'host-unreachable' })
  known.connected(host(() => clients(1)).host)
  t.equal((await known.list()).length, 1)
})

t.test('a stop ends every wait', async (t) => {
  const known = hostClients()
  const list = known.list()
  known.stop()
  await t.rejects(list, { code: 'host-unreachable' })
})

t.test('a host that gives the same page for ever comes to an end', async (t) => {
  const known = hostClients()
  const same = { request: async () => ({ clients: clients(5) }), notify: () => {} }
  known.connected(same as unknown as Host)
  t.equal((await known.list()).length, 5)
})

t.test('parameters of a work that no tooth can have are left out', async (t) => {
  const gap = { type: 'CementGap', value: 0.06, minValue: 0, maxValue: 0.2, stepSize: 0.01 }
  const known = hostClients()
  const parameters = { AnatomicCrown: [gap], constructor: [gap], Unheard: [gap] }
  known.connected(host(() => [{ id: '1', name: 'A', parameters }]).host)
  t.strictSame((await known.list())[0]?.parameters, { AnatomicCrown: [gap] })
})
