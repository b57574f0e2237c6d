import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeExport } from '../fixtures/exports/make-export.ts'
import { orderNamed } from '../fixtures/exports/orders.ts'
import manifest from '../package.json' with { type: 'json' }
import { type Measured, measured } from './measured-process.ts'
import { median, type Row } from './table.ts'

export interface ImportBench {
  readonly packages: number
  /** Of one package, bytes of the zip. */
  readonly packageBytes: number
  readonly rounds: number
  /** Of the one large package; 0: left out. */
  readonly largeBytes: number
  readonly say: (text: string) => void
}

/** What our scans shrink to when they are packed (measured: 0.51); a package holds two. */
const PACKED = 0.505
const MEMORY_GOAL_MB = 150

/** Importing beside the plain unpackers, one after the other in each round, so that a slow moment falls on all. */
export async function importRows(bench: ImportBench): Promise<readonly Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'import-bench-'))
  try {
    const packages = await made(bench, root)
    const day = await firstDay(root)
    const ways: Readonly<Record<string, () => Promise<Measured>>> = {
      'unzip -q': () => unpacked(root, packages, 1, 'unzip -q "$0" -d "$1"'),
      'bsdtar -xf': () => unpacked(root, packages, 1, 'bsdtar -xf "$0" -C "$1"'),
      import: () => imported(root, packages, day),
      'unzip -q, two at a time': () => unpacked(root, packages, 2, 'unzip -q "$0" -d "$1"'),
      'bsdtar -xf, two at a time': () => unpacked(root, packages, 2, 'bsdtar -xf "$0" -C "$1"'),
    }
    const times: Record<string, number[]> = {}
    const peaks: number[] = []
    for (let round = 1; round <= bench.rounds; round++) {
      for (const [name, way] of Object.entries(ways)) {
        const { wallMs, peakBytes } = await way()
        bench.say(`round ${round}: ${name} ${(wallMs / 1000).toFixed(1)} s`)
        times[name] = [...(times[name] ?? []), wallMs]
        if (name === 'import' && peakBytes !== null) peaks.push(peakBytes)
      }
    }
    const seconds = (name: string) => median(times[name] ?? []) / 1000
    const alone = Math.min(seconds('unzip -q'), seconds('bsdtar -xf'))
    const two = Math.min(seconds('unzip -q, two at a time'), seconds('bsdtar -xf, two at a time'))
    const peak = Math.max(...peaks) / 1e6
    return [
      ...Object.keys(ways).map((name) => ({
        name: label(name, bench),
        value: seconds(name),
        unit: 's',
        goal: null,
      })),
      { name: 'import ÷ the faster alone', value: seconds('import') / alone, unit: 'ratio', goal: 0.45 },
      { name: 'import ÷ the faster, two at a time', value: seconds('import') / two, unit: 'ratio', goal: 1 },
      { name: 'peak memory of the import', value: peak, unit: 'MB', goal: MEMORY_GOAL_MB },
      ...(bench.largeBytes > 0 ? await largeRows(bench, root, day, peak) : []),
    ]
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/**
 * One package of a size that fits no memory: its peak may be a tenth above that of many small ones, so that memory does not grow
 * with size. It may well be below: one package is in hand instead of four.
 */
async function largeRows(
  bench: ImportBench,
  root: string,
  day: FirstDay,
  peakOfMany: number,
): Promise<readonly Row[]> {
  const folder = join(root, 'large')
  bench.say(`making one package of ${Math.round(bench.largeBytes / 1e6)} MB`)
  const { path } = await one(folder, 900, bench.largeBytes)
  const { wallMs, peakBytes } = await imported(root, [path], day)
  const peak = (peakBytes ?? Number.NaN) / 1e6
  return [
    {
      name: `import of one package of ${(bench.largeBytes / 1e9).toFixed(1)} GB`,
      value: wallMs / 1000,
      unit: 's',
      goal: null,
    },
    { name: 'its peak memory', value: peak, unit: 'MB', goal: MEMORY_GOAL_MB },
    {
      name: 'its peak ÷ that of many (one in hand, not four: lower is fine)',
      value: peak / peakOfMany,
      unit: 'ratio',
      goal: 1.1,
    },
  ]
}

async function made(bench: ImportBench, root: string): Promise<readonly string[]> {
  const paths: string[] = []
  bench.say(`making ${bench.packages} packages of ${Math.round(bench.packageBytes / 1e6)} MB`)
  for (let n = 0; n < bench.packages; n++) {
    paths.push((await one(join(root, 'packages'), n, bench.packageBytes)).path)
  }
  return paths
}

function one(into: string, n: number, packageBytes: number) {
  return makeExport(orderNamed('single-crown'), {
    into,
    seed: n + 1,
    orderId: String(700_000_000 + n),
    form: 'zip',
    layout: 'flat',
    mesh: { format: 'stl-binary', bytes: Math.round(packageBytes / PACKED / 2) },
  })
}

interface FirstDay {
  readonly package: string
  readonly answers: string
}

/** A small order of the same doctor and material, with the answers to its questions. */
async function firstDay(root: string): Promise<FirstDay> {
  const { doctor, teeth } = orderNamed('single-crown')
  const answers = {
    doctors: [{ id: doctor.id, client: { new: { name: 'Practice' } } }],
    materials: teeth.map((tooth) => ({ itero: tooth.material.v50, material: 'MLZI', method: 'Mill5' })),
  }
  const path = join(root, 'answers.json')
  await writeFile(path, JSON.stringify(answers))
  return { package: (await one(join(root, 'first'), 999, 1e6)).path, answers: path }
}

/** A plain unpacker over all packages, some at a time, each into a folder of its own. */
async function unpacked(
  root: string,
  packages: readonly string[],
  atOnce: number,
  command: string,
): Promise<Measured> {
  const out = join(root, 'unpacked')
  await fresh(out)
  const list = join(root, 'list')
  await writeFile(list, packages.map((path, n) => `${path}\n${join(out, String(n))}\n`).join(''))
  const each = `mkdir "$1" && ${command}`
  const took = await measured(
    'xargs',
    ['-a', list, '-d', '\\n', '-n', '2', `-P${atOnce}`, 'sh', '-c', each],
    root,
  )
  await rm(out, { recursive: true })
  return took
}

/** `npm run myitero`, without npm: what follows the name of the runtime there. */
const MYITERO = manifest.scripts.myitero.split(' ').slice(1)
const ROOT = join(import.meta.dirname, '..')

/** As on any day but the first: the doctor has his client, the material its default, so that nothing is asked. */
async function imported(root: string, packages: readonly string[], day: FirstDay): Promise<Measured> {
  const [cases, data] = [join(root, 'cases'), join(root, 'data')]
  await fresh(cases)
  await rm(data, { recursive: true, force: true })
  const run = (paths: readonly string[], ...more: readonly string[]) => {
    const where = ['--into', cases, '--data', data, ...more]
    return measured(process.execPath, [...MYITERO, 'import', ...paths, ...where], ROOT)
  }
  await run([day.package], '--answers', day.answers)
  const took = await run(packages)
  const made = (await readdir(cases)).length - 1
  if (made !== packages.length) throw new Error(`${made} cases of ${packages.length} packages`)
  await rm(cases, { recursive: true })
  return took
}

/** Empty, and nothing of the round before still on its way to the disk. */
async function fresh(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await measured('sync', [], folder)
}

const label = (name: string, { packages, packageBytes }: ImportBench) =>
  `${name}: ${packages} × ${Math.round(packageBytes / 1e6)} MB`
