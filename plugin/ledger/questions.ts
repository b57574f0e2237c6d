import type { Kysely } from 'kysely'
import { ImportError } from '../errors.ts'
import type { ClientId } from '../mapping/clients.ts'
import type { Answer, Question, QuestionKey, Waiting } from '../mapping/questions.ts'
import { appendActivity } from './activity.ts'
import { addClient } from './clients.ts'
import { type Made, mapDoctorIn, setMaterialDefaultIn } from './mappings.ts'
import { type Ledger, reading, writing } from './open.ts'
import { type OrderSummary, pageLimit, type Revision, releasedBy } from './orders.ts'
import type { OrderKey, QuestionId, RevisionId, Tables } from './schema.ts'

export interface OpenQuestion {
  readonly id: QuestionId
  readonly question: Question
  /** ms since the epoch. */
  readonly openedAt: number
  /** All orders that wait for it; `waiting` may show fewer. */
  readonly waitingCount: number
  /** Oldest first. */
  readonly waiting: readonly WaitingOrder[]
}

export interface WaitingOrder extends Waiting {
  readonly revision: RevisionId
  readonly order: OrderKey
  readonly account: string
  readonly orderId: string
  readonly orderCode: string | null
  /** Number of the revision within its order. */
  readonly number: number
  readonly summary: OrderSummary
  /** ms since the epoch. */
  readonly receivedAt: number
}

export interface QuestionsPage {
  /** Default 100, at most 500. */
  readonly limit?: number
  /** The `id` of the last question of the page before. */
  readonly after?: QuestionId
  /** Waiting orders shown with each: default 50, at most 500. */
  readonly waiting?: number
  /** These only, where they are open. */
  readonly only?: readonly QuestionId[]
}

export interface AnswerOptions {
  /** At which order it was answered; the mapping remembers it. Default: the oldest that waits. */
  readonly order?: OrderKey
  /** Ids of the laboratory's own clients: a new client gets none of these. */
  readonly taken?: Iterable<ClientId>
}

export interface Answered {
  /** Revisions with no open question left: to be mapped and published now. */
  readonly released: readonly Revision[]
  /** As it is kept: a new client has become an existing one. */
  readonly answer: Answer
}

/** Open questions, oldest first, one page, each with the orders that wait for it. */
export async function listQuestions(l: Ledger, page: QuestionsPage = {}): Promise<readonly OpenQuestion[]> {
  return reading(l, async (tx) => {
    const open = tx
      .selectFrom('questions')
      .select(['id', 'question', 'opened_at'])
      .where('closed_at', 'is', null)
      .where('id', '>', page.after ?? (0 as QuestionId))
      .orderBy('id')
      .limit(pageLimit(page.limit, 100))
    const rows = await (page.only === undefined ? open : open.where('id', 'in', page.only)).execute()
    const questions: OpenQuestion[] = []
    for (const row of rows) {
      questions.push({
        id: row.id,
        question: JSON.parse(row.question) as Question,
        openedAt: row.opened_at,
        waitingCount: await countWaiting(tx, row.id),
        waiting: await waitingOrders(tx, row.id, pageLimit(page.waiting)),
      })
    }
    return questions
  })
}

/** A question, open or closed. Error: `question-unknown`. */
export async function questionById(
  l: Ledger,
  id: QuestionId,
): Promise<{ readonly question: Question; readonly answer: Answer | null }> {
  const row = await reading(l, (tx) =>
    tx.selectFrom('questions').select(['question', 'answer']).where('id', '=', id).executeTakeFirst(),
  )
  if (row === undefined) throw new ImportError('question-unknown', { question: id })
  return {
    question: JSON.parse(row.question) as Question,
    answer: row.answer === null ? null : (JSON.parse(row.answer) as Answer),
  }
}

/**
 * Closes a question for all who wait, and keeps what it decides, in one transaction: the doctor's mapping, the new
 * client, the defaults that are ticked. Whether the answer fits the lists of now is checked by `checkAnswer` before.
 * Errors: `question-unknown`, `question-closed`, `answer-unfit` (another kind of question; a default for a material
 * that is not stated; a new client's id that is taken).
 */
