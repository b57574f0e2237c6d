import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { closeLedger, type Ledger, notedStagingRoot, openLedger } from '../../../plugin/ledger/open.ts'
import { listOrders, type RevisionStage } from '../../../plugin/ledger/orders.ts'

export interface WaitingOrders {
  /** Received and not yet a case. */
  readonly orders: number
  /** Absolute: where their files are. */
  readonly folders: readonly string[]
}

/** What this user would lose with the data: of all ledgers that can be read. */
export async function waitingOrders(environment: NodeJS.ProcessEnv): Promise<WaitingOrders> {
  const waiting = (await ofEachLedger(environment)).filter(({ orders }) => orders > 0)
  return {
    orders: waiting.reduce((sum, { orders }) => sum + orders, 0),
    folders: waiting.flatMap(({ root }) => root ?? []),
  }
}

/** Of all ledgers that can be read, whether something waits there or not. */
export async function stagingRoots(environment: NodeJS.ProcessEnv): Promise<readonly string[]> {
  return [...new Set((await ofEachLedger(environment)).flatMap(({ root }) => root ?? []))]
}

/** What a folder is called that is being taken away. */
export const REMOVED = '.removed'

/** As plugin.json has it. */
const PLUGIN = 'myitero-import'

/** Where terminal and plugin keep this user's data. */
export function dataFolders(environment: NodeJS.ProcessEnv): readonly string[] {
  const local = environment['LOCALAPPDATA']
  if (local === undefined) return []
  return ['MyiTero import', join('MyiTero host', 'plugins', PLUGIN)].map((name) => join(local, name))
}

interface OfLedger {
  readonly orders: number
  /** null: it is not known, or none of ours. */
  readonly root: string | null
}

async function ofEachLedger(environment: NodeJS.ProcessEnv): Promise<readonly OfLedger[]> {
  // A removal that was interrupted may have left them by the other name.
  const folders = dataFolders(environment).flatMap((folder) => [folder, folder + REMOVED])
  const found: OfLedger[] = []
  for (const file of folders.flatMap(ledgersIn)) {
    try {
      if (isDatabase(file)) found.push(await ofLedger(file))
    } catch {
      // Damaged, or in somebody's hands: it tells nothing, and is no reason to keep the rest.
    }
  }
  return found
}

function ledgersIn(folder: string): readonly string[] {
  try {
    const ledgers = join(folder, 'ledgers')
    return readdirSync(ledgers)
      .filter((name) => name.endsWith('.sqlite'))
      .map((name) => join(ledgers, name))
  } catch {
    return []
  }
}

/** An empty file would be made one by opening it. The first 16 bytes [V: "Database File Format" of SQLite]. */
function isDatabase(file: string): boolean {
  const head = Buffer.alloc(16)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, head)
  } finally {
    closeSync(handle)
  }
  return head.toString('latin1') === 'SQLite format 3\0'
}

/** ms: nothing of ours runs, so that whoever has it keeps it. */
const WAIT_MS = 500

async function ofLedger(file: string): Promise<OfLedger> {
  const ledger = await openLedger(file, Date.now, { waitMs: WAIT_MS })
  try {
    const root = await notedStagingRoot(ledger)
    return { orders: await countWaiting(ledger), root: root !== null && isOurs(root) ? root : null }
  } finally {
    await closeLedger(ledger)
  }
}

/** Whatever a ledger says, nothing else is taken away. */
const isOurs = (root: string) => /^(\.myitero-import-)?[0-9a-f]{12}$/.test(basename(root))

const STAGES: readonly RevisionStage[] = ['received', 'waiting', 'publishing']
const PAGE = 500

async function countWaiting(ledger: Ledger): Promise<number> {
  for (let count = 0, after = {}; ; ) {
    const page = await listOrders(ledger, { limit: PAGE, stages: STAGES, ...after })
    count += page.length
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return count
    after = { after: last.id }
  }
}
