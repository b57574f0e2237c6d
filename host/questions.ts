import type { Answer, Question } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import type { QuestionAnswer } from './api.ts'
import { clientById, clientForQuestion } from './clients.ts'
import type { Database } from './database.ts'
import { HostError } from './errors.ts'
import type { Mirror } from './mirror.ts'
import type { PluginSwitch } from './plugin-switch.ts'

export interface Questions {
  /** As the plugin told them, oldest first. */
  open(): readonly Question[]
  /**
   * Answers a question once. A new client is kept first, one for a question however often this is called.
   * Errors: `question-unknown`, `question-closed`, `answer-unfit`, `client-unknown`, those of a client's body, `plugin-…`.
   */
  answer(id: number, answer: QuestionAnswer): Promise<{ readonly released: number }>
}

export interface QuestionsOptions {
  readonly db: Database
  readonly mirror: Mirror
  readonly plugin: Pick<PluginSwitch, 'ask' | 'idle' | 'ledger'>
  /** A client was kept for an answer; the plugin has to know him before it is answered. */
  readonly onNewClient: () => void
}

export function createQuestions({ db, mirror, plugin, onNewClient }: QuestionsOptions): Questions {
  /** Answers to one question come one after the other: the second finds it closed, and keeps no client. */
  const inTurn = new Map<number, Promise<unknown>>()

  async function answerNow(id: number, given: QuestionAnswer): Promise<{ readonly released: number }> {
    const question = mirror.questions().find((one) => one.id === id)
    if (question === undefined) throw plugin.idle() ?? new HostError('question-unknown')
    if (question.kind !== given.kind) throw new HostError('answer-unfit')
    try {
      const answer = kept(question, given)
      const { released } = await plugin.ask('questions/answer', { question: id, answer })
      mirror.dropQuestion(id)
      return { released }
    } catch (error) {
      if (isOver(error)) mirror.dropQuestion(id)
      throw error
    }
  }

  function kept(question: Question, given: QuestionAnswer): Answer {
    if ('new' in given) {
      const key = `${plugin.ledger() ?? ''}|${question.id}|${question.openedAt}`
      const { id } = clientForQuestion(db, key, given.new)
      onNewClient()
      return { kind: 'doctor', client: id }
    }
    if (given.kind === 'doctor' && clientById(db, given.client) === null)
      throw new HostError('client-unknown', { client: given.client })
    return given
  }

  return {
    open: () => mirror.questions(),
    async answer(id, given) {
      const before = inTurn.get(id) ?? Promise.resolve()
      const mine = before.catch(() => {}).then(() => answerNow(id, given))
      inTurn.set(id, mine)
      try {
        return await mine
      } finally {
        if (inTurn.get(id) === mine) inTurn.delete(id)
      }
    },
  }
}

/** Nobody waits for an answer any more. */
const isOver = (error: unknown): boolean =>
  error instanceof BridgeError && ['question-unknown', 'question-closed'].includes(error.refusal?.code ?? '')
