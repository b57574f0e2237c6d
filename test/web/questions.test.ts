import type { Page } from 'playwright-core'
import t from 'tap'
import type { PluginRow } from '../../host/api.ts'
import { isFocused } from './browser.ts'
import { clients, doctorQuestion, importPlugin, materialQuestion } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)

const doctorDialog = (page: Page) => page.getByRole('dialog', { name: 'Which client is this doctor?' })
const materialDialog = (page: Page) =>
  page.getByRole('dialog', { name: 'Which material, and how is it made?' })

t.test(
  'a doctor’s question comes up by itself, says how many cases wait and offers the likely clients first',
  async (t) => {
    const { page, host } = await stage({ questions: [doctorQuestion] })
    const dialog = doctorDialog(page)
    await dialog.getByText('2 cases wait for the answer').waitFor()
    const options = dialog.getByRole('option')
    await options.first().waitFor()
    const texts = await options.allTextContents()
    t.match(texts[0], /^Dr\. Sample & Partner.*likely$/)
    t.match(texts[1], /^Practice Ebert 5.*likely$/)
    t.notMatch(texts[2], /likely/)
    await options.first().click()
    await dialog.getByRole('button', { name: 'Select & assign existing client' }).click()
    await dialog.waitFor({ state: 'detached' })
    t.strictSame(bodiesOf(host, 'POST /api/questions/1/answer'), [{ kind: 'doctor', client: '002' }])
    await page.getByText('Answered. 2 cases go on.').waitFor()
  },
)

t.test('clients that turn out likely while a doctor is asked for move to the top', async (t) => {
  const { page, host } = await stage({ questions: [{ ...doctorQuestion, likely: [] }] })
  const options = doctorDialog(page).getByRole('option')
  await options.first().waitFor()
  t.equal(await options.filter({ hasText: 'likely' }).count(), 0)
  host.script.questions = [doctorQuestion]
  host.emit({ type: 'questions', open: [1] })
  await options.first().getByText('likely').waitFor()
  t.match(await options.first().textContent(), /^Dr\. Sample & Partner/)
})

t.test('a client is found by typing and assigned by keyboard alone', async (t) => {
  const { page, host } = await stage({ questions: [doctorQuestion] })
  const box = doctorDialog(page).getByRole('combobox', { name: 'Client' })
  await doctorDialog(page).getByRole('option').first().waitFor()
  t.ok(await isFocused(box))
  await page.keyboard.type('celik 01011')
  await doctorDialog(page).getByText('1 client found').waitFor({ state: 'attached' })
  await page.keyboard.press('ArrowDown')
  const active = await box.getAttribute('aria-activedescendant')
  t.equal(await page.locator(`[id="${active}"]`).getAttribute('aria-selected'), 'true')
  await page.keyboard.press('Enter')
  await page.locator('button:focus', { hasText: 'Select & assign existing client' }).waitFor()
  t.equal(bodiesOf(host, 'POST /api/questions/1/answer').length, 0, 'chosen, not assigned')
  await page.keyboard.press('Enter')
  await doctorDialog(page).waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'POST /api/questions/1/answer'), [{ kind: 'doctor', client: '012' }])
})

t.test('a client is found however his name is spelled', async (t) => {
  const [first, ...others] = clients()
  if (first === undefined) throw new Error('no clients')
  const krueger = { ...first, name: "Zahnarztpraxis Krueger & O'Brien" }
  const { page } = await stage({ questions: [doctorQuestion], clients: [krueger, ...others] })
  const dialog = doctorDialog(page)
  await dialog.getByRole('option').first().waitFor()
  const box = dialog.getByRole('combobox', { name: 'Client' })
  for (const typed of ['krüg', 'krug', 'krueg', 'obrien', 'o’brien']) {
    await box.fill(typed)
    await dialog.getByText('1 client found').waitFor({ state: 'attached' })
    t.match(await dialog.getByRole('option').first().textContent(), /Krueger/, typed)
    await box.fill('')
  }
})

