import type { CloudConfiguration, CloudOrder, CloudState } from '../../bridge/data.ts'
import { wire } from '../cloud/contract.ts'
import { openHttp } from '../cloud/http.ts'
import type { AccountId, RxId } from '../cloud/ids.ts'
import { type Profile, readProfile } from '../cloud/profile.ts'
import { createSession, type Session, type SessionState } from '../cloud/session.ts'
import { asImportError, type Failure } from '../errors.ts'
import { type Fetch, isOpen } from '../ledger/fetches.ts'
import type { Language } from '../mapping/materials.ts'
import type { Secrets } from '../secrets.ts'
import { watchCloud } from '../sources/cloud.ts'
import type { CloudSource, CloudSourceState, CloudWatch } from '../sources/cloud-source.ts'
import { cut, cutOrNull, sentFailure, sentFetchFailure } from './sent.ts'
import { failedSignIn, type SignInNews, signInNews } from './sign-in-news.ts'
import type { CloudStanding } from './standing.ts'

export interface CloudLinkOptions {
  readonly secrets: Secrets
  /** ms since the epoch. */
  readonly clock: () => number
  /** Session, source or an order there stands otherwise: at most once in every `PACE_MS`. */
  readonly onChange: () => void
  readonly onFailure: (thrown: unknown) => void
  readonly onNotUnderstood: NonNullable<CloudSource['onNotUnderstood']>
  /** Each as it happens. */
  readonly onSignIn: (news: SignInNews) => void
  /** One that was begun, or could not be, led to nothing. */
  readonly onSignInFailed: (failure: Failure) => void
}

/** What the work of one configuration gives to look for orders with. */
export type SourceSetup = Pick<
  CloudSource,
  'ledger' | 'disk' | 'downloads' | 'random' | 'pause' | 'onPackage' | 'onProgress' | 'onFetch'
> & { readonly cloud: CloudConfiguration }

/**
 * The connection to one cloud, for as long as its profile stays the same: a sign-in outlives a change of any other
 * setting. Orders are looked for while a source is set up.
 */
