import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Clock, systemClock } from '../../bridge/clock.ts'
import { type Outcome, proof, shakeHands } from '../../bridge/handshake.ts'
import { handClock } from './hand-clock.ts'
import { joinedInMemory } from './joined.ts'
import { frame, pipeFor } from './raw.ts'

const hex = () => randomBytes(32).toString('hex')
const SECRET = hex()

interface Hands {
  readonly secret?: string
  readonly protocols?: readonly number[]
  readonly nonce?: string
  readonly clock?: Clock
}

/** A host's side of a pipe that strangers connect to. */
async function hostSide(t: Test, hands: Hands = {}) {
  const outcomes: Outcome[] = []
  let wake = () => {}
  const pipe = await pipeFor(t, (channel) =>
    shakeHands(
      { channel, side: 'host', secret: SECRET, protocols: [1], nonce: hex(), clock: systemClock, ...hands },
      (outcome) => {
        outcomes.push(outcome)
        if (outcome.kind === 'proven') channel.listen({ message: () => {}, closed: () => {} })
        wake()
      },
    ),
  )
  const outcome = async () => {
    while (outcomes.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return outcomes[0]
  }
  return { ...pipe, outcome }
}

/** Both sides in memory, and what each came to. */
async function shaken(host: Hands, plugin: Hands): Promise<readonly Outcome[]> {
  const joined = await joinedInMemory()
  const shake = (side: 'host' | 'plugin', hands: Hands) =>
    new Promise<Outcome>((done) =>
      shakeHands(
        {
          channel: joined[side],
          side,
          secret: SECRET,
          protocols: [1],
          nonce: hex(),
          clock: systemClock,
          ...hands,
        },
        done,
      ),
    )
  return Promise.all([shake('host', host), shake('plugin', plugin)])
}

t.test('two ends that have the secret take the highest version that both speak', async (t) => {
  t.same(await shaken({ protocols: [1, 2, 3] }, { protocols: [4, 2, 1] }), [
    { kind: 'proven', protocol: 2 },
    { kind: 'proven', protocol: 2 },
  ])
})

t.test('two ends without a common version know of each other that they are no strangers', async (t) => {
  t.same(await shaken({ protocols: [2] }, { protocols: [1] }), [
    { kind: 'protocol-unsupported', theirs: [1] },
    { kind: 'protocol-unsupported', theirs: [2] },
  ])
})

t.test('a wrong secret at either end is refused by both', async (t) => {
  t.same(await shaken({ secret: hex() }, {}), [{ kind: 'refused' }, { kind: 'refused' }])
})

t.test('a stranger who does not prove himself is cut off and learns a nonce and a proof', async (t) => {
  const { connect, outcome } = await hostSide(t)
  const stranger = await connect()
  await stranger.say({ hello: { protocols: [1], nonce: hex() } })
  const answer = (await stranger.next()) as { hello: object }
  t.same(Object.keys(answer), ['hello'])
  t.same(Object.keys(answer.hello), ['protocols', 'nonce', 'proof'])
  await stranger.say({ proof: hex() })
  t.same(await stranger.rest(), [])
  t.same(await outcome(), { kind: 'refused' })
})

t.test('a stranger who begins with a request is cut off unanswered', async (t) => {
  const { connect, outcome } = await hostSide(t)
  const stranger = await connect()
  await stranger.say({ jsonrpc: '2.0', id: 1, method: 'clients/list', params: {} })
  t.same(await stranger.rest(), [])
  t.same(await outcome(), { kind: 'refused' })
})

t.test('a handshake that was listened to does not serve a second time', async (t) => {
  const { connect, path } = await hostSide(t)
  // The plugin's own: its hello and its proof as they went over the pipe.
  const plugin = await connect()
  const nonce = hex()
  await plugin.say({ hello: { protocols: [1], nonce } })
  const answer = (await plugin.next()) as { hello: { nonce: string; proof: string } }
  t.equal(answer.hello.proof, proof(SECRET, 'host', 1, nonce, answer.hello.nonce))
  const own = proof(SECRET, 'plugin', 1, nonce, answer.hello.nonce)
  await plugin.say({ proof: own })

  const replayed = await connect()
  t.ok(path)
  await replayed.say({ hello: { protocols: [1], nonce } })
  t.match(await replayed.next(), { hello: {} })
  await replayed.say({ proof: own })
  t.same(await replayed.rest(), [])
})

t.test('the host’s own proof does not serve as the plugin’s', async (t) => {
  const { connect, outcome } = await hostSide(t)
  const stranger = await connect()
  await stranger.say({ hello: { protocols: [1], nonce: hex() } })
  const answer = (await stranger.next()) as { hello: { proof: string } }
  await stranger.say({ proof: answer.hello.proof })
  t.same(await stranger.rest(), [])
  t.same(await outcome(), { kind: 'refused' })
})

t.test('a second hello is no proof', async (t) => {
  const { connect, outcome } = await hostSide(t)
  const stranger = await connect()
  const hello = { hello: { protocols: [1], nonce: hex() } }
  await stranger.say(hello)
  await stranger.next()
  await stranger.say(hello)
  t.same(await stranger.rest(), [])
  t.same(await outcome(), { kind: 'refused' })
})

for (const [what, hello] of Object.entries({
  'no nonce': { protocols: [1] },
  'a short nonce': { protocols: [1], nonce: 'abc' },
  'a nonce in capitals': { protocols: [1], nonce: 'A'.repeat(64) },
  'no versions': { nonce: hex() },
  'a version that is a text': { protocols: ['1'], nonce: hex() },
  'version 0': { protocols: [0], nonce: hex() },
  'a thousand versions': { protocols: Array(1000).fill(1), nonce: hex() },
  nothing: null,
})) {
  t.test(`a hello with ${what} is cut off unanswered`, async (t) => {
    const { connect, outcome } = await hostSide(t)
    const stranger = await connect()
    await stranger.say({ hello })
    t.same(await stranger.rest(), [])
    t.same(await outcome(), { kind: 'refused' })
  })
}

t.test('whatever a stranger says in a plugin’s place, he is not believed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.json(), { minLength: 1, maxLength: 4 }), async (said) => {
      const joined = await joinedInMemory()
      const heard: unknown[] = []
      joined.plugin.listen({ message: (message) => heard.push(message), closed: () => {} })
      const outcome = new Promise<Outcome>((done) =>
        shakeHands(
          {
            channel: joined.host,
            side: 'host',
            secret: SECRET,
            protocols: [1],
            nonce: hex(),
            clock: systemClock,
          },
          done,
        ),
      )
      for (const text of said) joined.plugin.send(JSON.parse(text))
      return (await outcome).kind === 'refused' && heard.length === 0
    }),
    { numRuns: 200 },
  )
})

