import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Node's main thread (all of SQLite, synchronous calls), libuv's only worker (all asynchronous calls), and the thread of
 * JavaScript in which packages are read through (its synchronous calls), which begins on the way.
 */
export type ThreadName = 'main' | 'worker' | 'reader'

/** One file-system call of a run. strace counts for each thread and each name of a call on its own, so do the points. */
export interface Point {
  readonly thread: ThreadName
  readonly call: string
  /** From 1. */
  readonly nth: number
  /** What it was about. */
  readonly path: string
}

export interface Counted {
  /** In the order of the run, thread by thread. */
  readonly points: readonly Point[]
  /** Every path that was touched, in the run's own folder or outside, by thread. */
  readonly paths: Paths
  readonly end: End
}

export type Paths = Readonly<Record<ThreadName, readonly string[]>>

export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** How to start a run that waits for the watcher: its own folder, beside the package's, and the rest of the command line. */
export interface Start {
  readonly folder: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Where Node keeps compiled modules. */
  readonly compiled: string
}

/** Name in the environment: what a run's chance begins with, so that two runs do not draw the same. */
export const DRAWN = 'CRASH_DRAWN'

const CHILD = join(import.meta.dirname, 'import-child.ts')

/** Longer than any run, shorter than patience; ms. */
const HANGING_MS = 60_000

/**
 * Runs to the end and notes every call on files. Left out, by what they act on: pipes, sockets, event descriptors, `/dev`,
 * `/proc` and `/sys` (nothing of these is on a disk), Node's own cache of compiled modules, and what the reading thread reads
 * of the program itself, its modules. With `paths`, only those are looked at, as a killing run does.
 */
