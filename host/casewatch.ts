import { readdir, realpath, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type FSWatcher, watch } from 'chokidar'
import { type Database, firstRow, noting, rows } from './database.ts'
import { removeCases, type SeenCase, upsertCase } from './listed-cases.ts'
import type { Look } from './read/folder.ts'
import { caseReaders } from './read/readers.ts'

export interface CaseWatchOptions {
  readonly db: Database
  /** Absolute: the case folder. */
  readonly folder: string
  /** Rows changed; once for each batch. */
  readonly onChange: () => void
  readonly onState?: (state: CaseWatchState) => void
  /** The database could not be written; the folders are looked at once more later. */
  readonly onFailure?: (error: unknown) => void
  /** How long a folder that is no whole case has to be quiet before it is listed as broken, ms. */
  readonly settleMs?: number
  /** How often a broken one is looked at again, ms. */
  readonly brokenMs?: number
  /** How often every case is looked at, for changes that no watch tells (inside a case; on a share), ms. */
  readonly sweepMs?: number
  /** How often the case folder itself is looked for, ms. */
  readonly rootMs?: number
}

export type CaseWatchState = 'listing' | 'watching' | 'folder-gone'

export interface CaseWatch {
  /** Resolves when the first listing is done, or there is no folder to list. */
  readonly settled: Promise<void>
  state(): CaseWatchState
  /** Look at this case now: somebody says that it changed. */
  look(project: string): void
  /** Stops and waits for the batch in hand. The same promise each time. */
  close(): Promise<void>
}

/** Cases that one thread is asked for at once. */
const ASK = 40
/** Rows in one transaction: a few ms, so that the server answers in between. */
const BATCH = 40
const LANES = 2
/** Names that are put into the queue at once. */
const NAMES = 5000
/** A folder that keeps changing is listed as broken all the same after this, ms: a large copy has begun to be seen. */
const LONG_COPY_MS = 10_000
/** Pause between two sweeps where the system gives no watch, ms. */
const BLIND_SWEEP_MS = 5000
/** After a failure, ms. */
const AGAIN_MS = 5000
/** Broken ones looked at in one round. */
const BROKEN_ROUND = 100

/**
 * Keeps the list in step with the case folder: one watch of depth 0 and a listing at the start and whenever the folder
 * comes back. What is no whole case is listed with the reason and looked at again when it changes; names with a dot in
 * front and plain files are left alone. While the folder is away its cases stay in the list. Never throws.
 */
