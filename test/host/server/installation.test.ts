import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Session, Settings } from '../../../host/api.ts'
import type { HostOptions } from '../../../host/start.ts'
import { codeOf, laboratory, SCRIPTED } from './laboratory.ts'

/** A host whose home holds these files. */
async function withFiles(
  t: Test,
  files: Readonly<Record<string, string>>,
  options: Partial<HostOptions> = {},
) {
  const home = t.testdir(files)
  mkdirSync(join(home, 'plugins', 'scripted'), { recursive: true })
  writeFileSync(join(home, 'plugins', 'scripted', 'script.json'), '{}')
  return (await laboratory(t, { home, ...options })).signIn()
}
const reseller = (features: object) => JSON.stringify({ reseller: 'A made-up reseller', features })
const licence = (rest: object) => JSON.stringify({ upgradeContract: null, flex: false, ...rest })

t.test('With the feature on, the setting and the first-start window exist', async (t) => {
  const browser = await withFiles(t, { 'reseller.json': reseller({ myitero: 'on' }) })
  const { body } = await browser.get<Session>('/api/session')
  t.match(body, {
    myitero: true,
    firstStart: { title: 'Scripted import', connect: 'Connect now', skip: 'Skip' },
  })
  t.match(await browser.settings(), {
    reseller: 'A made-up reseller',
    problems: [],
    plugins: [{ id: 'scripted', setting: 'Scripted import', enabled: false, obstacles: [] }],
  })
})

for (const [how, features] of [
  ['off', { myitero: 'off' }],
  ['absent', {}],
] as const) {
  t.test(`With the feature ${how}, setting, window and review do not exist`, async (t) => {
    const browser = await withFiles(t, { 'reseller.json': reseller(features) })
    const { body } = await browser.get<Session>('/api/session')
    t.match(body, { myitero: false, firstStart: null })
    t.match(await browser.settings(), { plugins: [], problems: [] })
    const enabled = await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })
    t.equal(codeOf(enabled), 'plugin-unknown')
  })
}

for (const [what, text, code] of [
  ['no JSON', '{ "reseller": ', 'file-not-json'],
  ['a misspelt value', reseller({ myitero: 'yes' }), 'file-invalid'],
  ['an unknown member', JSON.stringify({ reseller: 'x', features: {}, feature: {} }), 'file-invalid'],
  ['nothing in it', '', 'file-not-json'],
  [
    'a feature that is off and on',
    '{"reseller":"x","features":{"myitero":"off","my\\u0069tero" : "on"}}',
    'file-contradictory',
  ],
  [
    'two lists of features',
    '{"reseller":"x","features":{},"features":{"myitero":"on"}}',
    'file-contradictory',
  ],
] as const) {
  t.test(
    `A reseller configuration with ${what} is named, switches nothing on, and stops nothing`,
    async (t) => {
      const browser = await withFiles(t, { 'reseller.json': text })
      t.equal((await browser.get<Session>('/api/session')).body.myitero, false)
      const { problems, plugins } = await browser.settings()
      t.strictSame(plugins, [])
      t.match(problems, [{ code, text: /reseller\.json/ }])
      t.equal(problems.length, 1)
    },
  )
}

t.test('What cannot be read of the installation stands in the host’s log, once', async (t) => {
  const home = t.testdir({ 'reseller.json': '{"reseller":"x","features":{"a":"on","a":"on"}}' })
  const lab = await laboratory(t, { home, script: {} })
  const browser = await lab.signIn()
  await browser.settings()
  const problem = 'installation: HostError: file-contradictory'
  t.strictSame(lab.faults, [problem])
  writeFileSync(join(home, 'reseller.json'), reseller({ myitero: 'on', another: 'off' }))
  await browser.settings()
  t.strictSame((await browser.settings()).problems, [])
  t.strictSame(lab.faults, [problem], 'one name in two objects is no contradiction')
})

t.test('A reseller configuration that was named and is not there is named', async (t) => {
  const browser = await withFiles(t, {}, { reseller: join(t.testdirName, 'gone.json') })
  t.match((await browser.settings()).problems, [{ code: 'file-unreadable', text: /gone\.json/ }])
})

t.test(
  'A reseller configuration corrected while the host runs counts at the next look into Settings',
  async (t) => {
    const home = t.testdir({ 'reseller.json': reseller({ myitero: 'off' }) })
    const browser = await (await laboratory(t, { home, script: {} })).signIn()
    t.strictSame((await browser.settings()).plugins, [])
    writeFileSync(join(home, 'reseller.json'), reseller({ myitero: 'on' }))
    t.equal((await browser.settings()).plugins.length, 1)
    t.equal((await browser.get<Session>('/api/session')).body.myitero, true)
  },
)

