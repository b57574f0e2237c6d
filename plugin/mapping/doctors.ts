import type { Order } from '../itero/order.ts'
import type { Client, ClientId } from './clients.ts'
import { likelyClients } from './likely-clients.ts'
import { isPlaceholder } from './placeholders.ts'
import {
  type Answer,
  type DoctorDetails,
  type DoctorIdentity,
  type DoctorQuestion,
  type QuestionKey,
  questionKey,
} from './questions.ts'

/**
 * What a doctor is recognised by: DoctorID, else licence, else the name as written (spacing, case and Unicode form
 * aside), else the order itself. Placeholders (`Null`, `-1`, `0000000` [V]) are no identity. Always within one account.
 */
export function doctorIdentity(account: string, order: Order): DoctorIdentity {
  const doctor = doctorDetails(order)
  if (doctor.id !== null) return { account, by: 'id', value: bare(doctor.id) }
  if (doctor.licence !== null) return { account, by: 'licence', value: bare(doctor.licence).toUpperCase() }
  const name = recognisedName(doctor.name)
  if (/\p{L}/u.test(name)) return { account, by: 'name', value: name }
  return { account, by: 'order', value: order.id }
}

/** What is compared of a name. */
export const recognisedName = (name: string | null): string => (tidy(name) ?? '').toLowerCase()

/** The question that the first order of a doctor opens. */
export function doctorQuestion(account: string, order: Order, clients: readonly Client[]): DoctorQuestion {
  const identity = doctorIdentity(account, order)
  const doctor = doctorDetails(order)
  const key = doctorQuestionKey(identity)
  const likely = likelyClients(doctor, clients)
  return { kind: 'doctor', key, identity, remembered: identity.by !== 'order', doctor, likely }
}

/**
 * The client of an order: as answered for it, else as mapped; null where neither is in the list any more. A new client
 * has its id by then: the ledger keeps the answer as naming an existing one.
 */
export function clientOf(
  answer: Answer | undefined,
  mapped: ClientId | null,
  clients: readonly Client[],
): Client | null {
  const listed = (id: ClientId) => clients.find((client) => client.id === id) ?? null
  if (answer?.kind === 'doctor' && 'existing' in answer.client) {
    const answered = listed(answer.client.existing)
    if (answered) return answered
  }
  return mapped && listed(mapped)
}

function doctorQuestionKey(identity: DoctorIdentity): QuestionKey {
  return questionKey('doctor', [identity.account, identity.by, identity.value])
}

/** As the order says, placeholders as null. */
function doctorDetails(order: Order): DoctorDetails {
  const { name, id, licence, companyId } = order.doctor
  return {
    name: tidy(name),
    id: tidy(id),
    licence: tidy(licence),
    companyId: tidy(companyId),
    practiceAddress: tidy(order.practiceAddress),
  }
}

function tidy(text: string | null): string | null {
  if (isPlaceholder(text)) return null
  return (text ?? '')
    .normalize('NFKC')
    .replace(/\p{Cf}+/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}
