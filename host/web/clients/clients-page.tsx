import { useSignal, useSignalEffect } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ClientRow } from '../../api.ts'
import { isFound } from '../../folded-text.ts'
import { readClients } from '../api.ts'
import { questionsChanged, session, settingsChanged } from '../live.ts'
import { useReading } from '../use-reading.ts'
import { decimal } from '../words/formats.ts'
import { say } from '../words/say.ts'
import './clients.css'

/** Clients drawn at once. */
const DRAWN = 200

/** The laboratory's clients, to be searched and opened. */
export function ClientsPage() {
  const { value, failure, read } = useReading(readClients)
  const text = useSignal('')
  const drawn = useSignal(DRAWN)
  useSignalEffect(() => {
    // an answered question may add one
    questionsChanged.value
    settingsChanged.value
    void read()
  })
  useEffect(() => {
    document.title = `${say('nav-clients')} · ${say('app-name')}`
  })
  const clients = value.value?.clients ?? null
  const found = matching(clients ?? [], text.value)
  return (
    <div class="page">
      <div class="page-head">
        <h1>{say('nav-clients')}</h1>
        <input
          type="search"
          class="clients-search"
          aria-label={say('clients-search')}
          placeholder={say('clients-search')}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
            drawn.value = DRAWN
          }}
        />
        <a class="button primary" href="/clients/new">
          {say('client-new')}
        </a>
      </div>
      {failure.value !== null && (
        <p class="notice bad" role="alert">
          {failure.value.text}
        </p>
      )}
      {clients?.length === 0 && (
        <div class="card clients-empty">
          <h2>{say('clients-empty')}</h2>
          <p>{say('clients-empty-hint')}</p>
        </div>
      )}
      {found.length > 0 && <Table rows={found.slice(0, drawn.value)} />}
      {clients !== null && clients.length > 0 && found.length === 0 && (
        <p role="status">{say('clients-none-found')}</p>
      )}
      {found.length > drawn.value && (
        <button
          type="button"
          class="button"
          onClick={() => {
            drawn.value += DRAWN
          }}
        >
          {say('show-more', { count: found.length - drawn.value })}
        </button>
      )}
    </div>
  )
}

const Table = ({ rows }: { readonly rows: readonly ClientRow[] }) => (
  <div class="card table-card">
    <table class="table clients">
      <thead>
        <tr>
          <th scope="col">{say('client-id')}</th>
          <th scope="col">{say('client-name-short')}</th>
          <th scope="col">{say('client-address')}</th>
          <th scope="col">{say('client-contact')}</th>
          {session.value?.myitero === true && <th scope="col">{say('client-doctors')}</th>}
          <th scope="col" class="number">
            {say('nav-cases')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((each) => (
          <tr key={each.id}>
            <td>{each.id}</td>
            <th scope="row">
              <a href={`/clients/${encodeURIComponent(each.id)}`}>{each.name}</a>
            </th>
            <td>{each.address}</td>
            <td>{each.contact}</td>
            {session.value?.myitero === true && (
              <td>{each.doctors.map((doctor) => doctor.name).join(' · ')}</td>
            )}
            <td class="number">{decimal(each.cases)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const matching = (clients: readonly ClientRow[], text: string): readonly ClientRow[] =>
  clients.filter(({ id, name, address, contact, licence, doctors }) =>
    isFound(text, [id, name, address, contact, licence, ...doctors.map((doctor) => doctor.name)]),
  )
