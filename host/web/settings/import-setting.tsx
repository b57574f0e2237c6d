import { useSignal } from '@preact/signals'
import type { PluginRow, Settings } from '../../api.ts'
import { putOffSignIn } from '../dialogs/open.ts'
import { atWork, cloud } from '../live.ts'
import { endedWell, isBarred, isOn, isQuiet } from '../standing.ts'
import { SyncNow } from '../sync-now.tsx'
import { clock, moment, textOf } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { LastFailure } from './last-failure.tsx'
import type { Change } from './settings-page.tsx'

/** Pages behind the actions that a manifest names: those that this host has. */
const ACTION_PAGES: Readonly<Record<string, string>> = { 'review-material-mapping': '/mappings' }

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
    // Whoever switches it on wants its orders: where nobody is signed in, that is next.
    if (enabled && fault.value === null) putOffSignIn(false)
  }
  const barred = isBarred(row)
  const on = !barred && (wished.value ?? row.enabled)
  const starts = on && (wished.value === true || row.process.kind === 'starting')
  return (
    <section class="card" aria-labelledby={`import-${row.id}`}>
      <div class="import-head">
        <h2 id={`import-${row.id}`}>
          <label for={`import-${row.id}-switch`}>{row.setting}</label>
        </h2>
        <button
          type="button"
          id={`import-${row.id}-switch`}
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
          <label for={`import-${row.id}-switch`}>
            {say(starts ? 'process-starting' : on ? 'enabled' : barred ? 'barred' : 'disabled')}
          </label>
        </span>
      </div>
      {barred && (
        <div class="notice warn obstacles">
          <p>{say('obstacles', { name: row.setting })}</p>
          <ul>
            {row.obstacles.map((each) => (
              <li key={each.code + each.text}>{textOf(each)}</li>
            ))}
          </ul>
          {row.enabled && (
            <p class="obstacles-then">
              {say('obstacles-then')}{' '}
              <button
                type="button"
                class="button small"
                disabled={wished.value !== null}
                onClick={() => void set(false)}
              >
                {say('obstacles-disable')}
              </button>
            </p>
          )}
        </div>
      )}
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      {(isOn(row) || 'failure' in row.process) && <ProcessState row={row} settings={settings} />}
      <LastFailure row={row} />
      <div class="import-actions">
        {row.id === atWork.value?.id && <SyncNow />}
        {row.actions.map(({ id, name }) => {
          const page = row.myitero ? ACTION_PAGES[id] : undefined
          return (
            page !== undefined && (
              <a key={id} class="button" href={page}>
                {name}
              </a>
            )
          )
        })}
        <span class="about-plugin">{say('plugin-version', { name: row.name, version: row.version })}</span>
      </div>
    </section>
  )
}

function ProcessState({ row, settings }: { readonly row: PluginRow; readonly settings: Settings }) {
  const { process } = row
  const hasFolder = settings.exportFolder !== null
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
          text={say(endedWell(row) ? 'process-ended' : 'process-pausing', {
            count: process.crashes,
            at: clock(process.at),
          })}
          failure={process.failure.text}
        />
      )
    case 'given-up':
      return (
        <State
          dot="bad"
          text={say(endedWell(row) ? 'process-ended-for-good' : 'process-given-up', {
            count: process.crashes,
          })}
          failure={process.failure.text}
        />
      )
    case 'running': {
      const { kind, since, failure } = process.state
      if (row.myitero && cloud.value?.paused === true && isQuiet(kind) && failure === null)
        return <State dot="" text={say(hasFolder ? 'state-paused-folder' : 'state-paused')} />
      // Where the orders of another plugin come from is its own affair.
      const hasSource = !row.myitero || hasFolder || settings.connectionProfile !== null
      const dot = kind === 'active' ? 'good' : kind === 'attention' ? 'bad' : 'warn'
      const text = kind === 'off' && !hasSource ? say('state-off-no-source') : say(`state-${kind}`)
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
