import { useSignal } from '@preact/signals'
import type { Settings } from '../../api.ts'
import { Fault } from '../fault.tsx'
import { importer } from '../live.ts'
import { FolderSetting } from '../settings/folders.tsx'
import type { Change } from '../settings/settings-page.tsx'
import { isOn } from '../standing.ts'
import { Account, StayingAccount } from './account.tsx'
import { Bandwidth } from './bandwidth.tsx'
import { Notices } from './notices.tsx'
import { Orders } from './orders.tsx'
import { say } from './words.ts'
import './cloud.css'

/** Settings of the MyiTero cloud: profile, who is signed in, how orders come. */
export function CloudSection({
  settings,
  onChange,
}: {
  readonly settings: Settings
  readonly onChange: Change
}) {
  const row = importer.value
  const isSet = settings.connectionProfile !== null
  const stays = row !== null && !isOn(row) ? settings.stayingAccount : null
  return (
    <section class="card" aria-labelledby="cloud-title">
      <h2 id="cloud-title">{say('cloud-title')}</h2>
      <FolderSetting
        label={say('profile')}
        hint={say('profile-hint')}
        title={say('profile-choose')}
        path={settings.connectionProfile}
        files="json"
        unset={say('profile-none')}
        clear={say('clear')}
        problem={settings.profileProblem}
        onChoose={(connectionProfile) => onChange({ connectionProfile })}
        onClear={() => onChange({ connectionProfile: null })}
      />
      {isSet && settings.profileProblem === null && row !== null && isOn(row) && (
        <>
          <Account />
          <Orders paused={settings.cloudPaused} onChange={onChange} />
        </>
      )}
      {isSet && stays !== null && <StayingAccount account={stays} />}
      {isSet && (
        <>
          <Downloads downloads={settings.downloads} onChange={onChange} />
          <Bandwidth bytesPerSecond={settings.bytesPerSecond} onChange={onChange} />
          <Notices webhook={settings.webhook} onChange={onChange} />
          {settings.icon && <Balloons balloons={settings.balloons} onChange={onChange} />}
        </>
      )}
    </section>
  )
}

/** As the bridge has it. */
const MOST_DOWNLOADS = 8

function Downloads({ downloads, onChange }: { readonly downloads: number; readonly onChange: Change }) {
  const fault = useSignal<string | null>(null)
  return (
    <div class="setting">
      <label for="downloads">{say('downloads')}</label>
      <div class="setting-value">
        <select
          id="downloads"
          value={downloads}
          onChange={async (event) => {
            fault.value = await onChange({ downloads: Number(event.currentTarget.value) })
          }}
        >
          {Array.from({ length: MOST_DOWNLOADS }, (_, at) => (
            <option key={at} value={at + 1}>
              {at + 1}
            </option>
          ))}
        </select>
        <Fault text={fault.value} />
      </div>
    </div>
  )
}

function Balloons({ balloons, onChange }: { readonly balloons: boolean; readonly onChange: Change }) {
  const fault = useSignal<string | null>(null)
  return (
    <div class="setting">
      <span class="label">{say('icon')}</span>
      <div class="setting-value">
        <label class="check">
          <input
            type="checkbox"
            checked={balloons}
            onChange={async (event) => {
              fault.value = await onChange({ balloons: event.currentTarget.checked })
            }}
          />
          <span>{say('balloons')}</span>
        </label>
        <Fault text={fault.value} />
      </div>
    </div>
  )
}
