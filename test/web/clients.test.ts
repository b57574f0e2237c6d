import t from 'tap'
import { isFocused } from './browser.ts'
import { script } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)

t.test('clients are found by any of their words, a doctor’s name too', async (t) => {
  const { page } = await stage({}, '/clients')
  await page.getByRole('searchbox', { name: 'Search clients' }).fill('alex sample')
  await page.getByRole('row', { name: /Dr. Sample & Partner/ }).waitFor()
  await page.getByRole('row', { name: /Praxis Beispielweg/ }).waitFor({ state: 'detached' })
  t.equal(await page.getByRole('row').count(), 2)
})

t.test('a client’s details and defaults are changed together', async (t) => {
  const { page, host } = await stage({}, '/clients')
  await page.getByRole('link', { name: 'Dr. Sample & Partner' }).click()
  await page.getByText('Dr. Alex Sample').waitFor()
  await page.getByRole('textbox', { name: 'Contact' }).fill('Robin')
  await page.getByRole('button', { name: 'Add default' }).click()
  await page.getByRole('combobox', { name: 'Work' }).selectOption('coping')
  const gap = page.getByRole('textbox', { name: /^Value of CementGapThickness/ })
  await gap.fill('0,06')
  await gap.blur()
  t.equal(await gap.inputValue(), '0.06', 'as this language writes it')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Dr. Sample & Partner is saved.').waitFor()
  t.strictSame(bodiesOf(host, 'PUT /api/clients/002'), [
    {
      name: 'Dr. Sample & Partner',
      address: 'Example Street 2, 01001 Sampletown',
      contact: 'Robin',
      licence: '',
      parameters: {
        Coping: [{ type: 'CementGapThickness', value: 0.06, minValue: 0, maxValue: 0.2, stepSize: 0.005 }],
      },
    },
  ])
  t.ok(await page.getByRole('button', { name: 'Save' }).isDisabled())
})

t.test('a default outside its bounds, without a name or twice is refused where it stands', async (t) => {
  const { page, host } = await stage({}, '/clients/002')
  const add = page.getByRole('button', { name: 'Add default' })
  const save = page.getByRole('button', { name: 'Save' })
  await add.click()
  const value = page.getByRole('textbox', { name: /^Value of CementGap/ })
  await value.fill('0.5')
  await value.blur()
  await page.getByText('The value is outside its bounds.').waitFor()
  t.equal(await value.getAttribute('aria-invalid'), 'true')
  await value.fill('0.0577')
  await page.getByText('The value is not on its step, counted from the minimum.').waitFor()
  await value.fill('many')
  await page.getByText('A number is needed here.').waitFor()
  await value.fill('0.05')
  await page.getByRole('textbox', { name: /^Maximum of CementGap/ }).fill('-1')
  await page.keyboard.press('Tab')
  await page.getByText('The maximum is below the minimum.').waitFor()
  await page.getByRole('textbox', { name: /^Maximum of CementGap/ }).fill('0.2')
  await page.getByRole('textbox', { name: /^Step of CementGap/ }).fill('0')
  await page.keyboard.press('Tab')
  await page.getByText('The step has to be above 0.').waitFor()
  await page.getByRole('textbox', { name: /^Step of CementGap/ }).fill('0.005')
  await add.click()
  const name = page.getByRole('combobox', { name: 'Parameter' }).last()
  await save.click()
  await page.getByText('A parameter needs a name.').waitFor()
  t.ok(await isFocused(name))
  await name.fill('2nd gap')
  await page.getByText('A name begins with a letter', { exact: false }).waitFor()
  await name.fill('CementGapThickness')
  await page.getByText('This parameter stands twice for this work.').first().waitFor()
  t.equal(bodiesOf(host, 'PUT /api/clients/002').length, 0)
})

