import { useSignal } from '@preact/signals'
import { Fault } from '../fault.tsx'
import type { Change } from '../settings/settings-page.tsx'
import { toast } from '../toasts.tsx'
import { decimal } from '../words/formats.ts'
import { say } from './words.ts'

/** Bytes of a megabyte, as lines are sold. */
const MEGABYTE = 1_000_000
/** MB/s, as the bridge has it. */
const LEAST = 0.01
const MOST = 10_000

/** How much of the line all downloads together may take. */
export function Bandwidth({
  bytesPerSecond,
  onChange,
}: {
  readonly bytesPerSecond: number | null
  readonly onChange: Change
}) {
  const kept = bytesPerSecond === null ? '' : shown(bytesPerSecond)
  const text = useSignal(kept)
  const fault = useSignal<string | null>(null)
  const keep = async (): Promise<void> => {
    const wished = limitOf(text.value)
    if (wished === undefined) {
      fault.value = say('bandwidth-unfit', { least: decimal(LEAST) })
      return
    }
    fault.value = await onChange({ bytesPerSecond: wished })
    if (fault.value !== null) return
    text.value = wished === null ? '' : shown(wished)
    toast(say('saved'))
  }
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault()
        void keep()
      }}
    >
      <label for="bandwidth">{say('bandwidth')}</label>
      <div class="setting-value">
        <div class="cloud-line">
          <input
            id="bandwidth"
            type="text"
            inputMode="decimal"
            maxLength={12}
            autocomplete="off"
            placeholder={say('bandwidth-none')}
            aria-invalid={fault.value !== null}
            aria-describedby="bandwidth-hint"
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value
              fault.value = null
            }}
          />
          <span>{say('bandwidth-unit')}</span>
          <button type="submit" class="button small" disabled={text.value.trim() === kept}>
            {say('save')}
          </button>
        </div>
        <p id="bandwidth-hint" class="help">
          {say('bandwidth-hint')}
        </p>
        <Fault text={fault.value} />
      </div>
    </form>
  )
}

/** Bytes a second; null: none; undefined: it is no number that would do. */
function limitOf(text: string): number | null | undefined {
  const plain = text.trim().replace(',', '.')
  if (plain === '') return null
  if (!/^\d+(\.\d+)?$/.test(plain)) return undefined
  const wished = Number(plain)
  return wished >= LEAST && wished <= MOST ? Math.round(wished * MEGABYTE) : undefined
}

/** Without thousands: it is read again as it stands. */
const shown = (bytes: number): string =>
  String(bytes / MEGABYTE).replace('.', decimal(0.5).includes(',') ? ',' : '.')
