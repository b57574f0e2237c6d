import type { Failure } from '../../../bridge/data.ts'
import { showSignIn } from '../cloud/sign-in.ts'
import { say as sayCloud } from '../cloud/words.ts'
import { cloud, importer, session } from '../live.ts'
import { awaitsSignIn, failureOf, hasNoSource, isBarred } from '../standing.ts'
import { SyncNow } from '../sync-now.tsx'
import { textOf } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { isFiltered, showAll } from './query.ts'
import { askAgain } from './window.ts'

/** No rows: why, and what to do. */
export function Empty() {
  if (isFiltered.value) {
    return (
      <Message title={say('empty-filtered')} text={say('empty-filtered-hint')}>
        <button type="button" class="button" onClick={showAll}>
          {say('empty-show-all')}
        </button>
      </Message>
    )
  }
  const row = importer.value
  if (session.value?.myitero !== true || row === null) {
    return <Message title={say('empty')} text={say('empty-no-import')} />
  }
  if (isBarred(row)) {
    return (
      <Message title={say('empty')} text={say('obstacles', { name: row.setting })}>
        <ul class="empty-obstacles">
          {row.obstacles.map((each) => (
            <li key={each.code + each.text}>{textOf(each)}</li>
          ))}
        </ul>
        <a class="button" href="/settings">
          {say('empty-to-settings')}
        </a>
      </Message>
    )
  }
  if (!row.enabled) {
    return (
      <Message title={say('empty')} text={say('empty-disabled', { name: row.setting })}>
        <a class="button primary" href="/settings">
          {say('empty-to-settings')}
        </a>
      </Message>
    )
  }
  if (hasNoSource(row)) {
    return (
      <Message title={say('empty')} text={say('empty-no-source')}>
        <a class="button primary" href="/settings">
          {say('empty-to-settings')}
        </a>
      </Message>
    )
  }
  if (awaitsSignIn(row, cloud.value)) {
    const chooses = cloud.value?.session.kind === 'choosing-account'
    return (
      <Message title={say('empty')} text={sayCloud(chooses ? 'banner-choose' : 'empty-signed-out')}>
        <button type="button" class="button primary" onClick={showSignIn}>
          {sayCloud(chooses ? 'choose-account' : 'sign-in')}
        </button>
      </Message>
    )
  }
  const failure = failureOf(row)
  if (failure !== null) {
    return (
      <Message title={say('empty')} text={failure.text}>
        <a class="button" href="/settings">
          {say('empty-to-settings')}
        </a>
      </Message>
    )
  }
  return (
    <Message title={say('empty')} text={say('empty-enabled')}>
      <SyncNow />
    </Message>
  )
}

/** The list could not be read. */
export const Unreadable = ({ failure }: { readonly failure: Failure }) => (
  <Message title={say('list-unreadable')} text={failure.text}>
    <button type="button" class="button" onClick={askAgain}>
      {say('retry')}
    </button>
  </Message>
)

const Message = (message: {
  readonly title: string
  readonly text: string
  readonly children?: preact.ComponentChildren
}) => (
  <div class="empty">
    <h2>{message.title}</h2>
    <p>{message.text}</p>
    {message.children}
  </div>
)
