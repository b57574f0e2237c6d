import fc from 'fast-check'
import t, { type Test } from 'tap'
import { systemClock } from '../../bridge/clock.ts'
import { ERROR_NUMBERS } from '../../bridge/numbers.ts'
import { createPeer, type Handlers, type Peer } from '../../bridge/peer.ts'
import { MESSAGES } from '../../bridge/protocol.ts'
import { wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'
import { frame, pipeFor, type Raw } from './raw.ts'

interface Bad {
  readonly raw: Raw
  readonly told: string[]
  readonly peer: () => Peer<'host'>
}

/** A host's peer over a pipe, and a raw end that is proven already and may say what it likes. */
async function badPlugin(t: Test, given: Partial<Handlers<'host'>> = {}): Promise<Bad> {
  const told: string[] = []
  let peer: Peer<'host'> | null = null
  const pipe = await pipeFor(t, (channel) => {
    channel.trust()
    peer = createPeer({
      side: 'host',
      channel,
      clock: systemClock,
      handlers: { ...wellBehavedHost((method) => told.push(method)), ...given },
    })
  })
  const raw = await pipe.connect()
  await alive(t, raw)
  return {
    raw,
    told,
    peer: () => {
      if (peer === null) throw new Error('nobody connected')
      return peer
    },
  }
}

let asked = 1000

/** The host still answers, and answers this: nothing else is in between. */
async function alive(t: Test, raw: Raw): Promise<void> {
  const id = asked++
  await raw.say({ jsonrpc: '2.0', id, method: 'clients/list', params: {} })
  t.same(await raw.next(), { jsonrpc: '2.0', id, result: { clients: [] } })
}

for (const [what, bytes] of Object.entries({
  garbage: Buffer.from([0xff, 0xfe, 0x00, 0x0c, 0x80, 0x0c]),
  'a line that is not JSON': 'hello\f',
  'an envelope that is a list': '[]\f',
  'an envelope without a type': '{"data":{}}\f',
  'an event of node-ipc’s own': frame({}, 'disconnect'),
  'an event named like a member of every object': frame({}, '__proto__'),
  'an event with an endless name': frame({}, 'x'.repeat(1000)),
})) {
  t.test(`${what} ends the connection without an answer`, async (t) => {
    const { raw } = await badPlugin(t)
    await raw.write(bytes)
    t.same(await raw.rest(), [])
  })
}

t.test('random bytes never get an answer that is a result', async (t) => {
  const { connect } = await pipeFor(t, (channel) => {
    channel.trust()
    createPeer({ side: 'host', channel, clock: systemClock, handlers: wellBehavedHost() })
  })
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 500 }), async (bytes) => {
      const raw = await connect()
      await raw.write(Buffer.concat([bytes, Buffer.from('\f')]))
      raw.socket.end()
      return (await raw.rest()).length === 0
    }),
    { numRuns: 100 },
  )
})

t.test(
  'whatever a broken peer says in JSON, it is answered at most once, and the host goes on',
  async (t) => {
    const { raw } = await badPlugin(t)
    const id = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double(), fc.jsonValue())
    const method = fc.oneof(fc.constantFrom(...Object.keys(MESSAGES)), fc.string(), fc.jsonValue())
    const message = fc.record(
      {
        jsonrpc: fc.oneof({ weight: 9, arbitrary: fc.constant('2.0') }, fc.jsonValue()),
        id,
        method,
        params: fc.jsonValue(),
        result: fc.jsonValue(),
        error: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: message }, fc.jsonValue()), async (said) => {
        await raw.say(said)
        await raw.say({ jsonrpc: '2.0', id: 'last', method: 'clients/list' })
        let answer = (await raw.next()) as { id: unknown } | null
        // At most one before the last.
        if (answer !== null && answer.id !== 'last') answer = (await raw.next()) as { id: unknown } | null
        return answer?.id === 'last'
      }),
      { numRuns: 500 },
    )
  },
)

