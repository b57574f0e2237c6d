import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import { readTreatment } from '../../host/read/treatment.ts'
import { assertWhole } from '../laboratory.ts'
import { launch, openPage, weightOf } from '../web/browser.ts'
import { drawnTriangles, until } from '../web/case/opened.ts'
import { type Album, albumIn, shownIn } from './album.ts'
import { type HostProcess, type Place, placeIn, startHostProcess } from './host-process.ts'
import { AMBIGUOUS, makeOrders, makeOthers, type OtherName } from './orders.ts'
import { exportFolder, myiteroCloud, type Source } from './sources.ts'
import { choice, type Technician, technician } from './technician.ts'

/**
 * The whole story, and its pictures. `npm run pictures` names the folder for them, where the README's are; they are then of one
 * place, whose paths are in them.
 */
const [pictures] = process.argv.slice(2)
const README = join(import.meta.dirname, '..', '..', 'README.md')
/** Of the README's, those that other programs take. */
const TAKEN_ELSEWHERE = ['terminal', 'icon-windows']

/** ms. On a machine that has other things to do. */
const LIMIT = 300_000
const PATIENCE = 30_000
/** mm, of the client that the first doctor is assigned to. */
const CEMENT_GAP = 0.055
const CLIENTS = [
  { name: 'Mill Lane Dentistry', address: '3 Mill Lane, Eastbrook', cementGap: '0.06' },
  { name: 'Cedar Dental Practice', address: '5 Quay Road, Northport', cementGap: '0.05' },
  { name: 'Dr Alder, Harbour Street', address: '12 Harbour Street, Northport', cementGap: '0.055' },
]

interface Asked {
  readonly order: OtherName
  readonly client?: { readonly doctor: string; readonly is: string }
  readonly material?: { readonly ordered: string; readonly is: string; readonly made: string }
}

/** What comes on a full day, and what is asked then. */
const FULL_DAY: readonly Asked[] = [
  {
    order: 'bridge',
    material: {
      ordered: 'Ceramic: Multilayer Zirconia',
      is: 'Zirconia, multilayer',
      made: 'Milling, 5-axis',
    },
  },
  {
    order: 'gold',
    client: { doctor: 'Cedar, Amélie', is: 'Cedar Dental Practice' },
    material: { ordered: 'Metal/PFM: Full Contour Gold', is: 'Wax', made: 'Milling in wax, then casting' },
  },
  { order: 'anterior' },
  { order: 'midline' },
]
/** Of doctors whom nobody decides about. */
const UNDECIDED = ['arch', 'latin'] as const

t.setTimeout(4 * LIMIT)
const browser = await launch({ webgl: true })
t.teardown(() => browser.close())

interface Scene {
  readonly place: Place
  readonly host: HostProcess
  readonly at: Technician
  readonly complaints: readonly string[]
}

async function scene(t: Test, place: Place, flags: readonly string[] = []): Promise<Scene> {
  t.setTimeout(LIMIT)
  const host = await startHostProcess(place, flags)
  t.teardown(() => host.kill('SIGTERM'))
  const { page, context, complaints } = await openPage(browser, host.link)
  t.teardown(() => context.close())
  page.setDefaultTimeout(PATIENCE)
  return { place, host, at: technician(page), complaints }
}

/** Not tap's own folder: that goes away while a plugin may still be at work in it. */
async function ownPlace(t: Test, named?: string): Promise<Place & { readonly root: string }> {
  const root = named === undefined ? await mkdtemp(join(tmpdir(), 'story-')) : join(tmpdir(), named)
  if (named !== undefined) await mkdir(root)
  t.teardown(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))
  return { ...placeIn(root), root }
}

