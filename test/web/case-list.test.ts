import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { isFocused, weightOf } from './browser.ts'
import { doctorQuestion, importPlugin, materialQuestion, row, rows, script } from './scripts.ts'
import { theatre } from './stage.ts'

const stage = await theatre(t)
const MANY = 100_000
const manyRows = rows(MANY)

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Cases and orders' })
const activeRow = (page: Page): Locator => page.locator('[role=row][aria-selected=true]')
const waitFor = (locator: Locator): Promise<void> => locator.waitFor()

t.test(
  'of 100,000 rows only those on the screen are drawn, and a screen reader knows how many there are',
  async (t) => {
    const { page, host } = await stage({ rows: manyRows })
    await waitFor(page.getByRole('row', { name: /Ahrens, Anna/ }).first())
    t.equal(await grid(page).getAttribute('aria-rowcount'), String(MANY + 1))
    t.ok((await page.getByRole('row').count()) < 60)
    await grid(page).focus()
    await page.keyboard.press('End')
    await waitFor(page.locator(`[aria-rowindex="${MANY + 1}"][aria-selected=true]:not(.missing)`))
    t.ok((await page.getByRole('row').count()) < 60)
    const limits = host.calls
      .filter((each) => each.call === 'GET /api/cases')
      .map((each) => each.query.get('limit'))
    t.ok(limits.every((limit) => Number(limit) <= 200))
  },
)

t.test('dates are seen whole in every language and window, of an unread case too', async (t) => {
  const late = rows(40).map((each) => ({ ...each, due: each.due === null ? null : '2026-12-15' }))
  for (const locale of ['en-US', 'en-GB', 'de-DE'] as const)
    for (const width of [1000, 1280]) {
      const session = { ...script().session, language: locale === 'de-DE' ? 'de' : 'en' } as const
      const { page } = await stage({ rows: late, session }, '/', { width, height: 800, locale })
      await waitFor(page.getByRole('row', { name: /Ahrens, Anna/ }).first())
      const dates = page.locator('.case-line > :is([aria-colindex="5"], [aria-colindex="8"]):not(.across)')
      const cut = await dates.evaluateAll(
        (cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length,
      )
      t.equal(cut, 0, `${locale} at ${width}`)
      const sideways = await page
        .locator('.case-grid')
        .evaluate((list) => list.scrollWidth - list.clientWidth)
      t.equal(sideways, 0, `${locale} at ${width} is not scrolled sideways`)
    }
})

t.test('an order that waits for client and material is asked about its client first', async () => {
  const both = row(0, 1, {
    status: 'waiting',
    waitsFor: [
      { question: 2, kind: 'material' },
      { question: 1, kind: 'doctor' },
    ],
  })
  const { page, host } = await stage({ rows: [both] })
  await waitFor(page.getByRole('row', { name: /Waiting for client and material/ }))
  host.script.questions = [materialQuestion, doctorQuestion]
  await page.evaluate("sessionStorage.setItem('questions-put-off', '[1,2]')")
  await page.reload()
  await page.getByRole('row', { name: /Waiting for client and material/ }).click()
  await page.getByRole('dialog', { name: 'Which client is this doctor?' }).waitFor()
})

t.test(
  'the list is walked by keyboard: arrows, Page Up and Down, Home and End, Enter opens, and back keeps the place though cases came in',
  async (t) => {
    const { page, host } = await stage({ rows: manyRows })
    await waitFor(activeRow(page))
    await grid(page).focus()
    const index = async (): Promise<number> => Number(await activeRow(page).getAttribute('aria-rowindex'))
    t.equal(await index(), 2)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowUp')
    t.equal(await index(), 3)
    await page.keyboard.press('PageDown')
    const paged = await index()
    t.ok(paged > 10 && paged < 40)
    await page.keyboard.press('PageUp')
    t.equal(await index(), 3)
    await page.keyboard.press('End')
    await waitFor(page.locator(`[aria-rowindex="${MANY + 1}"][aria-selected=true]:not(.missing)`))
    await page.keyboard.press('Home')
    t.equal(await index(), 2)
    t.equal(await grid(page).getAttribute('aria-activedescendant'), await activeRow(page).getAttribute('id'))

    for (let presses = 0; presses < 3; presses++) await page.keyboard.press('PageDown')
    const place = await index()
    const name = await activeRow(page).getByRole('link').textContent()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/case\/\d+$/)
    host.script.rows = [row(0, MANY + 2), row(1, MANY + 2), ...manyRows]
    host.emit({ type: 'cases', unread: 3, waiting: 2, total: MANY + 2 })
    await page.goBack()
    await waitFor(page.locator(`[aria-rowindex="${place + 2}"][aria-selected=true]:not(.missing)`))
    t.equal(await activeRow(page).getByRole('link').textContent(), name)
    t.ok(await activeRow(page).isVisible())
  },
)

