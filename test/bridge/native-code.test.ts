import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { permissionFlags, pluginEnvironment } from '../../bridge/launch.ts'
import type { NativePackage } from '../../bridge/manifest.ts'
import { nativeFolders } from '../../bridge/native-code.ts'
import { CODE, MANIFEST, PEERS } from './served.ts'

t.setTimeout(280_000)

const KEYRING: readonly NativePackage[] = [{ package: '@napi-rs/keyring' }]

/** What a plugin is told that loads a module with native code; '' where it is loaded. */
function loading(
  t: Test,
  module: string,
  native: readonly NativePackage[],
  dataFolder = t.testdir({}),
): string {
  const manifest = {
    ...MANIFEST,
    permissions: { ...MANIFEST.permissions, caseFolder: 'none' as const, native },
  }
  const started = { manifest, folder: PEERS }
  const flags = permissionFlags({
    ...started,
    code: CODE,
    dataFolder,
    configuration: { caseFolder: '/none', exportFolder: null },
  })
  const program = `
    try {
      require('node:module').createRequire(${JSON.stringify(join(PEERS, 'x.js'))})(${JSON.stringify(module)})
      console.log('')
    } catch (error) {
      console.log(error.cause?.code ?? error.code)
    }`
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', program], {
    cwd: dataFolder,
    encoding: 'utf8',
    env: pluginEnvironment(started),
  })
  return stdout === '' ? stderr : stdout.trim()
}

t.test('native code that the manifest names is loaded', async (t) => {
  t.equal(loading(t, '@napi-rs/keyring', KEYRING), '')
})

t.test('native code that it does not name is refused', async (t) => {
  t.not(loading(t, 'koffi', KEYRING), '')
  t.not(loading(t, '@napi-rs/keyring', []), '')
})

t.test('a copy in a folder that the plugin may write to is refused, whatever its name', async (t) => {
  const dataFolder = t.testdir({})
  const copy = join(dataFolder, 'node_modules/@napi-rs/keyring-linux-x64-gnu')
  mkdirSync(copy, { recursive: true })
  const [original = ''] = nativeFolders(KEYRING, PEERS, process.platform).filter((one) => /-\w+-/.test(one))
  cpSync(original, copy, { recursive: true })
  t.equal(loading(t, copy, KEYRING, dataFolder), 'ERR_ACCESS_DENIED')
})

t.test('a package of another platform adds no permission', async (t) => {
  const elsewhere = process.platform === 'win32' ? 'linux' : 'win32'
  const native = [{ package: '@napi-rs/keyring', platforms: [elsewhere] }] as const
  t.same(nativeFolders(native, PEERS, process.platform), [])
  t.not(nativeFolders(KEYRING, PEERS, process.platform).length, 0)
})
