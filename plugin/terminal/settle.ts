import { answerAndGoOn } from '../answering.ts'
import { asImportError } from '../errors.ts'
import type { Importer, ImportResult } from '../importing/setup.ts'
import { listQuestions, type OpenQuestion } from '../ledger/questions.ts'
import type { QuestionId } from '../ledger/schema.ts'
import type { Answer } from '../mapping/questions.ts'

/** null: put off; stop: this question and all after it. */
type Given = Answer | 'stop' | null
export type Answering = (question: OpenQuestion) => Promise<Given> | Given

export interface Settled {
  readonly results: readonly ImportResult[]
  readonly unfit: readonly Unfit[]
}

/** An answer that did not fit its question; it stays open. */
export interface Unfit {
  readonly id: QuestionId
  readonly cause: unknown
}

/**
 * Puts every open question once, the oldest first, to whoever answers, and takes the released orders on.
 * Another seat may answer meanwhile: a question that is closed by then is passed over.
 */
export async function settleQuestions(importer: Importer, answering: Answering): Promise<Settled> {
  const results: ImportResult[] = []
  const unfit: Unfit[] = []
  for (let after = 0 as QuestionId; ; ) {
    // Asked anew each time: an order that went on may have opened the next question.
    const [question] = await listQuestions(importer.ledger, { limit: 1, after })
    if (!question) return { results, unfit }
    after = question.id
    const answer = await answering(question)
    if (answer === 'stop') return { results, unfit }
    if (answer === null) continue
    try {
      results.push(...(await answerAndGoOn(importer, question.id, answer)))
    } catch (error) {
      if (asImportError(error).code !== 'question-closed') unfit.push({ id: question.id, cause: error })
    }
  }
}
