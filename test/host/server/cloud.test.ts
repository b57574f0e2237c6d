import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CloudState } from '../../../bridge/data.ts'
import type { ActivityEntry, CaseList, SignIn } from '../../../host/api.ts'
import { failureOf } from '../../../host/words/words.ts'
import { type Answered, type Browser, codeOf, type Laboratory, laboratory, textOf } from './laboratory.ts'
import type { Script } from './plugins/scripted/script.ts'

const PROFILE = {
  name: 'Made-up cloud',
  issuer: 'https://login.example/oauth',
  clientId: 'laboratory',
  apiBase: 'https://api.example',
  redirectUri: 'http://127.0.0.1:0/callback',
  scopes: ['openid'],
  hosts: ['*.example'],
  poll: { fastestMs: 2000, slowestMs: 15_000 },
}
const SIGNED_OUT: CloudState = {
  name: PROFILE.name,
  session: { kind: 'signed-out', failure: null },
  lastSync: null,
  syncing: false,
  paused: false,
  trouble: null,
  orders: [],
}
const FAILED: CloudState = {
  ...SIGNED_OUT,
  session: { kind: 'signed-in', account: { id: '55501', name: 'Lab' }, kept: 'keychain' },
  orders: [
    {
      account: '55501',
      rxId: '9001',
      orderId: '300000001',
      orderCode: null,
      status: { kind: 'ready', text: 'Ready for Download' },
      stage: 'failed',
      attempts: 3,
      failure: { code: 'zip-damaged', text: 'The package is damaged.' },
    },
  ],
}

const change = (browser: Browser, body: object) => browser.send('PATCH', '/api/settings', body)

/** How the plugin was configured last, as it tells itself. */
async function cloudOf(browser: Browser): Promise<Record<string, unknown> | null | undefined> {
  const { body } = await browser.get<{ entries: ActivityEntry[] }>('/api/activity')
  return JSON.parse(body.entries[0]?.text ?? 'null')?.cloud
}

/** A host at work with a cloud that stands as the script says. */
async function connected(
  t: Test,
  cloud: CloudState,
  more: Partial<Script> = {},
): Promise<{ readonly lab: Laboratory; readonly browser: Browser; readonly file: string }> {
  const lab = await laboratory(t, { script: { cloud, ...more } })
  const browser = await lab.signIn()
  const file = join(lab.home, 'profile.json')
  writeFileSync(file, JSON.stringify(PROFILE))
  const answer = await change(browser, { connectionProfile: file, enabled: { scripted: true } })
  if (answer.status !== 200) throw new Error(textOf(answer))
  return { lab, browser, file }
}

const kindOf = (event: { readonly type: string; readonly cloud?: CloudState | null }) =>
  event.type === 'cloud' ? event.cloud?.session.kind : undefined

t.test(
  'Without a profile the plugin is told of no cloud, and settings stand at their beginnings',
  async (t) => {
    const browser = await (await laboratory(t, { enabled: true })).signIn()
    t.match(await browser.settings(), {
      connectionProfile: null,
      profileProblem: null,
      cloudPaused: false,
      downloads: 3,
      bytesPerSecond: null,
      webhook: null,
      balloons: true,
    })
    t.equal(await cloudOf(browser), null)
  },
)

t.test('A profile and how it is to be used reach the plugin as one, and are kept', async (t) => {
  const { lab, browser } = await connected(t, SIGNED_OUT)
  const wished = {
    cloudPaused: true,
    downloads: 8,
    bytesPerSecond: 2_000_000,
    webhook: { port: 8123, url: 'https://lab.example/myitero' },
    balloons: false,
  }
  t.match((await change(browser, wished)).body, wished)
  const { cloudPaused: paused, ...rest } = wished
  t.match(await cloudOf(browser), { paused, ...rest, profile: JSON.stringify(PROFILE) })
  await lab.close()
  const again = await (await laboratory(t, { home: lab.home })).signIn()
  t.match(await again.settings(), wished)
})

for (const [what, content, code, words] of [
  ['is no JSON', '{"name": ', 'file-not-json', /profile\.json/],
  ['lacks a member', JSON.stringify({ ...PROFILE, issuer: undefined }), 'file-invalid', /issuer/],
  ['has a member too many', JSON.stringify({ ...PROFILE, extra: 1 }), 'file-invalid', /extra/],
  ['is too large', JSON.stringify({ ...PROFILE, name: 'x'.repeat(1_000_001) }), 'file-unreadable', /large/],
] as const) {
  t.test(`A profile that ${what} is refused in plain words, and nothing is kept`, async (t) => {
    const lab = await laboratory(t, { enabled: true })
    const browser = await lab.signIn()
    const file = join(lab.home, 'profile.json')
    writeFileSync(file, content)
    const answer = await change(browser, { connectionProfile: file, downloads: 5 })
    t.equal(codeOf(answer), code)
    t.match(textOf(answer), words)
    t.notMatch(textOf(answer), /laboratory/, 'no value of it is quoted')
    t.match(await browser.settings(), { connectionProfile: null, downloads: 3 })
  })
}

