import type { CloudState, ConnectorState, Failure } from '../../bridge/data.ts'
import type { PluginRow } from '../api.ts'

/** Something stands in the way of the import, whatever its switch was set to: it does not run. */
export const isBarred = (row: PluginRow): boolean => row.obstacles.length > 0

/** Switched on, and nothing stands in the way. */
export const isOn = (row: PluginRow): boolean => row.enabled && !isBarred(row)

/** It runs and has nowhere to look for orders. */
export const hasNoSource = ({ process }: PluginRow): boolean =>
  process.kind === 'running' && process.state.kind === 'off'

/** It works, and the cloud waits for somebody to sign in or to choose an account. */
export const awaitsSignIn = (row: PluginRow, cloud: CloudState | null): boolean =>
  isOn(row) && cloud !== null && awaitsSession(cloud)

/** Nothing comes from the cloud until somebody has signed in or chosen an account. */
export const awaitsSession = ({ session }: CloudState): boolean =>
  ['signed-out', 'signing-in', 'choosing-account'].includes(session.kind)

/** What keeps it from working at the moment. */
export function failureOf({ process }: PluginRow): Failure | null {
  if (process.kind === 'running') return process.state.failure
  return 'failure' in process ? process.failure : null
}

/** Its process ended in good order, unasked: nothing has failed. */
export const endedWell = (row: PluginRow): boolean => failureOf(row)?.code === 'plugin-ended'

/** A state in which a pause is the thing to be said. */
export const isQuiet = (kind: ConnectorState['kind']): boolean =>
  ['connecting', 'active', 'offline'].includes(kind)
