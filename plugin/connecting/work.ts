import type { HandedOn } from '../cloud/fetching.ts'
import { importAccount } from '../cloud/ids.ts'
import { asImportError, FAILURES, type Failure } from '../errors.ts'
import { continueRevision, importPackage, resumeEach } from '../importer.ts'
import { handedOn, isOfCaseFolder, noteOutcome } from '../importing/package-note.ts'
import type { ImportResult } from '../importing/setup.ts'
import { type Installation, tryCaseFolder } from '../installation.ts'
import { renewClaims } from '../ledger/claims.ts'
import type { Fetch } from '../ledger/fetches.ts'
import { waitingRevisions } from '../ledger/news.ts'
import { openRevisions } from '../ledger/orders.ts'
import { packageOutcome } from '../ledger/packages.ts'
import type { RevisionId } from '../ledger/schema.ts'
import { type FolderWatch, watchFolder } from '../sources/folder.ts'
import { exportFolderFailure } from './configuration.ts'
import type { WorkStanding } from './standing.ts'

/** How often things are looked at, ms. */
export interface Paces {
  /** Whether the folders are there. */
  readonly probeMs: number
  /** Until a failure of the case folder or the ledger is tried again; doubled each time, up to a minute. */
  readonly troubleMs: number
  /** Orders that were left lying by someone else. */
  readonly sweepMs: number
  /** A revision that another importer is at. */
  readonly heldMs: number
  /** Of the export folder's watch; its own where left out. */
  readonly quietMs?: number
  readonly relistMs?: number
  readonly againMs?: number
  readonly patienceMs?: number
}

export const PACES: Paces = { probeMs: 3000, troubleMs: 2000, sweepMs: 60_000, heldMs: 1000 }

const LONGEST_TROUBLE_MS = 60_000

export interface WorkOptions {
  readonly installation: Installation
  /** null: nothing is looked for; what waits goes on when it is answered. */
  readonly exportFolder: string | null
  /** Decide what waits anew, once. */
  readonly decideAnew: boolean
  readonly paces: Paces
  readonly onState: (kind: WorkStanding['kind'], failure: Failure | null) => void
  /** What became of a package of the export folder. */
  readonly onPackage: (path: string, result: ImportResult) => void
  /** What became of a package that was fetched. */
  readonly onDownload: (path: string, result: ImportResult) => void
  /** What became of a revision that went on from the ledger. */
  readonly onRevision: (revision: RevisionId, result: ImportResult) => void
  /** What is no order's fault. */
  readonly onFailure: (failure: Failure, thrown: unknown) => void
}

export interface Work {
  /** Resolves when it first stands where it will stay: active, off, offline or attention. */
  readonly settled: Promise<void>
  /** Packages and revisions in hand. */
  readonly inHand: () => number
  readonly look: () => void
  readonly goOn: (revisions: Iterable<RevisionId>) => void
  /** Imports what was fetched from the cloud. */
  readonly takeDownload: (path: string, fetch: Fetch) => Promise<HandedOn>
  /** Begins nothing new, finishes what is being published, waits for it. The same promise each time. */
  readonly stop: () => Promise<void>
}

/**
 * The work of one installation, for as long as it is configured: watches the export folder, takes packages and answered
 * orders on, waits out what is away, and goes on by itself.
 */