t.test(
  'A profile that is not there is refused, and so is a folder and a path that is not whole',
  async (t) => {
    const lab = await laboratory(t)
    const browser = await lab.signIn()
    const codes = []
    for (const path of [join(lab.home, 'gone.json'), lab.home, 'profile.json'])
      codes.push(codeOf(await change(browser, { connectionProfile: path })))
    t.same(codes, ['file-unreadable', 'file-unreadable', 'folder-relative'])
  },
)

t.test('A profile that the plugin refuses is not kept, and the one before stays in use', async (t) => {
  const { lab, browser, file } = await connected(t, SIGNED_OUT)
  const refused = join(lab.home, 'refused.json')
  writeFileSync(refused, JSON.stringify({ ...PROFILE, name: 'REFUSED' }))
  const answer = await change(browser, { connectionProfile: refused, downloads: 5 })
  t.equal(codeOf(answer), 'profile-invalid')
  t.match(textOf(answer), /issuer/)
  t.match(await browser.settings(), { connectionProfile: file, profileProblem: null, downloads: 3 })
  t.match(await cloudOf(browser), { profile: JSON.stringify(PROFILE) })
})

for (const [what, content, code] of [
  ['breaks', '{', 'file-not-json'],
  ['is one that the plugin refuses now', JSON.stringify({ ...PROFILE, name: 'REFUSED' }), 'profile-invalid'],
] as const) {
  t.test(
    `A profile that ${what} where it lies is told, and there is no cloud until it is right`,
    async (t) => {
      const { browser, file } = await connected(t, SIGNED_OUT)
      writeFileSync(file, content)
      t.match(await browser.settings(), { connectionProfile: file, profileProblem: { code } })
      t.match(await browser.settings(), { profileProblem: { code } }, 'and goes on saying so')
      t.equal(await cloudOf(browser), null)
      t.equal((await change(browser, { downloads: 5 })).status, 200, 'everything else can be changed')
      writeFileSync(file, JSON.stringify(PROFILE))
      t.match(await browser.settings(), { profileProblem: null })
      t.match(await cloudOf(browser), { downloads: 5 })
    },
  )
}

/** A host at its start with a profile that the plugin refuses, at work without it. */
async function startedUnfit(t: Test) {
  const { lab, file } = await connected(t, SIGNED_OUT)
  await lab.close()
  writeFileSync(file, JSON.stringify({ ...PROFILE, name: 'REFUSED' }))
  const browser = await (await laboratory(t, { home: lab.home })).signIn()
  await (await browser.listen()).when((event) => {
    const process = event.type === 'plugins' ? event.plugins[0]?.process : undefined
    return process?.kind === 'running' && process.state.kind === 'active'
  })
  return browser
}

t.test('A profile that is faulty at the start lets the import run without a cloud', async (t) => {
  const browser = await startedUnfit(t)
  t.equal(await cloudOf(browser), null)
  t.match(await browser.settings(), { profileProblem: { code: 'profile-invalid' } })
})

t.test('While the import is disabled the host itself says what is wrong with a profile', async (t) => {
  const { browser, file } = await connected(t, SIGNED_OUT)
  await change(browser, { enabled: { scripted: false } })
  t.match(await browser.settings(), { profileProblem: null })
  writeFileSync(file, '[]')
  t.match(await browser.settings(), { profileProblem: { code: 'file-invalid' } })
})

t.test(
  'While the import is disabled Settings know whose sign-in stays, until there is another profile',
  async (t) => {
    const { browser, file } = await connected(t, FAILED)
    await change(browser, { enabled: { scripted: false } })
    t.match(await browser.settings(), { stayingAccount: 'Lab' })
    const other = `${file}.other.json`
    writeFileSync(other, JSON.stringify({ ...PROFILE, clientId: 'another' }))
    await change(browser, { connectionProfile: other })
    t.match(await browser.settings(), { stayingAccount: null })
  },
)

t.test('A profile named at the start is kept as the setting', async (t) => {
  const home = join(t.testdir({ 'profile.json': JSON.stringify(PROFILE) }), 'home')
  const file = join(home, '..', 'profile.json')
  const first = await laboratory(t, { home, script: {}, profile: file })
  t.match(await (await first.signIn()).settings(), { connectionProfile: file })
  await first.close()
  t.match(await (await (await laboratory(t, { home })).signIn()).settings(), { connectionProfile: file })
})

