import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ImportError } from '../errors.ts'
import type { OnBytes, Receive } from './receive.ts'
import type { Asked, Said } from './worker.ts'

export interface ReceivingPool {
  readonly receive: Receive
  /** Ends the threads; what they still had in hand fails. */
  close(): Promise<void>
}

type Job = { readonly onBytes: OnBytes } & PromiseWithResolvers<Awaited<ReturnType<Receive>>>

interface Hand {
  readonly worker: Worker
  readonly jobs: Map<number, Job>
}

/**
 * Threads that read packages through, so that inflating, hashing and checking use every core and the thread of ledger,
 * pipe and dialogs stays free. Each is started when it is first needed; a job goes to the one with the least in hand.
 */
export function receivingPool(threads: number): ReceivingPool {
  const hands: Hand[] = []
  let closed = false
  let last = 0
  return {
    receive(what, onBytes) {
      if (closed) return Promise.reject(new ImportError('unexpected', {}))
      const hand = freest()
      const job: Job = { onBytes, ...Promise.withResolvers<Awaited<ReturnType<Receive>>>() }
      const asked: Asked = { job: ++last, what }
      hand.jobs.set(asked.job, job)
      hand.worker.postMessage(asked)
      return job.promise
    },
    async close() {
      closed = true
      await Promise.all(hands.map(({ worker }) => worker.terminate()))
    },
  }

  function freest(): Hand {
    const [best] = [...hands].sort((a, b) => a.jobs.size - b.jobs.size)
    return best && (best.jobs.size === 0 || hands.length >= threads) ? best : started()
  }

  function started(): Hand {
    // It gives the folder of this version, inside of the one that is to be named.
    const own = getCompileCacheDir()
    const cache = own === undefined ? undefined : dirname(own)
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      // A thread has its own compile cache, which it finds in its environment.
      env: cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache },
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 64 },
    })
    const hand: Hand = { worker, jobs: new Map() }
    worker.on('message', (said: Said) => heard(hand, said))
    worker.on('error', (error) => gone(hand, error))
    worker.on('exit', () => gone(hand, new Error('the thread ended')))
    hands.push(hand)
    return hand
  }

  function heard({ jobs }: Hand, said: Said): void {
    const job = jobs.get(said.job)
    if (!job) return
    if (said.kind === 'bytes') {
      job.onBytes(said.bytes)
      return
    }
    jobs.delete(said.job)
    if (said.kind === 'done') job.resolve(said.files)
    else
      job.reject(
        new ImportError(said.code, said.facts, said.trace === '' ? undefined : new Error(said.trace)),
      )
  }

  /** A thread that ended takes its jobs with it; the next job starts another. */
  function gone(hand: Hand, cause: Error): void {
    const at = hands.indexOf(hand)
    if (at >= 0) hands.splice(at, 1)
    for (const job of hand.jobs.values()) job.reject(new ImportError('unexpected', {}, cause))
    hand.jobs.clear()
  }
}
