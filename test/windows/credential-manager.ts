// Run under Windows' Node by run.ts: secrets in Windows' own Credential Manager, beside test/secrets.test.ts.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { AsyncEntry } from '@napi-rs/keyring'
import t, { type Test } from 'tap'
import { systemSecrets } from '../../plugin/secrets.ts'

const SERVICE = 'MyiTero import'
const CHILD = join(import.meta.dirname, '../secrets-child.ts')
const keychain = (result: unknown) => ({ result, kept: 'keychain' })

/** The plugin's secrets, with the entries of these names gone before and after. */
async function secretsFor(t: Test, ...names: readonly string[]) {
  const secrets = systemSecrets(SERVICE)
  const clear = async () => {
    for (const name of names) await secrets.remove(name)
  }
  await clear()
  t.teardown(clear)
  return secrets
}

/** A process of its own, as after a restart. */
function restarted(...steps: readonly string[]): readonly unknown[] {
  const { stdout } = spawnSync(process.execPath, [CHILD, ...steps], { encoding: 'utf8', timeout: 60_000 })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** What stands in Credential Manager itself. */
const entry = async (name: string) => (await new AsyncEntry(SERVICE, name).getPassword()) ?? null

t.test('a secret comes back as it was, and is gone when it is removed', async (t) => {
  const secrets = await secretsFor(t, 'a')
  t.equal(await secrets.read('a'), null)
  await secrets.write('a', 'gehäuse 🦷 of a token')
  t.equal(await secrets.read('a'), 'gehäuse 🦷 of a token')
  t.equal(secrets.kept, 'keychain')
  t.ok(await entry('a'))
  await secrets.remove('a')
  t.equal(await secrets.read('a'), null)
  t.equal(await entry('a'), null)
})

t.test('Credential Manager takes no more than 2560 bytes an entry', async (t) => {
  const one = new AsyncEntry(SERVICE, 'limit')
  t.teardown(() => one.deletePassword())
  await one.setPassword('x'.repeat(1280))
  await t.rejects(one.setPassword('x'.repeat(1281)))
})

t.test('a secret longer than one entry is cut into several, and nothing of them is left', async (t) => {
  const secrets = await secretsFor(t, 'long')
  const pieces = async () =>
    (await Promise.all([0, 1, 2, 3].map((at) => entry(`long a${at}`)))).filter(Boolean)
  const value = `${'🦷'.repeat(900)}${'t'.repeat(2000)}`
  await secrets.write('long', value)
  t.equal(await secrets.read('long'), value)
  t.equal((await pieces()).length, 4)
  await secrets.write('long', 'short')
  t.equal(await secrets.read('long'), 'short')
  t.equal((await pieces()).length, 0)
  await secrets.write('long', value)
  await secrets.remove('long')
  t.equal((await pieces()).length, 0)
  t.equal(await entry('long'), null)
})

t.test('a longer secret takes the place of another long one, whole', async (t) => {
  const secrets = await secretsFor(t, 'a')
  await secrets.write('a', 'o'.repeat(5000))
  await secrets.write('a', 'n'.repeat(7000))
  t.equal(await secrets.read('a'), 'n'.repeat(7000))
})

t.test('two names are two secrets', async (t) => {
  const secrets = await secretsFor(t, 'one', 'two')
  await secrets.write('one', '1'.repeat(3000))
  await secrets.write('two', '2')
  t.equal(await secrets.read('one'), '1'.repeat(3000))
  t.equal(await secrets.read('two'), '2')
  await secrets.remove('one')
  t.equal(await secrets.read('two'), '2')
})

t.test('what one process wrote the next one reads, until it is removed', async (t) => {
  const secrets = await secretsFor(t, 'kept')
  await secrets.write('kept', 's'.repeat(3000))
  t.strictSame(restarted('read:kept', 'write:kept:20', 'read:kept'), [
    keychain(3000),
    keychain('done'),
    keychain(20),
  ])
  t.equal((await secrets.read('kept'))?.length, 20)
  t.strictSame(restarted('remove:kept', 'read:kept'), [keychain('done'), keychain(null)])
  t.equal(await secrets.read('kept'), null)
})

t.test('a secret too long for all its entries is refused, and the old one stays', async (t) => {
  const secrets = await secretsFor(t, 'a')
  await secrets.write('a', 'old')
  await t.rejects(secrets.write('a', 's'.repeat(50_000)), { code: 'keychain-full' })
  t.equal(await secrets.read('a'), 'old')
})
