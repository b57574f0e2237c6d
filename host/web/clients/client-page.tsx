import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ClientRow, SeenParameter } from '../../api.ts'
import { addClient, changeClient, deleteClient, readClients, readParameters } from '../api.ts'
import { Confirm } from '../dialogs/confirm.tsx'
import { session } from '../live.ts'
import { go, guard } from '../router.ts'
import { toast } from '../toasts.tsx'
import { say } from '../words/say.ts'
import { faultsOf, type ParameterRow, parametersOf, rowsOf } from './parameter-rows.ts'
import { ParameterTable } from './parameter-table.tsx'
import './clients.css'

const NEW: ClientRow = {
  id: '',
  name: '',
  address: '',
  contact: '',
  licence: '',
  parameters: {},
  cases: 0,
  doctors: [],
}

/** One client, or a new one (`id` null). */
export function ClientPage({ id }: { readonly id: string | null }) {
  const client = useSignal<ClientRow | null>(id === null ? NEW : null)
  const fault = useSignal<string | null>(null)
  useEffect(() => {
    if (id === null) return
    void readClients().then((result) => {
      if (!result.ok) fault.value = result.failure.text
      else {
        client.value = result.value.clients.find((each) => each.id === id) ?? null
        if (client.value === null) fault.value = say('client-gone')
      }
    })
  }, [])
  return (
    <div class="page client-page">
      <a class="back" href="/clients">
        ← {say('nav-clients')}
      </a>
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      {client.value !== null && <Editor key={client.value.id} client={client.value} isNew={id === null} />}
    </div>
  )
}

