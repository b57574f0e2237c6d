import { batch, effect, signal } from '@preact/signals'
import type { Failure } from '../../../bridge/data.ts'
import type { CaseList, CaseRow, CasesQuery } from '../../api.ts'
import { readCases } from '../api.ts'
import { casesChanged } from '../live.ts'
import { client, direction, search, sort, status, type WantedClient } from './query.ts'

/** Rows of one page of the window; two pages are the most that is asked for at once. */
const PAGE = 100
/** Pages kept beside those on the screen. */
const KEPT = 30
/** ms between the last letter and the search: rows are there within 100 of it. */
const TYPING = 25
const BETWEEN_LOOKS = 300

/** Of the whole list, whatever is searched. */
export type ListCounts = Pick<CaseList, 'unread' | 'waiting' | 'refused' | 'broken' | 'noted'>

export interface ListWindow {
  /** null: nothing was answered yet. */
  readonly total: number | null
  readonly counts: ListCounts
  /** By page number. */
  readonly pages: ReadonlyMap<number, readonly CaseRow[]>
  /** By how many rows the row on top has moved since the query was asked, all in all: the grid scrolls along. */
  readonly moved: number
  /** Counted up with each new query: the grid begins at its top. */
  readonly query: number
  readonly failure: Failure | null
}

const EMPTY: ListWindow = {
  total: null,
  counts: { unread: 0, waiting: 0, refused: 0, broken: 0, noted: 0 },
  pages: new Map(),
  moved: 0,
  query: 0,
  failure: null,
}

/** The part of the case list that is here. */
export const listWindow = signal<ListWindow>(EMPTY)
/** An answer to a new query is awaited: what is shown is the old one's. */
export const searching = signal(false)

/** What is on the screen, by index; `top` is the first row that is seen whole, null: the very top, where new rows show. */
let view = { first: 0, last: 40, top: null as number | null }
let abort = new AbortController()
let pumping = false
let looking = false
let lookAgain = false

/** The row at an index, where it is here. */
export const rowAt = (window: ListWindow, index: number): CaseRow | null =>
  window.pages.get(Math.floor(index / PAGE))?.[index % PAGE] ?? null

/** Where a row is, among those that are here. */
export function indexOf(window: ListWindow, id: number): number | null {
  for (const [page, rows] of window.pages) {
    const at = rows.findIndex((row) => row.id === id)
    if (at >= 0) return page * PAGE + at
  }
  return null
}

/** The grid says what it shows; missing rows are fetched. */
export function show(first: number, last: number, top: number | null): void {
  view = { first, last, top }
  void fetchMissing()
}

/** Asks again for the current query. */
export function askAgain(): void {
  void ask()
}

/** Follows the query and the server's changes for as long as the page lives. */
export function followQuery(): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = false
  effect(() => {
    // read so that a change asks again
    currentQuery()
    clearTimeout(timer)
    searching.value = true
    timer = setTimeout(() => void ask(), asked ? TYPING : 0)
    asked = true
  })
  let seen = casesChanged.peek()
  effect(() => {
    const now = casesChanged.value
    if (now !== seen) void look()
    seen = now
  })
}

function currentQuery(): CasesQuery {
  const words = search.value.trim()
  return {
    ...(words === '' ? {} : { search: words }),
    ...(status.value === null ? {} : { status: [status.value] }),
    ...clientQuery(client.value),
    sort: sort.value,
    direction: direction.value,
  }
}

function clientQuery(wanted: WantedClient | null): CasesQuery {
  if (wanted === null) return {}
  return wanted.kind === 'own' ? { client: wanted.id } : { clientName: wanted.name }
}

