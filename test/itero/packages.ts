import { createHash } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { ImportError } from '../../plugin/errors.ts'
import { type OpenPackage, openPackage, type PackageLimits } from '../../plugin/itero/package.ts'

/** Everything in a package: path → SHA-256 of its content. */
export async function contentOf(path: string, limits?: PackageLimits): Promise<Record<string, string>> {
  const pkg = await openPackage(fs, path, limits)
  try {
    const content: Record<string, string> = {}
    for (const entry of pkg.entries) content[entry.path] = await hashOf(pkg, entry.path)
    return content
  } finally {
    await pkg.close()
  }
}

export async function hashOf(pkg: OpenPackage, path: string): Promise<string> {
  const entry = pkg.entries.find((entry) => entry.path === path)
  if (entry === undefined) throw new Error(`no entry ${path}`)
  const hash = createHash('sha256')
  for await (const chunk of pkg.read(entry)) hash.update(chunk)
  return hash.digest('hex')
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** The refusal of a piece of work: its code and facts. Anything else that is thrown goes on. */
export async function refusal(
  work: () => Promise<unknown>,
): Promise<{ code: string; facts: ImportError['facts'] }> {
  try {
    await work()
  } catch (error) {
    if (error instanceof ImportError) return { code: error.code, facts: error.facts }
    throw error
  }
  return { code: 'none', facts: {} }
}

/** How many files this process holds open. */
export async function openFiles(): Promise<number> {
  return (await fs.readdir('/proc/self/fd')).length
}

/** Writes the bytes as a zip and tells how it is refused; nothing may stay open. */
export async function refused(
  t: Pick<Test, 'testdir' | 'equal'>,
  zip: Uint8Array,
): Promise<{ code: string; facts: ImportError['facts'] }> {
  const path = join(t.testdir(), 'a.zip')
  await fs.writeFile(path, zip)
  const before = await openFiles()
  const result = await refusal(() => contentOf(path))
  t.equal(await openFiles(), before, 'nothing stays open')
  return result
}

export async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of content);
}
