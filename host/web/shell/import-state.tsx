import type { PluginRow } from '../../api.ts'
import { importer } from '../live.ts'
import { say } from '../words/say.ts'

type Look = { readonly dot: '' | 'good' | 'warn' | 'bad'; readonly text: string }

/** Where the import stands, with a green dot when it is active and working. Leads to Settings. */
export function ImportState() {
  const row = importer.value
  if (row === null) return null
  const { dot, text } = lookOf(row)
  return (
    <a class="import-state" href="/settings">
      <span class={`dot ${dot}`} />
      {text}
    </a>
  )
}

function lookOf(row: PluginRow): Look {
  const name = { name: row.setting }
  if (!row.enabled) return { dot: '', text: say('import-disabled', name) }
  switch (row.process.kind) {
    case 'stopped':
      return { dot: '', text: say('import-off', name) }
    case 'starting':
      return { dot: 'warn', text: say('import-starting', name) }
    case 'pausing':
      return { dot: 'warn', text: say('import-pausing', name) }
    case 'given-up':
      return { dot: 'bad', text: say('import-given-up', name) }
    case 'running':
      return connectorLook(row.process.state.kind, name)
  }
}

function connectorLook(
  kind: Extract<PluginRow['process'], { kind: 'running' }>['state']['kind'],
  name: { readonly name: string },
): Look {
  switch (kind) {
    case 'off':
      return { dot: '', text: say('import-off', name) }
    case 'signed-out':
      return { dot: 'warn', text: say('import-signed-out', name) }
    case 'connecting':
      return { dot: 'warn', text: say('import-connecting', name) }
    case 'active':
      return { dot: 'good', text: say('import-active', name) }
    case 'offline':
      return { dot: 'warn', text: say('import-offline', name) }
    case 'attention':
      return { dot: 'bad', text: say('import-attention', name) }
  }
}
