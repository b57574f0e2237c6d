import type { CasePage } from '../../api.ts'
import { moment } from '../words/formats.ts'
import { say } from './words.ts'

/** All revisions of the order, newest first, each a way to its case. */
export const Revisions = (given: Pick<CasePage, 'revisions'> & { readonly current: number }) => (
  <ol class="revisions">
    {given.revisions.map(({ id, revision, project, receivedAt, status }) => (
      <li key={id}>
        {id === given.current ? (
          <span aria-current="page">
            <strong>{say('revision', { number: revision })}</strong>{' '}
            <span class="badge accent">{say('revision-this')}</span>
          </span>
        ) : (
          <a href={`/case/${id}`}>{say('revision', { number: revision })}</a>
        )}
        <span class="revision-when">{moment(receivedAt)}</span>
        <span class="revision-what">
          {status === 'read' || status === 'unread' ? project : say(`status-${status}`)}
        </span>
      </li>
    ))}
  </ol>
)
