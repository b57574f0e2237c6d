import type { Locator } from 'playwright-core'
import t from 'tap'
import { accessibilityFaults } from './browser.ts'
import { importPlugin, script } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t)
const focused = (among: Locator): Promise<void> => among.and(among.page().locator(':focus')).waitFor()

t.test('a mapping says when and by which case it was made, with a link to the case', async (t) => {
  const { page } = await stage({}, '/mappings')
  const gold = page.getByRole('row', { name: /^Gold/ })
  await gold.getByText('Wax').waitFor()
  t.match(await gold.textContent(), /31 Oct 2026/)
  t.equal(await gold.getByRole('link', { name: '2026-10-31_Ebert_Emil' }).getAttribute('href'), '/case/11')
  await gold.getByText('asked at the next order').waitFor()
})

t.test('a mapping is deleted after a question, and stays when one thinks better of it', async (t) => {
  const { page, host } = await stage({}, '/mappings')
  await page.getByRole('button', { name: 'Delete: Gold' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  t.equal(await page.getByRole('row', { name: /^Gold/ }).count(), 1)
  await page.getByRole('button', { name: 'Delete: Gold' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('row', { name: /^Gold/ }).waitFor({ state: 'detached' })
  t.ok(host.calls.some((each) => each.call === 'DELETE /api/mappings/materials/name%3Agold'))
})

t.test('the production method is cleared alone', async (t) => {
  const { page, host } = await stage({}, '/mappings')
  await page.getByRole('button', { name: 'Clear method: Zirconia: Lab Preference' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Clear method' }).click()
  const row = page.getByRole('row', { name: /^Zirconia: Lab Preference/ })
  await row.getByText('asked at the next order').waitFor()
  t.equal(await row.getByText('Zirconia multilayer').count(), 1)
  t.ok(host.calls.some((each) => each.call === 'DELETE /api/mappings/materials/id%3A81/method'))
})

t.test('by keyboard, the focus stays near what was taken away', async (t) => {
  const { page } = await stage({}, '/mappings')
  const dialog = page.getByRole('dialog')
  const confirm = async (): Promise<void> => {
    await dialog.waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
  }
  await page.getByRole('button', { name: 'Clear method: Zirconia: Lab Preference' }).focus()
  await page.keyboard.press('Enter')
  await confirm()
  await focused(page.getByRole('row', { name: /^Zirconia: Lab Preference/ }).getByRole('link'))
  await page.getByRole('button', { name: 'Delete: Gold' }).focus()
  await page.keyboard.press('Enter')
  await confirm()
  await focused(page.getByRole('region', { name: 'Materials' }).getByRole('link'))
  await page.getByRole('button', { name: 'Delete: Dr. Robin Test' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await focused(page.getByRole('button', { name: 'Delete: Dr. Robin Test' }))
  t.pass('and comes back where nothing was')
})

t.test('a doctor’s mapping names what he is recognised by and leads to the client', async (t) => {
  const { page, host } = await stage({}, '/mappings')
  const doctor = page.getByRole('row', { name: /^Dr. Robin Test/ })
  await doctor.getByText('licence ZA-4712').waitFor()
  await page.getByRole('button', { name: 'Delete: Dr. Robin Test' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await doctor.waitFor({ state: 'detached' })
  t.ok(host.calls.some((each) => each.call === 'DELETE /api/mappings/doctors/2'))
  await page.getByRole('link', { name: 'Dr. Sample & Partner' }).click()
  await page.getByRole('heading', { name: 'Dr. Sample & Partner' }).waitFor()
})

t.test('while the import is off the page says what becomes of a deletion', async (t) => {
  for (const process of [
    { kind: 'stopped' },
    { kind: 'given-up', crashes: 5, failure: { code: 'plugin-crashed', text: 'It ended.' } },
  ] as const) {
    const off = { ...script().settings, plugins: [{ ...importPlugin, enabled: false, process }] }
    const { page, host } = await stage({ settings: off }, '/mappings')
    const line = page.getByText('MyiTero import is not running.', { exact: false })
    await line.filter({ hasText: 'kept until its next start' }).waitFor()
    t.strictSame(await accessibilityFaults(page), [])
    host.emit({ type: 'plugins', plugins: [importPlugin] })
    await line.waitFor({ state: 'detached' })
  }
})

t.test('a refusal stays in the dialog in plain words', async () => {
  const refusals = {
    'DELETE /api/mappings/doctors/1': {
      status: 503,
      code: 'plugin-stopped',
      text: 'The import is not running.',
    },
  }
  const { page } = await stage({ refusals }, '/mappings')
  await page.getByRole('button', { name: 'Delete: Dr. Alex Sample' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('alert').getByText('The import is not running.').waitFor()
})
