import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { readManifest } from '../../bridge/manifest.ts'
import { PROTOCOL_VERSION } from '../../bridge/numbers.ts'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

t.test('the manifest is one that a host takes, of this version, and its entry is there', async (t) => {
  const manifest = await readManifest(at('plugin/plugin.json'))
  const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string }
  t.match(manifest, { id: 'myitero-import', version, bridge: PROTOCOL_VERSION })
  t.ok(existsSync(at(`plugin/${manifest.entry}`)))
})

t.test(
  'it asks for the case folder, the cloud, the keychain, on Windows the icon, and for nothing else',
  async (t) => {
    const { permissions } = await readManifest(at('plugin/plugin.json'))
    t.strictSame(permissions, {
      caseFolder: 'write',
      networkHosts: ['profile:hosts'],
      keychainService: 'MyiTero import',
      native: [{ package: '@napi-rs/keyring' }, { package: '@koromix/koffi', platforms: ['win32'] }],
    })
  },
)
