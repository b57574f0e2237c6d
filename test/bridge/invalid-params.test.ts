import t from 'tap'
import { systemClock } from '../../bridge/clock.ts'
import { ERROR_NUMBERS } from '../../bridge/numbers.ts'
import { createPeer, type Handlers } from '../../bridge/peer.ts'
import { MESSAGES, type Method } from '../../bridge/protocol.ts'
import { wellBehaved, wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'
import { pipeFor } from './raw.ts'

/** For every message that is not the other end's own: parameters that are not what it takes. */
for (const side of ['host', 'plugin'] as const) {
  const methods = (Object.keys(MESSAGES) as Method[]).filter((method) => MESSAGES[method].sender !== side)
  for (const method of methods) {
    t.test(`${method}: a ${side} takes no parameters but those that fit`, async (t) => {
      const called: string[] = []
      const spied = Object.fromEntries(
        Object.keys(MESSAGES).map((name) => [name, () => void called.push(name)]),
      )
      const handlers = { ...(side === 'host' ? wellBehavedHost() : wellBehaved()), ...spied }
      const { connect } = await pipeFor(t, (channel) => {
        channel.trust()
        if (side === 'host') {
          createPeer({ side, channel, clock: systemClock, handlers: handlers as unknown as Handlers<'host'> })
        } else {
          createPeer({
            side,
            channel,
            clock: systemClock,
            handlers: handlers as unknown as Handlers<'plugin'>,
          })
        }
      })
      const raw = await connect()
      const isRequest = MESSAGES[method].kind === 'request'
      for (const params of unfit(method)) {
        await raw.say({ jsonrpc: '2.0', ...(isRequest ? { id: 1 } : {}), method, params })
        if (!isRequest) continue
        t.match(
          await raw.next(),
          { id: 1, error: { code: ERROR_NUMBERS['invalid-params'] } },
          JSON.stringify(params).slice(0, 100),
        )
      }
      await raw.say({ jsonrpc: '2.0', id: 2, method: 'last' })
      t.match(await raw.next(), { id: 2, error: { code: ERROR_NUMBERS['method-not-found'] } })
      t.same(called, [])
    })
  }
}

/** No object at all; and each member in turn absent, of another kind, out of its bounds. */
function unfit(method: Method): readonly unknown[] {
  const { properties = {}, required = [] } = MESSAGES[method].params as {
    properties?: Record<string, object>
    required?: string[]
  }
  const whole = WHOLE[method] ?? {}
  const missing = required.map((name) => ({ ...whole, [name]: undefined }))
  const wrong = Object.keys(properties).flatMap((name) =>
    [true, {}, [{}], 'x'.repeat(2_000_000), -1, 1.5, 1e300, null]
      .filter((value) => !(OPEN[`${method} ${name}`] ?? []).includes(value))
      .map((value) => ({ ...whole, [name]: value })),
  )
  return [null, 'text', 5, [], [whole], ...missing, ...wrong]
}

const STATE = { kind: 'active', since: 0, failure: null }

/** Parameters that fit where some are required, so that a single wrong member is what is refused. */
const WHOLE: Partial<Record<Method, object>> = {
  'plugin/configure': {
    language: 'en',
    caseFolder: '/cases',
    exportFolder: null,
    nameTemplate: '%d',
    patientNameOrder: 'given-family',
    materials: null,
  },
  'questions/answer': { question: 1, answer: { kind: 'doctor', client: '001' } },
  'mappings/deleteDoctor': { id: 1 },
  'mappings/deleteMaterial': { key: 'id:1' },
  'mappings/clearMethod': { key: 'id:1' },
  'plugin/stateChanged': { state: STATE },
  'questions/closed': { id: 1 },
  '$/progress': { token: 1, value: { kind: 'end' } },
  '$/cancelRequest': { id: 1 },
}

/** Values of the list above that a member may well have. */
const OPEN: Record<string, readonly unknown[]> = {
  'plugin/configure exportFolder': [null],
  'plugin/configure cloud': [null],
  'plugin/configure materials': [null],
  'cloud/changed cloud': [null],
  '$/progress token': [-1, 1e300],
  '$/cancelRequest id': [-1, 1e300],
}
