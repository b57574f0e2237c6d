import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import manifest from '../../package.json' with { type: 'json' }
import { type SmallPackage, smallPackage } from './package.ts'
import { nameOf, progressOf, summary, type Tried } from './show.ts'
import {
  type Counted,
  countCalls,
  DRAWN,
  type End,
  endOf,
  killAt,
  type Point,
  type Start,
  StraceMissing,
} from './strace.ts'
import { faultsAfter, stampsIn } from './verdict.ts'

/**
 * `npm run test:crash`: the import of one package (received, waiting at two questions, answered, published) is killed with
 * SIGKILL at every file-system call that it makes, started again, and has to end with exactly one whole case.
 *
 * A call is killed when it is entered, so it has no effect; that it had its effect and nothing after is the kill at the
 * next one. The state after the last call is the run that ends by itself.
 */
const { values: options } = parseArgs({
  options: {
    /** Runs at the same time. */
    lanes: { type: 'string', default: String(availableParallelism()) },
    /** Some points only: `main:pwrite64:12` as a failure names it, `main:pwrite64`, `worker`. */
    only: { type: 'string', default: '' },
    /** Every run starts where another one was killed at this point: what puts things right is killed in its turn. */
    after: { type: 'string' },
  },
})

/** Every so many points, the package is imported once more after the restart: nothing may be touched. */
const AGAIN_EVERY = 10

const ROOT = join(import.meta.dirname, '..', '..')
/** `npm run myitero`, without npm: what follows the name of the runtime there. */
const MYITERO = manifest.scripts.myitero.split(' ').slice(1)

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'myitero-crash-')))
/** One for all runs: it halves their start. */
const COMPILED = join(scratch, 'compiled')
let kept = false
try {
  process.exitCode = await main()
} catch (error) {
  kept = true
  process.stderr.write(`${error instanceof StraceMissing ? error.message : (error as Error).stack}\n`)
  process.stdout.write('0 passed, 1 failed\n')
  process.exitCode = 1
} finally {
  if (!kept) rmSync(scratch, { recursive: true })
}

