import type { Order } from '../itero/order.ts'
import type { OrderSummary } from '../ledger/orders.ts'
import { doctorIdentity } from '../mapping/doctors.ts'

/** What a list shows of an order while it is on its way. */
export function summaryOf(account: string, order: Order): OrderSummary {
  const { by, value } = doctorIdentity(account, order)
  const materials = new Set(order.teeth.flatMap(({ material }) => material?.name ?? material?.id ?? []))
  return {
    patient: listedName(order.patient),
    doctor: order.doctor.name,
    recognised: { by, value },
    teeth: order.teeth.map((tooth) => tooth.fdi),
    material: materials.size > 0 ? [...materials].join(', ') : null,
    dueDate: order.dueDate,
  }
}

/** As a case list sorts it, and as the case itself has it later: the family name first. */
const listedName = ({ family, given, raw }: Order['patient']) =>
  [family, given].filter((part) => part !== '').join(', ') || raw
