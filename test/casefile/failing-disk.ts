import type { FileHandle } from 'node:fs/promises'
import type { Disk } from '../../plugin/disk.ts'

/** One call to the disk, as it is about to happen. */
export interface Call {
  /** `rename`, `open`, or `handle.write` and the like. */
  readonly name: string
  /** From 1. */
  readonly number: number
  readonly args: readonly unknown[]
}

export interface WatchedDisk {
  readonly disk: Disk
  readonly calls: readonly Call[]
  /** Closes what a process that died would have closed. */
  closeAll(): Promise<void>
}

/** A disk whose every call, those of its handles too, is first told to `before`, which may throw in its place. */
export function watchedDisk(inner: Disk, before: (call: Call) => void | Promise<void>): WatchedDisk {
  const calls: Call[] = []
  const handles = new Set<FileHandle>()
  const told = async (name: string, args: readonly unknown[]) => {
    const call = { name, number: calls.length + 1, args }
    calls.push(call)
    await before(call)
  }
  const disk = new Proxy(inner, {
    get(target, key: keyof Disk) {
      return async (...args: unknown[]) => {
        await told(key, args)
        const result = await (target[key] as (...all: unknown[]) => Promise<unknown>)(...args)
        if (key !== 'open') return result
        handles.add(result as FileHandle)
        return watchedHandle(result as FileHandle, told)
      }
    },
  })
  return {
    disk,
    calls,
    closeAll: async () => {
      for (const handle of handles) await handle.close().catch(() => {})
    },
  }
}

function watchedHandle(
  inner: FileHandle,
  told: (name: string, args: readonly unknown[]) => Promise<void>,
): FileHandle {
  return new Proxy(inner, {
    get(target, key: keyof FileHandle) {
      const member = target[key]
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        await told(`handle.${String(key)}`, args)
        return await (member as (...all: unknown[]) => Promise<unknown>).apply(target, args)
      }
    },
  })
}

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made by a test, '/cases/Sample'`), { code, syscall: 'test' })
}

/** The n-th call fails, the others do not. */
export const failingAt = (inner: Disk, number: number, code: string): WatchedDisk =>
  watchedDisk(inner, (call) => {
    if (call.number === number) throw systemError(code)
  })

/** The process dies before its n-th call: nothing reaches the disk from there on. */
export const dyingAt = (inner: Disk, number: number): WatchedDisk =>
  watchedDisk(inner, (call) => {
    if (call.number >= number) throw systemError('EDEAD')
  })
