import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { toast } from '../toasts.tsx'
import { say } from '../words/say.ts'
import type { Change } from './settings-page.tsx'
import {
  faultOf,
  isPlaceholder,
  OWN_TEXT,
  ownTextOf,
  PLACEHOLDERS,
  type Placeholder,
  piecesOf,
  type TemplateFault,
} from './template.ts'

/** How project names are made, with an example as one types. */
export function NameTemplate({
  template,
  onChange,
}: {
  readonly template: string
  readonly onChange: Change
}) {
  const text = useSignal(template)
  const refused = useSignal<string | null>(null)
  const box = useRef<HTMLInputElement>(null)
  const unfit = faultOf(text.value)
  const fault = refused.value ?? (unfit && faultText(unfit))
  const insert = (placeholder: string): void => {
    const at = box.current?.selectionStart ?? text.value.length
    const to = box.current?.selectionEnd ?? at
    text.value = text.value.slice(0, at) + placeholder + text.value.slice(to)
    refused.value = null
    box.current?.focus()
    requestAnimationFrame(() =>
      box.current?.setSelectionRange(at + placeholder.length, at + placeholder.length),
    )
  }
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault()
        if (unfit !== null) return
        void onChange({ nameTemplate: text.value }).then((answer) => {
          refused.value = answer
          if (answer === null) toast(say('settings-saved'))
        })
      }}
    >
      <label for="name-template">{say('name-template')}</label>
      <div class="setting-value">
        <div class="path-line">
          <input
            id="name-template"
            ref={box}
            type="text"
            class="path"
            spellcheck={false}
            maxLength={200}
            aria-invalid={fault !== null}
            aria-describedby="name-template-preview name-template-room"
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value
              refused.value = null
            }}
          />
          <button type="submit" class="button small" disabled={unfit !== null || text.value === template}>
            {say('save')}
          </button>
        </div>
        <p id="name-template-preview" role="status">
          {fault !== null ? (
            <span class="fault">{fault}</span>
          ) : (
            <>
              <span class="help">{say('name-template-preview')}</span>{' '}
              <code class="preview">{exampleName(text.value)}</code>
            </>
          )}
        </p>
        <p id="name-template-room" class="help">
          {say('template-room', { count: ownTextOf(text.value), limit: OWN_TEXT })}
        </p>
        <div class="placeholders">
          {PLACEHOLDERS.map((each) => (
            <button key={each} type="button" class="button quiet small" onClick={() => insert(each)}>
              <code>{each}</code> {say(`placeholder-${each}`)}
            </button>
          ))}
        </div>
      </div>
    </form>
  )
}

/** A name as it would come out: short parts, so nothing of them is cut. */
const exampleName = (template: string): string =>
  piecesOf(template)
    .map((each) => (each === '%%' ? '%' : isPlaceholder(each) ? exampleOf(each) : legal(each)))
    .join('')

function faultText(fault: TemplateFault): string {
  switch (fault.kind) {
    case 'empty':
    case 'none':
      return say(`template-${fault.kind}`)
    case 'too-long':
      return say('template-too-long', { limit: OWN_TEXT })
    case 'unknown':
      return say('template-unknown', { placeholder: fault.placeholder })
  }
}

function exampleOf(placeholder: Placeholder): string {
  switch (placeholder) {
    case '%d':
      return new Date().toISOString().slice(0, 10)
    case '%l':
      return say('example-family')
    case '%f':
      return say('example-given')
    case '%p':
      return say('example-practice')
    case '%n':
      return '1001'
    case '%s':
      return '17'
    case '%tc':
      return 'A2'
  }
}

/** Characters that a folder's name cannot have, as the importer writes them. */
const legal = (text: string): string =>
  text
    .replaceAll('"', "'")
    .replaceAll('<', '(')
    .replaceAll('>', ')')
    .replace(/[:|?*/\\]/g, '_')
