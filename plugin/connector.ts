import { join } from 'node:path'
import type { CloudConfiguration, CloudState, Configuration, ConnectorState } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import type { Handlers } from '../bridge/peer.ts'
import { systemPause } from './cloud/system-pause.ts'
import { answers } from './connecting/answers.ts'
import { bars } from './connecting/bars.ts'
import { cloudHandlers } from './connecting/cloud-handlers.ts'
import type { CloudLink, SourceSetup } from './connecting/cloud-link.ts'
import { type Configured, configured, textOf } from './connecting/configuration.ts'
import { diary } from './connecting/diary.ts'
import { downloadBars } from './connecting/download-bars.ts'
import { downloadLog } from './connecting/download-log.ts'
import { forgotten } from './connecting/forgotten.ts'
import type { Host } from './connecting/host.ts'
import { hostClients } from './connecting/host-clients.ts'
import { createIcon, type Icon } from './connecting/icon.ts'
import { outages } from './connecting/outages.ts'
import { liesIn } from './connecting/refused.ts'
import type { Running } from './connecting/running.ts'
import { sentFailure, sentRefused } from './connecting/sent.ts'
import { barsLook, rests, standing, type WorkStanding } from './connecting/standing.ts'
import { startTelling } from './connecting/telling.ts'
import { mayPass, PACES, type Paces, startWork, type Work } from './connecting/work.ts'
import { asImportError, type Failure, ImportError } from './errors.ts'
import type { ImportResult } from './importing/setup.ts'
import type { Installation } from './installation.ts'
import type { ActivityKind } from './ledger/activity.ts'
import type { Log } from './log.ts'
import type { Language } from './mapping/materials.ts'
import type { Secrets } from './secrets.ts'
import { hostFailureText } from './words/words.ts'

export interface ConnectorOptions {
  /** Absolute; the plugin's own. */
  readonly dataFolder: string
  readonly log: Log
  /** ms since the epoch. */
  readonly clock: () => number
  /** Where the sign-in to the cloud is kept. */
  readonly secrets: Secrets
  /** The process before this one ended by itself. */
  readonly afterCrash?: boolean
  /** Where the icon is shown, if there is one. */
  readonly platform?: NodeJS.Platform
  readonly paces?: Paces
  /** Looks at the ledger for what others moved: while something is in hand, and while nothing is; ms. */
  readonly lookMs?: { readonly busy: number; readonly idle: number }
}

/** The life of the plugin between its configuration and its stop, and an answer to everything that a host may ask. */
export interface Connector {
  readonly handlers: Handlers<'plugin'>
  /** A new connection to the host, in place of the one before. */
  readonly connected: (host: Host) => void
  /** Begins nothing new, finishes what is being published, closes. The same promise each time. */
  readonly stop: () => Promise<void>
  /** Resolves once a stop, whoever asked for it, is done. */
  readonly stopped: Promise<void>
}

const LOOK_MS = { busy: 250, idle: 2000 }
/** How long a configuration is waited for until it stands where it will stay; then it is told as it is. */
const SETTLING_MS = 5000

