import { percent, size } from '../../words/formats.ts'
import { say } from '../words.ts'
import type { Scan } from './scan.ts'

/** Switches of the scans, with what stands in their way. */
export const ScanList = ({ scans }: { readonly scans: readonly Scan[] }) => (
  <ul class="scan-list">
    {scans.map((scan) => (
      <ScanRow key={scan.name} scan={scan} />
    ))}
  </ul>
)

function ScanRow({ scan }: { readonly scan: Scan }) {
  const label = labelOf(scan)
  const state = scan.state.value
  const shown = scan.visible.value && !scan.veiled.value
  return (
    <li class={state.kind === 'failed' ? 'failed' : undefined}>
      <label class="check">
        <input
          type="checkbox"
          checked={shown}
          onChange={() => {
            scan.visible.value = !shown
            scan.veiled.value = false
          }}
        />
        <span class={`swatch ${scan.role}`} />
        <span class="scan-name" title={scan.name}>
          {label}
        </span>
      </label>
      {state.kind === 'loading' ? (
        <span class="scan-progress">
          <progress max={scan.bytes} value={state.done} aria-label={say('scan-loading', { scan: label })} />
          <span>{percent(Math.min(1, Math.floor((state.done / Math.max(1, scan.bytes)) * 100) / 100))}</span>
        </span>
      ) : state.kind === 'shown' && shown ? (
        <input
          type="range"
          class="opacity"
          min="0.1"
          max="1"
          step="0.05"
          value={scan.opacity.value}
          aria-label={say('opacity', { scan: label })}
          title={say('opacity', { scan: label })}
          onInput={(event) => {
            scan.opacity.value = Number(event.currentTarget.value)
          }}
        />
      ) : (
        <span class="scan-size" title={scan.name}>
          {state.kind === 'waiting' ? say('scan-waiting') : size(scan.bytes)}
        </span>
      )}
      {state.kind === 'failed' && (
        <p class="scan-fault" role="alert">
          {say(`fault-${state.fault}`)}
        </p>
      )}
    </li>
  )
}

function labelOf({ role, jaw, shortName }: Scan): string {
  switch (role) {
    case 'jaw':
      return say(jaw === null ? 'both-jaws' : `${jaw}-jaw`)
    case 'situ':
    case 'gingiva':
    case 'marker':
      return say(`${jaw ?? 'any'}-${role}`)
    case 'bite':
      return say('bite')
    case 'other':
      return shortName
  }
}
