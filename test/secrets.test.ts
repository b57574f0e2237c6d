import fc from 'fast-check'
import t from 'tap'
import { type Keychain, openSecrets } from '../plugin/secrets.ts'

/** Windows Credential Manager, as far as its limit goes: 2560 bytes of UTF-16 an entry. */
function smallEntries(failsAt = Number.POSITIVE_INFINITY) {
  const entries = new Map<string, string>()
  let changes = 0
  const change = () => {
    if (++changes >= failsAt) throw new Error('the process ends here')
  }
  const keychain: Keychain = {
    get: async (name) => entries.get(name) ?? null,
    async set(name, value) {
      if (Buffer.byteLength(value, 'utf16le') > 2560) throw new Error('longer than 2560')
      change()
      entries.set(name, value)
    },
    async delete(name) {
      change()
      return entries.delete(name)
    },
  }
  return { entries, open: async () => keychain }
}

const secretsOf = (open: () => Promise<Keychain>, patienceMs = 10_000) =>
  openSecrets({ open, entryLimit: 1200, patienceMs })

/** A second process, on what the first one left. */
const reopened = (entries: Map<string, string>) => {
  const fresh = smallEntries()
  for (const [name, value] of entries) fresh.entries.set(name, value)
  return { secrets: secretsOf(fresh.open), entries: fresh.entries }
}

const value = fc.string({ unit: 'grapheme', maxLength: 6000 })

t.test('a secret of any length comes back as it was, and nothing is left when it is removed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 3 }), async (values) => {
      const { entries, open } = smallEntries()
      const secrets = secretsOf(open)
      for (const each of values) {
        await secrets.write('a', each)
        if ((await secrets.read('a')) !== each) return false
      }
      await secrets.remove('a')
      return entries.size === 0
    }),
    { numRuns: 60 },
  )
})

t.test('wherever a write is cut off, the old secret or the new one is read: whole', async () => {
  const long = fc.integer({ min: 0, max: 6000 })
  await fc.assert(
    fc.asyncProperty(long, long, fc.integer({ min: 1, max: 60 }), async (one, other, at) => {
      const [old, fresh] = ['o'.repeat(one), 'n'.repeat(other)]
      const before = smallEntries()
      await secretsOf(before.open).write('a', old)
      const { entries, open } = smallEntries(at)
      for (const [name, each] of before.entries) entries.set(name, each)
      await secretsOf(open)
        .write('a', fresh)
        .catch(() => {})
      const after = reopened(entries)
      const read = await after.secrets.read('a')
      if (read !== old && read !== fresh) return false
      await after.secrets.write('a', fresh)
      if ((await after.secrets.read('a')) !== fresh) return false
      await after.secrets.remove('a')
      return after.entries.size === 0
    }),
    { numRuns: 200 },
  )
})

t.test('a secret of which a piece is missing or another’s is none', async (t) => {
  const { entries, open } = smallEntries()
  const secrets = secretsOf(open)
  await secrets.write('a', 's'.repeat(4000))
  entries.set('a a1', 'x'.repeat(1200))
  t.equal(await secrets.read('a'), null)
  entries.delete('a a1')
  t.equal(await secrets.read('a'), null)
  entries.set('a', 'what another program left')
  t.equal(await secrets.read('a'), null)
})

t.test('a secret that no keychain would take is refused before a piece of it stands there', async (t) => {
  const { entries, open } = smallEntries()
  await t.rejects(secretsOf(open).write('a', 's'.repeat(50_000)), { code: 'keychain-full' })
  t.equal(entries.size, 0)
})

t.test('a keychain that asks somebody who is not there is not waited for', async (t) => {
  let answer = (_: string | null) => {}
  const asking: Keychain = {
    get: () =>
      new Promise((resolve) => {
        answer = resolve
      }),
    set: async () => {},
    delete: async () => false,
  }
  const secrets = secretsOf(async () => asking, 20)
  await t.rejects(secrets.read('a'), { code: 'keychain-locked' })
  answer('=late')
})

for (const [saying, code] of [
  ["Couldn't access platform storage: User interaction is not allowed.", 'keychain-locked'],
  ['Platform failure: The user name or passphrase you entered is not correct.', 'keychain-denied'],
  ['Platform failure: User canceled the operation.', 'keychain-denied'],
  ["Attribute 'password' is longer than platform limit of 2560 chars", 'keychain-full'],
  ['Platform failure: something else', 'keychain-failed'],
] as const) {
  t.test(`“${saying}” is ${code}, and goes no further`, async (t) => {
    const refusing = () => Promise.reject(new Error(saying))
    const secrets = secretsOf(async () => ({ get: refusing, set: refusing, delete: refusing }))
    const error = await secrets.write('a', 'made-up-secret').catch((thrown: unknown) => thrown)
    t.match(error, { code, message: code, cause: undefined })
  })
}

t.test('where native code may not be loaded, secrets are kept in memory', async (t) => {
  const forbidden = Object.assign(new Error('no'), { code: 'ERR_DLOPEN_DISABLED' })
  const secrets = secretsOf(() => Promise.reject(forbidden))
  await secrets.write('a', 'x')
  t.equal(await secrets.read('a'), 'x')
  t.equal(secrets.kept, 'memory')
})