t.test('A feature that is switched off while the plugin runs stops it', async (t) => {
  const home = t.testdir({ 'reseller.json': reseller({ myitero: 'on' }) })
  const lab = await laboratory(t, { home, script: {}, enabled: true })
  const browser = await lab.signIn()
  t.equal((await browser.get('/api/activity')).status, 200)
  writeFileSync(join(home, 'reseller.json'), reseller({ myitero: 'off' }))
  t.strictSame((await browser.settings()).plugins, [])
  t.equal(codeOf(await browser.get('/api/activity')), 'plugin-disabled')
})

t.test('A build that is too old is told with both builds, and the plugin cannot be enabled', async (t) => {
  const browser = await withFiles(t, { 'licence.json': licence({ engineBuild: 7000, flex: true }) })
  const [row] = (await browser.settings()).plugins
  t.match(row?.obstacles, [{ code: 'build-too-old', text: /7000.*7662/ }])
  const answer = await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })
  t.equal(codeOf(answer), 'build-too-old')
  t.equal((await browser.settings()).plugins[0]?.enabled, false)
  t.match((await browser.get('/api/session')).body, { engineBuild: 7000, firstStart: null })
})

t.test('An upgrade contract that lapsed is told with its day', async (t) => {
  const browser = await withFiles(t, {
    'licence.json': licence({ upgradeContract: { until: '2025-03-31' } }),
  })
  await browser.send('PATCH', '/api/settings', { language: 'en' })
  const [row] = (await browser.settings()).plugins
  t.match(row?.obstacles, [{ code: 'licence-lapsed', text: /lapsed on \{day\}/, day: '2025-03-31' }])
  const refused = await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })
  t.equal(codeOf(refused), 'licence-lapsed')
})

t.test('An obstacle is told in German where the page is German', async (t) => {
  const browser = await withFiles(t, {
    'licence.json': licence({ upgradeContract: { until: '2025-03-31' } }),
  })
  await browser.send('PATCH', '/api/settings', { language: 'de' })
  t.match((await browser.settings()).plugins[0]?.obstacles, [{ text: /am \{day\} abgelaufen/ }])
})

t.test('An upgrade contract holds to the end of its last day', async (t) => {
  const clock = () => new Date(2026, 4, 31, 23, 59).getTime()
  const files = { 'licence.json': licence({ upgradeContract: { until: '2026-05-31' } }) }
  t.strictSame((await (await withFiles(t, files, { clock })).settings()).plugins[0]?.obstacles, [])
})

t.test('A contract that lapses while the plugin runs stops it, and says why', async (t) => {
  let now = new Date(2026, 4, 31, 12).getTime()
  const home = t.testdir({ 'licence.json': licence({ upgradeContract: { until: '2026-05-31' } }) })
  const lab = await laboratory(t, { home, script: {}, enabled: true, clock: () => now })
  const browser = await lab.signIn()
  t.equal((await browser.get('/api/activity')).status, 200)
  now = new Date(2026, 5, 1, 0, 1).getTime()
  const [row] = (await browser.settings()).plugins
  t.match(row, { enabled: true, process: { kind: 'stopped' }, obstacles: [{ code: 'licence-lapsed' }] })
})

t.test('A Flex licence is enough without a contract', async (t) => {
  const browser = await withFiles(t, { 'licence.json': licence({ flex: true }) })
  t.strictSame((await browser.settings()).plugins[0]?.obstacles, [])
})

t.test('Neither contract nor Flex licence is told', async (t) => {
  const browser = await withFiles(t, { 'licence.json': licence({}) })
  t.match((await browser.settings()).plugins[0]?.obstacles, [{ code: 'licence-missing' }])
})

for (const [what, text, code] of [
  ['no JSON', 'flex', 'file-not-json'],
  [
    'a day that is not in the calendar',
    licence({ upgradeContract: { until: '2026-02-30' } }),
    'file-invalid',
  ],
  ['a build in words', licence({ engineBuild: 'new' }), 'file-invalid'],
] as const) {
  t.test(`A licence with ${what} is named and licenses nothing`, async (t) => {
    const { problems, plugins } = await (await withFiles(t, { 'licence.json': text })).settings()
    t.match(problems, [{ code, text: /licence\.json/ }])
    t.match(plugins[0]?.obstacles, [{ code: 'licence-missing' }])
  })
}

/** A folder of plugins: the scripted one under these names, and further files. */
function plugins(t: Test, copies: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const folder = t.testdir({ plugins: {}, home: {} })
  for (const name of copies)
    cpSync(join(SCRIPTED, 'scripted', 'plugin.json'), join(folder, 'plugins', name, 'plugin.json'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, 'plugins', name), { recursive: true })
    writeFileSync(join(folder, 'plugins', name, 'plugin.json'), text)
  }
  return folder
}
const settingsWith = async (t: Test, folder: string): Promise<Settings> => {
  const options = { home: join(folder, 'home'), plugins: join(folder, 'plugins') }
  return (await (await laboratory(t, options)).signIn()).settings()
}

