import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { CloudConfiguration, Configuration } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import { type PluginHandle, type ProcessState, servePlugin } from '../bridge/host.ts'
import type { Peer } from '../bridge/peer.ts'
import type { SettingsChange } from './api.ts'
import { type HostCode, HostError } from './errors.ts'
import { dataFolderOf, type Installation, type Settled } from './installation.ts'
import type { KeptMappings, Whose } from './kept-mappings.ts'
import { keepMaterials, keptMaterials, readMaterials } from './materials.ts'
import type { Mirror } from './mirror.ts'
import { type FoundPlugin, settingName } from './plugins.ts'
import { readProfile } from './profile.ts'
import { FAILURE_TEXTS } from './words/failures.ts'

/** A request to the plugin at work. Errors: `plugin-disabled`, `plugin-given-up`, BridgeError. */
export type Ask = Peer<'host'>['request']

/** The one plugin at work, if any: started, stopped and configured as installation and settings have it. */
export interface PluginSwitch {
  readonly ask: Ask
  /** Why nothing can be asked, and will not by waiting; null: it can. */
  idle(): HostError | null
  /** Of the plugin at work. */
  id(): string | null
  /** What its numbers of questions and log entries belong to: plugin and case folder. Another ledger counts from one again. */
  ledger(): string | null
  process(): ProcessState
  /** Why the laboratory's material list is not in use; the list that was taken last is. */
  materialsProblem(): HostError | BridgeError | null
  /** Why the connection profile is not in use: there is no cloud then. */
  profileProblem(): HostError | BridgeError | null
  clientsChanged(): void
  /** Lets the plugin follow what stands; what it refuses it says itself, in its state. */
  follow(installation: Installation, settings: Settled): Promise<void>
  /**
   * Tries what is to stand. Throws what the plugin refuses of it, or why it does not come up (`plugin-not-started`,
   * `plugin-not-ready`, …); it then works as before.
   */
  change(installation: Installation, before: Settled, next: Settled): Promise<void>
  close(): Promise<void>
}

export interface PluginSwitchOptions {
  readonly home: string
  readonly mirror: Mirror
  /** Mappings that were taken back while it was off. */
  readonly kept: Pick<KeptMappings, 'toForget' | 'forgotten'>
  readonly onChange: () => void
  /** It is about to be stopped; what is asked of it in a moment's time it still answers. Never rejects. */
  readonly onLeaving: () => Promise<void>
  /** How a process ended, what a handler threw: for a developer. */
  readonly onFault: (fault: unknown, where: string) => void
}

interface AtWork {
  readonly found: FoundPlugin
  readonly handle: PluginHandle
  /** As the settings had it last. */
  wished: Configuration
  /** As it was handed over last: another list of materials, or no cloud, where the wished ones are refused. */
  given: Configuration
  /** Configured, and to be asked. */
  peer: Peer<'host'> | null
}

/** Code beside its own folder that a plugin of this repository runs on. */
const SHARED = ['bridge', 'schemas', 'node_modules', 'package.json']
const ROOT = join(import.meta.dirname, '..')
/** ms */
const SYNC_AGAIN_MS = 5000
/** ms. With the stop itself within 5 s. */
const LEAVING_MS = 150
const STOPPED: ProcessState = { kind: 'stopped' }
/** Which setting a refusal is about. */
const ABOUT: Readonly<Record<string, keyof SettingsChange>> = {
  'material-list-invalid': 'materialsFile',
  'template-invalid': 'nameTemplate',
  'case-folder-missing': 'caseFolder',
  'case-folder-read-only': 'caseFolder',
  'case-folder-full': 'caseFolder',
  'case-folder-path-too-long': 'caseFolder',
  'case-folder-unreachable': 'caseFolder',
  'ledger-unreadable': 'caseFolder',
  'ledger-newer': 'caseFolder',
  'export-folder-missing': 'exportFolder',
  'profile-invalid': 'connectionProfile',
}
/** Settings that the plugin does without where their files break: only a change of them is refused. */
const SPARED = ['materialsFile', 'connectionProfile'] as const
type Spared = (typeof SPARED)[number]
/** Nothing is spared that was changed just now. */
type Strict = ReadonlySet<Spared>
const LENIENT: Strict = new Set()

