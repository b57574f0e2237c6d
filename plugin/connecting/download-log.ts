import type { Fetch } from '../ledger/fetches.ts'
import type { FetchId } from '../ledger/schema.ts'
import type { Log } from '../log.ts'

/**
 * Keeps in the log what stands in the way of a download, once for each thing that does, and that it was given up: by the code
 * and by the order's numbers.
 */
export function downloadLog({ note }: Pick<Log, 'note'>): (fetch: Fetch) => void {
  const said = new Map<FetchId, string>()
  return ({ id, rxId, stage, attempts, failure }) => {
    if (failure === null) {
      said.delete(id)
      return
    }
    const text = `${stage} ${attempts} ${failure.code}`
    if (said.get(id) === text) return
    said.set(id, text)
    const event = stage === 'failed' ? 'download-failed' : 'download-hindered'
    note(event, { code: failure.code, fetch: id, rx: Number(rxId), attempts })
  }
}
