import { answerAndGoOn } from '../answering.ts'
import { ImportError } from '../errors.ts'
import type { Importer, ImportResult } from '../importing/setup.ts'
import { listQuestions, questionById } from '../ledger/questions.ts'
import type { QuestionId } from '../ledger/schema.ts'
import type { ClientId } from '../mapping/clients.ts'
import type { Answer, Question } from '../mapping/questions.ts'

/** An answer as it is given on the command line. */
export interface GivenAnswer {
  readonly client?: string
  readonly newClient?: string
  readonly address?: string
  readonly contact?: string
  readonly material?: string
  readonly method?: string
  /** `--no-default-material`, `--no-default-method`: for the waiting orders only. */
  readonly defaultMaterial: boolean
  readonly defaultMethod: boolean
}

/** null: nothing was given on the command line and the person put the question off. */
export async function answerCommand(
  importer: Importer,
  id: QuestionId,
  given: GivenAnswer,
  person: boolean,
): Promise<readonly ImportResult[] | null> {
  const { question } = await questionById(importer.ledger, id)
  const answer = answerOf(question, given) ?? (person ? await asked(importer, id) : null)
  if (answer === null) {
    if (!person)
      throw new ImportError('answer-unfit', {
        question: id,
        field: question.kind === 'doctor' ? 'client' : 'material',
      })
    return null
  }
  return answerAndGoOn(importer, id, answer)
}

/** What the options say, or null where they say nothing for this kind of question. Whether it fits is checked later. */
function answerOf(question: Question, given: GivenAnswer): Answer | null {
  if (question.kind === 'doctor') {
    if (given.client !== undefined) return { kind: 'doctor', client: { existing: given.client as ClientId } }
    if (given.newClient === undefined) return null
    const address = given.address ?? question.doctor.practiceAddress
    return {
      kind: 'doctor',
      client: {
        new: {
          name: given.newClient,
          ...(address ? { address } : {}),
          ...(given.contact === undefined ? {} : { contact: given.contact }),
          ...(question.doctor.licence === null ? {} : { licence: question.doctor.licence }),
        },
      },
    }
  }
  if (given.material === undefined) return null
  const candidate = question.candidates.find(({ code }) => code === given.material)
  const [only, ...others] = candidate?.methods ?? []
  // A material that is made in one way only needs no method named.
  const method = given.method ?? (others.length === 0 ? only : undefined)
  if (method === undefined)
    throw new ImportError('answer-unfit', { field: 'method', material: given.material })
  return {
    kind: 'material',
    material: given.material,
    method,
    makeDefault: {
      material: question.makeDefault.material && given.defaultMaterial,
      method: question.makeDefault.method && given.defaultMethod,
    },
  }
}

async function asked(importer: Importer, id: QuestionId): Promise<Answer | null> {
  const [open] = await listQuestions(importer.ledger, { limit: 1, after: (id - 1) as QuestionId })
  if (open?.id !== id) throw new ImportError('question-closed', { question: id })
  const { ask } = await import('./ask.ts')
  const lists = { clients: await importer.clients(), materials: importer.materials }
  const answer = await ask(open, lists, importer.language)
  return answer === 'stop' ? null : answer
}
