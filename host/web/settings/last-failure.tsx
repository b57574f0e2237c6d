import { useSignal } from '@preact/signals'
import type { PluginRow } from '../../api.ts'
import { dismissFailure } from '../api.ts'
import { moment } from '../words/formats.ts'
import { say } from '../words/say.ts'

/** What went wrong last, where the state above does not say it already: until it is overcome or dismissed. */
export function LastFailure({ row }: { readonly row: PluginRow }) {
  const fault = useSignal<string | null>(null)
  const last = row.lastFailure
  if (last === null || toldNow(row)) return null
  const dismiss = async (): Promise<void> => {
    const result = await dismissFailure(row.id)
    fault.value = result.ok ? null : result.failure.text
  }
  return (
    <section class="last-failure notice bad" aria-label={say('last-failure')}>
      <p>
        <strong>{say('last-failure-at', { at: moment(last.at) })}</strong> {last.failure.text}
      </p>
      <button type="button" class="button small" onClick={() => void dismiss()}>
        {say('dismiss')}
      </button>
      {fault.value !== null && <p role="alert">{fault.value}</p>}
    </section>
  )
}

/** The state of the process shows a failure of its own. */
function toldNow({ enabled, process }: PluginRow): boolean {
  if ('failure' in process) return true
  return enabled && process.kind === 'running' && process.state.failure !== null
}
