import type { Page } from 'playwright-core'
import t from 'tap'
import type { PluginRow } from '../../host/api.ts'
import { accessibilityFaults } from './browser.ts'
import { importPlugin, NOW, row, script } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)
const importing = (part: Partial<PluginRow>) => ({
  rows: [],
  settings: { ...script().settings, plugins: [{ ...importPlugin, ...part }] },
})
const LAPSED = {
  code: 'licence-lapsed',
  text: 'The upgrade contract lapsed on {day}. Renew it, or ask your reseller for a Flex licence.',
  day: '2026-10-31',
}
const barred = importing({ enabled: true, obstacles: [LAPSED], process: { kind: 'stopped' } })
const header = (page: Page, text: string): Promise<void> =>
  page.getByRole('link', { name: text, exact: true }).waitFor()
const goTo = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name, exact: true }).click()

t.test(
  'an import that was enabled and cannot be says so in the header, the list and Settings alike, and what to do',
  async (t) => {
    const { page, host } = await stage(barred)
    await header(page, 'MyiTero import: cannot be enabled')
    await page.getByText('MyiTero import cannot be enabled:').waitFor()
    await page.getByText('Renew it, or ask your reseller for a Flex licence.', { exact: false }).waitFor()
    t.equal(await page.getByText('Enable it in Settings', { exact: false }).count(), 0)
    t.strictSame(await accessibilityFaults(page), [])

    await goTo(page, 'Settings')
    const toggle = page.getByRole('switch', { name: 'MyiTero import' })
    await toggle.waitFor()
    t.equal(await toggle.getAttribute('aria-checked'), 'false')
    t.ok(await toggle.isDisabled())
    await page.getByText('Cannot be enabled', { exact: true }).waitFor()
    await page.getByText('It was enabled, and starts by itself once this is settled.').waitFor()
    t.equal(await page.getByText('Enabled', { exact: true }).count(), 0)
    t.strictSame(await accessibilityFaults(page), [])
    await page.getByRole('button', { name: 'Leave it disabled' }).click()
    await host.asked('PATCH /api/settings', 1)
    t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ enabled: { 'myitero-import': false } }])
    await page.getByRole('button', { name: 'Leave it disabled' }).waitFor({ state: 'detached' })
    await header(page, 'MyiTero import: cannot be enabled')
  },
)

t.test('what stands in the way names its day as where the browser is at home', async (t) => {
  for (const [locale, day] of [
    ['en-US', 'Oct 31, 2026'],
    ['en-GB', '31 Oct 2026'],
  ] as const) {
    const { page } = await stage(barred, '/', { locale })
    await page.getByText(`The upgrade contract lapsed on ${day}.`, { exact: false }).waitFor()
    await goTo(page, 'Settings')
    await page.getByText(`The upgrade contract lapsed on ${day}.`, { exact: false }).waitFor()
    t.pass(locale)
  }
})

t.test('a refusal that names a day is told with it by locale too', async () => {
  const { page, host } = await stage(
    importing({ enabled: false, process: { kind: 'stopped' } }),
    '/settings',
    {
      locale: 'en-US',
    },
  )
  await page.getByRole('switch', { name: 'MyiTero import' }).waitFor()
  await page.route('**/api/settings', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 400, json: { error: LAPSED } })
      : route.continue(),
  )
  await page.getByRole('switch', { name: 'MyiTero import' }).click()
  await page.getByText('lapsed on Oct 31, 2026.', { exact: false }).waitFor()
  await host.close()
})

t.test('a switch that is not kept yet is no more said to be off', async (t) => {
  const { page, host } = await stage(importing({ enabled: false, process: { kind: 'stopped' } }))
  await header(page, 'MyiTero import: disabled')
  host.emit({
    type: 'plugins',
    plugins: [{ ...importPlugin, enabled: false, process: { kind: 'starting' } }],
  })
  await header(page, 'MyiTero import: starting')
  t.pass()
})

