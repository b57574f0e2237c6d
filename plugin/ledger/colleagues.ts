import type { ClientId } from '../mapping/clients.ts'
import { samePlace } from '../mapping/likely-clients.ts'
import type { DoctorQuestion } from '../mapping/questions.ts'
import { type Ledger, reading } from './open.ts'

/** Answered questions that are looked through, newest first. */
const MOST = 2000

/** For a question, the clients of doctors of the same practice (same company, or same address), as they are mapped now. */
export type Colleagues = (asked: DoctorQuestion) => ReadonlySet<ClientId>

export async function colleaguesIn(l: Ledger): Promise<Colleagues> {
  const { questions, mappings } = await reading(l, async (tx) => ({
    questions: await tx
      .selectFrom('questions')
      .select('question')
      .where('closed_at', 'is not', null)
      .where('kind', '=', 'doctor')
      .orderBy('closed_at', 'desc')
      .limit(MOST)
      .execute(),
    mappings: await tx
      .selectFrom('doctor_mappings')
      .select(['account', 'identified_by', 'value', 'client_id'])
      .execute(),
  }))
  const mapped = new Map(
    mappings.map((row) => [keyOf(row.account, row.identified_by, row.value), row.client_id]),
  )
  const known = questions.flatMap((row) => {
    const { identity, doctor } = JSON.parse(row.question) as DoctorQuestion
    const client = mapped.get(keyOf(identity.account, identity.by, identity.value))
    return client === undefined ? [] : [{ account: identity.account, doctor, client }]
  })
  return ({ identity, doctor }) =>
    new Set(
      known
        .filter(
          (one) =>
            one.account === identity.account &&
            ((doctor.companyId !== null && one.doctor.companyId === doctor.companyId) ||
              samePlace(doctor.practiceAddress, one.doctor.practiceAddress)),
        )
        .map(({ client }) => client),
    )
}

const keyOf = (account: string, by: string, value: string) => JSON.stringify([account, by, value])