t.test('other events and messages of other programs are passed over', async (t) => {
  const { raw } = await badPlugin(t)
  await raw.write(frame({ jsonrpc: '2.0', id: 1, method: 'clients/list' }, 'message'))
  await raw.write(frame({ jsonrpc: '2.0', id: 1, method: 'clients/list' }, '*'))
  await alive(t, raw)
})

t.test('half a frame and the end: the host forgets it', async (t) => {
  const { raw, told, peer } = await badPlugin(t)
  const waits = peer().request('plugin/state', {})
  t.match(await raw.next(), { method: 'plugin/state' })
  await raw.write(frame({ jsonrpc: '2.0', method: 'mappings/changed', params: {} }).slice(0, -1))
  raw.socket.destroy()
  await t.rejects(waits, { code: 'connection-closed' })
  t.same(told, [])
})

t.test('a frame that comes byte by byte is one frame', async (t) => {
  const { raw } = await badPlugin(t)
  const text = frame({ jsonrpc: '2.0', id: 'ü', method: 'clients/list', params: {} })
  for (const byte of Buffer.from(text)) await raw.write(Buffer.from([byte]))
  t.same(await raw.next(), { jsonrpc: '2.0', id: 'ü', result: { clients: [] } })
})

t.test('a hundred megabytes without an end are cut off long before, in little memory', async (t) => {
  const { raw } = await badPlugin(t)
  const before = process.memoryUsage.rss()
  const piece = Buffer.alloc(1_000_000, 0x20)
  let sent = 0
  while (sent < 100 && (await raw.write(piece))) sent++
  t.same(await raw.rest(), [])
  t.ok(sent < 30, `${sent} MB were taken`)
  t.ok(process.memoryUsage.rss() - before < 200e6)
})

t.test('a frame of nine megabytes ends the connection', async (t) => {
  const { raw, told } = await badPlugin(t)
  await raw.say({ jsonrpc: '2.0', method: 'mappings/changed', params: { x: 'x'.repeat(9_000_000) } })
  t.same(await raw.rest(), [])
  t.same(told, [])
})

