import { watch } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { CaseList, ClientRow } from '../../host/api.ts'
import { preparePages } from '../../host/pages.ts'
import { type Desk, openDesk } from './desk.ts'
import { placeIn } from './host-process.ts'
import { makeOrders, type StoryOrders } from './orders.ts'
import { isActive, list, type Scene, STEPS, type Step } from './steps.ts'
import { lossesAfter } from './verdict.ts'

/**
 * `npm run test:pull`: the story is told over HTTP to a real host with a real plugin, again and again; each time a few faults
 * strike, each at one moment of a step of its own, far apart. Nothing may be lost, doubled or asked twice.
 */
const { values: options } = parseArgs({
  options: {
    /** Stories at the same time; they wait more than they work. */
    lanes: { type: 'string', default: String(availableParallelism() * 4) },
    /** Some only, by a part of their name, each in a story of its own. */
    only: { type: 'string', default: '' },
    /** Leaves the folders of stories that lost something. */
    keep: { type: 'boolean', default: false },
  },
})

const FAULTS = ['the connection is cut', 'the plugin is killed', 'the host is killed'] as const
type Fault = (typeof FAULTS)[number]

/** begun: the request is on its way · moving: files of the step move in the case folder · ended: all that comes of it stands. */
const MOMENTS = ['begun', 'moving', 'ended'] as const
type Moment = (typeof MOMENTS)[number]

interface Point {
  readonly step: Step
  readonly fault: Fault
  readonly moment: Moment
  /** ms after the moment: neighbours differ, so that a deed is met before, within and after its handling. */
  readonly lag: number
}

const LAGS = [0, 4, 12]

/** Between two of them lie a third of the story and every deed of it, so none hides what another one did. */
const FAULTS_IN_A_STORY = 3

/** ms. For one thing to come to stand, on a machine that tells many stories at once. */
const PATIENCE_MS = 30_000
/** ms between two looks at a state. */
const LOOK_MS = 50

const scratch = await mkdtemp(join(tmpdir(), 'myitero-pull-'))
// One for all hosts, so that each does not compile anew.
process.env['NODE_COMPILE_CACHE'] = join(scratch, 'compiled')
let kept = false
try {
  process.exitCode = await main()
} finally {
  if (!kept) await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
}

