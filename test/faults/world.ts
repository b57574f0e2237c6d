import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type MadeExport, makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'

/** One order as the practice scans it, and scans it again. */
export interface Scanned {
  readonly first: MadeExport
  readonly rescan: MadeExport
}

const RECIPES = [
  'single-crown',
  'lab-preference',
  'gold-crown',
  'bridge-44-46',
  'inlay-onlay-veneer',
] as const

/** Small packages, made once for all schedules. */
export async function scannedOrders(into: string): Promise<readonly Scanned[]> {
  const orders: Scanned[] = []
  for (const [n, name] of RECIPES.entries()) {
    const made = async (revision: 1 | 2) => {
      const folder = join(into, `${n}-${revision}`)
      await mkdir(folder, { recursive: true })
      return makeExport(orderNamed(name), {
        into: folder,
        seed: n + 1,
        form: 'zip',
        layout: 'flat',
        versions: [50],
        mesh: { format: 'stl-binary', bytes: 40_000 },
        orderId: String(310_000_000 + n),
        revision,
      })
    }
    orders.push({ first: await made(1), rescan: await made(2) })
  }
  return orders
}
