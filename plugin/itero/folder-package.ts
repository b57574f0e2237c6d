import { createHash } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Disk } from '../disk.ts'
import { type Facts, ImportError } from '../errors.ts'
import { isLeftBehind, refuseDuplicates, safeSegments, sharedFolders, shown } from './entry-names.ts'
import type { OpenPackage, PackageEntry, PackageLimits } from './package.ts'
import { turns } from './ranges.ts'

const CHUNK_BYTES = 512 * 1024

interface Found {
  readonly segments: readonly string[]
  readonly stats: Stats
}

/** A plain folder as a package. Links in it are refused, never followed. Errors as of `openPackage`. */
export async function openFolder(disk: Disk, path: string, limits: PackageLimits): Promise<OpenPackage> {
  const facts = { package: basename(path) }
  const found = await walk(disk, path, limits, facts)
  refuseDuplicates(
    found.map(({ segments }) => segments.join('/')),
    facts,
  )
  checkSizes(found, limits, facts)
  const shared = sharedFolders(found.map(({ segments }) => segments))
  const places = new Map<string, Found>()
  const entries = found.map((file): PackageEntry => {
    const inner = file.segments.slice(shared)
    places.set(inner.join('/'), file)
    return { name: inner.at(-1) as string, path: inner.join('/'), bytes: file.stats.size }
  })
  let closed = false
  return {
    path,
    form: 'folder',
    signature: signatureOf(found),
    entries,
    read(entry) {
      const place = places.get(entry.path)
      if (place === undefined || closed)
        throw new ImportError('package-unreadable', { ...facts, file: entry.path })
      return readFile(disk, join(path, ...place.segments), place.stats, { ...facts, file: entry.path })
    },
    async close() {
      closed = true
    },
  }
}

function signatureOf(found: readonly Found[]): string {
  const rows = found.map(({ segments, stats }) => [segments.join('/'), stats.ino, stats.size, stats.mtimeMs])
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}

async function walk(
  disk: Disk,
  root: string,
  limits: PackageLimits,
  facts: Facts,
): Promise<readonly Found[]> {
  const found: Found[] = []
  let seen = 0
  const folders: (readonly string[])[] = [[]]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const inside = folder
    const names = await reading(() => disk.readdir(join(root, ...inside)), facts)
    seen += names.length
    if (seen > limits.entries)
      throw new ImportError('zip-too-many-entries', { ...facts, limit: limits.entries })
    for (const name of names.sort()) {
      // A name that is not UTF-8 cannot be opened again by what Node makes of it.
      if (name.includes('\ufffd')) {
        throw new ImportError('entry-name-unsafe', { ...facts, file: shown(name), reason: 'encoding' })
      }
      const segments = safeSegments([...inside, name].join('/'), 'slash', limits, facts)
      if (isLeftBehind(segments)) continue
      const file = segments.join('/')
      const stats = await reading(() => disk.lstat(join(root, ...segments)), { ...facts, file })
      if (stats.isSymbolicLink()) throw new ImportError('entry-is-link', { ...facts, file })
      if (stats.isDirectory()) folders.push(segments)
      else if (stats.isFile()) found.push({ segments, stats })
      else throw new ImportError('entry-not-a-file', { ...facts, file })
    }
  }
  return found
}

function checkSizes(found: readonly Found[], limits: PackageLimits, facts: Facts): void {
  let total = 0
  for (const { segments, stats } of found) {
    total += stats.size
    if (stats.size > limits.entryBytes || total > limits.totalBytes) {
      const file = segments.join('/')
      throw new ImportError('zip-bomb', { ...facts, file, bytes: stats.size, limit: limits.entryBytes })
    }
  }
}

async function* readFile(
  disk: Disk,
  path: string,
  listed: Stats,
  facts: Facts,
): AsyncGenerator<Uint8Array, void, void> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)
  const handle = await reading(() => disk.open(path, flags), facts)
  try {
    await refuseChanged(handle, listed, facts)
    let got = 0
    const content = turns(handle, 0, listed.size, CHUNK_BYTES)
    for (;;) {
      const step = await reading(() => content.next(), facts)
      if (step.done === true) break
      got += step.value.length
      yield step.value
    }
    await refuseChanged(handle, listed, facts)
    if (got !== listed.size) throw new ImportError('package-changed-while-read', facts)
  } finally {
    await handle.close()
  }
}

/** Another file in its place, or another size or time: what was read is not what was listed. */
async function refuseChanged(handle: FileHandle, listed: Stats, facts: Facts): Promise<void> {
  const now = await reading(() => handle.stat(), facts)
  const same = now.size === listed.size && now.mtimeMs === listed.mtimeMs && now.ino === listed.ino
  if (!same || !now.isFile()) throw new ImportError('package-changed-while-read', facts)
}

/** A name that was listed and is gone (or became a link) changed under our hands; all else is a disk that cannot be read. */
async function reading<T>(work: () => Promise<T>, facts: Facts): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof ImportError) throw cause
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    const changed = reason === 'ENOENT' || reason === 'ENOTDIR' || reason === 'ELOOP'
    throw new ImportError(
      changed ? 'package-changed-while-read' : 'package-unreadable',
      { ...facts, reason },
      cause,
    )
  }
}
