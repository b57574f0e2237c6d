import t from 'tap'
import type { PluginRow } from '../../host/api.ts'
import { importPlugin, NOW, script } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)
const withPlugin = (row: Partial<PluginRow>) => ({
  settings: { ...script().settings, plugins: [{ ...importPlugin, ...row }] },
})

t.test('the import is enabled and disabled by its switch', async (t) => {
  const { page, host } = await stage({}, '/settings')
  const toggle = page.getByRole('switch', { name: 'MyiTero import' })
  t.equal(await toggle.getAttribute('aria-checked'), 'true')
  await toggle.click()
  await page.getByText('Disabled', { exact: true }).waitFor()
  await toggle.focus()
  await page.keyboard.press('Space')
  await page.getByText('Enabled', { exact: true }).waitFor()
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [
    { enabled: { 'myitero-import': false } },
    { enabled: { 'myitero-import': true } },
  ])
})

t.test('the name of the import and its state are the switch’s label, too', async (t) => {
  const { page } = await stage({}, '/settings')
  const toggle = page.getByRole('switch', { name: 'MyiTero import' })
  await page.getByText('Enabled', { exact: true }).click()
  await page.getByText('Disabled', { exact: true }).waitFor()
  await page.getByRole('heading', { name: 'MyiTero import' }).getByText('MyiTero import').click()
  await page.getByText('Enabled', { exact: true }).waitFor()
  t.equal(await toggle.getAttribute('aria-checked'), 'true')
})

t.test('the link to Settings asks anew where somebody is there already', async (t) => {
  const { page, host } = await stage({}, '/settings')
  await page.getByRole('switch', { name: 'MyiTero import' }).waitFor()
  const before = host.calls.filter(({ call }) => call === 'GET /api/settings').length
  await page.getByRole('navigation').getByRole('link', { name: 'Settings' }).click()
  await host.asked('GET /api/settings', before + 1)
  t.pass()
})

t.test(
  'what stands in the way of enabling it is said in plain words, and the switch is barred',
  async (t) => {
    const text = 'The upgrade contract ended on 31 Oct 2026, and there is no Flex licence.'
    const { page } = await stage(
      withPlugin({
        enabled: false,
        process: { kind: 'stopped' },
        obstacles: [{ code: 'licence-lapsed', text }],
      }),
      '/settings',
    )
    await page.getByText(text).waitFor()
    t.ok(await page.getByRole('switch', { name: 'MyiTero import' }).isDisabled())
  },
)

t.test(
  'a plugin that crashed says when it starts again, one that was given up what to do, each with its last error',
  async (t) => {
    const failure = { code: 'plugin-crashed', text: 'The import ended by itself.' }
    const { page, host } = await stage(
      withPlugin({ process: { kind: 'pausing', crashes: 2, at: NOW + 8_000, failure } }),
      '/settings',
    )
    await page.getByText('Stopped by a fault (2 times).', { exact: false }).waitFor()
    await page.getByText(failure.text).waitFor()
    await page.getByRole('link', { name: 'MyiTero import: restarting after a fault' }).waitFor()
    const givenUp: PluginRow = { ...importPlugin, process: { kind: 'given-up', crashes: 5, failure } }
    host.emit({ type: 'plugins', plugins: [givenUp] })
    await page.getByText('Stopped by faults 5 times in a row.', { exact: false }).waitFor()
    host.emit({ type: 'plugins', plugins: [importPlugin] })
    await page.getByText('Active and working.', { exact: false }).waitFor()
    t.equal(await page.getByText(failure.text).count(), 0)
  },
)

t.test('a plugin that ended in good order is not told as a fault, in both languages', async (t) => {
  const failure = { code: 'plugin-ended', text: 'The plugin ended in good order.' }
  const process = { kind: 'pausing', crashes: 1, at: NOW + 8_000, failure } as const
  for (const [language, ended, forGood] of [
    ['en', 'Ended by itself (1 time).', 'Ended by itself 5 times in a row.'],
    ['de', 'Von selbst beendet (1 Mal).', '5 Mal hintereinander von selbst beendet.'],
  ] as const) {
    const session = { ...script().session, language }
    const { page, host } = await stage({ ...withPlugin({ process }), session }, '/settings')
    await page.getByText(ended, { exact: false }).waitFor()
    const over = { kind: 'given-up', crashes: 5, failure } as const
    host.emit({ type: 'plugins', plugins: [{ ...importPlugin, process: over }] })
    await page.getByText(forGood, { exact: false }).waitFor()
    t.equal(await page.getByText(/fault|Störung/).count(), 0)
  }
})

