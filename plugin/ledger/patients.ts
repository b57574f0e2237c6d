import { type Ledger, noting } from './open.ts'
import type { OrderKey } from './schema.ts'

/** Under which number which name came. */
export interface NumberedPatient {
  /** PatientId of the case. */
  readonly number: string
  /** Two ways to write one name are the same text. */
  readonly name: string
  readonly order: OrderKey
}

/** Of one order that are looked at. */
const NAMES = 20

/**
 * Notes the patient of an order, and gives the number of the latest other order under the same patient number where it came
 * with another name; null: it came with this one, or there is none. So a name that was changed for good is told once.
 */
export async function otherNameUnder(
  l: Ledger,
  { number, name, order }: NumberedPatient,
): Promise<string | null> {
  return noting(l, async (tx) => {
    await tx
      .insertInto('patient_numbers')
      .values({ number, name, order_key: order })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const others = await tx
      .selectFrom('patient_numbers')
      .innerJoin('orders', 'orders.id', 'patient_numbers.order_key')
      .select(['orders.order_id', 'order_key', 'name'])
      .where('number', '=', number)
      .where('order_key', '<>', order)
      .orderBy('order_key', 'desc')
      .limit(NAMES)
      .execute()
    const [latest] = others
    if (latest === undefined) return null
    // Two revisions of it may name two.
    const names = others.filter((each) => each.order_key === latest.order_key).map((each) => each.name)
    return names.includes(name) ? null : latest.order_id
  })
}