/** A new query: the old answers are worth nothing. */
async function ask(): Promise<void> {
  abort.abort()
  abort = new AbortController()
  const { signal: own } = abort
  const result = await readCases({ ...currentQuery(), offset: 0, limit: PAGE }, own)
  if (own.aborted) return
  batch(() => {
    searching.value = false
    const before = listWindow.peek()
    if (!result.ok) {
      listWindow.value = { ...before, failure: result.failure }
      return
    }
    const { total, rows, offset: _, ...counts } = result.value
    view = { first: 0, last: 40, top: null }
    const pages = new Map([[0, rows]])
    listWindow.value = { total, counts, pages, moved: 0, query: before.query + 1, failure: null }
  })
}

/** Pages that are wanted and not here, one request at a time: fast scrolling asks only for where it stops. */
async function fetchMissing(): Promise<void> {
  if (pumping) return
  pumping = true
  for (;;) {
    const { pages, total } = listWindow.peek()
    const missing = pagesWanted(total ?? 0).find((page) => !pages.has(page))
    if (missing === undefined) break
    const { signal: own } = abort
    const result = await readCases({ ...currentQuery(), offset: missing * PAGE, limit: PAGE }, own)
    if (own.aborted) continue
    if (!result.ok) break
    const before = listWindow.peek()
    const kept = [...before.pages].filter(([page]) => Math.abs(page - missing) < KEPT)
    const next = new Map([...kept, [missing, result.value.rows] as const])
    listWindow.value = { ...before, pages: next }
  }
  pumping = false
}

/** The server says that rows have changed: what is on the screen is read anew, and the top row stays where it is. */
async function look(): Promise<void> {
  lookAgain = true
  if (looking) return
  looking = true
  while (lookAgain) {
    lookAgain = false
    await lookOnce()
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS))
  }
  looking = false
}

async function lookOnce(): Promise<void> {
  const { signal: own } = abort
  const before = listWindow.peek()
  const { top } = view
  const topId = top === null ? null : (rowAt(before, top)?.id ?? null)
  const first = Math.floor(view.first / PAGE)
  let result = await readCases({ ...currentQuery(), offset: first * PAGE, limit: 2 * PAGE }, own)
  if (own.aborted || !result.ok) return
  let moved = topId === null ? 0 : movedTo(result.value, topId, top ?? 0)
  if (moved === null && before.total !== null && result.value.total !== before.total) {
    // the row has left the window: most likely by as many rows as there are more or fewer
    const guess = Math.max(0, (top ?? 0) + result.value.total - before.total)
    const page = Math.max(0, Math.floor(guess / PAGE - 0.5))
    const other = await readCases({ ...currentQuery(), offset: page * PAGE, limit: 2 * PAGE }, own)
    if (own.aborted || !other.ok) return
    if (topId !== null) moved = movedTo(other.value, topId, top ?? 0)
    if (moved !== null) result = other
  }
  const { total, rows, offset, ...counts } = result.value
  const page = offset / PAGE
  const pages = new Map([[page, rows.slice(0, PAGE)]])
  if (rows.length > PAGE) pages.set(page + 1, rows.slice(PAGE))
  const now = listWindow.peek()
  listWindow.value = { ...now, total, counts, pages, moved: now.moved + (moved ?? 0), failure: null }
  void fetchMissing()
}

/** By how many rows the top row has moved; null: it is not in this window. */
function movedTo(
  list: { readonly offset: number; readonly rows: readonly CaseRow[] },
  id: number,
  from: number,
): number | null {
  const index = list.rows.findIndex((row) => row.id === id)
  return index < 0 ? null : list.offset + index - from
}

/** Pages that are seen, then those next to them, so that whoever scrolls does not see rows come in. */
function pagesWanted(total: number): readonly number[] {
  const last = Math.min(view.last, total - 1)
  if (last < view.first) return []
  const [from, to] = [Math.floor(view.first / PAGE), Math.floor(last / PAGE)]
  const seen = Array.from({ length: to - from + 1 }, (_, at) => from + at)
  return [...seen, to + 1, from - 1].filter((page) => page >= 0 && page * PAGE < total)
}
