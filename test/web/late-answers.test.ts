import type { Page } from 'playwright-core'
import t from 'tap'
import type { ScriptedHost } from './scripted-host.ts'
import { importPlugin, script } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t)
const session = (myitero: boolean) => ({ ...script().session, myitero })
const settings = (on: boolean) => ({ ...script().settings, plugins: on ? [importPlugin] : [] })

/** The reseller switches the feature. */
function switched(host: ScriptedHost, on: boolean): void {
  host.script.session = session(on)
  host.script.settings = settings(on)
}
const tell = (host: ScriptedHost): void => {
  host.emit({ type: 'plugins', plugins: host.script.settings.plugins })
  host.emit({ type: 'settings' })
  host.emit({ type: 'session' })
}
/** Everything of the feature is there, or none of it. */
async function shows(page: Page, on: boolean): Promise<void> {
  const state = on ? 'visible' : 'detached'
  for (const each of [
    page.getByRole('navigation').getByRole('link', { name: 'Mappings' }),
    page.getByRole('link', { name: 'MyiTero import: active' }),
    page.getByRole('switch', { name: 'MyiTero import' }),
    page.getByRole('region', { name: 'MyiTero cloud' }),
  ])
    await each.waitFor({ state })
}

/** Keeps the answers to the next such call, as they were then, until they are let go. */
async function late(page: Page, url: string) {
  const answered = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  await page.route(
    url,
    async (route) => {
      const response = await route.fetch()
      answered.resolve()
      await go.promise
      await route.fulfill({ response })
    },
    { times: 1 },
  )
  return {
    answered: answered.promise,
    async letGo() {
      const came = page.waitForResponse(url)
      go.resolve()
      await (await came).finished()
      // what comes after it is drawn after it
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))')
    },
  }
}

for (const on of [true, false]) {
  const turned = on ? 'on' : 'off'

  t.test(`switched ${turned} before the page hears of changes, the feature is ${turned} on it`, async () => {
    const { page, host } = await stage({ session: session(!on), settings: settings(!on) }, '/settings')
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    const asked = host.calls.filter(({ call }) => call === 'GET /api/session').length
    const go = Promise.withResolvers<void>()
    await page.route('**/api/events', async (route) => {
      await go.promise
      await route.continue()
    })
    await page.reload()
    await host.asked('GET /api/session', asked + 1)
    await page.getByText('Example Reseller', { exact: false }).waitFor()
    switched(host, on)
    go.resolve()
    await shows(page, on)
  })

  t.test(`an answer of before, which comes late, does not undo that it was switched ${turned}`, async () => {
    const { page, host } = await stage({ session: session(!on), settings: settings(!on) }, '/settings')
    await page.getByText('Example Reseller', { exact: false }).waitFor()
    const old = await late(page, '**/api/session')
    host.emit({ type: 'session' })
    await old.answered
    switched(host, on)
    tell(host)
    await shows(page, on)
    await old.letGo()
    await shows(page, on)
  })
}

t.test('settings of before, which come late, do not undo what was switched here', async (t) => {
  const { page, host } = await stage({}, '/settings')
  const toggle = page.getByRole('switch', { name: 'MyiTero import' })
  await toggle.waitFor()
  const old = await late(page, '**/api/settings')
  host.emit({ type: 'settings' })
  await old.answered
  await toggle.click()
  await page.getByText('Disabled', { exact: true }).waitFor()
  await page.getByRole('combobox', { name: 'Language' }).selectOption('de')
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
  await old.letGo()
  t.equal(await page.getByRole('switch').getAttribute('aria-checked'), 'false')
  t.equal(await page.locator('#language').inputValue(), 'de')
})