export async function answerQuestion(
  l: Ledger,
  id: QuestionId,
  answer: Answer,
  options: AnswerOptions = {},
): Promise<Answered> {
  const now = l.clock()
  return writing(l, async (tx) => {
    const row = await tx
      .selectFrom('questions')
      .select(['question', 'closed_at'])
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) throw new ImportError('question-unknown', { question: id })
    if (row.closed_at !== null) throw new ImportError('question-closed', { question: id })
    const question = JSON.parse(row.question) as Question
    const asking = await oldestWaiting(tx, id, options.order)
    const order = options.order ?? asking?.order_key ?? null
    const made: AnswerMade = { question: id, at: now, order, revision: asking?.id ?? null }
    const kept = await keep(tx, made, question, answer, options.taken ?? [])
    await tx
      .updateTable('questions')
      .set({ closed_at: now, answer: JSON.stringify(kept) })
      .where('id', '=', id)
      .execute()
    const released = await releasedBy(tx, id)
    await appendActivity(tx, now, 'question-answered', {
      order: made.order,
      facts: { question: id, released: released.length },
    })
    return { released, answer: kept }
  })
}

/** What was answered for this revision. Where one was asked twice, the later answer. */
export async function answersFor(l: Ledger, revision: RevisionId): Promise<ReadonlyMap<QuestionKey, Answer>> {
  const rows = await reading(l, (tx) =>
    tx
      .selectFrom('waiting_orders')
      .innerJoin('questions', 'questions.id', 'waiting_orders.question_id')
      .select(['questions.key', 'questions.answer'])
      .where('waiting_orders.revision_id', '=', revision)
      .where('questions.closed_at', 'is not', null)
      .orderBy('waiting_orders.question_id')
      .execute(),
  )
  return new Map(rows.map((row) => [row.key, JSON.parse(row.answer ?? 'null') as Answer]))
}

interface AnswerMade extends Made {
  readonly question: QuestionId
}

async function keep(
  tx: Kysely<Tables>,
  made: AnswerMade,
  question: Question,
  answer: Answer,
  taken: Iterable<ClientId>,
): Promise<Answer> {
  if (question.kind === 'doctor' && answer.kind === 'doctor') {
    const client =
      'new' in answer.client ? await addClient(tx, answer.client.new, made, taken) : answer.client.existing
    if (question.remembered) await mapDoctorIn(tx, question.identity, client, made)
    return { kind: 'doctor', client: { existing: client } }
  }
  if (question.kind === 'material' && answer.kind === 'material') {
    const { makeDefault } = answer
    if (makeDefault.material || makeDefault.method) {
      const key = question.defaultKey
      if (key === null) throw new ImportError('answer-unfit', { field: 'makeDefault' })
      const halves = {
        ...(makeDefault.material ? { material: answer.material } : {}),
        ...(makeDefault.method ? { method: answer.method } : {}),
      }
      await setMaterialDefaultIn(tx, { key, itero: question.itero }, halves, made)
    }
    return answer
  }
  throw new ImportError('answer-unfit', { field: 'kind', question: question.kind })
}

/** Of all that wait, or of those of one order. */
async function oldestWaiting(tx: Kysely<Tables>, question: QuestionId, order?: OrderKey) {
  const all = tx
    .selectFrom('waiting_orders')
    .innerJoin('revisions', 'revisions.id', 'waiting_orders.revision_id')
    .select(['revisions.id', 'revisions.order_key'])
    .where('waiting_orders.question_id', '=', question)
  return (order === undefined ? all : all.where('revisions.order_key', '=', order))
    .orderBy('waiting_orders.revision_id')
    .limit(1)
    .executeTakeFirst()
}

async function countWaiting(tx: Kysely<Tables>, question: QuestionId): Promise<number> {
  const row = await tx
    .selectFrom('waiting_orders')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('question_id', '=', question)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

async function waitingOrders(
  tx: Kysely<Tables>,
  question: QuestionId,
  limit: number,
): Promise<readonly WaitingOrder[]> {
  const rows = await tx
    .selectFrom('waiting_orders')
    .innerJoin('revisions', 'revisions.id', 'waiting_orders.revision_id')
    .innerJoin('orders', 'orders.id', 'revisions.order_key')
    .select([
      'revisions.id as revision',
      'orders.id as order',
      'orders.account',
      'orders.order_id as orderId',
      'orders.order_code as orderCode',
      'revisions.number',
      'revisions.received_at as receivedAt',
      'revisions.summary',
      'waiting_orders.waiting',
    ])
    .where('waiting_orders.question_id', '=', question)
    .orderBy('waiting_orders.revision_id')
    .limit(limit)
    .execute()
  return rows.map(({ summary, waiting, ...row }) => ({
    ...row,
    ...(JSON.parse(waiting) as Waiting),
    summary: JSON.parse(summary) as OrderSummary,
  }))
}
