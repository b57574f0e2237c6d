import { asImportError, type Failure } from '../errors.ts'
import type { SignIn } from './kept-sign-in.ts'
import { openIssuer, refresh, revoke, type Tokens } from './oauth.ts'
import type { SessionSetup } from './session.ts'

/** For all that the cloud has to be told, ms: the person waits for it. */
const PATIENCE_MS = 15_000

/**
 * Tells the cloud that a sign-in is over: unpairs, then revokes both tokens, each whatever became of the others.
 * Gives `sign-out-unheard` where one of them was not heard; null where all were, or were no longer known.
 */
export async function endAtCloud(setup: SessionSetup, last: SignIn): Promise<Failure | null> {
  const { profile, http, wire, clock } = setup
  const signal = AbortSignal.timeout(PATIENCE_MS)
  let unheard: Failure | null = null

  async function heard<T>(step: () => Promise<T>): Promise<T | null> {
    try {
      return await step()
    } catch (error) {
      const { code, facts } = asImportError(error)
      // Refused: it is not known there any more.
      if (code === 'cloud-token-refused' || code === 'cloud-refused' || code === 'sign-in-ended') return null
      const { reason } = facts
      unheard ??= { code: 'sign-out-unheard', facts: reason === undefined ? {} : { reason } }
      return null
    }
  }

  const issuer = await heard(() => openIssuer(last.region.issuer, { profile, http, signal }))
  let { accessToken, refreshToken } = last
  if (issuer !== null && clock() >= last.expiresAt) {
    // Unpairing needs a token that lives.
    const tokens = await heard(() => refresh(issuer, last.refreshToken))
    accessToken = tokens?.accessToken ?? accessToken
    refreshToken = tokens?.refreshToken ?? refreshToken
  }
  const access = { token: accessToken, apiBase: last.region.apiBase }
  await heard(() => wire.unpair(http, access, last.account.id, signal))
  if (issuer !== null) {
    await heard(() => revoke(issuer, refreshToken))
    await heard(() => revoke(issuer, accessToken))
  }
  return unheard
}

/**
 * Ends the tokens of a login, whether a pairing came of it or not. Nobody waits for it: what the cloud does not hear ends by itself, and is
 * told `onUnheard` once. Never rejects.
 */
export async function revokeAtCloud(
  { profile, http, onUnheard }: Pick<SessionSetup, 'profile' | 'http' | 'onUnheard'>,
  issuerAddress: string,
  { refreshToken, accessToken }: Tokens,
): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  try {
    const issuer = await openIssuer(issuerAddress, { profile, http, signal })
    const told = await Promise.allSettled(
      [refreshToken, accessToken].map((token) => (token === null ? undefined : revoke(issuer, token))),
    )
    const failed = told.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  } catch (error) {
    onUnheard?.(error)
  }
}
