import { type Failure, type FailureCode, ImportError } from '../errors.ts'
import type { Secrets } from '../secrets.ts'
import { saysNoAccess } from './contract.ts'
import { failureOf, type Holding, hold } from './holding.ts'
import type { Access, Http } from './http.ts'
import type { AccountId } from './ids.ts'
import { entryName, readSignIn, type SignIn } from './kept-sign-in.ts'
import type { Profile } from './profile.ts'
import type { Language } from './redirect-page.ts'
import { fromTokenSet } from './renewal.ts'
import { type Schedule, systemSchedule } from './schedule.ts'
import { type Attempt, beginSignIn, type Choice } from './sign-in.ts'
import { endAtCloud } from './sign-out.ts'

export type SessionState =
  | { readonly kind: 'starting' }
  /** No failure: never signed in, or signed out by the person. */
  | { readonly kind: 'signed-out'; readonly failure: Failure | null }
  /** `stray`: an answer came meanwhile that belongs to another sign-in. */
  | { readonly kind: 'signing-in'; readonly url: string; readonly stray: boolean }
  | { readonly kind: 'choosing-account'; readonly accounts: readonly Account[] }
  | {
      readonly kind: 'signed-in'
      readonly account: Account
      readonly kept: 'keychain' | 'memory'
      /** Why the keychain that there is did not take it. */
      readonly unkept: Failure | null
    }

export interface Account {
  readonly id: AccountId
  readonly name: string
}

/** What contract.ts gives of the wire. */
export interface SessionWire {
  readonly discover: (
    http: Http,
    access: Access,
    signal?: AbortSignal,
  ) => Promise<{ readonly issuer: string; readonly apiBase: string }>
  readonly accounts: (http: Http, access: Access, signal?: AbortSignal) => Promise<readonly Account[]>
  readonly pair: (
    http: Http,
    access: Access,
    account: AccountId,
    signal?: AbortSignal,
  ) => Promise<{
    readonly accessToken: string
    readonly refreshToken: string
    readonly expiresInSeconds: number
  }>
  readonly unpair: (http: Http, access: Access, account: AccountId, signal?: AbortSignal) => Promise<void>
}

export interface SessionSetup {
  readonly profile: Profile
  readonly secrets: Secrets
  readonly http: Http
  readonly wire: SessionWire
  /** ms since the epoch. */
  readonly clock: () => number
  readonly onState: (state: SessionState) => void
  /** What went wrong and did not change the state: the keychain refuses, or a renewal failed and will be tried again. */
  readonly onTrouble?: (failure: Failure) => void
  /** A login's own tokens could not be revoked; they end by themselves. For the log alone. */
  readonly onUnheard?: (thrown: unknown) => void
  readonly schedule?: Schedule
}

