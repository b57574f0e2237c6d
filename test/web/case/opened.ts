import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { MakeOptions } from '../../../fixtures/exports/make-export.ts'
import type { CaseList, CaseRow } from '../../../host/api.ts'
import { type RunningHost, startHost } from '../../../host/start.ts'
import { importPackage } from '../../../plugin/importer.ts'
import { answerAll, laboratory } from '../../laboratory.ts'
import { type Look, launch, type OpenPage, openPage } from '../browser.ts'

/** A host whose cases the importer itself has made, and a browser that shows scans. */
export interface OpenHost {
  readonly cases: string
  readonly shown: readonly string[]
  readonly browser: Browser
  /** A page of its own, signed in, on the case of a patient. */
  open(patient: string, look?: Partial<Look> & { readonly in?: Browser }): Promise<OpenCase>
}

export interface OpenCase extends OpenPage {
  readonly id: number
  readonly origin: string
  rows(): Promise<readonly CaseRow[]>
}

export type Wish = readonly [recipe: string, more?: Partial<MakeOptions>]

/** `prepare` changes the case folder before the host sees it. */
export async function openHost(
  t: Test,
  wishes: readonly Wish[],
  prepare: (cases: string) => void = () => {},
): Promise<OpenHost> {
  const lab = await laboratory(t)
  for (const [recipe, more] of wishes) await importPackage(lab.importer, (await lab.make(recipe, more)).path)
  await answerAll(lab.importer)
  prepare(lab.cases)
  const plugins = join(lab.root, 'no-plugins')
  mkdirSync(plugins)
  const shown: string[] = []
  const host: RunningHost = await startHost({
    home: lab.root,
    plugins,
    reseller: null,
    licence: null,
    port: 0,
    suggestions: [],
    desktop: {
      showFolder: async (folder) => void shown.push(folder),
      openPage: async () => {},
      openLogin: async () => false,
    },
    clock: Date.now,
    onFault: (fault, where) => t.fail(`${where}: ${String(fault)}`),
  })
  const browser = await launch({ webgl: true })
  t.teardown(async () => {
    await browser.close()
    await host.close()
  })
  return {
    cases: lab.cases,
    shown,
    browser,
    async open(patient, look = {}) {
      const opened = await openPage(look.in ?? browser, host.link(), look)
      await opened.page.waitForURL(/\/$/)
      const origin = new URL(opened.page.url()).origin
      const rows = () => rowsOf(opened.page)
      const id = await listed(rows, patient)
      await opened.page.goto(`${origin}/case/${id}`)
      await opened.page.getByRole('heading', { level: 1, name: patient }).waitFor()
      return { ...opened, id, origin, rows }
    },
  }
}

async function rowsOf(page: Page): Promise<readonly CaseRow[]> {
  const answer = await page.request.get(new URL('/api/cases?limit=200', page.url()).href)
  return ((await answer.json()) as CaseList).rows
}

/** The watch may still be listing when the page opens. */
async function listed(rows: () => Promise<readonly CaseRow[]>, patient: string): Promise<number> {
  let id = 0
  await until(async () => {
    const all = await rows()
    id = all.find((row) => row.patient.includes(patient) || patient.includes(row.patient))?.id ?? 0
    return id > 0
  })
  return id
}

/** How many triangles the picture has, once they suit. */
export async function drawnTriangles(page: Page, suits: (count: number) => boolean): Promise<number> {
  const canvas = page.locator('canvas')
  let count = 0
  await until(async () => {
    count = Number(await canvas.getAttribute('data-triangles'))
    return suits(count)
  })
  return count
}

/** Looks again until it is so; at most half a minute. */
export async function until(so: () => Promise<boolean>): Promise<void> {
  const start = Date.now()
  while (!(await so())) {
    if (Date.now() - start > 30_000) throw new Error('it did not come about')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** As a person sees it, with the breaks between cells and lines. */
export function textOf(part: Locator): Promise<string> {
  // biome-ignore lint/performance/useDomNodeTextContent: a text without its breaks runs cells together
  return part.innerText()
}

/** Until a part of the page says it. */
export function showing(part: Locator, text: RegExp): Promise<void> {
  return until(async () => text.test(await textOf(part)))
}
