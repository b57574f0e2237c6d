import type { Kysely } from 'kysely'
import type { Failure } from '../errors.ts'
import type { Question, Waiting } from '../mapping/questions.ts'
import { appendActivity } from './activity.ts'
import { type Ledger, noting, writing } from './open.ts'
import { nothingOpen, type RevisionStage } from './orders.ts'
import type { OrderKey, QuestionId, RevisionId, Tables } from './schema.ts'
import { dropIfNobodyWaits, openOrJoin, openQuestionsOf } from './waiting.ts'

export interface Asked {
  readonly question: Question
  readonly waiting: Waiting
}

export type WaitResult =
  | {
      readonly applied: true
      /** One for each of what was asked, in its order; `opened`: nobody had waited for it before. */
      readonly questions: readonly { readonly id: QuestionId; readonly opened: boolean }[]
    }
  /** `answered`: one of these questions was closed since it was decided that they are open. To be decided again. */
  | { readonly applied: false; readonly answered?: true }

/**
 * received, waiting → waiting. `asked` is all that the revision waits for now: what is not open yet is opened, what
 * another order waits for already is shared, and what it waited for before and does not any more is let go.
 * Not applied on any other stage, nor with nothing asked, nor where the same question was answered since `decidedAt` (ms,
 * by the ledger's clock): nobody is to be asked again what another importer has just been told.
 */
export async function waitFor(
  l: Ledger,
  revision: RevisionId,
  asked: readonly Asked[],
  decidedAt = Number.MAX_SAFE_INTEGER,
): Promise<WaitResult> {
  if (asked.length === 0) return { applied: false }
  const now = l.clock()
  return writing(l, async (tx) => {
    const answered = await tx
      .selectFrom('questions')
      .select('id')
      .where('closed_at', '>=', decidedAt)
      .where(
        'key',
        'in',
        asked.map(({ question }) => question.key),
      )
      .limit(1)
      .executeTakeFirst()
    if (answered !== undefined) return { applied: false, answered: true }
    const order = await move(tx, revision, ['received', 'waiting'], { stage: 'waiting' })
    if (order === null) return { applied: false }
    const before = await openQuestionsOf(tx, revision)
    const questions: { id: QuestionId; opened: boolean }[] = []
    for (const one of asked) questions.push(await openOrJoin(tx, now, revision, order, one))
    const kept = new Set(questions.map((question) => question.id))
    for (const question of before.filter((id) => !kept.has(id))) {
      await leave(tx, now, question, revision)
    }
    await appendActivity(tx, now, 'order-waiting', {
      order,
      facts: { revision, questions: questions.length },
    })
    return { applied: true, questions }
  })
}

/**
 * Lets go of every question that the revision still waits for: what it asked is decided by now, by the answer to another
 * question (a default that fits both). false where it waited for none.
 */
export async function letGo(l: Ledger, revision: RevisionId): Promise<boolean> {
  const now = l.clock()
  return writing(l, async (tx) => {
    const open = await openQuestionsOf(tx, revision)
    for (const question of open) await leave(tx, now, question, revision)
    return open.length > 0
  })
}

/**
 * received, waiting with nothing open, publishing → publishing, with the project's name reserved. Project names are
 * unique within the ledger, in capitals or not. On publishing it changes the name, for when the folder's is taken.
 */
export async function startPublishing(
  l: Ledger,
  revision: RevisionId,
  project: string,
): Promise<'reserved' | 'name-reserved-by-another' | 'not-applied'> {
  const now = l.clock()
  const key = projectKey(project)
  return writing(l, async (tx) => {
    const ready = await tx
      .selectFrom('revisions')
      .select('id')
      .where('id', '=', revision)
      .where('stage', 'in', ['received', 'waiting', 'publishing'])
      .where(nothingOpen)
      .executeTakeFirst()
    if (ready === undefined) return 'not-applied'
    const holder = await tx
      .selectFrom('revisions')
      .select('id')
      .where('project_key', '=', key)
      .executeTakeFirst()
    if (holder !== undefined && holder.id !== revision) return 'name-reserved-by-another'
    const order = await move(tx, revision, ['received', 'waiting', 'publishing'], {
      stage: 'publishing',
      project,
      project_key: key,
    })
    if (order === null) return 'not-applied'
    await appendActivity(tx, now, 'order-publishing', { order, facts: { revision } })
    return 'reserved'
  })
}

/** publishing → published. false where it did not apply. Undone by a power cut, the standing case tells it again. */
export async function finishPublishing(l: Ledger, revision: RevisionId): Promise<boolean> {
  const now = l.clock()
  return noting(l, async (tx) => {
    const to = { stage: 'published', published_at: now, staging_name: null } as const
    const order = await move(tx, revision, ['publishing'], to)
    if (order === null) return false
    await appendActivity(tx, now, 'order-published', { order, facts: { revision } })
    return true
  })
}

/**
 * received, waiting, publishing → refused. Remove its staging first: the ledger forgets its name here. A reserved
 * project name is free again, and a question that nobody else waits for is dropped. The same package handed in once
 * more starts the revision again. false where it did not apply.
 */
export async function refuse(l: Ledger, revision: RevisionId, failure: Failure): Promise<boolean> {
  const now = l.clock()
  return writing(l, async (tx) => {
    const order = await move(tx, revision, ['received', 'waiting', 'publishing'], {
      stage: 'refused',
      staging_name: null,
      project: null,
      project_key: null,
      failure_code: failure.code,
      failure_facts: JSON.stringify(failure.facts),
    })
    if (order === null) return false
    for (const question of await openQuestionsOf(tx, revision)) await leave(tx, now, question, revision)
    await appendActivity(tx, now, 'order-refused', { order, code: failure.code, facts: { revision } })
    return true
  })
}

type Change = Partial<
  Pick<
    Tables['revisions'],
    'project' | 'project_key' | 'published_at' | 'staging_name' | 'failure_code' | 'failure_facts'
  >
> & { readonly stage: RevisionStage }

/** The guard of every transition: its order, or null where the revision is on none of the stages it may come from. */
async function move(
  tx: Kysely<Tables>,
  revision: RevisionId,
  from: readonly RevisionStage[],
  to: Change,
): Promise<OrderKey | null> {
  const row = await tx
    .updateTable('revisions')
    .set(to)
    .where('id', '=', revision)
    .where('stage', 'in', from)
    .returning('order_key')
    .executeTakeFirst()
  return row?.order_key ?? null
}

async function leave(tx: Kysely<Tables>, now: number, question: QuestionId, revision: RevisionId) {
  await tx
    .deleteFrom('waiting_orders')
    .where('question_id', '=', question)
    .where('revision_id', '=', revision)
    .execute()
  await dropIfNobodyWaits(tx, now, question)
}

/** Names that a case-insensitive file system could take for one. */
export const projectKey = (project: string) => project.normalize('NFC').toUpperCase().toLowerCase()
