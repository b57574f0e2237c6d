import type { ExpressionBuilder, Kysely } from 'kysely'
import type { Facts, Failure, FailureCode, Warning } from '../errors.ts'
import type { FileRole } from '../file-role.ts'
import type { DoctorIdentity } from '../mapping/questions.ts'
import type { MeshReport } from '../mesh/preflight.ts'
import { type Ledger, reading } from './open.ts'
import type { OrderKey, QuestionId, RevisionId, Tables } from './schema.ts'

/**
 * received: its files are whole in the staging · waiting: it has questions, open or just answered ·
 * publishing: its name is reserved · published: the case stands · refused: a person has to act.
 */
export type RevisionStage = 'received' | 'waiting' | 'publishing' | 'published' | 'refused'

export interface ReceivedFile {
  /** Path inside the package. */
  readonly packageName: string
  readonly stagedAs: string
  readonly bytes: number
  /** SHA-256, hex. */
  readonly sha256: string
  readonly role: FileRole
  readonly mesh: MeshReport | null
}

/** What a list shows of an order. */
export interface OrderSummary {
  readonly patient: string
  readonly doctor: string | null
  /** What the doctor is recognised by; of an order that an earlier version received it is not known. */
  readonly recognised?: Pick<DoctorIdentity, 'by' | 'value'>
  /** FDI. */
  readonly teeth: readonly number[]
  readonly material: string | null
  /** yyyy-mm-dd. */
  readonly dueDate: string | null
}

export interface Revision extends ListedRevision {
  readonly files: readonly ReceivedFile[]
}

/** A revision without its files, as the lists give it. */
export interface ListedRevision {
  readonly id: RevisionId
  readonly order: OrderKey
  readonly account: string
  readonly orderId: string
  readonly orderCode: string | null
  /** 1, 2 … within the order. */
  readonly number: number
  /** SHA-256, hex: the files and the meaning of the manifest. */
  readonly hash: string
  readonly stage: RevisionStage
  /** null once published or refused. */
  readonly stagingName: string | null
  readonly project: string | null
  /** Of the project: fixed when the revision is first received, the same on every attempt. */
  readonly guid: string
  readonly uniqueId: string
  readonly summary: OrderSummary
  readonly warnings: readonly Warning[]
  readonly failure: Failure | null
  /** ms since the epoch. */
  readonly receivedAt: number
  readonly publishedAt: number | null
}

export interface OrdersPage {
  /** Default 50, at most 500. */
  readonly limit?: number
  /** The `id` of the last row of the page before. */
  readonly after?: RevisionId
  /** Default: all. */
  readonly stages?: readonly RevisionStage[]
}

/** Revisions of all orders, newest first, one page. */
export async function listOrders(l: Ledger, page: OrdersPage = {}): Promise<readonly ListedRevision[]> {
  const limit = pageLimit(page.limit)
  return reading(l, async (tx) => {
    const before = page.after ?? BEYOND
    if (page.stages === undefined) return (await newest(tx, before, limit).execute()).map(listedRevision)
    // Each stage by its own index; a page of the whole is within the pages of the parts.
    const rows: ListedRow[] = []
    for (const stage of new Set(page.stages)) {
      rows.push(...(await newest(tx, before, limit).where('revisions.stage', '=', stage).execute()))
    }
    return rows
      .sort((a, b) => b.id - a.id)
      .slice(0, limit)
      .map(listedRevision)
  })
}

/** Every revision of one order, the first first. */
export async function revisionsOf(l: Ledger, order: OrderKey): Promise<readonly ListedRevision[]> {
  const query = (tx: Kysely<Tables>) =>
    listed(tx).where('revisions.order_key', '=', order).orderBy('revisions.number')
  return (await reading(l, (tx) => query(tx).execute())).map(listedRevision)
}

/** These revisions as a list shows them, oldest first; those that are not there are left out. */
export async function listedById(l: Ledger, ids: readonly RevisionId[]): Promise<readonly ListedRevision[]> {
  if (ids.length === 0) return []
  const rows = await reading(l, (tx) =>
    listed(tx).where('revisions.id', 'in', ids).orderBy('revisions.id').execute(),
  )
  return rows.map(listedRevision)
}

/** The revision of an order that has this hash, or null. */
export async function revisionByHash(l: Ledger, order: OrderKey, hash: string): Promise<Revision | null> {
  const row = await reading(l, (tx) =>
    whole(tx).where('revisions.order_key', '=', order).where('revisions.hash', '=', hash).executeTakeFirst(),
  )
  return row ? wholeRevision(row) : null
}

