import type { BrowserContext, Page } from 'playwright-core'
import t from 'tap'
import { launch, openPage } from './browser.ts'
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts'
import { doctorQuestion, script } from './scripts.ts'

t.setTimeout(280_000)
const browser = await launch()
t.teardown(() => browser.close())

/** Tabs of one browser on a host that speaks HTTP/1.1, as the real one does. */
async function tabs(
  count: number,
): Promise<{ readonly host: ScriptedHost; readonly pages: Page[]; readonly context: BrowserContext }> {
  const host = await startScriptedHost(script())
  t.teardown(() => host.close())
  const { page, context } = await openPage(browser, host.address)
  // The first tab has the stream, whoever of the others is quicker.
  await host.streamed(1)
  const pages = [page]
  while (pages.length < count) {
    const next = await context.newPage()
    next.setDefaultTimeout(40_000)
    await next.goto(host.address)
    pages.push(next)
  }
  return { host, pages, context }
}

const loaded = (page: Page): Promise<void> =>
  page
    .getByRole('row', { name: /Ahrens, Anna/ })
    .first()
    .waitFor()

/** The page is told that it is seen or not, as by the browser. */
const see = (page: Page, state: 'visible' | 'hidden'): Promise<unknown> =>
  page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'))`)

t.test('eight tabs that are all seen load their rows and share one stream', async (t) => {
  const { host, pages, context } = await tabs(8)
  await Promise.all(pages.map(loaded))
  await host.streamed(1)
  host.script.questions = [doctorQuestion]
  host.emit({ type: 'questions', open: [1] })
  await Promise.all(pages.map((page) => page.getByRole('button', { name: '1 question open' }).waitFor()))
  t.equal(host.streams(), 1)
  await context.close()
})

t.test('when the tab with the stream goes, another takes over and misses nothing', async (t) => {
  const { host, pages, context } = await tabs(3)
  await Promise.all(pages.map(loaded))
  await host.streamed(1)
  host.script.questions = [doctorQuestion]
  await pages[0]?.close()
  const rest = pages.slice(1)
  await Promise.all(rest.map((page) => page.getByRole('button', { name: '1 question open' }).waitFor()))
  await host.streamed(1)
  host.cut()
  await Promise.all(rest.map((page) => page.getByText('is being restored', { exact: false }).waitFor()))
  await Promise.all(
    rest.map((page) => page.getByText('is being restored', { exact: false }).waitFor({ state: 'detached' })),
  )
  t.equal(host.streams(), 1)
  await context.close()
})

t.test('tabs in the background share a stream of their own; one that is seen again reads anew', async (t) => {
  const { host, pages, context } = await tabs(4)
  await Promise.all(pages.map(loaded))
  const [first, second, third] = pages
  if (first === undefined || second === undefined || third === undefined) throw new Error('no tabs')
  for (const page of [first, second, third]) await see(page, 'hidden')
  await host.streamed(2)
  host.script.questions = [doctorQuestion]
  host.emit({ type: 'questions', open: [1] })
  await Promise.all(pages.map((page) => page.getByRole('button', { name: '1 question open' }).waitFor()))
  for (const page of [first, second]) await see(page, 'visible')
  await third.close()
  await host.streamed(1)
  const before = host.calls.filter(({ call }) => call === 'GET /api/cases').length
  await see(first, 'hidden')
  await see(first, 'visible')
  await host.streamed(1)
  await host.asked('GET /api/cases', before + 1)
  t.pass()
  await context.close()
})

t.test('a page that is kept for the way back holds no stream', async () => {
  const { host, pages, context } = await tabs(1)
  const [page] = pages
  if (page === undefined) throw new Error('no tab')
  await loaded(page)
  await host.streamed(1)
  await page.goto('about:blank')
  await host.streamed(0)
  await page.goBack()
  await loaded(page)
  await host.streamed(1)
  await context.close()
})
