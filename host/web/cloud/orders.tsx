import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Fault } from '../fault.tsx'
import { cloud } from '../live.ts'
import type { Change } from '../settings/settings-page.tsx'
import { ago, moment } from '../words/formats.ts'
import { say } from './words.ts'

/** ms; "2 minutes ago" grows old. */
const TICK = 15_000

/** When orders were looked for last; a pause, where there is something to pause. */
export function Orders({ paused, onChange }: { readonly paused: boolean; readonly onChange: Change }) {
  const fault = useSignal<string | null>(null)
  const clock = useSignal(Date.now())
  useEffect(() => {
    const timer = setInterval(() => {
      clock.value = Date.now()
    }, TICK)
    return () => clearInterval(timer)
  }, [])
  const now = cloud.value
  if (now === null) return null
  const text = paused
    ? say('is-paused')
    : now.syncing
      ? say('syncing')
      : now.lastSync === null
        ? say('never-synced')
        : say('last-sync', {
            ago: ago(now.lastSync, Math.max(clock.value, now.lastSync)),
            at: moment(now.lastSync),
          })
  return (
    <div class="setting">
      <span class="label">{say('orders')}</span>
      <div class="setting-value">
        <div class="cloud-line">
          <span role="status">{text}</span>
          {(paused || now.session.kind === 'signed-in') && (
            <button
              type="button"
              class="button small"
              onClick={async () => {
                fault.value = await onChange({ cloudPaused: !paused })
              }}
            >
              {say(paused ? 'resume' : 'pause')}
            </button>
          )}
        </div>
        <Fault text={fault.value} />
      </div>
    </div>
  )
}
