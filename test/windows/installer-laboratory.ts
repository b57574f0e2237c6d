import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { filesIn } from '../../packaging/emit.ts'
import type { WindowsMachine } from './wine.ts'

export interface Made {
  readonly old: string
  readonly new: string
  /** Its node.exe does not start. */
  readonly broken: string
}

/** As docs/windows.md has them. */
export const EXIT = {
  done: 0,
  running: 3,
  space: 4,
  rights: 5,
  path: 6,
  startsNot: 7,
  reseller: 8,
  failed: 9,
  flag: 10,
} as const

export interface Laboratory {
  readonly machine: WindowsMachine
  readonly work: string
  /** Of a host, with spaces and umlauts. */
  readonly plugins: string
  /** Of the plugin in it. */
  readonly home: string
  /** The user's LOCALAPPDATA. */
  readonly local: string
  readonly programFiles: string
  readonly programData: string
  readonly reseller: string
}

export function laboratoryIn(machine: WindowsMachine, work: string): Laboratory {
  const plugins = join(work, 'Labor Müller & Söhne', 'Plugin Ordner')
  const folder = (name: string) => {
    const asked = machine
      .run('wine', ['cmd', '/c', 'echo', `%${name}%`])
      .toString()
      .trim()
    return machine.run('winepath', ['-u', asked]).toString().trim()
  }
  const [local, programFiles, programData] = ['LOCALAPPDATA', 'ProgramFiles', 'ProgramData'].map(folder)
  assert(local && programFiles && programData)
  for (const name of ['MyiTero host', 'MyiTero import'])
    rmSync(join(local, name), { recursive: true, force: true })
  mkdirSync(plugins, { recursive: true })
  const reseller = join(local, 'MyiTero host/reseller.json')
  const home = join(plugins, 'myitero-import')
  return { machine, work, plugins, home, local, programFiles, programData, reseller }
}

/** Runs a setup program and gives its exit code. */
export function setup({ machine }: Laboratory, program: string, ...flags: readonly string[]): number {
  try {
    machine.run('wine', [program, '/S', ...flags])
    return 0
  } catch (error) {
    const { status } = error as { readonly status?: number | null }
    if (typeof status !== 'number') throw error
    return status
  }
}

/** Runs a setup program, silent, for somebody who is no administrator, and gives its exit code. */
export async function setupAsUser(
  { machine, work }: Laboratory,
  program: string,
  ...flags: readonly string[]
): Promise<number> {
  const place = mkdtempSync(join(work, 'user-'))
  const code = join(place, 'code')
  const line = [`"${machine.pathOf(program)}"`, '/S', ...flags].join(' ')
  const output = join(place, 'out.txt')
  const ended = await machine.start('test/windows/as-user.ts', [machine.pathOf(code), line], output).ended
  assert.equal(ended, 0, readFileSync(output, 'utf8'))
  return Number(readFileSync(code, 'utf8'))
}

export const install = (lab: Laboratory, program: string, ...flags: readonly string[]) =>
  setup(lab, program, `/PLUGINS=${lab.machine.pathOf(lab.plugins)}`, ...flags)

/** In its place, so that its exit code is heard. NSIS wants this flag without quotes: a short name has no spaces. */
export function uninstall(lab: Laboratory, home = lab.home, ...flags: readonly string[]): number {
  const { machine } = lab
  return setup(lab, join(home, 'uninstall.exe'), ...flags, `_?=${shortName(machine, home)}`)
}

export function shortName(machine: WindowsMachine, path: string): string {
  const asked = (flag: string, of: string) => machine.run('winepath', [flag, of]).toString().trim()
  // By the drive that it is on: Program Files is on C:.
  return asked('-s', asked('-w', path))
}

export async function until(holds: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 60_000
  while (!holds()) {
    assert(Date.now() < end, `never came: ${what}`)
    await pause(100)
  }
}

export function registered({ machine }: Laboratory, root: 'HKCU' | 'HKLM' = 'HKCU'): string {
  const key = `${root}\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\myitero-import`
  try {
    return machine.run('wine', ['reg', 'query', key, '/reg:64']).toString()
  } catch {
    return ''
  }
}

/** What a silent setup says of its end. */
export function reason({ local }: Laboratory): string {
  const places = [join(local, 'Temp'), join(local, '../../Temp')].map((folder) =>
    join(folder, 'myitero-import-setup.log'),
  )
  const log = places.find((file) => existsSync(file))
  assert(log)
  return readFileSync(log, 'utf16le')
}

export function hashesOf(folder: string): readonly string[] {
  return filesIn(folder).map((file) => {
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex')
    return `${file} ${hash}`
  })
}

export const versionAt = (home: string): string =>
  JSON.parse(readFileSync(join(home, 'plugin.json'), 'utf8')).version