t.test('a switch that was moved says at once that the import starts', async (t) => {
  const { page, host } = await stage(
    withPlugin({ enabled: false, process: { kind: 'stopped' } }),
    '/settings',
  )
  const toggle = page.getByRole('switch', { name: 'MyiTero import' })
  await toggle.waitFor()
  let go: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    go = resolve
  })
  await page.route('**/api/settings', async (route) => {
    if (route.request().method() === 'PATCH') await held
    await route.continue()
  })
  await toggle.click()
  await page.getByText('Starting …', { exact: true }).waitFor()
  t.equal(await toggle.getAttribute('aria-checked'), 'true')
  host.script.settings = {
    ...host.script.settings,
    plugins: [{ ...importPlugin, enabled: false, process: { kind: 'starting' } }],
  }
  go()
  await page.getByText('Starting …', { exact: true }).waitFor()
  host.emit({ type: 'plugins', plugins: [importPlugin] })
  await page.getByText('Enabled', { exact: true }).waitFor()
})

t.test('while the import does not run the log of before is shown, and says of when it is', async (t) => {
  const { page, host } = await stage(
    { ...withPlugin({ enabled: false, process: { kind: 'stopped' } }), logKeptAt: NOW },
    '/settings',
  )
  const log = page.getByRole('region', { name: 'Activity' })
  const note = log.getByText('MyiTero import is not running. This is the log as it was on', { exact: false })
  await note.waitFor()
  await log.getByText('The case was published.').first().waitFor()
  host.script.logKeptAt = null
  host.emit({ type: 'plugins', plugins: [importPlugin] })
  await note.waitFor({ state: 'detached' })
  t.ok((await log.getByText('The case was published.').count()) > 0)
})

t.test('where nothing of the log was kept, it says when it fills up', async () => {
  const { page } = await stage(
    { ...withPlugin({ enabled: false, process: { kind: 'stopped' } }), activity: [] },
    '/settings',
  )
  const log = page.getByRole('region', { name: 'Activity' })
  await log.getByText('the log fills up while MyiTero import is running', { exact: false }).waitFor()
})

t.test('the last error stays while the import is switched off, until it is dismissed', async (t) => {
  const failure = { code: 'case-folder-full', text: 'The case folder has no room.' }
  const { page, host } = await stage(
    withPlugin({ enabled: false, process: { kind: 'stopped' }, lastFailure: { at: NOW, failure } }),
    '/settings',
  )
  const last = page.getByRole('region', { name: 'Last error' })
  await last.getByText(failure.text).waitFor()
  await last.getByRole('button', { name: 'Dismiss' }).click()
  await host.asked('DELETE /api/plugins/myitero-import/failure', 1)
  host.emit({ type: 'plugins', plugins: host.script.settings.plugins })
  await last.waitFor({ state: 'detached' })
  t.equal(await page.getByText(failure.text).count(), 0)
})

t.test('an error that the state tells of now is not told twice', async (t) => {
  const failure = { code: 'plugin-crashed', text: 'The import ended by itself.' }
  const { page } = await stage(
    withPlugin({ process: { kind: 'given-up', crashes: 5, failure }, lastFailure: { at: NOW, failure } }),
    '/settings',
  )
  await page.getByText(failure.text).first().waitFor()
  t.equal(await page.getByText(failure.text).count(), 1)
})

t.test('a folder is chosen by walking to it, and a refusal is shown where it is chosen', async (t) => {
  const refusal = { status: 400, code: 'case-folder-read-only', text: 'The folder cannot be written to.' }
  const { page, host } = await stage({ refusals: { 'PATCH /api/settings': refusal } }, '/settings')
  await page.getByRole('button', { name: 'Choose case folder' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose case folder' })
  await chooser.getByRole('button', { name: 'Downloads', exact: true }).click()
  await chooser.getByRole('button', { name: 'Choose this folder' }).click()
  await chooser.getByRole('alert').getByText(refusal.text).waitFor()
  host.script.refusals = {}
  await chooser.getByRole('button', { name: 'Choose this folder' }).click()
  await chooser.waitFor({ state: 'detached' })
  await page.getByText('/home/lab/Downloads').first().waitFor()
  t.strictSame(bodiesOf(host, 'PATCH /api/settings').at(-1), { caseFolder: '/home/lab/Downloads' })
})

t.test(
  'the material list is chosen as a file, by walking to it or by its path, and given up again',
  async (t) => {
    const { page, host } = await stage({}, '/settings')
    const open = page.getByRole('button', { name: 'Choose material list' })
    const chooser = page.getByRole('dialog', { name: 'Choose material list' })
    const choose = chooser.getByRole('button', { name: 'Choose this file' })
    await page.getByText('built-in list', { exact: true }).waitFor()
    await open.click()
    await chooser.getByRole('button', { name: 'Documents', exact: true }).click()
    const file = chooser.getByRole('button', { name: 'materials.xml' })
    await file.waitFor()
    await choose.click()
    await chooser.getByRole('alert').getByText('Choose a file of the list first.').waitFor()
    await file.click()
    await chooser.locator('[aria-pressed=true]', { hasText: 'materials.xml' }).waitFor()
    const refusal = { status: 400, code: 'material-list-invalid', text: 'The list is faulty in line 3.' }
    host.script.refusals = { 'PATCH /api/settings': refusal }
    await choose.click()
    await chooser.getByRole('alert').getByText(refusal.text).waitFor()
    host.script.refusals = {}
    await choose.click()
    await chooser.waitFor({ state: 'detached' })
    const materialsFile = '/home/lab/Documents/materials.xml'
    await page.getByText(materialsFile).waitFor()
    await page.getByRole('button', { name: 'Use built-in list' }).click()
    await page.getByText('built-in list', { exact: true }).waitFor()
    await open.click()
    await chooser.getByRole('textbox', { name: 'File or folder' }).fill(materialsFile)
    await choose.click()
    await chooser.waitFor({ state: 'detached' })
    const kept = [{ materialsFile }, { materialsFile: null }, { materialsFile }]
    t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ materialsFile }, ...kept])
    t.ok(
      host.calls
        .filter(({ call }) => call === 'GET /api/folders')
        .every(({ query }) => query.get('files') === 'xml'),
    )
  },
)

