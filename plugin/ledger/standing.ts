import { appendActivity } from './activity.ts'
import { type Ledger, noting, reading } from './open.ts'
import type { OrderSummary } from './orders.ts'
import { projectIdentity } from './receipts.ts'
import type { OrderKey } from './schema.ts'
import { projectKey } from './stages.ts'

/** A case that stood in the case folder before this ledger knew of it. */
export interface StandingCase {
  readonly project: string
  readonly account: string
  readonly orderId: string
}

/** The same, as its own case XML tells it. */
export interface FoundRevision {
  readonly project: string
  /** SHA-256, hex: the files and the meaning of the manifest. */
  readonly hash: string
  readonly number: number
  readonly summary: OrderSummary
}

/** Rows of one statement: SQLite counts values. */
const ROWS = 500

/** Projects that stood there from this order; null where nobody has looked through the case folder for this ledger yet. */
export async function standingOf(
  l: Ledger,
  { account, orderId }: Omit<StandingCase, 'project'>,
): Promise<readonly string[] | null> {
  return reading(l, async (tx) => {
    const read = await tx.selectFrom('identity').select('cases_read_at').executeTakeFirst()
    if (read === undefined || read.cases_read_at === null) return null
    const rows = await tx
      .selectFrom('standing_cases')
      .select('project')
      .where('account', '=', account)
      .where('order_id', '=', orderId)
      .execute()
    return rows.map(({ project }) => project)
  })
}

/** Keeps what a look through the whole case folder found: it is done once. After `ledgerId`. */
export async function noteStanding(l: Ledger, cases: readonly StandingCase[]): Promise<void> {
  const now = l.clock()
  await noting(l, async (tx) => {
    for (let at = 0; at < cases.length; at += ROWS) {
      await tx
        .insertInto('standing_cases')
        .values(
          cases
            .slice(at, at + ROWS)
            .map(({ project, account, orderId }) => ({ project, account, order_id: orderId })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    await tx.updateTable('identity').set({ cases_read_at: now }).execute()
  })
}

/**
 * Cases that stand become revisions of an order that has none here, published with the numbers that they have. The caller
 * holds its claim. Gives how many.
 */
export async function adoptStanding(
  l: Ledger,
  order: OrderKey,
  found: readonly FoundRevision[],
): Promise<number> {
  const now = l.clock()
  return noting(l, async (tx) => {
    const { account, order_id } = await tx
      .selectFrom('orders')
      .select(['account', 'order_id'])
      .where('id', '=', order)
      .executeTakeFirstOrThrow()
    const [hashes, numbers] = [new Set<string>(), new Set<number>()]
    for (const one of [...found].sort((a, b) => a.number - b.number || (a.project < b.project ? -1 : 1))) {
      const key = projectKey(one.project)
      const reserved = await tx
        .selectFrom('revisions')
        .select('id')
        .where('project_key', '=', key)
        .executeTakeFirst()
      if (hashes.has(one.hash) || reserved !== undefined) continue
      const number = numbers.has(one.number) ? Math.max(...numbers) + 1 : one.number
      hashes.add(one.hash)
      numbers.add(number)
      const { id } = await tx
        .insertInto('revisions')
        .values({
          order_key: order,
          number,
          hash: one.hash,
          stage: 'published',
          staging_name: null,
          project: one.project,
          project_key: key,
          ...projectIdentity({ account, orderId: order_id, hash: one.hash }),
          received_at: now,
          published_at: now,
          failure_code: null,
          failure_facts: null,
          summary: JSON.stringify(one.summary),
          warnings: '[]',
          files: '[]',
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await appendActivity(tx, now, 'order-known', { order, facts: { revision: id } })
    }
    return hashes.size
  })
}
