import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { ImportError, type Warning } from '../errors.ts'
import { appendActivity } from './activity.ts'
import type { Claimant, ClaimedOrder } from './claims.ts'
import { type Ledger, noting, reading } from './open.ts'
import { type OrderSummary, type ReceivedFile, type Revision, revisionIn } from './orders.ts'
import type { OrderKey, ReceiptId, RevisionId, Tables } from './schema.ts'

export interface LeftReceipt {
  readonly id: ReceiptId
  readonly stagingName: string
  readonly packagePath: string
}

export interface Received {
  /** SHA-256, hex: the files and the meaning of the manifest. */
  readonly hash: string
  readonly files: readonly ReceivedFile[]
  readonly summary: OrderSummary
  readonly warnings: readonly Warning[]
}

/** Notes, before the first byte, that a staging is about to be filled. Error: `claim-lost`. */
export async function noteReceipt(
  l: Ledger,
  order: OrderKey,
  me: Claimant,
  { packagePath, stagingName }: { readonly packagePath: string; readonly stagingName: string },
): Promise<ReceiptId> {
  const now = l.clock()
  return noting(l, async (tx) => {
    await mustHold(tx, order, me.token)
    const row = await tx
      .insertInto('receipts')
      .values({
        order_key: order,
        claim_token: me.token,
        package_path: packagePath,
        staging_name: stagingName,
        started_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    return row.id
  })
}

/** Asked right after a claim: what earlier runs began at this order and did not end. Their stagings are to be removed. */
export async function leftReceipts(l: Ledger, order: OrderKey): Promise<readonly LeftReceipt[]> {
  return reading(l, (tx) =>
    tx
      .selectFrom('receipts')
      .select(['id', 'staging_name as stagingName', 'package_path as packagePath'])
      .where('order_key', '=', order)
      .orderBy('id')
      .execute(),
  )
}

/** Orders with receipts begun and not ended, by whomever: at start, claim each and look at its `leftReceipts`. */
export async function ordersWithReceipts(
  l: Ledger,
): Promise<readonly (ClaimedOrder & { order: OrderKey })[]> {
  return reading(l, (tx) =>
    tx
      .selectFrom('receipts')
      .innerJoin('orders', 'orders.id', 'receipts.order_key')
      .select(['orders.id as order', 'account', 'order_id as orderId', 'order_code as orderCode'])
      .distinct()
      .orderBy('orders.id')
      .execute(),
  )
}

/** After its staging has been removed. false where it was gone already. */
export async function dropReceipt(l: Ledger, id: ReceiptId): Promise<boolean> {
  const done = await noting(l, (tx) => tx.deleteFrom('receipts').where('id', '=', id).executeTakeFirst())
  return done.numDeletedRows === 1n
}

/**
 * The receipt becomes a revision, in one transaction. Where the order has a revision of this hash already, that one is
 * given back with `new: false`, and the staging of this receipt is to be removed. A refused one starts again: it is
 * given back with `new: true`, the number it had, and this receipt's staging and files.
 * Error: `claim-lost` (another run took the order over; its receipt counts).
 */
export async function receiptDone(
  l: Ledger,
  id: ReceiptId,
  received: Received,
): Promise<{ readonly new: boolean; readonly revision: Revision }> {
  const now = l.clock()
  return noting(l, async (tx) => {
    const receipt = await tx
      .selectFrom('receipts')
      .innerJoin('orders', 'orders.id', 'receipts.order_key')
      .select(['receipts.order_key as order', 'receipts.claim_token', 'staging_name', 'account', 'order_id'])
      .where('receipts.id', '=', id)
      .executeTakeFirst()
    if (receipt === undefined) throw new ImportError('claim-lost', { receipt: id })
    await mustHold(tx, receipt.order, receipt.claim_token)
    await tx.deleteFrom('receipts').where('id', '=', id).execute()

    const known = await tx
      .selectFrom('revisions')
      .select(['id', 'stage'])
      .where('order_key', '=', receipt.order)
      .where('hash', '=', received.hash)
      .executeTakeFirst()
    if (known !== undefined && known.stage !== 'refused') {
      await appendActivity(tx, now, 'order-known', { order: receipt.order, facts: { revision: known.id } })
      return { new: false, revision: await mustFind(tx, known.id) }
    }
    const content = {
      stage: 'received',
      staging_name: receipt.staging_name,
      files: JSON.stringify(received.files),
      summary: JSON.stringify(received.summary),
      warnings: JSON.stringify(received.warnings),
      received_at: now,
    } as const
    let revision = known?.id
    if (revision === undefined) {
      const number = await nextNumber(tx, receipt.order)
      const origin = { account: receipt.account, orderId: receipt.order_id, hash: received.hash }
      revision = await insertRevision(tx, {
        ...content,
        order_key: receipt.order,
        number,
        hash: received.hash,
        ...projectIdentity(origin),
      })
    } else {
      await tx
        .updateTable('revisions')
        .set({ ...content, failure_code: null, failure_facts: null })
        .where('id', '=', revision)
        .execute()
    }
    await appendActivity(tx, now, 'order-received', { order: receipt.order, facts: { revision } })
    return { new: true, revision: await mustFind(tx, revision) }
  })
}

/** Names of all stagings that are someone's: any other under the staging root is left from nobody. */
export async function stagingsInUse(l: Ledger): Promise<ReadonlySet<string>> {
  return reading(l, async (tx) => {
    const receipts = await tx.selectFrom('receipts').select('staging_name').execute()
    const revisions = await tx
      .selectFrom('revisions')
      .select('staging_name')
      .where('stage', 'in', ['received', 'waiting', 'publishing'])
      .execute()
    return new Set([...receipts, ...revisions].flatMap((row) => row.staging_name ?? []))
  })
}

async function mustHold(tx: Kysely<Tables>, order: OrderKey, token: string): Promise<void> {
  const row = await tx.selectFrom('orders').select('claim_token').where('id', '=', order).executeTakeFirst()
  if (row?.claim_token !== token) throw new ImportError('claim-lost', { order })
}

async function mustFind(tx: Kysely<Tables>, id: RevisionId): Promise<Revision> {
  const revision = await revisionIn(tx, id)
  if (revision === null) throw new ImportError('ledger-unreadable', { revision: id })
  return revision
}

async function nextNumber(tx: Kysely<Tables>, order: OrderKey): Promise<number> {
  const last = await tx
    .selectFrom('revisions')
    .select('number')
    .where('order_key', '=', order)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (last?.number ?? 0) + 1
}

type NewRevision = Pick<
  Tables['revisions'],
  | 'order_key'
  | 'number'
  | 'hash'
  | 'stage'
  | 'files'
  | 'summary'
  | 'warnings'
  | 'received_at'
  | 'guid'
  | 'unique_id'
> & { readonly staging_name: string }

async function insertRevision(tx: Kysely<Tables>, row: NewRevision): Promise<RevisionId> {
  const empty = {
    project: null,
    project_key: null,
    published_at: null,
    failure_code: null,
    failure_facts: null,
  }
  const inserted = await tx
    .insertInto('revisions')
    .values({ ...row, ...empty })
    .returning('id')
    .executeTakeFirstOrThrow()
  return inserted.id
}

/**
 * The two ids of a project, from its origin: a lost ledger gives the same case the same ids again.
 * A uuid of version 8 (RFC 9562, one's own making), and 26 letters A–Z [V].
 */
export function projectIdentity(origin: {
  readonly account: string
  readonly orderId: string
  readonly hash: string
}) {
  const digest = createHash('sha256')
    .update(JSON.stringify([origin.account, origin.orderId, origin.hash]))
    .digest()
  const hex = digest.toString('hex')
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3]
  const guid = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
  let rest = BigInt(`0x${hex.slice(32)}`)
  let letters = ''
  while (letters.length < 26) {
    letters += String.fromCharCode(65 + Number(rest % 26n))
    rest /= 26n
  }
  return { guid, unique_id: letters }
}
