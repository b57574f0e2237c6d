import { appendFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { putCase, tooth } from '../../host/data/host-home.ts'
import { accessibilityFaults } from '../browser.ts'
import { openHost, showing, textOf, until } from './opened.ts'

// a page with its scans takes a moment on a machine without a graphics card
t.setTimeout(280_000)

// what is looked at here stands beside the scans
const SMALL = { mesh: { format: 'stl-binary', bytes: 120_000 } } as const

t.test('a case, opened', async (t) => {
  const host = await openHost(t, [
    ['bridge-midline', SMALL],
    ['inlay-onlay-veneer', SMALL],
    ['denture', SMALL],
    ['rescan', { ...SMALL, revision: 1 }],
    ['rescan', { ...SMALL, revision: 2 }],
  ])

  await t.test(
    'is read from then on; marked as unread it is unread, and the list is there again',
    async (t) => {
      const { page, id, rows } = await host.open('Placeholder, Mia')
      const status = async () => (await rows()).find((row) => row.id === id)?.status
      await until(async () => (await status()) === 'read')
      await page.getByRole('button', { name: 'Mark as unread' }).click()
      await page.waitForURL(/\/$/)
      t.equal(await status(), 'unread')
      await page.context().close()
    },
  )

  await t.test('says whose it is, when it is due, and what the doctor noted', async (t) => {
    const { page, complaints } = await host.open('Placeholder, Mia')
    const head = page.locator('header.sheet-head')
    t.match(await textOf(head), /Due\s+23 Mar 2026/)
    t.match(await textOf(head), /Cedar, Amélie/)
    t.match(await textOf(head), /Midline 0.5 mm to the patient’s right, please keep\./)
    t.same(complaints, [])
    await page.context().close()
  })

  await t.test('shows its folder in the file manager', async (t) => {
    const { page } = await host.open('Placeholder, Mia')
    const answered = page.waitForResponse((response) => response.url().endsWith('/show'))
    await page.getByRole('button', { name: 'Show in folder' }).click()
    await answered
    t.ok(host.shown.every((folder) => folder.startsWith(host.cases)))
    t.equal(host.shown.length, 1)
    await page.context().close()
  })

  await t.test(
    'has a chart that joins a bridge across the midline, and a table that says the same',
    async (t) => {
      const { page } = await host.open('Placeholder, Mia')
      t.equal(await page.locator('.odontogram > svg .connector').count(), 3)
      await page.locator('.tooth-table').waitFor()
      const beyond = 'document.scrollingElement.scrollHeight - innerHeight'
      t.equal(await page.evaluate(beyond), 0, 'only what is below the header scrolls')
      const rows = page.locator('.tooth-table tbody tr')
      const said = (await rows.allInnerTexts()).map((row) => row.split('\t'))
      const joined = Object.fromEntries(said.map((cells) => [cells[0]?.trim(), cells.at(-1)?.trim()]))
      t.match(joined, { 12: '11', 22: '21' })
      t.same(
        [joined['11']?.split(', ').sort(), joined['21']?.split(', ').sort()],
        [
          ['12', '21'],
          ['11', '22'],
        ],
      )
      t.equal(await page.locator('.odo-number').count(), 32)
      await page.context().close()
    },
  )

  await t.test('lets the keys walk over the teeth, details following', async () => {
    const { page } = await host.open('Mustermann, Clara')
    await page.getByRole('button', { name: /^21 Upper left central incisor, Veneer/ }).focus()
    const details = page.locator('.tooth-details')
    await showing(details, /21\s+Upper left central incisor/)
    await page.keyboard.press('ArrowRight')
    await showing(details, /22\s+Upper left lateral incisor/)
    await page.getByRole('button', { name: /^36 / }).hover()
    await showing(details, /Inlay/)
    await showing(details, /As ordered[\s\S]*Ceramic: Lithium Disilicate/)
    await page.mouse.move(5, 5)
    await showing(details, /22\s+Upper left lateral incisor/)
    await page.context().close()
  })

  await t.test('says plainly where no tooth is restored, and still shows what there is', async (t) => {
    const { page } = await host.open('Toothless, Hugo')
    await page.getByText('No tooth is restored in this case.').waitFor()
    await page.getByText('The order contains a denture').waitFor()
    t.match(await textOf(page.getByRole('region', { name: 'Rx' })), /Mould\s+Ovoid, medium/)
    await page.context().close()
  })

  await t.test('leads to the other revisions of its order', async (t) => {
    const { page } = await host.open('Again, Rita')
    const revisions = page.getByRole('region', { name: 'Revisions' })
    t.match(await textOf(revisions), /Revision 2[\s\S]*Revision 1/)
    const other = revisions.getByRole('link')
    const goal = await other.getAttribute('href')
    await other.click()
    await page.waitForURL(`**${goal}`)
    await revisions.getByText('This one').waitFor()
    await page.context().close()
  })

  await t.test('gives each file away as it is', async (t) => {
    const { page } = await host.open('Placeholder, Mia')
    const waiting = page.waitForEvent('download')
    await page.getByRole('link', { name: /upperjaw\.stl$/ }).click()
    const download = await waiting
    t.match(download.suggestedFilename(), /-upperjaw\.stl$/)
    await page.context().close()
  })

  await t.test('shows a picture large, the next by an arrow key, and closes by Escape', async (t) => {
    const { page } = await host.open('Placeholder, Mia')
    const first = page.locator('.gallery button').first()
    await first.click()
    const lightbox = page.locator('dialog.lightbox')
    const name = await lightbox.locator('img').getAttribute('alt')
    await showing(lightbox, /Image 1 of 6/)
    await page.keyboard.press('ArrowRight')
    await showing(lightbox, /Image 2 of 6/)
    t.not(await lightbox.locator('img').getAttribute('alt'), name)
    await page.keyboard.press('Escape')
    await lightbox.waitFor({ state: 'hidden' })
    t.ok(await page.evaluate(`document.activeElement?.closest('.gallery') !== null`), 'and the focus is back')
    await page.context().close()
  })

  await t.test('follows a change of its row: another mark does not fetch scans again', async (t) => {
    const { page, id } = await host.open('Placeholder, Mia')
    await page.locator('input.opacity').nth(1).waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    const again = page.waitForResponse((response) => response.url().endsWith(`/api/cases/${id}`))
    await page.request.post(new URL(`/api/cases/${id}/read`, page.url()).href, {
      data: { read: false },
      headers: { origin: new URL(page.url()).origin },
    })
    await again
    await page.waitForLoadState('networkidle').catch(() => {})
    t.notOk(asked.some((url) => url.endsWith('.stl')))
    await page.context().close()
  })

  await t.test('that is not there is told, with a way back', async (t) => {
    const { page, origin } = await host.open('Placeholder, Mia')
    await page.goto(`${origin}/case/999999`)
    t.ok(await page.getByRole('heading', { name: 'This case cannot be shown' }).textContent())
    await page.getByRole('link', { name: 'All cases' }).click()
    await page.waitForURL(/\/$/)
    await page.context().close()
  })

  for (const [patient, scheme, locale] of [
    ['Placeholder, Mia', 'light', 'en-GB'],
    ['Mustermann, Clara', 'dark', 'en-GB'],
    ['Toothless, Hugo', 'light', 'de-DE'],
  ] as const)
    await t.test(`axe finds nothing: ${patient}, ${scheme}`, async (t) => {
      const { page, complaints } = await host.open(patient, { scheme, locale })
      await page.locator('input.opacity').nth(1).waitFor()
      t.same(await accessibilityFaults(page), [])
      await page.locator('.gallery button').first().click()
      t.same(await accessibilityFaults(page), [], 'with a picture open')
      t.same(complaints, [])
      await page.context().close()
    })

  await t.test('speaks German, numbers and days too', async (t) => {
    const { page } = await host.open('Placeholder, Mia')
    await page.request.patch(new URL('/api/settings', page.url()).href, {
      data: { language: 'de' },
      headers: { origin: new URL(page.url()).origin },
    })
    await page.getByRole('button', { name: 'Als ungelesen markieren' }).waitFor()
    t.match(await textOf(page.locator('header.sheet-head')), /Fällig\s+23\.03\.2026/)
    await page.getByRole('button', { name: /^11 Mittlerer Schneidezahn oben rechts/ }).waitFor()
    t.match(await textOf(page.getByRole('region', { name: 'Dateien' })), /\d,\d kB/)
    await page.context().close()
  })
})

t.test('a case that cannot be read is told with its reason, and what can be read is shown', async (t) => {
  const host = await openHost(t, [['single-crown', SMALL]], (cases) => {
    appendFileSync(
      join(cases, '2026-03-09_Lindqvist-Test_Nora', '2026-03-09_Lindqvist-Test_Nora.case.xml'),
      '<',
    )
  })
  const { page } = await host.open('Lindqvist-Test, Nora')
  t.ok(((await page.locator('header .notice.bad').textContent()) ?? '').length > 10)
  await page.getByRole('region', { name: 'Scans' }).locator('canvas').waitFor()
  t.match(await textOf(page.locator('.tooth-table')), /11\s+Full crown/)
})

t.test('entries for a tooth that does not exist are told where the chart leaves them out', async (t) => {
  const host = await openHost(t, [['single-crown', SMALL]], (cases) => {
    const teeth = [99, 99, 58].map((number) => tooth(number, 'AnatomicCrown')).join('')
    putCase(cases, 'from-elsewhere', { family: 'Elsewhere', given: 'Eva', teeth })
  })
  const { page, complaints } = await host.open('Elsewhere, Eva')
  const teeth = page.getByRole('region', { name: 'Teeth', exact: true })
  await teeth.getByText('Not shown: 2 entries for tooth 99, which is no FDI number.').waitFor()
  await teeth.getByText('Not shown: 1 entry for tooth 58, which is no FDI number.').waitFor()
  t.equal(await page.getByText('No tooth is restored').count(), 0)
  t.same(await accessibilityFaults(page), [])
  t.same(complaints, [])
})

t.test('a case whose folder is away is not called one without work, and stays unread', async (t) => {
  const host = await openHost(t, [
    ['single-crown', SMALL],
    ['bridge-midline', SMALL],
  ])
  const { page, rows, origin } = await host.open('Placeholder, Mia')
  const id = (await rows()).find(({ patient }) => patient.includes('Lindqvist'))?.id ?? 0
  await page.goto(origin)
  await page.getByRole('row', { name: /Lindqvist/ }).waitFor()
  renameSync(host.cases, `${host.cases}-away`)
  await page.goto(`${origin}/case/${id}`)
  await page.locator('header .notice.bad').waitFor()
  t.equal(await page.getByText('No tooth is restored').count(), 0)
  t.equal((await rows()).find((row) => row.id === id)?.status, 'unread')
  renameSync(`${host.cases}-away`, host.cases)
})

t.test('Escape and a link lead from a case back to the list', async (t) => {
  const host = await openHost(t, [['single-crown', SMALL]])
  const { page } = await host.open('Lindqvist-Test, Nora')
  await page.getByRole('link', { name: '← Cases' }).click()
  await page.waitForURL(/\/$/)
  await page.getByRole('row', { name: /Lindqvist/ }).click()
  await page.getByRole('heading', { level: 1, name: 'Lindqvist-Test, Nora' }).waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/$/)
  t.pass()
})
