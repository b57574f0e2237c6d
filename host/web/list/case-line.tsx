// biome-ignore-all lint/a11y/useSemanticElements: a table cannot hold 100,000 rows of which 40 are drawn
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid keeps the focus and names the active row
import type { CaseRow } from '../../api.ts'
import { retry, retryName } from '../cloud/retry.ts'
import { say as sayCloud } from '../cloud/words.ts'
import { isOff, standsStill } from '../dialogs/why-not.ts'
import { cloud } from '../live.ts'
import { awaitsSession } from '../standing.ts'
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
  const reason = waitsFor(row) === null ? row.reason : null
  const nameless = reason !== null && row.patient === ''
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
        <Cell column={1} across={4} title={reason?.text ?? ''}>
          <span class="reason">{reason?.text}</span>
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
      <Cell column={6} name="status-cell" title={reason?.text ?? ''}>
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
  /** Class. */
  readonly name?: string
  readonly title?: string
  readonly children?: preact.ComponentChildren
}) => (
  <div
    role="gridcell"
    aria-colindex={cell.column + 1}
    aria-colspan={cell.across}
    class={cell.across === undefined ? cell.name : 'across'}
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
          <CloudStatus row={row} />
        </>
      )
    case 'read':
      return (
        <>
          <span class="quiet">{say('status-read')}</span>
          {warnings}
          <CloudStatus row={row} />
        </>
      )
    case 'waiting':
      return (
        <>
          <span class="badge warn">{isOff() ? say('status-held') : waitingText(row)}</span>
          <CloudStatus row={row} />
        </>
      )
    case 'importing':
      return <span class="badge">{standsStill() ? say('import-held') : onItsWay(row)}</span>
    case 'noted':
      return <CloudStatus row={row} />
    case 'refused':
    case 'broken':
      return (
        <>
          <span class="badge bad">{failureName(row)}</span>
          <Retry row={row} />
          {withReason && <span class="reason">{row.reason?.text}</span>}
        </>
      )
  }
}

/** As MyiTero says it, whatever the language here. */
function CloudStatus({ row }: { readonly row: CaseRow }) {
  if (row.cloud === null) return null
  const { status } = row.cloud
  return (
    <span class="badge cloud-status" title={sayCloud('cloud-status', { status })}>
      {status}
    </span>
  )
}

/** For the mouse; with the keyboard, Enter opens the reason, where it stands too. */
function Retry({ row }: { readonly row: CaseRow }) {
  if (row.cloud?.alone !== true || row.cloud.stage !== 'failed') return null
  return (
    <button
      type="button"
      class="button small"
      tabIndex={-1}
      aria-label={sayCloud('retry-of', { order: retryName(row) })}
      onClick={(event) => {
        event.stopPropagation()
        void retry(row)
      }}
    >
      {sayCloud('retry')}
    </button>
  )
}

/** An order on its way: from the cloud first, then into the case folder. */
function onItsWay(row: CaseRow): string {
  const { cloud: mark } = row
  if (mark?.alone !== true || mark.stage === 'downloaded') return say('status-importing')
  const waits = waitsFor(row)
  if (waits !== null) return sayCloud(waits)
  const moves = mark.stage === 'downloading' && cloud.value !== null && !cloud.value.paused
  return sayCloud(moves ? 'downloading' : 'wanted')
}

/** What has to come before a download goes on: then what hindered it last is no news. null: nothing. */
function waitsFor({ status, cloud: mark }: CaseRow): 'waits-sign-in' | 'waits-myitero' | null {
  const now = cloud.value
  const isLoading = status === 'importing' && mark?.alone === true && mark.stage !== 'downloaded'
  if (!isLoading || now === null || now.paused) return null
  if (awaitsSession(now)) return 'waits-sign-in'
  return now.trouble !== null && !now.trouble.code.startsWith('keychain-') ? 'waits-myitero' : null
}

function failureName({ status, cloud: mark }: CaseRow): string {
  if (status === 'broken') return say('status-broken')
  return mark?.alone === true ? sayCloud('failed') : say('status-refused')
}
