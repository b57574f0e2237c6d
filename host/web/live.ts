import { computed, effect, signal } from '@preact/signals'
import type { HostEvent, PluginRow, ProgressBar, Question, Session, Settings } from '../api.ts'
import { type Result, readQuestions, readSession, readSettings } from './api.ts'
import { listen } from './events.ts'
import { inOrder } from './in-order.ts'
import { language } from './words/words.ts'

/** What the server last said, for every room of the page. null: not asked yet. */
export const session = signal<Session | null>(null)
export const plugins = signal<readonly PluginRow[]>([])
export const questions = signal<readonly Question[]>([])
export const bars = signal<readonly ProgressBar[]>([])
export const connected = signal(true)
/** Why the page cannot come back by itself; null: it can. */
export const barred = signal<string | null>(null)
/** Counted up when rows of the case list may have changed, when settings or mappings may have. */
export const casesChanged = signal(0)
export const settingsChanged = signal(0)
export const questionsChanged = signal(0)
/** How often an event has told of the plugins. */
let pluginsTold = 0

/** The plugin that receives iTero orders, if the reseller has the feature on. */
export const importer = computed((): PluginRow | null =>
  session.value?.myitero === true ? (plugins.value[0] ?? null) : null,
)

/** Reads the session and what is open, then follows the server's events. Gives the session's result. */
export async function follow(): Promise<Result<Session>> {
  effect(() => {
    document.documentElement.lang = language.value
  })
  const first = await refreshSession()
  let again = !first.ok
  listen({
    onEvent: take,
    onConnected: () => {
      connected.value = true
      barred.value = null
      if (again) void refreshAll()
      else {
        // the list was read before there was a stream that could tell of a change
        casesChanged.value++
        void Promise.all([refreshQuestions(), refreshPlugins()])
      }
      again = true
    },
    onLost: () => {
      connected.value = false
      void lookWhy()
    },
  })
  return first
}

export async function refreshSession(): Promise<Result<Session>> {
  const result = await readSession()
  if (result.ok) takeSession(result.value)
  return result
}

export function takeSession(value: Session): void {
  language.value = value.language
  session.value = value
}

export const refreshQuestions = inOrder(readQuestions, (result) => {
  if (result.ok) questions.value = result.value.questions
})

const refreshPlugins = (): Promise<Result<Settings>> => takingPlugins(readSettings)

/** Takes over how the plugins fare, unless an event has told something newer while the answer was under way. */
export async function takingPlugins(ask: () => Promise<Result<Settings>>): Promise<Result<Settings>> {
  const before = pluginsTold
  const result = await ask()
  if (result.ok && pluginsTold === before) plugins.value = result.value.plugins
  return result
}

/** A host that was started anew knows this browser no more and says so; one that is away says nothing. */
async function lookWhy(): Promise<void> {
  const result = await readSession()
  barred.value = result.ok || result.status === 0 ? null : result.failure.text
}

/** After a cut nothing on the page is sure any more. */
async function refreshAll(): Promise<void> {
  casesChanged.value++
  settingsChanged.value++
  questionsChanged.value++
  await Promise.all([refreshSession(), refreshQuestions(), refreshPlugins()])
}

function take(event: HostEvent): void {
  switch (event.type) {
    case 'cases':
      casesChanged.value++
      return
    case 'questions':
      questionsChanged.value++
      void refreshQuestions()
      return
    case 'progress':
      bars.value = event.bars
      return
    case 'plugins':
      pluginsTold++
      plugins.value = event.plugins
      return
    case 'settings':
      settingsChanged.value++
      void refreshPlugins()
      return
    case 'session':
      void refreshSession()
  }
}
