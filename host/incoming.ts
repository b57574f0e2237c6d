import type { ListedOrder, RefusedPackage } from '../bridge/data.ts'
import type { CaseStatus } from './api.ts'
import { inArchOrder } from './arch-order.ts'
import { settleCloudOrder } from './cloud-orders.ts'
import { type Database, firstRow, rows, run, type SqlRow, writing } from './database.ts'
import { searchText, sortKey } from './folded-text.ts'
import { keepText, removeRow, STATUS_RANKS } from './list-rows.ts'

/** What there is to show of an order without a folder. */
export interface OrderDetails {
  readonly doctor: string | null
  readonly material: string | null
  readonly warnings: ListedOrder['warnings']
}

/**
 * An order that is on its way, waits or was refused gets a row of its own; one that is published is shown by its case.
 * true: the list changed.
 */
export function putOrder(db: Database, order: ListedOrder): boolean {
  return writing(db, () => {
    const changed = putRowOf(db, order)
    return settleCloudOrder(db, order.account, order.orderId) || changed
  })
}

function putRowOf(db: Database, order: ListedOrder): boolean {
  const standing = firstRow(
    db,
    `select id, received_at from cases
       where account = ? and order_id = ? and revision = ? and kind = 'case' order by id limit 1`,
    order.account,
    order.orderId,
    order.number,
  )
  const row = firstRow(
    db,
    "select * from cases where account = ? and order_id = ? and revision = ? and kind = 'order'",
    order.account,
    order.orderId,
    order.number,
  )
  if (order.stage === 'published') return settled(db, order, row, standing)
  // On its way and already there: the watch was faster than the ledger. Waiting or refused is never hidden.
  if (standing !== null && (order.stage === 'publishing' || order.stage === 'received')) {
    if (row !== null) removeRow(db, Number(row['id']))
    return row !== null
  }
  return putRow(db, row, { ...orderRow(order), ...clientOf(db, order.client), kind: 'order' })
}

/** A package that could not become an order. true: the list changed. */
export function putRefused(db: Database, refused: RefusedPackage): boolean {
  return writing(db, () => {
    const row = firstRow(db, "select * from cases where project = ? and kind = 'package'", refused.name)
    return putRow(db, row, { ...packageRow(refused), kind: 'package' })
  })
}

/** All that is open, at each connection: what is named no more leaves the list. true: the list changed. */
export function replaceIncoming(
  db: Database,
  orders: readonly ListedOrder[],
  refused: readonly RefusedPackage[],
): boolean {
  return writing(db, () => {
    let changed = false
    const named = new Set(orders.map((order) => orderKey(order.account, order.orderId, order.number)))
    const packages = new Set(refused.map(({ name }) => name))
    const listed = rows(
      db,
      "select id, kind, project, account, order_id, revision from cases where kind in ('order', 'package')",
    )
    for (const row of listed) {
      const isNamed =
        row['kind'] === 'package'
          ? packages.has(String(row['project']))
          : named.has(orderKey(String(row['account']), String(row['order_id']), Number(row['revision'])))
      if (isNamed) continue
      removeRow(db, Number(row['id']))
      if (row['kind'] === 'order') settleCloudOrder(db, String(row['account']), String(row['order_id']))
      changed = true
    }
    for (const order of orders) changed = putOrder(db, order) || changed
    for (const each of refused) changed = putRefused(db, each) || changed
    return changed
  })
}

/** What is refused now: a package that is not named lies in the export folder no more. true: the list changed. */
export function replaceRefused(db: Database, refused: readonly RefusedPackage[]): boolean {
  return writing(db, () => {
    const named = new Set(refused.map(({ name }) => name))
    let changed = false
    for (const row of rows(db, "select id, project from cases where kind = 'package'")) {
      if (named.has(String(row['project']))) continue
      removeRow(db, Number(row['id']))
      changed = true
    }
    for (const each of refused) changed = putRefused(db, each) || changed
    return changed
  })
}