export function createConnector(options: ConnectorOptions): Connector {
  const { log, clock, dataFolder, paces = PACES, lookMs = LOOK_MS, platform = process.platform } = options
  let host: Host | null = null
  let running: Running | null = null
  let state: ConnectorState = { kind: 'off', since: clock(), failure: null }
  let language: Language = 'en'
  let stopping: Promise<void> | null = null
  const stopped = Promise.withResolvers<void>()
  let turn: Promise<unknown> = Promise.resolve()
  let atWork: WorkStanding = { kind: 'off', failure: null }
  let link: CloudLink | null = null
  /** As it was told last. */
  let cloudNow: CloudState | null = null
  /** Happened before the first configuration or between two. */
  const unnoted: { readonly kind: ActivityKind; readonly code?: Failure['code'] }[] = options.afterCrash
    ? [{ kind: 'import-ended-by-itself' }]
    : []
  /** From the first configuration on. */
  let icon: Icon | null = null
  const clients = hostClients()
  const logDownload = downloadLog(log)
  const downloads = downloadBars(() => shown)
  const shown = bars((token, value) => host?.notify('$/progress', { token, value }), clock, {
    titleOf: downloads.titleOf,
  })

  return {
    handlers: handlers(),
    connected(next) {
      host = next
      clients.connected(next)
      shown.again()
      log.note('connected')
    },
    stop,
    stopped: stopped.promise,
  }

  /** Whole or not at all; one after the other. */
  function configure(configuration: Configuration): Promise<ConnectorState> {
    return inTurn(async () => {
      if (stopping) throw new BridgeError('not-configured')
      if (running?.text === textOf(configuration)) {
        await at(({ installation }) => forgotten(installation, configuration))
        return state
      }
      let next: Configured
      try {
        next = await configured(configuration, dataFolder, {
          clients: clients.list,
          onProgress: shown.moved,
        })
        await forgotten(next.installation, configuration).catch(async (error: unknown) => {
          await next.installation.close()
          throw error
        })
      } catch (error) {
        log.note('configuration-refused', { code: asImportError(error).code })
        throw worded(error, configuration.language)
      }
      // The old one has to be closed before the new one begins: they may be of one case folder.
      await close()
      language = configuration.language
      await linkTo(configuration.cloud?.profile ?? null)
      running = run(next)
      icon ??= openIcon()
      log.note('configured')
      // With its orders, which nothing knows before: a host would take them all for gone.
      await tellCloud()
      await within(SETTLING_MS, running.work.settled)
      return state
    })
  }

  /** A sign-in stays through every change but that of its profile. */
  async function linkTo(profile: string | null): Promise<void> {
    if (profile === (link?.text ?? null)) return
    const old = link
    link = null
    await old?.close()
    if (profile !== null) {
      // Loaded where it is wanted: a plugin that watches a folder is ready without it.
      const { openCloudLink } = await import('./connecting/cloud-link.ts')
      link = openCloudLink(profile, {
        secrets: options.secrets,
        clock,
        onChange: cloudMoved,
        onSignIn(news) {
          log.note(news.kind, news.code === undefined ? {} : { code: news.code })
          if (running) running.diary.note(news.kind, news)
          else unnoted.push(news)
        },
        onSignInFailed: ({ code }) => log.note('sign-in-failed', { code }),
        onNotUnderstood: (rx) =>
          running?.diary.note('cloud-order-not-understood', { facts: rx === null ? {} : { rx } }),
        onFailure: (thrown) => logged(asImportError(thrown), thrown),
      })
    }
  }

  function cloudMoved(): void {
    if (rests(link?.standing() ?? null, running?.configuration.cloud?.paused ?? false)) downloads.rest()
    restate()
    void tellCloud()
  }

  /** The whole state as it is when it is read: words that overtake each other say the same. */
  async function tellCloud(): Promise<void> {
    try {
      cloudNow = (await link?.state(language)) ?? null
      host?.notify('cloud/changed', { cloud: cloudNow })
      paint()
    } catch (error) {
      log.fault(error)
    }
  }

  function openIcon(): Icon {
    if (platform !== 'win32') log.note('no-icon')
    return createIcon({
      platform,
      clock,
      language: () => language,
      balloons: () => running?.configuration.cloud?.balloons ?? true,
      onHost: (command) => host?.notify('user/command', { command }),
      onLook: look,
      onSignOut: () => void inTurn(async () => link?.signOut()).catch(log.fault),
      onFault: log.fault,
      onSessionEnd: () => void stop(),
    })
  }

  function look(): void {
    running?.work.look()
    link?.look()
  }

  function paint(): void {
    if (icon === null || running === null) return
    icon.show({
      connector: state,
      cloud: cloudNow,
      questions: running.telling.open(),
      importing: running.work.inHand(),
    })
  }

  function run(next: Configured): Running {
    const { installation, configuration } = next
    const { importer } = installation
    const hindrances: Running['hindrances'] = new Map()
    const unsettled: Running['unsettled'] = new Map()
    let work: Work | null = null
    const kept = diary(importer.ledger, (thrown) => logged(asImportError(thrown), thrown))
    for (const news of unnoted.splice(0)) kept.note(news.kind, news)
    const folders = outages(kept)
    const telling = startTelling({
      importer,
      host: () => host,
      hindrance: (revision) => hindrances.get(revision) ?? null,
      watches: (path) => liesIn(configuration.exportFolder, { path }),
      busy: () => (work?.inHand() ?? 0) > 0,
      onFailure: log.fault,
      onTold: paint,
      busyMs: lookMs.busy,
      idleMs: lookMs.idle,
    })
    work = startWork({
      installation,
      exportFolder: configuration.exportFolder,
      decideAnew: next.otherMaterials,
      paces,
      onState(kind, failure) {
        folders(failure)
        const wasAway = atWork.kind === 'offline' || atWork.kind === 'attention'
        atWork = { kind, failure }
        restate()
        // What is downloaded already does not wait for its next turn.
        if (wasAway && (kind === 'active' || kind === 'off')) link?.look()
      },
      onPackage(path, result) {
        shown.done(path)
        if (result.outcome === 'refused' && mayPass(result.failure.code)) notSettled(path, result.failure)
        else unsettled.delete(path)
        if (result.outcome === 'refused') logged(result.failure, result.cause)
        else came(result)
        void telling.look()
      },
      onDownload(path, result) {
        shown.done(path)
        if (result.outcome === 'refused') logged(result.failure, result.cause)
        else came(result)
        void telling.look()
      },
      onRevision(revision, result) {
        shown.done(result.source)
        if (result.outcome === 'refused') {
          hindrances.set(revision, result.failure)
          logged(result.failure, result.cause)
        } else came(result)
        telling.again(revision)
        void telling.look()
      },
      onFailure: logged,
    })
    if (configuration.cloud) void link?.watch(sourceOf(installation, configuration.cloud, work))
    return { ...next, work, telling, diary: kept, hindrances, unsettled }

    function came(result: Exclude<ImportResult, { readonly outcome: 'refused' }>): void {
      hindrances.delete(result.revisionId)
      if (result.outcome === 'published') icon?.arrived()
    }

    /** What may pass is told once it does not: the ledger keeps nothing of it. */
    function notSettled(path: string, failure: Failure): void {
      const failures = (unsettled.get(path)?.failures ?? 0) + 1
      const refused = { id: 0 as never, path, signature: '', failure, attempts: failures, seenAt: clock() }
      unsettled.set(path, { ...refused, failures })
      if (failures === 2) host?.notify('orders/packageRefused', { package: sentRefused(refused, language) })
    }
  }

  function logged(failure: Failure, thrown: unknown): void {
    if (failure.code === 'unexpected') log.fault(thrown)
    else log.note('failure', { code: failure.code })
  }

  function sourceOf(
    { importer, ledgerKey }: Installation,
    cloud: CloudConfiguration,
    work: Work,
  ): SourceSetup {
    return {
      cloud,
      ledger: importer.ledger,
      disk: importer.disk,
      // Fetches are numbered by their ledger.
      downloads: join(dataFolder, 'downloads', ledgerKey),
      random: importer.random,
      pause: systemPause,
      onPackage: (path, fetch) => downloads.importing(path, fetch, () => work.takeDownload(path, fetch)),
      onProgress: downloads.moved,
      onFetch(fetch) {
        downloads.saw(fetch)
        logDownload(fetch)
      },
    }
  }

  /** The one place where it changes: noted and told only where it did. */
  function restate(): void {
    if (stopping) return
    const { kind, failure } = standing(atWork, link?.standing() ?? null)
    if (state.kind === kind && (state.failure?.code ?? null) === (failure?.code ?? null)) return
    state = { kind, since: clock(), failure: failure && sentFailure(failure, language) }
    log.note('state', { state: kind, ...(failure ? { code: failure.code } : {}) })
    host?.notify('plugin/stateChanged', { state })
    paint()
  }

  async function close(): Promise<void> {
    const old = running
    running = null
    if (old === null) return
    try {
      await Promise.all([old.work.stop(), link?.unwatch()])
      // What has just been finished is told before the end.
      await old.telling.look()
      await old.telling.stop()
      await old.diary.written()
      await old.installation.close()
    } catch (error) {
      // The disk under it may be gone: what is left is for the next start to put right.
      log.fault(error)
    }
  }

  function stop(): Promise<void> {
    if (!stopping) {
      // Interrupts at once whatever a configuration in hand still begins.
      const ending = Promise.all([running?.work.stop(), link?.unwatch()])
      clients.stop()
      stopping = inTurn(async () => {
        await ending
        await close()
        await link?.close()
        icon?.close()
        log.note('stopped')
      })
      stopping.then(stopped.resolve, stopped.reject)
    }
    return stopping
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }

  /** Everything but the life cycle needs a configuration; a refusal goes out in the configured language. */
  async function at<T>(work: (running: Running) => Promise<T>): Promise<T> {
    // Between two configurations there is none for a moment.
    if (running === null && !stopping) await turn
    if (running === null) throw new BridgeError('not-configured')
    try {
      return await work(running)
    } catch (error) {
      if (error instanceof ImportError && error.code === 'unexpected') log.fault(error)
      throw worded(error, language)
    }
  }

  function handlers(): Handlers<'plugin'> {
    return {
      'plugin/configure': async (configuration) => ({ state: await configure(configuration) }),
      'plugin/state': async () => ({ state }),
      'plugin/stop': async () => {
        await stop()
        return {}
      },
      ...answers({
        at,
        language: () => language,
        onLook({ configuration }) {
          const barred = barsLook(configuration, link?.standing() ?? null)
          if (barred !== null) throw new ImportError(barred)
          look()
        },
      }),
      ...cloudHandlers({ link: () => link, language: () => language, at, inTurn }),
      'clients/changed': () => {
        clients.changed()
        running?.telling.clientsChanged()
      },
      // The host has no long work that the plugin waits for.
      '$/progress': () => {},
    }
  }
}

/** A refusal carries its own words; what no room foresaw tells the host nothing. */
function worded(error: unknown, language: Language): unknown {
  if (!(error instanceof ImportError) || error.code === 'unexpected') return error
  return Object.assign(error, { text: hostFailureText(error, language) })
}

async function within(ms: number, event: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([event, promise])
  clearTimeout(timer)
}
