import { Worker } from 'node:worker_threads'
import type { Look } from './folder.ts'
import type { Ask } from './reader-thread.ts'

/** Threads that look at cases, so that the server answers meanwhile and no document can hold it up. */
export interface CaseReaders {
  /** One look for each case that was asked for, in any order. Rejects only once closed. */
  read(ask: Ask): Promise<readonly Look[]>
  /** Threads, so many asks are worked on at once. */
  readonly lanes: number
  /** The same promise each time. */
  close(): Promise<void>
}

/** Longer than a slow share takes for a batch; a document that takes longer is hostile. */
const PATIENCE_MS = 60_000

export function caseReaders(lanes: number, patienceMs = PATIENCE_MS): CaseReaders {
  const idle: Worker[] = []
  const all = new Set<Worker>()
  const waiting: ((worker: Worker) => void)[] = []
  let closing: Promise<void> | null = null

  const start = (): Worker => {
    const worker = new Worker(new URL('./reader-thread.ts', import.meta.url))
    all.add(worker)
    return worker
  }

  const taken = async (): Promise<Worker> => {
    const free = idle.pop()
    if (free !== undefined) return free
    return all.size < lanes ? start() : await new Promise((given) => waiting.push(given))
  }

  const given = (worker: Worker) => {
    const next = waiting.shift()
    if (next) next(worker)
    else idle.push(worker)
  }

  async function read(ask: Ask): Promise<readonly Look[]> {
    if (closing) throw new Error('closed')
    const worker = await taken()
    const looks = await answerOf(worker, ask, patienceMs)
    if (looks !== null) {
      given(worker)
      return looks
    }
    // Died or took too long: another takes its place, and the cases are tried one by one.
    all.delete(worker)
    await worker.terminate()
    if (closing) throw new Error('closed')
    if (waiting.length > 0) given(start())
    const [only, ...more] = ask.cases
    if (only === undefined) return []
    if (more.length > 0) {
      const parts: Look[] = []
      for (const each of ask.cases) parts.push(...(await read({ ...ask, cases: [each] })))
      return parts
    }
    const { name } = only
    const problem = { code: 'case-unreadable', facts: { reason: 'time' } } as const
    return [
      {
        kind: 'case',
        name,
        seen: { project: name, signature: 'time', writtenAt: 0, content: null, problem },
      },
    ]
  }

  return {
    lanes,
    read,
    close() {
      closing ??= Promise.all([...all].map((worker) => worker.terminate())).then(() => {})
      return closing
    },
  }
}

/** null: the thread ended, or its time was up. */
function answerOf(worker: Worker, ask: Ask, patienceMs: number): Promise<readonly Look[] | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(null), patienceMs)
    const onMessage = (looks: readonly Look[]) => done(looks)
    const onEnd = () => done(null)
    function done(looks: readonly Look[] | null): void {
      clearTimeout(timer)
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
      // A thread that fails after this is found dead at its next ask.
      worker.on('error', () => {})
      resolve(looks)
    }
    worker.removeAllListeners('error')
    worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd)
    worker.postMessage(ask)
  })
}
