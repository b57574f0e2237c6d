import t from 'tap'
import type { CloudState } from '../../bridge/data.ts'
import { isFocused } from './browser.ts'
import {
  CHOOSING,
  CLOUD,
  cloudRows,
  ENDED,
  MEMORY,
  SIGNED_OUT,
  SIGNING_IN,
  withCloud,
} from './cloud-scripts.ts'
import { LOGIN_PAGE, type Script, type ScriptedHost } from './scripted-host.ts'
import { importPlugin, NOW } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)
const SIGN_IN = { name: 'Sign in to MyiTero' }
const became = (host: ScriptedHost, cloud: CloudState | null) => {
  host.script.cloud = cloud
  host.emit({ type: 'cloud', cloud })
}

t.test('who is signed out at the start is asked to sign in, and a “Not now” holds for the tab', async (t) => {
  const { page, host } = await stage(withCloud(SIGNED_OUT))
  await page.getByRole('dialog', SIGN_IN).getByRole('button', { name: 'Not now' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 0, 'no login page was opened unasked')
  await page.reload()
  await page.getByText('You are signed out of MyiTero', { exact: false }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('dialog', SIGN_IN).waitFor()
  await host.asked('POST /api/cloud/sign-in', 1)
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 1)
})

t.test('signing in leads from the login page over the account to a plain word', async (t) => {
  const { page, host } = await stage(withCloud(SIGNED_OUT))
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  await dialog.getByText('has been opened in your browser', { exact: false }).waitFor()
  const link = dialog.getByRole('link', { name: 'Open login page again' })
  t.equal(await link.getAttribute('href'), LOGIN_PAGE)
  t.equal(await link.getAttribute('target'), '_blank')
  became(host, SIGNING_IN)
  became(host, CHOOSING)
  const first = dialog.getByRole('radio', { name: 'Fixture Dental Laboratory' })
  await first.waitFor()
  await first.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await host.asked('POST /api/cloud/account', 1)
  t.strictSame(bodiesOf(host, 'POST /api/cloud/account'), [{ account: '55502' }])
  became(host, {
    ...CLOUD,
    session: { ...CLOUD.session, account: { id: '55502', name: 'Fixture Milling Centre' } } as never,
  })
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('Signed in as Fixture Milling Centre. New orders come by themselves.').waitFor()
})

t.test('where the host opens no browser, the page opens the login page with the same click', async (t) => {
  const { page } = await stage({ ...withCloud(SIGNED_OUT), opensLogin: false })
  const context = page.context()
  await context.route(LOGIN_PAGE, (route) => route.fulfill({ contentType: 'text/html', body: 'login' }))
  const opening = context.waitForEvent('page')
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  const login = await opening
  await login.waitForURL(LOGIN_PAGE)
  t.equal(await login.evaluate('window.opener'), null, 'it has no hold of the page')
  await dialog.getByText('has been opened in your browser', { exact: false }).waitFor()
  await dialog.getByRole('link', { name: 'Open login page again' }).waitFor()
})

t.test('where the login page could not be opened at all, the link to it comes first', async (t) => {
  const { page } = await stage({ ...withCloud(SIGNED_OUT), opensLogin: false })
  await page.evaluate('window.open = () => null; null')
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  const link = dialog.getByRole('link', { name: 'Open login page' })
  await link.waitFor()
  t.equal(await dialog.getByText('has been opened', { exact: false }).count(), 0)
  t.equal(await link.getAttribute('href'), LOGIN_PAGE)
})

t.test('without a keychain it is said how long the sign-in holds', async () => {
  const { page, host } = await stage(withCloud(SIGNED_OUT))
  await page.getByRole('dialog', SIGN_IN).waitFor()
  became(host, MEMORY)
  await page.getByText('until the import ends', { exact: false }).waitFor()
})

t.test('a sign-in that comes to nothing says why, and can be tried again', async (t) => {
  const { page, host } = await stage(withCloud(SIGNED_OUT))
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('button', { name: 'Sign in' }).click()
  became(host, SIGNING_IN)
  await dialog.getByText('has been opened', { exact: false }).waitFor()
  const text = 'Your account has no access to MyiTero.'
  became(host, {
    ...CLOUD,
    session: { kind: 'signed-out', failure: { code: 'sign-in-no-access', text } },
  })
  await dialog.getByRole('alert').filter({ hasText: text }).waitFor()
  await dialog.getByText('An Invisalign account alone', { exact: false }).waitFor()
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await dialog.getByText('has been opened', { exact: false }).waitFor()
  await host.asked('POST /api/cloud/sign-in', 2)
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 2)
})

