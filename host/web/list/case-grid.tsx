// biome-ignore-all lint/a11y/useSemanticElements: a table cannot hold 100,000 rows of which 40 are drawn
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active row
import { useSignal } from '@preact/signals'
import type { TargetedEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { say } from '../words/say.ts'
import { CaseLine, MissingLine } from './case-line.tsx'
import { CASE_COLUMNS } from './columns.ts'
import { open } from './open-row.ts'
import { direction, sort, sortBy } from './query.ts'
import { indexOf, listWindow, rowAt, searching, show } from './window.ts'

/** px, as in list.css. */
export const ROW_HEIGHT = 34
const HEAD_HEIGHT = 34
/** Rows drawn above and below what is seen. */
const BEYOND = 8

/** Where the list was when another page came up. */
let kept = { scrollTop: 0, active: 0, activeId: null as number | null, query: -1, moved: 0 }

/**
 * The case list as an ARIA grid. Only the rows that are seen are drawn; the grid itself keeps the focus and names the
 * active row, so that nothing is lost when that row scrolls out.
 */
export function CaseGrid({ total }: { readonly total: number }) {
  const grid = useRef<HTMLDivElement>(null)
  const window = listWindow.value
  const active = useSignal(kept.query === window.query ? kept.active : 0)
  const range = useSignal({ first: 0, last: 40 })
  const restored = useRef(false)

  const measure = (): void => {
    const element = grid.current
    if (element === null) return
    const top = element.scrollTop / ROW_HEIGHT
    const rows = Math.ceil((element.clientHeight - HEAD_HEIGHT) / ROW_HEIGHT)
    const first = Math.max(0, Math.floor(top) - BEYOND)
    // not held to how many rows there are: an observer made once keeps calling the first drawing's closure
    const last = Math.floor(top) + rows + BEYOND
    if (first !== range.peek().first || last !== range.peek().last) range.value = { first, last }
    show(first, last, element.scrollTop < ROW_HEIGHT / 2 ? null : Math.ceil(top))
    const now = listWindow.peek()
    const activeId = rowAt(now, active.peek())?.id ?? null
    kept = {
      scrollTop: element.scrollTop,
      active: active.peek(),
      activeId,
      query: now.query,
      moved: now.moved,
    }
  }

  useLayoutEffect(() => {
    const element = grid.current
    if (element === null) return
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // a new query begins at the top; else the row on top stays there, and the active row stays the same case
  useLayoutEffect(() => {
    const element = grid.current
    if (element === null) return
    if (kept.query !== window.query) {
      element.scrollTop = 0
      active.value = 0
    } else {
      const moved = window.moved - kept.moved
      const from = restored.current ? element.scrollTop : kept.scrollTop
      if (moved !== 0 || !restored.current) element.scrollTop = from + moved * ROW_HEIGHT
      const follows = moved !== 0 || !restored.current || document.activeElement === element
      const same = follows && kept.activeId !== null ? indexOf(window, kept.activeId) : null
      active.value = Math.max(0, Math.min(total - 1, same ?? active.peek() + moved))
    }
    restored.current = true
    measure()
  }, [window])

  useEffect(() => {
    if (document.activeElement === document.body) grid.current?.focus({ preventScroll: true })
  }, [])

  const moveTo = (index: number): void => {
    const element = grid.current
    if (element === null) return
    const to = Math.max(0, Math.min(total - 1, index))
    active.value = to
    const above = to * ROW_HEIGHT
    const below = above + ROW_HEIGHT - (element.clientHeight - HEAD_HEIGHT)
    if (element.scrollTop > above) element.scrollTop = above
    else if (element.scrollTop < below) element.scrollTop = below
    measure()
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== grid.current || event.ctrlKey || event.metaKey || event.altKey) return
    const element = grid.current
    const page = Math.max(1, Math.floor(((element?.clientHeight ?? 0) - HEAD_HEIGHT) / ROW_HEIGHT) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active.peek() + 1,
      ArrowUp: active.peek() - 1,
      PageDown: active.peek() + page,
      PageUp: active.peek() - page,
      Home: 0,
      End: total - 1,
    }
    const to = steps[event.key]
    if (to !== undefined) {
      event.preventDefault()
      moveTo(to)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      const row = rowAt(listWindow.peek(), active.peek())
      if (row !== null) open(row)
    }
  }

  const onClick = (event: TargetedEvent<HTMLDivElement, MouseEvent>): void => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return
    const index = Number(event.target.closest<HTMLElement>('[data-index]')?.dataset['index'] ?? -1)
    const row = index < 0 ? null : rowAt(listWindow.peek(), index)
    if (row === null) return
    event.preventDefault()
    active.value = index
    kept = { ...kept, active: index, activeId: row.id }
    open(row)
  }

  const { first, last } = range.value
  const lines = []
  for (let index = first; index <= Math.min(last, total - 1); index++) {
    const row = rowAt(window, index)
    const isActive = index === active.value
    lines.push(
      row === null ? (
        <MissingLine key={index} index={index} />
      ) : (
        <CaseLine key={row.id} index={index} row={row} active={isActive} />
      ),
    )
  }
  const activeShown = active.value >= first && active.value <= last && rowAt(window, active.value) !== null

  return (
    <div
      ref={grid}
      class="case-grid"
      role="grid"
      aria-label={say('list-label')}
      aria-rowcount={total + 1}
      aria-colcount={CASE_COLUMNS.length}
      aria-busy={searching.value}
      aria-activedescendant={activeShown ? `case-${active.value}` : undefined}
      tabIndex={0}
      onScroll={measure}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <Head />
      <div role="rowgroup" class="case-lines" style={{ height: `${total * ROW_HEIGHT}px` }}>
        <div
          role="presentation"
          class="case-lines-seen"
          style={{ transform: `translateY(${first * ROW_HEIGHT}px)` }}
        >
          {lines}
        </div>
      </div>
    </div>
  )
}

const Head = () => (
  <div role="rowgroup" class="case-head">
    <div role="row" aria-rowindex={1} class="case-columns">
      {CASE_COLUMNS.map((column, index) => (
        <div
          key={column.sort}
          role="columnheader"
          aria-colindex={index + 1}
          aria-sort={sort.value === column.sort ? direction.value : 'none'}
        >
          <button type="button" onClick={() => sortBy(column.sort)}>
            {say(column.name)}
            <span class={`arrow ${sort.value === column.sort ? direction.value : ''}`} />
          </button>
        </div>
      ))}
    </div>
  </div>
)
