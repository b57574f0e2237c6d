import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type SmallPackage, smallPackage } from './package.ts'
import {
  type Counted,
  countCalls,
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
    /** One point again, as a failure names it: `main:pwrite64:12`. Its folder is kept. */
    point: { type: 'string' },
  },
})

/** Every so many points, the package is imported once more after the restart: nothing may be touched. */
const AGAIN_EVERY = 10

const MYITERO = join(import.meta.dirname, '..', '..', 'plugin', 'terminal', 'myitero.ts')

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'myitero-crash-')))
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
  const lanes: Lane[] = []
  for (let n = 1; n <= Math.max(1, Number(options.lanes)); n++) lanes.push(await openLane(pkg, n))
  const { points } = lanes[0] as Lane
  for (const lane of lanes) same(points.map(nameOf), lane.points.map(nameOf))
  const queue = [...points.keys()].filter((n) =>
    [undefined, nameOf(points[n] as Point)].includes(options.point),
  )
  if (queue.length === 0) throw new Error(`no such point: ${options.point}`)

  const tried: Tried[] = []
  const progress = progressOf(queue.length)
  const left = queue.values()
  const work = async (lane: Lane) => {
    for (const n of left) {
      const point = lane.points[n] as Point
      const faults = await tryPoint(pkg, lane, point, n % AGAIN_EVERY === 0)
      tried.push({ point, faults })
      if (faults.length > 0 || options.point !== undefined) {
        kept = true
        const folder = join(scratch, nameOf(point))
        renameSync(lane.run.start.folder, folder)
        progress.say(`${[`${nameOf(point)} ${point.path}`, ...faults, `kept: ${folder}`].join('\n    ')}\n`)
      }
      progress.done(faults.length > 0)
    }
  }
  await Promise.all(lanes.map(work))
  progress.end()
  process.stdout.write(summary(tried))
  const failed = tried.filter(({ faults }) => faults.length > 0).length
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stdout.write(`${seconds} s\n${tried.length - failed} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
}

interface Tried {
  readonly point: Point
  readonly faults: readonly string[]
}

/** Points are tried one after the other in one folder, so that every path is known from the runs before. */
interface Lane {
  readonly run: Run
  readonly points: readonly Point[]
  readonly paths: readonly string[]
}

/**
 * Runs without a kill first: once to fill the cache of compiled modules, which would count as calls; then counted, counted
 * again, and counted by the paths that were found, as the killing runs will. All have to agree, and to end well.
 */
async function openLane(pkg: SmallPackage, n: number): Promise<Lane> {
  const run = runIn(pkg, join(scratch, `lane${n}`))
  const counted = async (paths: readonly string[] = []) => {
    fresh(run)
    const found = await countCalls(run.start, paths)
    const faults = await faultsAfter(run, found.end, pkg)
    if (faults.length > 0) throw new Error(`the run that is not killed: ${faults.join('; ')}`)
    return found
  }
  await counted()
  const first = await counted()
  const described = ({ points }: Counted) => points.map((point) => `${nameOf(point)} ${point.path}`)
  same(described(first), described(await counted()))
  same(described(first), described(await counted(first.paths)))
  return { run, points: first.points, paths: first.paths }
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
  { run, paths }: Lane,
  point: Point,
  onceMore: boolean,
): Promise<readonly string[]> {
  fresh(run)
  try {
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
  const env = { ...process.env, NODE_COMPILE_CACHE: join(scratch, 'compiled') }
  return { start: { folder, args: ['import', pkg.zip, ...where], env }, cases, data }
}

function fresh({ start, cases, data }: Run): void {
  rmSync(start.folder, { recursive: true, force: true })
  for (const each of [cases, data]) mkdirSync(each, { recursive: true })
}

/** The same command as anybody gives it. */
async function plainRun({ args, env }: Start): Promise<End> {
  const child = spawn(process.execPath, [MYITERO, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  return endOf(child)
}

function nameOf({ thread, call, nth }: Point): string {
  return `${thread}:${call}:${nth}`
}

function progressOf(all: number) {
  const began = performance.now()
  const live = process.stdout.isTTY
  let [count, failed, shown] = [0, 0, 0]
  const line = () => {
    const secondsLeft = ((performance.now() - began) / 1000 / count) * (all - count)
    return `${count} of ${all} points, ${failed} failed, about ${Math.round(secondsLeft)} s left`
  }
  return {
    done(bad: boolean) {
      count++
      if (bad) failed++
      const twentieth = Math.floor((count / all) * 20)
      if (live) process.stdout.write(`\r\x1b[2K${line()}`)
      else if (twentieth > shown) process.stdout.write(`${line()}\n`)
      shown = twentieth
    },
    say: (text: string) => process.stdout.write(`${live ? '\r\x1b[2K' : ''}${text}`),
    end: () => process.stdout.write(live ? '\r\x1b[2K' : ''),
  }
}

function summary(tried: readonly Tried[]): string {
  const row = (...[thread, call, points, failures]: readonly string[]) =>
    `${thread?.padEnd(8)}${call?.padEnd(14)}${points?.padStart(6)}${failures?.padStart(10)}\n`
  const kinds = [...Map.groupBy(tried, ({ point }) => `${point.thread} ${point.call}`)].sort()
  const rows = kinds.map(([kind, of]) => {
    const failed = of.filter(({ faults }) => faults.length > 0).length
    return row(...kind.split(' '), String(of.length), String(failed))
  })
  return [row('thread', 'call', 'points', 'failures'), ...rows].join('')
}
