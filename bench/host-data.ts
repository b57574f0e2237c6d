import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeExport } from '../fixtures/exports/make-export.ts'
import { orderNamed } from '../fixtures/exports/orders.ts'
import { CASE_SORTS, type CasesQuery } from '../host/api.ts'
import { caseCounts, listCases } from '../host/cases.ts'
import { watchCases } from '../host/casewatch.ts'
import { closeDatabase, type Database, noting, openDatabase } from '../host/database.ts'
import { upsertCase } from '../host/listed-cases.ts'
import { importPackage } from '../plugin/importer.ts'
import { openLaboratory } from '../plugin/terminal/laboratory-files.ts'
import { answerAll } from '../test/laboratory.ts'
import { median, type Row } from './table.ts'

export const DROPPED = 10_000
export const MANY = 100_000
/** Order numbers of the list begin here. */
export const FIRST_ORDER = 300_000_000
const TRIES = 7

/** The host's case list: cases dropped into its folder, and pages and searches of a long list. */
export async function hostDataRows(dropped = DROPPED, listed = MANY): Promise<readonly Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'host-bench-'))
  try {
    return [...(await droppedRows(root, dropped)), ...listRows(root, listed)]
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** From the moment in which the first of them stands in the watched folder until the last is in the list. */
async function droppedRows(root: string, count: number): Promise<readonly Row[]> {
  const [cases, aside] = [join(root, 'cases'), join(root, 'aside')]
  await mkdir(cases)
  await mkdir(aside)
  await copiesOfOneCase(root, aside, count)
  const db = openDatabase(join(root, 'dropped.sqlite'))
  let listed = () => {}
  const watch = watchCases({
    db,
    folder: cases,
    onChange: () => {
      if (caseCounts(db).unread === count) listed()
    },
  })
  await watch.settled
  const all = new Promise<void>((resolve) => {
    listed = resolve
  })
  const late = lateness()
  const start = performance.now()
  for (const name of await readdir(aside)) await rename(join(aside, name), join(cases, name))
  const dropping = performance.now() - start
  await all
  const took = performance.now() - start
  const worst = late.stop()
  await watch.close()
  const again = performance.now()
  const second = watchCases({ db, folder: cases, onChange: () => {} })
  await second.settled
  const relisting = performance.now() - again
  await second.close()
  closeDatabase(db)
  const name = count.toLocaleString('en')
  return [
    { name: `host: ${name} cases dropped, all listed`, value: took / 1000, unit: 's', goal: 10 },
    { name: `host: of it, until the last was dropped`, value: dropping / 1000, unit: 's', goal: null },
    { name: `host: longest pause of the server meanwhile`, value: worst, unit: 'ms', goal: 250 },
    { name: `host: ${name} known cases looked at, at a start`, value: relisting / 1000, unit: 's', goal: 5 },
  ]
}

/** Longest time for which the loop of events was held up, ms. */
function lateness(): { stop(): number } {
  let worst = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    worst = Math.max(worst, now - last - 5)
    last = now
  }, 5)
  return {
    stop() {
      clearInterval(timer)
      return worst
    },
  }
}

/** A case that the importer wrote, under so many names; every file of it, each with a few bytes of mesh. */
async function copiesOfOneCase(root: string, into: string, count: number): Promise<void> {
  const made = join(root, 'made')
  await mkdir(made)
  const laboratory = await openLaboratory({ into: made, data: join(root, 'data'), language: 'en' }, 'write')
  const order = await makeExport(orderNamed('bridge-44-46'), {
    into: root,
    seed: 1,
    form: 'zip',
    layout: 'flat',
    mesh: { format: 'stl-binary', bytes: 100_000 },
  })
  await importPackage(laboratory.importer, order.path)
  await answerAll(laboratory.importer)
  await laboratory.close()
  const project = (await readdir(made)).find((name) => !name.startsWith('.')) ?? ''
  const files = new Map<string, Buffer>()
  for (const name of await readdir(join(made, project)))
    files.set(name, await readFile(join(made, project, name)))
  const record = `${project}.case.xml`
  const bytesOf = /bytes="\d+"/g
  for (let i = 0; i < count; i++) {
    const own = `${project}_${i}`
    await mkdir(join(into, own))
    for (const [name, content] of files) {
      const text = /\.(xml|dentalProject)$/.test(name) ? content.toString() : null
      const renamed = name.startsWith(project) ? own + name.slice(project.length) : name
      const small =
        name === record || name.endsWith('.dentalProject')
          ? (text ?? '')
              .replaceAll(project, own)
              .replace(bytesOf, 'bytes="8"')
              .replace(/<OrderId>[^<]*/, `<OrderId>${FIRST_ORDER + i}`)
          : '12345678'
      await writeFile(join(into, own, renamed), small)
    }
  }
}