export async function countCalls(start: Start, paths: readonly string[] = []): Promise<Counted> {
  const log = join(start.folder, 'calls')
  const watched = await startWatched(start, 'main', ({ main }) => [
    '-f',
    ...traced('%file,%desc', paths),
    ...['-o', log, '-p', String(main)],
  ])
  const end = await watched.end
  const logged = parseLog(readFileSync(log, 'utf8'), start.compiled)
  rmSync(log)
  const names = new Map<number, ThreadName>([
    [watched.threads.main, 'main'],
    [watched.threads.worker, 'worker'],
  ])
  const counts = new Map<string, number>()
  const points: Point[] = []
  const seen = { main: new Set<string>(), worker: new Set<string>(), reader: new Set<string>() }
  const isProgram = ({ reads, paths: of }: LoggedCall) =>
    reads && !of.some((path) => path.startsWith(dirname(start.folder)))
  for (const call of logged) {
    const thread = names.get(call.thread) ?? 'reader'
    if (thread === 'reader') {
      if (isProgram(call)) continue
      if ([...names.values()].includes(thread) && !names.has(call.thread)) throw new Error('a second reader')
      names.set(call.thread, thread)
    }
    const key = `${thread} ${call.call}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    points.push({ thread, call: call.call, nth, path: call.path })
    for (const path of call.paths) seen[thread].add(path)
  }
  points.sort((a, b) => (a.thread < b.thread ? -1 : a.thread > b.thread ? 1 : 0))
  const touched = { main: [...seen.main], worker: [...seen.worker], reader: [...seen.reader] }
  return { points, paths: touched, end }
}

/** Runs until the given call is entered, and is killed there. Throws where it was not killed at just that point. */
export async function killAt(start: Start, point: Point, paths: Paths): Promise<void> {
  const log = join(start.folder, 'calls')
  const { thread, call, nth } = point
  const watched = await startWatched(start, thread, (threads) => [
    ...traced(call, paths[thread]),
    ...['-e', `inject=${call}:signal=SIGKILL:when=${nth}`],
    ...['-o', log, '-p', String(threads[thread])],
  ])
  const end = await watched.end
  const text = readFileSync(log, 'utf8')
  rmSync(log)
  if (end.signal !== 'SIGKILL') {
    throw new Error(`not killed: code ${end.code}, signal ${end.signal}; ${end.output.trim()}`)
  }
  const entered = parseLog(text, start.compiled)
  const last = entered.at(-1)
  if (entered.length !== nth || last?.path !== point.path || !/killed by SIGKILL/.test(text)) {
    throw new Error(`killed elsewhere: at call ${entered.length} on ${last?.path}`)
  }
}

function traced(calls: string, paths: readonly string[]): readonly string[] {
  // A file that is removed while it is open goes by the other name.
  const names = paths.flatMap((path) => [path, `${path} (deleted)`])
  return [...['-y', '-s', '0', '-e', `trace=${calls}`], ...names.flatMap((path) => ['-P', path])]
}

/** Ids of the kernel. The reader's is 0 until it is waited for. */
type Threads = Readonly<Record<ThreadName, number>>

interface Watched {
  readonly threads: Threads
  readonly end: Promise<End>
}

async function startWatched(
  start: Start,
  wanted: ThreadName,
  watch: (of: Threads) => readonly string[],
): Promise<Watched> {
  const child = spawn(process.execPath, [CHILD, ...start.args], {
    env: {
      ...start.env,
      NODE_COMPILE_CACHE: start.compiled,
      UV_THREADPOOL_SIZE: '1',
      UV_USE_IO_URING: '0',
      ...(wanted === 'reader' ? { CRASH_READER: '1' } : {}),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = endOf(child)
  await stopped(child, end)
  const before = threadsOf(child.pid ?? 0)
  const threads = wanted === 'reader' ? await withReader(child, before, end) : before
  const strace = spawn('strace', watch(threads), { stdio: ['ignore', 'ignore', 'pipe'] })
  const straceEnd = new Promise<void>((done) => strace.on('close', () => done()))
  try {
    await attached(strace)
  } catch (error) {
    child.kill('SIGKILL')
    await end
    throw error
  }
  child.kill('SIGCONT')
  return {
    threads,
    end: end.then(async (reached) => {
      await straceEnd
      return reached
    }),
  }
}

/** The child stops itself when it is ready; the kernel tells in its state. */
async function stopped({ pid }: ChildProcess, end: Promise<End>): Promise<void> {
  let early: End | null = null
  end.then((reached) => {
    early = reached
  })
  while (early === null) {
    // The state is the word after the name, which stands in brackets.
    if (/\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return
    await pause(2)
  }
  throw new Error(`ended before it began: ${JSON.stringify(early)}`)
}

async function attached(strace: ChildProcess): Promise<void> {
  let said = ''
  await new Promise<void>((done, fail) => {
    const failed = (why: string) => fail(new StraceMissing(`strace cannot watch a process here: ${why}`))
    strace.on('error', (error) => failed(error.message))
    strace.on('close', (code) => failed(`${said.trim()} (exit ${code})`))
    strace.stderr?.on('data', (data: Buffer) => {
      said += data.toString()
      if (/\battached\b/.test(said)) done()
    })
  })
}

/** strace is not installed, or ptrace is not permitted: nothing can be tested then. */
export class StraceMissing extends Error {}

function threadsOf(main: number): Threads {
  const workers = tasksOf(main, 'libuv-worker')
  const [worker, ...others] = workers
  if (worker === undefined || others.length > 0) throw new Error(`${workers.length} libuv workers, not 1`)
  return { main, worker, reader: 0 }
}

/** Goes on to where the reading thread begins, and stops again. */
async function withReader(child: ChildProcess, threads: Threads, end: Promise<End>): Promise<Threads> {
  const before = new Set(tasksOf(threads.main))
  child.kill('SIGCONT')
  while (tasksOf(threads.main).every((task) => before.has(task))) await pause(2)
  await stopped(child, end)
  const begun = tasksOf(threads.main).filter((task) => !before.has(task))
  const [reader, ...others] = begun
  if (reader === undefined || others.length > 0) throw new Error(`${begun.length} threads begun, not 1`)
  return { ...threads, reader }
}

function tasksOf(pid: number, name?: string): readonly number[] {
  const nameOfTask = (task: string) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim()
  return readdirSync(`/proc/${pid}/task`)
    .filter((task) => name === undefined || nameOfTask(task) === name)
    .map(Number)
}

/** The end of a process, with what it said. One that hangs is ended, and seen as such by its signal. */
export function endOf(child: ChildProcess): Promise<End> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data: Buffer) => {
      output += data.toString()
    })
  }
  const hanging = setTimeout(() => child.kill('SIGABRT'), HANGING_MS)
  return new Promise((done) =>
    child.on('close', (code, signal) => {
      clearTimeout(hanging)
      done({ code, signal, output })
    }),
  )
}

interface LoggedCall {
  readonly thread: number
  readonly call: string
  readonly path: string
  readonly paths: readonly string[]
  /** It changes nothing, on the disk or in a table of locks. */
  readonly reads: boolean
}

const READING =
  /^(?:access|close|fstat|getcwd|getdents64|lseek|lstat|mmap|newfstatat|openat|pread64|read|readlink|stat|statx)$/

/** Entries into calls that act on a file. The thread is 0 where only one was watched. */
function parseLog(text: string, leftOut: string): readonly LoggedCall[] {
  const calls: LoggedCall[] = []
  for (const line of text.split('\n')) {
    // `<... read resumed>`, `+++ exited` and the like are no entries.
    const [, thread = '0', call = '', rest = ''] = /^(?:(\d+) +)?([a-z]\w*)\((.*)$/.exec(line) ?? []
    if (call === '') continue
    const named = rest.replace(/AT_FDCWD<[^>]*>/, '').replace(/(\)|\?)? += .*$/, '')
    const paths = [...named.matchAll(/\d+<(\/[^>]*)>|"(\/[^"]*)"/g)]
      .map(([, open, given]) => open ?? given ?? '')
      .filter((path) => !/^\/(?:dev|proc|sys)\//.test(path) && !path.startsWith(leftOut))
    const [path] = paths
    const reads = READING.test(call) && !/\bO_(?:WRONLY|RDWR|CREAT|TRUNC)\b/.test(rest)
    if (path !== undefined) calls.push({ thread: Number(thread), call, path, paths, reads })
  }
  return calls
}
