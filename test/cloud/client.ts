import type { Test } from 'tap'
import type { Cloud } from '../../fixtures/cloud/cloud.ts'
import { wire } from '../../plugin/cloud/contract.ts'
import { type Access, type Http, openHttp, type Patience } from '../../plugin/cloud/http.ts'
import type { AccountId } from '../../plugin/cloud/ids.ts'
import type { Session, SessionState } from '../../plugin/cloud/session.ts'
import { ImportError } from '../../plugin/errors.ts'
import { ACCOUNT, LAB } from './opened.ts'

/** A session without a sign-in: tokens come straight from the cloud, new ones after each 401. */
export interface TestSession extends Pick<Session, 'state' | 'authorized'> {
  access(): Promise<Access>
  /** As if MyiTero had refused the refresh. */
  lose(): void
  find(account?: number): void
}

export interface Client {
  readonly http: Http
  readonly session: TestSession
}

export function clientOf(cloud: Cloud, patience?: Patience): Client {
  const http = openHttp(cloud.profile, {}, patience)
  return { http, session: sessionOf(cloud, http) }
}

/** The same, closed with the test. */
export function clientFor(t: Test, cloud: Cloud, patience?: Patience): Client {
  const client = clientOf(cloud, patience)
  t.teardown(() => client.http.close())
  return client
}

function sessionOf(cloud: Cloud, http: Http): TestSession {
  let account: number | null = ACCOUNT
  let access: Promise<Access> | null = null
  const drawn = async (): Promise<Access> => {
    const user = account === ACCOUNT ? LAB.user : 'two@fixture.example'
    const { accessToken } = await cloud.tokens(user, account)
    const first = { token: accessToken, apiBase: cloud.profile.apiBase }
    for (let tries = 1; ; tries++) {
      try {
        return { token: accessToken, apiBase: (await wire.discover(http, first)).apiBase }
      } catch (error) {
        if (tries === 5) throw error
      }
    }
  }
  const current = () => {
    access ??= drawn().catch((error: unknown) => {
      access = null
      throw error
    })
    return access
  }
  return {
    access: current,
    state: (): SessionState =>
      account === null
        ? { kind: 'signed-out', failure: { code: 'cloud-signed-out', facts: {} } }
        : {
            kind: 'signed-in',
            account: { id: String(account) as AccountId, name: 'Fixture' },
            kept: 'memory',
            unkept: null,
          },
    async authorized(call, signal) {
      for (let tries = 1; ; tries++) {
        if (account === null) throw new ImportError('cloud-signed-out')
        const own = signal ?? new AbortController().signal
        try {
          return await call(await current(), own)
        } catch (error) {
          if (!(error instanceof ImportError) || error.code !== 'cloud-token-refused' || tries === 2)
            throw error
          access = null
        }
      }
    },
    lose() {
      account = null
      access = null
    },
    find(next = ACCOUNT) {
      account = next
      access = null
    },
  }
}
