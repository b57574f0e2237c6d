import { bars } from '../live.ts'
import { percent } from '../words/formats.ts'
import { say } from '../words/say.ts'

/** Bars shown at once; the rest is counted. */
const SHOWN = 3

/** Imports and downloads under way. */
export function Bars() {
  const all = bars.value
  if (all.length === 0) return null
  return (
    <section class="bars" aria-label={say('bars-label')}>
      {all.slice(0, SHOWN).map((bar) => {
        const share = bar.of === null || bar.of === 0 ? null : Math.min(1, bar.done / bar.of)
        return (
          <div key={bar.token} class="bar">
            <span class="bar-title" title={bar.title}>
              {bar.title}
            </span>
            <progress
              max={1}
              {...(share === null ? {} : { value: share })}
              aria-label={say('bar-label', { title: bar.title })}
            />
            <span class="bar-share">{share === null ? '' : percent(share)}</span>
          </div>
        )
      })}
      {all.length > SHOWN && <span class="bar-more">{say('bars-more', { count: all.length - SHOWN })}</span>}
    </section>
  )
}