export function startWork(options: WorkOptions): Work {
  const { installation, exportFolder, paces } = options
  const { importer } = installation
  const { ledger } = importer
  const stopping = new AbortController()
  const settled = Promise.withResolvers<void>()
  const backlog = new Set<RevisionId>()
  let watch: FolderWatch | null = null
  let trouble: Failure | null = null
  let inHand = 0
  let pumping: Promise<void> | null = null
  let wake = () => {}
  let decideAnew = options.decideAnew

  const over = loop()
  let stopped: Promise<void> | null = null

  return {
    settled: settled.promise,
    inHand: () => inHand,
    look() {
      wake()
      watch?.look().catch(() => {})
    },
    goOn(revisions) {
      for (const id of revisions) backlog.add(id)
      pump()
    },
    takeDownload,
    stop() {
      stopped ??= (async () => {
        stopping.abort()
        wake()
        // What is only being read is read again another time.
        await installation.interrupt()
        await over
        await pumping
      })()
      return stopped
    },
  }

  async function loop(): Promise<void> {
    let troubles = 0
    while (!stopping.signal.aborted) {
      const failure = trouble ?? (await unlessStopped(foldersFailure()))
      if (stopping.signal.aborted) break
      if (failure) {
        state(isAway(failure.code) ? 'offline' : 'attention', failure)
        const growing = Math.min(paces.troubleMs * 2 ** Math.min(troubles++, 10), LONGEST_TROUBLE_MS)
        await pause(trouble ? growing : paces.probeMs)
        trouble = null
        continue
      }
      const started = performance.now()
      await untilTrouble().catch(troubled)
      // Long enough without one: the next begins with short pauses again.
      if (performance.now() - started > LONGEST_TROUBLE_MS) troubles = 0
    }
    settled.resolve()
  }

  /** Everything runs, until something that is no order's fault stands in the way. */
  async function untilTrouble(): Promise<void> {
    const resuming = new AbortController()
    let resumed: Promise<void> = Promise.resolve()
    try {
      if (exportFolder !== null) {
        state('connecting', null)
        watch = await watchFolder({
          disk: importer.disk,
          folder: exportFolder,
          clock: importer.clock,
          known: async (path, signature) => (await packageOutcome(ledger, { path, signature })) !== null,
          onPackage: take,
          onFailure: troubled,
          onState: (is) => is === 'folder-gone' && wake(),
          ...given('quietMs', paces.quietMs),
          ...given('relistMs', paces.relistMs),
          ...given('againMs', paces.againMs),
          ...given('patienceMs', paces.patienceMs),
        })
      }
      if (!stopping.signal.aborted) state(exportFolder === null ? 'off' : 'active', null)
      resumed = resume(resuming.signal).catch(troubled)
      pump()
      let swept = performance.now()
      while (!stopping.signal.aborted && trouble === null) {
        await pause(paces.probeMs)
        if (stopping.signal.aborted || trouble !== null) return
        if ((await unlessStopped(foldersGone())) !== null) return
        if (performance.now() - swept < paces.sweepMs || inHand > 0) continue
        swept = performance.now()
        await sweep()
      }
    } finally {
      resuming.abort()
      const closing = watch
      watch = null
      await closing?.close()
      await resumed
    }
  }

  async function resume(signal: AbortSignal): Promise<void> {
    const stays = () => !signal.aborted && !stopping.signal.aborted && trouble === null
    const running = counted(async () => {
      for await (const result of resumeEach(importer)) {
        if (result.outcome === 'refused') troubledBy(result)
        if (result.outcome !== 'refused') options.onRevision(result.revisionId, result)
        if (!stays()) return
      }
    })
    await running
    if (!decideAnew || !stays()) return
    decideAnew = false
    for (const id of await waitingRevisions(ledger)) backlog.add(id)
    pump()
  }

  /** Left lying by an importer that was cut off after the last start. */
  async function sweep(): Promise<void> {
    for (const { id } of await openRevisions(ledger)) backlog.add(id)
    pump()
  }

  async function take(path: string, signature: string): Promise<'done' | 'again'> {
    if (stopping.signal.aborted || trouble !== null) return 'again'
    return counted(async () => {
      const result = await importPackage(importer, path)
      troubledBy(result)
      if (stopping.signal.aborted && result.outcome === 'refused') return 'again'
      const note = await noteOutcome(ledger, { path, signature }, result)
      options.onPackage(path, result)
      return note
    })
  }

  async function takeDownload(path: string, { account, orderId }: Fetch): Promise<HandedOn> {
    if (stopping.signal.aborted || trouble !== null) return 'again'
    return counted(async () => {
      const owner = { ...importer, account: importAccount(account) }
      const result = await importPackage(owner, path, { expect: { orderId } })
      troubledBy(result)
      if (stopping.signal.aborted && result.outcome === 'refused') return 'again'
      options.onDownload(path, result)
      return handedOn(result)
    })
  }

  /** One after the other; those that another importer is at come again. */
  function pump(): void {
    if (pumping || stopping.signal.aborted) return
    pumping = (async () => {
      for (const id of backlog) {
        if (stopping.signal.aborted || trouble !== null) return
        backlog.delete(id)
        const result = await counted(() => continueRevision(importer, id))
        if (result === null) {
          const timer = setTimeout(() => {
            backlog.add(id)
            pump()
          }, paces.heldMs)
          stopping.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
          continue
        }
        troubledBy(result)
        if (result.outcome === 'refused' && trouble !== null) backlog.add(id)
        if (!stopping.signal.aborted || result.outcome !== 'refused') options.onRevision(id, result)
        // Its package, where it still lies there, is taken anew.
        if (result.outcome === 'refused' && result.failure.code === 'staging-damaged') {
          watch?.look().catch(() => {})
        }
      }
    })()
      .catch(troubled)
      .finally(() => {
        pumping = null
        if (backlog.size > 0 && trouble === null) pump()
      })
  }

  function troubledBy(result: ImportResult): void {
    if (result.outcome === 'refused' && isTrouble(result.failure.code)) troubled(result.cause)
  }

  function troubled(thrown: unknown): void {
    if (stopping.signal.aborted) return
    const { code, facts } = asImportError(thrown)
    options.onFailure({ code, facts }, thrown)
    if (!isTrouble(code)) return
    trouble = { code, facts }
    wake()
  }

  function state(kind: WorkStanding['kind'], failure: Failure | null): void {
    options.onState(kind, failure)
    if (kind !== 'connecting') settled.resolve()
  }

  /** Whether work can begin: tried by writing, and the ledger too. */
  async function foldersFailure(): Promise<Failure | null> {
    try {
      await tryCaseFolder({ caseFolder: importer.caseFolder })
      await renewClaims(ledger, importer.me)
    } catch (error) {
      const { code, facts } = asImportError(error)
      return { code, facts }
    }
    const failure = exportFolder === null ? null : await exportFolderFailure(exportFolder)
    return failure && { code: failure.code, facts: failure.facts }
  }

  /** A look that costs nothing, while everything runs. */
  async function foldersGone(): Promise<true | null> {
    const there = await importer.disk.stat(importer.caseFolder).then(
      (stat) => stat.isDirectory(),
      () => false,
    )
    if (!there) return true
    return exportFolder !== null && (await exportFolderFailure(exportFolder)) !== null ? true : null
  }

  /** A share that hangs must not hold up the stop. */
  function unlessStopped<T>(look: Promise<T>): Promise<T | null> {
    const { promise, resolve } = Promise.withResolvers<null>()
    const stop = () => resolve(null)
    if (stopping.signal.aborted) stop()
    stopping.signal.addEventListener('abort', stop, { once: true })
    return Promise.race([look, promise]).finally(() => stopping.signal.removeEventListener('abort', stop))
  }

  /** Until the time is over, or somebody wakes it. */
  async function pause(ms: number): Promise<void> {
    if (stopping.signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    wake = resolve
    await promise
    clearTimeout(timer)
  }

  async function counted<T>(work: () => Promise<T>): Promise<T> {
    inHand++
    try {
      return await work()
    } finally {
      inHand--
    }
  }
}

/** Stands in the way of every order. */
const isTrouble = (code: Failure['code']) =>
  isOfCaseFolder(code) || code.startsWith('ledger-') || code === 'export-folder-missing'

/** It comes back by itself; everything else needs a person. */
const isAway = (code: Failure['code']) =>
  code === 'case-folder-missing' ||
  code === 'case-folder-unreachable' ||
  code === 'export-folder-missing' ||
  code === 'ledger-busy'

/** Whether a later attempt may go otherwise, with nobody doing anything. */
export const mayPass = (code: Failure['code']) => FAILURES[code] !== 'permanent'

const given = <K extends string>(key: K, ms: number | undefined) =>
  (ms === undefined ? {} : { [key]: ms }) as { readonly [P in K]?: number }
