import t from 'tap'
import { FIRST_START, importPlugin, script } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)
const FIRST = {
  session: { ...script().session, firstStart: FIRST_START },
  settings: {
    ...script().settings,
    exportFolder: null,
    plugins: [{ ...importPlugin, enabled: false, process: { kind: 'stopped' as const } }],
  },
  rows: [],
}

t.test('its title and buttons are those of the plugin’s manifest', async (t) => {
  const firstStart = { title: 'Mit MyiTero verbinden', connect: 'Los', skip: 'Nie' }
  const { page } = await stage({ ...FIRST, session: { ...FIRST.session, firstStart } })
  const window = page.getByRole('dialog', { name: 'Mit MyiTero verbinden' })
  await window.waitFor()
  t.strictSame(await window.getByRole('button', { name: /^(Los|Nie)$/ }).allTextContents(), ['Nie', 'Los'])
})

t.test('skipping is kept, and says where the import is found later', async (t) => {
  const { page, host } = await stage(FIRST)
  const window = page.getByRole('dialog', { name: 'Connect to MyiTero' })
  await window.getByRole('button', { name: "Skip & don't ask me again" }).click()
  await window.waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'skip' }])
  await page.getByText('You can enable MyiTero import at any time in Settings.').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'No cases yet' }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
})

t.test(
  'without a profile an export folder can be used, and the import is enabled once it is chosen',
  async (t) => {
    const { page, host } = await stage(FIRST)
    await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
    const source = page.getByRole('dialog', { name: 'Where do orders come from?' })
    await source.getByRole('button', { name: 'Choose export folder' }).click()
    const chooser = page.getByRole('dialog', { name: 'Choose export folder' })
    await chooser.getByRole('button', { name: 'Downloads', exact: true }).click()
    await chooser.getByText('3 export packages seen in this folder').waitFor()
    t.equal(bodiesOf(host, 'POST /api/first-start').length, 0, 'nothing is decided yet')
    await chooser.getByRole('button', { name: 'Choose this folder' }).click()
    await chooser.waitFor({ state: 'detached' })
    t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [
      { exportFolder: '/home/lab/Downloads', enabled: { 'myitero-import': true } },
    ])
    t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'connect' }])
  },
)

t.test('with a profile, connecting enables the import and opens the login page', async (t) => {
  const { page, host } = await stage({
    ...FIRST,
    settings: { ...FIRST.settings, connectionProfile: '/srv/profile.json' },
  })
  const window = page.getByRole('dialog', { name: 'Connect to MyiTero' })
  await window.getByText('you are taken to the MyiTero login page', { exact: false }).waitFor()
  await window.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  await page.getByRole('dialog', { name: 'Sign in to MyiTero' }).waitFor()
  await host.asked('POST /api/cloud/sign-in', 1)
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ enabled: { 'myitero-import': true } }])
  t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'connect' }])
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 1)
})

t.test(
  'with an export folder set and no profile, connecting enables the import and asks nothing',
  async (t) => {
    const { page, host } = await stage({
      ...FIRST,
      settings: { ...FIRST.settings, exportFolder: '/srv/exports' },
    })
    const window = page.getByRole('dialog', { name: 'Connect to MyiTero' })
    await window.getByText('/srv/exports', { exact: false }).waitFor()
    await window.getByRole('button', { name: 'Connect to MyiTero now' }).click()
    await page.getByText('MyiTero import is enabled.').waitFor()
    t.equal(await page.getByRole('dialog').count(), 0)
    t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ enabled: { 'myitero-import': true } }])
    t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'connect' }])
  },
)

t.test('where the profile that is chosen is unfit, connecting says why', async () => {
  const text = 'The connection profile cannot be used: not an https address.'
  const { page } = await stage({
    ...FIRST,
    settings: {
      ...FIRST.settings,
      connectionProfile: '/srv/profile.json',
      profileProblem: { code: 'profile-invalid', text },
    },
  })
  await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  const source = page.getByRole('dialog', { name: 'Where do orders come from?' })
  await source.getByText(text, { exact: false }).waitFor()
})

