import { useSignal } from '@preact/signals'
import type { Settings } from '../../api.ts'
import { Fault } from '../fault.tsx'
import type { Change } from '../settings/settings-page.tsx'
import { toast } from '../toasts.tsx'
import { say } from './words.ts'

/** Where MyiTero tells of new orders, for a laboratory whose computer can be reached from outside. */
export function Notices({
  webhook,
  onChange,
}: {
  readonly webhook: Settings['webhook']
  readonly onChange: Change
}) {
  const port = useSignal(webhook === null ? '' : String(webhook.port))
  const url = useSignal(webhook?.url ?? '')
  const fault = useSignal<string | null>(null)
  const isKept = webhook !== null && port.value === String(webhook.port) && url.value === webhook.url
  const keep = async (): Promise<void> => {
    const number = /^\d{1,5}$/.test(port.value.trim()) ? Number(port.value) : 0
    const address = url.value.trim()
    if (number < 1 || number > 65_535) fault.value = say('notices-port-unfit')
    else if (address === '') fault.value = say('notices-url-needed')
    else {
      fault.value = await onChange({ webhook: { port: number, url: address } })
      if (fault.value === null) toast(say('saved'))
    }
  }
  const turnOff = async (): Promise<void> => {
    fault.value = await onChange({ webhook: null })
    if (fault.value !== null) return
    port.value = ''
    url.value = ''
  }
  return (
    <form
      class="setting"
      aria-label={say('notices')}
      onSubmit={(event) => {
        event.preventDefault()
        void keep()
      }}
    >
      <span class="label">{say('notices')}</span>
      <div class="setting-value">
        <div class="cloud-notices">
          <div class="field">
            <label for="notices-port">{say('notices-port')}</label>
            <input
              id="notices-port"
              type="text"
              inputMode="numeric"
              maxLength={5}
              autocomplete="off"
              value={port.value}
              onInput={(event) => {
                port.value = event.currentTarget.value
              }}
            />
          </div>
          <div class="field">
            <label for="notices-url">{say('notices-url')}</label>
            <input
              id="notices-url"
              type="text"
              inputMode="url"
              spellcheck={false}
              maxLength={2000}
              autocomplete="off"
              placeholder="https://"
              value={url.value}
              onInput={(event) => {
                url.value = event.currentTarget.value
              }}
            />
          </div>
          <button
            type="submit"
            class="button small"
            disabled={isKept || (port.value === '' && url.value === '')}
          >
            {say('save')}
          </button>
          {webhook !== null && (
            <button type="button" class="button quiet small" onClick={() => void turnOff()}>
              {say('notices-off')}
            </button>
          )}
        </div>
        <p class="help">{say('notices-hint')}</p>
        <Fault text={fault.value} />
      </div>
    </form>
  )
}
