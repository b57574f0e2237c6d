import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import schema from '../../schemas/answers.schema.json' with { type: 'json' }
import { ImportError } from '../errors.ts'
import type { ClientDetails, ClientId } from '../mapping/clients.ts'
import { orderedMaterial } from '../mapping/material-candidates.ts'
import { isSameCode } from '../mapping/materials.ts'
import type { Answer, MakeDefault, MaterialQuestion, Question } from '../mapping/questions.ts'
import { listText } from './list-text.ts'
import { unreadable } from './unreadable.ts'

/** Answers given beforehand, for when nobody is there to ask. Shape: schemas/answers.schema.json. */
export interface Answers {
  readonly doctors?: readonly DoctorEntry[]
  readonly materials?: readonly MaterialEntry[]
}

interface DoctorEntry {
  readonly id?: string
  readonly licence?: string
  readonly name?: string
  readonly client: { readonly existing: ClientId } | { readonly new: ClientDetails }
}

interface MaterialEntry {
  readonly itero: string
  /** As the order's own table names it; needed where it gives a known id another name. */
  readonly name?: string
  readonly material: string
  readonly method: string
  readonly makeDefault?: Partial<MakeDefault>
}

/** Errors: `answers-invalid`, naming the field at fault; `list-unreadable`. */
export async function readAnswersFile(file: string): Promise<Answers> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  const text = listText(bytes)
  if (text === null) throw new ImportError('answers-invalid', { file, field: '/', problem: 'not-utf-8' })
  return readAnswers(text, file)
}

/** Error: `answers-invalid`, naming the field at fault. */
export function readAnswers(text: string, file: string): Answers {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (error) {
    throw new ImportError('answers-invalid', { file, field: '/', problem: 'not-json' }, error)
  }
  const valid = new Ajv().compile<Answers>(schema)
  if (valid(data)) return data
  const [first] = valid.errors ?? []
  throw new ImportError('answers-invalid', {
    file,
    // A key that is unknown or missing is named itself, not only what it stands in.
    field: `${first?.instancePath ?? ''}/${first?.params['additionalProperty'] ?? first?.params['missingProperty'] ?? ''}`,
    problem: first?.keyword ?? '',
  })
}

/**
 * The entry that answers this question, or null. Everything that an entry names has to agree; nothing is guessed. Where
 * no entry for a material suits its work the first is given all the same: it does not fit, and whoever takes it says so.
 */
export function answerTo(question: Question, answers: Answers): Answer | null {
  if (question.kind === 'doctor') {
    const { doctor } = question
    const entry = answers.doctors?.find((one) =>
      (['id', 'licence', 'name'] as const).every((key) => one[key] === undefined || one[key] === doctor[key]),
    )
    return entry ? { kind: 'doctor', client: entry.client } : null
  }
  const entries = (answers.materials ?? []).filter((one) => isAbout(one, question))
  const asListed = (one: MaterialEntry): MaterialEntry | null => {
    const candidate = question.candidates.find(({ code }) => isSameCode(code, one.material))
    const method = candidate?.methods.find((code) => isSameCode(code, one.method))
    return candidate === undefined || method === undefined
      ? null
      : { ...one, material: candidate.code, method }
  }
  const entry = entries.map(asListed).find((one) => one !== null) ?? entries[0]
  if (!entry) return null
  const proposed = question.defaultKey === null ? { material: false, method: false } : question.makeDefault
  return {
    kind: 'material',
    material: entry.material,
    method: entry.method,
    makeDefault: { ...proposed, ...entry.makeDefault },
  }
}

/** An id that the order's own table gives another name is another material, unless the entry names it too. */
function isAbout({ itero, name }: MaterialEntry, question: MaterialQuestion): boolean {
  const asked = question.itero
  if (itero !== asked.id) return false
  if (name !== undefined) return name === asked.name
  const known = orderedMaterial({ id: itero, name: null })
  return !known.understood || orderedMaterial({ id: itero, name: asked.name }).understood
}