for (const [from, open, isPictured] of [
  ['an export folder', exportFolder, true],
  ['the MyiTero cloud', myiteroCloud, false],
] as const)
  t.test(`a laboratory receives its first iTero orders from ${from}`, async (t) => {
    const { root, ...place } = await ownPlace(
      t,
      isPictured && pictures !== undefined ? 'laboratory' : undefined,
    )
    const orders = await makeOrders(join(root, 'made'))
    const day = isPictured ? await makeOthers(join(root, 'made')) : null
    const source = await open(t, root, place)
    const { host, at, complaints } = await scene(t, place, source.flags)
    const { page } = at
    const patient = patientsOf(orders)
    const album = isPictured ? albumIn(pictures ?? join(root, 'pictures')) : null
    const cases = [...Object.values(orders), ...FULL_DAY.flatMap(({ order }) => day?.[order] ?? [])]

    await t.test(
      'on the first start it is invited, says where orders come from, and is connected',
      async (t) => {
        await at.invitation.waitFor()
        await album?.take(page, 'first-start')
        await source.connect(at)
        await at.importState.filter({ hasText: 'active' }).waitFor()
        t.equal((await host.plugins()).length, 1)
      },
    )

    await t.test('orders of two doctors of one practice: each doctor is asked for', async (t) => {
      await source.brings(orders.first)
      const alder = at.doctorQuestion('Alder, Judith')
      await alder.getByText('12 Harbour Street').first().waitFor()
      await alder.getByText('1 case waits for the answer').waitFor()
      await at.decideLater(alder)
      // What is put off ends the asking: the material's question waits behind the button in the header.
      await at.openQuestions.filter({ hasText: '2' }).waitFor()
      t.equal(await page.getByRole('dialog').count(), 0)
      await at.line(patient.first).getByText('Waiting for client and material').waitFor()

      await source.brings(orders.second)
      const birch = at.doctorQuestion('Birch, Tomasz')
      await birch.waitFor()
      const prefilled = async (field: string) => birch.getByRole('textbox', { name: field }).inputValue()
      t.equal(await prefilled('Client name'), 'Birch, Tomasz')
      t.match(await prefilled('Address'), '12 Harbour Street')
      t.equal(await prefilled('Licence number'), 'X-40012')
      await at.saveNewClient(birch)
      await at.line(patient.second).getByText('Waiting for material').waitFor()
    })

    await t.test(
      'the ambiguous material is answered for both, with a default for material and method',
      async (t) => {
        await at.line(patient.second).click()
        const dialog = at.materialQuestion()
        await dialog.getByText('2 cases wait for the answer').waitFor()
        await dialog.getByText(AMBIGUOUS, { exact: true }).waitFor()
        const boxes = dialog.getByRole('checkbox', { name: /the default for/ })
        t.equal(await boxes.count(), 2)
        for (const box of await boxes.all()) t.ok(await box.isChecked(), 'the default is offered')
        await choice(dialog, 'Zirconia, multilayer').check()
        await choice(dialog, 'Milling, 4-axis').check()
        await album?.take(page, 'material-question')
        await at.assignMaterial(dialog, 'Zirconia, multilayer', 'Milling, 4-axis')
        await unread(t, at, patient.second)
        await at.line(patient.first).getByText('Waiting for client', { exact: true }).waitFor()
      },
    )

    await t.test(
      'the other doctor is assigned to a client made before, with defaults of his own',
      async (t) => {
        for (const client of CLIENTS) {
          await at.go('Clients')
          await at.addClient(client)
        }
        await at.go('Cases')
        await at.line(patient.first).click()
        const alder = at.doctorQuestion('Alder, Judith')
        await alder.getByRole('option', { name: 'Dr Alder, Harbour Street' }).getByText('likely').waitFor()
        await album?.take(page, 'doctor-question')
        await at.assignExisting(alder, 'Dr Alder, Harbour Street')
        await unread(t, at, patient.first)
        await at.openQuestions.waitFor({ state: 'detached' })
        // not waitForFunction: the page's policy refuses to evaluate its text
        await until(async () => (await page.title()).startsWith('(2) '))
      },
    )

    await t.test('a case that is opened is read from then on', async () => {
      await at.open(patient.first)
      await page.getByText('Dr Alder, Harbour Street').first().waitFor()
      await page.getByText('Crown on 26, please.').first().waitFor()
      await at.go('Cases')
      await at.line(patient.first).getByText('Read', { exact: true }).waitFor()
      await at.line(patient.second).getByText('Unread', { exact: true }).waitFor()
    })

    await t.test('the third order passes with no question, with the defaults of its client', async (t) => {
      await source.brings(orders.third)
      await unread(t, at, patient.third)
      t.equal(await page.getByRole('dialog').count(), 0)
      t.equal(await at.openQuestions.count(), 0)
      const project = await projectOf(place, 'Lindqvist')
      const file = `${project}.dentalProject`
      const treatment = readTreatment(await readFile(join(place.cases, project, file)), file)
      t.match(treatment.practice, { name: 'Dr Alder, Harbour Street' })
      const [tooth] = treatment.teeth.filter(({ number }) => number === 36)
      t.match(tooth?.parameters, [{ type: 'CementGapThickness', value: CEMENT_GAP }])
      t.match(tooth?.materialName, /multilayer/i)
    })

    if (day !== null) await fullDay(t, { source, at, day, album })

    await t.test('what is special of the source does not disturb', (t) => source.interlude(t, at))

    await t.test(
      'the review shows mappings with their orders; without its method, the next order is asked for that alone',
      async (t) => {
        await at.go('Settings')
        await page.getByText('Active and working.').waitFor()
        await album?.take(page, 'settings')
        await page.getByRole('link', { name: 'Review iTero material mapping' }).click()
        const mapping = mappingOf(at)
        await mapping.getByText('Zirconia, multilayer').waitFor()
        const made = mapping.getByRole('link').first()
        t.match(await made.textContent(), /Exemplar|Sample/, 'a case that stands')
        await page.getByRole('row').filter({ hasText: 'Birch, Tomasz' }).first().waitFor()
        await album?.take(page, 'mappings')
        await mapping.getByRole('button', { name: `Clear method: ${AMBIGUOUS}` }).click()
        const confirm = page.getByRole('dialog', { name: `Clear the production method for “${AMBIGUOUS}”?` })
        await confirm.getByRole('button', { name: 'Clear method', exact: true }).click()
        await mapping.getByText('asked at the next order').waitFor()
        await mapping.getByText('Zirconia, multilayer').waitFor()

        await at.go('Cases')
        await source.brings(orders.fourth)
        const dialog = at.materialQuestion()
        await dialog.getByText('1 case waits for the answer').waitFor()
        await at.line(patient.fourth).getByText('Waiting for material').waitFor()
        const materials = dialog.getByRole('group', { name: 'Material', exact: true }).getByRole('radio')
        t.equal(await materials.count(), 1, 'the material stands')
        t.ok(await choice(dialog, 'Zirconia, multilayer').isChecked())
        await at.assignMaterial(dialog, 'Zirconia, multilayer', 'Milling, 3-axis')
        await unread(t, at, patient.fourth)
      },
    )

    await t.test('deleted in the review, the next order is asked again', async (t) => {
      await at.go('Mappings')
      const mapping = mappingOf(at)
      await mapping.getByText('Milling, 3-axis').waitFor()
      await mapping.getByRole('button', { name: `Delete: ${AMBIGUOUS}` }).click()
      const confirm = page.getByRole('dialog', { name: `Delete the mapping of “${AMBIGUOUS}”?` })
      await confirm.getByRole('button', { name: 'Delete', exact: true }).click()
      await mapping.waitFor({ state: 'detached' })

      await at.go('Cases')
      await source.brings(orders.fifth)
      const dialog = at.materialQuestion()
      await dialog.getByText('1 case waits for the answer').waitFor()
      await at.line(patient.fifth).getByText('Waiting for material').waitFor()
      await at.assignMaterial(dialog, 'Zirconia', 'Milling, 5-axis')
      await unread(t, at, patient.fifth)
    })

    await t.test(
      'disabled it stops within 5 s, and an order that comes meanwhile waits until it is enabled',
      async (t) => {
        await at.go('Settings')
        const began = performance.now()
        await at.importSwitch.click()
        await page.getByText('Disabled', { exact: true }).waitFor()
        // The switch may be a moment ahead of the process.
        while ((await host.plugins()).length > 0 && performance.now() - began < 5000);
        t.ok(performance.now() - began < 5000)
        t.same(await host.plugins(), [], 'its process has ended')
        await at.importState.filter({ hasText: 'disabled' }).waitFor()
        await source.brings(orders.sixth)
        await page.reload()
        await at.go('Cases')
        await at.line(patient.fifth).waitFor()
        t.equal(await at.line(patient.sixth).count(), 0)

        await at.go('Settings')
        await at.importSwitch.click()
        await page.getByText('Enabled', { exact: true }).waitFor()
        await source.enabledAgain(at)
        await at.go('Cases')
        await unread(t, at, patient.sixth)
        if (day !== null) await at.openQuestions.filter({ hasText: '2' }).waitFor()
        t.equal(await page.getByRole('dialog').count(), 0, 'what was put off stays so')
      },
    )

    await t.test('where the reseller has the feature off, nothing of it is to be seen', async (t) => {
      await writeFile(join(place.home, 'reseller.json'), reseller('off'))
      await at.go('Settings')
      await at.importSwitch.waitFor({ state: 'detached' })
      await page
        .getByRole('link', { name: /mapping/i })
        .first()
        .waitFor({ state: 'detached' })
      await page.getByRole('heading', { name: 'Folders' }).waitFor()
      t.same(await page.getByText(/iTero/).allTextContents(), [])
      t.same(await host.plugins(), [], 'and its process has ended')
      await page.goto(new URL('/mappings', host.link).href)
      await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
      await at.go('Cases')
      t.equal(await at.line(/Unread|Read/).count(), cases.length, 'the cases stay')

      const fresh = await scene(t, placeIn(join(root, 'fresh')), [
        '--reseller',
        join(place.home, 'reseller.json'),
      ])
      await fresh.at.page.getByRole('heading', { name: 'No cases yet' }).waitFor()
      t.equal(await fresh.at.invitation.count(), 0)
      t.same(fresh.complaints, [])
    })

    await t.test('every order is one whole case, and the page never complained', async (t) => {
      // The files of those that wait lie apart, under a name that no case has.
      const projects = (await readdir(place.cases)).filter((name) => day === null || !name.startsWith('.'))
      t.equal(projects.length, cases.length, 'and nothing else stands in the case folder')
      for (const order of cases) {
        const { family } = order.recipe.patient
        await assertWhole(t, place.cases, await projectOf(place, family), order)
      }
      t.same(complaints, [])
      t.equal(host.faults(), '')
      source.end(t)
    })

    if (album !== null)
      await t.test('its pictures are the README’s, and there is something to be seen in each', async (t) => {
        const shown = await shownIn(README, 'docs/pictures')
        t.same([...album.taken].sort(), shown.filter((name) => !TAKEN_ELSEWHERE.includes(name)).sort())
        t.same(await album.faults(), [])
      })
  })