t.test(
  'with no name known, the page says where further parameters come from, in both languages',
  async (t) => {
    for (const [language, sentence] of [
      ['en', /^Further parameters, such as spacing or minimum thickness, come from your own cases/],
      ['de', /^Weitere Parameter, etwa Abstand oder Mindeststärke, kommen aus Ihren eigenen Fällen/],
    ] as const) {
      const usual = script()
      const { page } = await stage({ session: { ...usual.session, language } }, '/clients/002')
      await page.getByText(sentence).waitFor()
      t.equal(await page.locator('#parameter-types option').count(), 3, 'and offers no guessed name')
    }
  },
)

t.test(
  'what own cases call a parameter is offered with its bounds; what is known is said in words',
  async (t) => {
    const seen = {
      work: 'AnatomicCrown',
      type: 'MadeUpSpacing',
      value: 0.05,
      minValue: 0,
      maxValue: 1,
      stepSize: 0.01,
    }
    const { page, host } = await stage({ parameters: [seen] }, '/clients/002')
    const add = page.getByRole('button', { name: 'Add default' })
    await add.click()
    await page.getByText('cement gap, mm').waitFor()
    await page
      .locator('datalist option[value=MadeUpSpacing][label="in your cases"]')
      .waitFor({ state: 'attached' })
    t.equal(await page.locator('datalist option[value=MillingDiameter]').count(), 1)
    await add.click()
    await page.getByRole('combobox', { name: 'Parameter' }).last().fill('MadeUpSpacing')
    const value = page.getByRole('textbox', { name: 'Value of MadeUpSpacing, full crown' })
    t.equal(await value.inputValue(), '0.05')
    await value.fill('0.07')
    await page.getByRole('combobox', { name: 'Parameter' }).last().fill('MadeUpSpacing2')
    t.equal(
      await page.getByRole('textbox', { name: /^Value of MadeUpSpacing2/ }).inputValue(),
      '0.07',
      'what was typed stays',
    )
    await page.getByRole('combobox', { name: 'Parameter' }).last().fill('MadeUpSpacing')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('is saved.', { exact: false }).waitFor()
    const [body] = bodiesOf(host, 'PUT /api/clients/002') as { parameters: { AnatomicCrown: object[] } }[]
    const { work: _, ...kept } = { ...seen, value: 0.07 }
    t.strictSame(body?.parameters.AnatomicCrown[1], kept)
  },
)

t.test('each field of the defaults has a name of its own, in empty rows and equal ones too', async (t) => {
  const { page } = await stage({}, '/clients/002')
  const add = page.getByRole('button', { name: 'Add default' })
  for (let row = 0; row < 4; row++) await add.click()
  await page.getByRole('combobox', { name: 'Parameter, row 4' }).fill('CementGapThickness')
  await page.getByRole('textbox', { name: 'Minimum, row 3' }).fill('0')
  const fields = page.locator('.parameters tbody').locator('input, select, button')
  const names = await fields.evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')))
  t.equal(names.length, 4 * 7)
  t.equal(new Set(names).size, names.length, names.join('; '))
})

t.test('a new client gets a number of its own and opens', async (t) => {
  const { page, host } = await stage({ clients: [] }, '/clients')
  await page.getByRole('heading', { name: 'No clients yet' }).waitFor()
  await page.getByRole('link', { name: 'New client' }).click()
  await page.getByRole('textbox', { name: 'Client name' }).fill('Practice First')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/clients/001')
  t.strictSame(bodiesOf(host, 'POST /api/clients'), [
    { name: 'Practice First', address: '', contact: '', licence: '', parameters: {} },
  ])
})