t.test('a sign-in that cannot even begin says why', async () => {
  const text = 'The MyiTero cloud cannot be reached.'
  const { page } = await stage({
    ...withCloud(SIGNED_OUT),
    refusals: { 'POST /api/cloud/sign-in': { status: 502, code: 'cloud-unreachable', text } },
  })
  await page.getByRole('dialog', SIGN_IN).getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: text }).waitFor()
})

t.test('a sign-in that was begun at the icon goes on in the page that opens', async (t) => {
  const { page, host } = await stage(withCloud(SIGNING_IN))
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('link', { name: 'Open login page' }).waitFor()
  became(host, CHOOSING)
  await dialog.getByRole('radio').first().waitFor()
  const { page: later } = await stage(withCloud(CHOOSING))
  await later.getByRole('dialog', SIGN_IN).getByRole('radio').first().waitFor()
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 0, 'nothing is begun anew')
})

t.test('cancelling ends the sign-in, and Escape does too', async (t) => {
  for (const leave of ['button', 'key'] as const) {
    const { page, host } = await stage(withCloud(SIGNED_OUT))
    const dialog = page.getByRole('dialog', SIGN_IN)
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    became(host, SIGNING_IN)
    const cancel = dialog.getByRole('button', { name: 'Cancel' })
    await cancel.waitFor()
    if (leave === 'button') await cancel.click()
    else await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await host.asked('DELETE /api/cloud/sign-in', 1)
    became(host, SIGNED_OUT)
    await page.getByText('You are signed out of MyiTero', { exact: false }).waitFor()
    t.equal(await page.getByRole('dialog').count(), 0, 'it does not come up again by itself')
  }
})

t.test(
  'a sign-in that MyiTero ended in the midst of work is a calm line with its reason, no window',
  async (t) => {
    const { page, host } = await stage(withCloud(CLOUD))
    await page.getByRole('link', { name: 'MyiTero import: active' }).waitFor()
    const { settings } = host.script
    const state = { kind: 'signed-out', since: NOW, failure: null } as const
    const plugins = [{ ...importPlugin, process: { kind: 'running', state } as const }]
    host.script.settings = { ...settings, plugins }
    host.emit({ type: 'plugins', plugins })
    became(host, ENDED)
    await page.getByText('MyiTero has ended the sign-in. Sign in again.', { exact: false }).waitFor()
    t.equal(await page.getByRole('dialog').count(), 0)
    const header = page.getByRole('banner').getByRole('button', { name: 'MyiTero import: signed out' })
    await header.click()
    await page.getByRole('dialog', SIGN_IN).waitFor()
    await page.keyboard.press('Escape')
    t.ok(await isFocused(header), 'the focus comes back')
  },
)

t.test('whoever enables the import while signed out is asked to sign in at once', async (t) => {
  const off = withCloud(CLOUD)
  const { page, host } = await stage(
    {
      ...off,
      cloud: null,
      settings: {
        ...(off.settings as NonNullable<typeof off.settings>),
        plugins: [{ ...importPlugin, enabled: false, process: { kind: 'stopped' } }],
      },
    },
    '/settings',
  )
  await page.getByRole('switch', { name: 'MyiTero import' }).click()
  await host.asked('PATCH /api/settings', 1)
  t.equal(await page.getByRole('dialog').count(), 0)
  became(host, SIGNED_OUT)
  await page.getByRole('dialog', SIGN_IN).waitFor()
})

