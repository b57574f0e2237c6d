import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/** Why no volume can be mounted here, or false. */
export function cannotMount(): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'volumes are mounted as root on Linux only'
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0
    ? false
    : 'this machine does not let its root mount a volume'
}

/** An empty volume of so many bytes. It outlives tap's own folders, which go before a test's teardown. */
export async function volume(t: Test, bytes: number): Promise<string> {
  const ground = await fs.mkdtemp(join(tmpdir(), 'importer-volume-'))
  const folder = join(ground, 'volume')
  await fs.mkdir(folder)
  mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder)
  t.teardown(async () => {
    spawnSync('umount', ['-l', folder])
    await fs.rm(ground, { recursive: true })
  })
  return folder
}

export const remount = (folder: string, mode: 'ro' | 'rw'): void => mount('-o', `remount,${mode}`, folder)

export function mount(...args: readonly string[]): void {
  const mounted = spawnSync('mount', args, { encoding: 'utf8' })
  if (mounted.status !== 0) throw new Error(mounted.stderr)
}
