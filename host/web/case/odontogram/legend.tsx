import type { CaseTooth } from '../../../api.ts'
import { say } from '../words.ts'
import { connections } from './arch.ts'
import { BYSTANDERS, drawnAs, isOnImplant, RESTORATIONS } from './restoration.ts'

/** What the colours and marks of this chart mean; only those that occur. */
export function Legend({ teeth }: { readonly teeth: readonly CaseTooth[] }) {
  const drawn = new Set(teeth.map(drawnAs))
  return (
    <ul class="legend" aria-label={say('legend')}>
      {[...RESTORATIONS, ...BYSTANDERS]
        .filter((kind) => drawn.has(kind))
        .map((kind) => (
          <li key={kind}>
            <svg viewBox="-5 -5 10 10" aria-hidden="true">
              <g class={`odo-tooth kind-${kind}`}>
                <rect class="outline" x="-4" y="-4" width="8" height="8" rx="2.4" />
                {kind === 'missing' && <path class="cross" d="M-1.7-1.7L1.7 1.7M1.7-1.7L-1.7 1.7" />}
              </g>
            </svg>
            {say(`kind-${kind}`)}
          </li>
        ))}
      {teeth.some(isOnImplant) && (
        <li>
          <svg viewBox="-5 -5 10 10" aria-hidden="true">
            <g class="screw">
              <circle r="3" />
              <path d="M-1.6 0h3.2" />
            </g>
          </svg>
          {say('on-implant')}
        </li>
      )}
      {connections(teeth).length > 0 && (
        <li>
          <svg viewBox="-5 -5 10 10" aria-hidden="true">
            <g class="connector">
              <line class="rod" x1="-3" x2="3" y1="0" y2="0" />
            </g>
          </svg>
          {say('connector')}
        </li>
      )}
    </ul>
  )
}
