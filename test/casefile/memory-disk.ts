import { posix, sep } from 'node:path'
import type { Disk } from '../../plugin/disk.ts'

/** A disk in memory that knows what a power cut would leave: what was flushed, and nothing else. */
export interface MemoryDisk {
  readonly disk: Disk
  /** Everything that was not flushed is gone: content of files, entries of folders. */
  powerCut(): void
  /** Room in bytes; beyond it writes come short, then fail. */
  limit(bytes: number): void
}

interface File {
  readonly kind: 'file'
  content: Buffer
  flushed: Buffer
}

interface Folder {
  readonly kind: 'folder'
  entries: Map<string, Inode>
  flushed: Map<string, Inode>
}

type Inode = File | Folder

export function memoryDisk(): MemoryDisk {
  const root: Folder = folder()
  let room = Number.POSITIVE_INFINITY

  function find(path: string): Inode {
    let at: Inode = root
    for (const name of namesIn(path)) {
      if (at.kind === 'file') throw failure('ENOTDIR', path)
      at = at.entries.get(name) ?? fail('ENOENT', path)
    }
    return at
  }

  function parentOf(path: string): { readonly parent: Folder; readonly name: string } {
    const plain = path.replaceAll(sep, '/')
    const parent = find(posix.dirname(plain))
    if (parent.kind === 'file') throw failure('ENOTDIR', path)
    return { parent, name: posix.basename(plain) }
  }

  function used(at: Inode): number {
    if (at.kind === 'file') return at.content.length
    return [...at.entries.values()].reduce((sum, each) => sum + used(each), 0)
  }

  /** A move reaches the disk whole: flushing either folder settles both. */
  function flush(at: Inode): void {
    if (at.kind === 'file') {
      at.flushed = Buffer.from(at.content)
      return
    }
    at.flushed = new Map(at.entries)
    const moved = new Set(at.entries.values())
    for (const other of foldersBelow(root)) {
      if (other === at) continue
      for (const [name, inode] of other.flushed) {
        if (moved.has(inode) && other.entries.get(name) !== inode) other.flushed.delete(name)
      }
    }
  }

  function handle(at: Inode, path: string) {
    let open = true
    const file = (): File => {
      if (!open) throw failure('EBADF', path)
      return at.kind === 'file' ? at : fail('EISDIR', path)
    }
    let position = 0
    return {
      async write(chunk: Uint8Array, offset = 0, length = chunk.length - offset) {
        const target = file()
        const bytesWritten = Math.min(length, Math.max(0, room - used(root)))
        if (bytesWritten === 0 && length > 0) throw failure('ENOSPC', path)
        target.content = Buffer.concat([
          target.content.subarray(0, position),
          chunk.subarray(offset, offset + bytesWritten),
        ])
        position += bytesWritten
        return { bytesWritten, buffer: chunk }
      },
      async read(into: Uint8Array, offset: number, length: number, from: number) {
        const bytes = file().content.subarray(from, from + length)
        into.set(bytes, offset)
        return { bytesRead: bytes.length, buffer: into }
      },
      async sync() {
        if (!open) throw failure('EBADF', path)
        flush(at)
      },
      async datasync() {
        flush(file())
      },
      async close() {
        open = false
      },
    }
  }

  const disk = {
    async open(path: string, flags: string) {
      if (flags === 'r') return handle(find(path), path)
      const { parent, name } = parentOf(path)
      const found = parent.entries.get(name)
      if (found !== undefined && flags === 'wx') throw failure('EEXIST', path)
      if (found?.kind === 'folder') throw failure('EISDIR', path)
      const file: File = found ?? { kind: 'file', content: Buffer.alloc(0), flushed: Buffer.alloc(0) }
      file.content = Buffer.alloc(0)
      parent.entries.set(name, file)
      return handle(file, path)
    },
    async mkdir(path: string, options?: { recursive?: boolean }) {
      let at: Folder = root
      let made: string | undefined
      const names = namesIn(path)
      for (const [index, name] of names.entries()) {
        const last = index === names.length - 1
        const found = at.entries.get(name)
        if (found?.kind === 'file') throw failure(last ? 'EEXIST' : 'ENOTDIR', path)
        if (found !== undefined && last && !options?.recursive) throw failure('EEXIST', path)
        if (found === undefined && !last && !options?.recursive) throw failure('ENOENT', path)
        const next = found ?? folder()
        if (found === undefined) {
          at.entries.set(name, next)
          made ??= `/${names.slice(0, index + 1).join('/')}`
        }
        at = next
      }
      return options?.recursive ? made : undefined
    },
    async readdir(path: string) {
      const at = find(path)
      return at.kind === 'folder' ? [...at.entries.keys()].sort() : fail('ENOTDIR', path)
    },
    lstat: async (path: string) => stats(find(path)),
    stat: async (path: string) => stats(find(path)),
    async readFile(path: string) {
      const at = find(path)
      return at.kind === 'file' ? Buffer.from(at.content) : fail('EISDIR', path)
    },
    async rename(from: string, to: string) {
      const moving = find(from)
      const source = parentOf(from)
      const target = parentOf(to)
      const there = target.parent.entries.get(target.name)
      if (there === moving) return
      if (there?.kind === 'folder' && moving.kind === 'file') throw failure('EISDIR', to)
      if (there?.kind === 'file' && moving.kind === 'folder') throw failure('ENOTDIR', to)
      if (there?.kind === 'folder' && there.entries.size > 0) throw failure('ENOTEMPTY', to)
      source.parent.entries.delete(source.name)
      target.parent.entries.set(target.name, moving)
    },
    async unlink(path: string) {
      if (find(path).kind === 'folder') throw failure('EISDIR', path)
      const { parent, name } = parentOf(path)
      parent.entries.delete(name)
    },
    async rmdir(path: string) {
      const at = find(path)
      if (at.kind === 'file') throw failure('ENOTDIR', path)
      if (at.entries.size > 0) throw failure('ENOTEMPTY', path)
      const { parent, name } = parentOf(path)
      parent.entries.delete(name)
    },
    async rm(path: string, options?: { force?: boolean }) {
      try {
        find(path)
      } catch (error) {
        if (options?.force) return
        throw error
      }
      const { parent, name } = parentOf(path)
      parent.entries.delete(name)
    },
  }

  return {
    // The few calls and arguments that the rooms use; anything else is not there and fails at once.
    disk: disk as unknown as Disk,
    powerCut: () => cut(root),
    limit: (bytes) => {
      room = bytes
    },
  }
}

/** As this system's own `join` puts them together. */
const namesIn = (path: string) =>
  path.split(sep).flatMap((part) => part.split('/').filter((each) => each !== ''))

const folder = (): Folder => ({ kind: 'folder', entries: new Map(), flushed: new Map() })

function foldersBelow(at: Folder, seen = new Set<Folder>()): Set<Folder> {
  seen.add(at)
  for (const each of [...at.entries.values(), ...at.flushed.values()]) {
    if (each.kind === 'folder' && !seen.has(each)) foldersBelow(each, seen)
  }
  return seen
}

function cut(at: Inode): void {
  if (at.kind === 'file') {
    at.content = Buffer.from(at.flushed)
    return
  }
  // NTFS keeps a journal of its folders' entries, and nobody can flush them [I].
  if (process.platform !== 'win32') at.entries = new Map(at.flushed)
  for (const each of at.entries.values()) cut(each)
}

function stats(at: Inode) {
  return {
    dev: 1,
    size: at.kind === 'file' ? at.content.length : 0,
    isFile: () => at.kind === 'file',
    isDirectory: () => at.kind === 'folder',
  }
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

function fail(code: string, path: string): never {
  throw failure(code, path)
}
