import { readFileSync } from 'node:fs'
import type { Tooth } from '../../plugin/casefile/treatment.ts'
import type { FileRole } from '../../plugin/file-role.ts'
import type { Order, OrderId, OrderTooth, Term } from '../../plugin/itero/order.ts'
import { adaOf } from '../../plugin/itero/teeth.ts'
import type { Client, ClientId } from '../../plugin/mapping/clients.ts'
import {
  DEFAULT_MATERIALS_FILE,
  type MaterialList,
  readMaterialList,
} from '../../plugin/mapping/materials.ts'
import type { Answer, Question, QuestionKey } from '../../plugin/mapping/questions.ts'
import {
  type Known,
  type MappingInput,
  type Outcome,
  treatmentFromOrder,
} from '../../plugin/mapping/treatment-from-order.ts'
import type { FdiTooth } from '../../plugin/teeth.ts'

export const MATERIALS = readMaterialList(readFileSync(DEFAULT_MATERIALS_FILE))

export const CLIENT: Client = { id: '003' as ClientId, name: 'Practice on the Green', parameters: {} }

/** The default list with some codes only, and only the first method of each: nothing to ask for. */
export function only(...codes: readonly string[]): MaterialList {
  return {
    materials: MATERIALS.materials
      .filter((material) => codes.includes(material.code))
      .map((material) => ({ ...material, methods: material.methods.slice(0, 1) })),
  }
}

export function term(id: string, name: string | null = null): Term {
  return { id, name }
}

export const CROWN = term('2', 'Crown')
export const REGULAR = term('1', 'Regular')
export const MISSING = term('9', 'Missing (edentulous space)')
export const ABUTMENT = term('1', 'Abutment')
export const PONTIC = term('4', 'Pontic')
export const ZIRCONIA = term('2007', 'Zirconia')

export function tooth(fdi: number, fields: Partial<OrderTooth> = {}): OrderTooth {
  return {
    ada: adaOf(fdi as FdiTooth),
    fdi: fdi as FdiTooth,
    restoration: CROWN,
    specification: null,
    implantBased: null,
    abutmentType: null,
    ponticDesign: null,
    material: ZIRCONIA,
    abutmentMaterial: null,
    roleInBridge: null,
    bridgeId: null,
    ditched: null,
    marginDesign: { internal: null, external: null },
    preparationDesign: { buccal: null, lingual: null },
    shades: { incisal: null, middle: 'A2', gingival: null, die: null },
    ...fields,
  }
}

/** Teeth of bridge `1`; a letter says the role: a(butment), p(ontic), s(kipped), m(aryland abutment). */
export function bridge(...units: readonly (readonly [fdi: number, role: 'a' | 'p' | 's' | 'm'])[]) {
  const roles = {
    a: { restoration: CROWN, roleInBridge: ABUTMENT },
    p: { restoration: MISSING, roleInBridge: PONTIC },
    s: { restoration: REGULAR, roleInBridge: term('5', 'Skipped') },
    m: { restoration: REGULAR, roleInBridge: term('3', 'Maryland Abutment') },
  }
  return units.map(([fdi, role]) => tooth(fdi, { ...roles[role], bridgeId: '1' }))
}

export function order(fields: Partial<Order> = {}): Order {
  return {
    id: '123456789' as OrderId,
    code: null,
    manifestVersion: '5.0',
    patient: { raw: 'Ann, Example', given: 'Ann', family: 'Example', id: 'P-77', chartNumber: null },
    doctor: { name: 'Dr. Jo Sample', id: '4711', licence: null, companyId: null },
    practiceAddress: null,
    laboratory: { id: null, name: null },
    technician: null,
    dueDate: null,
    exportTime: null,
    procedure: null,
    procedureType: null,
    caseType: null,
    treatmentStage: null,
    shadeSystem: null,
    scanRange: { upper: null, lower: null },
    teeth: [],
    bridges: [],
    denture: null,
    scanBodies: [],
    notes: '',
    software: { caas: null, itero: null },
    objects: [],
    transforms: [],
    warnings: [],
    ...fields,
  }
}

export function input(from: Order, change: Change = {}): MappingInput {
  return {
    order: from,
    account: 'lab@example.test',
    files: change.files ?? [],
    lists: { clients: change.clients ?? [CLIENT], materials: change.materials ?? only('ZI') },
    known: { client: CLIENT.id, materialDefaults: new Map(), answers: new Map(), ...change.known },
    language: change.language ?? 'en',
    project: {
      guid: '00000000-0000-4000-8000-000000000000',
      uniqueId: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      dateTime: '2026-01-02T03:04:05+01:00',
      trayNo: '',
    },
  }
}

export interface Change {
  readonly files?: readonly FileRole[]
  readonly clients?: readonly Client[]
  readonly materials?: MaterialList
  readonly known?: Partial<Known>
  readonly language?: 'en' | 'de'
}

export type Mapped = Extract<Outcome, { kind: 'treatment' }>

export function mapped(from: Order, change: Change = {}): Mapped {
  const outcome = treatmentFromOrder(input(from, change))
  if (outcome.kind !== 'treatment') throw new Error('questions where a treatment was expected')
  return outcome
}

export function questionsOf(from: Order, change: Change = {}): readonly Question[] {
  const outcome = treatmentFromOrder(input(from, change))
  return outcome.kind === 'questions' ? outcome.questions.map(({ question }) => question) : []
}

/** The one material question that is open. */
export function materialQuestion(from: Order, change: Change = {}) {
  const [question, ...others] = questionsOf(from, change)
  if (question?.kind !== 'material' || others.length > 0) throw new Error('not one material question')
  return question
}

export function answers(
  ...given: readonly (readonly [Question, Answer])[]
): ReadonlyMap<QuestionKey, Answer> {
  return new Map(given.map(([question, answer]) => [question.key, answer]))
}

export function answer(material: string, method: string): Answer {
  return { kind: 'material', material, method, makeDefault: { material: false, method: false } }
}

export function codes(warnings: readonly { readonly code: string }[]): readonly string[] {
  return warnings.map(({ code }) => code)
}

/** `16 AnatomicCrown`, and `+` where it is joined to its mesial neighbour. */
export function shown(teeth: readonly Tooth[]): readonly string[] {
  return teeth.map((one) => {
    const joined = one.kind === 'restored' && one.mesialConnector ? '+' : ''
    return `${one.number} ${one.reconstructionType}${joined}`
  })
}

export function toothOf({ treatment }: Mapped, fdi: number) {
  const found = treatment.teeth.find((one) => one.number === fdi)
  if (found?.kind !== 'restored') throw new Error(`${fdi} is not restored`)
  return found
}
