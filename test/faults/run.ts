import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { preparePages } from '../../host/pages.ts'
import '../written-documents.ts'
import { runSchedule, type Schedule, scheduleOf, WHERES } from './schedule.ts'
import { scannedOrders } from './world.ts'

/**
 * `npm run test:faults`: schedules of faults drawn from seeds. The cloud answers wrongly, late, or not at all; the pipe is cut;
 * the disk is full or fails; processes are killed and started again; the sign-in is lost. At the end of each, every order has to
 * be published exactly once for each revision, none half, and the ledger and the host's list have to agree.
 */
interface Flags {
  readonly count: number
  readonly from: number
  readonly seed?: number
  readonly only?: Schedule['where']
  readonly lanes: number
}

const options = new Command('test:faults')
  .description('Runs schedules of faults, each drawn from its seed: of the cloud, pipe, processes and disk.')
  .option('--count <number>', 'how many seeds', number, 300)
  .option('--from <number>', 'the first of them', number, 1)
  .option('--seed <number>', 'this one alone, told step by step', number)
  .addOption(
    new Option(
      '--only <where>',
      'of the seeds those alone that run the rooms in this process (here), in one that is killed (apart), ' +
        'or the real host and plugin with the pipe between them (piped)',
    ).choices(WHERES),
  )
  .option('--lanes <number>', 'schedules at the same time', number, availableParallelism())
  .configureHelp({ helpWidth: 100 })
  .showHelpAfterError('(--help tells what there is)')
  .allowExcessArguments(false)
  .parse()
  .opts<Flags>()

function number(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number, 1 at least.')
  return Number(text)
}

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'myitero-faults-')))
// One for all hosts, so that each does not compile anew.
process.env['NODE_COMPILE_CACHE'] = join(scratch, 'compiled')
let kept = false
try {
  process.exitCode = await main()
} finally {
  if (!kept) rmSync(scratch, { recursive: true, force: true })
}

async function main(): Promise<number> {
  const began = performance.now()
  // Pages once for all: hosts that start at the same time would each bundle them.
  const [scanned] = await Promise.all([scannedOrders(join(scratch, 'scanned')), preparePages()])
  const first = options.seed ?? options.from
  const many = options.seed === undefined ? options.count : 1
  const schedules = Array.from({ length: many }, (_, n) => scheduleOf(first + n)).filter(
    ({ where }) => options.only === undefined || where === options.only,
  )
  const isPiped = ({ where }: Schedule) => where === 'piped'
  const steps: Counts = new Map()
  const ofCloud: Counts = new Map()
  const wheres: Counts = new Map()
  const failed: number[] = []
  let ran = 0
  const work = async (queue: Iterable<Schedule>) => {
    for (const schedule of queue) {
      const { seed } = schedule
      if (options.seed !== undefined) process.stdout.write(`${JSON.stringify(schedule, null, 1)}\n`)
      const folder = join(scratch, String(seed))
      mkdirSync(folder)
      const { wrong, met } = await runSchedule(schedule, folder, scanned).catch((error: Error) => ({
        wrong: [error.stack ?? error.message],
        met: [],
      }))
      ran++
      count(wheres, [schedule.where])
      count(
        steps,
        schedule.steps.map(({ step }) => step.kind),
      )
      count(ofCloud, met)
      if (wrong.length === 0) {
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
        continue
      }
      failed.push(seed)
      kept = true
      process.stdout.write(`${[`seed ${seed}`, ...wrong, `kept: ${folder}`].join('\n    ')}\n`)
    }
  }
  // Those with the real host wait more than they work: they hold up no other.
  const queues = [schedules.filter(isPiped), schedules.filter((each) => !isPiped(each))]
  const lanes = (queue: Iterable<Schedule>) => Array.from({ length: options.lanes }, () => work(queue))
  await Promise.all(queues.flatMap((queue) => lanes(queue.values())))
  const [apart, piped] = [wheres.get('apart') ?? 0, wheres.get('piped') ?? 0]
  process.stdout.write(
    `${ran} schedules, ${apart} of them with a process of its own that is killed, ${piped} with the real host and ` +
      `plugin and the pipe between them\nsteps: ${told(steps)}\nfaults of the cloud: ${told(ofCloud)}\n`,
  )
  process.stdout.write(`${Math.round((performance.now() - began) / 1000)} s\n`)
  process.stdout.write(`${ran - failed.length} passed, ${failed.length} failed\n`)
  return failed.length > 0 ? 1 : 0
}

type Counts = Map<string, number>

function count(counts: Counts, kinds: readonly string[]): void {
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
}

function told(counts: Counts): string {
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, times]) => `${kind} ${times}`)
    .join(', ')
}
