import { ImportError } from './errors.ts'
import { continueRevision } from './importer.ts'
import type { Importer, ImportResult } from './importing/setup.ts'
import { type Answered, answerQuestion, questionById } from './ledger/questions.ts'
import type { QuestionId } from './ledger/schema.ts'
import { type Answer, checkAnswer } from './mapping/questions.ts'

/**
 * Answers a question for every order that waits for it, and takes those that wait for nothing else on to their cases.
 * Errors: `answer-unfit`, `client-unknown`, `question-unknown`, `question-closed`; what happens to an order is its result.
 */
export async function answerAndGoOn(
  importer: Importer,
  id: QuestionId,
  answer: Answer,
): Promise<readonly ImportResult[]> {
  const clients = await importer.clients()
  const { question, answer: before } = await questionById(importer.ledger, id)
  if (before !== null) throw new ImportError('question-closed', { question: id })
  checkAnswer(question, answer, { clients, materials: importer.materials })
  const { released }: Answered = await answerQuestion(importer.ledger, id, answer, {
    taken: clients.map((client) => client.id),
  })
  const results: ImportResult[] = []
  for (const revision of released) {
    const result = await continueRevision(importer, revision.id)
    if (result) results.push(result)
  }
  return results
}
