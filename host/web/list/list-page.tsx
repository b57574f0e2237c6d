import { useEffect } from 'preact/hooks'
import { Modal } from '../dialogs/modal.tsx'
import { session } from '../live.ts'
import { moment } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { Bars } from './bars.tsx'
import { CaseGrid } from './case-grid.tsx'
import { Empty, Unreadable } from './empty.tsx'
import { Filters } from './filters.tsx'
import { explained, nameOf } from './open-row.ts'
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

/** Why an order was refused or a folder is no case, whole. */
function Reason() {
  const row = explained.value
  if (row === null) return null
  const close = (): void => {
    explained.value = null
  }
  const title = say(row.status === 'refused' ? 'reason-refused' : 'reason-broken')
  return (
    <Modal title={title} onClose={close}>
      <p class="reason-text">{row.reason?.text}</p>
      <dl class="facts">
        <dt>
          {say(
            row.patient !== ''
              ? 'column-patient'
              : row.status === 'broken'
                ? 'reason-folder'
                : 'reason-package',
          )}
        </dt>
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
        <button type="button" class="button primary" onClick={close}>
          {say('close')}
        </button>
      </div>
    </Modal>
  )
}
