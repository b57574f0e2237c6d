import { signal } from '@preact/signals'
import type { Failure } from '../../../bridge/data.ts'
import type { SignIn } from '../../api.ts'
import { beginSignIn, cancelSignIn } from '../api.ts'
import { closeDialog, dialog, putOffSignIn } from '../dialogs/open.ts'
import { cloud } from '../live.ts'

/** What the person's wish to sign in has come to so far; what comes of it is told by `cloud`. */
export type Begun =
  | { readonly kind: 'not' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** `before`: the failure of an earlier sign-in, which stands until there is news. */
  | { readonly kind: 'begun'; readonly login: SignIn; readonly before: Failure | null }

export const begun = signal<Begun>({ kind: 'not' })

/** Brings up the sign-in window; what is under way there is shown, nothing is begun. */
export function showSignIn(): void {
  begun.value = { kind: 'not' }
  dialog.value = { kind: 'sign-in' }
}

/** From a button that says who is signed out: begins, or goes on with what is under way. */
export function goToSignIn(): void {
  if (cloud.peek()?.session.kind === 'signed-out') void signInNow()
  else showSignIn()
}

/** Brings up the window and opens the login page. */
export async function signInNow(): Promise<void> {
  const before = failureNow()
  begun.value = { kind: 'asking' }
  dialog.value = { kind: 'sign-in' }
  const result = await beginSignIn()
  if (!result.ok) {
    begun.value = { kind: 'refused', failure: result.failure }
    return
  }
  const { url, opened } = result.value
  begun.value = { kind: 'begun', login: { url, opened: opened || openedHere(url) }, before }
}

/** In a tab of this browser, where the system's was not to be opened. A browser may forbid it: the link in the window is left. */
function openedHere(url: string): boolean {
  const tab = window.open(url, '_blank')
  if (tab === null) return false
  // What is opened there has no hold of this page.
  tab.opener = null
  return true
}

/** The window closes; a sign-in that was begun ends. */
export function leaveSignIn(): void {
  const kind = cloud.peek()?.session.kind
  const wished = begun.peek().kind
  if (kind === 'signing-in' || kind === 'choosing-account' || wished === 'begun' || wished === 'asking') {
    // It ends by itself too: with the time that a login page has.
    void cancelSignIn()
  }
  putOffSignIn()
  closeDialog()
}

const failureNow = (): Failure | null => {
  const session = cloud.peek()?.session
  return session?.kind === 'signed-out' ? session.failure : null
}