t.test('"Skip & don’t ask me again" is honoured for ever, and undone by the setting', async (t) => {
  const { root: _, ...place } = await ownPlace(t)
  const first = await scene(t, place)
  await first.at.invitation.getByRole('button', { name: "Skip & don't ask me again" }).click()
  await first.at.invitation.waitFor({ state: 'detached' })
  await first.at.page.reload()
  await first.at.page.getByRole('heading', { name: 'No cases yet' }).waitFor()
  t.equal(await first.at.invitation.count(), 0, 'not at another look at the page')
  await first.host.kill('SIGTERM')

  const second = await scene(t, place)
  await second.at.page.getByRole('heading', { name: 'No cases yet' }).waitFor()
  t.equal(await second.at.invitation.count(), 0, 'not at another start')
  t.same(await second.host.plugins(), [])
  await second.at.go('Settings')
  await second.at.importSwitch.click()
  await second.at.page.getByText('Enabled', { exact: true }).waitFor()
  await second.at.page.getByText(/choose below where orders come from/).waitFor()
  t.equal((await second.host.plugins()).length, 1)
  t.same([...first.complaints, ...second.complaints], [])
})

interface Day {
  readonly source: Source
  readonly at: Technician
  readonly day: Readonly<Record<OtherName, MadeExport>>
  readonly album: Album | null
}

