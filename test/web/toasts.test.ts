import type { Locator } from 'playwright-core'
import t from 'tap'
import { doctorQuestion, materialQuestion } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t)

/** Where it stands once it has come to rest. */
async function boxOf(locator: Locator) {
  await locator.waitFor()
  const box = await locator.boundingBox()
  if (box === null) throw new Error('not seen')
  return { ...box, bottom: box.y + box.height, right: box.x + box.width }
}

for (const [width, height] of [
  [1280, 850],
  [1024, 640],
] as const)
  t.test(`at ${width} × ${height} a message covers nothing of the window that opens with it`, async (t) => {
    const { page } = await stage({ questions: [doctorQuestion, materialQuestion] }, '/', { width, height })
    const doctor = page.getByRole('dialog', { name: 'Which client is this doctor?' })
    await doctor.getByRole('option').first().click()
    await doctor.getByRole('button', { name: 'Select & assign existing client' }).click()
    const material = page.getByRole('dialog', { name: 'Which material, and how is it made?' })
    await material.waitFor()
    const toast = page.getByText('Answered. 2 cases go on.')
    const message = await boxOf(page.locator('.toast').filter({ has: toast }))
    const window = await boxOf(material)
    t.ok(message.bottom <= window.y, `${message.bottom} <= ${window.y}`)
    t.ok(window.bottom <= height && message.y >= 0, 'both are seen whole')
    await toast.waitFor({ state: 'detached' })
    t.same(await boxOf(material), window, 'it does not move when the message goes')
    await material.getByRole('button', { name: 'Decide later' }).click()
    await material.waitFor({ state: 'detached' })
  })

t.test('without a window it stands below, away from the header', async (t) => {
  const { page } = await stage({ questions: [doctorQuestion] })
  const doctor = page.getByRole('dialog', { name: 'Which client is this doctor?' })
  await doctor.getByRole('option').first().click()
  await doctor.getByRole('button', { name: 'Select & assign existing client' }).click()
  await doctor.waitFor({ state: 'detached' })
  const message = await boxOf(page.locator('.toast'))
  t.ok(message.y > 400, String(message.y))
})
