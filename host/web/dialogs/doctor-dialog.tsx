import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { DoctorQuestion } from '../../../bridge/data.ts'
import type { ClientRow, QuestionAnswer } from '../../api.ts'
import { readClients } from '../api.ts'
import { say } from '../words/say.ts'
import { ClientChoice, type ClientOption } from './client-choice.tsx'
import { Modal } from './modal.tsx'
import { WaitingOrders } from './waiting-orders.tsx'

/** Which client is this doctor? One of those there are, or a new one, prefilled with what the order says. */
export function DoctorDialog({
  question,
  fault,
  namesake,
  busy,
  onAnswer,
  onPutOff,
}: {
  readonly question: DoctorQuestion
  readonly fault: string | null
  /** Another client has the name of the new one; saved again he is kept beside him. */
  readonly namesake: string | null
  readonly busy: boolean
  readonly onAnswer: (answer: QuestionAnswer) => void
  readonly onPutOff: () => void
}) {
  const clients = useSignal<readonly ClientRow[]>([])
  const unread = useSignal<string | null>(null)
  const chosen = useSignal<string | null>(null)
  const name = useSignal((question.doctor.name ?? '').slice(0, 200))
  /** The name that was sent last: what is told of a namesake is about it. */
  const sent = useSignal<string | null>(null)
  const known = namesake !== null && sent.value === name.value.trim()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    void readClients().then((result) => {
      if (!result.ok) {
        unread.value = result.failure.text
        return
      }
      clients.value = result.value.clients
    })
  }, [])

  const assign = (): void => {
    if (chosen.value !== null && !busy) onAnswer({ kind: 'doctor', client: chosen.value })
  }
  const { doctor } = question
  return (
    <Modal
      title={say('question-doctor-ask')}
      wide
      onClose={onPutOff}
      foot={
        <>
          {(fault ?? unread.value) !== null && (
            <p class="notice bad" role="alert">
              {fault ?? unread.value}
            </p>
          )}
          {known && (
            <p class="notice warn" role="alert">
              {namesake} {say('doctor-namesake')}
            </p>
          )}
          <div class="way-actions">
            <button
              type="button"
              ref={button}
              class="button primary"
              disabled={busy || chosen.value === null}
              onKeyDown={(event) => {
                // the key that has chosen is still held: assigning is a press of its own
                if (event.repeat) event.preventDefault()
              }}
              onClick={assign}
            >
              {say('doctor-assign')}
            </button>
            <div>
              <button type="submit" form="new-client" class="button primary" disabled={busy}>
                {say(known ? 'client-namesake-save' : 'doctor-create')}
              </button>
              <button type="button" class="button" onClick={onPutOff}>
                {say('put-off')}
              </button>
            </div>
          </div>
        </>
      }
    >
      <p class="ordered-material">{doctor.name ?? say('doctor-unnamed')}</p>
      <div class="who">
        <dl class="facts">
          {doctor.licence !== null && (
            <>
              <dt>{say('client-licence')}</dt>
              <dd>{doctor.licence}</dd>
            </>
          )}
          {doctor.id !== null && (
            <>
              <dt>{say('doctor-id')}</dt>
              <dd>{doctor.id}</dd>
            </>
          )}
          {doctor.practiceAddress !== null && (
            <>
              <dt>{say('practice-address')}</dt>
              <dd>{doctor.practiceAddress}</dd>
            </>
          )}
        </dl>
        <WaitingOrders question={question} />
      </div>
      <p class="modal-intro">{say(question.remembered ? 'doctor-remembered' : 'doctor-not-remembered')}</p>
      <div class="two-ways">
        <section aria-labelledby="way-existing">
          <h3 id="way-existing">{say('doctor-way-existing')}</h3>
          <ClientChoice
            options={optionsOf(clients.value, question)}
            chosen={chosen.value}
            onChoose={(id) => {
              chosen.value = id
            }}
            onChosen={() => requestAnimationFrame(() => button.current?.focus())}
          />
        </section>
        <section aria-labelledby="way-new">
          <h3 id="way-new">{say('doctor-way-new')}</h3>
          <NewClient
            question={question}
            name={name}
            busy={busy}
            onSave={(body) => {
              sent.value = body.name
              onAnswer({ kind: 'doctor', new: known ? { ...body, sameName: true } : body })
            }}
          />
        </section>
      </div>
    </Modal>
  )
}

function NewClient({
  question,
  name,
  busy,
  onSave,
}: {
  readonly question: DoctorQuestion
  readonly name: Signal<string>
  readonly busy: boolean
  readonly onSave: (body: Record<'name' | 'address' | 'contact' | 'licence', string>) => void
}) {
  const nameLine = useRef<HTMLInputElement>(null)
  const address = useSignal((question.doctor.practiceAddress ?? '').slice(0, 500))
  const contact = useSignal('')
  const licence = useSignal((question.doctor.licence ?? '').slice(0, 64))
  const nameless = useSignal(false)
  const save = (event: Event): void => {
    event.preventDefault()
    nameless.value = name.value.trim() === ''
    if (nameless.value) nameLine.current?.focus()
    if (nameless.value || busy) return
    onSave({
      name: name.value.trim(),
      address: address.value.trim(),
      contact: contact.value.trim(),
      licence: licence.value.trim(),
    })
  }
  return (
    <form class="form" id="new-client" noValidate onSubmit={save}>
      <div class="field">
        <label for="new-name">{say('client-name')}</label>
        <input
          ref={nameLine}
          id="new-name"
          type="text"
          required
          maxLength={200}
          aria-invalid={nameless.value}
          aria-describedby={nameless.value ? 'new-name-fault' : undefined}
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value
            nameless.value = false
          }}
        />
        {nameless.value && (
          <p id="new-name-fault" class="fault">
            {say('client-name-needed')}
          </p>
        )}
      </div>
      <Line id="new-address" label={say('client-address')} limit={500} value={address} />
      <Line id="new-contact" label={say('client-contact')} limit={500} value={contact} />
      <Line id="new-licence" label={say('client-licence')} limit={64} value={licence} />
    </form>
  )
}

const Line = (line: {
  readonly id: string
  readonly label: string
  readonly limit: number
  readonly value: { value: string }
}) => (
  <div class="field">
    <label for={line.id}>{line.label}</label>
    <input
      id={line.id}
      type="text"
      maxLength={line.limit}
      value={line.value.value}
      onInput={(event) => {
        line.value.value = event.currentTarget.value
      }}
    />
  </div>
)

/** Likely ones first in their order, then all others by name. */
function optionsOf(clients: readonly ClientRow[], question: DoctorQuestion): readonly ClientOption[] {
  const option = (client: ClientRow, likely: boolean): ClientOption => ({
    id: client.id,
    name: client.name,
    aside: [client.id, client.address].filter((each) => each !== '').join(' · '),
    likely,
  })
  const byId = new Map(clients.map((client) => [client.id, client]))
  const likely = question.likely.flatMap((each) => byId.get(each.client) ?? [])
  const likelyIds = new Set(likely.map((each) => each.id))
  const others = clients.filter((each) => !likelyIds.has(each.id))
  return [
    ...likely.map((each) => option(each, true)),
    ...others.toSorted((a, b) => a.name.localeCompare(b.name)).map((each) => option(each, false)),
  ]
}
