import type { SQLInputValue } from 'node:sqlite'
import type { Failure, Language } from '../bridge/data.ts'
import {
  CASE_STATUSES,
  type CaseList,
  type CaseRow,
  type CaseSort,
  type CaseStatus,
  type CasesQuery,
} from './api.ts'
import { cloudMarkOf } from './cloud-orders.ts'
import { type Database, firstRow, rows, run, type SqlRow, writing } from './database.ts'
import { type Facts, HostError } from './errors.ts'
import { searchWords, sortKey } from './folded-text.ts'
import { STATUS_RANKS } from './list-rows.ts'
import { failure } from './words/words.ts'

/** Rows that a search finds few of. */
const FEW = 1000
/** Rows that are looked at one by one in the time that a look at all texts takes. */
const WALK_ROWS = 20_000
/** Rows of one page at most. */
const PAGE_LIMIT = 200

/** One page of the case list; newest first where nothing is said. Rows without a value come last in either direction. */
export function listCases(db: Database, query: CasesQuery, language: Language): CaseList {
  const statements = listStatements(query)
  const offset = wholeNumber(query.offset, 0)
  const limit = Math.min(wholeNumber(query.limit, 50), PAGE_LIMIT)
  const { total: all, ...counts } = caseCounts(db)
  const { total, ids } = pageOf(db, statements, { offset, limit, all })
  return {
    total,
    ...counts,
    offset,
    rows: ids.flatMap((id) => caseRow(db, id, language) ?? []),
  }
}

function pageOf(
  db: Database,
  { first, count, whole, walk, known, values }: ListStatements,
  { offset, limit, all }: { readonly offset: number; readonly limit: number; readonly all: number },
): { readonly total: number; readonly ids: readonly number[] } {
  const idsOf = (found: readonly SqlRow[]) => found.map(({ id }) => Number(id))
  if (first !== null) {
    // Few are found in one look at all texts; of many it ends early.
    const few = idsOf(rows(db, first, ...values, FEW + 1))
    if (few.length <= FEW) {
      return { total: few.length, ids: idsOf(rows(db, known, JSON.stringify(few), limit, offset)) }
    }
  }
  const total = Number(firstRow(db, count, ...values)?.['total'])
  if (offset >= total) return { total, ids: [] }
  const page = (offset + limit) * all < WALK_ROWS * total ? walk : whole
  return { total, ids: idsOf(rows(db, page, ...values, limit, offset)) }
}

/** Each is a walk along the index of that status alone. */
export const COUNTS = `select (select count(*) from cases) as total,
  (select count(*) from cases where status = 'unread') as unread,
  (select count(*) from cases where status = 'waiting') as waiting,
  (select count(*) from cases where status = 'refused') as refused,
  (select count(*) from cases where status = 'broken') as broken,
  (select count(*) from cases where status = 'noted') as noted`

/** Of the whole list. */
export function caseCounts(db: Database): {
  readonly total: number
  readonly unread: number
  readonly waiting: number
  readonly refused: number
  readonly broken: number
  readonly noted: number
} {
  const counted = firstRow(db, COUNTS)
  return {
    total: Number(counted?.['total']),
    unread: Number(counted?.['unread']),
    waiting: Number(counted?.['waiting']),
    refused: Number(counted?.['refused']),
    broken: Number(counted?.['broken']),
    noted: Number(counted?.['noted']),
  }
}

/** Names of clients that rows of the list have and the host does not, each once, as they are sorted. */
export function foreignClients(db: Database): readonly string[] {
  return rows(db, FOREIGN_CLIENTS).map(({ client }) => String(client))
}

/** A walk along the index; of each name one row is looked at. */
export const FOREIGN_CLIENTS = `select client from
    (select max(id) as newest, sort_client from cases indexed by cases_by_client
      where client_id is null and sort_client is not null group by sort_client limit 500) as named
  join cases on cases.id = named.newest order by named.sort_client`

export function caseRow(db: Database, id: number, language: Language): CaseRow | null {
  const row = firstRow(db, 'select * from cases where id = ?', id)
  return row === null ? null : caseRowOf(db, row, language)
}

/**
 * true: the mark changed. Orders and broken folders carry none: false; the mark that a case had comes back with it.
 * Errors: `case-unknown`.
 */
export function markRead(db: Database, id: number, read: boolean): boolean {
  return writing(db, () => {
    const row = firstRow(db, 'select kind, status from cases where id = ?', id)
    if (row === null) throw new HostError('case-unknown', { case: id })
    const to = read ? 'read' : 'unread'
    if (row['status'] === to || (row['status'] !== 'read' && row['status'] !== 'unread')) return false
    const mark = 'update cases set status = ?, status_rank = ?, opened = ? where id = ?'
    return run(db, mark, to, STATUS_RANKS[to], read ? 1 : 0, id) > 0
  })
}

/** The row of the case by which a mapping was made; null where it is not in the list. */
export function caseIdOf(
  db: Database,
  made: { readonly orderId: string | null; readonly project: string | null },
): number | null {
  const row =
    (made.project === null
      ? null
      : firstRow(db, "select id from cases where project = ? and kind = 'case'", made.project)) ??
    (made.orderId === null
      ? null
      : firstRow(
          db,
          "select id from cases where sort_order = ? and order_id = ? and kind <> 'cloud' order by id limit 1",
          sortKey(made.orderId),
          made.orderId,
        ))
  return row === null ? null : Number(row['id'])
}

