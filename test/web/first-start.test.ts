import t from 'tap'
import { importPlugin, script } from './scripts.ts'
import { bodiesOf, theatre } from './stage.ts'

const stage = await theatre(t)
const FIRST = {
  session: { ...script().session, firstStart: true },
  settings: {
    ...script().settings,
    exportFolder: null,
    plugins: [{ ...importPlugin, enabled: false, process: { kind: 'stopped' as const } }],
  },
  rows: [],
}

t.test('skipping is kept, and says where the import is found later', async (t) => {
  const { page, host } = await stage(FIRST)
  const window = page.getByRole('dialog', { name: 'Connect to MyiTero' })
  await window.getByRole('button', { name: "Skip & don't ask me again" }).click()
  await window.waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'skip' }])
  await page.getByText('You can enable MyiTero import at any time in Settings.').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'No cases yet' }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
})

t.test('connecting leads to the export folder, and enables the import once it is chosen', async (t) => {
  const { page, host } = await stage(FIRST)
  await page.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  const chooser = page.getByRole('dialog', { name: 'Choose export folder' })
  await chooser.getByRole('button', { name: 'Downloads', exact: true }).click()
  await chooser.getByText('3 export packages seen in this folder').waitFor()
  t.equal(bodiesOf(host, 'POST /api/first-start').length, 0, 'nothing is decided yet')
  await chooser.getByRole('button', { name: 'Choose this folder' }).click()
  await chooser.waitFor({ state: 'detached' })
  t.strictSame(bodiesOf(host, 'PATCH /api/settings'), [
    { exportFolder: '/home/lab/Downloads', enabled: { 'myitero-import': true } },
  ])
  t.strictSame(bodiesOf(host, 'POST /api/first-start'), [{ choice: 'connect' }])
})

t.test('who closes the window without deciding is asked at the next start', async (t) => {
  const { page, host } = await stage(FIRST)
  await page.getByRole('dialog', { name: 'Connect to MyiTero' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  t.equal(bodiesOf(host, 'POST /api/first-start').length, 0)
  await page.reload()
  await page.getByRole('dialog', { name: 'Connect to MyiTero' }).waitFor()
})

t.test('where the reseller has the feature off there is no window, no setting and no review', async (t) => {
  const { page } = await stage({
    ...FIRST,
    session: { ...FIRST.session, myitero: false },
    settings: { ...FIRST.settings, plugins: [] },
  })
  await page.getByRole('heading', { name: 'No cases yet' }).waitFor()
  t.equal(await page.getByRole('dialog').count(), 0)
  t.equal(await page.getByRole('link', { name: 'Mappings' }).count(), 0)
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('heading', { name: 'Folders' }).waitFor()
  t.equal(await page.getByRole('switch').count(), 0)
  t.equal(await page.getByText('MyiTero', { exact: false }).count(), 0)
  await page.goto(new URL('/mappings', page.url()).href)
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
})
