import type { CloudState } from '../../bridge/data.ts'
import type { CaseRow } from '../../host/api.ts'
import type { Script } from './scripted-host.ts'
import { importPlugin, NOW, row, rows, script } from './scripts.ts'

/** A laboratory that is signed in, and nothing is on its way. */
export const CLOUD: CloudState = {
  name: 'Made-up cloud',
  session: {
    kind: 'signed-in',
    account: { id: '55501', name: 'Fixture Dental Laboratory' },
    kept: 'keychain',
  },
  lastSync: NOW - 120_000,
  syncing: false,
  paused: false,
  trouble: null,
  orders: [],
}
export const SIGNED_OUT: CloudState = { ...CLOUD, session: { kind: 'signed-out', failure: null } }
export const SIGNING_IN: CloudState = {
  ...CLOUD,
  session: { kind: 'signing-in', url: 'https://login.example/authorize?state=made-up' },
}
export const CHOOSING: CloudState = {
  ...CLOUD,
  session: {
    kind: 'choosing-account',
    accounts: [
      { id: '55501', name: 'Fixture Dental Laboratory' },
      { id: '55502', name: 'Fixture Milling Centre' },
    ],
  },
}
export const ENDED: CloudState = {
  ...CLOUD,
  session: {
    kind: 'signed-out',
    failure: { code: 'sign-in-ended', text: 'MyiTero has ended the sign-in. Sign in again.' },
  },
}
export const MEMORY: CloudState = {
  ...CLOUD,
  session: { kind: 'signed-in', account: { id: '55502', name: 'Fixture Milling Centre' }, kept: 'memory' },
}

type StateKind = 'active' | 'signed-out' | 'attention' | 'connecting' | 'offline'
const stateOf = ({ session }: CloudState): StateKind =>
  session.kind === 'signed-in' ? 'active' : session.kind === 'choosing-account' ? 'attention' : 'signed-out'

/** The import at work with that cloud. */
export function withCloud(cloud: CloudState, part: Partial<Script> = {}): Partial<Script> {
  const state = { kind: stateOf(cloud), since: NOW - 3_600_000, failure: null }
  const { settings } = script()
  return {
    cloud,
    settings: {
      ...settings,
      exportFolder: null,
      connectionProfile: '/srv/myitero/profile.json',
      cloudPaused: cloud.paused,
      plugins: [{ ...importPlugin, process: { kind: 'running', state } }],
    },
    ...part,
  }
}

const mark = (part: Partial<NonNullable<CaseRow['cloud']>>): CaseRow['cloud'] => ({
  alone: true,
  account: '55501',
  rxId: '9001',
  stage: 'downloading',
  status: 'Ready for Download',
  ...part,
})
const bare = { patient: '', project: null, client: null, teeth: [], material: null, due: null } as const

/** Orders in every state that the cloud knows, on top of the day's cases. */
export function cloudRows(): CaseRow[] {
  const on: Partial<CaseRow>[] = [
    { ...bare, status: 'importing', cloud: mark({ stage: 'wanted' }) },
    { ...bare, status: 'importing', cloud: mark({ stage: 'downloading', rxId: '9002' }) },
    {
      ...bare,
      status: 'refused',
      reason: { code: 'download-incomplete', text: 'The package arrived three times with another length.' },
      cloud: mark({ stage: 'failed', rxId: '9003' }),
    },
    { ...bare, status: 'noted', cloud: mark({ stage: 'noted', rxId: '9004', status: 'Lab Review' }) },
    { status: 'unread', cloud: mark({ alone: false, stage: 'taken', status: 'Lab Review' }) },
  ]
  return [...on.map((part, at) => row(at, 1000, part)), ...rows(30).slice(6)]
}
