import type { Access } from '../plugin/cloud/http.ts'
import type { AccountId } from '../plugin/cloud/ids.ts'
import type { Session } from '../plugin/cloud/session.ts'

/** A sign-in that stands: how one comes about is measured nowhere here. */
export function givenSession(account: string, access: Access): Pick<Session, 'state' | 'authorized'> {
  const never = new AbortController().signal
  return {
    state: () => ({
      kind: 'signed-in',
      account: { id: account as AccountId, name: 'Bench' },
      kept: 'memory',
      unkept: null,
    }),
    authorized: (call, signal) => call(access, signal ?? never),
  }
}