/** plugin.json of the scripted one in another version. */
const versioned = (version: string): string => {
  const manifest = JSON.parse(readFileSync(join(SCRIPTED, 'scripted', 'plugin.json'), 'utf8'))
  return JSON.stringify({ ...manifest, version })
}

for (const [older, newer] of [
  ['1.0.0', '1.0.1'],
  ['1.9.0', '1.10.0'],
  ['2.0.0-rc.9', '2.0.0-rc.10'],
  ['2.0.0-rc.1', '2.0.0'],
] as const) {
  for (const order of ['first', 'last'] as const) {
    t.test(
      `A plugin that is there twice: ${newer}, found ${order}, is used, and ${older} is told`,
      async (t) => {
        const [one, two] = order === 'first' ? [newer, older] : [older, newer]
        const folder = plugins(t, [], { one: versioned(one), two: versioned(two) })
        const { plugins: rows, problems } = await settingsWith(t, folder)
        t.match(rows, [{ id: 'scripted', version: newer, obstacles: [] }])
        t.equal(rows.length, 1)
        const [used, other] = order === 'first' ? ['one', 'two'] : ['two', 'one']
        t.match(problems, [{ code: 'plugin-duplicate' }])
        t.match(problems[0]?.text, new RegExp(`${newer}\\D+“${used}”.*${older}\\D+“${other}”`))
      },
    )
  }
}

t.test(
  'Two plugins alike, for this user and for all: the first folder counts, and both are named whole',
  async (t) => {
    const mine = plugins(t, ['myitero-import'])
    const all = join(mine, 'all')
    cpSync(join(mine, 'plugins'), all, { recursive: true })
    const options = { home: join(mine, 'home'), plugins: join(mine, 'plugins'), morePlugins: [all] }
    const browser = await (await laboratory(t, options)).signIn()
    const { plugins: rows, problems } = await browser.settings()
    t.equal(rows.length, 1)
    t.match(problems, [{ code: 'plugin-duplicate' }])
    const place = (folder: string) => `“${join(folder, 'myitero-import')}”`
    t.match(problems[0]?.text, `in ${place(options.plugins)} is used`)
    t.match(problems[0]?.text, `in ${place(all)} is not`)
  },
)

t.test('What the reseller does not ship is not told of either when it is there twice', async (t) => {
  const folder = plugins(t, ['one', 'two'])
  writeFileSync(join(folder, 'home', 'reseller.json'), JSON.stringify({ reseller: 'X', features: {} }))
  const { plugins: rows, problems } = await settingsWith(t, folder)
  t.same([rows, problems], [[], []])
})

const whole = {
  id: 'x',
  name: { en: 'X' },
  version: '1.0.0',
  entry: 'main.ts',
  bridge: 1,
  requires: {},
  contributes: {},
}
for (const [what, text, where] of [
  ['is no JSON', '{', 'not JSON'],
  ['lacks its permissions', JSON.stringify(whole), '“permissions”'],
  [
    'leads out of its folder',
    JSON.stringify({ ...whole, entry: '../main.ts', permissions: { caseFolder: 'none', networkHosts: [] } }),
    '“entry”',
  ],
  [
    'misspells a permission',
    JSON.stringify({ ...whole, permissions: { caseFolder: 'none', networkHosts: [], childProcess: true } }),
    '“permissions.childProcess”',
  ],
  ['is far too large', JSON.stringify({ ...whole, version: ' '.repeat(100_000) }), 'too large'],
] as const) {
  t.test(`A plugin whose manifest ${what} is named by its folder, and the others stay usable`, async (t) => {
    const settings = await settingsWith(t, plugins(t, ['fine'], { broken: text }))
    t.match(settings.problems, [{ code: 'manifest-broken', text: 'broken' }])
    const [problem] = settings.problems
    t.match(problem?.text, where)
    t.notMatch(problem?.text, /pattern|manifest-|[\\^$]/, 'in plain words')
    t.match(settings.plugins, [{ id: 'scripted', obstacles: [] }])
  })
}

t.test('A plugin of a bridge that is not spoken here cannot be enabled', async (t) => {
  const text = JSON.stringify({ ...whole, bridge: 9, permissions: { caseFolder: 'none', networkHosts: [] } })
  const settings = await settingsWith(t, plugins(t, [], { newer: text }))
  t.match(settings.plugins[0]?.obstacles, [{ code: 'bridge-version-unknown' }])
})

t.test('Folders without a manifest are nobody’s plugins', async (t) => {
  const folder = plugins(t, [])
  mkdirSync(join(folder, 'plugins', 'something'))
  t.match(await settingsWith(t, folder), { plugins: [], problems: [] })
})

t.test('A folder of plugins that is not there is named', async (t) => {
  const folder = plugins(t, [])
  const options = { home: join(folder, 'home'), plugins: join(folder, 'gone') }
  const settings = await (await (await laboratory(t, options)).signIn()).settings()
  t.match(settings.problems, [{ code: 'plugins-folder-unreadable' }])
})
