import { inspect } from 'node:util'
import type { Test } from 'tap'
import { type Cloud, type CloudOptions, startCloud } from '../../fixtures/cloud/cloud.ts'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'
import { wire } from '../../plugin/cloud/contract.ts'
import { type Http, openHttp } from '../../plugin/cloud/http.ts'
import { type Profile, readProfile } from '../../plugin/cloud/profile.ts'
import { createSession, type Session, type SessionState } from '../../plugin/cloud/session.ts'
import { type Failure, ImportError } from '../../plugin/errors.ts'
import type { Secrets } from '../../plugin/secrets.ts'

/** A computer at which somebody signs in, and the cloud he signs in to. */
export interface Desk {
  readonly cloud: Cloud
  readonly profile: Profile
  readonly http: Http
  readonly keychain: Keychain
  /** One process after the other; the one before is left as it is. */
  open(): Sitting
  /** Moves the clocks of the computer and of the cloud. */
  later(seconds: number): void
}

export interface Sitting {
  readonly session: Session
  readonly states: SessionState[]
  readonly troubles: Failure[]
  /** What waits for its time, as `[ms, then]`. */
  readonly due: Map<number, () => void>
  /** The first state from now on that is of this kind; the present one counts. */
  until<K extends SessionState['kind']>(kind: K): Promise<Extract<SessionState, { kind: K }>>
  /** The browser: logs in, comes back, and gives what it shows then. */
  logIn(user?: string, language?: 'en' | 'de'): Promise<Shown>
  /** The same until the account is there, and the cloud has ended the login's own tokens. */
  signIn(user?: string): Promise<void>
}

export interface Shown {
  readonly status: number
  readonly page: string
}

/** A keychain in memory that a test can read, and that refuses what it is told to. */
export interface Keychain extends Secrets {
  readonly entries: Map<string, string>
  /** Of the next reads, writes and removals. */
  refuses: 'keychain-locked' | 'keychain-full' | null
  /** Called before each write. */
  onWrite: (value: string) => void | Promise<void>
}

export const ONE = 'lab@fixture.example'
export const TWO = 'two@fixture.example'

export async function openDesk(t: Test, options: CloudOptions = {}): Promise<Desk> {
  let ahead = 0
  const clock = () => Date.now() + ahead
  const cloud = await startCloud({ clock, ...options })
  const profile = readProfile(JSON.stringify(cloud.profile))
  const http = openHttp(profile, {})
  const keychain = memoryKeychain()
  t.teardown(async () => {
    http.close()
    await cloud.close()
  })
  return {
    cloud,
    profile,
    http,
    keychain,
    open: () => sitDown(t, { cloud, profile, http, keychain, clock }),
    later(seconds) {
      ahead += seconds * 1000
    },
  }
}

type Furniture = Pick<Desk, 'cloud' | 'profile' | 'http' | 'keychain'> & { readonly clock: () => number }

function sitDown(t: Test, { cloud, profile, http, keychain, clock }: Furniture): Sitting {
  const states: SessionState[] = []
  const troubles: Failure[] = []
  const due = new Map<number, () => void>()
  const waiting = new Set<() => void>()
  const session = createSession({
    profile,
    secrets: keychain,
    http,
    wire,
    clock,
    onState(state) {
      states.push(state)
      for (const look of waiting) look()
    },
    onTrouble: (failure) => troubles.push(failure),
    schedule(ms, then) {
      due.set(ms, then)
      return () => due.delete(ms)
    },
  })
  t.teardown(async () => {
    const closing = session.close()
    // What a test left hanging is not waited for.
    for (const then of due.values()) then()
    await closing
  })
  const until: Sitting['until'] = (kind) =>
    new Promise((resolve) => {
      const look = () => {
        const state = session.state()
        if (state.kind !== kind) return
        waiting.delete(look)
        resolve(state as Extract<SessionState, { kind: typeof kind }>)
      }
      waiting.add(look)
      look()
    })
  const logIn: Sitting['logIn'] = async (user = ONE, language = 'en') => {
    const { url } = await session.signIn(language)
    return comeBack(await callbackOf(cloud, url, user))
  }
  return {
    session,
    states,
    troubles,
    due,
    until,
    logIn,
    async signIn(user) {
      const before = revocations(cloud)
      await logIn(user)
      await until('signed-in')
      // They are ended behind the person's back: what a test does next is not to meet with that.
      const late = Date.now() + 5000
      while (revocations(cloud) < before + 2) {
        if (Date.now() > late) throw new Error('the login’s own tokens go on')
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

/** Where the login page sends the browser. */
export async function callbackOf(cloud: Cloud, url: string, user: string | 'cancel' = ONE): Promise<string> {
  const credentials = cloud.credentials.find((each) => each.user === user)
  const visit = await visitLogin(url, user === 'cancel' || credentials === undefined ? 'cancel' : credentials)
  if (visit.callback === null) throw new Error(`no way back: ${visit.status}`)
  return visit.callback
}

export async function comeBack(callback: string): Promise<Shown> {
  const answer = await fetch(callback)
  return { status: answer.status, page: await answer.text() }
}

function memoryKeychain(): Keychain {
  const entries = new Map<string, string>()
  const keychain: Keychain = {
    entries,
    refuses: null,
    onWrite: () => {},
    kept: 'keychain',
    async read(name) {
      refuse()
      return entries.get(name) ?? null
    },
    async write(name, value) {
      refuse()
      await keychain.onWrite(value)
      entries.set(name, value)
    },
    async remove(name) {
      refuse()
      entries.delete(name)
    },
  }
  const refuse = () => {
    if (keychain.refuses !== null) throw new ImportError(keychain.refuses)
  }
  return keychain
}

/** The code that a promise ends with. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return error instanceof ImportError ? error.code : inspect(error)
  }
}

const revocations = (cloud: Cloud): number =>
  cloud.requests().filter(({ route, status }) => route === 'revoke' && status !== 0).length

/** How often the cloud was asked for this. */
export const asked = (cloud: Cloud, route: string): number =>
  cloud.requests().filter((each) => each.route === route).length
