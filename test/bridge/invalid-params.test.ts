import t from 'tap'
import { systemClock } from '../../bridge/clock.ts'
import { ERROR_NUMBERS } from '../../bridge/numbers.ts'
import { createPeer, type Handlers } from '../../bridge/peer.ts'
import { MESSAGES, type Method } from '../../bridge/protocol.ts'
import { wellBehaved, wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'
import { pipeFor } from './raw.ts'
import { fit, type Schema, unfit } from './unfit.ts'

/** Answered by the peer itself: no handler hears of it. */
const UNHEARD: readonly Method[] = ['$/cancelRequest']

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
      const id = MESSAGES[method].kind === 'request' ? { id: 1 } : {}
      const declared: Schema = JSON.parse(JSON.stringify(MESSAGES[method].params))
      const refused = { id: 1, error: { code: ERROR_NUMBERS['invalid-params'] } }
      const inList = ['in a list', [fit(declared)]] as const
      for (const [where, params] of [...unfit(declared), inList]) {
        await raw.say({ jsonrpc: '2.0', ...id, method, params })
        if ('id' in id) t.match(await raw.next(), refused, `${where} ${JSON.stringify(params).slice(0, 100)}`)
      }
      await raw.say({ jsonrpc: '2.0', id: 2, method: 'last' })
      t.match(await raw.next(), { id: 2, error: { code: ERROR_NUMBERS['method-not-found'] } })
      t.same(called, [])
      await raw.say({ jsonrpc: '2.0', ...id, method, params: fit(declared) })
      if ('id' in id) t.notMatch(await raw.next(), refused)
      else {
        await raw.say({ jsonrpc: '2.0', id: 3, method: 'last' })
        await raw.next()
      }
      t.same(called, UNHEARD.includes(method) ? [] : [method], 'what fits is taken')
    })
  }
}
