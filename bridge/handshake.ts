import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Channel } from './channel.ts'
import type { Clock } from './clock.ts'

/** What the two ends came to. `refused`: the other end is a stranger, and was told nothing. */
export type Outcome =
  | { readonly kind: 'proven'; readonly protocol: number }
  /** It is no stranger, but speaks none of our versions. */
  | { readonly kind: 'protocol-unsupported'; readonly theirs: readonly number[] }
  | { readonly kind: 'refused' }
  /** It was gone before it had said one message: someone who looked whether anybody listens. */
  | { readonly kind: 'left' }

export interface HandshakeOptions {
  readonly channel: Channel
  readonly side: 'host' | 'plugin'
  /** 32 bytes, as hexadecimal; made anew for each start of the plugin. */
  readonly secret: string
  /** Versions of the protocol that this end speaks. */
  readonly protocols: readonly number[]
  /** 32 fresh random bytes, as hexadecimal. */
  readonly nonce: string
  readonly clock: Clock
}

const DEADLINE_MS = 5000

/**
 * Both ends prove that they have the secret, before anything else is said. The host proves itself first: the plugin tells
 * a stranger nothing. `done` is called once, in the turn of the last message, so that the one behind it is not missed.
 */
export function shakeHands(options: HandshakeOptions, done: (outcome: Outcome) => void): void {
  const { channel, side, protocols, nonce, clock } = options
  let theirs: Hello | null = null
  let heard = false
  let over = false
  const end = (outcome: Outcome) => {
    if (over) return
    over = true
    takeBack()
    if (outcome.kind === 'proven') channel.trust()
    else channel.close()
    done(outcome)
  }
  const refuse = () => end({ kind: 'refused' })
  const takeBack = clock.after(DEADLINE_MS, refuse)
  const settle = (hello: Hello) => {
    const protocol = highestOfBoth(protocols, hello.protocols)
    end(
      protocol === 0
        ? { kind: 'protocol-unsupported', theirs: hello.protocols }
        : { kind: 'proven', protocol },
    )
  }
  const proofOf = (who: 'host' | 'plugin', hello: Hello) => {
    const protocol = highestOfBoth(protocols, hello.protocols)
    const [ofPlugin, ofHost] = side === 'plugin' ? [nonce, hello.nonce] : [hello.nonce, nonce]
    return proof(options.secret, who, protocol, ofPlugin, ofHost)
  }

  const asPlugin = (message: unknown) => {
    const hello = helloIn(message)
    if (hello === null || !same(hello.proof, proofOf('host', hello))) return refuse()
    channel.send({ proof: proofOf('plugin', hello) })
    settle(hello)
  }
  const asHost = (message: unknown) => {
    if (theirs === null) {
      theirs = helloIn(message)
      if (theirs === null) return refuse()
      channel.send({ hello: { protocols, nonce, proof: proofOf('host', theirs) } })
    } else {
      if (!same(member(message, 'proof'), proofOf('plugin', theirs))) return refuse()
      settle(theirs)
    }
  }

  channel.listen({
    message: (message) => {
      heard = true
      if (!over) (side === 'plugin' ? asPlugin : asHost)(message)
    },
    closed: () => end({ kind: heard ? 'refused' : 'left' }),
  })
  if (side === 'plugin') channel.send({ hello: { protocols, nonce } })
}

/** HMAC-SHA-256 by the secret over who proves, the version and both nonces; hexadecimal. Version 0: none in common. */
export function proof(
  secret: string,
  who: 'host' | 'plugin',
  protocol: number,
  nonceOfPlugin: string,
  nonceOfHost: string,
): string {
  const text = ['myitero-bridge', who, protocol, nonceOfPlugin, nonceOfHost].join('\n')
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(text).digest('hex')
}

interface Hello {
  readonly protocols: readonly number[]
  readonly nonce: string
  readonly proof: unknown
}

function helloIn(message: unknown): Hello | null {
  const hello = member(message, 'hello')
  const protocols = member(hello, 'protocols')
  const nonce = member(hello, 'nonce')
  const versions =
    Array.isArray(protocols) &&
    protocols.length <= 32 &&
    protocols.every((version) => Number.isSafeInteger(version) && version > 0)
  if (!versions || typeof nonce !== 'string' || !/^[0-9a-f]{64}$/.test(nonce)) return null
  return { protocols, nonce, proof: member(hello, 'proof') }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}

/** In constant time. */
function same(given: unknown, expected: string): boolean {
  if (typeof given !== 'string' || !/^[0-9a-f]{64}$/.test(given)) return false
  return timingSafeEqual(Buffer.from(given, 'hex'), Buffer.from(expected, 'hex'))
}

function highestOfBoth(ours: readonly number[], theirs: readonly number[]): number {
  return Math.max(0, ...ours.filter((version) => theirs.includes(version)))
}
