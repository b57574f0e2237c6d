import { appendActivity } from './activity.ts'
import { type Ledger, noting } from './open.ts'
import type { OrderKey } from './schema.ts'

/** One run of an importer. `token` is its own alone, made anew at each start. */
export interface Claimant {
  readonly host: string
  readonly pid: number
  readonly token: string
}

export interface ClaimedOrder {
  readonly account: string
  readonly orderId: string
  readonly orderCode: string | null
}

export type Claim =
  | { readonly claimed: true; readonly order: OrderKey }
  | { readonly claimed: false; readonly by: Claimant }

/** A claim that is not renewed ends after this. */
export const CLAIM_MS = 60_000
/** A claim further ahead than this was made by a clock that has been put back since. */
const CLOCK_SKEW_MS = 3_600_000
/** The pace for `renewClaims`: two may be missed. */
export const RENEW_MS = 20_000

/**
 * Takes an order to work at: one importer at a time. A claim that is past its time may be taken over, and so may one of
 * a process of this host that `alive` says is gone; of another host's processes only the time tells. A second claim by
 * the same run is refused as well: two packages of one order follow each other.
 */
export async function claimOrder(
  l: Ledger,
  { account, orderId, orderCode }: ClaimedOrder,
  me: Claimant,
  alive: (other: Claimant) => boolean,
): Promise<Claim> {
  const now = l.clock()
  return noting(l, async (tx) => {
    await tx
      .insertInto('orders')
      .values({ account, order_id: orderId, order_code: orderCode, first_seen: now, ...NO_CLAIM })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    const order = await tx
      .selectFrom('orders')
      .select(['id', 'order_code', 'claim_host', 'claim_pid', 'claim_token', 'claim_until'])
      .where('account', '=', account)
      .where('order_id', '=', orderId)
      .executeTakeFirstOrThrow()
    const other = holderOf(order)
    if (other !== null) {
      const dead = other.host === me.host && other.token !== me.token && !alive(other)
      const leftMs = (order.claim_until ?? 0) - now
      if (!dead && leftMs > 0 && leftMs <= CLAIM_MS + CLOCK_SKEW_MS) return { claimed: false, by: other }
      await appendActivity(tx, now, 'claim-taken-over', { order: order.id })
    }
    await tx
      .updateTable('orders')
      .set({ ...claimOf(me, now), order_code: orderCode ?? order.order_code })
      .where('id', '=', order.id)
      .execute()
    return { claimed: true, order: order.id }
  })
}

/** Prolongs every claim that this run still holds; gives their number. */
export async function renewClaims(l: Ledger, me: Claimant): Promise<number> {
  const until = l.clock() + CLAIM_MS
  const done = await noting(l, (tx) =>
    tx
      .updateTable('orders')
      .set({ claim_until: until })
      .where('claim_token', '=', me.token)
      .executeTakeFirst(),
  )
  return Number(done.numUpdatedRows)
}

/** false where the claim was no longer this run's. */
export async function releaseOrder(l: Ledger, order: OrderKey, me: Claimant): Promise<boolean> {
  const done = await noting(l, (tx) =>
    tx
      .updateTable('orders')
      .set(NO_CLAIM)
      .where('id', '=', order)
      .where('claim_token', '=', me.token)
      .executeTakeFirst(),
  )
  return done.numUpdatedRows === 1n
}

const NO_CLAIM = { claim_host: null, claim_pid: null, claim_token: null, claim_until: null } as const

const claimOf = (me: Claimant, now: number) => ({
  claim_host: me.host,
  claim_pid: me.pid,
  claim_token: me.token,
  claim_until: now + CLAIM_MS,
})

function holderOf(order: {
  readonly claim_host: string | null
  readonly claim_pid: number | null
  readonly claim_token: string | null
}): Claimant | null {
  if (order.claim_token === null) return null
  return { host: order.claim_host ?? '', pid: order.claim_pid ?? 0, token: order.claim_token }
}
