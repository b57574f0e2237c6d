import type { Failure } from '../../../bridge/data.ts'
import { lookNow } from '../api.ts'
import { importer, session } from '../live.ts'
import { toast } from '../toasts.tsx'
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
  if (!row.enabled) {
    return (
      <Message title={say('empty')} text={say('empty-disabled', { name: row.setting })}>
        <a class="button primary" href="/settings">
          {say('empty-to-settings')}
        </a>
      </Message>
    )
  }
  const off = row.process.kind === 'running' && row.process.state.kind === 'off'
  if (off) {
    return (
      <Message title={say('empty')} text={say('empty-no-folder')}>
        <a class="button primary" href="/settings">
          {say('empty-to-settings')}
        </a>
      </Message>
    )
  }
  const look = async (): Promise<void> => {
    const result = await lookNow()
    if (!result.ok) toast(result.failure.text, 'bad')
    else toast(say('look-begun'))
  }
  return (
    <Message title={say('empty')} text={say('empty-enabled')}>
      <button type="button" class="button" onClick={look}>
        {say('look-now')}
      </button>
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