t.test('orders of the cloud say how far they are, and a failed one is tried again by mouse', async (t) => {
  const { page, host } = await stage(withCloud(CLOUD, { rows: cloudRows() }))
  const line = (order: string) => page.getByRole('row').filter({ hasText: order })
  await line('90001000').getByText('Waits for download').waitFor()
  await line('90000999').getByText('Downloading').waitFor()
  await line('90000997').getByText('Lab Review').waitFor()
  await line('90000996').getByText('Unread').waitFor()
  await line('90000996').getByText('Lab Review').waitFor()
  await line('90000998').getByText('three times with another length', { exact: false }).waitFor()
  await line('90000998').getByRole('button', { name: 'Retry: order 90000998' }).click()
  await host.asked('POST /api/cloud/retry', 1)
  t.strictSame(bodiesOf(host, 'POST /api/cloud/retry'), [{ account: '55501', rxId: '9003' }])
  t.equal(await page.getByRole('dialog').count(), 0)
})

t.test('a failed order is tried again with the keyboard alone', async (t) => {
  const { page, host } = await stage(withCloud(CLOUD, { rows: cloudRows() }))
  await page.getByText('Not downloaded').waitFor()
  await page.getByRole('grid').focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Why this order was not downloaded' })
  await dialog.waitFor()
  t.ok(await isFocused(dialog.getByRole('button', { name: 'Retry' })))
  await page.keyboard.press('Enter')
  await host.asked('POST /api/cloud/retry', 1)
  t.strictSame(bodiesOf(host, 'POST /api/cloud/retry'), [{ account: '55501', rxId: '9003' }])
})

t.test('while it is paused nothing is said to be downloading', async () => {
  const paused = { ...CLOUD, paused: true }
  const { page } = await stage(withCloud(paused, { rows: cloudRows() }))
  await page.getByRole('link', { name: 'MyiTero import: paused' }).waitFor()
  await page.getByRole('row').filter({ hasText: '90000999' }).getByText('Waits for download').waitFor()
})

for (const [what, now, says] of [
  ['nobody is signed in', ENDED, 'Waits for the sign-in'],
  [
    'MyiTero is not reached',
    { ...CLOUD, trouble: { code: 'cloud-unreachable', text: 'MyiTero cannot be reached.' } },
    'Waits for MyiTero',
  ],
] as const) {
  t.test(`while ${what} nothing is said to be downloading, nor what hindered it before`, async (t) => {
    const old = { code: 'cloud-unreachable', text: 'It is tried again by itself.' }
    const loading = cloudRows().map((row) => (row.status === 'importing' ? { ...row, reason: old } : row))
    const { page, host } = await stage(withCloud(CLOUD, { rows: loading }))
    const line = page.getByRole('row').filter({ hasText: '90000999' })
    await line.getByText('Downloading').waitFor()
    became(host, now)
    await line.getByText(says).waitFor()
    await page.getByRole('row').filter({ hasText: '90001000' }).getByText(says).waitFor()
    t.equal(await line.getByTitle(old.text).count(), 0)
  })
}

t.test('an answer to another sign-in is told in one line, and the sign-in goes on', async (t) => {
  const { page, host } = await stage(withCloud(SIGNING_IN))
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('link', { name: 'Open login page' }).waitFor()
  became(host, { ...SIGNING_IN, session: { ...SIGNING_IN.session, stray: true } as CloudState['session'] })
  await dialog.getByText('does not belong to this sign-in', { exact: false }).waitFor()
  t.equal(await dialog.getByRole('link', { name: 'Open login page' }).count(), 1)
})

t.test('after a sign-in that was cancelled, the next one begins at once', async (t) => {
  const failure = { code: 'sign-in-cancelled', text: 'The sign-in was cancelled.' }
  const { page, host } = await stage(
    withCloud({ ...CLOUD, session: { kind: 'signed-out', failure } }),
    '/settings',
  )
  await page.getByRole('banner').getByRole('button', { name: 'MyiTero import: signed out' }).click()
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByText('has been opened in your browser', { exact: false }).waitFor()
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-in').length, 1)
  t.equal(await dialog.getByText(failure.text).count(), 0)
})

