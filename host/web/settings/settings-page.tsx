import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Settings, SettingsChange } from '../../api.ts'
import { changeSettings, readSettings } from '../api.ts'
import { CloudSection } from '../cloud/cloud-section.tsx'
import { Fault } from '../fault.tsx'
import { atWork, plugins, refreshSession, session, settingsChanged, takingPlugins } from '../live.ts'
import { arrivals } from '../router.ts'
import { useReading } from '../use-reading.ts'
import { say } from '../words/say.ts'
import { Activity } from './activity.tsx'
import { CaseFolder, ExportFolder, MaterialList } from './folders.tsx'
import { ImportSetting } from './import-setting.tsx'
import { NameTemplate } from './name-template.tsx'
import './settings.css'

/** Keeps a change; gives the text of a refusal, or null. */
export type Change = (change: SettingsChange) => Promise<string | null>

export function SettingsPage() {
  const { value: settings, failure, read, readBy } = useReading(readSettings)
  useSignalEffect(() => {
    settingsChanged.value
    arrivals.value
    void read()
  })
  useEffect(() => {
    document.title = `${say('nav-settings')} · ${say('app-name')}`
  })
  const change: Change = async (part) => {
    const result = await readBy(() => takingPlugins(() => changeSettings(part)))
    if (!result.ok) return result.failure.text
    if (part.language !== undefined) await refreshSession()
    return null
  }
  const now = settings.value
  return (
    <div class="page settings">
      <div class="page-head">
        <h1>{say('nav-settings')}</h1>
      </div>
      {failure.value !== null && (
        <p class="notice bad" role="alert">
          {failure.value.text}
        </p>
      )}
      {now?.problems.map((each) => (
        <p key={each.code + each.text} class="notice warn">
          {each.text}
        </p>
      ))}
      {now !== null && (
        <>
          {plugins.value.map((row) => (
            <ImportSetting key={row.id} row={row} settings={now} onChange={change} />
          ))}
          {session.value?.myitero === true && <CloudSection settings={now} onChange={change} />}
          <section class="card" aria-labelledby="folders-title">
            <h2 id="folders-title">{say('settings-folders')}</h2>
            <CaseFolder settings={now} onChange={change} />
            {session.value?.myitero === true && <ExportFolder settings={now} onChange={change} />}
          </section>
          <section class="card" aria-labelledby="cases-title">
            <h2 id="cases-title">{say('settings-cases')}</h2>
            <NameTemplate template={now.nameTemplate} onChange={change} />
            {session.value?.myitero === true && (
              <Choice
                id="patient-name-order"
                label={say('name-order')}
                value={now.patientNameOrder}
                options={[
                  ['given-family', say('name-order-given')],
                  ['family-given', say('name-order-family')],
                ]}
                hint={nameOrderHint(now.patientNameOrder)}
                onChoose={(patientNameOrder) => change({ patientNameOrder })}
              />
            )}
            <MaterialList settings={now} onChange={change} />
          </section>
          <section class="card" aria-labelledby="general-title">
            <h2 id="general-title">{say('settings-general')}</h2>
            <Choice
              id="language"
              label={say('language')}
              value={now.language}
              options={[
                ['en', 'English'],
                ['de', 'Deutsch'],
              ]}
              onChoose={(language) => change({ language })}
            />
            <About reseller={now.reseller} />
          </section>
          {/* its texts are the host’s, in the language of then */}
          {atWork.value !== null && <Activity key={now.language} />}
        </>
      )}
    </div>
  )
}

/** What the choice makes of one and the same text. */
function nameOrderHint(order: Settings['patientNameOrder']): string {
  const [first, second] = [say('example-given'), say('example-family')]
  return order === 'given-family'
    ? say('name-order-hint', { given: first, family: second })
    : say('name-order-hint', { given: second, family: first })
}

function Choice<V extends string>(choice: {
  readonly id: string
  readonly label: string
  readonly value: V
  readonly options: readonly (readonly [V, string])[]
  readonly hint?: string
  readonly onChoose: (value: V) => Promise<string | null>
}) {
  const fault = useSignal<string | null>(null)
  return (
    <div class="setting">
      <label for={choice.id}>{choice.label}</label>
      <div class="setting-value">
        <select
          id={choice.id}
          value={choice.value}
          aria-describedby={choice.hint === undefined ? undefined : `${choice.id}-hint`}
          onChange={(event) => {
            const chosen = choice.options.find(([value]) => value === event.currentTarget.value)
            if (chosen === undefined) return
            void choice.onChoose(chosen[0]).then((text) => {
              fault.value = text
            })
          }}
        >
          {choice.options.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
        {choice.hint !== undefined && (
          <p id={`${choice.id}-hint`} class="help">
            {choice.hint}
          </p>
        )}
        <Fault text={fault.value} />
      </div>
    </div>
  )
}

function About({ reseller }: { readonly reseller: string | null }) {
  const now = session.value
  if (now === null) return null
  return (
    <div class="setting">
      <span class="label">{say('about')}</span>
      <p class="setting-value">
        {say('about-version', { version: now.version, build: String(now.engineBuild) })}
        {reseller !== null && ` · ${say('about-reseller', { reseller })}`}
      </p>
    </div>
  )
}
