import type { OrderId } from '../itero/order.ts'
import type { AccountId, AssetId, RxId } from './ids.ts'

/** Status texts that were seen [I]; the portal is localised, so every other text is kept as it is. */
const STATUSES = {
  'rx created': 'rx-created',
  scanning: 'scanning',
  sending: 'sending',
  sent: 'sent',
  'itero modeling': 'itero-modeling',
  'lab review': 'lab-review',
  'ready for download': 'ready',
  downloaded: 'downloaded',
  'itero milling': 'itero-milling',
  'ready to ship': 'ready-to-ship',
  'align production': 'align-production',
  'exporting to doctor site': 'exporting-to-doctor-site',
  completed: 'completed',
} as const

export type KnownStatus = (typeof STATUSES)[keyof typeof STATUSES]

export interface OrderStatus {
  readonly kind: KnownStatus | 'unknown'
  /** As it was sent. */
  readonly text: string
}

export interface CloudAsset {
  readonly id: AssetId
  /** Announced, bytes. */
  readonly bytes: number
  /** Hex; null where the cloud does not know it. */
  readonly sha256: string | null
  /** Another one for other bytes. */
  readonly version: string
}

export interface CloudOrder {
  readonly account: AccountId
  readonly rxId: RxId
  /** The manifest's OrderID: it stays when the order comes back with new files. */
  readonly orderId: OrderId
  readonly orderCode: string | null
  readonly status: OrderStatus
  /** ms since the epoch. */
  readonly updatedAt: number
  /** The zip with the exported files; null while it is being made. */
  readonly export: CloudAsset | null
  readonly thumbnails: readonly CloudAsset[]
}

export function orderStatus(text: string): OrderStatus {
  const key = text.trim().replace(/\s+/g, ' ').toLowerCase()
  return { kind: Object.hasOwn(STATUSES, key) ? STATUSES[key as keyof typeof STATUSES] : 'unknown', text }
}

/** Before these, or while they last, there is nothing for the laboratory to fetch, whatever is announced. */
const IN_OTHER_HANDS: ReadonlySet<OrderStatus['kind']> = new Set([
  'rx-created',
  'scanning',
  'sending',
  'sent',
  'itero-modeling',
  'lab-review',
])

/**
 * Whether an order's package is to be fetched. `announced`: the cloud said by itself that files of this order changed, which
 * it may say of one that somebody has downloaded by hand. `taken`: the version that the ledger has.
 */
export function isWanted(order: CloudOrder, taken: string | null, announced: boolean): boolean {
  if (order.export === null || order.export.version === taken) return false
  return order.status.kind === 'ready' || (announced && !isInOtherHands(order.status))
}

/** Its files are not for the laboratory now; they will be others. */
export const isInOtherHands = ({ kind }: OrderStatus): boolean => IN_OTHER_HANDS.has(kind)

/** Says more than that the order is here: shown though its package is taken, or none is wanted. */
export const isTelling = ({ kind }: OrderStatus): boolean =>
  !['ready', 'downloaded', 'completed', 'itero-milling', 'ready-to-ship', 'align-production'].includes(kind)