t.test('a cancelled sign-in is no failure of the window that comes up', async (t) => {
  const failure = { code: 'sign-in-cancelled', text: 'The sign-in was cancelled.' }
  const { page } = await stage(withCloud({ ...CLOUD, session: { kind: 'signed-out', failure } }))
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByRole('button', { name: 'Sign in' }).waitFor()
  t.equal(await dialog.getByText(failure.text).count(), 0)
})

t.test('a start without a keychain says why somebody has to sign in again', async () => {
  const failure = { code: 'keychain-absent', text: 'This computer has no keychain that could keep it.' }
  const { page } = await stage(withCloud({ ...CLOUD, session: { kind: 'signed-out', failure } }))
  const dialog = page.getByRole('dialog', SIGN_IN)
  await dialog.getByText(failure.text).waitFor()
  await dialog.getByRole('button', { name: 'Sign in' }).waitFor()
})

t.test('in Settings no window comes up by itself, and elsewhere it does', async (t) => {
  for (const [cloud, name] of [
    [SIGNING_IN, SIGN_IN],
    [SIGNED_OUT, SIGN_IN],
  ] as const) {
    const { page, host } = await stage(withCloud(cloud), '/settings')
    await page.getByRole('region', { name: 'MyiTero cloud' }).getByText('Account').waitFor()
    await page.reload()
    await page.getByRole('region', { name: 'MyiTero cloud' }).getByText('Account').waitFor()
    // Time enough for a window to come up.
    became(host, cloud)
    await page.waitForTimeout(300)
    t.equal(await page.getByRole('dialog').count(), 0)
    await page.getByRole('link', { name: 'Cases' }).click()
    await page.getByRole('dialog', name).waitFor()
  }
})

t.test('while the import is disabled Settings say that the sign-in stays', async (t) => {
  const part = withCloud(CLOUD)
  const settings = {
    ...part.settings,
    stayingAccount: 'Fixture Dental Laboratory',
    plugins: [{ ...importPlugin, enabled: false, process: { kind: 'stopped' } }],
  } as Script['settings']
  const { page } = await stage({ ...part, cloud: null, settings }, '/settings')
  const section = page.getByRole('region', { name: 'MyiTero cloud' })
  await section.getByText('Stays signed in as Fixture Dental Laboratory', { exact: false }).waitFor()
  t.equal(await section.getByRole('button', { name: /Sign/ }).count(), 0)
})

t.test('orders that are at MyiTero alone can be filtered by, where there are any', async (t) => {
  const { page } = await stage(withCloud(CLOUD, { rows: cloudRows() }))
  await page.getByRole('button', { name: 'At MyiTero 1' }).click()
  await page.getByText('1 entry').waitFor()
  const { page: other } = await stage({})
  await other.getByText('400 entries').waitFor()
  t.equal(await other.getByRole('button', { name: /At MyiTero/ }).count(), 0)
})

t.test('Settings tell who is signed in and when orders were looked for', async (t) => {
  const { page, host } = await stage(withCloud({ ...CLOUD, lastSync: Date.now() - 130_000 }), '/settings')
  const section = page.getByRole('region', { name: 'MyiTero cloud' })
  await section.getByText('Signed in as Fixture Dental Laboratory').waitFor()
  await section.getByText('kept in this computer’s keychain', { exact: false }).waitFor()
  await section.getByText(/2 minutes ago \(\d+ \w+ \d{4}, \d\d:\d\d\)/).waitFor()
  await page.getByRole('button', { name: 'Sync now' }).click()
  await host.asked('POST /api/look', 1)
  await section.getByRole('button', { name: 'Pause' }).click()
  await section.getByRole('button', { name: 'Resume' }).waitFor()
  await section.getByText('Paused: nothing is looked for or downloaded.').waitFor()
  became(host, { ...CLOUD, paused: true })
  await page.getByText('Paused. The sign-in stays', { exact: false }).waitFor()
  t.equal(await page.getByText('Active and working', { exact: false }).count(), 0)
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ cloudPaused: true }])
})