async function main(): Promise<number> {
  const began = performance.now()
  const pkg = await smallPackage(join(scratch, 'in'))
  const wanted = options.only === '' ? '' : `${options.only}:`
  const numbers = Array.from({ length: Math.max(1, Number(options.lanes)) }, (_, index) => index + 1)
  const lanes = await Promise.all(numbers.map((n) => openLane(pkg, n)))
  const { points } = lanes[0] as Lane
  for (const lane of lanes) same(points.map(nameOf), lane.points.map(nameOf))
  const queue = [...points.keys()].filter((n) => `${nameOf(points[n] as Point)}:`.startsWith(wanted))
  if (queue.length === 0) throw new Error(`no such point: ${options.only}`)

  const tried: Tried[] = []
  const progress = progressOf(queue.length)
  const left = queue.values()
  const work = async (lane: Lane) => {
    for (const n of left) {
      const point = lane.points[n] as Point
      const faults = await tryPoint(pkg, lane, point, n % AGAIN_EVERY === 0)
      tried.push({ point, faults })
      if (faults.length > 0) {
        kept = true
        const folder = join(scratch, nameOf(point))
        renameSync(lane.run.start.folder, folder)
        progress.say(`${[`${nameOf(point)} ${point.path}`, ...faults, `kept: ${folder}`].join('\n    ')}\n`)
      }
      progress.done(faults.length > 0)
    }
  }
  const drop = (error: unknown) => {
    // The other lanes end with the point in hand.
    for (const _ of left);
    throw error
  }
  await Promise.all(lanes.map((lane) => work(lane).catch(drop)))
  progress.end()
  process.stdout.write(summary(tried))
  const failed = tried.filter(({ faults }) => faults.length > 0).length
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stdout.write(`${seconds} s\n${tried.length - failed} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
}

/** Points are tried one after the other in one folder, so that every path is known from the runs before. */
interface Lane extends Enumerated {
  readonly run: Run
  /** Brings the folder to where a run starts. */
  readonly prepare: () => Promise<void>
}

async function openLane(pkg: SmallPackage, n: number): Promise<Lane> {
  const run = runIn(pkg, join(scratch, `lane${n}`))
  const empty = async () => fresh(run)
  const first = await enumerate(pkg, run, empty)
  if (options.after === undefined) return { run, prepare: empty, ...first }

  const cutAt = first.points.find((point) => nameOf(point) === options.after)
  if (cutAt === undefined) throw new Error(`no such point: ${options.after}`)
  const cut = async () => {
    fresh(run)
    await killAt(run.start, cutAt, first.paths)
  }
  const { start } = run
  const next: Run = { ...run, start: { ...start, env: { ...start.env, [DRAWN]: '100' } } }
  return { run: next, prepare: cut, ...(await enumerate(pkg, next, cut)) }
}

type Enumerated = Pick<Counted, 'points' | 'paths'>

/**
 * Runs without a kill first: once to fill the cache of compiled modules, then counted, counted again, and counted by the paths that were found, as the killing runs will. All have to agree, and to end well.
 */
async function enumerate(pkg: SmallPackage, run: Run, prepare: () => Promise<void>): Promise<Enumerated> {
  const counted = async (paths: readonly string[] = []) => {
    await prepare()
    const found = await countCalls(run.start, paths)
    const faults = await faultsAfter(run, found.end, pkg)
    if (faults.length > 0) throw new Error(`the run that is not killed: ${faults.join('; ')}`)
    return found
  }
  await counted()
  const first = await counted()
  const described = ({ points }: Counted) => points.map((point) => `${nameOf(point)} ${point.path}`)
  same(described(first), described(await counted()))
  same(described(first), described(await counted(Object.values(first.paths).flat())))
  return first
}

function same(a: readonly string[], b: readonly string[]): void {
  const odd = oddOnes(a, b)
  if (odd.length > 0)
    throw new Error(`two runs differ in ${odd.length} calls: ${odd.slice(0, 20).join(', ')}`)
}

/** What is in one list only. */
function oddOnes(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...a.filter((each) => !b.includes(each)), ...b.filter((each) => !a.includes(each))]
}

async function tryPoint(
  pkg: SmallPackage,
  { run, prepare, paths }: Lane,
  point: Point,
  onceMore: boolean,
): Promise<readonly string[]> {
  try {
    await prepare()
    await killAt(run.start, point, paths)
    const faults = await faultsAfter(run, await plainRun(run.start), pkg)
    if (faults.length > 0 || !onceMore) return faults
    const before = stampsIn(run.cases)
    const again = await plainRun(run.start)
    const touched = oddOnes(before, stampsIn(run.cases))
    return [
      ...(again.code === 0 ? [] : [`once more: ended with ${again.signal ?? again.code}: ${again.output}`]),
      ...touched.map((each) => `once more: touched ${each}`),
    ]
  } catch (error) {
    if (error instanceof StraceMissing) throw error
    return [(error as Error).message]
  }
}

interface Run {
  readonly start: Start
  readonly cases: string
  readonly data: string
}

function runIn(pkg: SmallPackage, folder: string): Run {
  const [cases, data] = [join(folder, 'cases'), join(folder, 'data')]
  const where = ['--into', cases, '--data', data, '--answers', pkg.answers, '--language', 'en']
  const start = { folder, args: ['import', pkg.zip, ...where], env: process.env, compiled: COMPILED }
  return { start, cases, data }
}

function fresh({ start, cases, data }: Run): void {
  rmSync(start.folder, { recursive: true, force: true })
  for (const each of [cases, data]) mkdirSync(each, { recursive: true })
}

/** The same command as anybody gives it. */
async function plainRun({ args, env, compiled }: Start): Promise<End> {
  const child = spawn(process.execPath, [...MYITERO, ...args], {
    cwd: ROOT,
    env: { ...env, NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return endOf(child)
}
