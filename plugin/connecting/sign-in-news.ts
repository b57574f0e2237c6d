import type { SessionState } from '../cloud/session.ts'
import type { Failure, FailureCode } from '../errors.ts'

/** What the log of activity keeps of the sign-in. */
export interface SignInNews {
  readonly kind: 'signed-in' | 'signed-out' | 'sign-out-unheard' | 'sign-in-ended'
  /** Why it ended without a person's wish. */
  readonly code?: FailureCode
}

/** What happened between two states; null: nothing worth keeping. A sign-in that a start takes up is none that happened. */
export function signInNews(before: SessionState, now: SessionState): SignInNews | null {
  if (now.kind === 'signed-in' && (before.kind === 'signing-in' || before.kind === 'choosing-account')) {
    return { kind: 'signed-in' }
  }
  if (now.kind !== 'signed-out') return null
  // Signed out here at once; that the cloud did not hear of it is known later.
  if (before.kind === 'signed-out' && now.failure?.code === 'sign-out-unheard')
    return { kind: 'sign-out-unheard' }
  if (before.kind !== 'signed-in') return null
  return now.failure === null ? { kind: 'signed-out' } : { kind: 'sign-in-ended', code: now.failure.code }
}

/** Why a sign-in under way came to nothing; null: none did. */
export function failedSignIn(before: SessionState, now: SessionState): Failure | null {
  const wasUnderWay = before.kind === 'signing-in' || before.kind === 'choosing-account'
  return wasUnderWay && now.kind === 'signed-out' ? now.failure : null
}