function Editor({ client, isNew }: { readonly client: ClientRow; readonly isNew: boolean }) {
  const id = useSignal(client.id)
  const name = useSignal(client.name)
  const address = useSignal(client.address)
  const contact = useSignal(client.contact)
  const licence = useSignal(client.licence)
  const rows = useSignal<readonly ParameterRow[]>(rowsOf(client.parameters))
  const seen = useSignal<readonly SeenParameter[]>([])
  const saved = useSignal<string | null>(null)
  const strict = useSignal(false)
  /** Rows of defaults up to this key were there when it was to be saved. */
  const checked = useSignal(0)
  const busy = useSignal(false)
  const fault = useSignal<string | null>(null)
  const deleting = useSignal(false)
  /** That another client has the name; a person decides. */
  const namesake = useSignal<string | null>(null)

  const state = (): string =>
    JSON.stringify([id, name, address, contact, licence, rows].map((each) => each.value))
  saved.value ??= state()
  const dirty = state() !== saved.value
  const nameless = name.value.trim() === ''
  const faulty = nameless || rows.value.some((row) => Object.keys(faultsOf(row, rows.value)).length > 0)

  useEffect(() => guard(() => (state() !== saved.value ? say('leave-unsaved') : null)), [])
  useEffect(() => {
    // a help for typing: without it everything can be typed
    void readParameters().then((result) => {
      if (result.ok) seen.value = result.value.parameters
    })
  }, [])
  useEffect(() => {
    document.title = `${isNew ? say('client-new') : client.name} · ${say('app-name')}`
  })

  const kept = isNew ? null : whyKept(client)
  const save = async (sameName: boolean): Promise<void> => {
    strict.value = true
    checked.value = Math.max(0, ...rows.peek().map((row) => row.key))
    if (faulty) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
      return
    }
    busy.value = true
    const body = {
      name: name.value.trim(),
      address: address.value.trim(),
      contact: contact.value.trim(),
      licence: licence.value.trim(),
      parameters: parametersOf(rows.value),
      ...(sameName ? { sameName } : {}),
    }
    const ownId = id.value.trim()
    const result = isNew
      ? await addClient(ownId === '' ? body : { ...body, id: ownId })
      : await changeClient(client.id, body)
    busy.value = false
    namesake.value = null
    fault.value = null
    if (!result.ok) {
      if (result.failure.code === 'client-name-taken') namesake.value = result.failure.text
      else fault.value = result.failure.text
      return
    }
    strict.value = false
    checked.value = 0
    saved.value = state()
    toast(say('client-saved', { name: result.value.name }))
    if (isNew) go(`/clients/${encodeURIComponent(result.value.id)}`)
  }

  return (
    <form
      class="client-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save(false)
      }}
    >
      <div class="page-head">
        <h1>{isNew ? say('client-new') : client.name}</h1>
        {!isNew && (
          <button
            type="button"
            class="button quiet danger"
            disabled={kept !== null}
            aria-describedby={kept === null ? undefined : 'client-kept'}
            onClick={() => {
              deleting.value = true
            }}
          >
            {say('delete')}
          </button>
        )}
        <button type="submit" class="button primary" disabled={busy.value || !dirty}>
          {say('save')}
        </button>
      </div>
      {kept !== null && (
        <p id="client-kept" class="none client-kept">
          {kept}
        </p>
      )}
      {fault.value !== null && (
        <p class="notice bad" role="alert">
          {fault.value}
        </p>
      )}
      <div class="client-halves">
        <section class="card form" aria-label={say('client-details')}>
          <div class="field">
            <label for="client-name">{say('client-name')}</label>
            <input
              id="client-name"
              type="text"
              required
              maxLength={200}
              autofocus={isNew}
              aria-invalid={strict.value && nameless}
              aria-describedby={strict.value && nameless ? 'client-name-fault' : undefined}
              value={name.value}
              onInput={(event) => {
                name.value = event.currentTarget.value
              }}
            />
            {strict.value && nameless && (
              <p id="client-name-fault" class="fault">
                {say('client-name-needed')}
              </p>
            )}
          </div>
          <div class="field">
            <label for="client-id">{say('client-id')}</label>
            <input
              id="client-id"
              type="text"
              maxLength={64}
              disabled={!isNew}
              placeholder={say('client-id-given')}
              value={id.value}
              onInput={(event) => {
                id.value = event.currentTarget.value
              }}
            />
          </div>
          <div class="field">
            <label for="client-address">{say('client-address')}</label>
            <textarea
              id="client-address"
              rows={2}
              maxLength={500}
              value={address.value}
              onInput={(event) => {
                address.value = event.currentTarget.value
              }}
            />
          </div>
          <div class="client-halves">
            <div class="field">
              <label for="client-contact">{say('client-contact')}</label>
              <input
                id="client-contact"
                type="text"
                maxLength={500}
                value={contact.value}
                onInput={(event) => {
                  contact.value = event.currentTarget.value
                }}
              />
            </div>
            <div class="field">
              <label for="client-licence">{say('client-licence')}</label>
              <input
                id="client-licence"
                type="text"
                maxLength={64}
                value={licence.value}
                onInput={(event) => {
                  licence.value = event.currentTarget.value
                }}
              />
            </div>
          </div>
        </section>
        {!isNew && session.value?.myitero === true && <Doctors client={client} />}
      </div>
      <section class="card form" aria-labelledby="client-parameters">
        <div>
          <h2 id="client-parameters">{say('parameters-title')}</h2>
          <p class="none">{say('parameters-hint')}</p>
          <p class="none">{say('parameters-source')}</p>
        </div>
        <ParameterTable rows={rows} seen={seen.value} checked={checked.value} />
      </section>
      {namesake.value !== null && (
        <Confirm
          title={say('client-namesake-title', { name: name.value.trim() })}
          text={`${namesake.value} ${say('client-namesake-text')}`}
          action={say('client-namesake-save')}
          mild
          onConfirm={async () => {
            await save(true)
            return null
          }}
          onClose={() => {
            namesake.value = null
          }}
        />
      )}
      {deleting.value && (
        <Confirm
          title={say('client-delete-title', { name: client.name })}
          text={say('client-delete-text')}
          action={say('delete')}
          onConfirm={async () => {
            const result = await deleteClient(client.id)
            if (!result.ok) return result.failure.text
            saved.value = state()
            toast(say('client-deleted', { name: client.name }))
            go('/clients')
            return null
          }}
          onClose={() => {
            deleting.value = false
          }}
        />
      )}
    </form>
  )
}

function Doctors({ client }: { readonly client: ClientRow }) {
  return (
    <section class="card form" aria-labelledby="client-doctors">
      <h2 id="client-doctors">{say('client-doctors')}</h2>
      {client.doctors.length === 0 ? (
        <p class="none">{say('client-no-doctors')}</p>
      ) : (
        <ul class="client-doctors">
          {client.doctors.map((each) => (
            <li key={each.mapping}>{each.name}</li>
          ))}
        </ul>
      )}
      <p class="none">
        {say('client-cases', { count: client.cases })} · <a href="/mappings">{say('nav-mappings')}</a>
      </p>
    </section>
  )
}

/** Why it cannot be deleted; null: it can. */
function whyKept({ cases, doctors }: ClientRow): string | null {
  if (cases > 0) return say('client-has-cases', { count: cases })
  return doctors.length > 0 ? say('client-has-doctors', { count: doctors.length }) : null
}