t.test('a message that is deeply nested is answered like any other', async (t) => {
  const { raw } = await badPlugin(t)
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`
  await raw.write(
    `{"type":"myitero.rpc","data":{"jsonrpc":"2.0","id":5,"method":"clients/list","params":{"x":${deep}}}}\f`,
  )
  t.match(await raw.next(), { id: 5, result: { clients: [] } })
})

t.test('ten thousand requests at once are all answered, with results or with "overloaded"', async (t) => {
  let running = 0
  let most = 0
  const { raw } = await badPlugin(t, {
    'clients/list': async () => {
      running++
      most = Math.max(most, running)
      await new Promise(setImmediate)
      running--
      return { clients: [] }
    },
  })
  const many = 10_000
  const text = Array.from({ length: many }, (_, i) =>
    frame({ jsonrpc: '2.0', id: `r${i}`, method: 'clients/list', params: {} }),
  ).join('')
  const before = process.memoryUsage.rss()
  void raw.write(text)
  const ids = new Set<string>()
  let refused = 0
  while (ids.size < many) {
    const answer = (await raw.next()) as { id: string; error?: { code: number } } | null
    if (answer === null) break
    ids.add(answer.id)
    if (answer.error?.code === ERROR_NUMBERS.overloaded) refused++
    else t.notOk(answer.error) || t.bailout()
  }
  t.equal(ids.size, many)
  t.ok(refused < many)
  t.ok(most <= 256, `${most} at one time`)
  t.ok(process.memoryUsage.rss() - before < 150e6)
})

t.test('two thousand requests in bursts of a hundred are answered, each with its result', async (t) => {
  const { raw } = await badPlugin(t)
  for (let burst = 0; burst < 20; burst++) {
    for (let i = 0; i < 100; i++) void raw.say({ jsonrpc: '2.0', id: i, method: 'clients/list', params: {} })
    for (let i = 0; i < 100; i++) t.match(await raw.next(), { result: { clients: [] } }) || t.bailout()
  }
})

t.test('an end that floods is read later, not faster', async (t) => {
  let told = 0
  const { raw } = await badPlugin(t, { 'mappings/changed': () => void told++ })
  const start = performance.now()
  const many = 12_000
  await raw.write(frame({ jsonrpc: '2.0', method: 'mappings/changed', params: {} }).repeat(many))
  await alive(t, raw)
  t.equal(told, many, 'nothing is lost')
  t.ok(performance.now() - start > 1000, 'five thousand at once, then five thousand a second')
})

t.test('an end that asks and does not read is cut off, in bounded memory', async (t) => {
  const long = 'x'.repeat(200)
  const client = { id: '1', name: long, address: long.repeat(2), parameters: {} }
  const { raw } = await badPlugin(t, {
    'clients/list': ({ limit = 0 }) => ({ clients: Array.from({ length: limit }, () => client) }),
  })
  raw.socket.pause()
  const before = process.memoryUsage.rss()
  const closed = new Promise((resolve) => raw.socket.once('close', resolve))
  for (let i = 0; i < 500; i++) {
    void raw.say({ jsonrpc: '2.0', id: i, method: 'clients/list', params: { limit: 500 } })
  }
  await raw.write('')
  // What was sent before the cut is read to its end.
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = setInterval(() => {
    if (raw.socket.readableLength > 0) resolve()
  }, 20)
  await promise
  clearInterval(look)
  raw.socket.resume()
  raw.socket.on('data', () => {})
  await closed
  t.ok(process.memoryUsage.rss() - before < 300e6)
})

for (const [what, message] of Object.entries({
  'no version of JSON-RPC': { id: 1, method: 'clients/list' },
  'another version of JSON-RPC': { jsonrpc: '1.0', id: 1, method: 'clients/list' },
  'a method that is a number': { jsonrpc: '2.0', id: 1, method: 5 },
  'neither a method nor an answer': { jsonrpc: '2.0', id: 1 },
})) {
  t.test(`a message with ${what} is an invalid request`, async (t) => {
    const { raw } = await badPlugin(t)
    await raw.say(message)
    t.match(await raw.next(), { id: 1, error: { code: ERROR_NUMBERS['invalid-request'] } })
    await alive(t, raw)
  })
}

for (const [what, message] of Object.entries({
  'a batch': [{ jsonrpc: '2.0', id: 1, method: 'clients/list' }],
  'a text': 'clients/list',
  'a number': 7,
  null: null,
  'an id that is null': { jsonrpc: '2.0', id: null, method: 'clients/list' },
  'an id that is an object': { jsonrpc: '2.0', id: {}, method: 'clients/list' },
  'an id that is a fraction': { jsonrpc: '2.0', id: 1.5, method: 'clients/list' },
  'an id that is endless': { jsonrpc: '2.0', id: 'x'.repeat(101), method: 'clients/list' },
})) {
  t.test(`${what} is an invalid request of no id`, async (t) => {
    const { raw } = await badPlugin(t)
    await raw.say(message)
    t.match(await raw.next(), { id: null, error: { code: ERROR_NUMBERS['invalid-request'] } })
    await alive(t, raw)
  })
}

for (const method of ['orders/delete', 'toString', '__proto__', 'constructor', '', 'x'.repeat(10_000)]) {
  t.test(`the unknown method ${method.slice(0, 20)} is not found`, async (t) => {
    const { raw } = await badPlugin(t)
    await raw.say({ jsonrpc: '2.0', id: 1, method, params: {} })
    t.match(await raw.next(), { id: 1, error: { code: ERROR_NUMBERS['method-not-found'] } })
    await raw.say({ jsonrpc: '2.0', method, params: {} })
    await alive(t, raw)
  })
}

t.test('a method of the other direction is not found, and a notification with an id neither', async (t) => {
  const { raw } = await badPlugin(t)
  for (const method of ['questions/list', 'plugin/stop', 'mappings/changed', '$/cancelRequest']) {
    await raw.say({ jsonrpc: '2.0', id: 1, method, params: {} })
    t.match(await raw.next(), { error: { code: ERROR_NUMBERS['method-not-found'] } }, method)
  }
})

t.test('a request without an id is not answered and not done', async (t) => {
  let asked = 0
  const { raw } = await badPlugin(t, {
    'clients/list': () => {
      asked++
      return { clients: [] }
    },
  })
  await raw.say({ jsonrpc: '2.0', method: 'clients/list', params: {} })
  await alive(t, raw)
  t.equal(asked, 2, 'those with an id')
})

t.test('an id that is still being answered is not taken a second time', async (t) => {
  const first = Promise.withResolvers<void>()
  let asked = 0
  const { raw } = await badPlugin(t, {
    'clients/list': async () => {
      if (asked++ === 1) await first.promise
      return { clients: [] }
    },
  })
  await raw.say({ jsonrpc: '2.0', id: 1, method: 'clients/list' })
  await raw.say({ jsonrpc: '2.0', id: 1, method: 'clients/list' })
  t.match(await raw.next(), { id: 1, error: { code: ERROR_NUMBERS['invalid-request'] } })
  first.resolve()
  t.match(await raw.next(), { id: 1, result: {} })
  t.equal(asked, 2)
})

t.test('answers to questions that nobody asked are passed over', async (t) => {
  const { raw } = await badPlugin(t)
  for (const id of [99, 'x', null, 1.5]) {
    await raw.say({ jsonrpc: '2.0', id, result: {} })
    await raw.say({ jsonrpc: '2.0', id, error: { code: -32000, message: '' } })
  }
  await raw.say({ jsonrpc: '2.0', result: {} })
  await alive(t, raw)
})

t.test('an answer counts once, and only for what was asked', async (t) => {
  const { raw, peer } = await badPlugin(t)
  const state = { kind: 'active', since: 0, failure: null }
  const waits = peer().request('plugin/state', {})
  const { id } = (await raw.next()) as { id: number }
  await raw.say({ jsonrpc: '2.0', id, result: { state } })
  await raw.say({ jsonrpc: '2.0', id, error: { code: -32603, message: 'no' } })
  t.same(await waits, { state })
  await alive(t, raw)
})

for (const [what, answer, code] of [
  ['a result that does not fit', { result: { state: 'happy' } }, 'invalid-result'],
  ['no result', { result: null }, 'invalid-result'],
  ['an error that is a text', { error: 'no' }, 'internal-error'],
  ['an error of an unknown number', { error: { code: 7, message: '' } }, 'internal-error'],
  ['a refusal without data', { error: { code: -32000, message: '' } }, 'internal-error'],
  [
    'a refusal whose code is no code',
    { error: { code: -32000, message: '', data: { code: 'A b', facts: {} } } },
    'internal-error',
  ],
  ['both a result and an error', { result: {}, error: { code: -32601, message: '' } }, 'method-not-found'],
] as const) {
  t.test(`${what} is an error at the one who asked`, async (t) => {
    const { raw, peer } = await badPlugin(t)
    const waits = peer().request('plugin/state', {})
    const { id } = (await raw.next()) as { id: number }
    void raw.say({ jsonrpc: '2.0', id, ...answer })
    await t.rejects(waits, { name: 'BridgeError', code })
    await alive(t, raw)
  })
}

t.test('what a refusal says is cut to its bounds', async (t) => {
  const { raw, peer } = await badPlugin(t)
  const waits = peer().request('orders/look', {})
  const { id } = (await raw.next()) as { id: number }
  const data = {
    code: 'offline',
    text: 'x'.repeat(100_000),
    facts: { a: 1, b: { c: 1 }, d: 'y'.repeat(5000) },
  }
  void raw.say({ jsonrpc: '2.0', id, error: { code: -32000, message: '', data } })
  const { refusal } = await waits.then(
    () => ({ refusal: null }),
    (error) => error,
  )
  t.same(refusal, { code: 'offline', text: 'x'.repeat(2000), facts: { a: 1, d: 'y'.repeat(1000) } })
})
