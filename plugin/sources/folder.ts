import { join, relative, resolve, sep } from 'node:path'
import { watch as watchPaths } from 'chokidar'
import type { Disk } from '../disk.ts'
import { ImportError } from '../errors.ts'
import { AGAIN_MS, PATIENCE_MS, QUIET_MS, RELIST_MS } from './pace.ts'
import { lookAt, mayBePackage, signatureOf } from './whole.ts'

/** Packages in hand at once. */
const LANES = 2

export interface FolderSource {
  readonly disk: Disk
  /** A browser's download folder, or a share that a scanner writes to. */
  readonly folder: string
  /** Was a package of this path and signature dealt with before (in another run)? */
  readonly known: (path: string, signature: string) => Promise<boolean>
  /**
   * A package that is there whole, or that did not become whole in time. Called once for each signature; `again`: what
   * stood in the way may pass, the same package is handed on once more later.
   */
  readonly onPackage: (path: string, signature: string) => Promise<'done' | 'again'>
  /** ms since the epoch. */
  readonly clock: () => number
  /** Something failed that is not the package's fault; the same package is looked at once more later. */
  readonly onFailure?: (error: unknown) => void
  readonly onState?: (state: 'watching' | 'folder-gone') => void
  readonly quietMs?: number
  readonly patienceMs?: number
  readonly relistMs?: number
  readonly againMs?: number
}

export interface FolderWatch {
  /** Resolves when every package that stood in the folder at the start has been looked at once. */
  readonly settled: Promise<void>
  /** Resolves when each of them was handed on or is gone: one that is still being written has to end, or stay as it is long enough. */
  readonly dealtWith: Promise<void>
  /** Lists the folder and looks at everything that is not dealt with, without waiting for its turn. */
  look(): Promise<void>
  /** Stops looking and waits for the package in hand. The same promise each time. */
  close(): Promise<void>
}

interface Candidate {
  readonly name: string
  signature: string | null
  /** Since when the signature has stood. */
  since: number
  handed: string | null
  /** It is being dealt with right now. */
  inHand: boolean
  timer: NodeJS.Timeout | null
}

/**
 * Watches an export folder: zips and folders directly in it, depth enough to see a folder package grow.
 * A file still being written is waited for; what is not iTero's is left alone.
 *
 * Errors: `export-folder-missing` at the start; later it is a state, and the folder may come back.
 */
