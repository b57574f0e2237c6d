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
import { type Database, firstRow, rows, run, type SqlRow, writing } from './database.ts'
import { type Facts, HostError } from './errors.ts'
import { searchWords, sortKey } from './folded-text.ts'
import { failure } from './words/words.ts'

/** Rows of one page at most. */
const PAGE_LIMIT = 200

/** One page of the case list; newest first where nothing is said. Rows without a value come last in either direction. */
export function listCases(db: Database, query: CasesQuery, language: Language): CaseList {
  const { select, count, values } = listStatements(query)
  const offset = wholeNumber(query.offset, 0)
  const limit = Math.min(wholeNumber(query.limit, 50), PAGE_LIMIT)
  const total = Number(firstRow(db, count, ...values)?.['total'])
  const ids = offset >= total ? [] : rows(db, select, ...values, limit, offset).map(({ id }) => Number(id))
  const { unread, waiting } = caseCounts(db)
  return {
    total,
    unread,
    waiting,
    offset,
    rows: ids.flatMap((id) => caseRow(db, id, language) ?? []),
  }
}

/** Of the whole list. */
export function caseCounts(db: Database): {
  readonly total: number
  readonly unread: number
  readonly waiting: number
} {
  const counts = new Map(
    rows(db, 'select status, count(*) as rows from cases group by status').map((row) => [
      row['status'],
      Number(row['rows']),
    ]),
  )
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0)
  return { total, unread: counts.get('unread') ?? 0, waiting: counts.get('waiting') ?? 0 }
}

export function caseRow(db: Database, id: number, language: Language): CaseRow | null {
  const row = firstRow(db, 'select * from cases where id = ?', id)
  return row === null ? null : caseRowOf(row, language)
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
    return run(db, 'update cases set status = ?, opened = ? where id = ?', to, read ? 1 : 0, id) > 0
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
          'select id from cases where sort_order = ? and order_id = ? order by id limit 1',
          sortKey(made.orderId),
          made.orderId,
        ))
  return row === null ? null : Number(row['id'])
}

export function caseRowOf(row: SqlRow, language: Language): CaseRow {
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

/**
 * The two statements of a page with the values that both take first; `select` takes limit and offset too.
 * `+id`: never one row after the other by what a search finds, for a frequent word finds them all.
 */
export function listStatements(query: CasesQuery): {
  readonly select: string
  readonly count: string
  readonly values: readonly SQLInputValue[]
} {
  const sort = query.sort ?? 'received'
  const direction = query.direction ?? (sort === 'received' ? 'descending' : 'ascending')
  const conditions: string[] = []
  const values: SQLInputValue[] = []
  const statuses = CASE_STATUSES.filter((status) => query.status?.includes(status))
  if (query.status !== undefined && query.status.length > 0) {
    conditions.push(`status in (${statuses.map(() => '?').join(', ')})`)
    values.push(...statuses)
  }
  if (query.client !== undefined) {
    conditions.push('client_id = ?')
    values.push(query.client)
  }
  const search = searchCondition(query.search ?? '')
  if (search !== null) {
    conditions.push(search.condition)
    values.push(...search.values)
  }
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
  const order = ORDERS[sort]
  const index = sort === 'status' && direction === 'descending' ? 'cases_by_status_down' : order.index
  return {
    select: `select id from cases indexed by ${index} ${where} ${order[direction]} limit ? offset ?`,
    count: `select count(*) as total from cases indexed by cases_status ${where}`,
    values,
  }
}

/** Three characters and more are found by trigrams wherever they stand; fewer at the beginning of a word. */
function searchCondition(search: string): { condition: string; values: string[] } | null {
  const words = searchWords(search)
  if (words.length === 0) return null
  const match: string[] = []
  const conditions: string[] = []
  const short: string[] = []
  for (const ways of words) {
    const terms = ways.map(termOf)
    if (terms.every((term) => [...term].length >= 3)) {
      match.push(`(${terms.map((term) => `"${term.replaceAll('"', '""')}"`).join(' OR ')})`)
    } else {
      conditions.push(
        `+id in (select id from case_texts where ${terms.map(() => 'instr(text, ?) > 0').join(' or ')})`,
      )
      short.push(...terms)
    }
  }
  const found = match.length > 0 ? ['+id in (select rowid from case_search where case_search match ?)'] : []
  return {
    condition: [...found, ...conditions].join(' and '),
    values: [...(match.length > 0 ? [match.join(' AND ')] : []), ...short],
  }
}

/** Scripts that write words of one or two characters with no space between them. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u

const termOf = (word: string): string =>
  [...word].length < 3 && !WITHOUT_SPACES.test(word) ? ` ${word}` : word

const wholeNumber = (value: number | undefined, otherwise: number): number =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : otherwise

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)
