import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { closeDatabase, openDatabase } from '../host/database.ts'
import { lookAtCase, treatmentName } from '../host/read/folder.ts'
import { startHost } from '../host/start.ts'
import { launch, openPage } from '../test/web/browser.ts'
import { bareHost } from './case-page.ts'
import { FIRST_ORDER, fillList, MANY } from './host-data.ts'
import { median, type Row } from './table.ts'

const STARTS = 3
const LOADS = 7
const TRIES = 5
/** Rare, in every row, two words, one letter: the last letter of each is the one that is waited for. */
const searchesOf = (listed: number): readonly string[] => [
  String(FIRST_ORDER + (listed >> 3)),
  'zirconia',
  'müller anna',
  'm',
]

/** The real server and a browser on a long list: until its rows are painted, and until those of a search are. */
export async function firstPaintRows(listed = MANY): Promise<readonly Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'first-paint-'))
  const browser = await launch()
  try {
    await mkdir(join(home, 'none'))
    fillHome(home, listed)
    const starting: Paint[] = []
    for (let i = 0; i < STARTS; i++)
      starting.push(await withHost(home, (link) => load(browser, link(), listed)))
    const [loads, searches] = await withHost(home, async (link) => {
      await quiet()
      const loads: Paint[] = []
      for (let i = 0; i < LOADS; i++) loads.push(await load(browser, link(), listed))
      return [loads, await searched(browser, link(), searchesOf(listed))]
    })
    const name = (what: string) => `page: ${what}, ${listed.toLocaleString('en')} cases`
    const row = (what: string, value: number, goal: number | null): Row => ({
      name: name(what),
      value,
      unit: 'ms',
      goal,
    })
    const slowest = (of: (search: Search) => number) =>
      Math.max(...searches.map((tries) => median(tries.map(of))))
    return [
      row('first paint', median(loads.map(({ first }) => first)), 1000),
      row('first rows painted', median(loads.map(({ rows }) => rows)), 1000),
      row('first rows painted, the host just started', median(starting.map(({ rows }) => rows)), null),
      row(
        'a search, its request, slowest word',
        slowest(({ request }) => request),
        100,
      ),
      row(
        'a search, from the key to its rows painted, slowest word',
        slowest(({ painted }) => painted),
        100,
      ),
    ]
  } finally {
    await browser.close()
    await rm(home, { recursive: true, force: true })
  }
}

/** Cases that stand, so that the host looks through all of them; what the list shows of them is in its database. */
function fillHome(home: string, count: number): void {
  const cases = join(home, 'cases')
  mkdirSync(cases)
  const db = openDatabase(join(home, 'host.sqlite'))
  fillList(db, count, (project) => {
    mkdirSync(join(cases, project))
    writeFileSync(join(cases, project, treatmentName(project)), '<Treatment />')
    const look = lookAtCase(cases, project, null)
    return look.kind === 'case' ? look.seen.signature : ''
  })
  closeDatabase(db)
}

async function withHost<T>(home: string, work: (link: () => string) => Promise<T>): Promise<T> {
  const host = await startHost(bareHost(home))
  try {
    return await work(host.link)
  } finally {
    await host.close()
  }
}

/** Until the host has looked through its folder, or for a minute. */
async function quiet(): Promise<void> {
  for (let second = 0; second < 60; second++) {
    const before = performance.eventLoopUtilization()
    await setTimeout(1000)
    if (performance.eventLoopUtilization(before).utilization < 0.05) return
  }
}

interface Paint {
  /** ms since the link was opened. */
  readonly first: number
  readonly rows: number
}

/** A browser that was never here: nothing is cached. */
async function load(browser: Browser, link: string, listed: number): Promise<Paint> {
  const { page, context } = await openPage(browser, 'about:blank')
  await page.addInitScript(PAINTED)
  await page.addInitScript(`globalThis.firstRows = painted(() => document.querySelector('${LINE}') !== null)`)
  const opened = performance.timeOrigin + performance.now()
  await page.goto(link)
  // The link signs the browser in and leads on to the list.
  await page.waitForURL(/\/$/)
  const rows = await page.evaluate<number>('firstRows')
  const [origin, first] = await page.evaluate<[number, number]>(
    `[performance.timeOrigin, performance.getEntriesByName('first-contentful-paint')[0].startTime]`,
  )
  const count = Number(await page.locator('.case-grid').getAttribute('aria-rowcount')) - 1
  if (count !== listed) throw new Error(`${count} rows instead of ${listed}`)
  await context.close()
  return { first: origin + first - opened, rows: origin + rows - opened }
}

interface Search {
  /** ms since the key went down; the pause that the page leaves for the next letter is in it. */
  readonly painted: number
  /** As the page has it: sent, answered and received, ms. */
  readonly request: number
}

/** For each word so many tries. */
async function searched(
  browser: Browser,
  link: string,
  words: readonly string[],
): Promise<readonly (readonly Search[])[]> {
  const { page, context } = await openPage(browser, 'about:blank')
  await page.addInitScript(PAINTED)
  await page.goto(link)
  await page.waitForURL(/\/$/)
  await page.locator(LINE).first().waitFor()
  const all: Search[][] = []
  for (const each of words) {
    const tries: Search[] = []
    for (let i = 0; i < TRIES; i++) tries.push(await search(page, each))
    all.push(tries)
  }
  await context.close()
  return all
}

async function search(page: Page, words: string): Promise<Search> {
  await page.evaluate('void (globalThis.filled = answered())')
  await page.locator('input[type=search]').fill(words.slice(0, -1))
  await page.evaluate('filled')
  await page.evaluate(`(() => {
    performance.clearResourceTimings()
    globalThis.search = new Promise((resolve) => {
      addEventListener('keydown', async ({ timeStamp }) => {
        const painted = await answered() - timeStamp
        const request = performance.getEntriesByType('resource').find(({ name }) => name.includes('/api/cases?'))
        resolve({ painted, request: request.duration })
      }, { once: true, capture: true })
    })
  })()`)
  await page.keyboard.press(words.slice(-1))
  return await page.evaluate<Search>('search')
}

const LINE = '.case-line:not(.missing)'
/**
 * `painted(so)` resolves behind the paint of the frame in which it is so, `answered()` behind that of the rows of a
 * search that is typed now; ms since the navigation began.
 */
const PAINTED = `
  globalThis.painted = (so) => new Promise((resolve) => {
    const look = () => {
      if (!so()) return requestAnimationFrame(look)
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(performance.now())
      port2.postMessage(null)
    }
    requestAnimationFrame(look)
  })
  globalThis.answered = () => {
    let asked = false
    return painted(() => {
      const busy = document.querySelector('.case-grid')?.getAttribute('aria-busy')
      asked ||= busy === 'true'
      return asked && busy === 'false' && document.querySelector('${LINE}') !== null
    })
  }`
