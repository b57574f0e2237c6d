import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { MaterialMapping } from '../../../bridge/data.ts'
import type { Mappings } from '../../api.ts'
import { clearMethod, deleteDoctor, deleteMaterial, readMappings } from '../api.ts'
import { Confirm } from '../dialogs/confirm.tsx'
import { named } from '../dialogs/material-dialog.tsx'
import { atWork, questionsChanged, settingsChanged } from '../live.ts'
import { toast } from '../toasts.tsx'
import { useReading } from '../use-reading.ts'
import { moment } from '../words/formats.ts'
import { say } from '../words/say.ts'
import './mappings.css'

type Doctor = Mappings['doctors'][number]
type Material = Mappings['materials'][number]
type Asked =
  | { readonly what: 'doctor'; readonly doctor: Doctor }
  | { readonly what: 'material'; readonly material: Material }
  | { readonly what: 'method'; readonly material: Material }

/** Review of what was decided: doctors to clients, iTero materials to materials and production methods. */
export function MappingsPage() {
  const { value: mappings, failure, read } = useReading(readMappings)
  const asked = useSignal<Asked | null>(null)
  useSignalEffect(() => {
    // an answer elsewhere makes a mapping
    questionsChanged.value
    settingsChanged.value
    void read()
  })
  useEffect(() => {
    document.title = `${say('nav-mappings')} · ${say('app-name')}`
  })
  const act = async (what: Asked): Promise<string | null> => {
    const result = await (what.what === 'doctor'
      ? deleteDoctor(what.doctor.id)
      : what.what === 'material'
        ? deleteMaterial(what.material.key)
        : clearMethod(what.material.key))
    if (!result.ok && result.failure.code !== 'mapping-unknown') return result.failure.text
    toast(say(what.what === 'method' ? 'method-cleared' : 'mapping-deleted'))
    await read()
    return null
  }
  const now = mappings.value
  const row = atWork.value
  return (
    <div class="page">
      <div class="page-head">
        <h1>{say('mappings-title')}</h1>
      </div>
      <p class="lead">{say('mappings-lead')}</p>
      {failure.value !== null && (
        <p class="notice bad" role="alert">
          {failure.value.text}
        </p>
      )}
      {now !== null && (
        <>
          {row !== null && (row.process.kind === 'stopped' || row.process.kind === 'given-up') && (
            <p class="notice">{say('mappings-off', { name: row.setting })}</p>
          )}
          <section class="mappings" aria-labelledby="materials-title">
            <h2 id="materials-title">{say('mappings-materials')}</h2>
            <Materials rows={now.materials} onAsk={(what) => (asked.value = what)} />
          </section>
          <section class="mappings" aria-labelledby="doctors-title">
            <h2 id="doctors-title">{say('mappings-doctors')}</h2>
            <Doctors rows={now.doctors} onAsk={(what) => (asked.value = what)} />
          </section>
        </>
      )}
      {asked.value !== null && (
        <Confirm
          {...confirmWords(asked.value)}
          onConfirm={() => (asked.value === null ? Promise.resolve(null) : act(asked.value))}
          onClose={() => (asked.value = null)}
        />
      )}
    </div>
  )
}

function Materials({
  rows,
  onAsk,
}: {
  readonly rows: readonly Material[]
  readonly onAsk: (what: Asked) => void
}) {
  if (rows.length === 0) return <p class="none">{say('mappings-none-materials')}</p>
  return (
    <div class="card table-card">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{say('ordered')}</th>
            <th scope="col">{say('material-choose')}</th>
            <th scope="col">{say('method-choose')}</th>
            <th scope="col">
              <span class="visually-hidden">{say('actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <tr key={each.key}>
              <th scope="row">{orderedName(each)}</th>
              <td>
                <Choice choice={each.material} caseId={each.caseId} />
              </td>
              <td>
                <div class="method">
                  <Choice choice={each.method} caseId={each.caseId} />
                  {each.method !== null && (
                    <button
                      type="button"
                      class="button quiet small"
                      aria-label={say('method-clear-of', { material: orderedName(each) })}
                      onClick={() => onAsk({ what: 'method', material: each })}
                    >
                      {say('method-clear')}
                    </button>
                  )}
                </div>
              </td>
              <td class="number">
                <button
                  type="button"
                  class="button quiet danger small"
                  aria-label={say('delete-of', { name: orderedName(each) })}
                  onClick={() => onAsk({ what: 'material', material: each })}
                >
                  {say('delete')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Doctors({
  rows,
  onAsk,
}: {
  readonly rows: readonly Doctor[]
  readonly onAsk: (what: Asked) => void
}) {
  if (rows.length === 0) return <p class="none">{say('mappings-none-doctors')}</p>
  return (
    <div class="card table-card">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{say('doctor')}</th>
            <th scope="col">{say('recognised-by')}</th>
            <th scope="col">{say('column-client')}</th>
            <th scope="col">{say('made')}</th>
            <th scope="col">
              <span class="visually-hidden">{say('actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((each) => (
            <tr key={each.id}>
              <th scope="row">{doctorName(each)}</th>
              <td>{say(`identity-${each.by}`, { value: each.value })}</td>
              <td>
                <a href={`/clients/${encodeURIComponent(each.client)}`}>{each.clientName ?? each.client}</a>
              </td>
              <td>
                <Made made={each.made} caseId={each.caseId} />
              </td>
              <td class="number">
                <button
                  type="button"
                  class="button quiet danger small"
                  aria-label={say('delete-of', { name: doctorName(each) })}
                  onClick={() => onAsk({ what: 'doctor', doctor: each })}
                >
                  {say('delete')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const Choice = ({
  choice,
  caseId,
}: {
  readonly choice: MaterialMapping['material']
  readonly caseId: number | null
}) =>
  choice === null ? (
    <span class="asked">{say('asked-next')}</span>
  ) : (
    <div>
      {choice.names === null ? choice.code : named(choice.names)}
      <Made made={choice.made} caseId={caseId} />
    </div>
  )

/** When, and by which case: a link where it stands. */
const Made = ({ made, caseId }: { readonly made: Doctor['made']; readonly caseId: number | null }) => (
  <p class="made">
    {moment(made.at)}
    {made.project !== null || made.orderId !== null ? ' · ' : ''}
    {caseId !== null ? (
      <a href={`/case/${caseId}`}>{made.project ?? made.orderId}</a>
    ) : (
      (made.project ?? made.orderId)
    )}
  </p>
)

const orderedName = (mapping: MaterialMapping): string =>
  mapping.itero.name ?? mapping.itero.id ?? say('material-not-stated')

const doctorName = (mapping: Doctor): string => mapping.doctor ?? mapping.value

function confirmWords(asked: Asked): { title: string; text: string; action: string } {
  switch (asked.what) {
    case 'doctor':
      return {
        title: say('delete-doctor-title', { name: doctorName(asked.doctor) }),
        text: say('delete-doctor-text'),
        action: say('delete'),
      }
    case 'material':
      return {
        title: say('delete-material-title', { name: orderedName(asked.material) }),
        text: say('delete-material-text'),
        action: say('delete'),
      }
    case 'method':
      return {
        title: say('clear-method-title', { name: orderedName(asked.material) }),
        text: say('clear-method-text'),
        action: say('method-clear'),
      }
  }
}
