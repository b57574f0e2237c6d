import { useSignal } from '@preact/signals'
import type { MaterialQuestion, Names } from '../../../bridge/data.ts'
import type { QuestionAnswer } from '../../api.ts'
import { inArchOrder } from '../../arch-order.ts'
import { isFound } from '../../folded-text.ts'
import { reconstructionName } from '../words/reconstructions.ts'
import { say } from '../words/say.ts'
import { language } from '../words/words.ts'
import { Modal } from './modal.tsx'
import { WaitingOrders } from './waiting-orders.tsx'

/** Candidates from which on the list can be searched. */
const MANY = 12

/** A name in the language of the page. */
export const named = (names: Names): string => names[language.value] ?? names.en

/** Which of the laboratory's materials, and how is it made? */
export function MaterialDialog({
  question,
  fault,
  busy,
  onAnswer,
  onPutOff,
}: {
  readonly question: MaterialQuestion
  readonly fault: string | null
  readonly busy: boolean
  readonly onAnswer: (answer: QuestionAnswer) => void
  readonly onPutOff: () => void
}) {
  const only = question.candidates.length === 1 ? question.candidates[0] : undefined
  const material = useSignal(question.proposed.material ?? only?.code ?? null)
  const method = useSignal(question.proposed.method)
  const keepMaterial = useSignal(question.canDefault && question.makeDefault.material)
  const keepMethod = useSignal(question.canDefault && question.makeDefault.method)
  const searched = useSignal('')

  const candidate = question.candidates.find((each) => each.code === material.value)
  const methods = candidate?.methods ?? []
  const chosenMethod =
    methods.find((each) => each.code === method.value)?.code ??
    (methods.length === 1 ? methods[0]?.code : undefined)
  const ordered = question.itero.name ?? question.itero.id ?? say('material-not-stated')

  const answer = (event: Event): void => {
    event.preventDefault()
    if (candidate === undefined || chosenMethod === undefined || busy) return
    onAnswer({
      kind: 'material',
      material: candidate.code,
      method: chosenMethod,
      makeDefault: {
        material: question.canDefault && keepMaterial.value,
        method: question.canDefault && keepMethod.value,
      },
    })
  }
  const shown = question.candidates.filter((each) => isFound(searched.value, [named(each.names), each.code]))
  return (
    <Modal
      title={say('question-material-ask')}
      wide
      onClose={onPutOff}
      foot={
        <>
          {fault !== null && (
            <p class="notice bad" role="alert">
              {fault}
            </p>
          )}
          <div class="modal-actions">
            <button type="button" class="button" onClick={onPutOff}>
              {say('put-off')}
            </button>
            <button
              type="submit"
              form="material-answer"
              class="button primary"
              disabled={busy || candidate === undefined || chosenMethod === undefined}
            >
              {say('material-assign')}
            </button>
          </div>
        </>
      }
    >
      <form class="two-ways" onSubmit={answer} id="material-answer">
        <div>
          <Ordered question={question} ordered={ordered} />
        </div>
        <div>
          <fieldset class="group">
            <legend>{say('material-choose')}</legend>
            {question.candidates.length > MANY && (
              <input
                type="text"
                aria-label={say('material-search')}
                placeholder={say('type-to-search')}
                value={searched.value}
                onInput={(event) => {
                  searched.value = event.currentTarget.value
                }}
              />
            )}
            <div class="choices">
              {shown.map((each, index) => (
                <label key={each.code}>
                  <input
                    type="radio"
                    name="material"
                    value={each.code}
                    autofocus={material.value === null ? index === 0 : material.value === each.code}
                    checked={material.value === each.code}
                    onChange={() => {
                      material.value = each.code
                    }}
                  />
                  {named(each.names)}
                  {question.proposed.material === each.code && (
                    <span class="badge accent">{say('proposed')}</span>
                  )}
                </label>
              ))}
            </div>
          </fieldset>
          <fieldset class="group">
            <legend>{say('method-choose')}</legend>
            {candidate === undefined ? (
              <p class="help">{say('material-first')}</p>
            ) : (
              <div class="choices">
                {methods.map((each) => (
                  <label key={each.code}>
                    <input
                      type="radio"
                      name="method"
                      value={each.code}
                      checked={chosenMethod === each.code}
                      onChange={() => {
                        method.value = each.code
                      }}
                    />
                    {named(each.names)}
                  </label>
                ))}
              </div>
            )}
          </fieldset>
          {question.canDefault ? (
            <div class="form">
              <Check label={say('default-material', { ordered })} value={keepMaterial} />
              <Check label={say('default-method', { ordered })} value={keepMethod} />
            </div>
          ) : (
            <p class="help">{say('material-no-default')}</p>
          )}
        </div>
      </form>
    </Modal>
  )
}

function Ordered({ question, ordered }: { readonly question: MaterialQuestion; readonly ordered: string }) {
  const teeth = inArchOrder([...new Set(question.waiting.flatMap((each) => each.teeth))])
  const notes = notesOf(question)
  const work = question.work.reconstructionTypes.map(reconstructionName)
  if (question.work.connectors) work.push(say('work-connectors'))
  if (question.work.abutment) work.push(say('work-abutment'))
  return (
    <div class="ordered">
      <div>
        <p class="help">{say('ordered')}</p>
        <p class="ordered-material">{ordered}</p>
      </div>
      <div class="field">
        <p class="label">{say('column-teeth')}</p>
        <p class="teeth">
          {teeth.map((each) => (
            <span key={each} class="tooth">
              {each}
            </span>
          ))}
        </p>
      </div>
      <div class="field">
        <p class="label">{say('work')}</p>
        <p>{work.join(', ')}</p>
      </div>
      {notes.map(({ note, orders }) => (
        <div key={orders[0]} class="field">
          <p class="label">{noteLabel(question, orders)}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <p class="note" tabIndex={0}>
            {note}
          </p>
        </div>
      ))}
      {question.waitingCount > question.waiting.length && (
        <p class="notice warn">
          {say('not-shown-of', { count: question.waitingCount - question.waiting.length })}
        </p>
      )}
      <WaitingOrders question={question} />
    </div>
  )
}

/** Each note once, with the orders that carry it. */
function notesOf({ waiting }: MaterialQuestion) {
  const orders = new Map<string, string[]>()
  for (const each of waiting) {
    const note = each.note.trim()
    if (note === '') continue
    orders.set(note, [...(orders.get(note) ?? []), each.orderCode ?? each.orderId])
  }
  return [...orders].map(([note, carrying]) => ({ note, orders: carrying }))
}

function noteLabel({ waitingCount }: MaterialQuestion, orders: readonly string[]): string {
  if (orders.length === waitingCount) return say('doctors-note')
  return orders.length === 1
    ? say('doctors-note-of', { order: orders.join() })
    : say('doctors-note-of-several', { orders: orders.join(', ') })
}

const Check = ({ label, value }: { readonly label: string; readonly value: { value: boolean } }) => (
  <label class="check">
    <input
      type="checkbox"
      checked={value.value}
      onChange={(event) => {
        value.value = event.currentTarget.checked
      }}
    />
    {label}
  </label>
)
