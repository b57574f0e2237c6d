// The whole story on Windows: `node test/windows/story.ts [folder for screenshots]`. Needs wine, Xvfb, xdotool, ImageMagick
// and Chromium. Host, bridge, plugin and icon run on Windows' Node; the cloud and the browser are of this system.
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Browser } from 'playwright-core'
import { type Cloud, startCloud } from '../../fixtures/cloud/cloud.ts'
import { type MadeExport, makeExport } from '../../fixtures/exports/make-export.ts'
import { orderNamed } from '../../fixtures/exports/orders.ts'
import { crown, MATERIALS } from '../../fixtures/exports/recipe-teeth.ts'
import { preparePages } from '../../host/pages.ts'
import { makeFolder, sourceEpoch } from '../../packaging/windows/folder.ts'
import { closeLedger, openLedger } from '../../plugin/ledger/open.ts'
import { listOrders } from '../../plugin/ledger/orders.ts'
import { type Technician, technician } from '../story/technician.ts'
import { launch, openPage } from '../web/browser.ts'
import { AMBER, GREEN, type Screen, screenOf, until } from './screen.ts'
import {
  assertWholeCase,
  nodesAt,
  type Place,
  placeIn,
  projectsIn,
  startWindowsHost,
  type WindowsHost,
} from './story-laboratory.ts'
import { byItself, type WindowsMachine } from './wine.ts'
import { inWorkFolder } from './work-folder.ts'

export interface StoryOptions {
  /** Folder for screenshots. */
  readonly shots?: string
  /** The plugin's folder as it is shipped, with a Node that Wine starts; made here where left out. */
  readonly plugin?: string
}

/** ms, as a host promises it. */
const STOP_MS = 5000
/** ms. Wine opens the program's thousand files slowly, on a machine that has other things to do. */
const START_MS = 90_000
const ACCOUNT = 'Fixture Dental Laboratory'
const ACCOUNT_ID = 55501
const PAGES = join(import.meta.dirname, '../../host/web/dist')

/** A laboratory's first orders from the cloud, its icon, switching off and on, the evening and the next morning. */
export function tryStory(
  machine: WindowsMachine,
  say: (text: string) => void,
  options: StoryOptions = {},
): Promise<void> {
  return inWorkFolder('windows-story', (root) => storyIn(root, machine, say, options))
}

async function storyIn(
  root: string,
  machine: WindowsMachine,
  say: (text: string) => void,
  options: StoryOptions,
): Promise<void> {
  const shots = options.shots ?? join(root, 'shots')
  mkdirSync(shots, { recursive: true })
  const screen = screenOf(machine, shots)
  const place = placeIn(root)
  let browser: Browser | null = null
  const ends: (() => Promise<unknown>)[] = []
  try {
    const cloud = await startCloud({ accessTokenSeconds: 15, poll: { fastestMs: 1000, slowestMs: 2000 } })
    ends.push(() => cloud.close())
    writeFileSync(place.profile, JSON.stringify(cloud.profile))
    const orders = await makeOrders(join(root, 'made'))
    const shipped = options.plugin ?? makeShipped(machine, join(root, 'made/myitero-import'))
    cpSync(shipped, join(place.plugins, 'myitero-import'), { recursive: true })
    await preparePages()
    browser = await launch()
    ends.push(async () => browser?.close())
    screen.barIs('light')
    const story: Story = { ...{ machine, say, screen, place, cloud, orders, browser } }
    await firstDay(story)
    await nextMorning(story)
    await afterLogOff(story)
    assert.deepEqual(cloud.violations(), [], 'the cloud was spoken to as its document says')
  } catch (error) {
    say(`failed; the screen as it was: ${screen.shoot('story-failed')}`)
    for (const [at, page] of (browser?.contexts() ?? []).flatMap((one) => one.pages()).entries())
      await page.screenshot({ path: join(shots, `story-page-${at}.png`) })
    for (const file of [join(root, 'host.txt'), join(root, 'told.jsonl'), logOf(place)]) say(textOf(file))
    throw error
  } finally {
    for (const end of ends.toReversed()) await end()
  }
}

interface Story {
  readonly machine: WindowsMachine
  readonly say: (text: string) => void
  readonly screen: Screen
  readonly place: Place
  readonly cloud: Cloud
  readonly orders: Readonly<Record<'first' | 'second' | 'third' | 'late', MadeExport>>
  readonly browser: Browser
}

/** The host is up, and a technician sits before its page. */
interface Day extends Story {
  readonly host: WindowsHost
  readonly at: Technician
}

/** With a Node that Wine starts. */
function makeShipped(machine: WindowsMachine, into: string): string {
  makeFolder({ into, node: dirname(machine.node), epoch: sourceEpoch(), nsis: null })
  return into
}