t.test('rows that come in above do not move the row one looks at', async (t) => {
  const { page, host } = await stage({ rows: manyRows })
  await waitFor(activeRow(page))
  await page.evaluate('document.querySelector("[role=grid]").scrollTop = 34 * 5000 + 7')
  const watched = page.locator('[aria-rowindex="5010"]:not(.missing)')
  await waitFor(watched)
  const order = (await watched.getByRole('gridcell').nth(5).textContent())?.trim() ?? ''
  const before = await watched.boundingBox()
  host.script.rows = [...Array.from({ length: 7 }, (_, at) => row(at, MANY + 7)), ...manyRows]
  host.emit({ type: 'cases', unread: 9, waiting: 2, total: MANY + 7 })
  const moved = page.locator('[aria-rowindex="5017"]:not(.missing)').filter({ hasText: order })
  await waitFor(moved)
  const after = await moved.boundingBox()
  t.ok(before !== null && after !== null && Math.abs(before.y - after.y) < 1)
  t.equal(await grid(page).getAttribute('aria-rowcount'), String(MANY + 8))
})

t.test('at the top of the list a new case shows at once', async (t) => {
  const { page, host } = await stage()
  await waitFor(activeRow(page))
  host.script.rows = [row(0, 401, { patient: 'Newcomer, Nora' }), ...host.script.rows]
  host.emit({ type: 'cases', unread: 3, waiting: 2, total: 401 })
  await waitFor(page.locator('[aria-rowindex="2"]').filter({ hasText: 'Newcomer, Nora' }))
  // the title follows the drawing
  await page.evaluate(`new Promise((counted) => {
    const look = () => (document.title.startsWith('(3) ') ? counted() : requestAnimationFrame(look))
    look()
  })`)
  t.pass('and the title counts it')
})

t.test('unread cases stand bold with a mark, read ones do not', async (t) => {
  const { page } = await stage()
  const unread = page.locator('.case-line.unread').first()
  await waitFor(unread)
  t.equal(await unread.getByText('Unread', { exact: true }).count(), 1)
  t.ok((await weightOf(unread)) >= 600)
  const read = page.locator('.case-line.read').first()
  t.ok((await weightOf(read)) < 500)
})

t.test('the slash goes to the search, what is typed filters, Escape shows everything again', async (t) => {
  const { page } = await stage()
  await waitFor(activeRow(page))
  await page.keyboard.press('/')
  t.equal(await isFocused(page.getByRole('searchbox', { name: 'Search cases' })), true)
  await page.keyboard.type('ivanova hanna')
  const fitting = rows(400).filter((each) => each.patient === 'Ivanova, Hanna').length
  t.ok(fitting > 1)
  await waitFor(page.getByText(`${fitting} entries`, { exact: true }))
  t.ok((await page.locator('.case-line').allTextContents()).every((text) => text.includes('Ivanova, Hanna')))
  await page.keyboard.press('Escape')
  await waitFor(page.getByText('400 entries'))
  await page.keyboard.type('nobody at all')
  await waitFor(page.getByRole('heading', { name: 'Nothing fits' }))
  await page.getByRole('button', { name: 'Show all cases' }).click()
  await waitFor(page.getByText('400 entries'))
})

