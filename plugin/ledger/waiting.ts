import type { Kysely } from 'kysely'
import { ImportError } from '../errors.ts'
import type { Question, Waiting } from '../mapping/questions.ts'
import { appendActivity } from './activity.ts'
import type { OrderKey, QuestionId, RevisionId, Tables } from './schema.ts'

/** Inside a transaction: the open question of this key, opened where there is none, with the revision waiting for it. */
export async function openOrJoin(
  tx: Kysely<Tables>,
  now: number,
  revision: RevisionId,
  order: OrderKey,
  { question, waiting }: { readonly question: Question; readonly waiting: Waiting },
): Promise<{ readonly id: QuestionId; readonly opened: boolean }> {
  const opened = await openOne()
  // Looked for before it is inserted: an insert that is let go would use up a number, and people count.
  const inserted =
    opened === undefined
      ? await tx
          .insertInto('questions')
          .values({
            key: question.key,
            kind: question.kind,
            opened_at: now,
            closed_at: null,
            question: JSON.stringify(question),
            answer: null,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst()
      : undefined
  const found = opened ?? inserted ?? (await openOne())
  if (found === undefined) throw new ImportError('ledger-busy', { question: question.kind })
  const { id } = found
  const text = JSON.stringify(waiting)
  await tx
    .insertInto('waiting_orders')
    .values({ question_id: id, revision_id: revision, waiting: text })
    .onConflict((conflict) => conflict.columns(['question_id', 'revision_id']).doUpdateSet({ waiting: text }))
    .execute()
  if (inserted !== undefined) {
    await appendActivity(tx, now, 'question-opened', { order, facts: { question: id } })
  }
  return { id, opened: inserted !== undefined }

  async function openOne() {
    return await tx
      .selectFrom('questions')
      .select('id')
      .where('key', '=', question.key)
      .where('closed_at', 'is', null)
      .executeTakeFirst()
  }
}

/** Open questions that this revision waits for. */
export async function openQuestionsOf(
  tx: Kysely<Tables>,
  revision: RevisionId,
): Promise<readonly QuestionId[]> {
  const rows = await tx
    .selectFrom('waiting_orders')
    .innerJoin('questions', 'questions.id', 'waiting_orders.question_id')
    .select('questions.id')
    .where('waiting_orders.revision_id', '=', revision)
    .where('questions.closed_at', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

/** Nobody is to be asked what no order needs any more. */
export async function dropIfNobodyWaits(
  tx: Kysely<Tables>,
  now: number,
  question: QuestionId,
): Promise<void> {
  const someone = await tx
    .selectFrom('waiting_orders')
    .select('revision_id')
    .where('question_id', '=', question)
    .limit(1)
    .executeTakeFirst()
  if (someone !== undefined) return
  await tx.deleteFrom('questions').where('id', '=', question).where('closed_at', 'is', null).execute()
  await appendActivity(tx, now, 'question-dropped', { facts: { question } })
}