function listRows(root: string, count: number): readonly Row[] {
  const db = openDatabase(join(root, 'listed.sqlite'))
  fillList(db, count)
  const name = count.toLocaleString('en')
  const page = (query: CasesQuery) => timed(() => listCases(db, { limit: 200, ...query }, 'en'))
  const slowest = (queries: readonly CasesQuery[]) => Math.max(...queries.map(page))
  const directions = ['ascending', 'descending'] as const
  const sorts = CASE_SORTS.flatMap((sort) => directions.map((direction) => ({ sort, direction })))
  const row = (what: string, value: number, goal: number): Row => ({
    name: `host: ${what}, ${name} cases`,
    value,
    unit: 'ms',
    goal,
  })
  const rows = [
    row('first page, slowest sort', slowest(sorts), 50),
    row('last page, slowest sort', slowest(sorts.map((each) => ({ ...each, offset: count - 200 }))), 50),
    row(
      'page in the middle of one status, slowest sort',
      slowest(sorts.map((each) => ({ ...each, status: ['unread'] as const, offset: Math.trunc(count / 6) }))),
      50,
    ),
    row('search for a rare word', page({ search: '300012345' }), 100),
    row(
      'search for a word in every row, slowest sort',
      slowest(sorts.map((each) => ({ ...each, search: 'zirconia' }))),
      100,
    ),
    row(
      'search for two frequent words, last page',
      page({ search: 'zirconia praxis', sort: 'patient', offset: count - 200 }),
      100,
    ),
    row('search for one letter', page({ search: 'm', sort: 'patient' }), 100),
    row('search for two Chinese characters', page({ search: '小明', sort: 'patient' }), 100),
    row(
      'counts',
      timed(() => caseCounts(db)),
      20,
    ),
  ]
  closeDatabase(db)
  return rows
}

const FAMILIES = [
  'Müller',
  'Muster',
  'Примерова',
  'مثال',
  '样例',
  'Çelik',
  'Lindqvist',
  'van der Test',
  'Nowak',
  'Beispiel',
]
const GIVEN = ['Anna', 'Otto', 'Анастасия', 'ليلى', '小明', 'Zoë', 'Nora', 'Femke', 'Ewa', 'Jonas']
const MATERIALS = ['Zirconia, multilayer', 'Zirconia', 'Lithium disilicate (zirconia core)']

/** A list as long as a laboratory's of ten years; every third case unread. `signatureOf`: of the folder, where there is one. */
export function fillList(
  db: Database,
  count: number,
  signatureOf: (project: string) => string = (project) => project,
): void {
  noting(db, () => {
    for (let i = 0; i < count; i++) {
      const family = `${FAMILIES[i % 10]}${i % 997}`
      const given = GIVEN[Math.trunc(i / 10) % 10] ?? ''
      const project = `2026-03-09_${family}_${given}_${i}`
      upsertCase(db, {
        project,
        signature: signatureOf(project),
        writtenAt: 1_700_000_000_000 + i * 60_000,
        problem: null,
        content: {
          guid: `guid-${i}`,
          origin: { account: 'exports', orderId: String(FIRST_ORDER + i) },
          orderCode: `CODE${i}`,
          revision: 1,
          patient: { id: `P-${i}`, family, given },
          practice: { id: String(i % 300).padStart(3, '0'), name: `Praxis ${i % 300}` },
          teeth: [[11], [44, 45, 46], [26]][i % 3] ?? [],
          material: MATERIALS[i % 3] ?? null,
          due: i % 5 === 0 ? null : `2026-0${(i % 9) + 1}-11`,
          warnings: i % 2,
        },
      })
    }
    db.sqlite.exec(`update cases set status = 'read', status_rank = 5, opened = 1 where id % 3 <> 0`)
  })
}

function timed(work: () => unknown): number {
  const times: number[] = []
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now()
    work()
    times.push(performance.now() - start)
  }
  return median(times)
}