t.test('A faulty profile named at the start ends it, and is not kept', async (t) => {
  const home = join(t.testdir({ 'profile.json': '{}' }), 'home')
  const start = laboratory(t, { home, script: {}, profile: join(home, '..', 'profile.json') })
  await t.rejects(start, { code: 'file-invalid' })
  const lab = await laboratory(t, { home })
  t.match(await (await lab.signIn()).settings(), { connectionProfile: null })
})

for (const [what, change, field] of [
  ['an address without TLS', { apiBase: 'http://lab.example/api' }, /“\/apiBase”: not an https address/],
  ['an address with a password', { issuer: 'https://a:b@lab.example' }, /“\/issuer”: a password/],
  ['a loopback address with TLS', { redirectUri: 'https://localhost/back' }, /“\/redirectUri”/],
  ['a pause that ends before it begins', { poll: { fastestMs: 9000, slowestMs: 1000 } }, /fastestMs/],
] as const) {
  t.test(`A profile named at the start with ${what} ends it, in the words that Settings has`, async (t) => {
    const text = JSON.stringify({ ...PROFILE, ...change })
    const home = join(t.testdir({ 'profile.json': text }), 'home')
    const file = join(home, '..', 'profile.json')
    const why: unknown = await laboratory(t, { home, script: {}, profile: file }).catch((error) => error)
    t.match(why, { code: 'profile-invalid' })
    const said = failureOf(why, 'en').text
    t.match(said, field)
    const { browser, file: kept } = await connected(t, SIGNED_OUT)
    writeFileSync(kept, text)
    t.match(await browser.settings(), { profileProblem: { code: 'profile-invalid', text: said } })
  })
}

t.test('Who signs in where the profile is unfit is told that, and not that there is none', async (t) => {
  const browser = await startedUnfit(t)
  t.equal(codeOf(await browser.send('POST', '/api/cloud/sign-in', {})), 'profile-invalid')
})

for (const [what, body, code] of [
  ['nine downloads at once', { downloads: 9 }, 'body-invalid'],
  ['no download at all', { downloads: 0 }, 'body-invalid'],
  ['a limit that nothing comes through', { bytesPerSecond: 1 }, 'body-invalid'],
  ['a port that there is not', { webhook: { port: 70_000, url: 'https://lab.example' } }, 'body-invalid'],
  ['an address without its beginning', { webhook: { port: 8123, url: 'lab.example' } }, 'webhook-invalid'],
  ['an address without TLS', { webhook: { port: 8123, url: 'http://lab.example' } }, 'webhook-invalid'],
  [
    'an address with a password',
    { webhook: { port: 8123, url: 'https://a:b@lab.example' } },
    'webhook-invalid',
  ],
] as const) {
  t.test(`A setting of ${what} is refused`, async (t) => {
    const browser = await (await laboratory(t)).signIn()
    t.equal(codeOf(await change(browser, { ...body, balloons: false })), code)
    t.equal((await browser.settings()).balloons, true, 'and nothing is kept')
  })
}

t.test('A sign-in opens the login page in the browser, and pages hear how it goes', async (t) => {
  const { lab, browser } = await connected(t, SIGNED_OUT)
  const events = await browser.listen()
  const answer = (await browser.send('POST', '/api/cloud/sign-in')) as Answered<SignIn>
  t.match(answer.body, { url: 'https://login.example/authorize', opened: true })
  t.same(lab.opened, ['https://login.example/authorize'])
  await events.when((event) => kindOf(event) === 'signing-in')
  t.equal((await browser.send('DELETE', '/api/cloud/sign-in')).status, 200)
  await events.when((event) => kindOf(event) === 'signed-out', events.all.length)
  t.equal((await browser.send('POST', '/api/cloud/account', { account: '55501' })).status, 200)
  await events.when((event) => kindOf(event) === 'signed-in')
  t.equal((await browser.send('POST', '/api/cloud/sign-out')).status, 200)
  await events.when((event) => kindOf(event) === 'signed-out', events.all.length)
})

for (const page of ['file:///etc/passwd', 'javascript:alert(1)', 'not an address']) {
  t.test(`A login page at ${page} is opened by nobody`, async (t) => {
    const { lab, browser } = await connected(t, SIGNED_OUT, { loginPage: page })
    t.equal(codeOf(await browser.send('POST', '/api/cloud/sign-in')), 'login-address-refused')
    t.same(lab.opened, [])
  })
}

t.test('An account that is not among those offered is refused', async (t) => {
  const { browser } = await connected(t, SIGNED_OUT)
  const answer = await browser.send('POST', '/api/cloud/account', { account: '1' })
  t.equal(answer.status, 404)
  t.equal(codeOf(answer), 'cloud-account-unknown')
  t.equal(codeOf(await browser.send('POST', '/api/cloud/account', {})), 'body-invalid')
})

