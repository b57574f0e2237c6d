import type { ClientId } from '../mapping/clients.ts'
import type { Answer } from '../mapping/questions.ts'
import { type Ledger, reading } from './open.ts'
import type { ListedRevision } from './orders.ts'
import type { RevisionId } from './schema.ts'

/**
 * Whose orders these are as far as it is decided: as was answered for the order, else as its doctor is mapped. Those
 * whose doctor is still to be asked for are not in it.
 */
export async function clientsOfOrders(
  l: Ledger,
  orders: readonly ListedRevision[],
): Promise<ReadonlyMap<RevisionId, ClientId>> {
  if (orders.length === 0) return new Map()
  const recognised = orders.flatMap(({ summary }) => summary.recognised ?? [])
  const each = <T>(all: readonly T[]): readonly T[] => [...new Set(all)]
  const { answers, mappings } = await reading(l, async (tx) => ({
    answers: await tx
      .selectFrom('waiting_orders')
      .innerJoin('questions', 'questions.id', 'waiting_orders.question_id')
      .select(['waiting_orders.revision_id', 'waiting_orders.question_id', 'questions.answer'])
      .where(
        'waiting_orders.revision_id',
        'in',
        orders.map(({ id }) => id),
      )
      .where('questions.kind', '=', 'doctor')
      .where('questions.closed_at', 'is not', null)
      .execute(),
    mappings:
      recognised.length === 0
        ? []
        : await tx
            .selectFrom('doctor_mappings')
            .select(['account', 'identified_by', 'value', 'client_id'])
            .where('account', 'in', each(orders.map(({ account }) => account)))
            .where('identified_by', 'in', each(recognised.map(({ by }) => by)))
            .where('value', 'in', each(recognised.map(({ value }) => value)))
            .execute(),
  }))
  const mapped = new Map(
    mappings.map((row) => [key(row.account, row.identified_by, row.value), row.client_id]),
  )
  const found = new Map<RevisionId, ClientId>()
  for (const { id, account, summary } of orders) {
    const { recognised } = summary
    const client = recognised && mapped.get(key(account, recognised.by, recognised.value))
    if (client !== undefined) found.set(id, client)
  }
  // Asked twice, the later answer holds.
  for (const row of answers.toSorted((a, b) => a.question_id - b.question_id)) {
    const answer = JSON.parse(row.answer ?? 'null') as Answer | null
    if (answer?.kind === 'doctor' && 'existing' in answer.client) {
      found.set(row.revision_id, answer.client.existing)
    }
  }
  return found
}

const key = (account: string, by: string, value: string) => JSON.stringify([account, by, value])
