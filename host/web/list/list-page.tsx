import { useEffect } from 'preact/hooks'
import type { CaseRow } from '../../api.ts'
import { retry } from '../cloud/retry.ts'
import { SignedOut } from '../cloud/signed-out.tsx'
import { say as sayCloud } from '../cloud/words.ts'
import { Modal } from '../dialogs/modal.tsx'
import { isOff, standsStill, whyNoAnswer } from '../dialogs/why-not.ts'
import { atWork, caseFolderProblem, session } from '../live.ts'
import { moment } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { Bars } from './bars.tsx'
import { CaseGrid } from './case-grid.tsx'
import { Empty, Unreadable } from './empty.tsx'
import { Filters } from './filters.tsx'
import { explained, nameOf, questionOf } from './open-row.ts'
import { listWindow } from './window.ts'
import './list.css'

export function ListPage() {
  const { total, failure, counts } = listWindow.value
  useEffect(() => {
    const count = counts.unread > 0 ? `(${counts.unread}) ` : ''
    document.title = `${count}${say('nav-cases')} · ${say('app-name')}`
  })
  return (
    <div class="list-page">
      <h1 class="visually-hidden">{say('nav-cases')}</h1>
      <Filters />
      <FolderAway />
      <SwitchedOff />
      {total !== 0 && <SignedOut />}
      <Bars />
      {failure !== null ? (
        <Unreadable failure={failure} />
      ) : total === null ? null : total === 0 ? (
        session.value === null ? null : (
          <Empty />
        )
      ) : (
        <CaseGrid total={total} />
      )}
      <Reason />
    </div>
  )
}

/** The cases are those of before: what is opened may not be there. */
function FolderAway() {
  const problem = caseFolderProblem.value
  if (problem === null) return null
  return (
    <p class="folder-away notice warn" role="status">
      <span>
        {problem.text}
        {(listWindow.value.total ?? 0) > 0 && ` ${say('folder-away-list')}`}
      </span>
      <a class="button small" href="/settings">
        {say('empty-to-settings')}
      </a>
    </p>
  )
}

/** Orders of before are still listed, and nobody can answer for them. */
function SwitchedOff() {
  const { waiting } = listWindow.value.counts
  if (waiting === 0 || !isOff()) return null
  return (
    <p class="folder-away notice warn" role="status">
      {say('held-off', { count: waiting })}
    </p>
  )
}

/** Why an order was refused or does not go on, or a folder is no case, whole. */
function Reason() {
  const row = explained.value
  if (row === null) return null
  const close = (): void => {
    explained.value = null
  }
  const failed = row.cloud?.stage === 'failed' && row.cloud.alone ? row.cloud : null
  if (row.status === 'waiting' || row.status === 'importing') return <Standstill row={row} onClose={close} />
  const title =
    failed !== null
      ? sayCloud('reason-failed')
      : say(row.status === 'refused' ? 'reason-refused' : 'reason-broken')
  return (
    <Modal title={title} onClose={close}>
      <p class="reason-text">{row.reason?.text}</p>
      {row.status === 'refused' && standsStill() && (
        <p class="reason-text">
          {isOff() ? say('refused-off') : say('refused-held', { name: atWork.value?.setting ?? '' })}
        </p>
      )}
      <dl class="facts">
        <dt>
          {say(
            failed !== null
              ? 'column-order'
              : row.patient !== ''
                ? 'column-patient'
                : row.status === 'broken'
                  ? 'reason-folder'
                  : 'reason-package',
          )}
        </dt>
        <dd>{nameOf(row)}</dd>
        {row.orderId !== null && failed === null && (
          <>
            <dt>{say('column-order')}</dt>
            <dd>{row.orderCode ?? row.orderId}</dd>
          </>
        )}
        <dt>{say('column-received')}</dt>
        <dd>{moment(row.receivedAt)}</dd>
      </dl>
      <div class="modal-actions">
        <button type="button" class={`button ${failed === null ? 'primary' : ''}`} onClick={close}>
          {say('close')}
        </button>
        {failed !== null && (
          <button
            type="button"
            class="button primary"
            autofocus
            onClick={() => {
              close()
              void retry(row)
            }}
          >
            {sayCloud('retry')}
          </button>
        )}
      </div>
    </Modal>
  )
}

/** An order that waits and cannot be answered for, or is on its way while nothing moves: why, and where to change it. */
function Standstill({ row, onClose }: { readonly row: CaseRow; readonly onClose: () => void }) {
  const plugin = atWork.value
  const why = whyNoAnswer()
  const goesOn = questionOf(row) !== null
  useEffect(() => {
    if (goesOn) onClose()
  }, [goesOn])
  return (
    <Modal title={say('reason-waiting')} onClose={onClose}>
      <p class="reason-text">{why ?? say('answer-soon')}</p>
      <dl class="facts">
        <dt>{say('column-patient')}</dt>
        <dd>{nameOf(row)}</dd>
        {row.orderId !== null && (
          <>
            <dt>{say('column-order')}</dt>
            <dd>{row.orderCode ?? row.orderId}</dd>
          </>
        )}
        <dt>{say('column-received')}</dt>
        <dd>{moment(row.receivedAt)}</dd>
      </dl>
      <div class="modal-actions">
        <button type="button" class="button" onClick={onClose}>
          {say('close')}
        </button>
        {plugin !== null && why !== null && (
          <a class="button primary" href="/settings" autofocus onClick={onClose}>
            {say('empty-to-settings')}
          </a>
        )}
      </div>
    </Modal>
  )
}