t.test('Enter takes the only client that fits what was typed, and none of several', async (t) => {
  const { page, host } = await stage({ questions: [doctorQuestion] })
  const dialog = doctorDialog(page)
  await dialog.getByRole('option').first().waitFor()
  await page.keyboard.type('practice')
  await page.keyboard.press('Enter')
  t.ok(await isFocused(dialog.getByRole('combobox', { name: 'Client' })))
  t.equal(await dialog.locator('[role=option][aria-selected=true]').count(), 0)
  await page.keyboard.press('Control+a')
  await page.keyboard.type('celik 01011')
  await dialog.getByText('1 client found').waitFor({ state: 'attached' })
  await page.keyboard.press('Enter')
  await page.locator('button:focus', { hasText: 'Select & assign existing client' }).waitFor()
  t.equal(await dialog.locator('[role=option][aria-selected=true]').count(), 1)
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'POST /api/questions/1/answer'), [{ kind: 'doctor', client: '012' }])
})

t.test('a new client is prefilled with what the order says, and needs a name', async (t) => {
  const { page, host } = await stage({ questions: [doctorQuestion] })
  const dialog = doctorDialog(page)
  const name = dialog.getByRole('textbox', { name: 'Client name' })
  t.equal(await name.inputValue(), 'Dr. Kim Example')
  t.equal(
    await dialog.getByRole('textbox', { name: 'Address' }).inputValue(),
    'Example Street 2, 01001 Sampletown',
  )
  t.equal(await dialog.getByRole('textbox', { name: 'Licence number' }).inputValue(), 'ZA-4711')
  await name.fill('  ')
  await dialog.getByRole('button', { name: 'Save & add new client' }).click()
  await dialog.getByText('A client needs a name.').waitFor()
  t.equal(bodiesOf(host, 'POST /api/questions/1/answer').length, 0)
  await name.fill('Practice Example')
  await dialog.getByRole('textbox', { name: 'Contact' }).fill('Kim')
  await dialog.getByRole('button', { name: 'Save & add new client' }).click()
  await dialog.waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'POST /api/questions/1/answer'), [
    {
      kind: 'doctor',
      new: {
        name: 'Practice Example',
        address: 'Example Street 2, 01001 Sampletown',
        contact: 'Kim',
        licence: 'ZA-4711',
      },
    },
  ])
})

t.test(
  'a question that is put off stays visible, does not come up again by itself and is opened from the header',
  async (t) => {
    const { page, host } = await stage({ questions: [doctorQuestion] })
    await doctorDialog(page).getByRole('button', { name: 'Decide later' }).click()
    await doctorDialog(page).waitFor({ state: 'detached' })
    host.emit({ type: 'questions', open: [1] })
    host.emit({ type: 'cases', unread: 2, waiting: 2, total: 400 })
    await page.reload()
    await page.getByRole('button', { name: '1 question open' }).waitFor()
    t.equal(await page.getByRole('dialog').count(), 0)
    await page.getByRole('button', { name: '1 question open' }).click()
    await doctorDialog(page).waitFor()
    await page.keyboard.press('Escape')
    await doctorDialog(page).waitFor({ state: 'detached' })
    t.ok(await isFocused(page.getByRole('button', { name: '1 question open' })))
  },
)

t.test('a row that waits opens its question', async () => {
  const { page } = await stage({ questions: [doctorQuestion, materialQuestion] })
  await doctorDialog(page).getByRole('button', { name: 'Decide later' }).click()
  await page.getByRole('row', { name: /Waiting for material/ }).click()
  await materialDialog(page).waitFor()
})

t.test(
  'one question comes after the other until one is put off: then none until a new one opens or somebody asks',
  async (t) => {
    const { page, host } = await stage({ questions: [doctorQuestion, materialQuestion] })
    await doctorDialog(page).getByRole('button', { name: 'Decide later' }).click()
    await doctorDialog(page).waitFor({ state: 'detached' })
    host.emit({ type: 'questions', open: [1, 2] })
    await page.waitForTimeout(300)
    t.equal(await page.getByRole('dialog').count(), 0)
    await page.getByRole('button', { name: '2 questions open' }).click()
    await doctorDialog(page).getByRole('option').first().click()
    await doctorDialog(page).getByRole('button', { name: 'Select & assign existing client' }).click()
    await materialDialog(page).waitFor()
    await page.keyboard.press('Escape')
    await materialDialog(page).waitFor({ state: 'detached' })
    host.script.questions = [materialQuestion, { ...doctorQuestion, id: 3 }]
    host.emit({ type: 'questions', open: [2, 3] })
    await doctorDialog(page).waitFor()
  },
)

