import { useSignal } from '@preact/signals'
import type { PluginRow, Settings } from '../../api.ts'
import { lookNow } from '../api.ts'
import { toast } from '../toasts.tsx'
import { clock, moment } from '../words/formats.ts'
import { say } from '../words/say.ts'
import type { Change } from './settings-page.tsx'

/** The switch of the import, why it cannot be switched on, and how its process fares. */
export function ImportSetting({
  row,
  settings,
  onChange,
}: {
  readonly row: PluginRow
  readonly settings: Settings
  readonly onChange: Change
}) {
  /** What was switched to, until the server has done it. */
  const wished = useSignal<boolean | null>(null)
  const fault = useSignal<string | null>(null)
  const set = async (enabled: boolean): Promise<void> => {
    wished.value = enabled
    fault.value = await onChange({ enabled: { [row.id]: enabled } })
    wished.value = null
  }
  const on = wished.value ?? row.enabled
  const starts = on && (wished.value === true || row.process.kind === 'starting')
  const barred = row.obstacles.length > 0 && !row.enabled
  const look = async (): Promise<void> => {
    const result = await lookNow()
    toast(result.ok ? say('look-begun') : result.failure.text, result.ok ? 'good' : 'bad')
  }
  return (
    <section class="card" aria-labelledby={`import-${row.id}`}>
      <div class="import-head">
        <h2 id={`import-${row.id}`}>{row.setting}</h2>
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={on}
          aria-labelledby={`import-${row.id}`}
          aria-describedby={`import-${row.id}-value`}
          disabled={wished.value !== null || barred}
          onClick={() => void set(!row.enabled)}
        >
          <span class="switch-track" />
        </button>
        <span id={`import-${row.id}-value`} class="switch-value" role="status">
          {say(starts ? 'process-starting' : on ? 'enabled' : 'disabled')}
        </span>
      </div>
      {row.obstacles.length > 0 && (
        <div class="notice warn obstacles">
          <p>{say('obstacles', { name: row.setting })}</p>
          <ul>
            {row.obstacles.map((each) => (
              <li key={each.code + each.text}>{each.text}</li>
            ))}
          </ul>
        </div>
      )}
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      {(row.enabled || 'failure' in row.process) && (
        <ProcessState row={row} exportFolder={settings.exportFolder} />
      )}
      <div class="import-actions">
        <a class="button" href="/mappings">
          {say('review-mapping')}
        </a>
        {row.process.kind === 'running' && (
          <button type="button" class="button" onClick={look}>
            {say('look-now')}
          </button>
        )}
        <span class="about-plugin">{say('plugin-version', { name: row.name, version: row.version })}</span>
      </div>
    </section>
  )
}

function ProcessState({
  row,
  exportFolder,
}: {
  readonly row: PluginRow
  readonly exportFolder: string | null
}) {
  const { process } = row
  switch (process.kind) {
    case 'stopped':
      return <State dot="" text={say('process-stopped')} />
    case 'starting':
      // said beside the switch
      return null
    case 'pausing':
      return (
        <State
          dot="warn"
          text={say('process-pausing', { count: process.crashes, at: clock(process.at) })}
          failure={process.failure.text}
        />
      )
    case 'given-up':
      return (
        <State
          dot="bad"
          text={say('process-given-up', { count: process.crashes })}
          failure={process.failure.text}
        />
      )
    case 'running': {
      const { kind, since, failure } = process.state
      const dot = kind === 'active' ? 'good' : kind === 'attention' ? 'bad' : kind === 'off' ? '' : 'warn'
      const text = kind === 'off' && exportFolder === null ? say('state-off-no-folder') : say(`state-${kind}`)
      return (
        <State
          dot={dot}
          text={`${text} ${say('state-since', { at: moment(since) })}`}
          {...(failure === null ? {} : { failure: failure.text })}
        />
      )
    }
  }
}

const State = (state: { readonly dot: string; readonly text: string; readonly failure?: string }) => (
  <div class="process" role="status">
    <p>
      <span class={`dot ${state.dot}`} /> {state.text}
    </p>
    {state.failure !== undefined && <p class="notice bad">{state.failure}</p>}
  </div>
)
