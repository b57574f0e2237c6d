import { ImportError } from './errors.ts'
import { continueRevision } from './importer.ts'
import type { Importer, ImportResult } from './importing/setup.ts'
import { answerQuestion, listQuestions, questionById } from './ledger/questions.ts'
import type { QuestionId, RevisionId } from './ledger/schema.ts'
import { type Answer, checkAnswer, type Question } from './mapping/questions.ts'

/**
 * Answers a question for every order that waits for it, and takes those that wait for nothing else on to their cases.
 * Errors: as `keepAnswer`; what happens to an order is its result.
 */
export async function answerAndGoOn(
  importer: Importer,
  id: QuestionId,
  answer: Answer,
): Promise<readonly ImportResult[]> {
  const results: ImportResult[] = []
  for (const revision of await keepAnswer(importer, id, answer)) {
    const result = await continueRevision(importer, revision)
    if (result && result.outcome !== 'waiting') results.push(result)
  }
  return results
}

/**
 * Keeps an answer for every order that waits for it, and gives the revisions that go on now; nothing is lost if they are
 * taken on by the next start only. Errors: `answer-unfit`, `client-unknown`, `question-unknown`, `question-closed`.
 */
export async function keepAnswer(
  importer: Importer,
  id: QuestionId,
  answer: Answer,
): Promise<readonly RevisionId[]> {
  const { question, answer: before } = await questionById(importer.ledger, id)
  if (before !== null) throw new ImportError('question-closed', { question: id })
  const clients = await importer.clients()
  checkAnswer(question, answer, { clients, materials: importer.materials })
  const { released } = await answerQuestion(importer.ledger, id, answer, {
    taken: clients.map((client) => client.id),
  })
  const decided = await decidedToo(importer, question, answer)
  return [...new Set([...released.map((one) => one.id), ...decided])]
}

/** A default made for one kind of work may decide others, whose orders wait at questions of their own. */
async function decidedToo(
  importer: Importer,
  question: Question,
  answer: Answer,
): Promise<readonly RevisionId[]> {
  if (question.kind !== 'material' || answer.kind !== 'material' || !answer.makeDefault.material) return []
  const open = await listQuestions(importer.ledger, { limit: 500, waiting: 500 })
  const same = open.filter(
    (one) => one.question.kind === 'material' && one.question.defaultKey === question.defaultKey,
  )
  return same.flatMap((one) => one.waiting.map(({ revision }) => revision))
}