t.test('a header sorts, and the other way round when it is pressed again', async (t) => {
  const { page, host } = await stage()
  await waitFor(activeRow(page))
  const header = page.getByRole('columnheader', { name: 'Patient' })
  await header.getByRole('button').click()
  await waitFor(page.locator('[role=columnheader][aria-sort=ascending]').filter({ hasText: 'Patient' }))
  await waitFor(page.locator('[aria-rowindex="2"]').filter({ hasText: 'Ahrens' }))
  await header.getByRole('button').click()
  await waitFor(page.locator('[role=columnheader][aria-sort=descending]').filter({ hasText: 'Patient' }))
  await waitFor(page.locator('[aria-rowindex="4"]').filter({ hasText: 'Ivanova' }))
  const last = host.calls.findLast((each) => each.call === 'GET /api/cases')
  t.equal(last?.query.get('sort'), 'patient')
  t.equal(last?.query.get('direction'), 'descending')
})

t.test('the list is filtered by status and by client', async (t) => {
  const { page, host } = await stage()
  await waitFor(activeRow(page))
  await page.getByRole('button', { name: /^Waiting/ }).click()
  await waitFor(page.getByText('2 entries'))
  t.equal(await page.getByRole('button', { name: /^Waiting/ }).getAttribute('aria-pressed'), 'true')
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await page.getByRole('combobox', { name: 'Filter by client' }).selectOption({ label: 'Smile Test Clinic' })
  const theirs = rows(400).filter((each) => each.client === 'Smile Test Clinic').length
  await waitFor(page.getByText(`${theirs} entries`, { exact: true }))
  t.equal(host.calls.findLast((each) => each.call === 'GET /api/cases')?.query.get('client'), '004')
})

t.test('a refused package says why in its row, and whole when it is opened', async (t) => {
  const { page } = await stage()
  const refused = page.getByRole('row', { name: /iTero_Export_90412.zip/ })
  await waitFor(refused.getByText('The package ends in the middle', { exact: false }))
  await refused.click()
  const dialog = page.getByRole('dialog', { name: 'Why this order was refused' })
  await waitFor(dialog.getByText('Copy it to the export folder again.', { exact: false }))
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  t.equal(await isFocused(grid(page)), true)
})

t.test('imports under way show as bars', async (t) => {
  const { page, host } = await stage()
  await waitFor(activeRow(page))
  host.emit({ type: 'progress', bars: [{ token: 'a', title: 'iTero_Export_1.zip', done: 25, of: 100 }] })
  const bar = page.getByRole('progressbar', { name: 'Under way: iTero_Export_1.zip' })
  await waitFor(bar)
  t.equal(await bar.evaluate((each) => (each as unknown as { readonly value: number }).value), 0.25)
  host.emit({ type: 'progress', bars: [] })
  await bar.waitFor({ state: 'detached' })
})

t.test('an empty list tells what to do', async () => {
  const { page } = await stage({ rows: [] })
  await waitFor(page.getByRole('heading', { name: 'No cases yet' }))
  await page.getByRole('button', { name: 'Sync now' }).first().click()
  await waitFor(page.getByText('Looking for new orders'))
})

t.test('a list that cannot be read says why, and is read again on request', async () => {
  const refusal = { status: 500, code: 'database-unreadable', text: 'The database cannot be read.' }
  const { page, host } = await stage({ refusals: { 'GET /api/cases': refusal } })
  // with the stream the list is read again by itself
  await host.asked('GET /api/cases', 2)
  await waitFor(page.getByText('The database cannot be read.'))
  host.script.refusals = {}
  await page.getByRole('button', { name: 'Try again' }).click()
  await waitFor(activeRow(page))
})

