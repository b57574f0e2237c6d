import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { isFound } from '../../folded-text.ts'
import { say } from '../words/say.ts'

export interface ClientOption {
  readonly id: string
  readonly name: string
  readonly aside: string
  readonly likely: boolean
}

/** Options drawn at once; more are found by typing. */
const DRAWN = 100

/** A searchable list of clients, the likely ones on top: a combobox whose list stays open. */
export function ClientChoice(choice: {
  readonly options: readonly ClientOption[]
  readonly chosen: string | null
  readonly onChoose: (id: string | null) => void
  /** Enter has chosen one: on to what is to be done with it. */
  readonly onChosen: () => void
}) {
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const text = useSignal('')
  const active = useSignal(-1)
  const found = matching(choice.options, text.value)
  const drawn = found.slice(0, DRAWN)

  const moveTo = (index: number): void => {
    const to = Math.max(0, Math.min(drawn.length - 1, index))
    active.value = to
    choice.onChoose(drawn[to]?.id ?? null)
    list.current?.children[to]?.scrollIntoView({ block: 'nearest' })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active.value + 1,
      ArrowUp: active.value - 1,
      PageDown: active.value + 6,
      PageUp: active.value - 6,
    }
    const to = steps[event.key]
    if (to !== undefined && drawn.length > 0) {
      event.preventDefault()
      moveTo(to)
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      const only = drawn.length === 1 ? 0 : -1
      const index = drawn[active.value] === undefined ? only : active.value
      if (index >= 0) moveTo(index)
      if (index >= 0 || choice.chosen !== null) choice.onChosen()
    }
  }
  return (
    <div class="field combobox">
      <label for={`${id}-text`}>{say('client-search')}</label>
      <input
        id={`${id}-text`}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={drawn[active.value] === undefined ? undefined : `${id}-${active.value}`}
        placeholder={say('type-to-search')}
        autocomplete="off"
        spellcheck={false}
        autofocus
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
          active.value = -1
          choice.onChoose(null)
          list.current?.scrollTo(0, 0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${id}-list`} ref={list} class="options" role="listbox" aria-label={say('nav-clients')}>
        {drawn.map((each, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys go to the text box above
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text box
          <div
            key={each.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={choice.chosen === each.id}
            class={`option ${index === active.value ? 'active' : ''}`}
            onClick={() => {
              active.value = index
              choice.onChoose(each.id)
            }}
          >
            <span>{each.name}</span>
            <span class="aside">{each.aside}</span>
            {each.likely && <span class="badge accent">{say('likely')}</span>}
          </div>
        ))}
      </div>
      <p class="visually-hidden" role="status">
        {say('clients-found', { count: found.length })}
      </p>
      {found.length === 0 && (
        <p class="help">{say(choice.options.length === 0 ? 'clients-none' : 'clients-none-found')}</p>
      )}
      {found.length > DRAWN && <p class="help">{say('clients-more', { count: found.length - DRAWN })}</p>}
    </div>
  )
}

/** Those in which every typed word occurs, likely ones first. */
const matching = (options: readonly ClientOption[], text: string): readonly ClientOption[] =>
  text.trim() === '' ? options : options.filter((each) => isFound(text, [each.name, each.aside, each.id]))
