import { mkdirSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { startHost } from '../../host/start.ts'
import { accessibilityFaults, launch, openPage } from './browser.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const MESH = { format: 'stl-binary', bytes: 200_000 } as const

t.setTimeout(280_000)

t.test(
  'with the real server and plugin: connected, asked, answered, the case stands unread, is opened and is read; a case folder that goes away is told, and that it is back',
  async (t) => {
    const home = join(t.testdir({}), 'home')
    const exports = join(home, 'exports')
    mkdirSync(exports, { recursive: true })
    const order = orderNamed('lab-preference')
    const { orderId } = await makeExport(order, {
      into: exports,
      seed: 1,
      form: 'zip',
      layout: 'flat',
      mesh: MESH,
    })
    const faults: string[] = []
    const host = await startHost({
      home,
      plugins: ROOT,
      reseller: null,
      licence: null,
      port: 0,
      desktop: { showFolder: async () => {}, openPage: async () => {}, openLogin: async () => false },
      suggestions: [exports],
      clock: Date.now,
      onFault: (fault, where) => faults.push(`${where}: ${String(fault)}`),
    })
    t.teardown(() => host.close())
    const browser = await launch({ webgl: true })
    t.teardown(() => browser.close())
    const { page, complaints } = await openPage(browser, host.link())
    page.setDefaultTimeout(40_000)

    await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
    await page.getByRole('button', { name: 'Choose export folder' }).click()
    const chooser = page.getByRole('dialog', { name: 'Choose export folder' })
    await chooser.getByText('1 export package seen in this folder').waitFor()
    await chooser.getByRole('button', { name: 'Choose this folder' }).click()

    const doctor = page.getByRole('dialog', { name: 'Which client is this doctor?' })
    await doctor.getByText('1 case waits for the answer').waitFor()
    await doctor.getByRole('textbox', { name: 'Client name' }).fill('Practice Real')
    await doctor.getByRole('button', { name: 'Save & add new client' }).click()

    const material = page.getByRole('dialog', { name: 'Which material, and how is it made?' })
    await material.getByRole('button', { name: 'Decide later' }).click()
    const waiting = page.getByRole('row', { name: /Waiting for material/ })
    await waiting.getByText('Practice Real').waitFor()
    await waiting.click()
    await material.getByRole('radio', { name: 'Zirconia', exact: true }).check()
    await material.getByRole('group', { name: 'Production method' }).getByRole('radio').first().check()
    await material.getByRole('button', { name: 'Assign material' }).click()

    const unread = page.getByRole('row', { name: /Unread/ })
    await unread.getByText('Practice Real').waitFor()
    t.strictSame(await accessibilityFaults(page), [])
    await unread.click()
    await page.waitForURL(/\/case\/\d+$/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.goBack()
    await page.getByRole('row', { name: /Read/ }).waitFor()
    t.equal(await page.getByRole('row', { name: /Unread/ }).count(), 0)

    await page.getByRole('link', { name: 'Mappings' }).click()
    const mapping = page.getByRole('row', { name: /^Zirconia: Lab Preference/ })
    t.match(await mapping.getByRole('link').first().getAttribute('href'), /^\/case\/\d+$/)
    await page.getByRole('link', { name: 'Clients' }).click()
    await page.getByRole('row', { name: /Practice Real/ }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type(orderId)
    await page.getByText('1 entry', { exact: true }).waitFor()
    await page.keyboard.press('Escape')

    const cases = join(home, 'cases')
    await rename(cases, `${cases}-away`)
    const away = page.getByRole('status').filter({ hasText: 'shown as they were last seen' })
    await away.waitFor()
    await page.getByRole('link', { name: 'MyiTero import: offline' }).waitFor()
    await rename(`${cases}-away`, cases)
    await away.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'MyiTero import: active' }).click()
    const log = page.getByRole('region', { name: 'Activity' })
    await log.getByText('The case folder cannot be reached. The import waits for it.').waitFor()
    await log.getByText('The case folder is back. The import goes on.').waitFor()
    t.strictSame(complaints, [])
    t.strictSame(
      faults.filter((each) => each.startsWith('server')),
      [],
    )
  },
)
