import t from 'tap'
import { readProfile } from '../../plugin/cloud/profile.ts'

const GOOD = {
  name: 'Fixture',
  issuer: 'https://cloud.fixture.example/oauth/',
  clientId: 'fixture',
  apiBase: 'https://cloud.fixture.example/api',
  redirectUri: 'http://127.0.0.1:0/callback',
  scopes: ['openid', 'orders'],
  hosts: ['*.fixture.example'],
  poll: { fastestMs: 1000, slowestMs: 60_000 },
}

const read = (more: object) => readProfile(JSON.stringify({ ...GOOD, ...more }))

t.test('a profile is read, also with a mark at its beginning and a slash at an address’s end', async (t) => {
  const profile = readProfile(`\uFEFF${JSON.stringify({ $schema: 'x', ...GOOD })}`)
  t.strictSame(profile, { ...GOOD, issuer: 'https://cloud.fixture.example/oauth' })
})

t.test('on this computer http will do', async (t) => {
  for (const host of ['127.0.0.1:7663', 'localhost:7663', '[::1]:7663']) {
    t.equal(read({ apiBase: `http://${host}/api` }).apiBase, `http://${host}/api`)
  }
})

for (const [what, text, field, problem] of [
  ['no JSON', '{', '', 'not-json'],
  ['too much', ' '.repeat(20_001), '', 'too-large'],
  ['a list', '[]', '', 'type'],
] as const) {
  t.test(`${what} is no profile`, async (t) => {
    t.throws(() => readProfile(text), { code: 'profile-invalid', facts: { field, problem } })
  })
}

for (const [what, more, field, problem] of [
  ['a member missing', { issuer: undefined }, '/issuer', 'required'],
  ['a member too much', { password: 'x' }, '/password', 'additionalProperties'],
  ['an issuer without TLS', { issuer: 'http://cloud.fixture.example' }, '/issuer', 'not-https'],
  ['an API without TLS', { apiBase: 'http://cloud.fixture.example' }, '/apiBase', 'not-https'],
  [
    'a host that only looks like this computer',
    { apiBase: 'http://127.0.0.1.example' },
    '/apiBase',
    'not-https',
  ],
  ['a login page without TLS', { loginPage: 'http://cloud.fixture.example' }, '/loginPage', 'not-https'],
  ['a password in an address', { apiBase: 'https://u:p@cloud.fixture.example' }, '/apiBase', 'has-password'],
  ['another scheme', { issuer: 'file:///etc/passwd' }, '/issuer', 'pattern'],
  [
    'a redirect elsewhere without TLS',
    { redirectUri: 'http://lab.example/back' },
    '/redirectUri',
    'not-https',
  ],
  ['a redirect here with TLS', { redirectUri: 'https://127.0.0.1/back' }, '/redirectUri', 'loopback-https'],
  ['a host with a path', { hosts: ['a.example/x'] }, '/hosts/0', 'pattern'],
  ['every host', { hosts: ['*'] }, '/hosts/0', 'pattern'],
  ['a client id with a line break', { clientId: 'a\nb' }, '/clientId', 'pattern'],
  [
    'pauses the wrong way round',
    { poll: { fastestMs: 2000, slowestMs: 1000 } },
    '/poll/fastestMs',
    'maximum',
  ],
] as const) {
  t.test(`${what} is refused, and named`, async (t) => {
    t.throws(() => read(more), { code: 'profile-invalid', facts: { field, problem } })
  })
}