export function caseRowOf(db: Database, row: SqlRow, language: Language): CaseRow {
  return {
    id: Number(row['id']),
    status: row['status'] as CaseStatus,
    project: textOrNull(row['project']),
    patient: String(row['patient']),
    client: textOrNull(row['client']),
    teeth: JSON.parse(String(row['teeth'])) as CaseRow['teeth'],
    material: textOrNull(row['material']),
    due: textOrNull(row['due']),
    orderId: textOrNull(row['order_id']),
    orderCode: textOrNull(row['order_code']),
    revision: Number(row['revision']),
    receivedAt: Number(row['received_at']),
    waitsFor: JSON.parse(String(row['waits_for'])) as CaseRow['waitsFor'],
    reason: reasonOf(row, language),
    warnings: Number(row['warnings']),
    cloud: cloudMarkOf(db, row),
  }
}

/** Ours is kept as code and facts, the plugin's came in words. */
function reasonOf(row: SqlRow, language: Language): Failure | null {
  const { reason_code: code, reason_facts: facts, reason_text: text } = row
  if (typeof code !== 'string') return null
  if (typeof text === 'string') return { code, text }
  return failure(code, JSON.parse(String(facts ?? '{}')) as Facts, language)
}

interface Order {
  readonly index: string
  readonly ascending: string
  readonly descending: string
}

const ordered = (index: string, column: string): Order => ({
  index,
  ascending: `order by ${column} nulls last, id`,
  descending: `order by ${column} desc, id desc`,
})

/** Every sort has an index that carries what the list filters by: any page of any sort is a walk along it. */
const ORDERS: Readonly<Record<CaseSort, Order>> = {
  received: ordered('cases_by_received', 'received_at'),
  patient: ordered('cases_by_patient', 'sort_patient'),
  client: ordered('cases_by_client', 'sort_client'),
  teeth: ordered('cases_by_teeth', 'sort_teeth'),
  material: ordered('cases_by_material', 'sort_material'),
  due: ordered('cases_by_due', 'due'),
  order: ordered('cases_by_order', 'sort_order'),
  status: {
    index: 'cases_by_status',
    ascending: 'order by status_rank, received_at desc, id desc',
    descending: 'order by status_rank desc, received_at desc, id desc',
  },
}

/** The statements of a page, with the values that each takes first; a page takes limit and offset too. */
export interface ListStatements {
  readonly count: string
  /** Of a search: what it finds, in no order, with its limit. */
  readonly first: string | null
  /** A page of rows whose ids are known, as a JSON list; instead of the values. */
  readonly known: string
  /** All that is found, then along the order: the same time whatever page it is. */
  readonly whole: string
  /** Along the order until the page is full: at once where much is found and the page is near the beginning. */
  readonly walk: string
  readonly values: readonly SQLInputValue[]
}

export function listStatements(query: CasesQuery): ListStatements {
  const sort = query.sort ?? 'received'
  const direction = query.direction ?? (sort === 'received' ? 'descending' : 'ascending')
  const filters: string[] = []
  const values: SQLInputValue[] = []
  if (query.status !== undefined && query.status.length > 0) {
    const statuses = CASE_STATUSES.filter((status) => query.status?.includes(status))
    filters.push(`status in (${statuses.map(() => '?').join(', ')})`)
    values.push(...statuses)
  }
  if (query.client !== undefined) {
    filters.push('client_id = ?')
    values.push(query.client)
  }
  if (query.clientName !== undefined) {
    filters.push('+id in (select id from cases where sort_client = ? and client_id is null)')
    values.push(sortKey(query.clientName))
  }
  const { order, index } = orderOf(sort, direction)
  const known = `select id from cases where id in (select value from json_each(?)) ${order} limit ? offset ?`
  const words = searchWords(query.search ?? '').map((ways) => ways.map(termOf))
  if (words.length === 0) {
    const where = filters.length === 0 ? '' : `where ${filters.join(' and ')}`
    const page = `select id from cases indexed by ${index} ${where} ${order} limit ? offset ?`
    const count = `select count(*) as total from cases ${where}`
    return { count, first: null, known, whole: page, walk: page, values }
  }
  const found = words.map((ways) => `(${ways.map(() => 'instr(text, ?) > 0').join(' or ')})`).join(' and ')
  const filtered = filters.map((each) => `${each} and `).join('')
  const joined = 'case_texts cross join cases using (id)'
  return {
    count:
      filters.length === 0
        ? `select count(*) as total from case_texts where ${found}`
        : `select count(*) as total from ${joined} where ${filtered}${found}`,
    first:
      filters.length === 0
        ? `select id from case_texts where ${found} limit ?`
        : `select id from ${joined} where ${filtered}${found} limit ?`,
    known,
    whole: `select id from cases indexed by ${index}
      where ${filtered}+id in (select id from case_texts where ${found}) ${order} limit ? offset ?`,
    walk: `select id from cases indexed by ${index} cross join case_texts using (id)
      where ${filtered}${found} ${order} limit ? offset ?`,
    values: [...values, ...words.flat()],
  }
}

function orderOf(sort: CaseSort, direction: 'ascending' | 'descending'): { order: string; index: string } {
  const order = ORDERS[sort]
  const index = sort === 'status' && direction === 'descending' ? 'cases_by_status_down' : order.index
  return { order: order[direction], index }
}

/** Scripts that write words of one or two characters with no space between them. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u

/** Three characters and more are found wherever they stand; fewer at the beginning of a word. */
const termOf = (word: string): string =>
  [...word].length < 3 && !WITHOUT_SPACES.test(word) ? ` ${word}` : word

const wholeNumber = (value: number | undefined, otherwise: number): number =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : otherwise

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
