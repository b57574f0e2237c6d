import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Session } from '../../../host/api.ts'
import { codeOf, laboratory, SCRIPTED } from './laboratory.ts'

const GOOD = {
  id: 'other-good',
  name: { en: 'Other good', de: 'Anderes gutes' },
  version: '2.0.0',
  entry: 'main.js',
  bridge: 1,
  requires: {},
  contributes: { setting: { id: 'other', name: { en: 'Other setting', de: 'Andere Einstellung' } } },
  permissions: { caseFolder: 'none', networkHosts: [] },
}
const OLD = { ...GOOD, id: 'other-old', requires: { engineBuild: 999_999_999 } }
const FOREIGN = { ...GOOD, id: 'other-tongue', bridge: 99 }
const SECOND = { ...GOOD, id: 'other-second', requires: { resellerFeature: 'myitero' } }

/** A host whose folder of plugins has these before the scripted one, which requires the feature; each ends at once. */
async function withOthers(t: Test, others: readonly (typeof GOOD)[], features: object = { myitero: 'on' }) {
  const root = t.testdir({ home: {}, plugins: {} })
  const [home, plugins] = [join(root, 'home'), join(root, 'plugins')]
  writeFileSync(join(home, 'reseller.json'), JSON.stringify({ reseller: 'X', features }))
  for (const other of others) {
    mkdirSync(join(plugins, other.id))
    writeFileSync(join(plugins, other.id, 'plugin.json'), JSON.stringify(other))
    writeFileSync(join(plugins, other.id, 'main.js'), 'process.exit(3)')
  }
  cpSync(join(SCRIPTED, 'scripted'), join(plugins, 'scripted'), { recursive: true })
  const browser = await (await laboratory(t, { home, plugins, script: {} })).signIn()
  return { browser, session: async () => (await browser.get<Session>('/api/session')).body }
}

t.test(
  'One plugin receives iTero orders, wherever it is found; an action is its own where its manifest names one',
  async (t) => {
    const { browser } = await withOthers(t, [GOOD, OLD])
    const { plugins } = await browser.settings()
    t.strictSame(
      plugins.map(({ id, myitero, actions }) => [id, myitero, actions]),
      [
        ['other-good', false, []],
        ['other-old', false, []],
        ['scripted', true, [{ id: 'review-material-mapping', name: 'Review of the scripted one' }]],
      ],
    )
  },
)

t.test(
  'A feature that is off hides the plugin that requires it, and no other; obstacles of others are told',
  async (t) => {
    const { browser, session } = await withOthers(t, [GOOD, OLD, FOREIGN], { myitero: 'off' })
    t.match(await session(), { myitero: false, firstStart: null })
    const { plugins } = await browser.settings()
    t.strictSame(
      plugins.map(({ id, obstacles }) => [id, ...obstacles.map(({ code }) => code)]),
      [['other-good'], ['other-old', 'build-too-old'], ['other-tongue', 'bridge-version-unknown']],
    )
  },
)

t.test(
  'Of several plugins that require the feature, the one that is enabled is the one the pages speak of',
  async (t) => {
    const { browser, session } = await withOthers(t, [SECOND])
    const speaksOf = async () =>
      (await browser.settings()).plugins.filter((row) => row.myitero).map(({ id }) => id)
    t.strictSame(await speaksOf(), ['other-second'])
    t.match(await session(), { myitero: true, firstStart: null }, 'its manifest has no such window')
    t.equal((await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })).status, 200)
    t.strictSame(await speaksOf(), ['scripted'])
  },
)

t.test('A plugin that does not come up is named as Settings names it, in the language', async (t) => {
  const { browser } = await withOthers(t, [GOOD])
  for (const [language, text] of [
    ['en', /^“Other setting” ended before it had connected;/],
    ['de', /^„Andere Einstellung“ endete, bevor es sich verbunden hatte;/],
  ] as const) {
    await browser.send('PATCH', '/api/settings', { language })
    const answer = await browser.send('PATCH', '/api/settings', { enabled: { 'other-good': true } })
    t.equal(codeOf(answer), 'plugin-not-started')
    t.match(answer.body, { error: { text } })
  }
})

t.test(
  'A second plugin cannot be enabled beside the first, which is named as Settings names it',
  async (t) => {
    const { browser } = await withOthers(t, [GOOD])
    await browser.send('PATCH', '/api/settings', { language: 'de', enabled: { scripted: true } })
    const answer = await browser.send('PATCH', '/api/settings', { enabled: { 'other-good': true } })
    t.match(answer.body, { error: { code: 'plugin-another', text: /„Import nach Drehbuch“/ } })
  },
)

t.test('The words of the first-start window are the manifest’s, in the language', async (t) => {
  const { browser, session } = await withOthers(t, [GOOD])
  t.strictSame((await session()).firstStart, {
    title: 'Scripted import',
    connect: 'Connect now',
    skip: 'Skip',
  })
  await browser.send('PATCH', '/api/settings', { language: 'de' })
  t.strictSame((await session()).firstStart, {
    title: 'Scripted import',
    connect: 'Jetzt verbinden',
    skip: 'Skip',
  })
})