t.test('where a case still waits for another answer, as many as there are are told', async () => {
  const { page, host } = await stage({ questions: [doctorQuestion] })
  host.script.released = 0
  await doctorDialog(page).getByRole('option').first().click()
  await doctorDialog(page).getByRole('button', { name: 'Select & assign existing client' }).click()
  await page.getByText('Answered. 2 cases still wait for another answer.').waitFor()
})

t.test('nobody who is typing is interrupted by a question', async (t) => {
  const { page, host } = await stage()
  await page.getByRole('grid').waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('ahr')
  host.script.questions = [doctorQuestion]
  host.emit({ type: 'questions', open: [1] })
  await page.getByRole('button', { name: '1 question open' }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
  await page.getByRole('link', { name: 'Clients' }).focus()
  await doctorDialog(page).waitFor()
})

t.test('a new client of a name that there is already is saved by a second press only', async (t) => {
  const text = 'There is already a client of this name (number 002).'
  const refusal = { status: 409, code: 'client-name-taken', text }
  const { page, host } = await stage({
    questions: [doctorQuestion],
    refusals: { 'POST /api/questions/1/answer': refusal },
  })
  const dialog = doctorDialog(page)
  const create = dialog.getByRole('button', { name: 'Save & add new client' })
  await create.click()
  await dialog.getByRole('alert').getByText(text, { exact: false }).waitFor()
  const name = dialog.getByRole('textbox', { name: 'Client name' })
  const before = await name.inputValue()
  await name.fill('Somebody else')
  await create.waitFor()
  t.equal(await dialog.getByRole('alert').count(), 0, 'another name is another matter')
  await name.fill(before)
  host.script.refusals = {}
  await dialog.getByRole('button', { name: 'Save anyway' }).click()
  await dialog.waitFor({ state: 'detached' })
  const bodies = bodiesOf(host, 'POST /api/questions/1/answer') as { new: { sameName?: boolean } }[]
  t.strictSame(
    bodies.map((each) => each.new.sameName),
    [undefined, true],
  )
})

t.test('a question that is answered elsewhere closes its dialog and says so', async () => {
  const { page, host } = await stage({ questions: [doctorQuestion] })
  await doctorDialog(page).waitFor()
  host.script.questions = []
  host.emit({ type: 'questions', open: [] })
  await doctorDialog(page).waitFor({ state: 'detached' })
  await page.getByText('This question has been answered elsewhere.').waitFor()
})

t.test(
  'a question whose import was given up closes its dialog, leaves the header, and says what to do',
  async (t) => {
    const { page, host } = await stage({ questions: [doctorQuestion] })
    await doctorDialog(page).waitFor()
    const failure = { code: 'plugin-crashed', text: 'The import ended by itself.' }
    const givenUp: PluginRow = { ...importPlugin, process: { kind: 'given-up', crashes: 5, failure } }
    host.script.questions = []
    host.emit({ type: 'plugins', plugins: [givenUp] })
    host.emit({ type: 'questions', open: [] })
    await doctorDialog(page).waitFor({ state: 'detached' })
    await page.getByText('MyiTero import has stopped after several faults.', { exact: false }).waitFor()
    t.equal(await page.getByRole('button', { name: '1 question open' }).count(), 0)
  },
)

t.test('an answer that is refused leaves the dialog open with the reason', async (t) => {
  const refusal = { status: 409, code: 'answer-unfit', text: 'This client is gone.' }
  const { page, host } = await stage({
    questions: [doctorQuestion],
    refusals: { 'POST /api/questions/1/answer': refusal },
  })
  const dialog = doctorDialog(page)
  await dialog.getByRole('option').first().click()
  await dialog.getByRole('button', { name: 'Select & assign existing client' }).click()
  await dialog.getByRole('alert').getByText('This client is gone.').waitFor()
  host.script.refusals = {}
  await dialog.getByRole('button', { name: 'Select & assign existing client' }).click()
  await dialog.waitFor({ state: 'detached' })
  t.equal(bodiesOf(host, 'POST /api/questions/1/answer').length, 2)
})

t.test(
  'a material’s question shows teeth, ordered material and note, and keeps both defaults unless they are unticked',
  async (t) => {
    const { page, host } = await stage({ questions: [materialQuestion] })
    const dialog = materialDialog(page)
    await dialog.getByText('Zirconia: Lab Preference', { exact: true }).waitFor()
    for (const tooth of ['14', '15', '16']) await dialog.getByText(tooth, { exact: true }).waitFor()
    await dialog.getByText('Patient grinds', { exact: false }).waitFor()
    const assign = dialog.getByRole('button', { name: 'Assign material' })
    t.ok(await dialog.getByRole('radio', { name: /^Zirconia multilayer/ }).isChecked(), 'as proposed')
    t.ok(await assign.isDisabled(), 'the method is open')
    await dialog.getByRole('radio', { name: '4-axis milling' }).check()
    await dialog.getByRole('radio', { name: 'Zirconia', exact: true }).check()
    t.ok(await assign.isDisabled(), 'this material is not made that way')
    await dialog.getByRole('radio', { name: '3-axis milling' }).check()
    const both = dialog.getByRole('checkbox')
    t.equal(await both.count(), 2)
    t.ok((await both.first().isChecked()) && (await both.last().isChecked()))
    await both.last().uncheck()
    await assign.click()
    await dialog.waitFor({ state: 'detached' })
    t.strictSame(bodiesOf(host, 'POST /api/questions/2/answer'), [
      { kind: 'material', material: 'ZI', method: '3ax', makeDefault: { material: true, method: false } },
    ])
  },
)

t.test('where no default can be kept none is offered, and a single method is chosen already', async (t) => {
  const { page, host } = await stage({
    questions: [
      {
        ...materialQuestion,
        itero: { id: null, name: null },
        canDefault: false,
        makeDefault: { material: false, method: false },
      },
    ],
  })
  const dialog = materialDialog(page)
  await dialog.getByText('no material stated').waitFor()
  t.equal(await dialog.getByRole('checkbox').count(), 0)
  await dialog.getByRole('radio', { name: 'Zirconia, high translucency' }).check()
  t.ok(await dialog.getByRole('radio', { name: '5-axis milling' }).isChecked())
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'POST /api/questions/2/answer'), [
    { kind: 'material', material: 'ZIHT', method: '5ax', makeDefault: { material: false, method: false } },
  ])
})

t.test('an older answer that comes late does not bring a question back that is settled', async (t) => {
  const { page, host } = await stage()
  await page.getByRole('grid', { name: 'Cases and orders' }).waitFor()
  const asked = Promise.withResolvers<void>()
  const late = Promise.withResolvers<void>()
  await page.route(
    '**/api/questions',
    async (route) => {
      const response = await route.fetch()
      asked.resolve()
      await late.promise
      await route.fulfill({ response })
    },
    { times: 1 },
  )
  host.script.questions = [doctorQuestion]
  host.emit({ type: 'questions', open: [1] })
  await asked.promise
  host.script.questions = [materialQuestion]
  host.emit({ type: 'questions', open: [2] })
  await materialDialog(page).waitFor()
  const answered = page.waitForResponse('**/api/questions')
  late.resolve()
  await (await answered).finished()
  // drawn anew by what comes after it
  host.emit({ type: 'progress', bars: [{ token: 'a', title: 'x.zip', done: 1, of: 2 }] })
  await page.getByRole('progressbar', { name: 'Under way: x.zip', includeHidden: true }).waitFor()
  t.ok(await materialDialog(page).isVisible())
  t.equal(await doctorDialog(page).count(), 0)
})
