import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, writeJson } from '../emit.ts'

/** Those of the sources while the users' stand in their place: a folder of this name and the packing process' number. */
const ASIDE = 'dist-aside-'
const UNFINISHED = '.new'
const FILES = ['package.json', 'README.md']

/**
 * Puts what a user reads in the place of what is for the sources: a README of the package, and no scripts. npm takes both
 * from the folder that it packs and from nowhere else. `packer`: the process that packs.
 */
export function putUsersFiles(packer: number): void {
  const aside = join(ROOT, `${ASIDE}${packer}`)
  const fresh = aside + UNFINISHED
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh)
  for (const file of FILES) cpSync(join(ROOT, file), join(fresh, file))
  // Whole from here on: whatever cuts us off, they can be put back.
  renameSync(fresh, aside)
  const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  writeJson(join(ROOT, 'package.json'), manifest)
  cpSync(join(import.meta.dirname, 'README.md'), join(ROOT, 'README.md'))
}

/** Puts those of the sources back, whoever packs, or this process alone. Nothing aside: fine. */
export function putOwnFilesBack(packer?: number): void {
  for (const name of readdirSync(ROOT)) {
    if (!name.startsWith(ASIDE)) continue
    if (packer !== undefined && Number.parseInt(name.slice(ASIDE.length), 10) !== packer) continue
    const files = name.endsWith(UNFINISHED) ? [] : readdirSync(join(ROOT, name))
    for (const file of files) renameSync(join(ROOT, name, file), join(ROOT, file))
    rmSync(join(ROOT, name), { recursive: true })
  }
}
