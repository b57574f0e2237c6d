// The tests under Windows: `npm run test:windows [-- --only suites|start|consoles|tray|share|users|installer|story]`. Sets up Wine's prefix, Windows'
// Node and packages by itself. Needs wine, Xvfb, xdotool, ImageMagick, mingw's gcc, nsis and Chromium. Exit code 1 at any failure.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { tryConsoles } from './consoles.ts'
import { tryInstaller } from './installer.ts'
import { ROOT } from './packages.ts'
import { tryShare } from './share.ts'
import { startsOf } from './starts.ts'
import { tryStory } from './story.ts'
import { LEFT_OUT, suites } from './suites.ts'
import { type FileResult, runTap } from './tap-run.ts'
import { tryUsers } from './users.ts'
import { onWindowsMachine, type WindowsMachine } from './wine.ts'

/** Where times are measured comes first, with nothing beside it, and sets up what is kept; then the longest. */
const PARTS = ['start', 'suites', 'installer', 'story', 'consoles', 'tray', 'share', 'users'] as const

const { only, keep } = new Command('test:windows')
  .addOption(new Option('--only <part>', 'one part').choices(PARTS))
  .option('--keep <folder>', 'where screenshots and the rest of what is written stay')
  .parse()
  .opts<{ only?: Part; keep?: string }>()
const work = keep ?? mkdtempSync(join(tmpdir(), 'myitero-windows-tests-'))
mkdirSync(work, { recursive: true })
const say = (text: string) => process.stdout.write(`${text}\n`)
const line = (text: string) => say(`  ${text}`)
/** Parts at once, and files of tests at once: a machine waits longer for itself than for the processor. */
const LANES = 2

type Part = (typeof PARTS)[number]

/** Each on a machine of its own: what one leaves behind is not there for the next. */
const parts: Readonly<Record<Part, () => Promise<void>>> = {
  suites: () => onWindowsMachine(runSuites),
  start: () => onWindowsMachine(startToReady),
  consoles: () => onWindowsMachine((machine) => tryConsoles(machine, line)),
  tray: async () => {
    execFileSync(process.execPath, [join(ROOT, 'test/windows/run-tray.ts'), join(work, 'tray')], {
      stdio: 'inherit',
    })
  },
  share: () => onWindowsMachine((machine) => tryShare(machine, line)),
  users: () => onWindowsMachine((machine) => tryUsers(machine, line)),
  installer: () => onWindowsMachine((machine) => tryInstaller(machine, line)),
  story: () => onWindowsMachine((machine) => tryStory(machine, line, { shots: join(work, 'story') })),
}

const failed = only === undefined ? await runAll() : (await runPart(only)) ? [] : [only]
if (keep === undefined && failed.length === 0) rmSync(work, { recursive: true, force: true })
else if (only === undefined) say(`what they wrote: ${work}`)
if (failed.length > 0) say(`failed on Windows: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0

/** Gives the parts that failed. */
async function runAll(): Promise<readonly Part[]> {
  const failed: Part[] = []
  const run = async (part: Part) => {
    if (!(await inItsProcess(part))) failed.push(part)
  }
  const [first, ...others] = PARTS
  await run(first)
  const waiting = others.values()
  const lane = async () => {
    for (const part of waiting) await run(part)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return failed
}

/** What it says is said when it has ended, in one piece. */
async function inItsProcess(part: Part): Promise<boolean> {
  const child = spawn(process.execPath, [import.meta.filename, '--only', part, '--keep', join(work, part)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  let said = ''
  for await (const piece of child.stdout.setEncoding('utf8')) said += piece
  const [code] = await ended
  process.stdout.write(said)
  return code === 0
}

async function runPart(part: Part): Promise<boolean> {
  say(`${part}:`)
  const from = Date.now()
  let well = true
  try {
    await parts[part]()
  } catch (error) {
    well = false
    say(`${part} FAILED: ${error instanceof Error ? error.stack : String(error)}`)
  }
  say(`${part}: ${seconds(from)} s\n`)
  return well
}

async function runSuites(machine: WindowsMachine): Promise<void> {
  const all = suites()
  const running = inLanes(
    all.flatMap(({ files }) => files),
    (file) =>
      runTap(
        machine,
        file,
        join(work, 'tap'),
        LEFT_OUT.filter((one) => one.file === file),
      ),
  )
  const troubles: string[] = []
  for (const { name, files } of all) {
    const results = await Promise.all(running.splice(0, files.length))
    const [asserts, ms] = [sum(results.map((one) => one.asserts)), sum(results.map((one) => one.ms))]
    line(`${name}: ${asserts} asserts in ${results.length} files, ${(ms / 1000).toFixed(1)} s`)
    for (const left of leftOutIn(results)) line(`  left out: ${left}`)
    for (const { file, trouble } of results) if (trouble !== null) troubles.push(`${file} ${trouble}`)
  }
  if (troubles.length > 0) throw new Error(`\n${troubles.join('\n\n')}`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

/** Every test that did not run, with the reason; those of one reason in a file together. */
function leftOutIn(results: readonly FileResult[]): readonly string[] {
  const skipped = results.flatMap((one) => one.skipped)
  const groups = Object.groupBy(skipped, ({ file, because }) => `${file} (${because})`)
  return Object.entries(groups).map(([what, each = []]) => {
    const names = new Set(each.map(({ test }) => test ?? 'all of it'))
    return `${what}: ${[...names].join('; ')}`
  })
}

/** In this order, so many at a time; each tells by itself when it is done. */
function inLanes(
  files: readonly string[],
  run: (file: string) => Promise<FileResult>,
): Promise<FileResult>[] {
  const waiting = files.map((file) => ({ file, ...Promise.withResolvers<FileResult>() }))
  const promises = waiting.map(({ promise }) => promise)
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { file } = next
      next.resolve(
        await run(file).catch((error) => ({ file, ms: 0, asserts: 0, skipped: [], trouble: String(error) })),
      )
    }
  }
  for (let at = 0; at < LANES; at++) void lane()
  return promises
}

async function startToReady(machine: WindowsMachine): Promise<void> {
  const { wine, here } = await startsOf(machine)
  for (const [at, { name, value, unit }] of wine.entries())
    line(`${name}: ${value} ${unit} under Wine, ${here[at]?.value} ${unit} on ${process.platform}`)
}

function seconds(from: number): string {
  return ((Date.now() - from) / 1000).toFixed(1)
}
