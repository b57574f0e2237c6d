import t from 'tap'
import type { PluginRow } from '../../host/api.ts'
import { doctorQuestion, importPlugin, NOW, script } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t)
const OFF = { ...importPlugin, enabled: false, process: { kind: 'stopped' } } as const
/** A plugin that requires no feature of the reseller; it comes first. */
const OTHER: PluginRow = {
  id: 'another',
  name: 'Setting twin',
  version: '2.0.0',
  setting: 'Setting twin',
  myitero: false,
  actions: [],
  enabled: false,
  obstacles: [],
  process: { kind: 'stopped' },
  lastFailure: null,
}
const AT_WORK: PluginRow = {
  ...OTHER,
  enabled: true,
  process: { kind: 'running', state: { kind: 'off', since: NOW, failure: null } },
}
const withPlugins = (...plugins: readonly PluginRow[]) => ({
  rows: [],
  settings: { ...script().settings, plugins },
})

t.test(
  'header and empty list speak of the plugin that receives iTero orders, whichever is first',
  async (t) => {
    const { page } = await stage(withPlugins(OTHER, OFF))
    await page.getByText('MyiTero import: disabled').waitFor()
    await page
      .getByText(/^MyiTero import is disabled\. Enable it in Settings, and new iTero orders/)
      .waitFor()
    t.equal(await page.getByText('Setting twin').count(), 0)
  },
)

t.test('only the plugin whose manifest names the review leads to it', async (t) => {
  const { page } = await stage(withPlugins(OTHER, OFF), '/settings')
  const card = (name: string) => page.getByRole('region', { name })
  await card('Setting twin').getByText('Setting twin 2.0.0').waitFor()
  await card('MyiTero import').getByRole('link', { name: 'Review iTero material mapping' }).waitFor()
  t.equal(await card('Setting twin').getByRole('link').count(), 0)
})

t.test(
  'what the reseller does not ship hides that plugin alone, obstacles of others stay told',
  async (t) => {
    const usual = script()
    const old = { ...OTHER, obstacles: [{ code: 'build-too-old', text: 'This case database is too old.' }] }
    const { page } = await stage(
      { ...withPlugins(old), session: { ...usual.session, myitero: false } },
      '/settings',
    )
    await page.getByText('Setting twin cannot be enabled:').waitFor()
    await page.getByText('This case database is too old.').waitFor()
    t.equal(await page.getByRole('switch').count(), 1)
    t.equal(await page.getByText(/MyiTero/).count(), 0)
  },
)

t.test('a question of the plugin at work can be answered while the other one is disabled', async (t) => {
  const { page } = await stage({ ...withPlugins(AT_WORK, OFF), questions: [doctorQuestion] })
  const window = page.getByRole('dialog', { name: 'Which client is this doctor?' })
  await window.waitFor()
  t.equal(await page.getByText('Enable MyiTero import in Settings to answer.').count(), 0)
})

t.test('another plugin without a source is not said to wait for the MyiTero cloud', async (t) => {
  const { settings } = withPlugins(AT_WORK, OFF)
  const { page } = await stage({ rows: [], settings: { ...settings, exportFolder: null } }, '/settings')
  const card = page.getByRole('region', { name: 'Setting twin' })
  await card.getByText(/Nothing to do: no source of orders is set up\./).waitFor()
  t.equal(await card.getByText(/MyiTero/).count(), 0)
})
