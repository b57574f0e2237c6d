import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { claimOrder, releaseOrder } from '../plugin/ledger/claims.ts'
import { closeLedger, type Ledger, openLedger } from '../plugin/ledger/open.ts'
import { listOrders, openRevisions, revisionByHash } from '../plugin/ledger/orders.ts'
import { listQuestions } from '../plugin/ledger/questions.ts'
import type { OrderKey, RevisionId } from '../plugin/ledger/schema.ts'
import type { Row } from './table.ts'

export const MANY = 1_000_000
const TRIES = 15
/** Opening, whatever is in the ledger. */
const OPEN_GOAL_MS = 20

/** What a ledger of a million orders costs beside an empty one: medians of several tries. */
export async function ledgerRows(orders = MANY): Promise<{ readonly rows: readonly Row[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-bench-'))
  try {
    const empty = join(folder, 'empty.db')
    const full = join(folder, 'full.db')
    await closeLedger(await openLedger(empty, Date.now))
    await fillLedger(full, orders)
    const opening: { empty: number[]; full: number[] } = { empty: [], full: [] }
    // In turn, so that a slow moment of the machine falls on both.
    for (let i = 0; i < TRIES; i++) {
      opening.empty.push(await reopening(empty))
      opening.full.push(await reopening(full))
    }
    const l = await openLedger(full, Date.now)
    try {
      const count = orders.toLocaleString('en')
      const row = (name: string, value: number, goal: number | null): Row => ({
        name: `ledger: ${name}`,
        value: Math.round(value * 1000) / 1000,
        unit: 'ms',
        goal,
      })
      return {
        rows: [
          row('reopen, no orders', median(opening.empty), OPEN_GOAL_MS),
          row(`reopen, ${count} orders`, median(opening.full), OPEN_GOAL_MS),
          row(`continue at start, ${count} orders`, await timed(() => openRevisions(l)), 5),
          row(`claim and release, ${count} orders`, await timed((i) => claimAndRelease(l, orders, i)), 20),
          row(`known by its hash, ${count} orders`, await timed((i) => known(l, orders, i)), 5),
          row(`first page, ${count} orders`, await timed(() => listOrders(l)), 10),
          row(`page in the middle, ${count} orders`, await timed(() => middle(l, orders)), 10),
          row(`page of one stage, ${count} orders`, await timed(() => refused(l, orders)), 10),
          row(`open questions, ${count} orders`, await timed(() => listQuestions(l)), 10),
        ],
      }
    } finally {
      await closeLedger(l)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A ledger with so many orders of one published revision each; every thousandth refused. */
export async function fillLedger(file: string, orders: number): Promise<void> {
  await closeLedger(await openLedger(file, Date.now))
  const db = new DatabaseSync(file)
  try {
    db.exec('pragma synchronous = off; begin')
    db.exec(`with recursive n (i) as (select 1 union all select i + 1 from n where i < ${Math.trunc(orders)})
      insert into orders (account, order_id, first_seen)
      select 'lab', cast(300000000 + i as text), 1700000000000 + i from n`)
    db.exec(`insert into revisions (order_key, number, hash, stage, project, project_key, guid, unique_id,
        received_at, published_at, failure_code, failure_facts, summary, warnings, files)
      select id, 1, printf('%064x', id), case when id % 1000 = 0 then 'refused' else 'published' end,
        'Case-' || id, 'case-' || id, printf('%032x', id), printf('%026d', id), first_seen, first_seen,
        case when id % 1000 = 0 then 'staging-damaged' end, '{}',
        '{"patient":"Muster, Mia","doctor":null,"teeth":[11],"material":null,"dueDate":null}', '[]', '[]'
      from orders`)
    db.exec('commit; pragma wal_checkpoint(truncate)')
  } finally {
    db.close()
  }
}

/** ms from the call to a ledger that answers. */
export async function reopening(file: string): Promise<number> {
  const start = performance.now()
  const l = await openLedger(file, Date.now)
  const took = performance.now() - start
  await closeLedger(l)
  return took
}

const orderIdAt = (orders: number, i: number) => String(300_000_001 + ((i * 7919) % orders))

async function claimAndRelease(l: Ledger, orders: number, i: number): Promise<void> {
  const me = { host: 'bench', pid: process.pid, token: 'bench' }
  const order = { account: 'lab', orderId: orderIdAt(orders, i), orderCode: null }
  const claim = await claimOrder(l, order, me, () => true)
  if (claim.claimed) await releaseOrder(l, claim.order, me)
}

async function known(l: Ledger, orders: number, i: number): Promise<void> {
  const order = (1 + ((i * 7919) % orders)) as OrderKey
  const revision = await revisionByHash(l, order, order.toString(16).padStart(64, '0'))
  if (revision === null) throw new Error('not found by its hash')
}

const middle = (l: Ledger, orders: number) => listOrders(l, { after: Math.trunc(orders / 2) as RevisionId })
const refused = (l: Ledger, orders: number) =>
  listOrders(l, { after: Math.trunc(orders / 2) as RevisionId, stages: ['refused', 'waiting'] })

async function timed(work: (i: number) => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now()
    await work(i)
    times.push(performance.now() - start)
  }
  return median(times)
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.trunc(times.length / 2)] ?? Number.NaN
}