export function createPluginSwitch({
  home,
  mirror,
  kept,
  onChange,
  onLeaving,
  onFault,
}: PluginSwitchOptions): PluginSwitch {
  let atWork: AtWork | null = null
  /** Plugins whose last process crashed: the next one, started by a person, keeps it in its log. */
  const crashed = new Set<string>()
  let problems: Readonly<Record<Spared, HostError | BridgeError | null>> = {
    materialsFile: null,
    connectionProfile: null,
  }
  /** Of the start that is being waited for: how it went. */
  let outcome: {
    readonly strict: Strict
    readonly done: () => void
    readonly failed: (error: unknown) => void
  } | null = null

  function start(found: FoundPlugin, configuration: Configuration): void {
    const handle = servePlugin({
      manifest: found.manifest,
      folder: found.folder,
      code: SHARED.map((name) => join(ROOT, name)),
      dataFolder: dataFolderOf(home, found.manifest.id),
      configuration,
      handlers: { ...mirror.handlers, 'plugin/stateChanged': () => {} },
      afterCrash: crashed.has(found.manifest.id),
      forget: () => kept.toForget(whoseOf(mine)),
      onForgotten: (forgotten) => kept.forgotten(whoseOf(mine), forgotten),
      onProcess(state) {
        if (state.kind !== 'running') {
          mine.peer = null
          mirror.gone()
        }
        if ((state.kind === 'pausing' || state.kind === 'given-up') && state.failure.code !== 'plugin-ended')
          crashed.add(found.manifest.id)
        // Nobody is there to answer, and nobody comes back by itself.
        if (state.kind === 'given-up') mirror.forgetQuestions()
        if (state.kind === 'pausing' || state.kind === 'given-up')
          outcome?.failed(
            new HostError(startFailure(state.failure.code), {
              plugin: settingName(found.manifest, configuration.language),
            }),
          )
        onChange()
      },
      onReady(peer) {
        mine.peer = peer
        crashed.delete(found.manifest.id)
        keep(mine.given).catch((error: unknown) => onFault(error, 'materials'))
        outcome?.done()
        sync(mine, peer)
      },
      onFault(fault, where) {
        onFault(fault, where)
        if (where === 'plugin/configure') refusedAtStart(mine, fault)
      },
    })
    const mine: AtWork = { found, handle, wished: configuration, given: configuration, peer: null }
    atWork = mine
  }

  /** What stands is asked for; once more a little later where that fails. */
  function sync(mine: AtWork, peer: Peer<'host'>): void {
    mirror.sync(peer).catch((error: unknown) => {
      onFault(error, 'sync')
      if (mine.peer === peer) setTimeout(() => mine.peer === peer && sync(mine, peer), SYNC_AGAIN_MS).unref()
    })
  }

  function refusedAtStart(mine: AtWork, fault: unknown): void {
    void without(mine.given, fault, outcome?.strict ?? LENIENT)
      .then((less) => handSparing(mine, less, outcome?.strict ?? LENIENT))
      .catch((error: unknown) => outcome?.failed(error))
  }

  /** What is refused gives way: a broken list to the one that was taken last, a broken profile to none. */
  async function handSparing(mine: AtWork, configuration: Configuration, strict: Strict): Promise<void> {
    try {
      await hand(mine, configuration)
    } catch (error) {
      await handSparing(mine, await without(configuration, error, strict), strict)
    }
  }

  /** Throws the refusal where it cannot be done without. */
  async function without(
    configuration: Configuration,
    error: unknown,
    strict: Strict,
  ): Promise<Configuration> {
    const about = SPARED.find((setting) => !strict.has(setting) && refuses(error, setting))
    if (about === undefined) throw error
    problems = { ...problems, [about]: error }
    const materials = about === 'materialsFile' ? await keptMaterials(home) : configuration.materials
    const cloud = about === 'connectionProfile' ? null : configuration.cloud
    // That one is refused as well.
    if (configuration.materials === materials && configuration.cloud === cloud) throw error
    return { ...configuration, materials, ...(cloud === undefined ? {} : { cloud }) }
  }

  /** Started with it, and waited for until it is configured, refuses or fails. */
  async function startAndWait(
    found: FoundPlugin,
    configuration: Configuration,
    strict: Strict,
  ): Promise<void> {
    const ended = new Promise<void>((done, failed) => {
      outcome = { strict, done, failed }
    })
    try {
      start(found, configuration)
      await ended
    } finally {
      outcome = null
    }
  }

  async function stop(): Promise<void> {
    const before = atWork
    if (before === null) return
    const leaving = before.peer === null ? Promise.resolve() : onLeaving()
    // A list of several pages is asked for page by page; one that hangs holds no stop up.
    await Promise.race([leaving, pause(LEAVING_MS, undefined, { ref: false })])
    await before.handle.stop()
    await leaving
    atWork = null
    mirror.gone()
    mirror.forgetQuestions()
    onChange()
  }

  /** The material list that the plugin took is kept, for the day its file is broken. */
  async function keep({ materials }: Configuration): Promise<void> {
    if (materials !== null && (await keptMaterials(home)) !== materials) await keepMaterials(home, materials)
  }

  /** `strict`: a file of these that cannot be read is an error; else it is done without, and the problem told. */
  async function configurationOf(settings: Settled, strict: Strict): Promise<Configuration> {
    const { language, caseFolder, exportFolder, nameTemplate, patientNameOrder } = settings
    const found: Record<Spared, HostError | null> = { materialsFile: null, connectionProfile: null }
    const read = async (
      setting: Spared,
      text: (file: string) => Promise<string>,
      otherwise: () => Promise<string | null>,
    ) => {
      const file = settings[setting]
      if (file === null) return null
      try {
        return await text(file)
      } catch (error) {
        if (strict.has(setting) || !(error instanceof HostError)) throw error
        found[setting] = error
        return otherwise()
      }
    }
    const materials = await read('materialsFile', readMaterials, () => keptMaterials(home))
    const profile = await read('connectionProfile', readProfile, async () => null)
    problems = found
    const cloud = profile === null ? null : cloudOf(settings, profile)
    return { language, caseFolder, exportFolder, cloud, nameTemplate, patientNameOrder, materials }
  }

  /** To the process that runs. Throws BridgeError `refused` where the plugin goes on as before. */
  async function configure(mine: AtWork, configuration: Configuration, strict: Strict): Promise<void> {
    const before = mine.wished
    mine.wished = configuration
    try {
      await handSparing(mine, configuration, strict)
      await keep(mine.given)
    } catch (error) {
      // It is tried again with the next look.
      mine.wished = before
      throw error
    }
  }

  async function hand(mine: AtWork, configuration: Configuration): Promise<void> {
    const before = mine.given
    mine.given = configuration
    await mine.handle.configure(configuration).catch((error: unknown) => {
      mine.given = before
      throw error
    })
    // What it says of orders and questions is in its language.
    if (mine.peer !== null && before.language !== configuration.language) sync(mine, mine.peer)
  }

  async function follow(installation: Installation, settings: Settled): Promise<void> {
    const found = wanted(installation, settings)
    if (found === null) return stop()
    const before = problems
    const configuration = await configurationOf(settings, LENIENT)
    if (atWork === null || !fits(atWork, found, configuration)) {
      await stop()
      return start(found, configuration)
    }
    if (isDeepStrictEqual(atWork.wished, configuration)) {
      // What the plugin refused it has not taken since.
      for (const setting of SPARED)
        problems = { ...problems, [setting]: problems[setting] ?? before[setting] }
      return
    }
    await configure(atWork, configuration, LENIENT).catch((error: unknown) =>
      onFault(error, 'plugin/configure'),
    )
  }

  const idle = (): HostError | null => {
    if (atWork === null) return new HostError('plugin-disabled')
    if (atWork.handle.process().kind !== 'given-up') return null
    const { found, wished } = atWork
    return new HostError('plugin-given-up', { plugin: settingName(found.manifest, wished.language) })
  }

  return {
    ask: async (...asked) => {
      if (atWork === null || idle() !== null) throw idle() ?? new HostError('plugin-disabled')
      return atWork.handle.request(...asked)
    },
    idle,
    id: () => atWork?.found.manifest.id ?? null,
    ledger: () => atWork && ledgerOf(atWork.found.manifest.id, atWork.wished.caseFolder),
    process: () => atWork?.handle.process() ?? STOPPED,
    materialsProblem: () => problems.materialsFile,
    profileProblem: () => problems.connectionProfile,
    clientsChanged: () => atWork?.handle.notify('clients/changed', {}),
    follow,
    async change(installation, before, next) {
      const found = wanted(installation, next)
      if (found === null) return stop()
      const strict = new Set(SPARED.filter((setting) => next[setting] !== before[setting]))
      const configuration = await configurationOf(next, strict)
      const mine = atWork
      const worked = mine !== null && mine.peer !== null
      const stays = worked && fits(mine, found, configuration)
      try {
        if (stays) return await configure(mine, configuration, strict)
        await stop()
        await startAndWait(found, configuration, strict)
      } catch (error) {
        // What has nothing to do with the change does not stand in its way: the plugin says it in its state.
        const switchedOn = next.enabled[found.manifest.id] !== before.enabled[found.manifest.id]
        const ours = error instanceof BridgeError ? concerns(error, before, next) : worked
        if (!switchedOn && !ours) return
        if (!stays) await stop()
        await follow(installation, before)
        throw error
      }
    },
    close: stop,
  }
}

