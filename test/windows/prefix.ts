import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, inItsPlace } from './packages.ts'

/** Wine 8 lacks the function that keyring's Rust draws its random numbers from. */
const PRNG = join(import.meta.dirname, 'bcryptprimitives.c')

/** A fresh Windows 10 of its own, as a Wine prefix: one is set up once and kept, and this is a copy. */
export function freshPrefix(display: string): string {
  const template = setUp(display)
  const prefix = join(mkdtempSync(join(CACHE, 'machine-')), 'prefix')
  // Windows' own files, which nobody changes, are links to the same ones: a copy of 700 MB in no time.
  execFileSync('cp', ['-a', '--link', template, prefix])
  for (const file of readdirSync(template).filter((name) => name.endsWith('.reg'))) {
    // The registry is written in place where it has several names.
    execFileSync('cp', ['--remove-destination', join(template, file), join(prefix, file)])
  }
  return prefix
}

function setUp(display: string): string {
  const version = execFileSync('wine', ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const key = createHash('sha256').update(version).update(readFileSync(PRNG)).digest('hex').slice(0, 12)
  const kept = join(CACHE, `prefix-${key}`)
  if (existsSync(kept)) return kept
  mkdirSync(CACHE, { recursive: true })
  const fresh = mkdtempSync(join(CACHE, 'fresh-'))
  const env = wineEnvironment(fresh, display)
  const run = (program: string, args: readonly string[]) =>
    execFileSync(program, args, { env, stdio: 'ignore' })
  run('wine', ['wineboot', '-i'])
  run('wine', ['winecfg', '-v', 'win10'])
  run('wineserver', ['-w'])
  const library = join(fresh, 'bcryptprimitives.dll')
  run('x86_64-w64-mingw32-gcc', ['-shared', '-O2', '-s', '-o', library, PRNG, '-ladvapi32'])
  copyFileSync(library, join(fresh, 'drive_c/windows/system32/bcryptprimitives.dll'))
  inItsPlace(fresh, kept)
  return kept
}

/** Nothing of this system's own environment goes in but where programs are. */
export function wineEnvironment(prefix: string, display: string) {
  return {
    PATH: process.env['PATH'],
    HOME: CACHE,
    LANG: 'C.UTF-8',
    DISPLAY: display,
    WINEPREFIX: prefix,
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
  }
}
