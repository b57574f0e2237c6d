import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { jawPlan } from '../fixtures/exports/jaw-elevation.ts'
import { type MeshFormat, meshContent, meshExtension, meshGrids } from '../fixtures/exports/mesh.ts'
import type { CaseList } from '../host/api.ts'
import { type HostOptions, startHost } from '../host/start.ts'
import { launch, openPage } from '../test/web/browser.ts'
import { until } from '../test/web/case/opened.ts'
import type { Row } from './table.ts'

const FORMATS: readonly MeshFormat[] = ['stl-binary', 'ply-colours']
const BYTES = 200e6

/** A scan of 200 MB on the case page: until it is there, and the longest that the page's own thread was busy at a time. */
export async function casePageRows(bytes = BYTES): Promise<readonly Row[]> {
  const home = await mkdtemp(join(tmpdir(), 'case-page-'))
  try {
    for (const format of FORMATS) await caseOf(join(home, 'cases'), format, bytes)
    await mkdir(join(home, 'none'))
    const host = await startHost(bareHost(home))
    const browser = await launch({ webgl: true })
    try {
      const rows: Row[] = []
      for (const format of FORMATS) rows.push(...(await measured(browser, host.link(), format, bytes)))
      return rows
    } finally {
      await browser.close()
      await host.close()
    }
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** No plugin, any port. Its home is made before. */
export const bareHost = (home: string): HostOptions => ({
  home,
  plugins: join(home, 'none'),
  reseller: null,
  licence: null,
  port: 0,
  suggestions: [],
  desktop: { showFolder: async () => {}, openPage: async () => {}, openLogin: async () => false },
  clock: Date.now,
  onFault: (fault) => process.stderr.write(`${String(fault)}\n`),
})

async function measured(browser: Browser, link: string, format: MeshFormat, bytes: number): Promise<Row[]> {
  const { page, context } = await openPage(browser, link)
  await page.waitForURL(/\/$/)
  let id = 0
  await until(async () => {
    const answer = await page.request.get(new URL('/api/cases', page.url()).href)
    id = ((await answer.json()) as CaseList).rows.find(({ project }) => project === format)?.id ?? 0
    return id > 0
  })
  await browser.startTracing(page, { categories: ['toplevel'] })
  const start = performance.now()
  await openCase(page, id)
  await page.locator('input.opacity').waitFor({ timeout: 120_000 })
  const took = performance.now() - start
  const longest = longestTask((await browser.stopTracing()).toString())
  await context.close()
  const what = `case page, ${format} of ${bytes / 1e6} MB`
  return [
    { name: `${what}: read`, value: took / 1000, unit: 's', goal: null },
    { name: `${what}: longest task of the page (processor time)`, value: longest, unit: 'ms', goal: 100 },
  ]
}

/** Within the page, as a person does it from the list. */
async function openCase(page: Page, id: number): Promise<void> {
  await page.evaluate(`(() => {
    const link = document.createElement('a')
    link.href = '/case/${id}'
    document.querySelector('main').append(link)
    link.click()
  })()`)
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** ms of processor time: what other programs take of the machine is left out. */
function longestTask(trace: string): number {
  const { traceEvents } = JSON.parse(trace) as { readonly traceEvents: readonly TraceEvent[] }
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return Math.max(
    0,
    ...traceEvents
      .filter(({ ph, pid, tid }) => ph === 'X' && mains.has(`${pid} ${tid}`))
      .map(({ tdur = 0 }) => tdur / 1000),
  )
}

async function caseOf(cases: string, format: MeshFormat, bytes: number): Promise<void> {
  const folder = join(cases, format)
  await mkdir(folder, { recursive: true })
  const plan = jawPlan('upper', [], false, { ditched: false, scanBodies: false, seed: 1, deeper: 0 })
  const file = createWriteStream(join(folder, `${format}-upperjaw.${meshExtension(format)}`))
  for (const chunk of meshContent(meshGrids([plan], { format, bytes }, 1, false), format, null))
    if (!file.write(chunk)) await once(file, 'drain')
  file.end()
  await once(file, 'close')
  await writeFile(
    join(folder, `${format}.dentalProject`),
    '<?xml version="1.0" encoding="utf-8"?><Treatment><Teeth /><Practice><PracticeId>1</PracticeId></Practice><Patient><PatientId>1</PatientId><PatientName>Large</PatientName></Patient></Treatment>',
  )
}
