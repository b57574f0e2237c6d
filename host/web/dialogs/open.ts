import { effect, signal } from '@preact/signals'
import { questions, session } from '../live.ts'

export type OpenDialog = { readonly kind: 'first-start' } | { readonly kind: 'question'; readonly id: number }

/** The window that stands over the page. One at a time. */
export const dialog = signal<OpenDialog | null>(null)

/** Kept for the tab: a question that was put off does not come up again by itself. */
const PUT_OFF = 'questions-put-off'
const putOff = new Set<number>(JSON.parse(sessionStorage.getItem(PUT_OFF) ?? '[]') as number[])
let firstStartLater = false
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

/** Brings up the first-start window, and questions as they open, while nobody is in a dialog or typing. */
export function bringUpDialogs(): void {
  effect(() => {
    // read so that a change looks again, once the window that closed has left the page
    dialog.value
    session.value
    questions.value
    setTimeout(bringUp, AFTER_DRAWING)
  })
  document.addEventListener('focusout', () => setTimeout(bringUp, AFTER_TYPING))
}

function bringUp(): void {
  const now = session.peek()
  const next = questions.peek().find((each) => !putOff.has(each.id))
  if (dialog.peek() !== null || now === null || !now.myitero) return
  if (document.querySelector('dialog[open]') !== null) return
  if (now.firstStart && !firstStartLater) dialog.value = { kind: 'first-start' }
  else if (next !== undefined && !isTyping()) askQuestion(next.id)
}

const isTyping = (): boolean =>
  document.activeElement?.matches('input:not([type=checkbox], [type=radio]), textarea, select') ?? false
