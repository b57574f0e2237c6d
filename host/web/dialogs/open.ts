import { effect, signal } from '@preact/signals'
import { cloud, questions, session } from '../live.ts'
import { isEdited, route } from '../router.ts'

export type OpenDialog =
  | { readonly kind: 'first-start' }
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'question'; readonly id: number }

/** The window that stands over the page. One at a time. */
export const dialog = signal<OpenDialog | null>(null)

/** Kept for the tab: a question that was put off does not come up again by itself. */
const PUT_OFF = 'questions-put-off'
const putOff = new Set<number>(JSON.parse(sessionStorage.getItem(PUT_OFF) ?? '[]') as number[])
let firstStartLater = false
/** Kept for the tab, too: the sign-in was put off, or somebody was signed in meanwhile. From then on the list says it. */
const SIGN_IN_PUT_OFF = 'sign-in-put-off'
/** Somebody enabled the import here and now: the sign-in is the next step of that. */
let signInWished = false
/** ms after typing until a question may come up. */
const AFTER_TYPING = 1_500
/** ms */
const AFTER_DRAWING = 60

export function askQuestion(id: number): void {
  dialog.value = { kind: 'question', id }
}

/** The oldest open question, then the others one after the other, also those that were put off. */
export function askOldest(): void {
  const [oldest] = questions.value
  putOff.clear()
  keepPutOff()
  if (oldest !== undefined) askQuestion(oldest.id)
}

export function closeDialog(): void {
  dialog.value = null
}

/** Answered here: a list of questions that was asked for before does not bring it up again. */
const answered = new Set<number>()

export function closeAnswered(id: number): void {
  answered.add(id)
  closeDialog()
}

/** Closes it; what is open now comes up again only when somebody asks for it, a question that opens later by itself. */
export function putOffQuestion(id: number): void {
  for (const each of [id, ...questions.peek().map((open) => open.id)]) putOff.add(each)
  keepPutOff()
  closeDialog()
}

const keepPutOff = (): void => sessionStorage.setItem(PUT_OFF, JSON.stringify([...putOff]))

/** The first-start window waits for the next start of the page. */
export function laterFirstStart(): void {
  firstStartLater = true
  closeDialog()
}

/** From now on the sign-in window comes up only when somebody asks for it; `false`: by itself, once. */
export function putOffSignIn(off = true): void {
  if (off) sessionStorage.setItem(SIGN_IN_PUT_OFF, 'yes')
  else sessionStorage.removeItem(SIGN_IN_PUT_OFF)
  signInWished = !off
  if (!off) setTimeout(bringUp, AFTER_DRAWING)
}

/**
 * Brings up the first-start window, the sign-in where nobody is signed in at the start, and questions as they open, while nobody is in
 * a dialog, typing, editing, or in Settings; the header says all the while that something is open.
 */
export function bringUpDialogs(): void {
  effect(() => {
    // read so that a change looks again, once the window that closed has left the page
    dialog.value
    session.value
    questions.value
    route.value
    if (cloud.value?.session.kind === 'signed-in') putOffSignIn()
    setTimeout(bringUp, AFTER_DRAWING)
  })
  document.addEventListener('focusout', () => setTimeout(bringUp, AFTER_TYPING))
}

function bringUp(): void {
  const now = session.peek()
  const next = questions.peek().find(({ id }) => !putOff.has(id) && !answered.has(id))
  if (dialog.peek() !== null || now === null || !now.myitero) return
  if (document.querySelector('dialog[open]') !== null || isEdited()) return
  const isCalm = route.peek().page === 'settings'
  if (now.firstStart && !firstStartLater && !isCalm) dialog.value = { kind: 'first-start' }
  else if (isSignInDue() && !isTyping() && (!isCalm || signInWished)) dialog.value = { kind: 'sign-in' }
  else if (next !== undefined && !isTyping() && !isCalm) askQuestion(next.id)
}

/** One that was begun elsewhere, at the icon say, goes on here. */
const isSignInDue = (): boolean =>
  ['signed-out', 'signing-in', 'choosing-account'].includes(cloud.peek()?.session.kind ?? '') &&
  sessionStorage.getItem(SIGN_IN_PUT_OFF) === null

const isTyping = (): boolean =>
  document.activeElement?.matches('input:not([type=checkbox], [type=radio]), textarea, select') ?? false