async function main(): Promise<number> {
  const began = performance.now()
  // Once for all: hosts that start at the same time would each bundle them.
  const [orders] = await Promise.all([makeOrders(join(scratch, 'made')), preparePages()])
  const points = STEPS.flatMap(pointsOf).filter((point) => nameOf(point).includes(options.only))
  if (points.length === 0) throw new Error(`no such point: ${options.only}`)
  const stories = dealt(points, options.only === '' ? FAULTS_IN_A_STORY : 1)
  const queue = stories.entries()
  let [passed, failed] = [0, 0]
  const lane = async () => {
    for (const [number, struck] of queue) {
      const root = join(scratch, String(number))
      const losses = await told(root, orders, struck)
      if (losses.length === 0) passed += struck.length
      else {
        failed += struck.length
        process.stdout.write(`${[struck.map(nameOf).join(', '), ...losses].join('\n    ')}\n`)
        kept ||= options.keep
      }
      if (losses.length === 0 || !options.keep)
        await rm(root, { recursive: true, force: true, maxRetries: 10 })
      process.stdout.write(`${passed + failed} of ${points.length}\n`)
    }
  }
  await Promise.all(Array.from({ length: Number(options.lanes) }, lane))
  const seconds = Math.round((performance.now() - began) / 1000)
  if (kept) process.stdout.write(`kept: ${scratch}\n`)
  process.stdout.write(`${passed + failed} points ran in ${seconds} s: ${passed} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
}

/** The points of the story in its order, so many to a telling, as far apart as can be. */
function dealt(points: readonly Point[], each: number): readonly (readonly Point[])[] {
  const stories = Math.ceil(points.length / each)
  return Array.from({ length: stories }, (_, story) => points.filter((_, at) => at % stories === story))
}

/** What can strike at a step: where no plugin is at work there is none to be killed, and no connection to be cut. */
function pointsOf(step: Step, number: number): readonly Point[] {
  const { before, after } = step.working
  const lagOf = (fault: Fault) => LAGS[(number + FAULTS.indexOf(fault)) % LAGS.length] ?? 0
  return MOMENTS.filter((moment) => moment !== 'moving' || step.moves).flatMap((moment) => {
    const works = moment === 'begun' ? before : moment === 'ended' ? after : true
    return FAULTS.filter((fault) => works || fault === 'the host is killed').map((fault) => ({
      step,
      fault,
      moment,
      lag: moment === 'begun' ? lagOf(fault) : 0,
    }))
  })
}

function nameOf({ step, fault, moment, lag }: Point): string {
  return `${step.name} / ${moment}${lag === 0 ? '' : ` + ${lag} ms`} / ${fault}`
}

/** Tells the story with these faults, no two at one step, and gives what was lost. */
async function told(root: string, orders: StoryOrders, points: readonly Point[]): Promise<readonly string[]> {
  let desk: Desk | null = null
  try {
    await mkdir(root)
    desk = await openDesk(placeIn(root))
    const scene: Scene = { desk, orders, putOff: new Set() }
    for (const step of STEPS) await taken(scene, step, points.find((point) => point.step === step) ?? null)
    const { clients } = await desk.read<{ readonly clients: readonly ClientRow[] }>('/api/clients')
    const shown = { list: await list(desk), clients }
    await desk.host().kill('SIGTERM')
    return await lossesAfter(desk.place, orders, shown)
  } catch (error) {
    const standing = await desk?.read<CaseList>('/api/cases').catch(() => null)
    const rows = standing?.rows.map(({ orderId, status, waitsFor, reason }) => ({
      orderId,
      status,
      waitsFor,
      reason,
    }))
    return [String(error), JSON.stringify(rows), desk?.host().faults() ?? '']
  } finally {
    await desk?.host().kill('SIGKILL')
  }
}

/** One step: done, looked after, done once more where it was not, until what comes of it stands. */
async function taken(scene: Scene, step: Step, point: Point | null): Promise<void> {
  const { desk } = scene
  // Looked for beforehand: it takes longer than the deed.
  const [plugin] = point === null ? [] : await desk.host().plugins()
  let fault: Promise<void> | null = null
  const once = () => {
    const strike = () => struck(desk, point?.fault ?? null, plugin)
    fault = point === null || point.lag === 0 ? strike() : pause(point.lag).then(strike)
    fault.catch(() => {})
  }
  const moving = point?.moment === 'moving' ? firstMove(desk.place.cases, once) : null
  // What the fault before it still keeps it from is done below, like what this one strikes.
  await step.act(scene, point?.moment === 'begun' ? once : () => {}).catch(() => {})
  await moving
  await fault
  if (point !== null && point.moment !== 'ended' && fault === null)
    throw new Error('the fault had nothing to strike')
  await until(`${step.name}: done`, async () => {
    if (await step.done(scene)) return true
    await step.act(scene, () => {})
    return step.done(scene)
  })
  await until(`${step.name}: stands`, () => step.stands(scene))
  if (point?.moment !== 'ended') return
  await struck(desk, point.fault)
  await until(`${step.name}: still stands`, () => step.stands(scene))
  if (step.working.after) await until('the plugin is back', () => isActive(desk))
}

/** Resolves when something moves in a folder, after `then` was called at once. */
function firstMove(folder: string, then: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const watching = watch(folder, { recursive: true }, () => {
    watching.close()
    clearTimeout(timer)
    then()
    resolve()
  })
  const timer = setTimeout(() => {
    watching.close()
    reject(new Error('nothing moved in the case folder'))
  }, PATIENCE_MS)
  return promise
}

async function struck(desk: Desk, fault: Fault | null, known?: number): Promise<void> {
  switch (fault) {
    case 'the connection is cut':
      return desk.host().cut()
    case 'the plugin is killed':
      return kill(known ?? (await thePlugin(desk)))
    case 'the host is killed':
      await desk.host().kill('SIGKILL')
      return desk.restart()
    case null:
  }
}

/** One that has just ended, as at a stop, is as good as killed. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function thePlugin(desk: Desk): Promise<number> {
  const [plugin] = await desk.host().plugins()
  if (plugin === undefined) throw new Error('there is no plugin to be killed')
  return plugin
}

/** A look that fails counts as one that did not see it: the host or the plugin may just be coming back. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  let last: unknown = null
  while (performance.now() < end) {
    try {
      if (await holds()) return
      last = null
    } catch (error) {
      last = error
    }
    await pause(LOOK_MS)
  }
  throw new Error(`not in ${PATIENCE_MS / 1000} s: ${what}`, last === null ? {} : { cause: last })
}
