// biome-ignore-all lint/a11y/useSemanticElements: a table cannot hold 100,000 rows of which 40 are drawn
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active row
import type { CaseRow } from '../../api.ts'
import { calendarDay, moment, recent } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { CASE_COLUMNS } from './columns.ts'
import { nameOf, questionOf, waitingText } from './open-row.ts'

/** One row of the case list. Unread cases stand bold with a mark; what waits or failed says so. */
export function CaseLine({
  index,
  row,
  active,
}: {
  readonly index: number
  readonly row: CaseRow
  readonly active: boolean
}) {
  const teeth = row.teeth.join(', ')
  const name = nameOf(row)
  // a package or a folder that could not be read: what could stand in these columns is not known
  const nameless = row.reason !== null && row.patient === ''
  const stands = row.status === 'unread' || row.status === 'read'
  return (
    <div
      id={`case-${index}`}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={active}
      class={`case-columns case-line ${row.status} ${questionOf(row) === null ? '' : 'answerable'}`}
    >
      <Cell column={0}>
        {stands ? (
          <a href={`/case/${row.id}`} tabIndex={-1} title={name}>
            {name}
          </a>
        ) : (
          <span title={name}>{name}</span>
        )}
      </Cell>
      {nameless ? (
        <Cell column={1} across={4} title={row.reason?.text ?? ''}>
          <span class="reason">{row.reason?.text}</span>
        </Cell>
      ) : (
        <>
          <Cell column={1} title={row.client ?? ''}>
            {row.client}
          </Cell>
          <Cell column={2} title={teeth}>
            {teeth}
          </Cell>
          <Cell column={3} title={row.material ?? ''}>
            {row.material}
          </Cell>
          <Cell column={4}>{row.due === null ? '' : calendarDay(row.due)}</Cell>
        </>
      )}
      <Cell column={5} title={row.orderId ?? ''}>
        {row.orderCode ?? row.orderId}{' '}
        {row.revision > 1 && (
          <span class="badge" title={say('revision', { revision: String(row.revision) })}>
            {say('revision-short', { revision: String(row.revision) })}
          </span>
        )}
      </Cell>
      <Cell column={6} title={row.reason?.text ?? ''}>
        <Status row={row} withReason={!nameless} />
      </Cell>
      <Cell column={7} title={moment(row.receivedAt)}>
        {recent(row.receivedAt)}
      </Cell>
    </div>
  )
}

/** A row that is on its way. */
export const MissingLine = ({ index }: { readonly index: number }) => (
  <div id={`case-${index}`} role="row" aria-rowindex={index + 2} class="case-columns case-line missing">
    {CASE_COLUMNS.map((column, at) => (
      <Cell key={column.sort} column={at}>
        <span class="bone" />
      </Cell>
    ))}
  </div>
)

const Cell = (cell: {
  readonly column: number
  /** Columns that it spans; one where left out. */
  readonly across?: number
  readonly title?: string
  readonly children?: preact.ComponentChildren
}) => (
  <div
    role="gridcell"
    aria-colindex={cell.column + 1}
    aria-colspan={cell.across}
    class={cell.across === undefined ? undefined : 'across'}
    title={cell.title}
  >
    {cell.children}
  </div>
)

function Status({ row, withReason }: { readonly row: CaseRow; readonly withReason: boolean }) {
  const warnings = row.warnings > 0 && (
    <span class="badge warn" title={say('warnings', { count: row.warnings })}>
      ⚠︎ {row.warnings}
      <span class="visually-hidden">{say('warnings', { count: row.warnings })}</span>
    </span>
  )
  switch (row.status) {
    case 'unread':
      return (
        <>
          <span class="badge accent">{say('status-unread')}</span>
          {warnings}
        </>
      )
    case 'read':
      return (
        <>
          <span class="quiet">{say('status-read')}</span>
          {warnings}
        </>
      )
    case 'waiting':
      return <span class="badge warn">{waitingText(row)}</span>
    case 'importing':
      return <span class="badge">{say('status-importing')}</span>
    case 'refused':
    case 'broken':
      return (
        <>
          <span class="badge bad">{say(row.status === 'refused' ? 'status-refused' : 'status-broken')}</span>
          {withReason && <span class="reason">{row.reason?.text}</span>}
        </>
      )
  }
}