t.test('with a cloud and an export folder side by side there is one action that looks at both', async (t) => {
  const part = withCloud(CLOUD)
  const settings = { ...part.settings, exportFolder: '/home/lab/Downloads' } as Script['settings']
  const { page } = await stage({ ...part, settings }, '/settings')
  await page.getByRole('region', { name: 'MyiTero cloud' }).getByText('Signed in as').waitFor()
  t.equal(await page.getByRole('button', { name: 'Sync now' }).count(), 1)
  t.equal(await page.getByRole('button', { name: /look/i }).count(), 0)
  await page.getByRole('link', { name: 'Cases' }).click()
  await page.getByRole('grid').waitFor()
  t.equal(
    await page.getByRole('button', { name: 'Sync now' }).count(),
    1,
    'and by the same word above the list',
  )
})

t.test('where the system has no notification area, Settings promise nothing of an icon', async (t) => {
  const part = withCloud(CLOUD)
  const settings = { ...part.settings, icon: false } as Script['settings']
  const { page } = await stage({ ...part, settings }, '/settings')
  await page.getByRole('form', { name: 'Notices' }).waitFor()
  t.equal(await page.getByText(/\bicon\b/i).count(), 0)
  t.equal(await page.getByRole('checkbox').count(), 0)
})

t.test(
  'Settings say where the sign-in is kept in memory alone, and what troubles the connection',
  async () => {
    const trouble = { code: 'cloud-unreachable', text: 'The MyiTero cloud cannot be reached.' }
    const { page } = await stage(withCloud({ ...MEMORY, trouble }), '/settings')
    await page.getByText('For this session only: this computer has no keychain', { exact: false }).waitFor()
    await page.getByText(trouble.text).waitFor()
  },
)

t.test('where the keychain is locked, Settings say that alone', async (t) => {
  const locked = { code: 'keychain-locked', text: 'This computer’s keychain is locked. Unlock it.' }
  const session = { ...MEMORY.session, unkept: locked } as CloudState['session']
  const { page, host } = await stage(withCloud(SIGNED_OUT))
  await page.getByRole('dialog', SIGN_IN).waitFor()
  became(host, { ...MEMORY, session, trouble: locked })
  await page.getByText(`until the import ends. ${locked.text}`, { exact: false }).waitFor()
  const { page: settings } = await stage(withCloud({ ...MEMORY, session, trouble: locked }), '/settings')
  await settings.getByText(`For this session only, until the keychain`, { exact: false }).waitFor()
  t.equal(await settings.getByText(locked.text, { exact: false }).count(), 1)
  t.equal(await settings.getByText('has no keychain', { exact: false }).count(), 0)
})

t.test('what keeps the import from working is said once in Settings', async (t) => {
  const trouble = { code: 'cloud-busy', text: 'MyiTero is busy.' }
  const part = withCloud({ ...CLOUD, trouble })
  const state = { kind: 'offline', since: NOW, failure: trouble } as const
  const settings = { ...part.settings, plugins: [{ ...importPlugin, process: { kind: 'running', state } }] }
  const { page } = await stage({ ...part, settings: settings as Script['settings'] }, '/settings')
  await page.getByText('Signed in as', { exact: false }).waitFor()
  t.equal(await page.getByText(trouble.text).count(), 1)
})

t.test('signing out asks first, and asks nobody to sign in again at once', async (t) => {
  const { page, host } = await stage(withCloud(CLOUD), '/settings')
  await page.getByRole('button', { name: 'Sign out' }).click()
  const confirm = page.getByRole('dialog', { name: 'Sign out of MyiTero?' })
  await confirm.getByText('Cases and open questions stay.', { exact: false }).waitFor()
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-out').length, 0)
  await confirm.getByRole('button', { name: 'Sign out' }).click()
  await confirm.waitFor({ state: 'detached' })
  await host.asked('POST /api/cloud/sign-out', 1)
  t.equal(bodiesOf(host, 'POST /api/cloud/sign-out').length, 1)
  became(host, SIGNED_OUT)
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
})

