import type { Configuration, ConnectorState, Answer as SentAnswer } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import type { Handlers } from '../bridge/peer.ts'
import { keepAnswer } from './answering.ts'
import { bars } from './connecting/bars.ts'
import { type Configured, configured, textOf } from './connecting/configuration.ts'
import { goneFrom } from './connecting/gone.ts'
import type { Host } from './connecting/host.ts'
import { hostClients } from './connecting/host-clients.ts'
import {
  pageOf,
  sentActivity,
  sentDoctorMapping,
  sentFailure,
  sentMaterialMapping,
  sentRefused,
} from './connecting/sent.ts'
import { startTelling, type Telling } from './connecting/telling.ts'
import { mayPass, PACES, type Paces, startWork, type Work } from './connecting/work.ts'
import { asImportError, type Failure, ImportError } from './errors.ts'
import { listActivity } from './ledger/activity.ts'
import {
  clearMethodDefault,
  deleteDoctorMapping,
  deleteMaterialMapping,
  doctorMappings,
  materialMappings,
} from './ledger/mappings.ts'
import { listOrders } from './ledger/orders.ts'
import { forgetRefused, type RefusedPackage, refusedPackages } from './ledger/packages.ts'
import type { ActivityId, DoctorMappingId, QuestionId, RevisionId } from './ledger/schema.ts'
import type { Log } from './log.ts'
import type { ClientId } from './mapping/clients.ts'
import type { Language } from './mapping/materials.ts'
import type { Answer } from './mapping/questions.ts'
import { hostFailureText } from './words/words.ts'