t.test('after a cut the page says so, comes back and shows what happened meanwhile', async () => {
  const { page, host } = await stage()
  await waitFor(activeRow(page))
  host.script.rows = [row(0, 401, { patient: 'Meanwhile, Mia' }), ...host.script.rows]
  host.cut()
  await waitFor(page.getByText('The connection to the case database is lost', { exact: false }))
  await waitFor(page.getByText('Meanwhile, Mia'))
  await page
    .getByText('The connection to the case database is lost', { exact: false })
    .waitFor({ state: 'detached' })
})

t.test(
  'where the host was started anew and knows the browser no more, the page says what to do',
  async () => {
    const { page, host } = await stage()
    await waitFor(activeRow(page))
    const refusal = { status: 401, code: 'signed-out', text: 'Open a new link of the host.' }
    host.script.refusals = { 'GET /api/session': refusal }
    host.cut()
    await waitFor(page.getByRole('status').filter({ hasText: refusal.text }))
  },
)

t.test('each filter that asks for a look says how many there are', async () => {
  const { page } = await stage()
  await page.getByRole('button', { name: 'Refused 1', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Broken 1', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Waiting 2', exact: true }).waitFor()
})

t.test(
  'an order that waits looks like a link only where it can be answered, and says what to do where it cannot',
  async (t) => {
    const settings = {
      ...script().settings,
      plugins: [{ ...importPlugin, enabled: false, process: { kind: 'stopped' } as const }],
    }
    const { page, host } = await stage({ settings })
    const waiting = page.getByRole('row', { name: /Waiting for material/ })
    await waiting.click()
    const why = page.getByRole('dialog', { name: 'Why this order does not go on' })
    await why.getByText('MyiTero import is disabled. Enable it in Settings', { exact: false }).waitFor()
    await why.getByRole('button', { name: 'Close' }).click()
    t.notMatch(await waiting.getAttribute('class'), /answerable/)
    host.script.questions = [materialQuestion]
    host.emit({ type: 'questions', open: [2] })
    await page.getByRole('dialog').getByRole('button', { name: 'Decide later' }).click()
    t.match(await waiting.getAttribute('class'), /answerable/)
  },
)

t.test('days are written as where the browser is at home, the month in letters', async (t) => {
  const due = { ...row(3, 3), due: '2026-11-05' }
  for (const [locale, text] of [
    ['en-US', 'Nov 5, 2026'],
    ['en-GB', '5 Nov 2026'],
    ['de-DE', '5 Nov 2026'],
  ] as const) {
    const { page } = await stage({ rows: [due] }, '/', { locale })
    await page.getByText(text, { exact: true }).waitFor()
    t.pass(locale)
  }
})

t.test('clients that stand in cases alone are offered apart, and filter the list', async (t) => {
  const foreign = 'Praxis von Anderswo'
  const some = [...rows(40), row(40, 41, { client: foreign })]
  const { page, host } = await stage({ rows: some, foreignClients: [foreign] })
  const filter = page.getByRole('combobox', { name: 'Filter by client' })
  await page.locator('optgroup[label="Not among your clients"] option').waitFor({ state: 'attached' })
  await filter.selectOption({ label: foreign })
  await waitFor(page.getByText('1 entry', { exact: true }))
  t.match(host.calls.findLast(({ call }) => call === 'GET /api/cases')?.query.get('clientName'), foreign)
  host.script.foreignClients = []
  await filter.focus()
  await filter.selectOption({ label: 'Dr. Sample & Partner' })
  await page.getByText('1 entry', { exact: true }).waitFor({ state: 'detached' })
  const last = host.calls.findLast(({ call }) => call === 'GET /api/cases')?.query
  t.strictSame([last?.get('client'), last?.get('clientName')], ['002', null])
})
