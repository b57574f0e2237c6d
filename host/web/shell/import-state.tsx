import type { PluginRow } from '../../api.ts'
import { goToSignIn } from '../cloud/sign-in.ts'
import { cloud, importer } from '../live.ts'
import { awaitsSignIn, endedWell, isBarred, isQuiet } from '../standing.ts'
import { say } from '../words/say.ts'

type Look = { readonly dot: '' | 'good' | 'warn' | 'bad'; readonly text: string }

/** Where the import stands, in the colours of the icon: green when it is active and working. Leads to Settings, or to the sign-in. */
export function ImportState() {
  const row = importer.value
  if (row === null) return null
  const { dot, text } = lookOf(row)
  if (row.process.kind === 'running' && awaitsSignIn(row, cloud.value)) {
    return (
      <button type="button" class="import-state" onClick={goToSignIn}>
        <span class={`dot ${dot}`} />
        {text}
      </button>
    )
  }
  return (
    <a class="import-state" href="/settings">
      <span class={`dot ${dot}`} />
      {text}
    </a>
  )
}

function lookOf(row: PluginRow): Look {
  const name = { name: row.setting }
  if (isBarred(row)) return { dot: row.enabled ? 'bad' : '', text: say('import-barred', name) }
  // The switch is kept once the plugin has taken it: until then it starts, and is no more "disabled".
  if (!row.enabled && row.process.kind !== 'starting') return { dot: '', text: say('import-disabled', name) }
  switch (row.process.kind) {
    case 'stopped':
      return { dot: '', text: say('import-off', name) }
    case 'starting':
      return { dot: 'warn', text: say('import-starting', name) }
    case 'pausing':
      return { dot: 'warn', text: say(endedWell(row) ? 'import-starting' : 'import-pausing', name) }
    case 'given-up':
      return { dot: 'bad', text: say(endedWell(row) ? 'import-off' : 'import-given-up', name) }
    case 'running':
      return cloud.value?.paused === true && isQuiet(row.process.state.kind)
        ? { dot: '', text: say('import-paused', name) }
        : connectorLook(row.process.state.kind, name)
  }
}

function connectorLook(
  kind: Extract<PluginRow['process'], { kind: 'running' }>['state']['kind'],
  name: { readonly name: string },
): Look {
  switch (kind) {
    case 'off':
      return { dot: 'warn', text: say('import-no-source', name) }
    case 'signed-out':
      return { dot: 'bad', text: say('import-signed-out', name) }
    case 'connecting':
      return { dot: 'warn', text: say('import-connecting', name) }
    case 'active':
      return { dot: 'good', text: say('import-active', name) }
    case 'offline':
      return { dot: 'warn', text: say('import-offline', name) }
    case 'attention':
      return { dot: 'warn', text: say('import-attention', name) }
  }
}