t.test(
  'a folder that answers late overtakes neither what is typed nor a folder chosen after it',
  async (t) => {
    const { page, host } = await stage({}, '/settings')
    const late = Promise.withResolvers<void>()
    const first = Promise.withResolvers<void>()
    await page.route(
      '**/api/folders?*',
      async (route) => {
        first.resolve()
        await late.promise
        await route.continue()
      },
      { times: 1 },
    )
    await page.getByRole('button', { name: 'Choose case folder' }).click()
    await first.promise
    const chooser = page.getByRole('dialog', { name: 'Choose case folder' })
    const box = chooser.getByRole('textbox', { name: 'Folder' })
    await box.fill('/home/lab/Downloads')
    await page.keyboard.press('Enter')
    await chooser.getByText('3 export packages seen in this folder').waitFor()
    const answered = page.waitForResponse('**/api/folders?*')
    late.resolve()
    await (await answered).finished()
    await chooser.getByRole('button', { name: 'Choose this folder' }).click()
    await chooser.waitFor({ state: 'detached' })
    t.strictSame(bodiesOf(host, 'PATCH /api/settings').at(-1), { caseFolder: '/home/lab/Downloads' })
  },
)

t.test(
  'the template shows an example as one types, refuses what is no placeholder and takes one by a click',
  async (t) => {
    const { page, host } = await stage({}, '/settings')
    const box = page.getByRole('textbox', { name: 'Case names' })
    const today = new Date().toISOString().slice(0, 10)
    await page.getByText(`${today}_Sample_Anna`).waitFor()
    await box.fill('%l_%x')
    await page.getByText('%x is not a placeholder.').waitFor()
    await box.fill('cases')
    await page.getByText('Without a placeholder all cases would be called the same.').waitFor()
    await box.fill(`${'x'.repeat(33)}%l`)
    await page.getByText('Too much text of its own: 32 characters at most', { exact: false }).waitFor()
    await page.getByText('33 of 32 characters of own text', { exact: false }).waitFor()
    t.ok(await page.getByRole('button', { name: 'Save' }).first().isDisabled())
    await box.fill('100%% ')
    await page.getByRole('button', { name: '%tc tooth colour' }).click()
    await page.getByText('100% A2').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Saved.').waitFor()
    t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ nameTemplate: '100%% %tc' }])
  },
)

t.test('the order of patient names shows by an example what each choice makes of it', async (t) => {
  const { page, host } = await stage({}, '/settings')
  const choice = page.getByRole('combobox', { name: 'Patient names in exports' })
  await page.getByText('becomes: first name Anna, last name Sample.', { exact: false }).waitFor()
  await choice.selectOption('Last name before the comma')
  await page.getByText('becomes: first name Sample, last name Anna.', { exact: false }).waitFor()
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [{ patientNameOrder: 'family-given' }])
})

t.test('the language changes everywhere at once', async (t) => {
  const { page } = await stage({}, '/settings')
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
  await page.getByRole('link', { name: 'Fälle', exact: true }).click()
  await page.getByRole('columnheader', { name: 'Eingang' }).waitFor()
  t.equal(await page.locator('html').getAttribute('lang'), 'de')
})

t.test('the log of activity and what could not be read are there', async () => {
  const problem = 'The reseller file cannot be read: not valid JSON.'
  const { page } = await stage(
    { settings: { ...script().settings, problems: [{ code: 'reseller-invalid', text: problem }] } },
    '/settings',
  )
  await page.getByText(problem).waitFor()
  await page.getByText('The case was published. Order 90000400.', { exact: true }).waitFor()
  await page.getByRole('region', { name: 'Activity' }).getByText('The case was published.').first().waitFor()
})

t.test('the review of material mappings is one click away', async () => {
  const { page } = await stage({}, '/settings')
  await page.getByRole('link', { name: 'Review iTero material mapping' }).click()
  await page.getByRole('heading', { name: 'Review of mappings' }).waitFor()
})