t.test('there is nothing to pause while nobody is signed in, and a pause can be ended', async () => {
  const { page, host } = await stage(withCloud(CLOUD), '/settings')
  const pause = page.getByRole('button', { name: 'Pause' })
  await pause.waitFor()
  became(host, SIGNED_OUT)
  await pause.waitFor({ state: 'detached' })
  await page.getByText('Looked for new orders', { exact: false }).waitFor()
  const { page: paused } = await stage(withCloud({ ...CLOUD, paused: true }), '/settings')
  await paused.getByRole('button', { name: 'Resume' }).waitFor()
})

t.test('downloads at once, bandwidth, notices and balloons are kept as they are set', async (t) => {
  const { page, host } = await stage(withCloud(CLOUD), '/settings')
  await page.getByRole('combobox', { name: 'Downloads at once' }).selectOption('5')
  const bandwidth = page.getByRole('textbox', { name: 'Bandwidth limit' })
  await bandwidth.fill('fast')
  await page.keyboard.press('Enter')
  await page.getByText('A number of at least 0.01 is needed', { exact: false }).waitFor()
  await bandwidth.fill('2.5')
  await page.keyboard.press('Enter')
  await page.getByText('Saved.').waitFor()
  await bandwidth.fill('')
  await page.keyboard.press('Enter')
  await host.asked('PATCH /api/settings', 3)
  await page.getByRole('textbox', { name: 'Port' }).fill('0')
  await page.getByRole('textbox', { name: 'Public address' }).fill('https://lab.example/myitero')
  await page.keyboard.press('Enter')
  await page.getByText('A port is a number from 1 to 65535.').waitFor()
  await page.getByRole('textbox', { name: 'Port' }).fill('8123')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Turn off' }).click()
  await host.asked('PATCH /api/settings', 5)
  await page.getByRole('checkbox', { name: /Tell of new cases/ }).uncheck()
  await host.asked('PATCH /api/settings', 6)
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [
    { downloads: 5 },
    { bytesPerSecond: 2_500_000 },
    { bytesPerSecond: null },
    { webhook: { port: 8123, url: 'https://lab.example/myitero' } },
    { webhook: null },
    { balloons: false },
  ])
})

t.test('a profile that is faulty is told in its own words, and there is nobody to sign in', async (t) => {
  const { settings } = withCloud(CLOUD)
  const text = 'The file “profile.json” is faulty at “issuer”.'
  const { page } = await stage(
    {
      settings: {
        ...(settings as NonNullable<typeof settings>),
        profileProblem: { code: 'file-invalid', text },
      },
    },
    '/settings',
  )
  await page.getByText(text).waitFor()
  t.equal(await page.getByRole('button', { name: 'Sign in' }).count(), 0)
})

t.test('without a profile Settings ask for one, and for nothing else of the cloud', async (t) => {
  const { page, host } = await stage({}, '/settings')
  const section = page.getByRole('region', { name: 'MyiTero cloud' })
  await section.getByText('none chosen').waitFor()
  t.equal(await section.getByRole('combobox').count(), 0)
  await section.getByRole('button', { name: 'Choose connection profile' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose connection profile' })
  await chooser.getByRole('button', { name: 'profile.json' }).click()
  await chooser.getByRole('button', { name: 'Choose this file' }).click()
  await section.getByText('/home/lab/profile.json').waitFor()
  await section.getByRole('button', { name: 'Disconnect' }).click()
  await section.getByText('none chosen').waitFor()
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [
    { connectionProfile: '/home/lab/profile.json' },
    { connectionProfile: null },
  ])
})

t.test(
  'nobody is offered to look for orders before the sign-in, unless there is a folder to look in',
  async (t) => {
    const { page, host } = await stage(withCloud(ENDED))
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
    t.equal(await page.getByRole('button', { name: 'Sync now' }).count(), 0)
    host.script.settings = { ...host.script.settings, exportFolder: '/srv/exports' }
    host.emit({ type: 'settings' })
    await page.getByRole('button', { name: 'Sync now' }).waitFor()
    host.script.settings = { ...host.script.settings, exportFolder: null }
    host.emit({ type: 'settings' })
    await page.getByRole('button', { name: 'Sync now' }).waitFor({ state: 'detached' })
    host.emit({ type: 'cloud', cloud: CLOUD })
    await page.getByRole('button', { name: 'Sync now' }).waitFor()
  },
)
