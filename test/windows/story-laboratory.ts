import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import { windowsFault } from '../casefile/windows-names.ts'
import { faultsOf } from '../xsd.ts'
import { until } from './screen.ts'
import type { Running, WindowsMachine } from './wine.ts'

/** Folders of one installation, as this system names them: with spaces and umlauts. */
export interface Place {
  readonly root: string
  readonly home: string
  readonly cases: string
  readonly plugins: string
  readonly profile: string
}

export function placeIn(root: string): Place {
  const laboratory = join(root, 'Labor Müller & Söhne')
  const home = join(laboratory, 'Daten des Labors')
  const place = { root, home, cases: join(home, 'cases'), plugins: join(laboratory, 'Plugin Ordner') }
  for (const folder of [home, place.plugins]) mkdirSync(folder, { recursive: true })
  return { ...place, profile: join(root, 'profile.json') }
}

/** The reference host at work on Windows. */
export interface WindowsHost {
  /** Signs one browser in, once. */
  readonly link: string
  /** Pages that it opened for the person, so far. */
  opened(): readonly string[]
  faults(): readonly object[]
  /** Closes it as its own end does, and gives its exit code. */
  close(): Promise<number | null>
  /** As Windows ends what does not end by itself. */
  kill(): void
  readonly ended: Promise<number | null>
}

/** `pages`: the host's, bundled. */
export async function startWindowsHost(
  machine: WindowsMachine,
  place: Place,
  pages: string,
): Promise<WindowsHost> {
  const [told, stop, output] = ['told.jsonl', 'stop', 'host.txt'].map((name) => join(place.root, name)) as [
    string,
    string,
    string,
  ]
  for (const file of [told, stop]) rmSync(file, { force: true })
  const folders = [place.root, place.home, place.plugins, place.profile, pages]
  const running: Running = machine.start('test/windows/story-host.ts', folders.map(machine.pathOf), output)
  let code: number | null | undefined
  void running.ended.then((ended) => {
    code = ended
  })
  const lines = (): readonly Readonly<Record<string, unknown>>[] =>
    existsSync(told)
      ? readFileSync(told, 'utf8')
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
      : []
  await until(() => {
    assert(code === undefined, `the host ended with ${code}: ${readFileSync(output, 'utf8')}`)
    return lines().some(({ link }) => link !== undefined)
  }, 'the host is up')
  return {
    link: String(lines().find(({ link }) => link !== undefined)?.['link']),
    opened: () => lines().flatMap(({ opens }) => (opens === undefined ? [] : [String(opens)])),
    faults: () => lines().filter(({ fault }) => fault !== undefined),
    close() {
      writeFileSync(stop, '')
      return running.ended
    },
    kill: running.kill,
    ended: running.ended,
  }
}

/** Windows' Nodes that run on this installation: host and plugin. */
export function nodesAt(place: Place): {
  readonly host: readonly number[]
  readonly plugin: readonly number[]
} {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid: Number(pid), line: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }]
      } catch {
        return []
      }
    })
    // The one that we start has this system's path, the one that it starts Windows'.
    .filter(({ line }) => /^[^\0]*[\\/]node\.exe\0/.test(line) && line.includes(basename(place.root)))
  const isPlugin = ({ line }: { readonly line: string }) => line.includes('--permission')
  return {
    plugin: all.filter(isPlugin).map(({ pid }) => pid),
    host: all.filter((one) => !isPlugin(one)).map(({ pid }) => pid),
  }
}

/** The cases that stand, by their folders' names. */
export const projectsIn = ({ cases }: Place): readonly string[] =>
  readdirSync(cases)
    .filter((name) => !name.startsWith('.'))
    .toSorted()

/** A case is whole: its documents valid, every file of the package there unchanged, nothing else, all names Windows'. */
export async function assertWholeCase({ cases }: Place, project: string, from: MadeExport): Promise<void> {
  const folder = join(cases, project)
  const names = readdirSync(folder)
  for (const name of [project, ...names]) assert.equal(windowsFault(name), null, name)
  const read = (name: string) => readFileSync(join(folder, name))
  const hashes = names.map((name) => createHash('sha256').update(read(name)).digest('hex'))
  for (const { sha256, name } of from.files) assert(hashes.includes(sha256), `${name} stands unchanged`)
  assert.equal(names.length, from.files.length + 2, `and nothing else but the two documents: ${names}`)
  assert.deepEqual(await faultsOf('dental-project', read(`${project}.dentalProject`)), [])
  assert.deepEqual(await faultsOf('case', read(`${project}.case.xml`)), [])
}
