import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, writeJson } from '../emit.ts'

/** Those of the sources while the users' stand in their place. */
const ASIDE = join(ROOT, 'dist-aside')
const FILES = ['package.json', 'README.md']

/** Puts what a user reads in the place of what is for the sources: a README of the package, and no scripts. */
export function putUsersFiles(): void {
  putOwnFilesBack()
  const fresh = `${ASIDE}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh)
  for (const file of FILES) cpSync(join(ROOT, file), join(fresh, file))
  // Whole from here on: whatever cuts us off, they can be put back.
  renameSync(fresh, ASIDE)
  const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  writeJson(join(ROOT, 'package.json'), manifest)
  cpSync(join(import.meta.dirname, 'README.md'), join(ROOT, 'README.md'))
}

/** Nothing aside: fine. */
export function putOwnFilesBack(): void {
  if (!existsSync(ASIDE)) return
  for (const file of FILES) cpSync(join(ASIDE, file), join(ROOT, file))
  rmSync(ASIDE, { recursive: true })
}
