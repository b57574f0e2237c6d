import { answerAndGoOn } from '../answering.ts'
import { ImportError } from '../errors.ts'
import type { Importer, ImportResult } from '../importing/setup.ts'
import { listQuestions, type OpenQuestion, questionById } from '../ledger/questions.ts'
import type { QuestionId } from '../ledger/schema.ts'
import type { ClientId } from '../mapping/clients.ts'
import { isSameCode } from '../mapping/materials.ts'
import type { Answer } from '../mapping/questions.ts'

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
  // Told before anything that may be wrong with the answer.
  const open = await openQuestion(importer, id)
  const { question } = open
  const answer = answerOf(open, given) ?? (person ? await asked(importer, open) : null)
  if (answer !== null) return answerAndGoOn(importer, id, answer)
  if (person) return null
  throw new ImportError(
    'answer-incomplete',
    question.kind === 'doctor'
      ? { question: id, missing: '--client / --new-client' }
      : { question: id, missing: '--material', choices: listed(question.candidates.map(({ code }) => code)) },
  )
}

/** Errors: `question-unknown`, `question-closed`. */
async function openQuestion({ ledger }: Importer, id: QuestionId): Promise<OpenQuestion> {
  const [open] = await listQuestions(ledger, { limit: 1, after: (id - 1) as QuestionId })
  if (open?.id === id) return open
  await questionById(ledger, id)
  throw new ImportError('question-closed', { question: id })
}

/** What the options say, or null where they say nothing for this kind of question. Whether it fits is checked later. */
function answerOf({ id, question }: OpenQuestion, given: GivenAnswer): Answer | null {
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
  const { material } = given
  if (material === undefined) return null
  const candidate = question.candidates.find(({ code }) => isSameCode(code, material))
  const [only, ...others] = candidate?.methods ?? []
  // A material that is made in one way only needs no method named.
  const named = candidate?.methods.find((code) => isSameCode(code, given.method ?? '')) ?? given.method
  const method = named ?? (others.length === 0 ? only : undefined)
  if (candidate !== undefined && method === undefined)
    throw new ImportError('answer-incomplete', {
      question: id,
      missing: '--method',
      choices: listed(candidate.methods),
    })
  return {
    kind: 'material',
    material: candidate?.code ?? material,
    method: method ?? '',
    makeDefault: {
      material: question.makeDefault.material && given.defaultMaterial,
      method: question.makeDefault.method && given.defaultMethod,
    },
  }
}

async function asked(importer: Importer, open: OpenQuestion): Promise<Answer | null> {
  const { ask } = await import('./ask.ts')
  const lists = { clients: await importer.clients(), materials: importer.materials }
  const answer = await ask(open, lists, importer.language)
  return answer === 'stop' ? null : answer
}

const listed = (codes: readonly string[]) => codes.join(', ')
