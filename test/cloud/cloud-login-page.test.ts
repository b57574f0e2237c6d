import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as client from 'openid-client'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { accessibilityFaults, isFocused, type Look, launch, openPage } from '../web/browser.ts'
import { configured, LAB, opened } from './opened.ts'

const browser = await launch()
t.teardown(() => browser.close())

/** The login page as a browser has it, and the program's end of the loopback. */
async function atLogin(t: Test, look: Partial<Look> = {}, more: Record<string, string> = {}) {
  const { cloud } = await opened(t)
  const program = createServer((_, response) => response.end('You may close this window.'))
  await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    program.close()
    program.closeAllConnections()
  })
  const called = new Promise<URL>((resolve) =>
    program.on('request', ({ url = '' }) => {
      if (url.startsWith('/callback')) resolve(new URL(url, 'http://127.0.0.1'))
    }),
  )
  const address = client.buildAuthorizationUrl(await configured(cloud), {
    redirect_uri: `http://127.0.0.1:${(program.address() as AddressInfo).port}/callback`,
    scope: cloud.profile.scopes.join(' '),
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
    state: 'mine',
    ...more,
  }).href
  const { page, context, complaints } = await openPage(browser, address, look)
  t.teardown(() => context.close())
  return { page, called, complaints, address }
}

const fill = async (page: Page, user: string, password: string) => {
  await page.getByLabel('Email address').fill(user)
  await page.getByLabel('Password').fill(password)
}

t.test('A person signs in by keyboard alone, and the program is called back', async (t) => {
  const { page, called, complaints } = await atLogin(t)
  t.ok(await isFocused(page.getByLabel('Email address')))
  await page.keyboard.type(LAB.user)
  await page.keyboard.press('Tab')
  await page.keyboard.type(LAB.password)
  await page.keyboard.press('Enter')
  const { searchParams } = await called
  t.type(searchParams.get('code'), 'string')
  t.equal(searchParams.get('state'), 'mine')
  await page.getByText('You may close this window.').waitFor()
  t.same(complaints, [])
})

t.test(
  'A wrong password is told beside the form, the address stays, and the password is where one types',
  async (t) => {
    const { page } = await atLogin(t)
    await fill(page, LAB.user, 'wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('alert').getByText('do not match').waitFor()
    t.equal(await page.getByLabel('Email address').inputValue(), LAB.user)
    t.equal(await page.getByLabel('Password').inputValue(), '')
    t.ok(await isFocused(page.getByLabel('Password')))
    t.equal(await page.getByLabel('Password').getAttribute('aria-invalid'), 'true')
    t.same(await accessibilityFaults(page), [])
  },
)

t.test('An empty form is told so', async (t) => {
  const { page } = await atLogin(t)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').getByText('Enter both').waitFor()
})

t.test('Ten wrong passwords end the sign-in', async (t) => {
  const { page, called } = await atLogin(t)
  for (let i = 0; i < 10; i++) {
    await fill(page, LAB.user, `wrong ${i}`)
    await page.getByRole('button', { name: 'Log in' }).click()
  }
  t.equal((await called).searchParams.get('error'), 'access_denied')
})

t.test('Cancel calls the program back with a refusal', async (t) => {
  const { page, called } = await atLogin(t)
  await page.getByRole('button', { name: 'Cancel' }).click()
  const { searchParams } = await called
  t.equal(searchParams.get('error'), 'access_denied')
  t.equal(searchParams.get('state'), 'mine')
})

t.test('Who has no access to MyiTero is told so, and may sign in as somebody else', async (t) => {
  const { page, called } = await atLogin(t)
  await fill(page, 'refused@fixture.example', 'closed-door')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.getByRole('alert').getByText('no access to MyiTero').waitFor()
  await fill(page, LAB.user, LAB.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  t.type((await called).searchParams.get('code'), 'string')
})

t.test('A browser that signed in before is asked again', async (t) => {
  const { page, address } = await atLogin(t)
  await fill(page, LAB.user, LAB.password)
  await page.keyboard.press('Enter')
  await page.getByText('You may close this window.').waitFor()
  await page.goto(address)
  t.ok(await page.getByLabel('Password').isVisible())
})

t.test('A form that is sent from an old window says that the sign-in has ended', async (t) => {
  const { page } = await atLogin(t)
  const old = page.url()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('You may close this window.').waitFor()
  const answer = await page.goto(old)
  t.equal(answer?.status(), 404)
  t.ok(await page.getByRole('heading', { name: 'This sign-in has ended' }).isVisible())
})

t.test('A German browser is spoken to in German', async (t) => {
  const { page } = await atLogin(t, { locale: 'de-DE', scheme: 'dark' })
  t.ok(await page.getByRole('heading', { name: 'Bei MyiTero anmelden' }).isVisible())
  t.equal(await page.locator('html').getAttribute('lang'), 'de')
})

t.test('The program’s language goes before the browser’s', async (t) => {
  const { page } = await atLogin(t, { locale: 'en-GB' }, { ui_locales: 'de' })
  t.ok(await page.getByLabel('Kennwort').isVisible())
})

for (const scheme of ['light', 'dark'] as const)
  t.test(`Accessible in ${scheme} colours, on a small screen, with nothing from outside`, async (t) => {
    const { page, complaints } = await atLogin(t, { scheme, width: 360, height: 640 })
    t.same(await accessibilityFaults(page), [])
    const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
    t.equal(wide, false)
    t.same(complaints, [])
  })
