import { asImportError, type Failure, ImportError } from '../errors.ts'
import type { Access } from './http.ts'
import { entryName, type SignIn, signInText } from './kept-sign-in.ts'
import { renewed } from './renewal.ts'
import type { SessionSetup } from './session.ts'

/** A sign-in that stands: its tokens, renewed in time and kept. */
export interface Holding {
  readonly account: SignIn['account']
  readonly kept: () => 'keychain' | 'memory'
  /** Why the keychain that there is did not take it last. */
  readonly unkept: () => Failure | null
  /** Into the keychain. Never rejects: what it refuses is told, and the sign-in goes on. */
  readonly keep: () => Promise<void>
  /** As `Session.authorized`. */
  readonly authorized: <T>(
    call: (access: Access, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ) => Promise<T>
  /** Done when no renewal is under way. */
  readonly settled: () => Promise<void>
  /** Ends every call; nobody gets a token any more. */
  readonly end: () => void
  /** The set that counts. */
  readonly signIn: () => SignIn
}

export interface Told {
  /** Where it is kept may have changed. */
  readonly onKept: () => void
  /** The cloud has ended it: `sign-in-ended` or `sign-in-interrupted`. */
  readonly onRefused: (failure: Failure) => void
}

/** A token is renewed this long before its end, or a fifth of its life where that is less, ms. */
const MARGIN_MS = 300_000
/**
 * A token that is refused is renewed, however young it is: only the issuer's word on the refresh token tells whether the sign-in is
 * over. Where the new one is refused as well, that was not what is wrong: not again for so long, ms.
 */
const REFUSED_AGAIN_MS = 60_000
/** Between two tries to keep what the keychain refused, ms. */
const KEEP_AGAIN_MS = 60_000
/** Between two tries to renew a token that is still good, ms. */
const RENEW_AGAIN_MS = 30_000

export function hold(setup: SessionSetup, first: SignIn, told: Told): Holding {
  const { secrets, clock } = setup
  const entry = entryName(setup.profile)
  const ended = new AbortController()
  let signIn = first
  /** Last renewed because a token was refused. */
  let refusedAt = Number.NEGATIVE_INFINITY
  /** The keychain refused it then. */
  let unkept: { readonly at: number; readonly failure: Failure } | null = null
  let renewAfter = Number.NEGATIVE_INFINITY
  let renewing: Promise<void> | null = null

  /** Whatever the keychain says, the sign-in goes on: lost with a restart at worst, and told. */
  async function keep(): Promise<void> {
    const writing = signIn
    try {
      await secrets.write(entry, signInText(writing))
      if (signIn === writing) unkept = null
    } catch (error) {
      const failure = failureOf(error)
      if (signIn === writing) unkept = { at: clock(), failure }
      setup.onTrouble?.(failure)
    }
  }

  function keepAgain(): void {
    if (unkept === null || clock() - unkept.at < KEEP_AGAIN_MS) return
    unkept = { ...unkept, at: clock() }
    void keep().then(told.onKept)
  }

  /** One renewal for all who ask; it goes on for the others where one of them gives up. */
  function renew(): Promise<void> {
    renewing ??= renewOnce().finally(() => {
      renewing = null
    })
    return renewing
  }

  async function renewOnce(): Promise<void> {
    try {
      await renewed(setup, signIn, {
        signal: ended.signal,
        async keep(next) {
          signIn = next
          // Signed out meanwhile: nothing goes into the keychain again.
          if (!ended.signal.aborted) await keep()
        },
      })
      told.onKept()
    } catch (error) {
      ended.signal.throwIfAborted()
      const failure = failureOf(error)
      if (failure.code === 'sign-in-ended' || failure.code === 'sign-in-interrupted') {
        told.onRefused(failure)
        throw new ImportError('cloud-signed-out')
      }
      setup.onTrouble?.(failure)
      told.onKept()
      throw error
    }
  }

  /** Ahead of the token's end; where that fails, what is left of its life is used. */
  async function renewInTime(): Promise<void> {
    const { expiresAt, livesFor } = signIn
    const now = clock()
    const early = expiresAt - Math.min(MARGIN_MS, livesFor / 5)
    if (now < early || (now < expiresAt && now < renewAfter)) return
    try {
      await renew()
    } catch (error) {
      if (ended.signal.aborted || clock() >= signIn.expiresAt) throw error
      renewAfter = clock() + RENEW_AGAIN_MS
    }
  }

  async function authorized<T>(
    call: (access: Access, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal
    either.throwIfAborted()
    keepAgain()
    await unlessEnded(renewInTime(), either)
    either.throwIfAborted()
    const used = signIn.accessToken
    try {
      return await call(access(), either)
    } catch (error) {
      if (!isTokenRefused(error)) throw error
      either.throwIfAborted()
      if (signIn.accessToken === used) {
        if (clock() - refusedAt < REFUSED_AGAIN_MS) throw new ImportError('cloud-refused', { status: 401 })
        await unlessEnded(renew(), either)
        refusedAt = clock()
        either.throwIfAborted()
      }
    }
    try {
      return await call(access(), either)
    } catch (error) {
      throw isTokenRefused(error) ? new ImportError('cloud-refused', { status: 401 }) : error
    }
  }

  const access = (): Access => ({ token: signIn.accessToken, apiBase: signIn.region.apiBase })

  return {
    account: first.account,
    kept: () => (unkept === null ? secrets.kept : 'memory'),
    unkept: () => unkept?.failure ?? null,
    keep,
    authorized,
    settled: async () => {
      await renewing?.catch(() => {})
    },
    end: () => ended.abort(new ImportError('cloud-signed-out')),
    signIn: () => signIn,
  }
}

export const failureOf = (error: unknown): Failure => {
  const { code, facts } = asImportError(error)
  return { code, facts }
}

const isTokenRefused = (error: unknown) =>
  error instanceof ImportError && error.code === 'cloud-token-refused'

/** The result, or the end of whoever waits for it. */
async function unlessEnded<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {}
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([running, ended])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