t.test('without an export folder header, list and Settings say that one has to be chosen', async (t) => {
  const idle = { kind: 'running', state: { kind: 'off', since: NOW, failure: null } } as const
  const part = importing({ process: idle })
  const { page } = await stage({ ...part, settings: { ...part.settings, exportFolder: null } })
  await header(page, 'MyiTero import: no source of orders')
  await page.getByText('Choose in Settings where iTero orders come from', { exact: false }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Sync now' }).count(), 0)
  await goTo(page, 'Settings')
  await page.getByText('Waiting for you to choose below where orders come from', { exact: false }).waitFor()
  t.equal(await page.getByRole('switch', { name: 'MyiTero import' }).getAttribute('aria-checked'), 'true')
  await header(page, 'MyiTero import: no source of orders')
})

t.test('an order that waits says why it cannot be answered where the import cannot be enabled', async () => {
  const waiting = row(0, 1, { status: 'waiting', waitsFor: [{ question: 1, kind: 'doctor' }] })
  const { page } = await stage({ ...barred, rows: [waiting] })
  await page.getByRole('row', { name: /Waiting for client/ }).click()
  await page
    .getByText('MyiTero import cannot be enabled, so nothing can be answered.', { exact: false })
    .waitFor()
})

t.test('the log is read anew when the state of the import moves', async (t) => {
  const { page, host } = await stage({}, '/settings')
  await page.getByText('The case was published.').first().waitFor()
  const before = host.calls.filter(({ call }) => call === 'GET /api/activity').length
  const failure = { code: 'case-folder-missing', text: 'The case folder is not there.' }
  const text = 'The case folder cannot be reached.'
  const entry = { id: 500, at: NOW, kind: 'case-folder-away', orderId: null, text }
  host.script.activity = [entry, ...host.script.activity]
  const away = { kind: 'running', state: { kind: 'offline', since: NOW, failure } } as const
  host.emit({ type: 'plugins', plugins: [{ ...importPlugin, process: away }] })
  await host.asked('GET /api/activity', before + 1)
  await page.getByText(text).waitFor()
  t.pass('without a word of cases, questions or settings')
})

t.test('an empty list promises nothing of an import that has failed', async (t) => {
  const failure = { code: 'plugin-crashed', text: 'The import ended by itself.' }
  const { page } = await stage(importing({ process: { kind: 'given-up', crashes: 5, failure } }))
  await page.getByText(failure.text).waitFor()
  t.equal(await page.getByText('New iTero orders show up here', { exact: false }).count(), 0)
})

t.test(
  'while the case folder is away the list says so, and what it shows; no more once it is back',
  async (t) => {
    const text = 'The case folder “/srv/cases” is not there.'
    const away = { ...script().settings, caseFolderProblem: { code: 'case-folder-missing', text } }
    const { page, host } = await stage({ settings: away })
    const note = page.getByRole('status').filter({ hasText: text })
    await note.filter({ hasText: 'The cases below are shown as they were last seen.' }).waitFor()
    t.strictSame(await accessibilityFaults(page), [])
    host.script.settings = script().settings
    host.emit({ type: 'settings' })
    await note.waitFor({ state: 'detached' })
    host.script.settings = away
    host.emit({ type: 'settings' })
    await note.waitFor()
    t.ok(await page.getByRole('grid').isVisible())
  },
)

t.test('why a case is broken can be read whole by pointer and by keyboard', async (t) => {
  const reason = {
    code: 'scan-missing',
    text: 'The scan “upper.stl” that its .dentalProject names is not in the folder. Copy the case here again, whole, and it is looked at anew by itself.',
  }
  const { page } = await stage({ rows: [row(0, 1, { status: 'broken', reason })] })
  const broken = page.getByRole('row', { name: /Broken/ })
  await broken.waitFor()
  t.equal(await broken.getByTitle(reason.text).count(), 1)
  t.match(
    await broken
      .getByText('Broken', { exact: true })
      .evaluate((badge) => badge.ownerDocument.defaultView?.getComputedStyle(badge).textDecorationLine),
    'underline',
  )
  await page.getByRole('grid').focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Why this folder is not shown as a case' })
  await dialog.getByText(reason.text).waitFor()
})

t.test('numbers are written as where the browser is at home', async (t) => {
  const rows = Array.from({ length: 1234 }, (_, at) => row(at, 1234))
  const session = { ...script().session, language: 'de' } as const
  for (const [locale, text] of [
    ['de-CH', /^1['’]234 Einträge$/],
    ['de-DE', /^1\.234 Einträge$/],
  ] as const) {
    const bars = [{ token: 'a', title: 'iTero_Export_1.zip', done: 25, of: 100 }]
    const { page } = await stage({ rows, session, bars }, '/', { locale })
    await page.getByText(text).waitFor()
    await page
      .getByText(new Intl.NumberFormat(locale, { style: 'percent' }).format(0.25), { exact: true })
      .waitFor()
    t.pass(locale)
  }
})
