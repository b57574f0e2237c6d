import { randomBytes } from 'node:crypto'
import type { Channel } from './channel.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Bootstrap } from './data.ts'
import { BridgeError } from './errors.ts'
import { type Outcome, shakeHands } from './handshake.ts'
import { PROTOCOL_VERSION } from './numbers.ts'
import { createPeer, type Handlers, type Peer } from './peer.ts'
import { connectPipe } from './pipe.ts'

export interface ConnectOptions {
  readonly bootstrap: Bootstrap
  /** Aborted: the host is gone, do not come back. */
  readonly hostGone: AbortSignal
  /** What the host may ask and tell. */
  readonly handlers: Handlers<'plugin'>
  /** On each new connection: what is open is to be said again once the host has configured. */
  readonly onConnected?: (peer: Peer<'plugin'>) => void
  /** A cut, a refused handshake, what a handler threw: for the developer's log. */
  readonly onFault?: (fault: unknown, where: string) => void
  readonly clock?: Clock
  /** So many random bytes, hexadecimal. */
  readonly random?: (bytes: number) => string
}

/** `protocol-unsupported`: the host is of another age; coming back would not help. */
export type ConnectionEnd = 'closed' | 'host-gone' | 'protocol-unsupported'

export interface HostConnection {
  /** Throws BridgeError `connection-closed` between two connections. */
  readonly request: Peer<'plugin'>['request']
  /** Lost between two connections. */
  readonly notify: Peer<'plugin'>['notify']
  /** Sends what is under way and ends. */
  readonly close: () => void
  readonly ended: Promise<ConnectionEnd>
}

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2000

/** Connects, lets the host prove itself, and comes back after every cut as long as the host is there. */
export function connectToHost(options: ConnectOptions): HostConnection {
  const { bootstrap, hostGone, clock = systemClock } = options
  const { random = (bytes) => randomBytes(bytes).toString('hex') } = options
  let peer: Peer<'plugin'> | null = null
  let end: ConnectionEnd | null = null
  let wake = () => {}

  const finish = (how: ConnectionEnd) => {
    if (end !== null) return
    end = how
    peer?.close()
    wake()
  }
  if (hostGone.aborted) finish('host-gone')
  hostGone.addEventListener('abort', () => finish('host-gone'), { once: true })

  const ended = stay()

  async function stay(): Promise<ConnectionEnd> {
    let pause = FIRST_PAUSE_MS
    while (end === null) {
      try {
        const channel = await connectPipe(bootstrap.pipe)
        const outcome = await served(channel)
        if (outcome.kind === 'protocol-unsupported') finish('protocol-unsupported')
        if (outcome.kind === 'proven') pause = FIRST_PAUSE_MS
        else options.onFault?.(new BridgeError('not-proven'), 'handshake')
      } catch (error) {
        options.onFault?.(error, 'pipe')
      }
      if (end === null) await pausing(pause)
      pause = Math.min(LONGEST_PAUSE_MS, pause * 2)
    }
    return end
  }

  /** Until the connection is closed. */
  function served(channel: Channel): Promise<Outcome> {
    return new Promise((over) => {
      if (end !== null) channel.close()
      const hands = {
        channel,
        side: 'plugin',
        secret: bootstrap.secret,
        protocols: [PROTOCOL_VERSION],
        nonce: random(32),
        clock,
      } as const
      shakeHands(hands, (outcome) => {
        if (outcome.kind !== 'proven' || end !== null) {
          channel.close()
          return over(outcome)
        }
        const made: Peer<'plugin'> = createPeer({
          side: 'plugin',
          channel,
          clock,
          handlers: options.handlers,
          onClosed: () => {
            if (peer === made) peer = null
            over(outcome)
          },
          ...(options.onFault === undefined ? {} : { onFault: options.onFault }),
        })
        peer = made
        options.onConnected?.(made)
      })
    })
  }

  const pausing = (ms: number) =>
    new Promise<void>((resume) => {
      const takeBack = clock.after(ms, resume)
      wake = () => {
        takeBack()
        resume()
      }
    })

  return {
    request: async (...asked) => {
      if (peer === null) throw new BridgeError('connection-closed')
      return peer.request(...asked)
    },
    notify: (...told) => peer?.notify(...told),
    close: () => finish('closed'),
    ended,
  }
}
