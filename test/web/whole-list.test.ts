import type { Page } from 'playwright-core'
import t from 'tap'
import { row } from './scripts.ts'
import { theatre } from './stage.ts'

// with the scroll bar that a technician has: its coming and going alone resizes what is in the grid
const stage = await theatre(t, { scrollbars: true })
const ALL = 43
const ROW_HEIGHT = 34

const goal = (at: number, top: number) =>
  row(at, top, {
    patient: `Patient ${at}`,
    orderId: at === 20 ? 'GOL9155' : at === 21 ? 'GOL9156' : String(at),
    ...(at > 30 && at < 36 ? { status: 'refused', reason: { code: 'zip-damaged', text: 'Damaged.' } } : {}),
  })
const list = (count: number) => Array.from({ length: count }, (_, at) => goal(at, 100 - (ALL - count)))
const counted = (page: Page, text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor()
const type = (page: Page, text: string): Promise<void> =>
  page.getByRole('searchbox', { name: 'Search cases' }).fill(text)

/** Ends once every place on the screen has its row, whatever resizes the grid until then. */
async function isFull(page: Page, total: number): Promise<void> {
  await drawn(page, total)
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 }
  await page.setViewportSize({ width: width - 40, height: height + ROW_HEIGHT })
  await drawn(page, total)
}

async function drawn(page: Page, total: number): Promise<void> {
  const height = await page
    .getByRole('grid')
    .evaluate((grid) => (grid as unknown as { readonly clientHeight: number }).clientHeight)
  const last = Math.min(total, Math.floor(height / ROW_HEIGHT) - 1)
  await page.locator(`[aria-rowindex="${last + 1}"]:not(.missing)`).waitFor()
}

t.test('coming back from the one case that was searched, the whole list is drawn', async () => {
  const { page } = await stage({ rows: list(ALL) })
  await counted(page, '43 entries')
  await page.keyboard.press('/')
  await page.keyboard.type('GOL9155')
  await counted(page, '1 entry')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/case\/\d+$/)
  await page.goBack()
  await page.locator('[aria-rowindex="2"]:not(.missing)').waitFor()
  await type(page, '')
  await counted(page, '43 entries')
  await isFull(page, ALL)
})

t.test('after a search without a hit and one with two, the whole list is drawn', async () => {
  const { page } = await stage({ rows: list(ALL) })
  await counted(page, '43 entries')
  await type(page, 'GOLX')
  await page.getByRole('heading', { name: 'Nothing fits' }).waitFor()
  await type(page, 'GOL')
  await counted(page, '2 entries')
  await type(page, '')
  await counted(page, '43 entries')
  await isFull(page, ALL)
})

t.test('coming back to a filter and leaving it, the whole list is drawn', async () => {
  const { page } = await stage({ rows: list(ALL) })
  await counted(page, '43 entries')
  await page.getByRole('button', { name: /^Refused/ }).click()
  await counted(page, '5 entries')
  await page.getByRole('navigation').getByRole('link', { name: 'Clients' }).click()
  await page.getByRole('heading', { name: 'Clients' }).waitFor()
  await page.goBack()
  await counted(page, '5 entries')
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await counted(page, '43 entries')
  await isFull(page, ALL)
})

t.test('orders that came in stay drawn when the window is resized', async () => {
  const { page, host } = await stage({ rows: list(6) })
  await counted(page, '6 entries')
  host.script.rows = list(11)
  host.emit({ type: 'cases', unread: 3, waiting: 2, total: 11 })
  await counted(page, '11 entries')
  await isFull(page, 11)
})

t.test('what stands above the list and goes again takes no row away', async () => {
  const { page, host } = await stage({ rows: list(6) })
  await counted(page, '6 entries')
  host.script.rows = list(ALL)
  host.emit({ type: 'cases', unread: 3, waiting: 2, total: ALL })
  await counted(page, '43 entries')
  host.emit({ type: 'progress', bars: [{ token: 'a', title: 'iTero_Export_1.zip', done: 25, of: 100 }] })
  const bar = page.getByRole('progressbar', { name: 'Under way: iTero_Export_1.zip' })
  await bar.waitFor()
  await drawn(page, ALL)
  host.emit({ type: 'progress', bars: [] })
  await bar.waitFor({ state: 'detached' })
  const text = 'The case folder is not there.'
  host.script.settings = {
    ...host.script.settings,
    caseFolderProblem: { code: 'case-folder-missing', text },
  }
  host.emit({ type: 'settings' })
  await page.getByRole('status').filter({ hasText: text }).waitFor()
  await isFull(page, ALL)
})