t.test('a stranger who poses as the host is told a nonce and nothing else', async (t) => {
  const joined = await joinedInMemory()
  const heard: unknown[] = []
  joined.host.listen({
    message: (message) => {
      heard.push(message)
      joined.host.send({ hello: { protocols: [1], nonce: hex(), proof: hex() } })
      joined.host.send({ jsonrpc: '2.0', id: 1, method: 'orders/list', params: {} })
    },
    closed: () => {},
  })
  const nonce = hex()
  const outcome = await new Promise<Outcome>((done) =>
    shakeHands(
      { channel: joined.plugin, side: 'plugin', secret: SECRET, protocols: [1], nonce, clock: systemClock },
      done,
    ),
  )
  t.same(outcome, { kind: 'refused' })
  t.same(heard, [{ hello: { protocols: [1], nonce } }])
})

t.test('a stranger who mirrors the plugin does not become its host', async (t) => {
  const joined = await joinedInMemory()
  joined.host.listen({ message: (message) => joined.host.send(message), closed: () => {} })
  const outcome = await new Promise<Outcome>((done) =>
    shakeHands(
      {
        channel: joined.plugin,
        side: 'plugin',
        secret: SECRET,
        protocols: [1],
        nonce: hex(),
        clock: systemClock,
      },
      done,
    ),
  )
  t.same(outcome, { kind: 'refused' })
})

for (const side of ['host', 'plugin'] as const) {
  t.test(`a ${side} does not wait for ever for somebody who says nothing`, async (t) => {
    const joined = await joinedInMemory()
    const clock = handClock()
    const outcomes: Outcome[] = []
    const hands = { channel: joined[side], side, secret: SECRET, protocols: [1], nonce: hex(), clock }
    shakeHands(hands, (outcome) => outcomes.push(outcome))
    clock.forward(4999)
    t.same(outcomes, [])
    clock.forward(1)
    t.same(outcomes, [{ kind: 'refused' }])
    t.same(clock.waits(), [])
  })
}

t.test('a stranger cannot make the host read much', async (t) => {
  const { connect, outcome } = await hostSide(t)
  const stranger = await connect()
  await stranger.write('x'.repeat(7_000_000))
  t.same(await stranger.rest(), [])
  // It was cut off before it had said one message.
  t.same(await outcome(), { kind: 'left' })
})

t.test('what comes in one piece with the proof, however long, is not lost', async (t) => {
  const heard: unknown[] = []
  const last = Promise.withResolvers<void>()
  const { connect } = await pipeFor(t, (channel) =>
    shakeHands(
      { channel, side: 'host', secret: SECRET, protocols: [1], nonce: hex(), clock: systemClock },
      () =>
        channel.listen({
          message: (message) => {
            heard.push(message)
            if (heard.length === 3) last.resolve()
          },
          closed: () => last.resolve(),
        }),
    ),
  )
  const plugin = await connect()
  const nonce = hex()
  await plugin.say({ hello: { protocols: [1], nonce } })
  const { hello } = (await plugin.next()) as { hello: { nonce: string } }
  const long = 'x'.repeat(20_000)
  await plugin.write(
    [{ proof: proof(SECRET, 'plugin', 1, nonce, hello.nonce) }, 1, long, 3]
      .map((data) => frame(data))
      .join(''),
  )
  await last.promise
  t.same(heard, [1, long, 3])
})
