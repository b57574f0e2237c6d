import { systemClock } from '../../bridge/clock.ts'
import { createPeer, type Handlers, type Peer } from '../../bridge/peer.ts'
import { wellBehaved, wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'
import type { Joined } from './joined.ts'

export interface Ends {
  readonly host: Peer<'host'>
  readonly plugin: Peer<'plugin'>
  /** What each end was told by notifications, in order. */
  readonly told: { readonly method: string; readonly params: unknown }[]
  readonly faults: unknown[]
}

export interface EndsOptions {
  readonly host?: Partial<Handlers<'host'>>
  readonly plugin?: Partial<Handlers<'plugin'>>
}

/** A host and a plugin that answer as little as they may, but for what is given. */
export function peersOver(joined: Joined, given: EndsOptions = {}): Ends {
  const told: Ends['told'] = []
  const faults: unknown[] = []
  const onFault = (fault: unknown) => faults.push(fault)
  const clock = systemClock
  const host = createPeer({
    side: 'host',
    channel: joined.host,
    clock,
    onFault,
    handlers: { ...wellBehavedHost((method, params) => told.push({ method, params })), ...given.host },
  })
  const plugin = createPeer({
    side: 'plugin',
    channel: joined.plugin,
    clock,
    onFault,
    handlers: { ...wellBehaved(), ...given.plugin },
  })
  return { host, plugin, told, faults }
}
