import type { Locator } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Question } from '../../host/api.ts'
import { doctorQuestion, materialQuestion, script } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t, { scrollbars: true })
const NOTE = 'Please match the neighbours, a little lighter towards the incisal edge.\nPatient grinds.'
const OTHER = 'Please call before milling.'

/** As many orders as asked for wait for it, each with its note. */
function crowded<Q extends Question>(question: Q, notes: readonly string[]): Q {
  const [first] = question.waiting
  if (first === undefined) throw new Error('nobody waits')
  const waiting = notes.map((note, at) => ({ ...first, revision: at + 1, orderId: `8100000${at}`, note }))
  return { ...question, waiting, waitingCount: notes.length }
}

async function isInSight(t: Test, button: Locator): Promise<void> {
  const box = await button.boundingBox()
  const size = button.page().viewportSize()
  const name = await button.textContent()
  t.ok(box !== null && size !== null && box.y >= 0 && box.y + box.height <= size.height, `${name} is seen`)
  t.ok(box !== null && size !== null && box.x >= 0 && box.x + box.width <= size.width, `${name}, whole`)
}

t.test('a name without a break is broken, and both ways stay in sight', async (t) => {
  const doctor = { ...doctorQuestion.doctor, name: 'Verylongname'.repeat(10) }
  const { page } = await stage({ questions: [{ ...doctorQuestion, doctor }] })
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('option').first().waitFor()
  const body = dialog.locator('.modal-body')
  t.equal(await body.evaluate((each) => each.scrollWidth - each.clientWidth), 0)
  await isInSight(t, dialog.getByRole('textbox', { name: 'Address' }))
})

const QUESTIONS: readonly Question[] = [
  crowded(
    materialQuestion,
    [1, 2, 3, 4, 5, 6].map((at) => `${NOTE} ${at}`),
  ),
  crowded(doctorQuestion, Array(10).fill('')),
]
const SIZES = [
  [1280, 850, 'en'],
  [1280, 850, 'de'],
  [1024, 640, 'en'],
  [1024, 640, 'de'],
] as const

for (const question of QUESTIONS)
  for (const [width, height, language] of SIZES)
    t.test(
      `with many orders waiting, the ${question.kind}’s question shows all its buttons at ${width} × ${height} (${language})`,
      async (t) => {
        const session = { ...script().session, language }
        const { page } = await stage({ questions: [question], session }, '/', { width, height })
        const dialog = page.getByRole('dialog')
        await dialog.waitFor()
        if (question.kind === 'doctor') await dialog.getByRole('option').first().waitFor()
        const buttons = await dialog.getByRole('button').all()
        t.equal(buttons.length, question.kind === 'doctor' ? 3 : 2)
        const lines = new Set(await Promise.all(buttons.map(async (each) => (await each.boundingBox())?.y)))
        t.equal(lines.size, 1, 'they stand in one line')
        for (const button of buttons) await isInSight(t, button)
        // what does not fit is reached all the same
        const last = dialog.locator(question.kind === 'doctor' ? '#new-licence' : '.question-orders')
        await last.scrollIntoViewIfNeeded()
        await isInSight(t, last)
        for (const button of buttons) await isInSight(t, button)
      },
    )

t.test('a note that several orders carry is shown once, with their numbers', async (t) => {
  const question = crowded(materialQuestion, [NOTE, NOTE, OTHER, NOTE, ''])
  const { page } = await stage({ questions: [question] })
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Doctor’s note, orders 81000000, 81000001, 81000003', { exact: true }).waitFor()
  await dialog.getByText('Doctor’s note, order 81000002', { exact: true }).waitFor()
  t.strictSame(await dialog.locator('.note').allTextContents(), [NOTE, OTHER])
})

t.test('a note that all orders carry needs no numbers', async (t) => {
  const { page } = await stage({ questions: [crowded(materialQuestion, Array(6).fill(NOTE))] })
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Doctor’s note', { exact: true }).waitFor()
  t.equal(await dialog.locator('.note').count(), 1)
})

t.test('of another client of that name one hears beside the buttons, whatever is scrolled', async (t) => {
  const { page, host } = await stage({ questions: [crowded(doctorQuestion, Array(10).fill(''))] }, '/', {
    width: 1024,
    height: 640,
  })
  const text = 'There is a client of that name.'
  host.script.refusals = {
    'POST /api/questions/1/answer': { status: 409, code: 'client-name-taken', text },
  }
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Save & add new client' }).click()
  const alert = dialog.getByRole('alert').filter({ hasText: text })
  await alert.waitFor()
  await isInSight(t, alert)
})

t.test('a new client without a name is told so where one looks', async (t) => {
  const { page } = await stage({ questions: [crowded(doctorQuestion, Array(10).fill(''))] }, '/', {
    width: 1024,
    height: 640,
  })
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Client name').fill('')
  await dialog.getByLabel('Licence number').scrollIntoViewIfNeeded()
  await dialog.getByRole('button', { name: 'Save & add new client' }).click()
  const fault = dialog.locator('#new-name-fault')
  await fault.waitFor()
  await isInSight(t, dialog.getByLabel('Client name'))
})

t.test('teeth stand as on the chart, whatever the order they were ordered in', async (t) => {
  const [first] = materialQuestion.waiting
  if (first === undefined) throw new Error('nobody waits')
  const question = { ...materialQuestion, waiting: [{ ...first, teeth: [44, 45, 46] }] }
  const { page } = await stage({ questions: [question] })
  const dialog = page.getByRole('dialog')
  await dialog.getByText('FDI 46, 45, 44', { exact: false }).waitFor()
  t.strictSame(await dialog.locator('.tooth').allTextContents(), ['46', '45', '44'])
})
