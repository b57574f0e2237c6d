import type { Language } from '../bridge/data.ts'
import type {
  ActivityPage,
  CasePage,
  FirstStartChoice,
  HostEvent,
  Session,
  Settings,
  SettingsChange,
} from './api.ts'
import { casePage } from './case-page.ts'
import { caseCounts } from './cases.ts'
import { type CaseWatch, watchCases } from './casewatch.ts'
import { type ClientKeeping, createClientKeeping } from './client-keeping.ts'
import { type CloudDoor, createCloudDoor } from './cloud.ts'
import { replaceCloudOrders } from './cloud-orders.ts'
import type { Database } from './database.ts'
import { HostError } from './errors.ts'
import { createEventHub, type EventHub, type EventType } from './http/events.ts'
import type { DesktopCommand } from './icon-commands.ts'
import { replaceIncoming, replaceRefused } from './incoming.ts'
import { type Installation, type Places, readInstallation, type Settled, settled } from './installation.ts'
import { createKeptMappings, type Whose } from './kept-mappings.ts'
import { createMappingReview, type MappingReview } from './mappings.ts'
import { createMirror, type UserCommand } from './mirror.ts'
import { createPluginLog, type PluginLog } from './plugin-log.ts'
import { createPluginPast } from './plugin-past.ts'
import { createPluginSwitch, ledgerOf } from './plugin-switch.ts'
import { type FoundPlugin, importPlugin, inLanguage } from './plugins.ts'
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
  /** Chosen in the menu of the plugin's icon, what concerns the person's desktop. */
  readonly onCommand?: (command: DesktopCommand) => void
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
  readonly cloud: CloudDoor
  language(): Language
  caseFolder(): string
  /** As `casePage`; what its folder holds now comes into the list too. */
  casePage(id: number): Promise<CasePage>
  /** Rows were changed by a page. */
  changed(type: EventType): void
  session(): Promise<Session>
  chooseFirstStart(choice: FirstStartChoice['choice']): Promise<Session>
  settings(): Promise<Settings>
  /** Whole or not at all: what the plugin refuses is not kept. */
  changeSettings(change: SettingsChange): Promise<Settings>
  /** A person has read the last failure of a plugin. Error: `plugin-unknown`. */
  dismissFailure(plugin: string): void
  activity(after: number | undefined): Promise<ActivityPage>
  /** Looks for new orders now. */
  look(): Promise<void>
  /** Stops the plugin, letting a publish in flight finish. Idempotent. */
  close(): Promise<void>
}

