import type { CloudState, Configuration, ConnectorState } from '../../bridge/data.ts'
import type { Failure } from '../errors.ts'

/** Where the work on folders stands: the case folder, the ledger, and the export folder where there is one. */
export interface WorkStanding {
  readonly kind: 'off' | 'connecting' | 'active' | 'offline' | 'attention'
  readonly failure: Failure | null
}

/** Where the cloud stands. */
export interface CloudStanding {
  readonly session: CloudState['session']['kind']
  /** Of a session that ended, or of a cloud that cannot be reached. */
  readonly failure: Failure | null
  /** It was looked at since the sign-in. */
  readonly looked: boolean
}

/** Why a look for orders would find none wherever it looks; null: it may. */
export function barsLook(
  configuration: Pick<Configuration, 'exportFolder' | 'cloud'>,
  cloud: CloudStanding | null,
): 'cloud-signed-out' | 'cloud-paused' | null {
  if (cloud === null || configuration.exportFolder !== null) return null
  // A sign-in may be kept there: the look is one into the keychain.
  if (cloud.session === 'signed-out' && cloud.failure?.code.startsWith('keychain-')) return null
  if (['signed-out', 'signing-in', 'choosing-account'].includes(cloud.session)) return 'cloud-signed-out'
  return configuration.cloud?.paused ? 'cloud-paused' : null
}

/** Nothing comes from the cloud as it stands: nobody is signed in, it cannot be reached, or it is paused. */
export const rests = (cloud: CloudStanding | null, paused: boolean): boolean =>
  cloud === null || cloud.session !== 'signed-in' || cloud.failure !== null || paused

export interface Standing {
  readonly kind: ConnectorState['kind']
  readonly failure: Failure | null
}

/**
 * The one state of two sources. What stands in the way of every order comes first, then a person who has to sign in; an
 * export folder goes on working meanwhile. `cloud` null: none is configured.
 */
export function standing(work: WorkStanding, cloud: CloudStanding | null): Standing {
  if (work.kind === 'offline' || work.kind === 'attention' || cloud === null) return work
  switch (cloud.session) {
    case 'starting':
      return { kind: 'connecting', failure: null }
    case 'signed-out':
      return { kind: 'signed-out', failure: cloud.failure }
    case 'signing-in':
      return { kind: 'signed-out', failure: null }
    case 'choosing-account':
      return { kind: 'attention', failure: null }
    case 'signed-in':
      if (cloud.failure !== null) return { kind: 'offline', failure: cloud.failure }
      return { kind: cloud.looked ? 'active' : 'connecting', failure: null }
  }
}