export interface CloudLink {
  /** The profile, as it was configured. */
  readonly text: string
  readonly standing: () => CloudStanding
  readonly state: (language: Language) => Promise<CloudState>
  /** Also into a keychain that did not give the sign-in. */
  readonly look: () => void
  readonly signIn: (language: Language) => Promise<{ readonly url: string }>
  readonly cancelSignIn: () => void
  readonly chooseAccount: (id: AccountId) => Promise<void>
  readonly signOut: () => Promise<void>
  readonly retry: (account: AccountId, rxId: RxId) => Promise<void>
  /** Looks for orders from now on, in place of whatever looked before. */
  readonly watch: (setup: SourceSetup) => Promise<void>
  /** Waits for what is being imported; downloads can be gone on with. */
  readonly unwatch: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Between two words of a state that moves all the time, ms. */
const PACE_MS = 250
const NOT_LOOKED: CloudSourceState = { lastSync: null, syncing: false, paused: false, offline: null }

/** Error: `profile-invalid`. */
export function openCloudLink(text: string, options: CloudLinkOptions): CloudLink {
  const profile: Profile = readProfile(text)
  const http = openHttp(profile)
  let source: CloudSourceState = NOT_LOOKED
  let setUp: SourceSetup | null = null
  let watching: CloudWatch | null = null
  /** As they stood last: for the moments in which nothing watches. */
  let known: readonly Fetch[] = []
  /** Of the session: what the keychain or a renewal said last. */
  let trouble: Failure | null = null
  let before: SessionState = { kind: 'starting' }
  let timer: NodeJS.Timeout | null = null
  let closed = false
  const session: Session = createSession({
    profile,
    secrets: options.secrets,
    http,
    wire,
    clock: options.clock,
    onUnheard: options.onFailure,
    onState(state) {
      const news = signInNews(before, state)
      const failed = failedSignIn(before, state)
      before = state
      if (news !== null) options.onSignIn(news)
      if (failed !== null) options.onSignInFailed(failed)
      if (state.kind === 'signed-in') {
        trouble = null
        void watching?.look()
      }
      changed()
    },
    onTrouble(failure) {
      trouble = failure
      changed()
    },
  })
  void session.start()

  return {
    text,
    standing: () => ({
      session: session.state().kind,
      failure: failureOf(session.state()) ?? (session.state().kind === 'signed-in' ? source.offline : null),
      looked: source.lastSync !== null,
    }),
    async state(language) {
      if (watching !== null) known = await watching.fetches()
      const why = troubleNow()
      const rest = resting()
      return {
        name: cut(profile.name, 200),
        session: sentSession(session.state(), language),
        lastSync: source.lastSync === null ? null : Math.max(0, Math.trunc(source.lastSync)),
        syncing: source.syncing,
        paused: setUp?.cloud.paused ?? false,
        trouble: why && sentFailure(why, language),
        orders: known
          .slice(0, 500)
          .map((fetch) =>
            sentFetch(rest !== null && isOpen(fetch) ? { ...fetch, failure: rest } : fetch, language),
          ),
      }
    },
    look() {
      // A keychain that was locked may be open by now; who is then signed in is looked for.
      void session.start()
      void watching?.look()
    },
    async signIn(language) {
      try {
        return await session.signIn(language)
      } catch (error) {
        const { code, facts } = asImportError(error)
        options.onSignInFailed({ code, facts })
        throw error
      }
    },
    cancelSignIn: session.cancelSignIn,
    chooseAccount: session.chooseAccount,
    async signOut() {
      const before = setUp
      // First, so that the cloud can be told that nobody listens any more.
      await unwatch()
      await session.signOut()
      if (before !== null && !closed) await watch(before)
    },
    async retry(account, rxId) {
      await watching?.retry(account, rxId)
    },
    watch,
    unwatch,
    async close() {
      closed = true
      if (timer) clearTimeout(timer)
      await unwatch()
      await session.close()
      http.close()
    },
  }

  /** Whoever is not signed in asks the cloud for nothing: what hindered that is over. */
  function troubleNow(): Failure | null {
    if (session.state().kind === 'signed-in') return source.offline ?? trouble
    return trouble?.code.startsWith('keychain-') ? trouble : null
  }

  /** What every order under way waits for. */
  function resting(): Failure | null {
    const { kind } = session.state()
    if (kind !== 'signed-in' && kind !== 'starting') return { code: 'cloud-signed-out', facts: {} }
    return setUp?.cloud.paused ? { code: 'cloud-paused', facts: {} } : null
  }

  async function watch(setup: SourceSetup): Promise<void> {
    // At once where there is nothing to wait for: who asks next is told the orders, too.
    if (watching !== null) await unwatch()
    setUp = setup
    const { cloud } = setup
    watching = watchCloud({
      ...setup,
      session,
      http,
      profile,
      lanes: cloud.downloads,
      bytesPerSecond: cloud.bytesPerSecond,
      webhook: cloud.webhook,
      clock: options.clock,
      onState(state) {
        // Whoever was just asked and answered is in no trouble; only the keychain is another's.
        const answered = state.lastSync !== source.lastSync && state.offline === null
        if (answered && trouble !== null && !trouble.code.startsWith('keychain-')) trouble = null
        source = state
        changed()
      },
      onFetch(fetch) {
        setup.onFetch(fetch)
        changed()
      },
      onFailure: options.onFailure,
      onNotUnderstood: options.onNotUnderstood,
    })
    watching.pause(cloud.paused)
  }

  async function unwatch(): Promise<void> {
    const old = watching
    watching = null
    setUp = null
    await old?.close()
    source = { ...NOT_LOOKED, lastSync: source.lastSync }
  }

  function changed(): void {
    if (closed) return
    timer ??= setTimeout(() => {
      timer = null
      options.onChange()
    }, PACE_MS)
  }
}

const failureOf = (state: SessionState): Failure | null =>
  state.kind === 'signed-out' ? state.failure : null

function sentSession(state: SessionState, language: Language): CloudState['session'] {
  switch (state.kind) {
    case 'signed-out':
      return { kind: state.kind, failure: state.failure && sentFailure(state.failure, language) }
    case 'choosing-account':
      return { kind: state.kind, accounts: state.accounts.slice(0, 500).map(sentAccount) }
    case 'signed-in':
      return {
        kind: state.kind,
        account: sentAccount(state.account),
        kept: state.kept,
        unkept: state.unkept && sentFailure(state.unkept, language),
      }
    default:
      return state
  }
}

const sentAccount = ({ id, name }: { readonly id: AccountId; readonly name: string }) => ({
  id,
  name: cut(name, 200),
})

function sentFetch(fetch: Fetch, language: Language): CloudOrder {
  const { account, rxId, stage, attempts, failure, status } = fetch
  return {
    account,
    rxId,
    orderId: cutOrNull(fetch.orderId, 200),
    orderCode: cutOrNull(fetch.orderCode, 200),
    status: { kind: status.kind, text: cut(status.text, 200) },
    stage,
    attempts,
    failure: failure && sentFetchFailure(failure, isOpen(fetch), language),
  }
}
