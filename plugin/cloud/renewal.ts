import { asImportError, FAILURES, ImportError } from '../errors.ts'
import type { SignIn } from './kept-sign-in.ts'
import { openIssuer, refresh, type Tokens } from './oauth.ts'
import { discovered } from './region.ts'
import type { SessionSetup } from './session.ts'

interface Renewing {
  readonly signal: AbortSignal
  /** Done when it outlives this process, or that was tried. */
  readonly keep: (signIn: SignIn) => Promise<void>
}

const TOKEN = /^[\x21-\x7e]{1,8192}$/

/**
 * A new token set for the one at hand, kept before it is given.
 *
 * Refresh tokens rotate: one that is used twice looks stolen, and the cloud ends the whole sign-in. Between the cloud's answer
 * and our keeping it stands a moment that no order of steps can close: a crash there, or an answer that is lost, leaves a refresh
 * token of which nobody knows whether it was used. So:
 * 1. that it is about to be used is kept first (`renewing`);
 * 2. a set with that mark is not renewed with its refresh token while its access token still lives, and it is renewed early
 *    enough for that: pairing anew gives a set that owes nothing to the doubtful one;
 * 3. where the access token has ended as well (the computer was off for longer), the refresh token is tried, since the crash may
 *    have been before it was sent. If the cloud refuses it, that is `sign-in-interrupted`, which says that nobody else was at work.
 * A failure that shows that nothing was sent takes the mark off again; one that the cloud answered with is noted at the mark
 * (`answered`): where the refresh token is refused later, no interruption was the reason.
 *
 * Errors: `sign-in-ended`, `sign-in-interrupted`; those of the cloud, after which the old set is still the one to use.
 */
export async function renewed(setup: SessionSetup, old: SignIn, renewing: Renewing): Promise<SignIn> {
  const { profile, http, clock } = setup
  const { signal, keep } = renewing
  const lives = clock() < old.expiresAt
  const region = lives ? await regionNow(setup, old, signal) : old.region
  if (old.renewing && lives) {
    const set = await pairedAnew(setup, { ...old, region }, signal)
    if (set !== null) {
      await keep(set)
      return set
    }
  }
  const issuer = await openIssuer(region.issuer, { profile, http, signal })
  const marked: SignIn = { ...old, region, renewing: true, answered: false }
  await keep(marked)
  const tokens = await refresh(issuer, old.refreshToken).catch(async (error: unknown) => {
    const { code, facts } = asImportError(error)
    const interrupted = old.renewing && !old.answered
    if (code === 'sign-in-ended' && interrupted) throw new ImportError('sign-in-interrupted', facts)
    if (!old.renewing && neverArrived(error)) await keep({ ...old, region })
    else if (!interrupted && ANSWERED.has(code)) await keep({ ...marked, answered: true })
    throw error
  })
  const signIn = fromTokens(tokens, marked, clock())
  await keep(signIn)
  return signIn
}

/** Asked before renewing, as the API wants it; a token that is refused there is about to be renewed anyway. */
async function regionNow(setup: SessionSetup, old: SignIn, signal: AbortSignal): Promise<SignIn['region']> {
  try {
    return await discovered(setup, old.accessToken, signal)
  } catch (error) {
    if (asImportError(error).code === 'cloud-token-refused') return old.region
    throw error
  }
}

/** null where the access token is no good for it. */
async function pairedAnew(setup: SessionSetup, old: SignIn, signal: AbortSignal): Promise<SignIn | null> {
  try {
    const access = { token: old.accessToken, apiBase: old.region.apiBase }
    const set = await setup.wire.pair(setup.http, access, old.account.id, signal)
    return fromTokenSet(set, old, setup.clock())
  } catch (error) {
    const { code } = asImportError(error)
    if (code === 'cloud-token-refused' || code === 'cloud-refused') return null
    throw error
  }
}

/** Errors: `cloud-answer-invalid` {token}. */
export function fromTokenSet(
  set: { readonly accessToken: string; readonly refreshToken: string; readonly expiresInSeconds: number },
  { account, region }: Pick<SignIn, 'account' | 'region'>,
  now: number,
): SignIn {
  if (!TOKEN.test(set.accessToken) || !TOKEN.test(set.refreshToken)) {
    throw new ImportError('cloud-answer-invalid', { reason: 'token' })
  }
  const livesFor = set.expiresInSeconds * 1000
  return {
    account,
    region,
    accessToken: set.accessToken,
    refreshToken: set.refreshToken,
    expiresAt: now + livesFor,
    livesFor,
    renewing: false,
    answered: false,
  }
}

function fromTokens(tokens: Tokens, { account, region, refreshToken }: SignIn, now: number): SignIn {
  return fromTokenSet(
    { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken },
    { account, region },
    now,
  )
}

const NO_CONNECTION: ReadonlySet<unknown> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'proxy',
])

/** The cloud's answer is here, and is of no use. */
const ANSWERED: ReadonlySet<string> = new Set(['cloud-fault', 'cloud-answer-invalid', 'cloud-refused'])

/** No connection stood, or the cloud said that it did not look: the refresh token was not used. */
function neverArrived(error: unknown): boolean {
  const { code, facts } = asImportError(error)
  if (code === 'cloud-unreachable') return NO_CONNECTION.has(facts['reason'])
  return code === 'cloud-busy' || (FAILURES[code] === 'permanent' && code.startsWith('cloud-'))
}
