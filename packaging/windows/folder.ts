import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { emitProgram, filesIn, ROOT, writeJson } from '../emit.ts'
import { RUNTIME, thirdPartyLicences } from './licences.ts'
import { billOfMaterials, installModules, prune, removeEmptyFolders } from './modules.ts'
import { settledBom } from './sbom.ts'

export interface FolderOptions {
  /** Made anew; its name is the plugin's folder in a host. */
  readonly into: string
  /** Folder with another node.exe than the pinned one: Wine 8 does not start Node 24. */
  readonly node: string | null
  /** Seconds since the epoch: what every file is dated. */
  readonly epoch: number
  /** As `nsisVersion` gives it, for a folder that becomes an installer's: uninstall.exe is made of NSIS. */
  readonly nsis: string | null
}

/** Beside the plugin's manifest, whose entry is in it. */
export const PROGRAM = 'program'

/**
 * Makes the plugin's folder for Windows, which runs with no Node installed: plugin.json and myitero.cmd, and beside them the
 * program with all that it needs. The same sources and lock file give the same bytes and times.
 */
export function makeFolder({ into, node, epoch, nsis }: FolderOptions): void {
  rmSync(into, { recursive: true, force: true })
  const program = join(into, PROGRAM)
  emitProgram(program)
  const { name, version } = JSON.parse(readFileSync(join(program, 'package.json'), 'utf8'))
  const packages = installModules(program)
  writeFileSync(join(program, 'THIRD-PARTY-LICENCES.txt'), thirdPartyLicences(program, packages))
  const exe = join(node ?? join(program, 'node_modules', RUNTIME, 'bin'), 'node.exe')
  const bill = settledBom(billOfMaterials(program), { name, epoch, node: readFileSync(exe), nsis })
  writeJson(join(program, 'sbom.cdx.json'), bill)
  copyFileSync(exe, join(program, 'node.exe'))
  rmSync(join(program, 'node_modules', RUNTIME), { recursive: true })
  prune(
    program,
    packages.filter((one) => one.name !== RUNTIME),
  )
  execFileSync(process.execPath, [join(import.meta.dirname, 'bundle-packages.ts'), program], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  removeEmptyFolders(join(program, 'node_modules'))
  rmSync(join(program, 'package-lock.json'))
  writeJson(join(program, 'package.json'), { name, version, private: true, type: 'module' })
  copyFileSync(join(import.meta.dirname, 'program/start.js'), join(program, 'start.js'))
  for (const file of ['LICENSE', 'CHANGELOG.md']) copyFileSync(join(ROOT, file), join(program, file))
  for (const file of readdirSync(join(ROOT, 'docs'))) {
    if (file.endsWith('.md')) cpSync(join(ROOT, 'docs', file), join(program, 'docs', file))
  }
  atTheRoot(into, program)
  dateAll(into, epoch)
}

/** What a host and a person look for, and once more in the program: the installer names the program by it. */
function atTheRoot(into: string, program: string): void {
  const manifest = JSON.parse(readFileSync(join(program, 'plugin/plugin.json'), 'utf8'))
  rmSync(join(program, 'plugin/plugin.json'))
  mkdirSync(join(program, 'root'))
  writeJson(join(program, 'root/plugin.json'), {
    ...manifest,
    $schema: `${PROGRAM}/schemas/plugin-manifest.schema.json`,
    entry: `${PROGRAM}/${manifest.entry}`,
  })
  copyFileSync(join(import.meta.dirname, 'program/myitero.cmd'), join(program, 'root/myitero.cmd'))
  cpSync(join(program, 'root'), into, { recursive: true })
}

/** Folders after what is in them, whose writing dates them anew. */
function dateAll(folder: string, epoch: number): void {
  for (const file of filesIn(folder)) {
    chmodSync(join(folder, file), 0o644)
    lutimesSync(join(folder, file), epoch, epoch)
  }
  const folders = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((one) =>
    one.isDirectory(),
  )
  for (const { parentPath, name } of folders) lutimesSync(join(parentPath, name), epoch, epoch)
  lutimesSync(folder, epoch, epoch)
}

/** Of the last commit, or as SOURCE_DATE_EPOCH says. Seconds since the epoch. Throws, in plain words, where neither tells. */
export function sourceEpoch(): number {
  const named = process.env['SOURCE_DATE_EPOCH'] ?? ''
  if (named !== '') {
    if (/^\d{1,12}$/.test(named)) return Number(named)
    throw new Error(`SOURCE_DATE_EPOCH is no number of seconds since 1970: ${named}`)
  }
  try {
    const asked = ['log', '-1', '--format=%ct']
    return Number(
      execFileSync('git', asked, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )
  } catch (error) {
    const message = 'git has no commit of these sources to date the files by: set SOURCE_DATE_EPOCH'
    throw new Error(`${message} (seconds since 1970)`, { cause: error })
  }
}