export interface Session {
  readonly state: () => SessionState
  /**
   * Takes up the sign-in that is kept. Where the keychain did not give it, it is asked again with each further call, and one that is
   * locked also by itself, at growing intervals.
   */
  readonly start: () => Promise<void>
  /**
   * Listens for the browser's way back and gives the URL to open in it; the same one while a sign-in is under way. How it ends
   * is told by `onState`. Errors: `already-signed-in`, `sign-in-port-taken`, those of reading the issuer's metadata, of which
   * those that pass are `sign-in-unreachable` and `sign-in-unanswered`.
   */
  readonly signIn: (language: Language) => Promise<{ readonly url: string }>
  readonly cancelSignIn: () => void
  /** Errors: `cloud-account-unknown`; those of pairing, after which another try is possible where they are transient. */
  readonly chooseAccount: (id: AccountId) => Promise<void>
  /** Signed out here at once, whatever the cloud says; that it could not be told stands in the state (`sign-out-unheard`). */
  readonly signOut: () => Promise<void>
  /**
   * Runs a call with a token that is valid: renewed before it ends, for all callers at once, and once more where the cloud
   * refuses it. Its signal ends with the sign-in too.
   * Errors: `cloud-signed-out`, those of renewing, those of the call; `cloud-refused` {401} for a token that is fresh.
   */
  readonly authorized: <T>(
    call: (access: Access, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ) => Promise<T>
  /** Ends what is under way here; the sign-in stays kept. */
  readonly close: () => Promise<void>
}

/** Between two looks into a keychain that is locked, ms: at first, and at most. */
const LOCKED_MS = 5000
const LOCKED_MOST_MS = 300_000
/** For a renewal under way at the end, ms. */
const CLOSING_MS = 3000
/** For the cloud to hear that a login led to nothing, ms. */
const GOODBYE_MS = 1000

export function createSession(setup: SessionSetup): Session {
  const { profile, secrets, clock } = setup
  const schedule = setup.schedule ?? systemSchedule
  const entry = entryName(profile)
  let state: SessionState = { kind: 'starting' }
  let starting: Promise<void> | null = null
  let holding: Holding | null = null
  let attempt: Attempt | null = null
  let beginning: Promise<Attempt> | null = null
  let pairing: Promise<void> | null = null
  /** The cloud hears of a login that led to nothing. */
  let goodbye: Promise<void> | null = null
  /** How often a sign-in was called off: one that was still beginning looks here. */
  let calledOff = 0
  /** Why the keychain did not give what is kept; null: it did, or nobody waits for it any more. */
  let unread: FailureCode | null = null
  let lookAgain: () => void = () => {}
  let lockedMs = LOCKED_MS
  let closed = false

  function become(next: SessionState): void {
    state = next
    if (!closed) setup.onState(next)
  }

  function holdOn(signIn: SignIn): Holding {
    const current = hold(setup, signIn, {
      onKept: () => signedIn(current),
      onRefused: (failure) => {
        if (holding !== current) return
        letGo(failure)
        // Nothing in there is good for anything any more.
        secrets.remove(entry).catch((error: unknown) => setup.onTrouble?.(failureOf(error)))
      },
    })
    holding = current
    forgetKept()
    return current
  }

  function signedIn(current: Holding): void {
    if (holding !== current) return
    const kept = current.kept()
    const unkept = current.unkept()
    if (
      state.kind === 'signed-in' &&
      state.account === current.account &&
      state.kept === kept &&
      state.unkept?.code === unkept?.code
    )
      return
    become({ kind: 'signed-in', account: current.account, kept, unkept })
  }

  function letGo(failure: Failure | null): void {
    holding?.end()
    holding = null
    become({ kind: 'signed-out', failure })
  }

  function start(): Promise<void> {
    const known = state.kind !== 'starting' && unread === null
    const busy = holding !== null || attempt !== null || beginning !== null
    if (starting === null && (closed || known || busy)) return Promise.resolve()
    starting ??= takeUp().finally(() => {
      starting = null
    })
    return starting
  }

  async function takeUp(): Promise<void> {
    if (unread === null) become({ kind: 'starting' })
    try {
      const text = await secrets.read(entry)
      const signIn = text === null ? null : readSignIn(text)
      forgetKept()
      if (signIn === null || closed) {
        const absent = text === null && secrets.kept === 'memory'
        return become({ kind: 'signed-out', failure: absent ? { code: 'keychain-absent', facts: {} } : null })
      }
      signedIn(holdOn(signIn))
    } catch (error) {
      const failure = failureOf(error)
      const same = unread === failure.code && state.kind === 'signed-out'
      unread = failure.code
      if (!same) become({ kind: 'signed-out', failure })
      if (unread === 'keychain-locked') lookLater()
    }
  }

  /** A locked keychain tells nobody when it is unlocked. */
  function lookLater(): void {
    lookAgain()
    if (closed) return
    lookAgain = schedule(lockedMs, () => {
      if (unread === null) return
      // While somebody signs in, nothing is read; that may be called off.
      void start().then(() => {
        if (unread !== null && (attempt !== null || beginning !== null)) lookLater()
      })
    })
    lockedMs = Math.min(2 * lockedMs, LOCKED_MOST_MS)
  }

  function forgetKept(): void {
    lookAgain()
    unread = null
    lockedMs = LOCKED_MS
  }

  async function signIn(language: Language): Promise<{ readonly url: string }> {
    await starting
    if (holding !== null) throw new ImportError('already-signed-in')
    // The person has come back to the button, perhaps because the browser's window is gone.
    if (state.kind === 'signing-in') return { url: state.url }
    if (state.kind === 'choosing-account') stopAttempt('sign-in-cancelled')
    const before = calledOff
    beginning ??= beginSignIn({ ...setup, schedule, language, onStray })
      .catch((error: unknown) => {
        throw asSignIn(error)
      })
      .finally(() => {
        beginning = null
      })
    const begun = await beginning
    if (calledOff !== before) {
      begun.stop('sign-in-cancelled')
      throw new ImportError('sign-in-cancelled')
    }
    if (attempt !== begun) {
      attempt = begun
      become({ kind: 'signing-in', url: begun.url, stray: false })
      void follow(begun)
    }
    return { url: begun.url }
  }

  /** It ends nothing: anyone may open an address. */
  function onStray(): void {
    if (state.kind === 'signing-in' && !state.stray) become({ ...state, stray: true })
  }

  async function follow(begun: Attempt): Promise<void> {
    try {
      const choice = await begun.choice
      if (attempt !== begun) return
      const [only] = choice.accounts
      if (choice.accounts.length === 1 && only !== undefined) return await pairWith(begun, choice, only)
      become({ kind: 'choosing-account', accounts: choice.accounts })
    } catch (error) {
      if (attempt !== begun) return
      const failure = failureOf(asSignIn(error))
      begun.stop(failure.code)
      goodbye = begun.over()
      attempt = null
      become({ kind: 'signed-out', failure })
    }
  }

  /**
   * Pairing gives a new token set [C]. The one of the login goes on [?]: once the new one is kept, it is revoked, so that signing out
   * leaves nothing that is good for anything.
   */
  async function pairWith(begun: Attempt, choice: Choice, account: Account): Promise<void> {
    try {
      const { http, wire } = setup
      const { region } = choice
      const access = { token: await choice.accessToken(), apiBase: region.apiBase }
      const set = await wire.pair(http, access, account.id, begun.signal)
      const signIn = fromTokenSet(set, { account, region }, clock())
      if (attempt !== begun) return void endAtCloud(setup, signIn)
      attempt = null
      const current = holdOn(signIn)
      await current.keep()
      begun.paired()
      goodbye = begun.over()
      signedIn(current)
      begun.show('signed-in')
    } catch (error) {
      begun.show('failed')
      throw error
    }
  }

  async function chooseAccount(id: AccountId): Promise<void> {
    const begun = attempt
    const account =
      state.kind === 'choosing-account' ? state.accounts.find((each) => each.id === id) : undefined
    if (begun === null || account === undefined) throw new ImportError('cloud-account-unknown')
    // Pressed twice: a second pairing would come with a token that the first one has ended.
    pairing ??= begun.choice
      .then((choice) => pairWith(begun, choice, account))
      .catch((error: unknown) => {
        // The login has waited for the choice until it ended.
        const { code } = failureOf(error)
        if (code !== 'cloud-token-refused' && code !== 'sign-in-timed-out') throw asSignIn(error)
        if (attempt === begun) stopAttempt('sign-in-timed-out')
        throw new ImportError('sign-in-timed-out', {}, error)
      })
      .finally(() => {
        pairing = null
      })
    return pairing
  }

  function stopAttempt(code: FailureCode): void {
    if (attempt === null) return
    attempt.stop(code)
    goodbye = attempt.over()
    attempt = null
    become({ kind: 'signed-out', failure: { code, facts: {} } })
  }

  function cancelSignIn(): void {
    calledOff++
    stopAttempt('sign-in-cancelled')
  }

  async function signOut(): Promise<void> {
    await starting
    forgetKept()
    cancelSignIn()
    const last = holding
    letGo(null)
    await last?.settled()
    const heard = last === null ? null : endAtCloud(setup, last.signIn())
    let failure: Failure | null = null
    try {
      await secrets.remove(entry)
    } catch (error) {
      failure = failureOf(error)
    }
    failure = (await heard) ?? failure
    if (failure !== null && holding === null && attempt === null) become({ kind: 'signed-out', failure })
  }

  async function authorized<T>(
    call: (access: Access, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    await starting
    if (holding === null) throw new ImportError('cloud-signed-out')
    return holding.authorized(call, signal)
  }

  async function close(): Promise<void> {
    closed = true
    lookAgain()
    cancelSignIn()
    // A renewal under way is let come to its end: its answer may be the only copy of the new set.
    const renewal = holding && Promise.race([holding.settled(), after(schedule, CLOSING_MS)])
    await Promise.all([renewal, goodbye && Promise.race([goodbye, after(schedule, GOODBYE_MS)])])
    holding?.end()
    holding = null
  }

  return { state: () => state, start, signIn, cancelSignIn, chooseAccount, signOut, authorized, close }
}

/** Nobody tries a sign-in again by itself: what says so of other calls is said in other words. */
function asSignIn(error: unknown): unknown {
  const failure = failureOf(error)
  const { code, facts } = failure
  const { host = '', reason = '', status = '', answer = '' } = facts
  if (saysNoAccess(failure)) return new ImportError('sign-in-no-access', {}, error)
  if (code === 'cloud-refused') return new ImportError('sign-in-refused', { status, answer }, error)
  if (code === 'cloud-unreachable') return new ImportError('sign-in-unreachable', { host, reason }, error)
  if (code === 'cloud-busy' || code === 'cloud-fault') {
    return new ImportError('sign-in-unanswered', { status }, error)
  }
  return error
}

const after = (schedule: Schedule, ms: number): Promise<void> =>
  new Promise((resolve) => {
    schedule(ms, resolve)
  })
