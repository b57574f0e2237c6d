import { useSignal, useSignalEffect } from '@preact/signals'
import type { CaseStatus, ClientRow } from '../../api.ts'
import { readClients, readForeignClients } from '../api.ts'
import { isOff } from '../dialogs/why-not.ts'
import { questionsChanged, settingsChanged } from '../live.ts'
import { SyncNow } from '../sync-now.tsx'
import { decimal } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { client, status, type WantedClient } from './query.ts'
import { type ListCounts, listWindow } from './window.ts'

const STATUSES = [
  ['unread', 'status-unread'],
  ['waiting', 'status-waiting'],
  ['importing', 'status-importing'],
  ['refused', 'status-refused'],
  ['broken', 'status-broken'],
  ['read', 'status-read'],
  ['noted', 'status-noted'],
] as const satisfies readonly (readonly [CaseStatus, string])[]

/** Filter by status and client, how many rows fit, and a look for new orders at once. */
export function Filters() {
  const { total, counts } = listWindow.value
  return (
    <div class="filters">
      <fieldset class="chips">
        <legend class="visually-hidden">{say('filter-status')}</legend>
        <Chip value={null} label={say('filter-all')} count={undefined} />
        {STATUSES.filter(([value]) => status.value === value || isOffered(value, counts)).map(
          ([value, name]) => (
            <Chip key={value} value={value} label={say(name)} count={countOf(counts, value)} />
          ),
        )}
      </fieldset>
      <ClientFilter />
      <p class="count" role="status">
        {total === null ? '' : say('rows', { count: total })}
      </p>
      <SyncNow small />
    </div>
  )
}

/** What only orders on their way can be is offered where there may be some. */
function isOffered(value: CaseStatus, counts: ListCounts): boolean {
  switch (value) {
    case 'noted':
      return counts.noted > 0
    case 'importing':
      return !isOff()
    case 'waiting':
    case 'refused':
      return counts[value] > 0 || !isOff()
    default:
      return true
  }
}

const countOf = (counts: ListCounts, value: CaseStatus): number | undefined =>
  value === 'read' || value === 'importing' ? undefined : counts[value]

const Chip = (chip: {
  readonly value: CaseStatus | null
  readonly label: string
  readonly count: number | undefined
}) => (
  <button
    type="button"
    class="chip"
    aria-pressed={status.value === chip.value}
    onClick={() => {
      status.value = chip.value
    }}
  >
    {chip.label}
    {chip.count !== undefined && chip.count > 0 && <span class="chip-count">{decimal(chip.count)}</span>}
  </button>
)

function ClientFilter() {
  const clients = useSignal<readonly ClientRow[]>([])
  const foreign = useSignal<readonly string[]>([])
  const read = (): void => {
    void readClients().then((result) => {
      if (result.ok) clients.value = result.value.clients
    })
    void readForeignClients().then((result) => {
      if (result.ok) foreign.value = result.value.names
    })
  }
  useSignalEffect(() => {
    // a client may have been added while a question was answered
    questionsChanged.value
    settingsChanged.value
    read()
  })
  const wanted = client.value
  // One that was chosen stays to be seen where its last case has left the list.
  const names = [...new Set([...foreign.value, ...(wanted?.kind === 'foreign' ? [wanted.name] : [])])]
  return (
    <select
      class="client-filter"
      aria-label={say('filter-client')}
      value={wanted === null ? '' : optionOf(wanted)}
      // cases of others may have come meanwhile
      onFocus={read}
      onChange={(event) => {
        client.value = wantedIn(event.currentTarget.value)
      }}
    >
      <option value="">{say('filter-all-clients')}</option>
      {clients.value.map((each) => (
        <option key={each.id} value={optionOf({ kind: 'own', id: each.id })}>
          {each.name}
        </option>
      ))}
      {names.length > 0 && (
        <optgroup label={say('filter-foreign-clients')}>
          {names.map((name) => (
            <option key={name} value={optionOf({ kind: 'foreign', name })}>
              {name}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  )
}

const optionOf = (wanted: WantedClient): string =>
  wanted.kind === 'own' ? `own ${wanted.id}` : `foreign ${wanted.name}`

function wantedIn(option: string): WantedClient | null {
  if (option === '') return null
  const [kind = '', ...words] = option.split(' ')
  const said = words.join(' ')
  return kind === 'own' ? { kind, id: said } : { kind: 'foreign', name: said }
}