t.test('without a profile one can be chosen as a file, and the sign-in is next', async (t) => {
  const { page, host } = await stage(FIRST)
  await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  await page.getByRole('button', { name: 'Choose connection profile' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose connection profile' })
  await chooser.getByRole('button', { name: 'profile.json' }).click()
  await chooser.getByRole('button', { name: 'Choose this file' }).click()
  await page.getByRole('dialog', { name: 'Sign in to MyiTero' }).waitFor()
  await host.asked('POST /api/cloud/sign-in', 1)
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [
    { connectionProfile: '/home/lab/profile.json', enabled: { 'myitero-import': true } },
  ])
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 1)
})

t.test('a profile that is refused is told where it was chosen, and nothing is decided', async (t) => {
  const { page, host } = await stage({
    ...FIRST,
    refusals: {
      'PATCH /api/settings': { status: 400, code: 'file-invalid', text: 'The file is faulty at “issuer”.' },
    },
  })
  await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  await page.getByRole('button', { name: 'Choose connection profile' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose connection profile' })
  await chooser.getByRole('button', { name: 'profile.json' }).click()
  await chooser.getByRole('button', { name: 'Choose this file' }).click()
  await chooser.getByRole('alert').filter({ hasText: 'faulty at “issuer”' }).waitFor()
  t.equal(bodiesOf(host, 'POST /api/first-start').length, 0)
})

t.test('who closes the window without deciding is asked at the next start', async (t) => {
  const { page, host } = await stage(FIRST)
  await page.getByRole('dialog', { name: 'Connect to MyiTero' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.equal(bodiesOf(host, 'POST /api/first-start').length, 0)
  await page.reload()
  await page.getByRole('dialog', { name: 'Connect to MyiTero' }).waitFor()
})

t.test('where the reseller has the feature off there is no window, no setting and no review', async (t) => {
  const { page } = await stage({
    ...FIRST,
    session: { ...FIRST.session, firstStart: null, myitero: false },
    settings: { ...FIRST.settings, plugins: [] },
  })
  await page.getByRole('heading', { name: 'No cases yet' }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
  t.equal(await page.getByRole('link', { name: 'Mappings' }).count(), 0)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Folders' }).waitFor()
  t.equal(await page.getByRole('switch').count(), 0)
  t.equal(await page.getByText('MyiTero', { exact: false }).count(), 0)
  await page.goto(new URL('/mappings', page.url()).href)
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
})

for (const where of ['the invitation', 'the choice of a folder'])
  t.test(`${where} closes where the import was enabled elsewhere meanwhile`, async (t) => {
    const { page, host } = await stage(FIRST)
    await page.getByRole('button', { name: 'Connect to MyiTero now' }).waitFor()
    if (where !== 'the invitation') {
      await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Choose export folder' }).click()
      await page.getByRole('dialog', { name: 'Choose export folder' }).waitFor()
    }
    host.script.session = { ...host.script.session, firstStart: null }
    host.emit({ type: 'session' })
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    t.equal(bodiesOf(host, 'POST /api/first-start').length, 0, 'nothing was decided here')
  })

t.test(
  'enabled here, the window goes its own way to the end though the session says it before',
  async (t) => {
    const { page, host } = await stage({
      ...FIRST,
      settings: { ...FIRST.settings, connectionProfile: '/srv/profile.json' },
    })
    await page.route('**/api/settings', async (route) => {
      const response = await route.fetch()
      if (route.request().method() === 'PATCH') {
        host.script.session = { ...host.script.session, firstStart: null }
        host.emit({ type: 'session' })
      }
      await route.fulfill({ response })
    })
    await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
    await host.asked('POST /api/cloud/sign-in', 1)
    t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'connect' }])
  },
)
