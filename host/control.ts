import type { ActivityEntry, Language } from '../bridge/data.ts'
import type { FirstStartChoice, HostEvent, Session, Settings, SettingsChange } from './api.ts'
import { caseCounts } from './cases.ts'
import { type CaseWatch, watchCases } from './casewatch.ts'
import { type ClientKeeping, createClientKeeping } from './client-keeping.ts'
import type { Database } from './database.ts'
import { HostError } from './errors.ts'
import { createEventHub, type EventHub, type EventType } from './http/events.ts'
import { replaceIncoming } from './incoming.ts'
import { type Installation, type Places, readInstallation, type Settled, settled } from './installation.ts'
import { createMappingReview, type MappingReview } from './mappings.ts'
import { createMirror } from './mirror.ts'
import { createPluginSwitch } from './plugin-switch.ts'
import { createQuestions, type Questions } from './questions.ts'
import { changeSettings } from './settings.ts'
import { checkedChange } from './settings-change.ts'
import { pluginRows, settingsPage } from './settings-page.ts'

/** ms. A licence may lapse while the host runs. */
const LOOK_AGAIN_MS = 60 * 60_000
/** ms. While a page is open: a refused package leaves the list with its file. */
const REFUSED_MS = 60_000

export interface ControlOptions {
  readonly db: Database
  readonly places: Places
  readonly version: string
  /** ms since the epoch. */
  readonly clock: () => number
  /** What failed where nobody waits for an answer, for a developer. */
  readonly onFault: (fault: unknown, where: string) => void
}

/** The host at work, as its page sees it: cases, clients, one plugin, its questions, and the settings that they follow. */
export interface Control {
  readonly db: Database
  readonly events: EventHub
  readonly questions: Questions
  readonly mappings: MappingReview
  readonly clients: ClientKeeping
  language(): Language
  caseFolder(): string
  /** Rows were changed by a page. */
  changed(type: EventType): void
  session(): Promise<Session>
  chooseFirstStart(choice: FirstStartChoice['choice']): Promise<Session>
  settings(): Promise<Settings>
  /** Whole or not at all: what the plugin refuses is not kept. */
  changeSettings(change: SettingsChange): Promise<Settings>
  activity(after: number | undefined): Promise<readonly ActivityEntry[]>
  /** Looks for new orders now. */
  look(): Promise<void>
  /** Stops the plugin, letting a publish in flight finish. Idempotent. */
  close(): Promise<void>
}

