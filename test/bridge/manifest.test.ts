import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readManifest } from '../../bridge/manifest.ts'
import { PROTOCOL_VERSION } from '../../bridge/numbers.ts'

const OWN = join(import.meta.dirname, '../../plugin/plugin.json')

const reading = async (t: Test, text: string | Buffer) => {
  const file = join(t.testdir(), 'plugin.json')
  await writeFile(file, text)
  return readManifest(file)
}

t.test('the plugin’s own manifest is read, and speaks our version', async (t) => {
  const manifest = await readManifest(OWN)
  t.equal(manifest.id, 'myitero-import')
  t.equal(manifest.bridge, PROTOCOL_VERSION)
  t.equal(manifest.requires.engineBuild, 7662)
  t.equal(manifest.permissions.caseFolder, 'write')
})

t.test('a mark of byte order does not disturb', async (t) => {
  const own = await readManifest(OWN)
  t.same(await reading(t, `\uFEFF${JSON.stringify(own)}`), own)
})

t.test('a manifest that is not there', async (t) => {
  await t.rejects(readManifest(join(t.testdir(), 'plugin.json')), { code: 'manifest-unreadable' })
})

t.test('a manifest that is a folder', async (t) => {
  await t.rejects(readManifest(t.testdir()), { code: 'manifest-unreadable' })
})

for (const [what, text, code] of [
  ['empty', '', 'manifest-not-json'],
  ['half', '{"id": "x"', 'manifest-not-json'],
  ['garbage', Buffer.from([0xff, 0x00, 0x80]), 'manifest-not-json'],
  ['endless', ' '.repeat(70_000), 'manifest-too-large'],
  ['a list', '[]', 'manifest-invalid'],
  ['null', 'null', 'manifest-invalid'],
] as const) {
  t.test(`a manifest that is ${what}`, async (t) => {
    await t.rejects(reading(t, text), { name: 'BridgeError', code })
  })
}

for (const [what, change] of Object.entries({
  'an id with a way out of its folder': { id: '../x' },
  'no id': { id: undefined },
  'an entry outside of its folder': { entry: '../main.ts' },
  'an absolute entry': { entry: '/main.ts' },
  'an entry that is an option': { entry: '--eval=1' },
  'an entry of another kind': { entry: 'main.sh' },
  'a bridge that is a text': { bridge: '1' },
  'a misspelt permission': { permissions: { caseFolder: 'write', networkHosts: [], childProcess: true } },
  'an unknown licence': { requires: { licence: ['gratis'] } },
  'a host with a path': { permissions: { caseFolder: 'write', networkHosts: ['a/b'] } },
  'a member that nobody knows': { postinstall: 'x' },
})) {
  t.test(`a manifest with ${what} is invalid, and it is said where`, async (t) => {
    const own = await readManifest(OWN)
    await t.rejects(reading(t, JSON.stringify({ ...own, ...change })), {
      code: 'manifest-invalid',
      message: /manifest-invalid: \//,
    })
  })
}