export async function startControl(options: ControlOptions): Promise<Control> {
  const { db, places, version, clock, onFault } = options
  let now: Settled = settled(db, places.home)
  let installation: Installation = await readInstallation(places, clock())
  tell([])
  let cases: CaseWatch = watch(now.caseFolder)

  const events = createEventHub(stateOf)
  const past = createPluginPast(db)
  const kept = createKeptMappings(db)
  const mirror = createMirror(
    db,
    (what) => {
      if (what === 'mappings') return void mappings.keep()
      events.changed(what)
      if (what !== 'progress') log.grew()
      if (what === 'cloud') led()
    },
    (project) => cases.look(project),
    commanded,
  )
  const plugin = createPluginSwitch({
    home: places.home,
    mirror,
    kept,
    onChange() {
      const id = plugin.id()
      try {
        if (id !== null) past.saw(id, plugin.process())
      } catch (error) {
        onFault(error, 'past')
      }
      events.changed('plugins')
    },
    onLeaving: async () => {
      await Promise.all([log.keep(), mappings.keep()])
    },
    onFault,
  })
  const log: PluginLog = createPluginLog(past, plugin, onFault)
  const mappings: MappingReview = createMappingReview({
    db,
    plugin,
    kept,
    whose,
    onTakenBack() {
      knowDoctors()
      events.changed('cases')
    },
    onFault,
  })

  /** The plugin at work, else the one that receives iTero orders; null: the reseller has it off. */
  function whose(): Whose | null {
    const id = plugin.id() ?? ownPlugin()?.manifest.id
    // A plugin that is just started on another case folder is ahead of the settings.
    return id === undefined ? null : { plugin: id, ledger: plugin.ledger() ?? ledgerOf(id, now.caseFolder) }
  }

  /** While no plugin is at work, its doctors are those that it told last. */
  function knowDoctors(): void {
    const mine = whose()
    mirror.knowDoctors((mine && kept.read(mine)?.doctors) ?? [])
  }

  /** A sign-in was begun at the icon. */
  let leads = false
  /** Whoever signs in without a page of the host is led to one where an account has to be chosen. */
  function led(): void {
    const kind = mirror.cloud()?.session.kind
    if (leads && kind === 'choosing-account' && !events.listened()) options.onCommand?.('show-cases')
    if (kind === 'choosing-account' || kind === 'signed-in') leads = false
  }

  /** Chosen at the icon: a setting is kept as if a page had changed it, a page is the desktop's to open. */
  function commanded(command: UserCommand): void {
    if (command !== 'pause' && command !== 'resume') {
      leads ||= command === 'sign-in'
      options.onCommand?.(command)
    } else
      change({ cloudPaused: command === 'pause' }).catch((error: unknown) => onFault(error, 'user/command'))
  }

  /** What cannot be read of the installation, once: the list of problems is read again and again. */
  function tell(known: Installation['problems']): void {
    const told = new Set(known.map(keyOf))
    for (const problem of installation.problems)
      if (!told.has(keyOf(problem))) onFault(problem, 'installation')
  }

  async function readAgain(): Promise<void> {
    const known = installation.problems
    installation = await readInstallation(places, clock())
    tell(known)
  }

  function watch(folder: string): CaseWatch {
    return watchCases({
      db,
      folder,
      onChange: () => events.changed('cases'),
      onState: () => events.changed('settings'),
      onFailure: (error) => onFault(error, 'cases'),
    })
  }

  const rows = () => pluginRows(installation, now, plugin, past)

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
      case 'cloud':
        return { type, cloud: mirror.cloud() }
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
      await readAgain()
      await plugin.follow(installation, now)
      const after = JSON.stringify([installation.plugins, [...installation.hidden], installation.problems])
      if (before === after) return
      for (const type of ['plugins', 'settings', 'session'] as const) events.changed(type)
    })

  const change = (wished: SettingsChange & { readonly firstStart?: Settled['firstStart'] }) =>
    inTurn(async () => {
      await readAgain()
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
      // Of packages refused in a folder that is watched no more a plugin at work tells nothing.
      if (next.exportFolder !== now.exportFolder && plugin.id() === null) replaceRefused(db, [])
      if (next.connectionProfile === null && plugin.id() === null) replaceCloudOrders(db, [])
      if (next.connectionProfile !== now.connectionProfile && plugin.id() === null) mirror.forgetAccount()
      now = settled(db, places.home)
      if (moved) {
        await cases.close()
        // The orders on their way belong to the folder before; a plugin at work tells those of the new one.
        if (plugin.id() === null) {
          replaceIncoming(db, [], [])
          replaceCloudOrders(db, [])
          knowDoctors()
        }
        cases = watch(now.caseFolder)
      }
      for (const type of ['settings', 'session', 'plugins', 'cases'] as const) events.changed(type)
    })

  knowDoctors()
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

  function ownPlugin(): FoundPlugin | null {
    return importPlugin(installation, now.enabled)
  }

  const session = (): Session => {
    const own = ownPlugin()
    return {
      language: now.language,
      version,
      engineBuild: installation.licence.engineBuild,
      firstStart: firstStartWords(own),
      myitero: own !== null,
    }
  }

  /** null: it was decided already, or there is nothing to be switched on. */
  function firstStartWords(own: FoundPlugin | null): Session['firstStart'] {
    const words = own?.manifest.contributes.firstStart
    if (own === null || words === undefined || now.firstStart !== 'ask') return null
    if (own.obstacles.length > 0 || now.enabled[own.manifest.id] === true) return null
    return {
      title: inLanguage(words.title, now.language),
      connect: inLanguage(words.connect, now.language),
      skip: inLanguage(words.skip, now.language),
    }
  }

  let closing: Promise<void> | null = null
  return {
    db,
    events,
    questions: createQuestions({
      db,
      mirror,
      plugin,
      onNewClient: () => plugin.clientsChanged(),
    }),
    mappings,
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
    cloud: createCloudDoor(mirror.cloud, plugin),
    language: () => now.language,
    caseFolder: () => now.caseFolder,
    async casePage(id) {
      const page = await casePage(db, now.caseFolder, id, now.language)
      // Nothing watches inside a case, and here somebody sees that it changed.
      if (page.folder !== null && page.row.project !== null) cases.look(page.row.project)
      return page
    },
    changed: events.changed,
    session: async () => session(),
    async chooseFirstStart(choice) {
      const own = ownPlugin()
      if (choice === 'skip') await change({ firstStart: 'skipped' })
      else if (own !== null) await change({ enabled: { [own.manifest.id]: true }, firstStart: 'connected' })
      return session()
    },
    async settings() {
      await lookAgain()
      return settingsPage({
        installation,
        settings: now,
        plugins: rows(),
        plugin,
        stayingAccount: mirror.account(),
      })
    },
    async changeSettings(wished) {
      await change(wished)
      return settingsPage({
        installation,
        settings: now,
        plugins: rows(),
        plugin,
        stayingAccount: mirror.account(),
      })
    },
    dismissFailure(id) {
      if (!installation.plugins.some(({ manifest }) => manifest.id === id))
        throw new HostError('plugin-unknown', { plugin: id })
      past.dismiss(id)
      events.changed('plugins')
    },
    async activity(after) {
      const mine = whose()
      if (mine === null) throw new HostError('plugin-disabled')
      return log.page(mine.plugin, mine.ledger, after)
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
        log.close()
        const stopped = inTurn(() => Promise.all([plugin.close(), cases.close()]))
        ending = true
        await stopped
      })()
      return closing
    },
  }
}

const keyOf = ({ code, facts }: Installation['problems'][number]): string => JSON.stringify([code, facts])
