import { useComputed, useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { ActivityEntry } from '../../api.ts'
import { readActivity } from '../api.ts'
import { atWork, casesChanged, questionsChanged, settingsChanged } from '../live.ts'
import { moment, second } from '../words/formats.ts'
import { say } from '../words/say.ts'

/** ms between two looks while much is happening. */
const BETWEEN = 1_000

/** What the import did, newest first. */
export function Activity() {
  const entries = useSignal<readonly ActivityEntry[] | null>(null)
  const fault = useSignal<string | null>(null)
  const more = useSignal(true)
  /** ms since the epoch: as it was told then. */
  const keptAt = useSignal<number | null>(null)
  const running = useComputed(() => atWork.value?.enabled === true && atWork.value.process.kind === 'running')
  const ran = useRef<boolean | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const read = async (after?: number): Promise<void> => {
    const result = await readActivity(after)
    fault.value = result.ok ? null : result.failure.text
    if (!result.ok) return
    const page = result.value.entries
    keptAt.value = result.value.keptAt
    const known = entries.peek() ?? []
    if (after !== undefined) {
      entries.value = [...known, ...page]
      more.value = page.length > 0
      return
    }
    const oldest = page.at(-1)?.id ?? 0
    entries.value = [...page, ...known.filter((each) => each.id < oldest)]
    if (page.length === 0) more.value = false
  }
  useSignalEffect(() => {
    casesChanged.value
    questionsChanged.value
    settingsChanged.value
    // its state moved: a folder went away, or came back
    atWork.value
    const turned = running.value !== ran.current
    ran.current = running.value
    clearTimeout(timer.current)
    if (entries.peek() === null || turned) void read()
    else timer.current = setTimeout(() => void read(), BETWEEN)
  })
  const now = entries.value ?? []
  const setting = atWork.value?.setting
  return (
    <section class="card" aria-labelledby="activity-title">
      <h2 id="activity-title">{say('activity')}</h2>
      {setting !== undefined && keptAt.value !== null && (
        <p class="none">{say('activity-kept', { name: setting, at: moment(keptAt.value) })}</p>
      )}
      {fault.value !== null && <p class="notice warn">{fault.value}</p>}
      {entries.value?.length === 0 && (
        <p class="none">
          {setting === undefined || running.value
            ? say('activity-none')
            : say('activity-not-running', { name: setting })}
        </p>
      )}
      {now.length > 0 && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
          <ol class="activity" tabIndex={0}>
            {now.map((each) => (
              <li key={each.id}>
                <time dateTime={new Date(each.at).toISOString()}>{second(each.at)}</time>
                <span>
                  {each.text}
                  {each.orderId !== null && !each.text.includes(each.orderId) && (
                    <span class="activity-order"> {say('activity-order', { order: each.orderId })}</span>
                  )}
                </span>
              </li>
            ))}
          </ol>
          {more.value && (
            <button type="button" class="button small older" onClick={() => void read(now.at(-1)?.id)}>
              {say('activity-more')}
            </button>
          )}
        </>
      )}
    </section>
  )
}
