import type { Kysely } from 'kysely'
import type { FailureCode } from '../errors.ts'
import type { Question } from '../mapping/questions.ts'
import { type Ledger, noting, reading } from './open.ts'
import { pageLimit } from './orders.ts'
import type { ActivityId, FetchId, OrderKey, QuestionId, Tables } from './schema.ts'

/** What happened. Stable: words for a person are made elsewhere. */
export type ActivityKind =
  | 'import-started'
  | 'import-stopped'
  | 'import-ended-by-itself'
  | 'claim-taken-over'
  | 'order-received'
  | 'order-known'
  | 'order-waiting'
  | 'order-publishing'
  | 'order-published'
  | 'order-refused'
  | 'package-refused'
  | 'question-opened'
  | 'question-answered'
  | 'question-dropped'
  | 'doctor-mapped'
  | 'doctor-mapping-deleted'
  | 'material-default-made'
  | 'material-default-cleared'
  | 'material-method-cleared'
  | 'client-added'
  | 'case-folder-away'
  | 'case-folder-back'
  | 'export-folder-away'
  | 'export-folder-back'
  | 'download-failed'
  | 'cloud-order-not-understood'
  | 'signed-in'
  | 'signed-out'
  | 'sign-out-unheard'
  | 'sign-in-ended'

/** Ids and counts and nothing else, so that no name can get in. */
export interface ActivityDetail {
  readonly order?: OrderKey | null
  readonly code?: FailureCode
  readonly facts?: Readonly<Record<string, number>>
}

export interface Activity {
  readonly id: ActivityId
  /** ms since the epoch. */
  readonly at: number
  readonly kind: ActivityKind
  readonly order: OrderKey | null
  /** The order's own number; of a download that it names, looked up now. */
  readonly orderId: string | null
  readonly orderCode: string | null
  /** The question that it names, looked up now: one that was dropped is gone. */
  readonly about: { readonly kind: Question['kind']; readonly material: string | null } | null
  readonly code: FailureCode | null
  readonly facts: Readonly<Record<string, number>>
}

/** How many entries are kept. */
export const ACTIVITY_BOUND = 10_000

export async function append(l: Ledger, kind: ActivityKind, detail: ActivityDetail = {}): Promise<void> {
  const now = l.clock()
  await noting(l, (tx) => appendActivity(tx, now, kind, detail))
}

/** Newest first, one page; of one order where asked. `after` is the last id of the page before. */
export async function listActivity(
  l: Ledger,
  page: { readonly limit?: number; readonly after?: ActivityId; readonly order?: OrderKey } = {},
): Promise<readonly Activity[]> {
  const { rows, questions, fetches } = await reading(l, async (tx) => {
    const newest = tx
      .selectFrom('activity')
      .leftJoin('orders', 'orders.id', 'activity.order_key')
      .selectAll('activity')
      .select(['orders.order_id', 'orders.order_code'])
      .where('activity.id', '<', page.after ?? BEYOND)
      .orderBy('activity.id', 'desc')
      .limit(pageLimit(page.limit))
    const rows = await (page.order === undefined
      ? newest
      : newest.where('order_key', '=', page.order)
    ).execute()
    return { rows, questions: await questionsNamed(tx, rows), fetches: await fetchesNamed(tx, rows) }
  })
  return rows.map(({ id, at, kind, order_key, order_id, order_code, code, facts }) => {
    const named = factsOf(facts)
    const fetch = fetches.get(named['fetch'] ?? 0)
    return {
      id,
      at,
      kind,
      order: order_key,
      orderId: order_id ?? fetch?.order_id ?? null,
      orderCode: order_code ?? fetch?.order_code ?? null,
      about: questions.get(named['question'] ?? 0) ?? null,
      code,
      facts: named,
    }
  })
}

/** What the log itself does not hold: of what kind they are, and which iTero material they are about. */
async function questionsNamed(
  tx: Kysely<Tables>,
  rows: readonly { readonly facts: string }[],
): Promise<ReadonlyMap<number, NonNullable<Activity['about']>>> {
  const ids = new Set(rows.flatMap(({ facts }) => factsOf(facts)['question'] ?? []))
  if (ids.size === 0) return new Map()
  const found = await tx
    .selectFrom('questions')
    .select(['id', 'question'])
    .where('id', 'in', [...ids] as QuestionId[])
    .execute()
  return new Map(
    found.map(({ id, question }) => {
      const asked = JSON.parse(question) as Question
      const material = asked.kind === 'material' ? (asked.itero.name ?? asked.itero.id) : null
      return [id, { kind: asked.kind, material }]
    }),
  )
}

/** An order may have come no further than its download. */
async function fetchesNamed(
  tx: Kysely<Tables>,
  rows: readonly { readonly facts: string }[],
): Promise<ReadonlyMap<number, { readonly order_id: string; readonly order_code: string | null }>> {
  const ids = new Set(rows.flatMap(({ facts }) => factsOf(facts)['fetch'] ?? []))
  if (ids.size === 0) return new Map()
  const found = await tx
    .selectFrom('fetches')
    .select(['id', 'order_id', 'order_code'])
    .where('id', 'in', [...ids] as FetchId[])
    .execute()
  return new Map(found.map((fetch) => [fetch.id, fetch]))
}

const factsOf = (text: string) => JSON.parse(text) as Activity['facts']

/** Inside the transaction of what it tells, so that the log never says what did not happen. */
export async function appendActivity(
  tx: Kysely<Tables>,
  at: number,
  kind: ActivityKind,
  { order = null, code, facts = {} }: ActivityDetail = {},
): Promise<void> {
  const { id } = await tx
    .insertInto('activity')
    .values({ at, kind, order_key: order, code: code ?? null, facts: JSON.stringify(facts) })
    .returning('id')
    .executeTakeFirstOrThrow()
  // Ids only grow: what falls out of the bound is one range at the start of the table.
  await tx
    .deleteFrom('activity')
    .where('id', '<=', (id - ACTIVITY_BOUND) as ActivityId)
    .execute()
}

const BEYOND = Number.MAX_SAFE_INTEGER as ActivityId
