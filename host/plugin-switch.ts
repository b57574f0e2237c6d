import { join } from 'node:path'
import type { Configuration } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import { type PluginHandle, type ProcessState, servePlugin } from '../bridge/host.ts'
import type { Peer } from '../bridge/peer.ts'
import type { SettingsChange } from './api.ts'
import { type HostCode, HostError } from './errors.ts'
import { dataFolderOf, type Installation, type Settled } from './installation.ts'
import { keepMaterials, keptMaterials, readMaterials } from './materials.ts'
import type { Mirror } from './mirror.ts'
import type { FoundPlugin } from './plugins.ts'
import { FAILURE_TEXTS } from './words/failures.ts'

/** A request to the plugin at work. Errors: `plugin-disabled`, `plugin-given-up`, BridgeError. */
export type Ask = Peer<'host'>['request']

/** The one plugin at work, if any: started, stopped and configured as installation and settings have it. */
export interface PluginSwitch {
  readonly ask: Ask
  /** Of the plugin at work. */
  id(): string | null
  process(): ProcessState
  /** Why the laboratory's material list is not in use; the list that was taken last is. */
  materialsProblem(): HostError | BridgeError | null
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
  readonly onChange: () => void
  /** How a process ended, what a handler threw: for a developer. */
  readonly onFault: (fault: unknown, where: string) => void
}

interface AtWork {
  readonly found: FoundPlugin
  readonly handle: PluginHandle
  /** As the settings had it last. */
  wished: Configuration
  /** As it was handed over last: another list of materials where the wished one is refused. */
  given: Configuration
  /** Configured, and to be asked. */
  peer: Peer<'host'> | null
}

/** Code beside its own folder that a plugin of this repository runs on. */
const SHARED = ['bridge', 'schemas', 'node_modules', 'package.json']
const ROOT = join(import.meta.dirname, '..')
/** ms */
const SYNC_AGAIN_MS = 5000
const STOPPED: ProcessState = { kind: 'stopped' }
/** Which setting a refusal is about. */
const ABOUT: Readonly<Record<string, keyof SettingsChange>> = {
  'material-list-invalid': 'materialsFile',
  'template-invalid': 'nameTemplate',
  'case-folder-missing': 'caseFolder',
  'case-folder-read-only': 'caseFolder',
  'case-folder-full': 'caseFolder',
  'case-folder-unreachable': 'caseFolder',
  'ledger-unreadable': 'caseFolder',
  'ledger-newer': 'caseFolder',
  'export-folder-missing': 'exportFolder',
}

export function createPluginSwitch({ home, mirror, onChange, onFault }: PluginSwitchOptions): PluginSwitch {
  let atWork: AtWork | null = null
  let materialsProblem: HostError | BridgeError | null = null
  /** Of the start that is being waited for: how it went. `strict`: a refused list of materials is a failure. */
  let outcome: {
    readonly strict: boolean
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
      onProcess(state) {
        if (state.kind !== 'running') {
          mine.peer = null
          mirror.gone()
        }
        if (state.kind === 'pausing' || state.kind === 'given-up')
          outcome?.failed(new HostError(startFailure(state.failure.code)))
        onChange()
      },
      onReady(peer) {
        mine.peer = peer
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
    if (!refuses(fault, 'materialsFile') || outcome?.strict === true) {
      outcome?.failed(fault)
      return
    }
    void withKeptMaterials(mine, mine.given, fault).catch((error: unknown) => outcome?.failed(error))
  }

  /** A broken list gives way to the one that was taken last. */
  async function withKeptMaterials(
    mine: AtWork,
    configuration: Configuration,
    refused: BridgeError,
  ): Promise<void> {
    materialsProblem = refused
    const materials = await keptMaterials(home)
    // That one is refused as well.
    if (configuration.materials === materials) throw refused
    await hand(mine, { ...configuration, materials })
  }

  /** Started with it, and waited for until it is configured, refuses or fails. */
  async function startAndWait(
    found: FoundPlugin,
    configuration: Configuration,
    strict: boolean,
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
    await before.handle.stop()
    atWork = null
    mirror.gone()
    mirror.forgetQuestions()
    onChange()
  }

  /** The material list that the plugin took is kept, for the day its file is broken. */
  async function keep({ materials }: Configuration): Promise<void> {
    if (materials !== null && (await keptMaterials(home)) !== materials) await keepMaterials(home, materials)
  }

  /** `strict`: a list that cannot be read is an error; else the one that was taken last is used, and the problem told. */
  async function configurationOf(settings: Settled, strict: boolean): Promise<Configuration> {
    const { language, caseFolder, exportFolder, nameTemplate, patientNameOrder, materialsFile } = settings
    let materials: string | null = null
    let problem: HostError | null = null
    if (materialsFile !== null) {
      try {
        materials = await readMaterials(materialsFile)
      } catch (error) {
        if (strict || !(error instanceof HostError)) throw error
        problem = error
        materials = await keptMaterials(home)
      }
    }
    materialsProblem = problem
    return { language, caseFolder, exportFolder, nameTemplate, patientNameOrder, materials }
  }

  /** To the process that runs. Throws BridgeError `refused` where the plugin goes on as before. */
  async function configure(mine: AtWork, configuration: Configuration, strict: boolean): Promise<void> {
    const before = mine.wished
    mine.wished = configuration
    try {
      await hand(mine, configuration)
      await keep(configuration)
    } catch (error) {
      if (!strict && refuses(error, 'materialsFile'))
        return await withKeptMaterials(mine, configuration, error)
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
    const problemBefore = materialsProblem
    const configuration = await configurationOf(settings, false)
    if (atWork === null || !fits(atWork, found, configuration)) {
      await stop()
      return start(found, configuration)
    }
    if (same(atWork.wished, configuration)) {
      materialsProblem ??= problemBefore
      return
    }
    await configure(atWork, configuration, false).catch((error: unknown) =>
      onFault(error, 'plugin/configure'),
    )
  }

  return {
    ask: async (...asked) => {
      if (atWork === null) throw new HostError('plugin-disabled')
      if (atWork.handle.process().kind === 'given-up') throw new HostError('plugin-given-up')
      return atWork.handle.request(...asked)
    },
    id: () => atWork?.found.manifest.id ?? null,
    process: () => atWork?.handle.process() ?? STOPPED,
    materialsProblem: () => materialsProblem,
    clientsChanged: () => atWork?.handle.notify('clients/changed', {}),
    follow,
    async change(installation, before, next) {
      const found = wanted(installation, next)
      if (found === null) return stop()
      const strict = next.materialsFile !== before.materialsFile
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

const same = (one: Configuration, other: Configuration): boolean =>
  (Object.keys(one) as (keyof Configuration)[]).every((name) => one[name] === other[name])

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