t.test('A failed order is a row with its reason, and a retry sets it on its way again', async (t) => {
  const { browser } = await connected(t, FAILED)
  const events = await browser.listen()
  await events.when((event) => kindOf(event) === 'signed-in')
  const list = async () => (await browser.get<CaseList>('/api/cases')).body.rows
  t.match(await list(), [
    { status: 'refused', orderId: '300000001', reason: { code: 'zip-damaged' }, cloud: { stage: 'failed' } },
  ])
  const unknown = await browser.send('POST', '/api/cloud/retry', { account: '55501', rxId: '1' })
  t.equal(unknown.status, 404)
  t.equal(codeOf(unknown), 'fetch-unknown')
  t.equal((await browser.send('POST', '/api/cloud/retry', { account: '55501', rxId: '9001' })).status, 200)
  await events.when((event) => event.type === 'cloud' && event.cloud?.orders[0]?.stage === 'wanted')
  t.match(await list(), [{ status: 'importing', reason: null, cloud: { stage: 'wanted', alone: true } }])
})

for (const [method, path, body] of [
  ['POST', 'sign-in', undefined],
  ['DELETE', 'sign-in', undefined],
  ['POST', 'account', { account: '55501' }],
  ['POST', 'sign-out', undefined],
  ['POST', 'retry', { account: '55501', rxId: '9001' }],
] as const) {
  t.test(
    `${method} /api/cloud/${path} says where no cloud is configured, and where nothing runs`,
    async (t) => {
      const browser = await (await laboratory(t, { enabled: true })).signIn()
      const off = await browser.send(method, `/api/cloud/${path}`, body)
      t.same([off.status, codeOf(off)], [409, 'cloud-off'])
      await change(browser, { enabled: { scripted: false } })
      const disabled = await browser.send(method, `/api/cloud/${path}`, body)
      t.same([disabled.status, codeOf(disabled)], [409, 'plugin-disabled'])
    },
  )
}

t.test('“Pause” at the icon changes the setting', async (t) => {
  const { browser } = await connected(t, SIGNED_OUT, { command: 'pause' })
  const events = await browser.listen()
  for (let from = 0; !(await browser.settings()).cloudPaused; from = events.all.length)
    await events.when(({ type }) => type === 'settings', from)
  t.match(await cloudOf(browser), { paused: true })
})

t.test(
  '“Sign in” at the icon opens the login page, and the host’s where an account is to be chosen',
  async (t) => {
    const { lab } = await connected(t, SIGNED_OUT, { command: 'sign-in', choosesNext: true })
    while (lab.opened.length < 2) await new Promise(setImmediate)
    t.ok(lab.opened.includes('https://login.example/authorize'))
    const link = lab.opened.find((address) => address.startsWith(lab.url)) ?? ''
    t.match(await (await fetch(link)).text(), 'url=/"')
  },
)

t.test('“Sign in” at the icon while a page is open leaves the choice to that page', async (t) => {
  const { lab, browser } = await connected(t, SIGNED_OUT, {
    command: 'sign-in',
    commandOnLook: true,
    choosesNext: true,
  })
  const events = await browser.listen()
  await browser.send('POST', '/api/look')
  await events.when((event) => kindOf(event) === 'choosing-account')
  while (lab.opened.length === 0) await new Promise(setImmediate)
  t.strictSame(lab.opened, ['https://login.example/authorize'])
})

for (const [what, more] of [
  ['cannot be begun', { refusesSignIn: true }],
  ['names no page', { loginPage: 'file:///etc/passwd' }],
] as const) {
  t.test(`a sign-in at the icon that ${what} leads to the host’s page`, async (t) => {
    const { lab } = await connected(t, SIGNED_OUT, { command: 'sign-in', ...more })
    while (lab.opened.length === 0) await new Promise(setImmediate)
    t.equal(lab.opened.length, 1)
    t.match(await (await fetch(lab.opened[0] ?? '')).text(), 'url=/"')
  })
}

t.test('“Open case list” and “Settings” at the icon open that page, signed in', async (t) => {
  for (const [command, view] of [
    ['show-cases', '/'],
    ['show-settings', '/settings'],
  ] as const) {
    const { lab, browser } = await connected(t, SIGNED_OUT, { command })
    const events = await browser.listen()
    await events.when((event) => kindOf(event) === 'signed-out')
    while (lab.opened.length === 0) await new Promise(setImmediate)
    const [link = ''] = lab.opened
    t.match(await (await fetch(link)).text(), `url=${view}"`)
    await lab.close()
  }
})
