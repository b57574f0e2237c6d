import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import type { Question } from '../../bridge/data.ts'
import { type MakeOptions, makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import type { CaseList } from '../../host/api.ts'
import { launch, openPage } from '../web/browser.ts'
import { type Place, startHostProcess } from './host-process.ts'
import { drop } from './orders.ts'
import { smallPng } from './png.ts'
import { choice, type Technician, technician } from './technician.ts'

/** `npm run pictures`: the pictures of the README, taken on the way through the story; one size, made-up people. */
const PICTURES = join(import.meta.dirname, '..', '..', 'docs', 'pictures')
const LOOK = { width: 1280, height: 800, scheme: 'light' } as const
const PATIENCE_MS = 60_000

/** What the laboratory has in hand. Each asks something, until it is answered. */
const ORDERS: readonly { readonly order: string; readonly mesh: MakeOptions['mesh']['format'] }[] = [
  { order: 'bridge-44-46', mesh: 'ply-colours' },
  { order: 'single-crown', mesh: 'stl-binary' },
  { order: 'lab-preference', mesh: 'stl-binary' },
  { order: 'inlay-onlay-veneer', mesh: 'stl-binary' },
  { order: 'implant-crown', mesh: 'stl-binary' },
  { order: 'gold-crown', mesh: 'stl-binary' },
  { order: 'pre-treatment', mesh: 'stl-binary' },
  { order: 'bridge-midline', mesh: 'stl-binary' },
]
/** Of doctors whom nobody decides about: they wait in the list. */
const WAITING: typeof ORDERS = [
  { order: 'maryland-bridge', mesh: 'stl-binary' },
  { order: 'names-latin', mesh: 'stl-binary' },
]
const CLIENTS = [
  { name: 'Dr Alder, Harbour Street', address: '12 Harbour Street, Northport' },
  { name: 'Cedar Dental Practice', address: '5 Quay Road, Northport' },
  { name: 'Mill Lane Dentistry', address: '3 Mill Lane, Eastbrook' },
]
/** Of what is ordered plainly, where the laboratory's own list is not asked for its first. */
const TAKEN: Readonly<Record<string, string>> = { 'Zirconia: Lab Preference': 'Zirconia, multilayer' }
const OPENED = ['Lindqvist-Test', 'Mustermann', 'Nobody']

/** Its paths are in the pictures. */
const root = join(tmpdir(), 'laboratory')
const place: Place = { home: root, cases: join(root, 'cases'), exports: join(root, 'exports') }
await mkdir(root)
await mkdir(place.exports)
const browser = await launch({ webgl: true })
const host = await startHostProcess(place)
try {
  await mkdir(PICTURES, { recursive: true })
  const { page } = await openPage(browser, host.link, LOOK)
  page.setDefaultTimeout(PATIENCE_MS)
  await story(page, technician(page))
} finally {
  await browser.close()
  await host.kill('SIGTERM')
  await rm(root, { recursive: true, force: true, maxRetries: 5 })
}

async function story(page: Page, at: Technician): Promise<void> {
  await at.invitation.waitFor()
  await taken(page, 'first-start')
  await at.connectNow(place.exports)
  for (const client of CLIENTS) {
    await at.go('Clients')
    await at.addClient({ ...client, cementGap: '0.055' })
  }
  await at.go('Cases')
  await dropped(page, ORDERS)
  await answered(page, at)
  await dropped(page, WAITING)
  await at.decideLater(page.getByRole('dialog'))
  for (const family of OPENED) {
    await at.open(new RegExp(family))
    await at.go('Cases')
    await at.line(new RegExp(family)).getByText('Read', { exact: true }).waitFor()
  }
  await quiet(page)
  await taken(page, 'cases')
  await page.emulateMedia({ colorScheme: 'dark' })
  await taken(page, 'cases-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await at.open(/Otto/)
  await page.locator('canvas[data-triangles]').waitFor()
  await page.getByRole('progressbar').first().waitFor({ state: 'detached' })
  await taken(page, 'case')
  await at.go('Mappings')
  await page.getByRole('row').nth(1).waitFor()
  await taken(page, 'mappings')
  await at.go('Settings')
  await page.getByText('Active and working.').waitFor()
  await taken(page, 'settings')
}

/** Until nothing of the orders is under way. */
async function dropped(page: Page, orders: typeof ORDERS): Promise<void> {
  const { total: before } = await asked<CaseList>(page, '/api/cases')
  for (const { order, mesh } of orders) {
    const options = {
      seed: 1,
      form: 'zip',
      layout: 'flat',
      mesh: { format: mesh, bytes: 3_000_000 },
    } as const
    await drop(await makeExport(orderNamed(order), { ...options, into: join(root, 'made') }), place.exports)
  }
  await until(page, async () => {
    const { total, rows } = await asked<CaseList>(page, '/api/cases')
    return total === before + orders.length && rows.every(({ status }) => status !== 'importing')
  })
}

/** Questions come up by themselves, one after the other. */
async function answered(page: Page, at: Technician): Promise<void> {
  const photographed = new Set<string>()
  const photograph = async (dialog: Locator, name: string) => {
    if (photographed.has(name)) return
    photographed.add(name)
    await dialog.waitFor()
    await quiet(page)
    await taken(page, name)
  }
  for (;;) {
    const { questions } = await asked<{ readonly questions: readonly Question[] }>(page, '/api/questions')
    if (questions.length === 0) return
    // Which of them is up, the page tells.
    const shown = await Promise.all(questions.map((one) => dialogOf(at, one).isVisible()))
    const question = questions[shown.indexOf(true)]
    if (question === undefined) continue
    const dialog = dialogOf(at, question)
    if (question.kind === 'doctor') {
      const name = question.doctor.name ?? ''
      const client = CLIENTS.find((one) => one.name.includes(name.split(',')[0] ?? ''))
      if (client === undefined) await at.saveNewClient(dialog)
      else {
        await photograph(dialog, 'doctor-question')
        await at.assignExisting(dialog, client.name)
      }
    } else {
      const named = TAKEN[question.itero.name ?? '']
      const material =
        question.candidates.find(({ names }) => names.en === named) ??
        question.candidates.find(({ code }) => code === question.proposed.material) ??
        question.candidates[0]
      const [method] = material?.methods ?? []
      if (named !== undefined) {
        await choice(dialog, named).check()
        await choice(dialog, method?.names.en ?? '').check()
        await photograph(dialog, 'material-question')
      }
      await at.assignMaterial(dialog, material?.names.en ?? '', method?.names.en ?? '')
    }
  }
}

function dialogOf(at: Technician, question: Question): Locator {
  return question.kind === 'doctor'
    ? at.doctorQuestion(question.doctor.name ?? '')
    : at.materialQuestion().filter({ hasText: question.itero.name ?? '' })
}

/** Short words about what was just done, which go by themselves, are not what a picture is about. */
async function quiet(page: Page): Promise<void> {
  const close = page.getByRole('button', { name: 'Close', exact: true })
  while ((await close.count()) > 0) await close.first().waitFor({ state: 'detached' })
}

async function taken(page: Page, name: string): Promise<void> {
  const picture = smallPng(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
  await writeFile(join(PICTURES, `${name}.png`), picture)
  process.stdout.write(`docs/pictures/${name}.png ${Math.round(picture.length / 1000)} kB\n`)
}

async function asked<T>(page: Page, path: string): Promise<T> {
  const response = await page.request.get(new URL(path, page.url()).href)
  return (await response.json()) as T
}

async function until(page: Page, holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('the orders did not come')
    await page.waitForTimeout(100)
  }
}
