import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { type Address, newAddress } from '../../bridge/address.ts'
import type { Channel } from '../../bridge/channel.ts'
import { type Clock, systemClock } from '../../bridge/clock.ts'
import { shakeHands } from '../../bridge/handshake.ts'
import { createPeer, type Peer } from '../../bridge/peer.ts'
import { type PipeServer, servePipe } from '../../bridge/pipe.ts'
import { connectToHost } from '../../bridge/plugin.ts'
import { wellBehaved, wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'

const hex = () => randomBytes(32).toString('hex')
const SECRET = hex()

interface HostSide {
  readonly address: Address
  /** Waits for the next connection that was proven. */
  readonly next: () => Promise<Peer<'host'>>
  readonly open: () => Promise<void>
  readonly shut: () => Promise<void>
}

/** A host that can open and shut its pipe. */
async function hostSide(t: Test, protocols: readonly number[] = [1]): Promise<HostSide> {
  const address = await newAddress('test')
  const proven: Peer<'host'>[] = []
  let wake = () => {}
  let server: PipeServer | null = null
  const receive = (channel: Channel) =>
    shakeHands(
      { channel, side: 'host', secret: SECRET, protocols, nonce: hex(), clock: systemClock },
      (outcome) => {
        if (outcome.kind !== 'proven') return
        proven.push(createPeer({ side: 'host', channel, clock: systemClock, handlers: wellBehavedHost() }))
        wake()
      },
    )
  const shut = async () => {
    await server?.close()
    server = null
  }
  t.teardown(async () => {
    await shut()
    await address.remove()
  })
  return {
    address,
    next: async () => {
      while (proven.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return proven.shift() as Peer<'host'>
    },
    open: async () => {
      server = await servePipe(address.path, receive)
    },
    shut,
  }
}

function pluginSide(t: Test, address: Address, clock: Clock = systemClock) {
  const gone = new AbortController()
  const faults: unknown[] = []
  const connection = connectToHost({
    bootstrap: { pipe: address.path, secret: SECRET, dataFolder: '/data', protocol: 1 },
    hostGone: gone.signal,
    handlers: wellBehaved(),
    clock,
    onFault: (fault) => faults.push(fault),
  })
  t.teardown(() => connection.close())
  return { connection, gone, faults }
}

t.test('a plugin whose host listens later waits for it', async (t) => {
  const host = await hostSide(t)
  const { connection, faults } = pluginSide(t, host.address)
  await t.rejects(connection.request('clients/list', {}), { code: 'connection-closed' })
  connection.notify('mappings/changed', {})
  while (faults.length === 0) await new Promise(setImmediate)
  t.match(faults, [{ code: 'pipe-unusable' }])
  await host.open()
  const peer = await host.next()
  t.same(await peer.request('orders/list', {}), { orders: [] })
  t.same(await connection.request('clients/list', {}), { clients: [] })
})

t.test('a plugin comes back after each cut', async (t) => {
  const host = await hostSide(t)
  await host.open()
  const { connection } = pluginSide(t, host.address)
  for (let round = 0; round < 5; round++) {
    const peer = await host.next()
    t.same(await peer.request('orders/list', {}), { orders: [] })
    peer.close()
  }
  await host.shut()
  await host.open()
  await host.next()
  connection.close()
  t.equal(await connection.ended, 'closed')
})

t.test('a plugin whose host is gone does not come back', async (t) => {
  const host = await hostSide(t)
  await host.open()
  const { connection, gone } = pluginSide(t, host.address)
  await host.next()
  gone.abort()
  t.equal(await connection.ended, 'host-gone')
  await t.rejects(connection.request('clients/list', {}), { code: 'connection-closed' })
})

t.test('a plugin whose host is of another age ends', async (t) => {
  const host = await hostSide(t, [2])
  await host.open()
  const { connection } = pluginSide(t, host.address)
  t.equal(await connection.ended, 'protocol-unsupported')
})

t.test(
  'a plugin that meets a stranger in its host’s place tells him nothing, and waits for its host',
  async (t) => {
    const host = await hostSide(t)
    const heard: unknown[] = []
    const stranger = await servePipe(host.address.path, (channel) => {
      channel.listen({
        message: (message) => {
          heard.push(message)
          channel.send({ hello: { protocols: [1], nonce: hex(), proof: hex() } })
          channel.send({ jsonrpc: '2.0', id: 1, method: 'orders/list', params: {} })
        },
        closed: () => {},
      })
    })
    const { faults } = pluginSide(t, host.address)
    while (faults.length < 3) await new Promise(setImmediate)
    await stranger.close()
    t.match(faults.slice(0, 3), [{ code: 'not-proven' }, { code: 'not-proven' }, { code: 'not-proven' }])
    const nonces = heard.map((message) => (message as { hello: { nonce: string } }).hello.nonce)
    t.same(
      heard,
      nonces.map((nonce) => ({ hello: { protocols: [1], nonce } })),
    )
    t.equal(new Set(nonces).size, nonces.length, 'each is fresh')
    await host.open()
    t.ok(await host.next())
  },
)

t.test('pauses between tries grow to two seconds', async (t) => {
  const host = await hostSide(t)
  const waits: number[] = []
  const clock: Clock = {
    now: () => 0,
    after: (ms, run) => {
      waits.push(ms)
      const soon = setImmediate(run)
      return () => clearImmediate(soon)
    },
  }
  const { connection } = pluginSide(t, host.address, clock)
  while (waits.length < 9) await new Promise(setImmediate)
  connection.close()
  t.same(waits.slice(0, 9), [20, 40, 80, 160, 320, 640, 1280, 2000, 2000])
})

t.test('a pipe whose name is taken cannot be served', async (t) => {
  const host = await hostSide(t)
  await host.open()
  await t.rejects(
    servePipe(host.address.path, () => {}),
    { code: 'pipe-unusable' },
  )
  const { connection } = pluginSide(t, host.address)
  await host.next()
  t.same(await connection.request('clients/list', {}), { clients: [] }, 'the first goes on')
})
