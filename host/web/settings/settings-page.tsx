import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Failure } from '../../../bridge/data.ts'
import type { Settings, SettingsChange } from '../../api.ts'
import { changeSettings, readSettings } from '../api.ts'
import { inOrder } from '../in-order.ts'
import { plugins, refreshSession, session, settingsChanged, takingPlugins } from '../live.ts'
import { say } from '../words/say.ts'
import { Activity } from './activity.tsx'
import { CaseFolder, ExportFolder, MaterialList } from './folders.tsx'
import { ImportSetting } from './import-setting.tsx'
import { NameTemplate } from './name-template.tsx'
import './settings.css'

/** Keeps a change; gives the text of a refusal, or null. */
export type Change = (change: SettingsChange) => Promise<string | null>

export function SettingsPage() {
  const settings = useSignal<Settings | null>(null)
  const failure = useSignal<Failure | null>(null)
  const read = useMemo(
    () =>
      inOrder(readSettings, (result) => {
        failure.value = result.ok ? null : result.failure
        if (result.ok) settings.value = result.value
      }),
    [],
  )
  useSignalEffect(() => {
    settingsChanged.value
    void read()
  })
  useEffect(() => {
    document.title = `${say('nav-settings')} · ${say('app-name')}`
  })
  const change: Change = async (part) => {
    const result = await takingPlugins(() => changeSettings(part))
    if (!result.ok) return result.failure.text
    settings.value = result.value
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
          {session.value?.myitero === true &&
            plugins.value.map((row) => (
              <ImportSetting key={row.id} row={row} settings={now} onChange={change} />
            ))}
          <section class="card" aria-labelledby="folders-title">
            <h2 id="folders-title">{say('settings-folders')}</h2>
            <CaseFolder settings={now} onChange={change} />
            {session.value?.myitero === true && <ExportFolder settings={now} onChange={change} />}
          </section>
          <section class="card" aria-labelledby="cases-title">
            <h2 id="cases-title">{say('settings-cases')}</h2>
            <NameTemplate template={now.nameTemplate} onChange={change} />
            <Choice
              id="patient-name-order"
              label={say('name-order')}
              value={now.patientNameOrder}
              options={[
                ['given-family', say('name-order-given')],
                ['family-given', say('name-order-family')],
              ]}
              onChoose={(patientNameOrder) => change({ patientNameOrder })}
            />
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
          {session.value?.myitero === true && <Activity />}
        </>
      )}
    </div>
  )
}

function Choice<V extends string>(choice: {
  readonly id: string
  readonly label: string
  readonly value: V
  readonly options: readonly (readonly [V, string])[]
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
        {fault.value !== null && (
          <p class="fault" role="alert">
            {fault.value}
          </p>
        )}
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