t.test('a second client of one name is saved only after a question', async (t) => {
  const text = 'There is already a client of this name (number 002).'
  const refusal = { status: 409, code: 'client-name-taken', text }
  const { page, host } = await stage({ refusals: { 'POST /api/clients': refusal } }, '/clients/new')
  await page.getByRole('textbox', { name: 'Client name' }).fill('Dr. Sample & Partner')
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await save.click()
  const dialog = page.getByRole('dialog', { name: 'Another client “Dr. Sample & Partner”?' })
  await dialog.getByText(text, { exact: false }).waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  t.match(page.url(), /\/clients\/new$/)
  await save.click()
  await dialog.waitFor()
  host.script.refusals = {}
  await dialog.getByRole('button', { name: 'Save anyway' }).click()
  await page.waitForURL('**/clients/025')
  const client = { name: 'Dr. Sample & Partner', address: '', contact: '', licence: '', parameters: {} }
  t.strictSame(bodiesOf(host, 'POST /api/clients'), [client, client, { ...client, sameName: true }])
})

t.test('a client that is renamed to another’s name is asked about too', async (t) => {
  const text = 'There is already a client of this name (number 001).'
  const refusal = { status: 409, code: 'client-name-taken', text }
  const { page, host } = await stage({ refusals: { 'PUT /api/clients/002': refusal } }, '/clients/002')
  await page.getByRole('textbox', { name: 'Client name' }).fill('Zahnarztpraxis am Markt')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Another client “Zahnarztpraxis am Markt”?' })
  const stillRefused = { status: 500, code: 'database-full', text: 'There is no room left.' }
  host.script.refusals = { 'PUT /api/clients/002': stillRefused }
  await dialog.getByRole('button', { name: 'Save anyway' }).click()
  await page.getByRole('alert').getByText(stillRefused.text).waitFor()
  t.equal(await dialog.count(), 0)
})

t.test('nobody leaves with unsaved changes by accident', async (t) => {
  const { page } = await stage({}, '/clients/002')
  await page.getByRole('textbox', { name: 'Contact' }).fill('Robin')
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.message())
    void (asked.length === 1 ? dialog.dismiss() : dialog.accept())
  })
  await page.getByRole('link', { name: 'Settings' }).click()
  t.match(page.url(), /\/clients\/002$/)
  t.equal(await page.getByRole('textbox', { name: 'Contact' }).inputValue(), 'Robin')
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.waitForURL('**/settings')
  t.equal(asked.length, 2)
})

t.test('a client with cases says why it is kept instead of asking', async (t) => {
  const { page } = await stage({}, '/clients/002')
  await page.getByText('It cannot be deleted: 7 cases are assigned to it.').waitFor()
  t.ok(await page.getByRole('button', { name: 'Delete' }).isDisabled())
})

t.test('a default that is added is no fault before it was filled in or saved', async (t) => {
  const { page } = await stage({}, '/clients/002')
  const add = page.getByRole('button', { name: 'Add default' })
  await add.click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('is saved.', { exact: false }).waitFor()
  await add.click()
  const invalid = page.locator('[aria-invalid=true]')
  t.equal(await page.getByRole('combobox', { name: 'Parameter' }).count(), 2)
  t.equal(await invalid.count(), 0)
  await page.getByRole('combobox', { name: 'Parameter' }).last().focus()
  await page.keyboard.press('Tab')
  await invalid.first().waitFor()
  t.equal(await invalid.count(), 1)
})

t.test('where the reseller has the feature off, a client says nothing of doctors and mappings', async (t) => {
  const { page } = await stage({ session: { ...script().session, myitero: false } }, '/clients/002')
  await page.getByRole('textbox', { name: 'Client name' }).waitFor()
  t.equal(await page.getByText('iTero').count(), 0)
  t.equal(await page.getByRole('link', { name: 'Mappings' }).count(), 0)
})

t.test('a client is deleted after a question; one that is needed meanwhile says why not', async (t) => {
  const refusal = { status: 409, code: 'client-in-use', text: 'A case is his.' }
  const { page, host } = await stage({ refusals: { 'DELETE /api/clients/001': refusal } }, '/clients/001')
  await page.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await dialog.getByRole('alert').getByText(refusal.text).waitFor()
  host.script.refusals = {}
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL('**/clients')
  t.equal(await page.getByRole('link', { name: 'Zahnarztpraxis am Markt' }).count(), 0)
})
