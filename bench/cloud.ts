import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs/promises'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cloud, startCloud } from '../fixtures/cloud/cloud.ts'
import { makeExport } from '../fixtures/exports/make-export.ts'
import { orderNamed } from '../fixtures/exports/orders.ts'
import { caseCounts } from '../host/cases.ts'
import { watchCases } from '../host/casewatch.ts'
import { closeDatabase, openDatabase } from '../host/database.ts'
import manifest from '../package.json' with { type: 'json' }
import { wire } from '../plugin/cloud/contract.ts'
import { type Access, openHttp } from '../plugin/cloud/http.ts'
import type { AccountId } from '../plugin/cloud/ids.ts'
import { readProfile } from '../plugin/cloud/profile.ts'
import { systemPause } from '../plugin/cloud/system-pause.ts'
import { closeLedger, openLedger } from '../plugin/ledger/open.ts'
import { watchCloud } from '../plugin/sources/cloud.ts'
import type { CloudImport } from './cloud-import.ts'
import { givenSession } from './given-session.ts'
import { fillLedger, MANY } from './ledger.ts'
import { type Measured, measured } from './measured-process.ts'
import { median, type Row } from './table.ts'

export interface CloudBench {
  readonly orders: number
  /** Of one package, bytes of the zip. */
  readonly packageBytes: number
  readonly rounds: number
  readonly say: (text: string) => void
}

const ACCOUNT = 55501
/** What our scans shrink to when they are packed (measured: 0.51); a package holds two. */
const PACKED = 0.505
/** Downloads at once: the source's own default. */
const LANES = 3
const MEMORY_GOAL_MB = 200
const LATENCY_GOAL_S = 1
/** Of two medians that should be the same, on a machine that does other things too. */
const SAME = 1.5
const TRIES = 15

