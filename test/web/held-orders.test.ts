import t from 'tap'
import type { PluginRow } from '../../host/api.ts'
import { accessibilityFaults } from './browser.ts'
import { doctorQuestion, importPlugin, rows, script } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t)
const DISABLED: PluginRow = { ...importPlugin, enabled: false, process: { kind: 'stopped' } }
const disabled = { settings: { ...script().settings, plugins: [DISABLED] } }
const off = {
  session: { ...script().session, myitero: false },
  settings: { ...script().settings, plugins: [] },
}
const WHY = 'Why this order does not go on'

t.test('while the import is disabled an order that waits says so, and leads to Settings', async (t) => {
  const { page } = await stage(disabled)
  await page.getByRole('row', { name: /Waiting for client/ }).click()
  const dialog = page.getByRole('dialog', { name: WHY })
  await dialog.getByText('MyiTero import is disabled.', { exact: false }).waitFor()
  t.strictSame(await accessibilityFaults(page), [])
  await dialog.getByRole('link', { name: 'Open Settings' }).click()
  await page.getByRole('switch', { name: 'MyiTero import' }).waitFor()
  await dialog.waitFor({ state: 'detached' })
  await page.goBack()
  await page.getByRole('row', { name: /Waiting for client/ }).waitFor()
  t.equal(await dialog.count(), 0)
})

t.test('with the keyboard, too; the question takes the place of the reason once it is there', async () => {
  const { page, host } = await stage({ ...disabled, rows: rows(1) })
  await page.getByRole('row', { name: /Waiting for client/ }).waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: WHY }).waitFor()
  host.script.questions = [doctorQuestion]
  host.emit({ type: 'plugins', plugins: [importPlugin] })
  host.emit({ type: 'questions', open: [1] })
  await page.getByRole('dialog', { name: 'Which client is this doctor?' }).waitFor()
  await page.getByRole('dialog', { name: WHY }).waitFor({ state: 'detached' })
})

t.test('an order in the midst of its import is not said to move while the import is disabled', async (t) => {
  const { page, host } = await stage(disabled)
  const held = page.getByRole('row', { name: /Import stopped/ })
  await held.click()
  await page.getByRole('dialog', { name: WHY }).getByRole('button', { name: 'Close' }).click()
  host.emit({ type: 'plugins', plugins: [importPlugin] })
  await page.getByRole('gridcell', { name: 'Importing', exact: true }).waitFor()
  t.equal(await held.count(), 0)
})

t.test(
  'with the reseller’s switch off the orders of before stay, as many as are counted, and say what holds them',
  async (t) => {
    const { page, host } = await stage(off)
    await page.getByText('2 orders wait until it is on again; nothing is lost.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Waiting 2', exact: true }).click()
    await page.getByText('2 entries', { exact: true }).waitFor()
    const held = page.getByRole('row', { name: /Waiting: import is off/ })
    t.equal(await held.count(), 2)
    t.strictSame(await accessibilityFaults(page), [])
    await held.first().click()
    const dialog = page.getByRole('dialog', { name: WHY })
    await dialog.getByText('Your reseller has switched MyiTero import off.', { exact: false }).waitFor()
    t.equal(await dialog.getByRole('link').count(), 0, 'nothing in Settings would help')
    t.strictSame(await accessibilityFaults(page), [])
    await dialog.getByRole('button', { name: 'Close' }).click()

    host.script.session = script().session
    host.emit({ type: 'plugins', plugins: [importPlugin] })
    host.emit({ type: 'session' })
    await page.getByRole('row', { name: /Waiting for client/ }).waitFor()
    t.equal(await held.count(), 0)
    t.equal(await page.getByText('nothing is lost', { exact: false }).count(), 0)
  },
)

t.test('a refusal says, too, that nothing is taken up while the reseller has it off', async () => {
  const { page } = await stage(off)
  await page.getByRole('row', { name: /iTero_Export_90412.zip/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Why this order was refused' })
  await dialog.getByText('Your reseller has switched MyiTero import off.', { exact: false }).waitFor()
})

t.test('and so while the import is disabled', async () => {
  const { page } = await stage(disabled)
  await page.getByRole('row', { name: /iTero_Export_90412.zip/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Why this order was refused' })
  await dialog
    .getByText('MyiTero import is not on. A new download is taken up once it is.', { exact: true })
    .waitFor()
})

t.test('a laboratory without iTero orders hears nothing of the switch', async (t) => {
  const { page } = await stage({ ...off, rows: rows(40).slice(10) })
  await page.getByText('30 entries', { exact: true }).waitFor()
  const filters = page.getByRole('group', { name: 'Filter by status' }).getByRole('button')
  t.notOk((await filters.allTextContents()).some((each) => /Importing|Refused/.test(each)))
  t.equal(await page.getByText('reseller', { exact: false }).count(), 0)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('combobox', { name: 'Language' }).waitFor()
  t.equal(await page.getByText('Rx sheet', { exact: false }).count(), 0)
})