const whoseOf = ({ found: { manifest }, wished }: AtWork): Whose => ({
  plugin: manifest.id,
  ledger: ledgerOf(manifest.id, wished.caseFolder),
})

/** As `PluginSwitch.ledger` gives it. */
export const ledgerOf = (plugin: string, caseFolder: string): string => `${plugin}|${caseFolder}`

/** The plugin that is enabled and may be. */
function wanted({ plugins }: Installation, { enabled }: Settled): FoundPlugin | null {
  return (
    plugins.find(({ manifest, obstacles }) => enabled[manifest.id] === true && obstacles.length === 0) ?? null
  )
}

/** The process that runs may go on: same plugin, and the folders that it was permitted. */
function fits({ found, wished: had }: AtWork, wished: FoundPlugin, configuration: Configuration): boolean {
  return (
    found.folder === wished.folder &&
    JSON.stringify(found.manifest) === JSON.stringify(wished.manifest) &&
    had.caseFolder === configuration.caseFolder &&
    had.exportFolder === configuration.exportFolder
  )
}

const cloudOf = (settings: Settled, profile: string): CloudConfiguration => ({
  profile,
  paused: settings.cloudPaused,
  downloads: settings.downloads,
  bytesPerSecond: settings.bytesPerSecond,
  webhook: settings.webhook,
  balloons: settings.balloons,
})

function refuses(error: unknown, setting: keyof SettingsChange): error is BridgeError {
  return error instanceof BridgeError && ABOUT[error.refusal?.code ?? ''] === setting
}

/** Why a process did not come up, among what the host has words for. */
function startFailure(code: string): HostCode {
  return Object.hasOwn(FAILURE_TEXTS, code) ? (code as HostCode) : 'plugin-not-ready'
}

function concerns(error: BridgeError, before: Settled, next: Settled): boolean {
  const setting = ABOUT[error.refusal?.code ?? '']
  return setting === undefined || before[setting] !== next[setting]
}