/** Orders of a cloud beside the plain tools that fetch and unpack them, one after the other in each round. */
export async function cloudRows(bench: CloudBench): Promise<readonly Row[]> {
  const root = await mkdtemp(join(tmpdir(), 'cloud-bench-'))
  try {
    const packages = await made(bench, root)
    const times: Record<'ours' | 'held' | 'theirs', number[]> = { ours: [], held: [], theirs: [] }
    const peaks: number[] = []
    for (let round = 1; round <= bench.rounds; round++) {
      const theirs = await withCloud(packages, (cloud) => fetchedPlainly(cloud, root, packages.length))
      const ours = await withCloud(packages, (cloud) => imported(cloud, root, packages.length, SWITCHES))
      const held = await withCloud(packages, (cloud) => imported(cloud, root, packages.length, HELD))
      bench.say(
        `round ${round}: curl and bsdtar ${seconds(theirs)} s, orders ${seconds(ours)} s, on one thread ${seconds(held)} s`,
      )
      times.theirs.push(theirs.wallMs)
      times.ours.push(ours.wallMs)
      times.held.push(held.wallMs)
      for (const { peakBytes } of [ours, held]) if (peakBytes !== null) peaks.push(peakBytes)
    }
    const what = `${bench.orders} × ${Math.round(bench.packageBytes / 1e6)} MB`
    const row = (name: string, value: number, unit: string, goal: number | null = null): Row => ({
      name: `cloud: ${name}`,
      value,
      unit,
      goal,
    })
    return [
      row(`curl --parallel, then bsdtar, two at a time: ${what}`, median(times.theirs) / 1000, 's'),
      row(`orders fetched, checked, mapped, published: ${what}`, median(times.ours) / 1000, 's'),
      row('orders ÷ curl and bsdtar', median(times.ours) / median(times.theirs), 'ratio', 1),
      row('orders on one thread ÷ curl and bsdtar', median(times.held) / median(times.theirs), 'ratio', 1),
      row('peak memory of the orders', Math.max(...peaks) / 1e6, 'MB', MEMORY_GOAL_MB),
      row(
        `ready to Unread by notice, ${Math.round(bench.packageBytes / 1e6)} MB`,
        (await latency(bench, root)) / 1000,
        's',
        LATENCY_GOAL_S,
      ),
      ...(await lookRows(root)),
    ]
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

const seconds = ({ wallMs }: Measured) => (wallMs / 1000).toFixed(1)

async function made(bench: CloudBench, root: string): Promise<readonly string[]> {
  bench.say(`making ${bench.orders} packages of ${Math.round(bench.packageBytes / 1e6)} MB`)
  const paths: string[] = []
  for (let n = 0; n < bench.orders; n++) paths.push(await one(join(root, 'packages'), n, bench.packageBytes))
  return paths
}

async function one(into: string, n: number, packageBytes: number): Promise<string> {
  const { path } = await makeExport(orderNamed('single-crown'), {
    into,
    seed: n + 1,
    orderId: String(710_000_000 + n),
    form: 'zip',
    layout: 'flat',
    mesh: { format: 'stl-binary', bytes: Math.round(packageBytes / PACKED / 2) },
  })
  return path
}

/** The same server for both ways, with the same orders, all new. */
async function withCloud<T>(
  packages: readonly string[],
  work: (cloud: Cloud) => Promise<T>,
  seed = 1,
): Promise<T> {
  const cloud = await startCloud({ seed, urlSeconds: 3600, poll: { fastestMs: 1000, slowestMs: 15_000 } })
  try {
    for (const path of packages) await cloud.addOrder(ACCOUNT, { package: path, thumbnails: 0 })
    return await work(cloud)
  } finally {
    await cloud.close()
  }
}

async function accessTo(cloud: Cloud): Promise<Access> {
  const { accessToken } = await cloud.tokens('lab@fixture.example', ACCOUNT)
  const http = openHttp(readProfile(JSON.stringify(cloud.profile)), {})
  const first = { token: accessToken, apiBase: cloud.profile.apiBase }
  const { apiBase } = await wire.discover(http, first).finally(() => http.close())
  return { token: accessToken, apiBase }
}

/** All at hand before the clock starts, URLs too: download, unpack, flush. */
async function fetchedPlainly(cloud: Cloud, root: string, orders: number): Promise<Measured> {
  const out = join(root, 'plain')
  await fresh(out)
  const profile = readProfile(JSON.stringify(cloud.profile))
  const http = openHttp(profile, {})
  const access = await accessTo(cloud)
  const account = String(ACCOUNT) as AccountId
  const lines: string[] = []
  const list = await wire.newOrders(http, access, { account, cursor: null })
  for (const [n, order] of list.orders.slice(0, orders).entries()) {
    if (order.export === null) continue
    const url = await wire.assetUrl(http, access, order, order.export)
    lines.push(`url = "${url}"\noutput = "${join(out, `${n}.zip`)}"\n`)
  }
  http.close()
  const config = join(root, 'curl.config')
  await writeFile(config, lines.join(''))
  const unpack = `ls ${out}/*.zip | xargs -P2 -I{} sh -c 'mkdir "$0.d" && bsdtar -xf "$0" -C "$0.d"' {}`
  const script = `curl --no-progress-meter --fail --parallel --parallel-max ${LANES} --config ${config} && ${unpack}`
  const took = await measured('sh', ['-c', script], root)
  await rm(out, { recursive: true })
  return took
}

/** `npm run myitero`'s own switches. */
const SWITCHES = manifest.scripts.myitero.split(' ').slice(1, -1)
/** Held as a host holds a plugin: it may start no thread. */
const HELD = [...SWITCHES, '--permission', '--allow-fs-read=*', '--allow-fs-write=*']
/** As a host starts a plugin. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '1' }
const ROOT = join(import.meta.dirname, '..')

/** As on any day but the first: the doctor has his client, the material its default, so that nothing is asked. */
async function imported(
  cloud: Cloud,
  root: string,
  orders: number,
  switches: readonly string[],
): Promise<Measured> {
  const [cases, data] = await firstDay(root)
  const own = await importOf(cloud, { cases, data, orders })
  const took = await measured(process.execPath, [...switches, ...own], ROOT, ENVIRONMENT)
  const there = (await readdir(cases)).length - 1
  if (there !== orders) throw new Error(`${there} cases of ${orders} orders`)
  return took
}

async function importOf(
  cloud: Cloud,
  wish: Partial<CloudImport> & Pick<CloudImport, 'cases' | 'data'>,
): Promise<readonly string[]> {
  const setup: CloudImport = {
    profile: readProfile(JSON.stringify(cloud.profile)),
    access: await accessTo(cloud),
    account: String(ACCOUNT),
    orders: null,
    answers: false,
    webhook: false,
    ...wish,
  }
  return [join(import.meta.dirname, 'cloud-import.ts'), JSON.stringify(setup)]
}

/** A small order of the same doctor and material, answered for. Gives the case folder and the data folder. */
async function firstDay(root: string): Promise<readonly [string, string]> {
  const [cases, data] = [join(root, 'cases'), join(root, 'data')]
  await rm(data, { recursive: true, force: true })
  await fresh(cases)
  const path = await one(join(root, 'first'), 9999, 1e6)
  const answered = async (cloud: Cloud) => {
    const own = await importOf(cloud, { cases, data, orders: 1, answers: true })
    await measured(process.execPath, [...HELD, ...own], ROOT, ENVIRONMENT)
  }
  // Of another seed, so that none of its Rx ids comes again.
  await withCloud([path], answered, 2)
  return [cases, data]
}

/** From the moment that the cloud has an order ready to the moment that the host lists its case as unread, ms. */
async function latency(bench: CloudBench, root: string): Promise<number> {
  const [cases, data] = await firstDay(root)
  const paths: string[] = []
  const tries = Math.min(5, Math.max(1, bench.rounds * 2))
  for (let n = 0; n < tries; n++) paths.push(await one(join(root, 'ready'), 500 + n, bench.packageBytes))
  const db = openDatabase(join(root, 'host.sqlite'))
  let changed = () => {}
  const list = watchCases({ db, folder: cases, onChange: () => changed() })
  await list.settled
  try {
    return await withCloud([], async (cloud) => {
      // Nothing is looked for: what comes, comes by its notice.
      const slow = {
        ...cloud,
        profile: { ...cloud.profile, poll: { fastestMs: 3_600_000, slowestMs: 3_600_000 } },
      }
      const own = await importOf(slow, { cases, data, webhook: true })
      const child = spawn(process.execPath, [...HELD, ...own], {
        cwd: ROOT,
        env: { ...process.env, ...ENVIRONMENT },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
      const took: number[] = []
      try {
        for (const path of paths) {
          const before = caseCounts(db).unread
          const unread = new Promise<void>((resolve) => {
            changed = () => caseCounts(db).unread > before && resolve()
          })
          await cloud.addOrder(ACCOUNT, { package: path, thumbnails: 0 })
          const ready = performance.now()
          const late = AbortSignal.timeout(60_000)
          await Promise.race([unread, once(late, 'abort').then(() => Promise.reject(late.reason))])
          took.push(performance.now() - ready)
          bench.say(`ready to Unread: ${Math.round(took.at(-1) ?? 0)} ms`)
        }
      } finally {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      return median(took)
    })
  } finally {
    await list.close()
    closeDatabase(db)
  }
}

/** A look for new orders, with none in the ledger and with a million. */
async function lookRows(root: string): Promise<readonly Row[]> {
  const cloud = await startCloud({ poll: { fastestMs: 3_600_000, slowestMs: 3_600_000 } })
  try {
    // A day's list: orders that are known and that nothing is to be done about.
    for (let n = 0; n < 40; n++) {
      await cloud.addOrder(ACCOUNT, {
        package: Buffer.from('PK'),
        orderId: 720_000_000 + n,
        status: 'Lab Review',
        thumbnails: 0,
      })
    }
    const empty = join(root, 'empty.db')
    const full = join(root, 'full.db')
    await fillLedger(full, MANY)
    await fillFetches(full)
    const looks = { empty: await looker(cloud, root, empty), full: await looker(cloud, root, full) }
    const took: { empty: number[]; full: number[] } = { empty: [], full: [] }
    // In turn, so that a slow moment of the machine falls on both.
    for (let i = 0; i < TRIES; i++) {
      took.empty.push(await looks.empty.look())
      took.full.push(await looks.full.look())
    }
    await looks.empty.close()
    await looks.full.close()
    const many = MANY.toLocaleString('en')
    const row = (name: string, value: number, unit: string, goal: number | null): Row => ({
      name: `cloud: ${name}`,
      value,
      unit,
      goal,
    })
    return [
      row('a look at 40 orders, none in the ledger', median(took.empty), 'ms', null),
      row(`a look at 40 orders, ${many} in the ledger`, median(took.full), 'ms', null),
      row('the one ÷ the other', median(took.full) / median(took.empty), 'ratio', SAME),
    ]
  } finally {
    await cloud.close()
  }
}

/** As many fetches as orders, all of them taken. */
async function fillFetches(file: string): Promise<void> {
  const { DatabaseSync } = await import('node:sqlite')
  const db = new DatabaseSync(file)
  try {
    db.exec('pragma synchronous = off; begin')
    db.exec(`insert into fetches (account, rx_id, order_id, status_kind, status_text, stage, shown, wanted_version,
        taken_version, flushed, attempts, noticed_at)
      select '${ACCOUNT}', cast(1000000000 + id as text), order_id, 'downloaded', 'Downloaded', 'taken', 0, 'v', 'v', 0, 0,
        first_seen from orders`)
    db.exec('commit; pragma wal_checkpoint(truncate)')
  } finally {
    db.close()
  }
}

async function looker(cloud: Cloud, root: string, file: string) {
  const profile = readProfile(JSON.stringify(cloud.profile))
  const http = openHttp(profile, {})
  const ledger = await openLedger(file, Date.now)
  const watch = watchCloud({
    session: givenSession(String(ACCOUNT), await accessTo(cloud)),
    http,
    profile,
    ledger,
    disk: fs,
    downloads: join(root, 'downloads'),
    bytesPerSecond: null,
    webhook: null,
    clock: Date.now,
    random: (bytes) => '80'.repeat(bytes),
    pause: systemPause,
    onPackage: async () => 'done',
    onState: () => {},
    onProgress: () => {},
    onFetch: () => {},
  })
  await watch.settled
  return {
    async look() {
      const began = performance.now()
      await watch.look()
      return performance.now() - began
    },
    async close() {
      await watch.close()
      http.close()
      await closeLedger(ledger)
    },
  }
}

async function fresh(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  await measured('sync', [], folder)
}
