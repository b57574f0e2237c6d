import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import t from 'tap'
import { EXECUTABLE } from '../browser.ts'
import { drawnTriangles, openHost, showing, until } from './opened.ts'

// a page with its scans takes a moment on a machine without a graphics card
t.setTimeout(280_000)

const PLY = { mesh: { format: 'ply-object', bytes: 1_000_000 } } as const

t.test('the scans of a case', async (t) => {
  const host = await openHost(
    t,
    [['implant-crown', PLY], ['pre-treatment', PLY], ['study-model'], ['single-crown']],
    (cases) => {
      const project = '2026-03-09_Lindqvist-Test_Nora'
      truncateSync(join(cases, project, `${project}-upperjaw.stl`), 500_000)
    },
  )

  await t.test('stand there in 3D: both jaws at first, others when they are wanted', async (t) => {
    const { page, complaints } = await host.open('van der Test, Femke')
    await page.locator('input.opacity').nth(1).waitFor()
    const jaws = await drawnTriangles(page, (count) => count > 60_000)
    const asked = page.waitForRequest((request) => request.url().includes('lowerjaw-marker'))
    await page.getByLabel('Lower scan body', { exact: true }).check()
    await asked
    await page.getByRole('slider', { name: 'Opacity of Lower scan body' }).waitFor()
    t.ok((await drawnTriangles(page, (count) => count > jaws + 10_000)) > jaws)
    t.same(complaints, [], 'the strict policy lets workers, three and colours be')
    await page.context().close()
  })

  await t.test('give way to each other: the other jaw would hide what a view shows', async () => {
    const { page } = await host.open('van der Test, Femke')
    await page.locator('input.opacity').nth(1).waitFor()
    const both = await drawnTriangles(page, (count) => count > 60_000)
    const [upper, lower] = [
      page.getByLabel('Upper jaw', { exact: true }),
      page.getByLabel('Lower jaw', { exact: true }),
    ]
    await page.getByRole('button', { name: 'Upper', exact: true }).click()
    await until(async () => (await upper.isChecked()) && (await lower.isChecked()) === false)
    await drawnTriangles(page, (count) => count < both * 0.6)
    await page.getByRole('button', { name: 'Front', exact: true }).click()
    await until(async () => (await upper.isChecked()) && (await lower.isChecked()) === true)
    await drawnTriangles(page, (count) => count >= both)
    await page.context().close()
  })

  await t.test('are turned by mouse and by keys, and the sides of the patient are told', async (t) => {
    const { page } = await host.open('van der Test, Femke')
    await page.locator('input.opacity').nth(1).waitFor()
    await drawnTriangles(page, (count) => count > 60_000)
    const stage = page.getByRole('application', { name: 'Scans in 3D' })
    const front = page.getByRole('button', { name: 'Front', exact: true })
    const sides = page.locator('.sides')
    await until(async () => (await front.getAttribute('aria-pressed')) === 'true')
    const before = await stage.screenshot()
    await stage.focus()
    for (let press = 0; press < 18; press++) await page.keyboard.press('ArrowLeft')
    await until(async () => (await front.getAttribute('aria-pressed')) === 'false')
    await page.locator('.sides.turned').waitFor()
    await page.keyboard.press('4')
    await sides.waitFor({ state: 'detached' })
    await page.keyboard.press('1')
    await until(async () => (await front.getAttribute('aria-pressed')) === 'true')
    const box = await stage.boundingBox()
    if (box === null) return t.fail('the stage has a place')
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 + 150, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    await until(async () => (await front.getAttribute('aria-pressed')) === 'false')
    t.notOk(before.equals(await stage.screenshot()), 'another picture')
    await page.context().close()
  })

  await t.test('before treatment wear their texture, and can be seen through', async (t) => {
    const { page, complaints } = await host.open('Before-After, Paula')
    await page.locator('input.opacity').nth(1).waitFor()
    const texture = page.waitForResponse((response) => response.url().endsWith('upperjaw-situ.jpg'))
    await page.getByLabel('Upper jaw before treatment', { exact: true }).check()
    t.equal((await texture).status(), 200)
    const opacity = page.getByRole('slider', { name: 'Opacity of Upper jaw before treatment' })
    t.ok(Number(await opacity.inputValue()) < 1, 'half at first')
    await opacity.fill('1')
    t.same(complaints, [])
    await page.context().close()
  })

  await t.test('without a jaw among them are shown all the same', async (t) => {
    const { page } = await host.open('Straight, Lena')
    t.ok((await drawnTriangles(page, (count) => count > 1000)) > 1000)
    await page.context().close()
  })

  await t.test('that are damaged are told plainly, and the others are shown', async (t) => {
    const { page } = await host.open('Lindqvist-Test, Nora')
    await page.locator('.scan-fault').waitFor()
    await showing(page.locator('.scan-fault'), /damaged/)
    await page.getByRole('slider', { name: 'Opacity of Lower jaw' }).waitFor()
    t.ok((await drawnTriangles(page, (count) => count > 1000)) > 1000)
    await page.context().close()
  })

  await t.test('leave nothing behind: their workers end with the page', async (t) => {
    const { page } = await host.open('van der Test, Femke')
    await page.locator('input.opacity').nth(1).waitFor()
    t.equal(page.workers().length, 1, 'those that read are gone already')
    const [drawing] = page.workers()
    const gone = new Promise((resolve) => drawing?.once('close', resolve))
    await page.getByRole('link', { name: 'Cases', exact: true }).click()
    await gone
    t.equal(page.workers().length, 0)
    await page.context().close()
  })

  await t.test('cannot be shown without WebGL: that is said, and the files are there', async (t) => {
    const plain = await chromium.launch({
      executablePath: EXECUTABLE,
      chromiumSandbox: false,
      args: ['--disable-gpu', '--disable-software-rasterizer'],
    })
    t.teardown(() => plain.close())
    const { page, complaints } = await host.open('van der Test, Femke', { in: plain })
    await page.getByText('WebGL is missing or switched off').waitFor()
    t.ok(await page.getByRole('link', { name: /upperjaw\.ply$/ }).isVisible())
    t.same(
      complaints.filter((each) => !/webgl/i.test(each)),
      [],
    )
  })

  await t.test('come in their colours, or as stone', async (t) => {
    const { page } = await host.open('van der Test, Femke')
    await page.locator('input.opacity').nth(1).waitFor()
    await drawnTriangles(page, (count) => count > 60_000)
    const stage = page.getByRole('application', { name: 'Scans in 3D' })
    const coloured = await stage.screenshot()
    await page.getByRole('button', { name: 'Colours', exact: true }).click()
    let stone = coloured
    for (let look = 0; look < 50 && stone.equals(coloured); look++) stone = await stage.screenshot()
    t.notOk(stone.equals(coloured))
    await page.context().close()
  })
})
