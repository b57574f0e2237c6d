import type { Kysely } from 'kysely'
import { type Ledger, reading } from './open.ts'
import type { ActivityId, PackageId, QuestionId, RevisionId, Tables } from './schema.ts'

/** What moved since a look before, by whichever process. */
export interface News {
  /** To be handed to the next look. */
  readonly upTo: ActivityId
  /** Revisions that are new or stand elsewhere now. */
  readonly revisions: readonly RevisionId[]
  readonly refused: readonly PackageId[]
  /** A mapping was made or taken back. */
  readonly mappings: boolean
  /** Whether there may be more behind it. */
  readonly more: boolean
}

/** Entries of one look. */
const MOST = 1000

/** Where the log ends now: the beginning of all later looks. */
export async function lastNews(l: Ledger): Promise<ActivityId> {
  const { last } = await reading(l, (tx) =>
    tx
      .selectFrom('activity')
      .select((eb) => eb.fn.max('id').as('last'))
      .executeTakeFirstOrThrow(),
  )
  return last ?? (0 as ActivityId)
}

/**
 * Reads the log of activity on from an entry: each transition writes it within its own transaction, whichever process
 * makes it, so that nothing that happened is missing. Costs one look at an index where nothing did.
 */
export async function newsSince(l: Ledger, after: ActivityId): Promise<News> {
  const { rows, waiting } = await reading(l, async (tx) => {
    const rows = await tx
      .selectFrom('activity')
      .select(['id', 'kind', 'facts'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(MOST)
      .execute()
    // Whose client an order shows may rest on the mapping that is gone.
    const unmapped = rows.some(({ kind }) => kind === 'doctor-mapping-deleted')
    const waiting = unmapped
      ? (await allWaiting(tx).execute()).map(({ id }) => id)
      : await stillWaiting(tx, rows.flatMap(answeredQuestion))
    return { rows, waiting }
  })
  const revisions = new Set<RevisionId>()
  const refused = new Set<PackageId>()
  let mappings = false
  for (const { kind, facts } of rows) {
    const named = JSON.parse(facts) as { readonly revision?: RevisionId; readonly package?: PackageId }
    if (named.revision !== undefined) revisions.add(named.revision)
    if (kind === 'package-refused' && named.package !== undefined) refused.add(named.package)
    if (/^(doctor-mapp|material-(default|method))/.test(kind)) mappings = true
  }
  for (const revision of waiting) revisions.add(revision)
  return {
    upTo: rows.at(-1)?.id ?? after,
    revisions: [...revisions],
    refused: [...refused],
    mappings,
    more: rows.length === MOST,
  }
}

function answeredQuestion(row: { readonly kind: string; readonly facts: string }): readonly QuestionId[] {
  const { question } = JSON.parse(row.facts) as { readonly question?: QuestionId }
  return row.kind === 'question-answered' && question !== undefined ? [question] : []
}

/** Orders that waited for these and go on waiting for others: what they wait for is news, though they stand where they stood. */
async function stillWaiting(
  tx: Kysely<Tables>,
  questions: readonly QuestionId[],
): Promise<readonly RevisionId[]> {
  if (questions.length === 0) return []
  const rows = await tx
    .selectFrom('waiting_orders')
    .innerJoin('revisions', 'revisions.id', 'waiting_orders.revision_id')
    .select('revisions.id')
    .where('waiting_orders.question_id', 'in', questions)
    .where('revisions.stage', '=', 'waiting')
    .execute()
  return rows.map(({ id }) => id)
}

/** Each open question with a mark that changes when the orders that wait for it do. */
export async function openQuestionMarks(l: Ledger): Promise<ReadonlyMap<QuestionId, string>> {
  const rows = await reading(l, (tx) =>
    tx
      .selectFrom('questions')
      .innerJoin('waiting_orders', 'waiting_orders.question_id', 'questions.id')
      .select((eb) => [
        'questions.id',
        eb.fn.countAll<number>().as('count'),
        eb.fn.max('waiting_orders.revision_id').as('last'),
        eb.fn.sum<number>('waiting_orders.revision_id').as('sum'),
      ])
      .where('questions.closed_at', 'is', null)
      .groupBy('questions.id')
      .execute(),
  )
  return new Map(rows.map(({ id, count, last, sum }) => [id, `${count} ${last} ${sum}`]))
}

export interface WaitedFor {
  readonly question: QuestionId
  readonly kind: 'doctor' | 'material'
}

/** The open questions that each of these revisions waits for, oldest first; those that wait for none are not in it. */
export async function waitedFor(
  l: Ledger,
  revisions: readonly RevisionId[],
): Promise<ReadonlyMap<RevisionId, readonly WaitedFor[]>> {
  const found = new Map<RevisionId, readonly WaitedFor[]>()
  if (revisions.length === 0) return found
  const rows = await reading(l, (tx) => openLinks(tx).where('revision_id', 'in', revisions).execute())
  for (const { revision, question, kind } of rows) {
    found.set(revision, [...(found.get(revision) ?? []), { question, kind }])
  }
  return found
}

/** Every revision that is waiting, oldest first. */
export async function waitingRevisions(l: Ledger): Promise<readonly RevisionId[]> {
  const rows = await reading(l, (tx) => allWaiting(tx).execute())
  return rows.map(({ id }) => id)
}

const allWaiting = (tx: Kysely<Tables>) =>
  tx.selectFrom('revisions').select('id').where('stage', '=', 'waiting').orderBy('id')

const openLinks = (tx: Kysely<Tables>) =>
  tx
    .selectFrom('waiting_orders')
    .innerJoin('questions', 'questions.id', 'waiting_orders.question_id')
    .select(['revision_id as revision', 'question_id as question', 'questions.kind'])
    .where('questions.closed_at', 'is', null)
    .orderBy('revision_id')
    .orderBy('question_id')