export function watchCases(options: CaseWatchOptions): CaseWatch {
  const { db, onChange, settleMs = 2000, brokenMs = 2000, sweepMs = 60_000, rootMs = 1000 } = options
  const folder = resolve(options.folder)
  const readers = caseReaders(LANES)
  const settled = Promise.withResolvers<void>()
  /** Names to look at; true: list it as broken without waiting. */
  const queue = new Map<string, boolean>()
  const unsettled = new Map<string, { signature: string; since: number; first: number }>()
  const inHand = new Set<Promise<void>>()
  let state: CaseWatchState = 'listing'
  let watcher: FSWatcher | null = null
  let root = ''
  /** Lanes at work, and the promise that the queue is empty and all of it written. */
  let lanes = 0
  let emptied: PromiseWithResolvers<void> | null = null
  let closing: Promise<void> | null = null
  /** Being looked at now; asked for again meanwhile: never two looks at once, whose answers could cross. */
  const busy = new Set<string>()
  const again = new Map<string, boolean>()
  let nextSweepAt = 0
  let blind = false

  const timers = [
    setInterval(() => track(checkRoot()), rootMs),
    setInterval(lookAtBroken, brokenMs),
    setInterval(lookAtUnsettled, Math.max(20, settleMs / 4)),
  ]
  track(checkRoot().then(() => settled.resolve()))

  return {
    settled: settled.promise,
    state: () => state,
    look: (project) => enqueue([project]),
    close() {
      closing ??= (async () => {
        for (const timer of timers) clearInterval(timer)
        queue.clear()
        await readers.close()
        await watcher?.close()
        while (inHand.size > 0) await Promise.allSettled(inHand)
        settled.resolve()
      })()
      return closing
    },
  }

  function toState(next: CaseWatchState): void {
    if (state === next) return
    state = next
    options.onState?.(next)
  }

  /** Is the folder there, and still the same? Comes back after it was away, or after another took its place. */
  async function checkRoot(): Promise<void> {
    const found = await stat(folder).catch(() => null)
    if (closing) return
    if (found === null || !found.isDirectory()) return folderGone()
    const identity = `${found.dev}:${found.ino}`
    if (identity !== root) {
      root = identity
      toState('listing')
      await rewatch()
      await list('first')
      if (root === identity) toState('watching')
    } else if (state === 'watching' && performance.now() >= nextSweepAt) {
      await list('sweep')
    }
  }

  function folderGone(): void {
    root = ''
    queue.clear()
    unsettled.clear()
    void watcher?.close()
    watcher = null
    toState('folder-gone')
  }

  async function rewatch(): Promise<void> {
    void watcher?.close()
    const real = await realpath(folder).catch(() => folder)
    if (closing) return
    blind = false
    const opened = watch(real, {
      depth: 0,
      ignoreInitial: true,
      followSymlinks: false,
      ignored: (path, stats) => stats?.isFile() === true || isHidden(relative(real, path)),
    })
    opened.on('all', (event, path) => {
      if (watcher !== opened) return
      const name = relative(real, path)
      if (name === '') track(checkRoot())
      else if (event !== 'change') enqueue([name])
    })
    // It tells nothing of what came between the listing and its own first look.
    opened.on('ready', () => {
      if (watcher === opened) track(listDifferences())
    })
    opened.on('error', () => {
      blind = true
    })
    watcher = opened
  }

  /** Everything that stands in the folder or in the list. `first`: what is broken is listed at once. */
  async function list(which: 'first' | 'sweep'): Promise<void> {
    const started = performance.now()
    nextSweepAt = Number.POSITIVE_INFINITY
    const found = await compare().catch((error: unknown) => {
      nextSweepAt = started + AGAIN_MS
      throw error
    })
    if (closing) return
    if (found === null) {
      nextSweepAt = started + AGAIN_MS
      return
    }
    const { there, listed } = found
    const all = [...there, ...[...listed].filter((name) => !there.has(name))]
    await enqueueMany(all, which === 'first')
    const now = performance.now()
    // A slow share is not swept all the time; where the system gives no watch, sweeping is all there is.
    const pause = blind ? Math.min(sweepMs, BLIND_SWEEP_MS) : sweepMs
    nextSweepAt = Math.min(nextSweepAt, now + Math.max(pause, 20 * (now - started)))
  }

  /** What stands in the folder and not in the list, or the other way round. */
  async function listDifferences(): Promise<void> {
    const found = await compare()
    if (found === null || closing) return
    await enqueueMany([...found.there.symmetricDifference(found.listed)], false)
  }

  /** Names in the folder, newest first, and names in the list; null: the folder cannot be listed. */
  async function compare(): Promise<{
    readonly there: ReadonlySet<string>
    readonly listed: ReadonlySet<string>
  } | null> {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => null)
    if (entries === null || closing) return null
    const there = entries
      .filter((entry) => !entry.isFile() && !isHidden(entry.name))
      .map((entry) => entry.name)
      .sort()
      // Names usually begin with the date.
      .reverse()
    await setImmediate()
    if (closing) return null
    const listed = rows(db, "select project from cases where kind = 'case'").map(({ project }) =>
      String(project),
    )
    return { there: new Set(there), listed: new Set(listed) }
  }

  /** A hundred thousand names at a time would hold the server up. Ends when all are looked at. */
  async function enqueueMany(names: readonly string[], atOnce: boolean): Promise<void> {
    for (let from = 0; from < names.length; from += NAMES) {
      await setImmediate()
      void enqueue(names.slice(from, from + NAMES), atOnce)
    }
    await enqueue([])
  }

  function enqueue(names: readonly string[], atOnce = false): Promise<void> {
    if (closing || state === 'folder-gone') return Promise.resolve()
    for (const name of names) {
      if (!isPlain(name)) continue
      const into = busy.has(name) ? again : queue
      into.set(name, atOnce || (into.get(name) ?? false))
    }
    if (queue.size > 0) emptied ??= Promise.withResolvers()
    // One thread takes what trickles in; the next one is woken where more waits than one is asked for.
    const wanted = Math.min(readers.lanes, Math.ceil(queue.size / ASK))
    while (lanes < wanted) {
      lanes++
      track(lane())
    }
    return emptied?.promise ?? Promise.resolve()
  }

  async function lane(): Promise<void> {
    while (queue.size > 0 && !closing) {
      const asked = new Map(firstOf(queue, ASK))
      for (const name of asked.keys()) {
        queue.delete(name)
        busy.add(name)
      }
      await look(asked)
      for (const name of asked.keys()) {
        busy.delete(name)
        const atOnce = again.get(name)
        if (again.delete(name)) queue.set(name, atOnce ?? false)
      }
    }
    lanes--
    if (lanes > 0) return
    emptied?.resolve()
    emptied = null
  }

  async function look(asked: ReadonlyMap<string, boolean>): Promise<void> {
    try {
      const cases = [...asked.keys()].map((name) => ({ name, signature: signatureOf(name) }))
      const looks = await readers.read({ caseFolder: folder, cases })
      // A folder that went away in between took no case out of the list.
      if (looks.some(({ kind }) => kind === 'gone') && (await stat(folder).catch(() => null)) === null) {
        return folderGone()
      }
      if (closing || state === 'folder-gone') return
      const listed = looks.filter((each) => isToBeListed(each, asked.get(each.name) ?? false))
      for (let from = 0; from < listed.length; from += BATCH) {
        write(listed.slice(from, from + BATCH))
        onChange()
        await setImmediate()
        if (closing) return
      }
    } catch (error) {
      if (closing) return
      options.onFailure?.(error)
      // The next sweep finds them again.
      nextSweepAt = performance.now() + AGAIN_MS
    }
  }

  function write(looks: readonly Look[]): void {
    noting(db, () => {
      for (const each of looks) if (each.kind === 'case') upsertCase(db, each.seen)
      removeCases(
        db,
        looks.filter(({ kind }) => kind === 'gone').map(({ name }) => name),
      )
    })
  }

  /** A copy or a save that is under way is given time: what is broken for a moment only is not worth a word. */
  function isToBeListed(each: Look, atOnce: boolean): boolean {
    if (each.kind === 'same') {
      unsettled.delete(each.name)
      return false
    }
    if (each.kind === 'gone') {
      unsettled.delete(each.name)
      return signatureOf(each.name) !== null
    }
    const { seen } = each
    if (seen.problem === null || isListedAsBroken(seen)) {
      unsettled.delete(seen.project)
      return true
    }
    if (atOnce && signatureOf(seen.project) === null) return true
    const now = performance.now()
    const before = unsettled.get(seen.project)
    if (
      before?.signature === seen.signature
        ? now - before.since >= settleMs
        : now - (before?.first ?? now) >= LONG_COPY_MS
    ) {
      unsettled.delete(seen.project)
      return true
    }
    const since = before?.signature === seen.signature ? before.since : now
    unsettled.set(seen.project, { signature: seen.signature, since, first: before?.first ?? now })
    return false
  }

  function isListedAsBroken({ project }: SeenCase): boolean {
    const row = firstRow(db, "select status from cases where project = ? and kind = 'case'", project)
    return row?.['status'] === 'broken'
  }

  function signatureOf(name: string): string | null {
    const row = firstRow(db, "select signature from cases where project = ? and kind = 'case'", name)
    return row === null ? null : String(row['signature'])
  }

  function lookAtBroken(): void {
    if (state !== 'watching') return
    const broken = rows(
      db,
      "select project from cases where status = 'broken' and kind = 'case' order by random() limit ?",
      BROKEN_ROUND,
    )
    enqueue(broken.map((row) => String(row['project'])))
  }

  function lookAtUnsettled(): void {
    if (unsettled.size > 0) enqueue([...unsettled.keys()].slice(0, BROKEN_ROUND))
  }

  function track(work: Promise<void>): void {
    const safe = work.catch((error: unknown) => options.onFailure?.(error))
    inHand.add(safe)
    void safe.finally(() => inHand.delete(safe))
  }
}

function* firstOf<T>(all: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const each of all) {
    if (left-- === 0) return
    yield each
  }
}

const isHidden = (name: string): boolean => name.startsWith('.') && name !== '..' && !/^\.\.[/\\]/.test(name)

/** A folder directly in the case folder, by a name that no way is hidden in. */
const isPlain = (name: string): boolean => name !== '' && !isHidden(name) && !/[/\\\0]|^\.\.$/.test(name)
