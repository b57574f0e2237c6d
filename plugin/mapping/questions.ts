import { createHash } from 'node:crypto'
import type { ReconstructionType } from '../casefile/treatment.ts'
import { ImportError } from '../errors.ts'
import type { FdiTooth } from '../itero/teeth.ts'
import { type Client, type ClientDetails, type ClientId, clientDetailsProblem } from './clients.ts'
import type { MaterialList } from './materials.ts'

/** Orders that wait for the same answer share one key. A digest: it may stand in a log, no name can be read from it. */
export type QuestionKey = string & { readonly brand: 'QuestionKey' }

/** What one doctor is recognised by, within one MyiTero account. */
export interface DoctorIdentity {
  readonly account: string
  /** `order`: nothing in the order identifies the doctor, `value` is then the order's number. */
  readonly by: 'id' | 'licence' | 'name' | 'order'
  readonly value: string
}

/** The doctor as the order names him; placeholders are null. Prefills a new client. */
export interface DoctorDetails {
  readonly name: string | null
  readonly id: string | null
  readonly licence: string | null
  readonly companyId: string | null
  readonly practiceAddress: string | null
}

export interface LikelyClient {
  readonly client: ClientId
  readonly name: string
  /** 0 to 1. */
  readonly likeness: number
}

export interface DoctorQuestion {
  readonly kind: 'doctor'
  readonly key: QuestionKey
  readonly identity: DoctorIdentity
  /** false: the doctor has no identity, so the answer holds for this order only. */
  readonly remembered: boolean
  readonly doctor: DoctorDetails
  /** Up to five, likeliest first. */
  readonly likely: readonly LikelyClient[]
}

export interface MaterialQuestion {
  readonly kind: 'material'
  readonly key: QuestionKey
  /** As ordered; both null where the order states no material. */
  readonly itero: { readonly id: string | null; readonly name: string | null }
  /**
   * Under which key the two defaults are kept; see `materialKeyOf`. Equal to the iTero id where id and name are the
   * built-in pair; null where nothing is stated, and then no default can be made.
   */
  readonly defaultKey: string | null
  /** Codes of the laboratory's list that suit the work, likeliest first, each with its methods. Never empty. */
  readonly candidates: readonly MaterialCandidate[]
  readonly work: {
    readonly reconstructionTypes: readonly ReconstructionType[]
    readonly connectors: boolean
    /** The material of a custom abutment is asked for; the method is recorded with the case, no tooth carries it. */
    readonly abutment: boolean
  }
  /** What stands selected when the question is shown. */
  readonly proposed: { readonly material: string | null; readonly method: string | null }
  /** How the two "make this the default" boxes start. */
  readonly makeDefault: MakeDefault
}

export interface MaterialCandidate {
  readonly code: string
  readonly methods: readonly string[]
}

export interface MakeDefault {
  readonly material: boolean
  readonly method: boolean
}

export type Question = DoctorQuestion | MaterialQuestion

/** What one waiting order shows beside the question. */
export interface Waiting {
  readonly teeth: readonly FdiTooth[]
  readonly note: string
}

export interface DoctorAnswer {
  readonly kind: 'doctor'
  readonly client: { readonly existing: ClientId } | { readonly new: ClientDetails }
}

export interface MaterialAnswer {
  readonly kind: 'material'
  readonly material: string
  readonly method: string
  readonly makeDefault: MakeDefault
}

export type Answer = DoctorAnswer | MaterialAnswer

/** What the laboratory has: its clients and its materials. */
export interface Lists {
  readonly clients: readonly Client[]
  readonly materials: MaterialList
}

/** Key of a question: a digest over what the answer depends on. */
export function questionKey(kind: Question['kind'], parts: unknown): QuestionKey {
  return `${kind}:${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}` as QuestionKey
}

/**
 * Whether an answer fits its question and the lists of now.
 * Errors: `answer-unfit` (fact `field` names what does not fit), `client-unknown`.
 */
export function checkAnswer(question: Question, answer: Answer, lists: Lists): void {
  if (question.kind === 'doctor' && answer.kind === 'doctor') checkDoctorAnswer(answer, lists.clients)
  else if (question.kind === 'material' && answer.kind === 'material')
    checkMaterialAnswer(question, answer, lists.materials)
  else throw new ImportError('answer-unfit', { field: 'kind', question: question.kind })
}

function checkDoctorAnswer(answer: DoctorAnswer, clients: readonly Client[]): void {
  const chosen = answer.client
  if ('existing' in chosen) {
    if (!clients.some((client) => client.id === chosen.existing))
      throw new ImportError('client-unknown', { client: String(chosen.existing).slice(0, 80) })
    return
  }
  const problem = clientDetailsProblem(chosen.new)
  if (problem !== null) throw new ImportError('answer-unfit', { field: problem })
  // A second client under one id would mix up two practices' cases.
  const { id } = chosen.new
  if (id !== undefined && clients.some((client) => client.id === id))
    throw new ImportError('answer-unfit', { field: 'client.new.id' })
}

function checkMaterialAnswer(question: MaterialQuestion, answer: MaterialAnswer, list: MaterialList): void {
  const candidate = question.candidates.find((one) => one.code === answer.material)
  const material = list.materials.find((one) => one.code === answer.material)
  if (!candidate || !material)
    throw new ImportError('answer-unfit', {
      field: 'material',
      material: String(answer.material).slice(0, 80),
    })
  const offered = candidate.methods.includes(answer.method)
  if (!offered || !material.methods.some((method) => method.code === answer.method))
    throw new ImportError('answer-unfit', { field: 'method', material: material.code })
  if (question.defaultKey === null && (answer.makeDefault.material || answer.makeDefault.method))
    throw new ImportError('answer-unfit', { field: 'makeDefault' })
}