/** Of one doctor, for patients whose names no file of Windows' could have as they are. */
async function makeOrders(into: string): Promise<Story['orders']> {
  const made = (name: string, family: string, tooth: number, seed: number, bytes = 50_000) =>
    makeExport(
      {
        ...orderNamed('lab-preference'),
        patient: { given: 'Änne', family, id: `P-${name}`, chartNumber: '' },
        teeth: [crown(tooth, MATERIALS.zirconiaLabPreference)],
      },
      {
        ...{ into, seed, form: 'zip', layout: 'flat', versions: [50] },
        mesh: { format: 'stl-binary', bytes },
      },
    )
  const [first, second, third, late] = await Promise.all([
    made('first', 'Größe: Test?', 26, 1),
    made('second', 'Muster "Straße".', 36, 2),
    made('third', 'Beispiel <Nord>', 46, 3),
    // Large enough to be met while it is imported.
    made('late', 'Abend', 16, 4, 40_000_000),
  ])
  return { first, second, third, late }
}

async function open(story: Story): Promise<Day> {
  const began = Date.now()
  const host = await startWindowsHost(story.machine, story.place, PAGES)
  story.say(`the host is up after ${Date.now() - began} ms`)
  const { page } = await openPage(story.browser, host.link)
  return { ...story, host, at: technician(page) }
}

async function firstDay(story: Story): Promise<void> {
  const day = await open(story)
  await connected(day)
  await firstOrder(day)
  await secondOrder(day)
  await icon(day)
  await switchedOffAndOn(day)
  await evening(day)
}

async function connected({ at, cloud, screen, place, say }: Day): Promise<void> {
  const two = cloud.credentials.find(({ accounts }) => accounts.length === 2)
  assert(two)
  await at.invitation.getByRole('button', { name: 'Connect to MyiTero now' }).click()
  // Here a plugin takes a while to start.
  await at.signInWindow.getByRole('link', { name: /^Open login page/ }).waitFor({ timeout: START_MS })
  await at.logIn({ ...two, account: ACCOUNT })
  await at.importState.filter({ hasText: 'active' }).waitFor()
  assert.equal(nodesAt(place).plugin.length, 1)
  await screen.seen(GREEN, true, 'the green dot')
  await screen.moveBar({ x: 600, y: 560 })
  screen.shoot('story-active')
  say('signed in by the login page; the icon has its green dot')
}

async function firstOrder({ at, cloud, orders, place, screen, say }: Day): Promise<void> {
  await cloud.addOrder(ACCOUNT_ID, { package: orders.first.path })
  await at.doctorQuestion('Alder, Judith').waitFor()
  await screen.seen(AMBER, true, 'the amber dot while a question waits')
  await at.saveNewClient(at.doctorQuestion('Alder, Judith'))
  await at.assignMaterial(at.materialQuestion(), 'Zirconia, multilayer', 'Milling, 4-axis')
  await at.line(/Größe/).getByText('Unread', { exact: true }).waitFor()
  const [project = ''] = projectsIn(place)
  assert.deepEqual(projectsIn(place), [project])
  await assertWholeCase(place, project, orders.first)
  say(`both questions answered; the case stands whole: ${project}`)
  await screen.seeBalloon('story-balloon')
  say('a balloon tells of it')
}

async function secondOrder({ at, cloud, orders, place, screen, say }: Day): Promise<void> {
  const before = projectsIn(place)
  await cloud.addOrder(ACCOUNT_ID, { package: orders.second.path })
  await at
    .line(/Straße/)
    .getByText('Unread', { exact: true })
    .waitFor()
  assert.equal(await at.openQuestions.count(), 0)
  await assertNew(place, before, orders.second)
  await screen.seeBalloon('story-balloon-again')
  say('the next order of the doctor passes without a question')
}

/** One more case stands, and is whole. */
async function assertNew(place: Place, before: readonly string[], from: MadeExport): Promise<void> {
  const added = projectsIn(place).filter((name) => !before.includes(name))
  assert.equal(added.length, 1)
  await assertWholeCase(place, added[0] ?? '', from)
}

async function icon({ at, host, machine, screen, place, say }: Day): Promise<void> {
  const opened = host.opened().length
  await screen.clickIcon(1)
  await until(() => host.opened().length === opened + 1, 'a click opens the case list')
  const menu = await screen.openMenu()
  screen.shoot('story-menu')
  await screen.choose(menu, 1, 5)
  await until(() => host.opened().length === opened + 2, 'the menu opens the case list')
  say('a click and the menu open the case list')

  await screen.choose(await screen.openMenu(), 3, 5)
  await screen.seen(GREEN, false, 'no green dot while paused')
  await at.go('Settings')
  await at.page.getByText('Paused: nothing is looked for or downloaded.').waitFor()
  await at.page.getByRole('button', { name: 'Resume' }).click()
  await screen.seen(GREEN, true, 'the green dot, resumed')
  say('the menu pauses the cloud, the page resumes it')

  // Gone for a moment: whatever the cloud changes, the plugin asks Explorer anew (run-tray.ts sees it go).
  assert.equal(await explorer(machine, place, 'forget'), 0)
  assert.equal(await explorer(machine, place, 'started'), 0)
  await screen.seen(GREEN, true, 'the icon is back with Explorer')
  say('a restart of Explorer is survived')
}

function explorer(machine: WindowsMachine, place: Place, what: string): Promise<number | null> {
  return machine.start('test/windows/explorer-again.ts', [what], join(place.root, 'explorer.txt')).ended
}

