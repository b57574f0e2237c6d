import { useSignal, useSignalEffect } from '@preact/signals'
import type { CaseStatus, ClientRow } from '../../api.ts'
import { readClients } from '../api.ts'
import { isOff } from '../dialogs/why-not.ts'
import { questionsChanged, settingsChanged } from '../live.ts'
import { SyncNow } from '../sync-now.tsx'
import { decimal } from '../words/formats.ts'
import { say } from '../words/say.ts'
import { client, status } from './query.ts'
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
  useSignalEffect(() => {
    // a client may have been added while a question was answered
    questionsChanged.value
    settingsChanged.value
    void readClients().then((result) => {
      if (result.ok) clients.value = result.value.clients
    })
  })
  return (
    <select
      class="client-filter"
      aria-label={say('filter-client')}
      value={client.value ?? ''}
      onChange={(event) => {
        client.value = event.currentTarget.value === '' ? null : event.currentTarget.value
      }}
    >
      <option value="">{say('filter-all-clients')}</option>
      {clients.value.map((each) => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </select>
  )
}