async function fullDay(t: Test, { source, at, day, album }: Day): Promise<void> {
  const { page } = at
  const patient = patientsOf(day)

  await t.test('on a full day one question after the other is asked, each of them once', async (t) => {
    for (const { order, client, material } of FULL_DAY) {
      await source.brings(day[order])
      if (client !== undefined) await at.assignExisting(at.doctorQuestion(client.doctor), client.is)
      if (material !== undefined) {
        const dialog = at.materialQuestion().filter({ hasText: material.ordered })
        await at.assignMaterial(dialog, material.is, material.made)
      }
      await unread(t, at, patient[order])
    }
    t.equal(await page.getByRole('dialog').count(), 0)
    await at.open(patient.bridge)
    t.ok((await drawnTriangles(page, (count) => count > 0)) > 10_000, 'its scans are shown')
    await page.getByRole('progressbar').first().waitFor({ state: 'detached' })
    await album?.take(page, 'case')
    await at.go('Cases')
  })

  await t.test('what nobody decides waits in the list, and is not asked again by itself', async (t) => {
    for (const name of UNDECIDED) await source.brings(day[name])
    for (const name of UNDECIDED)
      await at.line(patient[name]).getByText('Waiting for client', { exact: true }).waitFor()
    await at.openQuestions.filter({ hasText: '2' }).waitFor()
    await at.decideLater(page.getByRole('dialog'))
    await page.reload()
    await at.openQuestions.filter({ hasText: '2' }).waitFor()
    await at.go('Clients')
    await at.go('Cases')
    for (const name of UNDECIDED) await at.line(patient[name]).waitFor()
    await album?.take(page, 'cases')
    t.equal(await page.getByRole('dialog').count(), 0)
  })
}

