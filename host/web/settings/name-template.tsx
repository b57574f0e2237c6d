import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { toast } from '../toasts.tsx'
import { say } from '../words/say.ts'
import type { Change } from './settings-page.tsx'

/** Placeholders of an installation, in the order they are offered. */
const PLACEHOLDERS = ['%d', '%l', '%f', '%p', '%n', '%s', '%tc'] as const
type Placeholder = (typeof PLACEHOLDERS)[number]

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
  const read = readTemplate(text.value)
  const fault = refused.value ?? (read.ok ? null : read.fault)
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
        if (!read.ok) return
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
            aria-describedby="name-template-preview"
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value
              refused.value = null
            }}
          />
          <button type="submit" class="button small" disabled={!read.ok || text.value === template}>
            {say('save')}
          </button>
        </div>
        <p id="name-template-preview" role="status">
          {fault !== null ? (
            <span class="fault">{fault}</span>
          ) : (
            <>
              <span class="help">{say('name-template-preview')}</span>{' '}
              <code class="preview">{read.ok ? read.example : ''}</code>
            </>
          )}
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

type Read = { readonly ok: true; readonly example: string } | { readonly ok: false; readonly fault: string }

/** As the importer reads it: %% is a percent sign, what else begins with % has to be known. */
function readTemplate(text: string): Read {
  if (text.trim() === '') return { ok: false, fault: say('template-empty') }
  const pieces = text.match(/%(?:tc|.|$)|[^%]+/gsu) ?? []
  const unknown = pieces.find((each) => each.startsWith('%') && each !== '%%' && !isPlaceholder(each))
  if (unknown !== undefined) return { ok: false, fault: say('template-unknown', { placeholder: unknown }) }
  if (!pieces.some(isPlaceholder)) return { ok: false, fault: say('template-none') }
  const example = pieces.map((each) =>
    each === '%%' ? '%' : isPlaceholder(each) ? exampleOf(each) : legal(each),
  )
  return { ok: true, example: example.join('') }
}

const isPlaceholder = (piece: string): piece is Placeholder => PLACEHOLDERS.some((each) => each === piece)

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