export async function revisionById(l: Ledger, id: RevisionId): Promise<Revision | null> {
  return reading(l, (tx) => revisionIn(tx, id))
}

/** Those to be continued at start: received, publishing, or waiting with no question open any more. Oldest first. */
export async function openRevisions(l: Ledger): Promise<readonly Revision[]> {
  return reading(l, async (tx) => {
    const rows = [
      ...(await inStage(tx, 'received').execute()),
      ...(await inStage(tx, 'publishing').execute()),
      ...(await inStage(tx, 'waiting').where(nothingOpen).execute()),
    ]
    return rows.sort((a, b) => a.id - b.id).map(wholeRevision)
  })
}

/** Inside a transaction: one revision with its files. */
export async function revisionIn(tx: Kysely<Tables>, id: RevisionId): Promise<Revision | null> {
  const row = await whole(tx).where('revisions.id', '=', id).executeTakeFirst()
  return row ? wholeRevision(row) : null
}

/** Inside a transaction: those that waited for a question and have nothing open any more, oldest first. */
export async function releasedBy(tx: Kysely<Tables>, question: QuestionId): Promise<readonly Revision[]> {
  const rows = await inStage(tx, 'waiting')
    .innerJoin('waiting_orders as link', 'link.revision_id', 'revisions.id')
    .where('link.question_id', '=', question)
    .where(nothingOpen)
    .execute()
  return rows.map(wholeRevision)
}

/** A page asked for by anyone is bounded. */
export function pageLimit(asked: number | undefined, usual = 50, most = 500): number {
  if (asked === undefined || !Number.isFinite(asked)) return usual
  return Math.max(1, Math.min(Math.trunc(asked), most))
}

/** Condition on `revisions`: no question of it is open. */
export const nothingOpen = (eb: ExpressionBuilder<Tables, 'revisions'>) =>
  eb.not(
    eb.exists(
      eb
        .selectFrom('waiting_orders')
        .innerJoin('questions', 'questions.id', 'waiting_orders.question_id')
        .select('questions.id')
        .whereRef('waiting_orders.revision_id', '=', 'revisions.id')
        .where('questions.closed_at', 'is', null),
    ),
  )

/** Greater than every id. */
const BEYOND = Number.MAX_SAFE_INTEGER as RevisionId

const newest = (tx: Kysely<Tables>, before: RevisionId, limit: number) =>
  listed(tx).where('revisions.id', '<', before).orderBy('revisions.id', 'desc').limit(limit)

const inStage = (tx: Kysely<Tables>, stage: RevisionStage) =>
  whole(tx).where('revisions.stage', '=', stage).orderBy('revisions.id')

const whole = (tx: Kysely<Tables>) => listed(tx).select('revisions.files')

const listed = (tx: Kysely<Tables>) =>
  tx
    .selectFrom('revisions')
    .innerJoin('orders', 'orders.id', 'revisions.order_key')
    .select([
      'revisions.id',
      'revisions.order_key',
      'orders.account',
      'orders.order_id',
      'orders.order_code',
      'revisions.number',
      'revisions.hash',
      'revisions.stage',
      'revisions.staging_name',
      'revisions.project',
      'revisions.guid',
      'revisions.unique_id',
      'revisions.summary',
      'revisions.warnings',
      'revisions.failure_code',
      'revisions.failure_facts',
      'revisions.received_at',
      'revisions.published_at',
    ])

type ListedRow = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number]
type WholeRow = Awaited<ReturnType<ReturnType<typeof whole>['execute']>>[number]

const wholeRevision = (row: WholeRow): Revision => ({
  ...listedRevision(row),
  files: JSON.parse(row.files) as readonly ReceivedFile[],
})

const listedRevision = (row: ListedRow): ListedRevision => ({
  id: row.id,
  order: row.order_key,
  account: row.account,
  orderId: row.order_id,
  orderCode: row.order_code,
  number: row.number,
  hash: row.hash,
  stage: row.stage,
  stagingName: row.staging_name,
  project: row.project,
  guid: row.guid,
  uniqueId: row.unique_id,
  summary: JSON.parse(row.summary) as OrderSummary,
  warnings: JSON.parse(row.warnings) as readonly Warning[],
  failure: failureOf(row),
  receivedAt: row.received_at,
  publishedAt: row.published_at,
})

/** Code and facts as two columns hold them. */
export function failureOf(row: {
  readonly failure_code: FailureCode | null
  readonly failure_facts: string | null
}): Failure | null {
  if (row.failure_code === null) return null
  return { code: row.failure_code, facts: JSON.parse(row.failure_facts ?? '{}') as Facts }
}