/** Its line is marked as unread: in words, and in bold. */
async function unread(t: Test, at: Technician, patient: string | RegExp): Promise<void> {
  await at.line(patient).getByText('Unread', { exact: true }).waitFor()
  t.ok((await weightOf(at.line(patient).getByRole('link').first())) >= 600)
}

async function projectOf({ cases }: Place, family: string): Promise<string> {
  const found = (await readdir(cases)).filter((name) => name.includes(family))
  if (found.length !== 1) throw new Error(`${found.length} cases of ${family}`)
  return found[0] ?? ''
}

function patientsOf<Name extends string>(
  orders: Readonly<Record<Name, MadeExport>>,
): Readonly<Record<Name, RegExp>> {
  // As ordered while it waits, as the laboratory writes it once it is a case: in either order.
  const either = Object.entries<MadeExport>(orders).map(([name, order]) => {
    const { given, family } = order.recipe.patient
    return [name, new RegExp(`${given}.*${family}|${family}.*${given}`)]
  })
  return Object.fromEntries(either)
}

/** The line of the review that the story is about. */
const mappingOf = ({ page }: Technician) => page.getByRole('row').filter({ hasText: AMBIGUOUS })

const reseller = (myitero: 'on' | 'off'): string =>
  JSON.stringify({ reseller: 'Made-up reseller', features: { myitero } })