async function switchedOffAndOn(day: Day): Promise<void> {
  const { at, cloud, orders, screen, place, say } = day
  const before = projectsIn(place)
  await at.go('Settings')
  const began = performance.now()
  await at.importSwitch.click()
  await until(() => nodesAt(place).plugin.length === 0, 'the plugin stops')
  const took = performance.now() - began
  assert(took < STOP_MS, `it stopped after ${took} ms`)
  await screen.seen(GREEN, false, 'the icon goes with the plugin')
  say(`disabled: ended after ${Math.round(took)} ms, and the icon is gone`)
  await cloud.addOrder(ACCOUNT_ID, { package: orders.third.path })
  await at.importSwitch.click()
  await at.importState.filter({ hasText: 'active' }).waitFor({ timeout: START_MS })
  await screen.seen(GREEN, true, 'the icon is back')
  await at.go('Cases')
  await at
    .line(/Beispiel/)
    .getByText('Unread', { exact: true })
    .waitFor()
  await assertNew(place, before, orders.third)
  say('enabled: goes on without a new sign-in, and brings what came meanwhile')
}

async function evening({ host, screen, place, say }: Day): Promise<void> {
  assert.equal(await host.close(), 0)
  await until(() => [...nodesAt(place).host, ...nodesAt(place).plugin].length === 0, 'nothing is left')
  await screen.seen(GREEN, false, 'the icon goes with the host')
  assert.deepEqual(host.faults(), [])
  assert.deepEqual(faultsIn(place), [])
  say('the host closes, and nothing is left over')
}

async function nextMorning(story: Story): Promise<void> {
  const day = await open(story)
  const { at, screen, place, say } = day
  await at.importState.filter({ hasText: 'active' }).waitFor({ timeout: START_MS })
  await screen.seen(GREEN, true, 'the green dot in the morning')
  assert.equal(projectsIn(place).length, 3)
  say('the next morning it goes on by itself')
  await loggedOff(day)
}

/**
 * The end of a session as Windows does it: every window is asked and told, the plugin's too; what has none, as the host here,
 * is killed. Nobody kills the plugin.
 */
async function loggedOff({ host, machine, cloud, orders, place, say }: Day): Promise<void> {
  await cloud.addOrder(ACCOUNT_ID, { package: orders.late.path })
  await until(() => isImporting(place), 'an import is under way')
  const began = performance.now()
  machine.run('wine', ['wineboot', '--end-session'])
  const ended = { where: 'process', fault: 'exit 0' }
  await until(
    () => host.faults().some((one) => isDeepStrictEqual({ ...one, ...ended }, one)),
    'the plugin ends by itself',
  )
  const took = Math.round(performance.now() - began)
  host.kill()
  await host.ended
  await until(() => [...nodesAt(place).host, ...nodesAt(place).plugin].length === 0, 'nothing is left')
  const cases = projectsIn(place).length
  assert(cases === 3 || cases === 4)
  if (cases === 4) await assertWholeCase(place, lateIn(place), orders.late)
  assert.equal(await publishedIn(place), cases, 'the ledger agrees')
  say(
    `told of a log-off in the midst of an import, the plugin ended by itself after ${took} ms; ` +
      `the case is ${cases === 4 ? 'whole' : 'absent'}, and the ledger says so`,
  )
}

const isImporting = ({ cases }: Place) =>
  readdirSync(cases)
    .filter((name) => name.startsWith('.myitero-import-'))
    // A file in a staging below it.
    .some((name) => readdirSync(join(cases, name), { recursive: true }).some((file) => /\//.test(`${file}`)))

const lateIn = (place: Place) => projectsIn(place).find((name) => name.includes('Abend')) ?? ''

async function publishedIn({ home }: Place): Promise<number> {
  const folder = join(home, 'plugins/myitero-import/ledgers')
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.sqlite'))
  const ledger = await openLedger(join(folder, file), Date.now)
  try {
    return (await listOrders(ledger, { stages: ['published'] })).length
  } finally {
    await closeLedger(ledger)
  }
}

async function afterLogOff(story: Story): Promise<void> {
  const { host, at } = await open(story)
  const { place, orders, say } = story
  await at.line(/Abend/).getByText('Unread', { exact: true }).waitFor({ timeout: START_MS })
  assert.equal(projectsIn(place).length, 4)
  await assertWholeCase(place, lateIn(place), orders.late)
  assert.equal(await host.close(), 0)
  await until(() => [...nodesAt(place).host, ...nodesAt(place).plugin].length === 0, 'nothing is left')
  assert.equal(await publishedIn(place), 4)
  assert.deepEqual(faultsIn(place), [])
  say('the next start brings it, once and whole')
}

/** What the plugin wrote as faults. */
const faultsIn = (place: Place) =>
  textOf(logOf(place))
    .split('\n')
    .filter((line) => line.includes('"fault"'))

const logOf = ({ home }: Place) => join(home, 'plugins/myitero-import/log/plugin.log')

const textOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

if (import.meta.main) {
  const [, , shots] = process.argv
  await byItself((machine, say) => tryStory(machine, say, shots === undefined ? {} : { shots }))
}
