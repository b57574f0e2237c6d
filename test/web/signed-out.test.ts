import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startHost } from '../../host/start.ts'
import { importPackage } from '../../plugin/importer.ts'
import { answerAll, laboratory } from '../laboratory.ts'
import { accessibilityFaults, isFocused, launch, openPage } from './browser.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)
const TITLE = 'This page is signed out'

t.test(
  'an open case of a host that was started anew cannot be used, says what to do, and goes on by itself once a new link was opened',
  async (t) => {
    const lab = await laboratory(t)
    await importPackage(lab.importer, (await lab.make('lab-preference')).path)
    await answerAll(lab.importer)
    const plugins = join(lab.root, 'no-plugins')
    mkdirSync(plugins)
    const start = (port: number) =>
      startHost({
        home: lab.root,
        plugins,
        reseller: null,
        licence: null,
        port,
        suggestions: [],
        desktop: { showFolder: async () => {}, openPage: async () => {}, openLogin: async () => false },
        clock: Date.now,
        onFault: (fault, where) => t.fail(`${where}: ${String(fault)}`),
      })
    const first = await start(0)
    const browser = await launch({ webgl: true })
    const hosts = [first]
    t.teardown(async () => {
      await browser.close()
      await hosts.at(-1)?.close()
    })
    const { page, context } = await openPage(browser, first.link())
    await page.getByRole('row', { name: /Unread/ }).click()
    await page.waitForURL(/\/case\/\d+$/)
    const show = page.getByRole('button', { name: 'Show in folder' })
    await show.waitFor()
    t.equal(await page.getByRole('heading', { name: TITLE }).count(), 0)

    await first.close()
    const second = await start(first.port)
    hosts.push(second)
    await page.getByRole('heading', { name: TITLE }).waitFor()
    await page.getByText('Open the link that it shows where it was started.', { exact: false }).waitFor()
    await show.focus()
    t.notOk(await isFocused(show), 'a button that does nothing cannot be pressed')
    t.strictSame(await accessibilityFaults(page), [])

    const other = await context.newPage()
    await other.goto(second.link())
    await page.getByRole('heading', { name: TITLE }).waitFor({ state: 'detached' })
    await show.focus()
    t.ok(await isFocused(show))
  },
)

t.test(
  'an answer that the browser is not known is enough: nothing waits for the connection to be cut',
  async (t) => {
    const refusal = { status: 401, code: 'signed-out', text: 'Open a new link of the host.' }
    const { page, host } = await stage({}, '/clients/002')
    const contact = page.getByRole('textbox', { name: 'Contact' })
    await contact.fill('Robin')
    host.script.refusals = { 'PUT /api/clients/002': refusal, 'GET /api/session': refusal }
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('status').filter({ hasText: refusal.text }).waitFor()
    await contact.focus()
    t.notOk(await isFocused(contact))
    const again = page.getByRole('button', { name: 'Try again' })
    await again.click()
    await page.getByRole('status').getByText(refusal.text).nth(1).waitFor()
    host.script.refusals = {}
    await again.click()
    await page.getByRole('heading', { name: TITLE }).waitFor({ state: 'detached' })
    t.equal(await contact.inputValue(), 'Robin', 'what was typed is there still')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('is saved.', { exact: false }).waitFor()
    t.equal(bodiesOf(host, 'PUT /api/clients/002').length, 2)
  },
)
