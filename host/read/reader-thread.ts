import { parentPort } from 'node:worker_threads'
import { type Look, lookAtCase } from './folder.ts'

/** What a thread is asked: folders of one case folder, each with the signature of its last look. */
export interface Ask {
  readonly caseFolder: string
  readonly cases: readonly { readonly name: string; readonly signature: string | null }[]
}

parentPort?.on('message', ({ caseFolder, cases }: Ask) => {
  const looks: readonly Look[] = cases.map(({ name, signature }) => lookAtCase(caseFolder, name, signature))
  parentPort?.postMessage(looks)
})
