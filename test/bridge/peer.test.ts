import t, { type Test } from 'tap'
import type { Progress } from '../../bridge/data.ts'
import { BridgeError, refusing } from '../../bridge/errors.ts'
import { peersOver } from './ends.ts'
import { type Joined, joinedByPipe, joinedInMemory } from './joined.ts'

/** One suite over both kinds of channel. */
const CHANNELS: Record<string, (t: Test) => Promise<Joined>> = {
  'in memory': joinedInMemory,
  'by node-ipc': joinedByPipe,
}

for (const [name, joined] of Object.entries(CHANNELS)) {
  t.test(`peers joined ${name}`, async (t) => {
    t.test('either end asks and is answered, many at once, out of turn', async (t) => {
      const slow = Promise.withResolvers<void>()
      const { host, plugin } = peersOver(await joined(t), {
        host: { 'clients/list': () => ({ clients: [{ id: '001', name: 'Lab', parameters: {} }] }) },
        plugin: {
          'orders/list': async () => {
            await slow.promise
            return { orders: [] }
          },
          'plugin/state': () => ({ state: { kind: 'active', since: 5, failure: null } }),
        },
      })
      const late = host.request('orders/list', {})
      const [state, clients] = await Promise.all([
        host.request('plugin/state', {}),
        plugin.request('clients/list', { limit: 10 }),
      ])
      t.same(state, { state: { kind: 'active', since: 5, failure: null } })
      t.equal(clients.clients[0]?.id, '001')
      slow.resolve()
      t.same(await late, { orders: [] })
    })

    t.test('a handler may ask back while it is asked', async (t) => {
      const ends = peersOver(await joined(t), {
        plugin: {
          'orders/look': async () => {
            await ends.plugin.request('clients/list', {})
            return {}
          },
        },
      })
      t.same(await ends.host.request('orders/look', {}), {})
    })

    t.test('what is told comes in the order in which it was told', async (t) => {
      const { host, plugin, told } = peersOver(await joined(t))
      for (const id of [3, 1, 2]) plugin.notify('questions/closed', { id })
      await host.request('plugin/state', {})
      await plugin.request('clients/list', {})
      t.same(
        told.map(({ params }) => params),
        [{ id: 3 }, { id: 1 }, { id: 2 }],
      )
    })

    t.test('a refusal keeps its code, text and facts', async (t) => {
      const { host } = peersOver(await joined(t), {
        plugin: {
          'questions/answer': () => {
            throw refusing('question-closed', 'Die Frage ist beantwortet.', { question: 7 })
          },
        },
      })
      const error = await host.request('questions/answer', { question: 7, answer: ANSWER }).catch((e) => e)
      t.equal(error.code, 'refused')
      t.same(error.refusal, {
        code: 'question-closed',
        text: 'Die Frage ist beantwortet.',
        facts: { question: 7 },
      })
    })

    t.test('an unforeseen error tells the other end nothing, but our own log everything', async (t) => {
      const cause = new Error('Mia Muster lies in /home/lab/cases')
      const { host, faults } = peersOver(await joined(t), {
        plugin: {
          'plugin/state': () => {
            throw cause
          },
        },
      })
      const error = await host.request('plugin/state', {}).catch((e) => e)
      t.equal(error.code, 'internal-error')
      t.notMatch(JSON.stringify({ ...error, message: error.message }), /Mia|home/)
      t.same(faults, [cause])
    })

    t.test('a request that is cancelled reaches its handler, and is still answered', async (t) => {
      const begun = Promise.withResolvers<void>()
      const { host } = peersOver(await joined(t), {
        plugin: {
          'orders/list': (_, { signal }) =>
            new Promise((_, failed) => {
              signal.addEventListener('abort', () => failed(new Error('stopped')))
              begun.resolve()
            }),
        },
      })
      const controller = new AbortController()
      const asked = host.request('orders/list', {}, { signal: controller.signal })
      await begun.promise
      controller.abort()
      await t.rejects(asked, { code: 'request-cancelled' })
    })

    t.test('a request that is done before its cancellation comes gives its result', async (t) => {
      const begun = Promise.withResolvers<void>()
      const { host } = peersOver(await joined(t), {
        plugin: {
          'orders/list': (_, { signal }) =>
            new Promise((done) => {
              signal.addEventListener('abort', () => done({ orders: [] }))
              begun.resolve()
            }),
        },
      })
      const controller = new AbortController()
      const asked = host.request('orders/list', {}, { signal: controller.signal })
      await begun.promise
      controller.abort()
      t.same(await asked, { orders: [] })
    })

    t.test('a request cancelled beforehand is not sent', async (t) => {
      let asked = 0
      const { host } = peersOver(await joined(t), {
        plugin: {
          'orders/look': () => {
            asked++
            return {}
          },
        },
      })
      await t.rejects(host.request('orders/look', {}, { signal: AbortSignal.abort() }), {
        code: 'request-cancelled',
      })
      await host.request('plugin/state', {})
      t.equal(asked, 0)
    })

    t.test('progress of a request comes to whoever asked, from begin to end', async (t) => {
      const { host, told } = peersOver(await joined(t), {
        plugin: {
          'orders/look': (_, { progress }) => {
            for (const value of STEPS) progress(value)
            return {}
          },
        },
      })
      const seen: Progress[] = []
      await host.request('orders/look', {}, { onProgress: (value) => seen.push(value) })
      t.same(seen, STEPS)
      t.same(told, [], 'and to nobody else')
      await host.request('orders/look', {})
      t.same(told, [], 'nobody asked for it')
    })

    t.test('progress of other work comes to the handler', async (t) => {
      const { host, plugin, told } = peersOver(await joined(t))
      for (const value of STEPS) plugin.notify('$/progress', { token: 'order 4711', value })
      await plugin.request('clients/list', {})
      await host.request('plugin/state', {})
      t.same(
        told.map(({ params }) => params),
        STEPS.map((value) => ({ token: 'order 4711', value })),
      )
    })

    t.test('a deadline ends the wait, tells the other end, and the late answer is nobody’s', async (t) => {
      const stopped = Promise.withResolvers<void>()
      const { host } = peersOver(await joined(t), {
        plugin: {
          'orders/list': (_, { signal }) =>
            new Promise((done) => {
              signal.addEventListener('abort', () => {
                done({ orders: [] })
                stopped.resolve()
              })
            }),
        },
      })
      await t.rejects(host.request('orders/list', {}, { deadlineMs: 30 }), { code: 'deadline-exceeded' })
      await stopped.promise
      t.same(await host.request('questions/list', {}), { questions: [] })
    })

    t.test('a closed connection ends every wait at once, at both ends', async (t) => {
      const begun = Promise.withResolvers<AbortSignal>()
      const { host, plugin } = peersOver(await joined(t), {
        host: { 'clients/list': () => new Promise(() => {}) },
        plugin: {
          'orders/list': (_, { signal }) => {
            begun.resolve(signal)
            return new Promise(() => {})
          },
        },
      })
      const waits = [host.request('orders/list', {}), plugin.request('clients/list', {})]
      const signal = await begun.promise
      host.close()
      for (const { status, reason } of (await Promise.allSettled(waits)) as PromiseRejectedResult[]) {
        t.equal(status, 'rejected')
        t.equal(reason.code, 'connection-closed')
      }
      t.ok(signal.aborted)
      await t.rejects(host.request('plugin/state', {}), { code: 'connection-closed' })
    })

    t.test('parameters that do not fit are not sent', async (t) => {
      const { host, plugin } = peersOver(await joined(t))
      await t.rejects(host.request('orders/list', { limit: 0 }), { code: 'invalid-params' })
      await t.rejects(host.request('orders/list', { limit: Number.NaN }), { code: 'invalid-params' })
      t.throws(() => plugin.notify('questions/closed', { id: -1 }), { code: 'invalid-params' })
    })

    t.test('a result that does not fit is kept back and is an internal error', async (t) => {
      const { host, faults } = peersOver(await joined(t), {
        plugin: { 'plugin/state': () => ({ state: { kind: 'happy' } }) as never },
      })
      await t.rejects(host.request('plugin/state', {}), { code: 'internal-error' })
      t.match(faults, [{ code: 'invalid-result' }])
    })

    t.test('a newer peer may say more: unknown members do not disturb', async (t) => {
      const { host } = peersOver(await joined(t), {
        plugin: { 'orders/list': (params) => ({ orders: [], heard: params }) as never },
      })
      const answer: object = await host.request('orders/list', { colour: 'A2' } as never)
      t.same(answer, { orders: [], heard: { colour: 'A2' } })
    })

    t.test('an error of a handler of notifications does not end the connection', async (t) => {
      const { host, plugin, faults } = peersOver(await joined(t), {
        host: {
          'mappings/changed': () => {
            throw new Error('broken')
          },
        },
      })
      plugin.notify('mappings/changed', {})
      await plugin.request('clients/list', {})
      t.equal(faults.length, 1)
      t.ok(await host.request('plugin/state', {}))
    })
  })
}

