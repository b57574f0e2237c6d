import { parentPort } from 'node:worker_threads'
import { asImportError, type Facts, type FailureCode } from '../errors.ts'
import type { ReceivedFile } from '../ledger/orders.ts'
import { blockingDisk } from './blocking-disk.ts'
import { type ReceiveJob, receive } from './receive.ts'

/** What a worker says of the job of that number. Errors cross threads as their code and facts. */
export type Said = { readonly job: number } & (
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'done'; readonly files: readonly ReceivedFile[] }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly facts: Facts; readonly trace: string }
)

export interface Asked {
  readonly job: number
  readonly what: ReceiveJob
}

/** Between two words about progress, bytes: a message for each chunk would cost more than the chunk. */
const TELL_BYTES = 4 * 1024 * 1024

if (parentPort === null) throw new Error('a worker of the receiving pool, not a program')
const port = parentPort
const say = (said: Said) => port.postMessage(said)

port.on('message', async ({ job, what }: Asked) => {
  let untold = 0
  const onBytes = (bytes: number) => {
    untold += bytes
    if (untold < TELL_BYTES) return
    say({ job, kind: 'bytes', bytes: untold })
    untold = 0
  }
  try {
    const files = await receive(blockingDisk, what, onBytes)
    say({ job, kind: 'bytes', bytes: untold })
    say({ job, kind: 'done', files })
  } catch (thrown) {
    const { code, facts, cause } = asImportError(thrown)
    say({
      job,
      kind: 'failed',
      code,
      facts,
      trace: cause instanceof Error ? (cause.stack ?? cause.message) : '',
    })
  }
})
