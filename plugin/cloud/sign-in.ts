import { asImportError, type FailureCode, ImportError } from '../errors.ts'
import type { Region } from './kept-sign-in.ts'
import { challenge, exchange, openIssuer, refresh, type Tokens } from './oauth.ts'
import { listenForRedirect, type Redirected } from './redirect.ts'
import type { Language } from './redirect-page.ts'
import { discovered } from './region.ts'
import type { Schedule } from './schedule.ts'
import type { Account, SessionSetup } from './session.ts'
import { revokeAtCloud } from './sign-out.ts'

/** One try to sign in, from the URL to the accounts that there are. */
export interface Attempt {
  readonly url: string
  /** Errors: `sign-in-timed-out`, `sign-in-denied`, `sign-in-no-access`, the code it was stopped with, those of the cloud. */
  readonly choice: Promise<Choice>
  readonly signal: AbortSignal
  /** What the browser shows, where it still waits. */
  readonly show: (page: 'signed-in' | 'failed') => void
  readonly stop: (code: FailureCode) => void
  /** A pairing came of it, and its set is kept: the login's own tokens are of no use any more, and end at the cloud. */
  readonly paired: () => void
  /** Once it was stopped or paired: done when the cloud was told of it, or could not be. Never rejects. */
  readonly over: () => Promise<void>
}

/** Who signed in may choose among these; one at least. */
export interface Choice {
  readonly accounts: readonly Account[]
  /**
   * The login's, renewed where it ended while somebody chose. Errors: `sign-in-timed-out` where it cannot be renewed, those of the
   * cloud.
   */
  readonly accessToken: () => Promise<string>
  readonly region: Region
}

export interface SignInSetup extends SessionSetup {
  readonly schedule: Schedule
  readonly language: Language
  /** An answer came that belongs to another sign-in. */
  readonly onStray: () => void
}

/** Before its end, or a fifth of its life where that is less, a token is not begun with any more, ms. */
const MARGIN_MS = 30_000
/** For a login in the browser, ms; a window that was closed ends here too. */
const TIME_OUT_MS = 300_000

/**
 * Begins a sign-in. Errors: `sign-in-port-taken`, those of reading the issuer's metadata.
 */
export async function beginSignIn(setup: SignInSetup): Promise<Attempt> {
  const { profile, http, language, schedule } = setup
  const ended = new AbortController()
  const { signal } = ended
  const issuer = await openIssuer(profile.issuer, { profile, http, signal })
  const listener = await listenForRedirect(profile.redirectUri, language, setup.onStray)
  let redirected: Redirected | null = null
  /** Of the login: kept nowhere, and of no use to anybody where no pairing follows. */
  let unpaired: Tokens | null = null
  let revoking: Promise<void> = Promise.resolve()
  const sent = await challenge(issuer, profile, { redirectUri: listener.uri, port: listener.port, language })

  const forget = () => {
    const tokens = unpaired
    unpaired = null
    if (tokens !== null) revoking = revokeAtCloud(setup, profile.issuer, tokens)
  }
  const stop = (failure: ImportError) => {
    listener.close()
    ended.abort(failure)
    redirected?.show('failed')
    forget()
  }
  const late = () => stop(new ImportError('sign-in-timed-out', { minutes: TIME_OUT_MS / 60_000 }))
  const callOff = schedule(TIME_OUT_MS, late)

  function lasting(first: Tokens): Choice['accessToken'] {
    let tokens = first
    let endsAt = setup.clock() + first.expiresInSeconds * 1000
    return async () => {
      if (setup.clock() < endsAt - Math.min(MARGIN_MS, tokens.expiresInSeconds * 200))
        return tokens.accessToken
      if (tokens.refreshToken === null) throw new ImportError('sign-in-timed-out')
      try {
        const next = await refresh(issuer, tokens.refreshToken)
        tokens = { ...next, refreshToken: next.refreshToken ?? tokens.refreshToken }
      } catch (error) {
        if (asImportError(error).code === 'sign-in-ended')
          throw new ImportError('sign-in-timed-out', {}, error)
        throw error
      }
      endsAt = setup.clock() + tokens.expiresInSeconds * 1000
      // Called off meanwhile: nobody else will end what came of it.
      if (unpaired === null) await revokeAtCloud(setup, profile.issuer, tokens)
      signal.throwIfAborted()
      unpaired = tokens
      return tokens.accessToken
    }
  }

  async function choose(): Promise<Choice> {
    try {
      redirected = await Promise.race([listener.answer(sent.state), rejectedBy(signal)])
      listener.close()
      callOff()
      const tokens = await exchange(issuer, sent, redirected.query)
      unpaired = tokens
      const region = await discovered(setup, tokens.accessToken, signal)
      const access = { token: tokens.accessToken, apiBase: region.apiBase }
      const accounts = await setup.wire.accounts(http, access, signal)
      if (accounts.length === 0) throw new ImportError('sign-in-no-access')
      if (accounts.length > 1) redirected.show('choose')
      return { accounts, accessToken: lasting(tokens), region }
    } catch (error) {
      callOff()
      listener.close()
      redirected?.show('failed')
      forget()
      throw error
    }
  }

  const choice = choose()
  // It may be stopped before anyone waits.
  choice.catch(() => {})
  return {
    url: sent.url,
    choice,
    signal,
    show: (page) => redirected?.show(page),
    stop(code) {
      callOff()
      stop(new ImportError(code))
    },
    paired: forget,
    async over() {
      await choice.catch(() => {})
      await revoking
    },
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