export async function startControl(options: ControlOptions): Promise<Control> {
  const { db, places, version, clock, onFault } = options
  let now: Settled = settled(db, places.home)
  let installation: Installation = await readInstallation(places, clock())
  let cases: CaseWatch = watch(now.caseFolder)

  const events = createEventHub(stateOf)
  const mirror = createMirror(db, events.changed, (project) => cases.look(project))
  const plugin = createPluginSwitch({
    home: places.home,
    mirror,
    onChange: () => events.changed('plugins'),
    onFault,
  })

  function watch(folder: string): CaseWatch {
    return watchCases({
      db,
      folder,
      onChange: () => events.changed('cases'),
      onState: () => events.changed('settings'),
      onFailure: (error) => onFault(error, 'cases'),
    })
  }

  const rows = () => pluginRows(installation, now, plugin)

  function stateOf(type: EventType): HostEvent {
    switch (type) {
      case 'cases':
        return { type, ...caseCounts(db) }
      case 'questions':
        return { type, open: mirror.questions().map(({ id }) => id) }
      case 'progress':
        return { type, bars: mirror.bars() }
      case 'plugins':
        return { type, plugins: rows() }
      case 'settings':
      case 'session':
        return { type }
    }
  }

  /** Changes of settings and looks at the installation come one after the other. */
  let turn: Promise<unknown> = Promise.resolve()
  /** From here on nothing may start the plugin again: a page that asks while it stops comes after its stop. */
  let ending = false
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (ending) return Promise.reject(new HostError('host-ending'))
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }

  /** Reads reseller, licence, plugins and the material list anew, and lets the plugin follow. */
  const lookAgain = () =>
    inTurn(async () => {
      const before = JSON.stringify([installation.plugins, [...installation.hidden], installation.problems])
      installation = await readInstallation(places, clock())
      await plugin.follow(installation, now)
      const after = JSON.stringify([installation.plugins, [...installation.hidden], installation.problems])
      if (before === after) return
      for (const type of ['plugins', 'settings', 'session'] as const) events.changed(type)
    })

  const change = (wished: SettingsChange & { readonly firstStart?: Settled['firstStart'] }) =>
    inTurn(async () => {
      installation = await readInstallation(places, clock())
      const checked = await checkedChange(wished, now, installation)
      const next: Settled = { ...now, ...checked, enabled: { ...now.enabled, ...checked.enabled } }
      await plugin.change(installation, now, next)
      try {
        changeSettings(db, {
          ...checked,
          ...(wished.firstStart === undefined ? {} : { firstStart: wished.firstStart }),
        })
      } catch (error) {
        await plugin.follow(installation, now)
        throw error
      }
      const moved = next.caseFolder !== now.caseFolder
      now = settled(db, places.home)
      if (moved) {
        await cases.close()
        // The orders on their way belong to the folder before; a plugin at work tells those of the new one.
        if (plugin.id() === null) replaceIncoming(db, [], [])
        cases = watch(now.caseFolder)
      }
      for (const type of ['settings', 'session', 'plugins', 'cases'] as const) events.changed(type)
    })

  await plugin.follow(installation, now)
  const timer = setInterval(
    () => void lookAgain().catch((error: unknown) => onFault(error, 'installation')),
    LOOK_AGAIN_MS,
  )
  timer.unref()

  const readRefused = async () => {
    if (plugin.process().kind === 'running') await mirror.readRefused(plugin.ask)
  }
  const refusedTimer = setInterval(() => {
    // Where it fails the connection is gone, and the next one asks for everything.
    if (events.listened()) void readRefused().catch(() => {})
  }, REFUSED_MS)
  refusedTimer.unref()

  const session = (): Session => {
    const own = installation.plugins.find(({ manifest }) => manifest.requires.resellerFeature === 'myitero')
    const open = own !== undefined && own.obstacles.length === 0 && now.enabled[own.manifest.id] !== true
    return {
      language: now.language,
      version,
      engineBuild: installation.licence.engineBuild,
      firstStart: open && now.firstStart === 'ask' && own.manifest.contributes.firstStart !== undefined,
      myitero: own !== undefined,
    }
  }

  let closing: Promise<void> | null = null
  return {
    db,
    events,
    questions: createQuestions({
      db,
      mirror,
      ask: plugin.ask,
      ledger: () => `${plugin.id() ?? ''}|${now.caseFolder}`,
      onNewClient: () => plugin.clientsChanged(),
    }),
    mappings: createMappingReview(db, plugin.ask),
    clients: createClientKeeping({
      db,
      mirror,
      readDoctors: async () => {
        if (plugin.id() !== null) await mirror.readDoctors(plugin.ask)
      },
      onChange: () => {
        plugin.clientsChanged()
        events.changed('cases')
      },
    }),
    language: () => now.language,
    caseFolder: () => now.caseFolder,
    changed: events.changed,
    session: async () => session(),
    async chooseFirstStart(choice) {
      const own = installation.plugins.find(({ manifest }) => manifest.requires.resellerFeature === 'myitero')
      if (choice === 'skip') await change({ firstStart: 'skipped' })
      else if (own !== undefined)
        await change({ enabled: { [own.manifest.id]: true }, firstStart: 'connected' })
      return session()
    },
    async settings() {
      await lookAgain()
      return settingsPage({
        installation,
        settings: now,
        plugins: rows(),
        materialsProblem: plugin.materialsProblem(),
      })
    },
    async changeSettings(wished) {
      await change(wished)
      return settingsPage({
        installation,
        settings: now,
        plugins: rows(),
        materialsProblem: plugin.materialsProblem(),
      })
    },
    async activity(after) {
      const { entries } = await plugin.ask('activity/list', {
        limit: 100,
        ...(after === undefined ? {} : { after }),
      })
      return entries
    },
    async look() {
      await plugin.ask('orders/look', {})
      void readRefused().catch(() => {})
    },
    close() {
      closing ??= (async () => {
        clearInterval(timer)
        clearInterval(refusedTimer)
        events.close()
        const stopped = inTurn(() => Promise.all([plugin.close(), cases.close()]))
        ending = true
        await stopped
      })()
      return closing
    },
  }
}
