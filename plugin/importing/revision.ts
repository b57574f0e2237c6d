import { createHash } from 'node:crypto'
import { meaningOf } from '../itero/manifest.ts'
import type { Order } from '../itero/order.ts'
import type { ReceivedFile } from '../ledger/orders.ts'

/**
 * SHA-256, hex, over the meaning of the manifest (ExportTime left out) and every other file: its name in the package, length and
 * content. The manifests themselves are left out, since each export writes its own time into them [V].
 */
export function revisionHash(order: Order, files: readonly ReceivedFile[]): string {
  const hash = createHash('sha256').update(meaningOf(order))
  const rows = files
    .filter((file) => file.role.kind !== 'manifest')
    .map((file) => JSON.stringify([file.packageName.normalize('NFC').toLowerCase(), file.bytes, file.sha256]))
    .sort()
  for (const row of rows) hash.update(`\n${row}`)
  return hash.digest('hex')
}
