import type { Peer } from '../../bridge/peer.ts'

/** The host as the connector sees it: one connection to it, in which it may be asked and told. */
export type Host = Pick<Peer<'plugin'>, 'request' | 'notify'>