/** Published: its case takes over the row's id and its time, whether it is listed already or will be in a moment. */
function settled(db: Database, order: ListedOrder, row: SqlRow | null, standing: SqlRow | null): boolean {
  let changed = false
  if (row !== null) {
    removeRow(db, Number(row['id']))
    changed = true
    if (standing === null && order.project !== null) {
      run(
        db,
        `insert or ignore into past_cases (project, guid, id, opened, received_at, gone_at)
         values (?, null, ?, 0, ?, ?)`,
        order.project,
        Number(row['id']),
        order.receivedAt,
        db.clock(),
      )
    }
  }
  if (standing !== null && Number(standing['received_at']) !== order.receivedAt) {
    run(db, 'update cases set received_at = ? where id = ?', order.receivedAt, Number(standing['id']))
    changed = true
  }
  return changed
}

type Values = Readonly<Record<string, string | number | null>>

function putRow(db: Database, row: SqlRow | null, values: Values): boolean {
  const names = Object.keys(values)
  if (row !== null && names.every((name) => row[name] === values[name])) return false
  let id: number
  if (row === null) {
    run(
      db,
      `insert into cases (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
      ...Object.values(values),
    )
    id = Number(firstRow(db, 'select last_insert_rowid() as id')?.['id'])
  } else {
    id = Number(row['id'])
    run(
      db,
      `update cases set ${names.map((name) => `${name} = ?`).join(', ')} where id = ?`,
      ...Object.values(values),
      id,
    )
  }
  keepText(db, id, textOf({ ...row, ...values }))
  return true
}

function textOf(row: SqlRow): string {
  const { patient, client, order_id: order, order_code: code, material, project, teeth, details } = row
  const { doctor = null }: Partial<OrderDetails> =
    typeof details === 'string' ? (JSON.parse(details) as OrderDetails) : {}
  const words = [patient, doctor, client, order, code, material, project, teethText(teeth)]
  return searchText(words.map(textOrNull))
}

/** A client is new or has another name: the orders that are his say so. */
export function renameClientOfOrders(db: Database, id: string): void {
  for (const row of rows(db, "select * from cases where client_id = ? and kind = 'order'", id)) {
    putRow(db, row, clientOf(db, id))
  }
}

/** A client that the host does not know (yet) has no name. */
function clientOf(db: Database, id: string | null): Values {
  const client = id === null ? null : firstRow(db, 'select name from clients where id = ?', id)
  const name = textOrNull(client?.['name'])
  return { client_id: id, client: name, sort_client: sortKey(name) }
}

function orderRow(order: ListedOrder): Values {
  const { summary } = order
  const teeth = inArchOrder(summary.teeth)
  const details: OrderDetails = {
    doctor: summary.doctor,
    material: summary.material,
    warnings: order.warnings,
  }
  return {
    status: statusOf(order),
    status_rank: STATUS_RANKS[statusOf(order)],
    account: order.account,
    order_id: order.orderId,
    order_code: order.orderCode,
    revision: order.number,
    patient: summary.patient,
    teeth: JSON.stringify(teeth),
    material: summary.material,
    due: summary.dueDate,
    received_at: order.receivedAt,
    waits_for: JSON.stringify([...order.waitsFor].sort((a, b) => a.question - b.question)),
    warnings: order.warnings.length,
    reason_code: order.failure?.code ?? null,
    reason_text: order.failure?.text ?? null,
    details: JSON.stringify(details),
    sort_patient: sortKey(summary.patient),
    sort_teeth: teeth.join(' ') || null,
    sort_material: sortKey(summary.material),
    sort_order: sortKey(order.orderId),
  }
}

function packageRow(refused: RefusedPackage): Values {
  return {
    status: 'refused',
    status_rank: STATUS_RANKS.refused,
    project: refused.name,
    received_at: refused.seenAt,
    reason_code: refused.failure.code,
    reason_text: refused.failure.text,
  }
}

function statusOf({ stage }: ListedOrder): CaseStatus {
  if (stage === 'refused' || stage === 'waiting') return stage
  return 'importing'
}

const orderKey = (account: string, orderId: string, revision: number) =>
  JSON.stringify([account, orderId, revision])

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const teethText = (teeth: unknown): string | null =>
  typeof teeth === 'string' ? (JSON.parse(teeth) as readonly number[]).join(' ') : null
