import { computed, effect, signal } from '@preact/signals'
import type { CloudState, Failure } from '../../bridge/data.ts'
import type { HostEvent, PluginRow, ProgressBar, Question, Session, Settings } from '../api.ts'
import { type Result, readQuestions, readSession, readSettings, whenSignedOut } from './api.ts'
import { listen } from './events.ts'
import { createTurns, inOrder } from './in-order.ts'
import { isOn } from './standing.ts'
import { language } from './words/words.ts'

/** What the server last said, for every room of the page. null: not asked yet. */
export const session = signal<Session | null>(null)
export const plugins = signal<readonly PluginRow[]>([])
export const questions = signal<readonly Question[]>([])
export const bars = signal<readonly ProgressBar[]>([])
/** Where the connection to the MyiTero cloud stands; null: none is configured, or the plugin is not running. */
export const cloud = signal<CloudState | null>(null)
/** Why the case folder cannot be used; null: it can. */
export const caseFolderProblem = signal<Failure | null>(null)
/** Orders come from a folder, too, whoever is signed in. */
export const hasExportFolder = signal(false)
export const connected = signal(true)
/** Why the page cannot come back by itself; null: it can. */
export const barred = signal<string | null>(null)
/** Counted up when rows of the case list may have changed, when settings or mappings may have. */
export const casesChanged = signal(0)
export const settingsChanged = signal(0)
export const questionsChanged = signal(0)
/** How often an event has told of the plugins. */
let pluginsTold = 0
const sessionTurn = createTurns<Result<Session>>()
const settingsTurn = createTurns<Result<Settings>>()

/** The plugin that receives iTero orders, if the reseller has the feature on. */
export const importer = computed((): PluginRow | null =>
  session.value?.myitero === false ? null : (plugins.value.find((row) => row.myitero) ?? null),
)

/** Whose orders, questions and log there are: the plugin that is enabled, else the one that receives iTero orders. */
export const atWork = computed((): PluginRow | null => plugins.value.find(isOn) ?? importer.value)

/** Reads the session and what is open, then follows the server's events. Gives the session's result. */
export async function follow(): Promise<Result<Session>> {
  effect(() => {
    document.documentElement.lang = language.value
  })
  whenSignedOut((text) => {
    barred.value = text
  })
  const first = await refreshSession()
  listen({
    onEvent: take,
    onConnected: () => {
      connected.value = true
      barred.value = null
      // also the first time: what was read before there was a stream may have changed, and nobody told
      void refreshAll()
    },
    onLost: () => {
      connected.value = false
      void lookWhy()
    },
  })
  return first
}

export const refreshSession = (): Promise<Result<Session>> => takingSession(readSession)

/** Takes over the session that a call answers with, unless a newer one is here already. */
export const takingSession = (ask: () => Promise<Result<Session>>): Promise<Result<Session>> =>
  sessionTurn(ask, (result) => {
    if (!result.ok) return false
    language.value = result.value.language
    session.value = result.value
    return true
  })

export const refreshQuestions = inOrder(readQuestions, (result) => {
  if (result.ok) questions.value = result.value.questions
})

const refreshPlugins = (): Promise<Result<Settings>> => takingPlugins(readSettings)

/**
 * Takes over how the plugins and the case folder fare, unless something newer was told while the answer was under way.
 */
export function takingPlugins(ask: () => Promise<Result<Settings>>): Promise<Result<Settings>> {
  const before = pluginsTold
  return settingsTurn(ask, (result) => {
    if (!result.ok) return false
    if (pluginsTold === before) plugins.value = result.value.plugins
    caseFolderProblem.value = result.value.caseFolderProblem
    hasExportFolder.value = result.value.exportFolder !== null
    return true
  })
}

/** A host that was started anew knows this browser no more and says so; one that is away says nothing. */
async function lookWhy(): Promise<void> {
  const result = await readSession()
  barred.value = result.ok || result.status === 0 ? null : result.failure.text
}

/** Looks whether the server knows this browser again. Gives why not, or null. */
export async function lookAgain(): Promise<string | null> {
  const result = await readSession()
  if (!result.ok) return result.failure.text
  barred.value = null
  await refreshAll()
  return null
}

/** Nothing on the page is sure before there is a stream, or after it was cut. */
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
    case 'cloud':
      cloud.value = event.cloud
      return
    case 'settings':
      settingsChanged.value++
      void refreshPlugins()
      return
    case 'session':
      void refreshSession()
  }
}
