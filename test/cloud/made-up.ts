import type { AccountId, AssetId, RxId } from '../../plugin/cloud/ids.ts'
import { type CloudOrder, orderStatus } from '../../plugin/cloud/orders.ts'
import type { OrderId } from '../../plugin/itero/order.ts'

export const LAB = '1' as AccountId
export const OTHER_LAB = '2' as AccountId

/** An order as the cloud tells it, of the account `LAB`: its OrderID is a hundred more than its Rx id. */
export function cloudOrder(
  rxId: string,
  version: string | null = 'v1',
  status = 'Ready for Download',
): CloudOrder {
  return {
    account: LAB,
    rxId: rxId as RxId,
    orderId: String(Number(rxId) + 100) as OrderId,
    orderCode: `CODE${rxId}`,
    status: orderStatus(status),
    updatedAt: 1_800_000_000_000,
    export: version === null ? null : { id: '5' as AssetId, bytes: 1000, sha256: 'ab'.repeat(32), version },
    thumbnails: [],
  }
}