export interface ConnectorOptions {
  /** Absolute; the plugin's own. */
  readonly dataFolder: string
  readonly log: Log
  /** ms since the epoch. */
  readonly clock: () => number
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

/** One configuration at work. */
interface Running extends Configured {
  readonly work: Work
  readonly telling: Telling
  /** Why a revision or a package does not go on, where the ledger keeps no failure of it. */
  readonly hindrances: Map<RevisionId, Failure>
  readonly unsettled: Map<string, RefusedPackage & { readonly failures: number }>
}

const LOOK_MS = { busy: 250, idle: 2000 }
/** Questions of one page where the host does not say. */
const QUESTIONS = 20
/** How long a configuration is waited for until it stands where it will stay; then it is told as it is. */
const SETTLING_MS = 5000

export function createConnector(options: ConnectorOptions): Connector {
  const { log, clock, dataFolder, paces = PACES, lookMs = LOOK_MS } = options
  let host: Host | null = null
  let running: Running | null = null
  let state: ConnectorState = { kind: 'off', since: clock(), failure: null }
  let language: Language = 'en'
  let stopping: Promise<void> | null = null
  const stopped = Promise.withResolvers<void>()
  let turn: Promise<unknown> = Promise.resolve()
  const clients = hostClients()
  const shown = bars((token, value) => host?.notify('$/progress', { token, value }), clock)

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
      if (running?.text === textOf(configuration)) return state
      let next: Configured
      try {
        next = await configured(configuration, dataFolder, {
          clients: clients.list,
          onProgress: shown.moved,
        })
      } catch (error) {
        log.note('configuration-refused', { code: asImportError(error).code })
        throw worded(error, configuration.language)
      }
      // The old one has to be closed before the new one begins: they may be of one case folder.
      await close()
      language = configuration.language
      running = run(next)
      log.note('configured')
      await within(SETTLING_MS, running.work.settled)
      return state
    })
  }

  function run(next: Configured): Running {
    const { installation, configuration } = next
    const { importer } = installation
    const hindrances: Running['hindrances'] = new Map()
    const unsettled: Running['unsettled'] = new Map()
    let work: Work | null = null
    const telling = startTelling({
      importer,
      host: () => host,
      hindrance: (revision) => hindrances.get(revision) ?? null,
      busy: () => (work?.inHand() ?? 0) > 0,
      onFailure: log.fault,
      busyMs: lookMs.busy,
      idleMs: lookMs.idle,
    })
    work = startWork({
      installation,
      exportFolder: configuration.exportFolder,
      decideAnew: next.otherMaterials,
      paces,
      onState: setState,
      onPackage(path, result) {
        shown.done(path)
        if (result.outcome === 'refused' && mayPass(result.failure.code)) notSettled(path, result.failure)
        else unsettled.delete(path)
        if (result.outcome === 'refused') logged(result.failure, result.cause)
        else hindrances.delete(result.revisionId)
        void telling.look()
      },
      onRevision(revision, result) {
        shown.done(result.source)
        if (result.outcome === 'refused') {
          hindrances.set(revision, result.failure)
          logged(result.failure, result.cause)
        } else hindrances.delete(revision)
        telling.again(revision)
        void telling.look()
      },
      onFailure: logged,
    })
    return { ...next, work, telling, hindrances, unsettled }

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

  /** The one place where it changes: noted and told only where it did. */
  function setState(kind: ConnectorState['kind'], failure: Failure | null): void {
    if (stopping) return
    if (state.kind === kind && (state.failure?.code ?? null) === (failure?.code ?? null)) return
    state = { kind, since: clock(), failure: failure && sentFailure(failure, language) }
    log.note('state', { state: kind, ...(failure ? { code: failure.code } : {}) })
    host?.notify('plugin/stateChanged', { state })
  }

  async function close(): Promise<void> {
    const old = running
    running = null
    if (old === null) return
    try {
      await old.work.stop()
      // What has just been finished is told before the end.
      await old.telling.look()
      await old.telling.stop()
      await old.installation.close()
    } catch (error) {
      // The disk under it may be gone: what is left is for the next start to put right.
      log.fault(error)
    }
  }

  function stop(): Promise<void> {
    if (!stopping) {
      // Interrupts at once whatever a configuration in hand still begins.
      const ending = running?.work.stop()
      clients.stop()
      stopping = inTurn(async () => {
        await ending
        await close()
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
      'orders/list': ({ limit, after, stages }) =>
        at(({ telling, installation }) =>
          telling.inTurn(async () => {
            const page = await listOrders(installation.importer.ledger, {
              ...(limit === undefined ? {} : { limit }),
              ...(after === undefined ? {} : { after: after as RevisionId }),
              ...(stages === undefined ? {} : { stages }),
            })
            return { orders: pageOf(await telling.orders(page)) }
          }),
        ),
      'orders/refused': () =>
        at(({ telling, installation, configuration, unsettled }) =>
          telling.inTurn(async () => {
            const kept = await refusedPackages(installation.importer.ledger, { limit: 500 })
            const stubborn = [...unsettled.values()].filter(({ failures }) => failures > 1)
            const gone = await goneFrom(configuration.exportFolder, installation.importer.disk, [
              ...stubborn,
              ...kept,
            ])
            await forgetRefused(
              installation.importer.ledger,
              kept.filter(({ path }) => gone.has(path)).map(({ id }) => id),
            )
            for (const path of gone) unsettled.delete(path)
            const there = [...stubborn, ...kept].filter(({ path }) => !gone.has(path))
            const all = there.sort((a, b) => b.seenAt - a.seenAt).slice(0, 500)
            return { packages: all.map((one) => sentRefused(one, language)) }
          }),
        ),
      'orders/look': () =>
        at(async ({ work, telling }) => {
          work.look()
          void telling.look()
          return {}
        }),
      'questions/list': ({ limit = QUESTIONS, after }) =>
        at(({ telling }) =>
          telling.inTurn(async () => {
            const page = { limit, ...(after === undefined ? {} : { after: after as QuestionId }) }
            return { questions: pageOf(await telling.questions(page)) }
          }),
        ),
      'questions/answer': ({ question, answer }) =>
        at(async ({ installation, work, telling }) => {
          const released = await keepAnswer(installation.importer, question as QuestionId, answerOf(answer))
          work.goOn(released)
          void telling.look()
          return { released: released.length }
        }),
      'mappings/doctors': ({ limit, after }) =>
        at(async ({ installation }) => {
          const doctors = await doctorMappings(installation.importer.ledger, {
            ...(limit === undefined ? {} : { limit }),
            ...(after === undefined ? {} : { after: after as DoctorMappingId }),
          })
          return { doctors: doctors.map(sentDoctorMapping) }
        }),
      'mappings/materials': ({ limit, after }) =>
        at(async ({ installation }) => {
          const { ledger, materials } = installation.importer
          const mappings = await materialMappings(ledger, {
            ...(limit === undefined ? {} : { limit }),
            ...(after === undefined ? {} : { after }),
          })
          return { materials: mappings.map((one) => sentMaterialMapping(one, materials)) }
        }),
      'mappings/deleteDoctor': ({ id }) =>
        forgetting((running) =>
          deleteDoctorMapping(running.installation.importer.ledger, id as DoctorMappingId),
        ),
      'mappings/deleteMaterial': ({ key }) =>
        forgetting((running) => deleteMaterialMapping(running.installation.importer.ledger, key)),
      'mappings/clearMethod': ({ key }) =>
        forgetting((running) => clearMethodDefault(running.installation.importer.ledger, key)),
      'activity/list': ({ limit, after }) =>
        at(async ({ installation }) => {
          const entries = await listActivity(installation.importer.ledger, {
            ...(limit === undefined ? {} : { limit }),
            ...(after === undefined ? {} : { after: after as ActivityId }),
          })
          return { entries: entries.map((entry) => sentActivity(entry, language)) }
        }),
      'clients/changed': () => {
        clients.changed()
        running?.telling.clientsChanged()
      },
      // The host has no long work that the plugin waits for.
      '$/progress': () => {},
    }
  }

  function forgetting(forget: (running: Running) => Promise<void>): Promise<Record<string, never>> {
    return at(async (running) => {
      await forget(running)
      void running.telling.look()
      return {}
    })
  }
}

const answerOf = (answer: SentAnswer): Answer =>
  answer.kind === 'doctor'
    ? { kind: 'doctor', client: { existing: answer.client as ClientId } }
    : {
        kind: 'material',
        material: answer.material,
        method: answer.method,
        makeDefault: answer.makeDefault,
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