t.test('a message that is too large is refused by the sender, and the connection goes on', async (t) => {
  const huge = 'x'.repeat(9_000_000)
  const { host, plugin } = peersOver(await joinedByPipe(t), {
    plugin: { 'plugin/state': () => ({ state: ACTIVE, more: huge }) as never },
  })
  t.throws(() => plugin.notify('mappings/changed', { huge } as never), { code: 'message-too-large' })
  await t.rejects(plugin.request('clients/list', { huge } as never), { code: 'message-too-large' })
  await t.rejects(host.request('plugin/state', {}), { code: 'internal-error' }, 'also an answer')
  t.same(await host.request('orders/list', {}), { orders: [] })
})

t.test('a message of eight megabytes comes whole', async (t) => {
  const long = 'ü'.repeat(3_900_000)
  const { host } = peersOver(await joinedByPipe(t), {
    plugin: {
      'orders/list': (params) => ({ orders: [], long: (params as { long?: string }).long }) as never,
    },
  })
  const answer = await host.request('orders/list', { long } as never)
  t.equal((answer as { long?: string }).long, long)
})

t.test('an error of the bridge names itself', async (t) => {
  t.match(new BridgeError('overloaded', 'orders/list'), {
    name: 'BridgeError',
    message: 'overloaded: orders/list',
  })
})

const ANSWER = { kind: 'doctor', client: '001' } as const
const ACTIVE = { kind: 'active', since: 0, failure: null } as const
const STEPS: Progress[] = [
  { kind: 'begin', title: 'order.zip', of: 100 },
  { kind: 'report', done: 50, of: 100 },
  { kind: 'end' },
]
