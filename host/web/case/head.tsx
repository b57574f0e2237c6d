import type { CasePage } from '../../api.ts'
import { markRead, showInFolder } from '../api.ts'
import { askQuestion } from '../dialogs/open.ts'
import { questions } from '../live.ts'
import { go } from '../router.ts'
import { toast } from '../toasts.tsx'
import { calendarDay, moment } from '../words/formats.ts'
import { Facts } from './facts.tsx'
import { say } from './words.ts'

/** Whose case it is and when it is due, what has to be known before work begins, and what can be done with it. */
export function Head({ page }: { readonly page: CasePage }) {
  const { row } = page
  const newest = page.revisions[0]
  const order = [row.orderId, row.orderCode].filter((part) => part !== null).join(' · ')
  return (
    <header class="sheet-head">
      <div class="sheet-title">
        <h1>{patientOf(page)}</h1>
        <p class="sheet-marks">
          {row.status !== 'read' && row.status !== 'unread' && (
            <span class={`badge ${MARKS[row.status]}`}>{say(`status-${row.status}`)}</span>
          )}
          {row.cloud !== null && (
            <span class="badge">{say('cloud-status', { status: row.cloud.status })}</span>
          )}
          {row.revision > 1 && <span class="badge accent">{say('revision', { number: row.revision })}</span>}
        </p>
        <p class="sheet-actions">
          {row.project !== null && (
            <>
              <button type="button" class="button" onClick={() => void show(row.id)}>
                {say('show-in-folder')}
              </button>
              <button type="button" class="button" onClick={() => void unread(row.id)}>
                {say('mark-unread')}
              </button>
            </>
          )}
        </p>
      </div>
      <div class="sheet-line">
        <Facts
          facts={[
            [say('due'), row.due === null ? null : calendarDay(row.due)],
            [say('client'), row.client],
            [say('order'), order],
            [say('tooth-color'), page.toothColor === '---' ? null : page.toothColor],
            [say('patient-id'), page.patientId],
            [say('practice'), page.practice === row.client ? null : page.practice],
            [say('received'), moment(row.receivedAt)],
          ]}
        />
      </div>
      {newest !== undefined && newest.id !== row.id && newest.revision > row.revision && (
        <p class="notice warn">
          <span>
            {say('newer', { link: '' })}
            <a href={`/case/${newest.id}`}>{say('revision', { number: newest.revision })}</a>
          </span>
        </p>
      )}
      {row.waitsFor.map(({ question }) => (
        <p key={question} class="notice warn">
          {say('waits-for')}
          {questions.value.some(({ id }) => id === question) && (
            <button type="button" class="button small" onClick={() => askQuestion(question)}>
              {say('answer')}
            </button>
          )}
        </p>
      ))}
      {row.reason !== null && (
        <p class="notice bad" role="alert">
          {row.reason.text}
        </p>
      )}
      {page.warnings.length > 0 && (
        <section class="sheet-told warn" aria-labelledby="case-warnings">
          <h2 id="case-warnings">{say('warnings', { count: page.warnings.length })}</h2>
          <ul>
            {page.warnings.map(({ code, text }) => (
              <li key={code + text}>{text}</li>
            ))}
          </ul>
        </section>
      )}
      {page.notes.trim() !== '' && (
        <section class="sheet-told" aria-labelledby="case-notes">
          <h2 id="case-notes">{say('notes')}</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long notes are scrolled by keys too */}
          <p tabIndex={0}>{page.notes.trim()}</p>
        </section>
      )}
    </header>
  )
}

const MARKS = {
  unread: 'accent',
  read: '',
  waiting: 'warn',
  importing: 'accent',
  refused: 'bad',
  broken: 'bad',
  noted: '',
} as const

function patientOf({ family, given, row }: CasePage): string {
  const name = [family, given].filter((part) => part !== '').join(', ')
  return name || row.patient || say('no-patient')
}

async function show(id: number): Promise<void> {
  const result = await showInFolder(id)
  if (!result.ok) toast(result.failure.text, 'bad')
}

async function unread(id: number): Promise<void> {
  const result = await markRead(id, false)
  if (!result.ok) return toast(result.failure.text, 'bad')
  toast(say('marked-unread'))
  go('/')
}
