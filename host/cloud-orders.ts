import type { CloudOrder } from '../bridge/data.ts'
import type { CaseStatus, CloudMark } from './api.ts'
import { type Database, firstRow, noting, rows, run, type SqlRow } from './database.ts'
import { searchText, sortKey } from './folded-text.ts'
import { keepText, removeRow, STATUS_RANKS } from './list-rows.ts'

/** An order of the cloud's account 42 stands in the ledger, and in its case, under this account. */
const accountOf = ({ account }: CloudOrder): string => `myitero:${account}`

/**
 * Orders as the cloud's connection tells them, all of them. One that the import does not know has a row of its own: on its
 * way, failed, or to be seen at the cloud alone. true: the list changed.
 */
export function replaceCloudOrders(db: Database, orders: readonly CloudOrder[]): boolean {
  return noting(db, () => {
    const before = new Map(rows(db, 'select * from cloud_orders').map((row) => [keyOf(row), row]))
    let changed = false
    for (const order of orders.filter(saysSomething)) {
      const values = { account: accountOf(order), ...valuesOf(order) }
      const key = keyOf(values)
      const kept = before.get(key)
      before.delete(key)
      const names = Object.keys(values) as (keyof typeof values)[]
      if (kept !== undefined && names.every((name) => kept[name] === values[name])) continue
      // One that comes back with new files is on its way anew.
      const goesOn = kept !== undefined && !['taken', 'noted'].includes(String(kept['stage']))
      const since = goesOn ? Number(kept['since']) : db.clock()
      run(
        db,
        `insert or replace into cloud_orders (${[...names, 'since'].join(', ')})
         values (${[...names, 'since'].map(() => '?').join(', ')})`,
        ...Object.values(values),
        since,
      )
      settle(db, { ...values, since })
      changed = true
    }
    for (const gone of before.values()) {
      run(
        db,
        'delete from cloud_orders where account = ? and rx_id = ?',
        String(gone['account']),
        String(gone['rx_id']),
      )
      settle(db, { ...gone, stage: 'taken' })
      changed = true
    }
    return changed
  })
}

/** What was taken and has no other status than that is an order as any. */
const saysSomething = ({ stage, status }: CloudOrder): boolean =>
  stage !== 'taken' || !['ready', 'downloaded'].includes(status.kind)

/** Rows of the import have come or gone: an order stands in the list once. true: the list changed. */
export function settleCloudOrder(db: Database, account: string, orderId: string): boolean {
  let changed = false
  const known = rows(db, 'select * from cloud_orders where account = ? and order_id = ?', account, orderId)
  for (const row of known) changed = settle(db, row) || changed
  return changed
}

/** What a row of the list says of its order in the cloud. */
export function cloudMarkOf(db: Database, row: SqlRow): CloudMark | null {
  const { account, order_id: orderId, rx_id: rxId } = row
  if (typeof account !== 'string') return null
  if (typeof rxId === 'string') {
    const own = firstRow(db, 'select * from cloud_orders where account = ? and rx_id = ?', account, rxId)
    return own && markOf(own, true)
  }
  if (typeof orderId !== 'string') return null
  // One on its way or failed has a row of its own.
  const known = firstRow(
    db,
    `select * from cloud_orders where account = ? and order_id = ? and stage in ('taken', 'noted')
     order by since desc, rx_id desc limit 1`,
    account,
    orderId,
  )
  if (known === null || Number(row['revision']) < newestOf(db, account, orderId)) return null
  return markOf(known, false)
}

function newestOf(db: Database, account: string, orderId: string): number {
  const newest = firstRow(
    db,
    'select max(revision) as revision from cases where account = ? and order_id = ?',
    account,
    orderId,
  )
  return Number(newest?.['revision'])
}

const markOf = (known: SqlRow, alone: boolean): CloudMark => ({
  alone,
  account: String(known['cloud_account']),
  rxId: String(known['rx_id']),
  stage: known['stage'] as CloudMark['stage'],
  status: String(known['status']),
})

/** Puts, changes or removes the row of its own. true: the list changed. */
function settle(db: Database, known: SqlRow): boolean {
  const [account, rxId] = [String(known['account']), String(known['rx_id'])]
  const row = firstRow(
    db,
    "select id from cases where account = ? and rx_id = ? and kind = 'cloud'",
    account,
    rxId,
  )
  const status = isShown(db, known) ? STATUSES[known['stage'] as CloudOrder['stage']] : null
  if (status === null) {
    if (row !== null) removeRow(db, Number(row['id']))
    return row !== null
  }
  const values = {
    kind: 'cloud',
    account,
    rx_id: rxId,
    order_id: known['order_id'] as string | null,
    order_code: known['order_code'] as string | null,
    status,
    status_rank: STATUS_RANKS[status],
    received_at: Number(known['since']),
    reason_code: known['reason_code'] as string | null,
    reason_text: known['reason_text'] as string | null,
    sort_order: sortKey((known['order_id'] ?? rxId) as string),
  }
  const names = Object.keys(values)
  const kept = firstRow(
    db,
    `insert into cases (${names.join(', ')}) values (${names.map(() => '?').join(', ')})
     on conflict (account, rx_id) where kind = 'cloud' do update set
     ${names.map((name) => `${name} = excluded.${name}`).join(', ')} returning id`,
    ...Object.values(values),
  )
  const words = [known['order_id'], known['order_code'], rxId, known['status']]
  keepText(db, Number(kept?.['id']), searchText(words.map((each) => (each === null ? null : String(each)))))
  return true
}

/** null: it has no row of its own. */
const STATUSES: Readonly<Record<CloudOrder['stage'], CaseStatus | null>> = {
  wanted: 'importing',
  downloading: 'importing',
  downloaded: 'importing',
  taken: null,
  failed: 'refused',
  noted: 'noted',
}

/**
 * Whether the import does not show it already. A case of before hides no rescan on its way; what came since is this
 * download, of whose end the connection tells a moment later.
 */
function isShown(db: Database, known: SqlRow): boolean {
  const { stage, account, order_id: orderId, since } = known
  if (stage === 'failed' || typeof orderId !== 'string') return stage !== 'taken'
  const rest =
    stage === 'noted'
      ? ''
      : stage === 'downloaded'
        ? "and (kind = 'order' or received_at >= ?)"
        : 'and received_at >= ?'
  const standing = firstRow(
    db,
    `select 1 from cases where account = ? and order_id = ? and kind in ('order', 'case') ${rest} limit 1`,
    String(account),
    orderId,
    ...(rest === '' ? [] : [Number(since)]),
  )
  return standing === null
}

function valuesOf({ account, rxId, orderId, orderCode, stage, status, failure }: CloudOrder) {
  return {
    rx_id: rxId,
    cloud_account: account,
    order_id: orderId,
    order_code: orderCode,
    stage,
    status: status.text,
    reason_code: failure?.code ?? null,
    reason_text: failure?.text ?? null,
  }
}

const keyOf = (row: SqlRow): string => JSON.stringify([row['account'], row['rx_id']])
