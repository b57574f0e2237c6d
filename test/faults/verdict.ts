import { readdirSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { MadeExport } from '../../fixtures/exports/make-export.ts'
import type { ProjectName } from '../../plugin/casefile/naming.ts'
import { originAt } from '../../plugin/casefile/standing-case.ts'
import { contentsOf } from '../laboratory.ts'
import { contradictions } from '../ledger/made-up.ts'

/** Every package that the cloud may have had of one order, and the one that it has at the end. */
export interface History {
  readonly rxId: number
  readonly orderId: string
  readonly packages: readonly MadeExport[]
  /** null: it has vanished; what of it was published stays. */
  readonly last: MadeExport | null
}

/** What is wrong at the end of a schedule; nothing, where all is well. */
export async function faultsAfter(
  cases: string,
  data: string,
  histories: readonly History[],
): Promise<readonly string[]> {
  const faults: string[] = []
  const found = await casesIn(cases, faults)
  const known = new Set(histories.map(({ orderId }) => orderId))
  for (const { name, orderId } of found) if (!known.has(orderId)) faults.push(`${name}: of no order`)
  for (const { orderId, packages, last } of histories) {
    const own = found.filter((each) => each.orderId === orderId)
    const revisions = new Set(own.map(({ revision }) => revision))
    if (revisions.size !== own.length) faults.push(`${orderId}: a revision stands there twice`)
    for (const { name, contents, files } of own) {
      const whole = packages.some(
        (each) => files === each.files.length + 2 && each.files.every(({ sha256 }) => contents.has(sha256)),
      )
      if (!whole) faults.push(`${name}: half, or mixed up`)
    }
    const stands = own.some(({ contents }) => last?.files.every(({ sha256 }) => contents.has(sha256)) ?? true)
    if (!stands && last !== null) faults.push(`${orderId}: its last package is not there`)
  }
  for (const file of (await readdir(join(data, 'ledgers'))).filter((name) => name.endsWith('.sqlite'))) {
    faults.push(...contradictions(join(data, 'ledgers', file)))
    faults.push(...disagreements(join(data, 'ledgers', file), found, goneOf(histories)))
  }
  const entries = await readdir(join(data, 'downloads'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  const left = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
  if (left.length > 0) faults.push(`left among the downloads: ${left.join(', ')}`)
  return faults
}

/** What the ledgers of a plugin at work say is not at its end. */
export function openInLedgers(data: string, gone: ReadonlySet<string>): readonly string[] {
  const folder = join(data, 'ledgers')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .flatMap((name) => {
      const db = new DatabaseSync(join(folder, name), { readOnly: true, timeout: 5000 })
      try {
        const rows = [
          ...db
            .prepare("select rx_id, stage, failure_code from fetches where stage <> 'taken'")
            .all()
            .filter((row) => !isOver(row, gone)),
          ...db.prepare("select project, stage from revisions where stage <> 'published'").all(),
          ...db.prepare('select * from receipts').all(),
        ]
        return rows.map((row) => JSON.stringify(row))
      } finally {
        db.close()
      }
    })
}

const goneOf = (histories: readonly History[]): ReadonlySet<string> =>
  new Set(histories.filter(({ last }) => last === null).map(({ rxId }) => String(rxId)))

/** Of an order that vanished there is nothing more to come. */
const isOver = (row: Readonly<Record<string, unknown>>, gone: ReadonlySet<string>): boolean =>
  gone.has(String(row['rx_id'])) && (row['stage'] === 'failed' || row['stage'] === 'noted')

interface Found {
  readonly name: string
  readonly orderId: string
  readonly revision: string
  readonly contents: ReadonlySet<string>
  readonly files: number
}

async function casesIn(cases: string, faults: string[]): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const name of (await readdir(cases)).sort()) {
    if (name.startsWith('.')) {
      faults.push(`left in the case folder: ${name}`)
      continue
    }
    const origin = await originAt(fs, cases, name as ProjectName)
    if (origin === null) faults.push(`${name}: without an origin`)
    if (origin === null) continue
    found.push({
      name,
      orderId: origin.orderId,
      revision: origin.revision,
      contents: await contentsOf(join(cases, name)),
      files: (await readdir(join(cases, name))).length,
    })
  }
  return found
}

/** Between the ledger and what stands in the case folder, and between the ledger’s own tables. */
function disagreements(file: string, found: readonly Found[], gone: ReadonlySet<string>): readonly string[] {
  const db = new DatabaseSync(file)
  try {
    const rows = db
      .prepare(
        'select o.account, o.order_id, r.hash, r.stage, r.project from revisions r join orders o on o.id = r.order_key',
      )
      .all()
    const wrong: string[] = []
    for (const row of rows) {
      if (row['stage'] !== 'published') wrong.push(`ledger: ${row['order_id']} is ${row['stage']}`)
      const stands = found.some(
        (each) =>
          each.name === row['project'] && each.orderId === row['order_id'] && each.revision === row['hash'],
      )
      if (!stands) wrong.push(`ledger: ${row['project']} does not stand there as it says`)
      if (!String(row['account']).startsWith('myitero:')) wrong.push(`ledger: an order of ${row['account']}`)
    }
    if (rows.length !== found.length) wrong.push(`ledger: ${rows.length} revisions, ${found.length} cases`)
    const open = db.prepare("select rx_id, stage, failure_code from fetches where stage <> 'taken'").all()
    for (const row of open.filter((each) => !isOver(each, gone)))
      wrong.push(`fetch ${row['rx_id']} is ${row['stage']} (${row['failure_code']})`)
    for (const { n } of db.prepare('select count(*) n from receipts').all()) {
      if (n !== 0) wrong.push(`${n} receipts are left`)
    }
    return wrong
  } finally {
    db.close()
  }
}