export async function watchFolder(source: FolderSource): Promise<FolderWatch> {
  const { disk, folder } = source
  const quietMs = source.quietMs ?? QUIET_MS
  const patienceMs = source.patienceMs ?? PATIENCE_MS
  const candidates = new Map<string, Candidate>()
  const inHand = new Set<Promise<void>>()
  let closing: Promise<void> | null = null
  const waitingForLane: (() => void)[] = []
  let lanes = LANES
  let present = true

  const names = await disk.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new ImportError('export-folder-missing', { folder }, error)
  })
  const there = names.filter((e) => mayBePackage(e.name, e.isDirectory())).map((e) => e.name)
  const looked = countdown(there)
  const dealt = countdown(there)
  const done = (name: string): void => {
    looked.done(name)
    dealt.done(name)
  }
  for (const entry of names) noticed(entry.name, entry.isDirectory())

  const watcher = watchPaths(folder, {
    depth: 2,
    ignoreInitial: true,
    ignored: (path) =>
      relative(folder, path)
        .split(sep)
        .some((part) => part !== '..' && part.startsWith('.')),
  })
  watcher.on('all', (event, path) => {
    const name = relative(resolve(folder), resolve(path)).split(sep)[0]
    if (name) noticed(name, event === 'addDir' || relative(folder, path).includes(sep))
  })
  watcher.on('error', () => {
    // What the watcher misses, the next listing finds.
  })
  const relisting = setInterval(() => track(relist()), source.relistMs ?? RELIST_MS)
  await new Promise<void>((ready) => watcher.once('ready', ready))
  await relist()
  source.onState?.('watching')

  return {
    settled: looked.promise,
    dealtWith: dealt.promise,
    async look() {
      for (const candidate of candidates.values()) {
        if (candidate.inHand) continue
        // Whether it was dealt with is asked once more: it may have to be taken anew.
        candidate.handed = null
        candidate.signature = null
        lookLater(candidate, quietMs)
      }
      await relist()
    },
    close() {
      closing ??= (async () => {
        clearInterval(relisting)
        for (const { timer } of candidates.values()) if (timer) clearTimeout(timer)
        await watcher.close()
        await Promise.allSettled(inHand)
        looked.finish()
        dealt.finish()
      })()
      return closing
    },
  }

  /** Files and folders that the watcher or the listing saw; looked at once they have been quiet. */
  function noticed(name: string, isFolder: boolean): void {
    if (closing || !mayBePackage(name, isFolder)) return
    let candidate = candidates.get(name)
    if (!candidate) {
      candidate = { name, signature: null, since: 0, handed: null, inHand: false, timer: null }
      candidates.set(name, candidate)
    }
    lookLater(candidate, quietMs)
  }

  function lookLater(candidate: Candidate, ms: number): void {
    if (closing) return
    if (candidate.timer) clearTimeout(candidate.timer)
    candidate.timer = setTimeout(() => {
      candidate.timer = null
      track(inLane(() => lookSafely(candidate)))
    }, ms)
  }

  /** A ledger that is busy or full must neither end the watch nor lose the package. */
  async function lookSafely(candidate: Candidate): Promise<void> {
    try {
      await look(candidate)
    } catch (error) {
      source.onFailure?.(error)
      candidate.handed = null
      candidate.signature = null
      done(candidate.name)
      lookLater(candidate, source.againMs ?? AGAIN_MS)
    }
  }

  async function look(candidate: Candidate): Promise<void> {
    const path = join(folder, candidate.name)
    const signature = await signatureOf(disk, path)
    if (closing) return
    if (signature === null) {
      candidates.delete(candidate.name)
      return done(candidate.name)
    }
    const now = source.clock()
    if (signature !== candidate.signature) {
      candidate.signature = signature
      candidate.since = now
      if (await source.known(path, signature)) {
        candidate.handed = signature
        return done(candidate.name)
      }
      return lookLater(candidate, quietMs)
    }
    if (candidate.handed === signature) return done(candidate.name)
    const seen = await lookAt(disk, folder, candidate.name)
    const patience = now - candidate.since < patienceMs
    if (seen.kind === 'growing' && patience) {
      looked.done(candidate.name)
      return lookLater(candidate, quietMs)
    }
    candidate.handed = signature
    const result = seen.kind === 'foreign' ? 'done' : await handOn(candidate, path, signature)
    done(candidate.name)
    if (result === 'again') {
      candidate.handed = null
      return lookLater(candidate, source.againMs ?? AGAIN_MS)
    }
    // It may have changed under our hands: a second look costs a stat.
    lookLater(candidate, quietMs)
  }

  async function handOn(candidate: Candidate, path: string, signature: string): Promise<'done' | 'again'> {
    candidate.inHand = true
    try {
      return await source.onPackage(path, signature)
    } finally {
      candidate.inHand = false
    }
  }

  async function relist(): Promise<void> {
    try {
      const entries = await disk.readdir(folder, { withFileTypes: true })
      if (!present) {
        present = true
        watcher.add(folder)
        source.onState?.('watching')
      }
      for (const entry of entries) {
        const candidate = candidates.get(entry.name)
        if (!candidate?.timer) noticed(entry.name, entry.isDirectory())
      }
    } catch {
      if (present) source.onState?.('folder-gone')
      present = false
    }
  }

  function track(work: Promise<void>): void {
    inHand.add(work)
    void work.finally(() => inHand.delete(work))
  }

  /** A folder of a thousand downloads is opened a few at a time. */
  async function inLane(work: () => Promise<void>): Promise<void> {
    while (lanes === 0) await new Promise<void>((free) => waitingForLane.push(free))
    lanes--
    try {
      await work()
    } finally {
      lanes++
      waitingForLane.shift()?.()
    }
  }
}

/** Counts down the names that stood there at the start. */
function countdown(names: readonly string[]) {
  const left = new Set(names)
  const { promise, resolve: finish } = Promise.withResolvers<void>()
  if (left.size === 0) finish()
  return {
    promise,
    finish,
    done(name: string) {
      left.delete(name)
      if (left.size === 0) finish()
    },
  }
}
