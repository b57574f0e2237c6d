import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { XMLParser } from 'fast-xml-parser'
import { contradictions } from '../ledger/made-up.ts'
import { faultsOf } from '../xsd.ts'
import type { SmallPackage } from './package.ts'
import type { End } from './strace.ts'

/** Every name within a folder with its time, size and inode: another list, and something was touched. */
export function stampsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mtimeMs, ino, size } = statSync(join(folder, name))
    return `${name} ${ino} ${size} ${mtimeMs}`
  })
}

/**
 * Looks at a folder of cases and its ledger past all code of the product: one whole case, nothing else, and a ledger that
 * says just that. Gives what is wrong; nothing: all is well.
 */
export async function faultsAfter(
  { cases, data }: { readonly cases: string; readonly data: string },
  end: End,
  pkg: SmallPackage,
): Promise<readonly string[]> {
  const faults: string[] = []
  if (end.code !== 0) faults.push(`restart ended with ${end.signal ?? end.code}: ${end.output.trim()}`)

  const standing = readdirSync(cases)
  const [project = '', ...others] = standing
  if (project === '' || project.startsWith('.') || others.length > 0) {
    return [...faults, `not one case but: ${standing.join(', ') || 'nothing'}`]
  }
  faults.push(...(await caseFaults(join(cases, project), project, pkg)))

  const ledgers = readdirSync(join(data, 'ledgers'))
  const [ledger = ''] = ledgers
  if (ledgers.length !== 1) faults.push(`beside the ledger: ${ledgers.join(', ')}`)
  return [...faults, ...ledgerFaults(join(data, 'ledgers', ledger), project, pkg)]
}

async function caseFaults(folder: string, project: string, pkg: SmallPackage): Promise<readonly string[]> {
  const hashIn = (name: string) => sha256(readFileSync(join(folder, name)))
  const left = new Map(readdirSync(folder).map((name) => [name, hashIn(name)]))
  const documents = {
    case: `${project}.case.xml`,
    'dental-project': `${project}.dentalProject`,
  } as const
  const faults: string[] = []
  for (const [schema, name] of Object.entries(documents) as [keyof typeof documents, string][]) {
    if (!left.has(name)) return [`no ${name}`]
    faults.push(...(await documentFaults(schema, readFileSync(join(folder, name)))))
  }
  if (faults.length > 0) return faults

  // What the case XML lists, what stands there, and what was in the package: three times the same.
  const listed = listedFiles(readFileSync(join(folder, documents.case), 'utf8'))
  const texts = Object.values(documents) as readonly string[]
  for (const name of left.keys()) {
    if (!texts.includes(name) && !listed.has(name)) faults.push(`not listed: ${name}`)
  }
  for (const [name, { packageName, sha256: hash }] of listed) {
    if (left.get(name) !== hash) faults.push(`listed, but missing or different: ${name}`)
    if (pkg.hashes.get(packageName) !== hash) faults.push(`not as in the package: ${packageName}`)
  }
  const delivered = new Set([...listed.values()].map((file) => file.packageName))
  for (const name of pkg.hashes.keys()) if (!delivered.has(name)) faults.push(`lost: ${name}`)
  return faults
}

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (n) => n === 'File',
})

function listedFiles(xml: string) {
  const files: readonly Record<string, unknown>[] = PARSER.parse(xml).Case.Files.File
  return new Map(
    files.map((file) => [
      String(file['Name']),
      { packageName: String(file['PackageName']), sha256: String(file['@sha256']) },
    ]),
  )
}

/** The same bytes are valid or not once and for all. */
const known = new Map<string, Promise<readonly string[]>>()

function documentFaults(schema: 'case' | 'dental-project', content: Buffer): Promise<readonly string[]> {
  const key = `${schema} ${sha256(content)}`
  const found = known.get(key) ?? faultsOf(schema, content)
  known.set(key, found)
  return found
}

function ledgerFaults(file: string, project: string, pkg: SmallPackage): readonly string[] {
  const db = new DatabaseSync(file)
  try {
    const rows = (sql: string) =>
      JSON.stringify(
        db
          .prepare(sql)
          .all()
          .map((row) => Object.values(row)),
      )
    const expected: readonly [what: string, sql: string, rows: unknown][] = [
      ['orders', 'select order_id, claim_token from orders', [[pkg.orderId, null]]],
      [
        'revisions',
        'select number, stage, project, staging_name, failure_code from revisions',
        [[1, 'published', project, null, null]],
      ],
      ['receipts', 'select id from receipts', []],
      [
        'questions',
        'select kind, closed_at is not null from questions order by kind',
        [
          ['doctor', 1],
          ['material', 1],
        ],
      ],
      ['clients', 'select count(*) from added_clients', [[1]]],
      ['doctors', 'select client_id from doctor_mappings', [[onlyClient(db)]]],
      ['materials', 'select material, method from material_mappings', [['ZI', 'Mill5']]],
    ]
    const faults = expected.flatMap(([what, sql, wanted]) => {
      const found = rows(sql)
      return found === JSON.stringify(wanted)
        ? []
        : [`ledger: ${what} ${found}, not ${JSON.stringify(wanted)}`]
    })
    return [...faults, ...contradictions(file).map((each) => `ledger: ${each}`)]
  } finally {
    db.close()
  }
}

const onlyClient = (db: DatabaseSync) =>
  db.prepare('select client_id from added_clients').get()?.['client_id']

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
