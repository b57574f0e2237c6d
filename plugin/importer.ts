import { basename } from 'node:path'
import { createStaging, flushStaging, removeStaging, type Staging } from './casefile/staging.ts'
import { asImportError, ImportError, type Warning } from './errors.ts'
import { carryOn } from './importing/carry-on.ts'
import { revisionHash } from './importing/revision.ts'
import { lettersOf } from './importing/same-person.ts'
import type { Importer, ImportResult } from './importing/setup.ts'
import { summaryOf } from './importing/summary.ts'
import { takeOverStanding } from './importing/take-over.ts'
import { type OrderFile, orderFiles } from './itero/files.ts'
import { MANIFEST_LIMIT_BYTES, pickManifest, readManifest } from './itero/manifest.ts'
import type { Order, OrderId } from './itero/order.ts'
import { type OpenPackage, openPackage, readWhole } from './itero/package.ts'
import { claimOrder, RENEW_MS, releaseOrder, renewClaims } from './ledger/claims.ts'
import { wantOrderAgain } from './ledger/fetches.ts'
import { decidedMeanwhile } from './ledger/mappings.ts'
import {
  type ListedRevision,
  type OrderSummary,
  openRevisions,
  type ReceivedFile,
  type Revision,
  revisionByHash,
  revisionById,
  revisionsOf,
} from './ledger/orders.ts'
import { forgetPackagesOf } from './ledger/packages.ts'
import {
  dropReceipt,
  leftReceipts,
  noteReceipt,
  ordersWithReceipts,
  receiptDone,
  stagingsInUse,
} from './ledger/receipts.ts'
import type { OrderKey, RevisionId } from './ledger/schema.ts'
import { refuse } from './ledger/stages.ts'
import { archesWarnings } from './mesh/preflight.ts'
import type { OnBytes, ReceiveJob } from './receiving/receive.ts'
import type { Jaw } from './teeth.ts'

/** What a package was fetched as: it is refused where its manifest says otherwise. */
export interface Expected {
  readonly orderId: string
}

/**
 * Takes one package the whole way: read, received, mapped, published, or waiting at a question.
 * Never throws for the package's sake: what is wrong with it is the result, so that other orders go on.
 */
export async function importPackage(
  importer: Importer,
  path: string,
  { expect }: { readonly expect?: Expected } = {},
): Promise<ImportResult> {
  let orderId: OrderId | null = null
  try {
    const pkg = await openPackage(importer.disk, path)
    try {
      const found = await readOrder(importer, pkg)
      orderId = found.order.id
      if (expect !== undefined && expect.orderId !== orderId) {
        const facts = { package: basename(path), order: expect.orderId, id: orderId }
        throw new ImportError('package-of-another-order', facts)
      }
      return await withClaim(importer, found.order, async (key) => {
        const revision = await receive(importer, key, pkg, found)
        try {
          return await carryOn(importer, path, revision)
        } catch (error) {
          const { code, facts } = asImportError(error)
          if (code !== 'staging-damaged') throw error
          // What was kept of it is no longer whole, but its package is at hand: it is taken anew.
          await removeKept(importer, revision)
          await refuse(importer.ledger, revision.id, { code, facts })
          return await carryOn(importer, path, await receive(importer, key, pkg, found))
        }
      })
    } finally {
      await pkg.close()
    }
  } catch (error) {
    return refused(path, orderId, error)
  }
}

/**
 * One revision from where it stands; null where another living importer is at its order. One whose staging is no longer
 * whole is refused in the ledger, and its package is new again where it still lies there.
 */
export async function continueRevision(importer: Importer, id: RevisionId): Promise<ImportResult | null> {
  const { ledger, me } = importer
  const revision = await revisionById(ledger, id)
  if (revision === null) return null
  const orderId = revision.orderId as OrderId
  const claim = await claimOrder(ledger, revision, me, importer.alive)
  if (!claim.claimed) return null
  try {
    // By whom it came: doctors are known by their account.
    const own = { ...importer, account: revision.account }
    // Read again under the claim: another run may have gone on with it.
    return await carryOn(own, orderId, (await revisionById(ledger, id)) ?? revision)
  } catch (error) {
    const { code, facts } = asImportError(error)
    if (code === 'staging-damaged') {
      await removeKept(importer, revision)
      await refuse(ledger, id, { code, facts })
      await forgetPackagesOf(ledger, id)
      await wantOrderAgain(ledger, revision.account, revision.orderId)
    }
    return refused(orderId, orderId, error)
  } finally {
    await releaseOrder(ledger, claim.order, me)
  }
}

/**
 * Goes on where an earlier run was cut: received revisions are mapped, released ones published, half-published ones looked at,
 * receipts begun are taken again from their package, where it is this importer's account's. Orders that another living
 * importer holds are left to it.
 */
export async function resume(importer: Importer): Promise<readonly ImportResult[]> {
  const results: ImportResult[] = []
  for await (const result of resumeEach(importer)) results.push(result)
  return results
}

/** The same, one after the other: whoever has to stop takes no more of them. */
export async function* resumeEach(importer: Importer): AsyncGenerator<ImportResult, void> {
  const begun = await clearBegun(importer)
  await sweep(importer)
  const open = (await openRevisions(importer.ledger)).map(({ id }) => id)
  for (const id of new Set([...open, ...(await decidedMeanwhile(importer.ledger))])) {
    const result = await continueRevision(importer, id)
    if (result) yield result
  }
  for (const path of begun) yield await importPackage(importer, path)
}

async function removeKept({ disk, stagingRoot }: Importer, { stagingName }: Revision): Promise<void> {
  if (stagingName !== null) await removeStaging(disk, stagingRoot, stagingName)
}

interface Found {
  readonly order: Order
  readonly files: readonly OrderFile[]
  readonly warnings: readonly Warning[]
}

async function readOrder(importer: Importer, pkg: OpenPackage): Promise<Found> {
  const manifest = pickManifest(pkg.entries)
  const xml = await readWhole(pkg, manifest, MANIFEST_LIMIT_BYTES, 'manifest-too-large')
  const order = readManifest(xml, manifest.name, importer.manifest)
  const { files, warnings } = orderFiles(order, pkg.entries)
  return { order, files, warnings: [...order.warnings, ...warnings] }
}

/** How often a package looks whether the order is free again. */
const CLAIM_PAUSE_MS = 200

async function withClaim<T>(
  importer: Importer,
  order: Order,
  work: (key: OrderKey) => Promise<T>,
): Promise<T> {
  const { ledger, me } = importer
  const wanted = { account: importer.account, orderId: order.id, orderCode: order.code }
  for (;;) {
    const claim = await claimOrder(ledger, wanted, me, importer.alive)
    if (!claim.claimed) {
      await importer.pause(CLAIM_PAUSE_MS)
      continue
    }
    try {
      return await work(claim.order)
    } finally {
      await releaseOrder(ledger, claim.order, me)
    }
  }
}

/** The package's revision, with its files whole in the staging, or the one that is known already. */
async function receive(importer: Importer, key: OrderKey, pkg: OpenPackage, found: Found): Promise<Revision> {
  const { disk, ledger, stagingRoot } = importer
  await clearLeft(importer, key)
  let before = await revisionsOf(ledger, key)
  if (before.length === 0 && (await takeOverStanding(importer, key, found.order)))
    before = await revisionsOf(ledger, key)
  const known = await knownRevision(importer, key, before, pkg, found)
  if (known) return known

  const stagingName = importer.random(8)
  const receipt = await noteReceipt(ledger, key, importer.me, { packagePath: pkg.path, stagingName })
  try {
    const staging = await createStaging(disk, stagingRoot, stagingName)
    const files = await importer.receive(jobOf(pkg, found, staging), progress(importer, pkg))
    await flushStaging(disk, staging)
    const summary = summaryOf(importer.account, found.order)
    const hash = revisionHash(found.order, files)
    // This very one may stand there as refused: it is taken anew, and what was before it counts.
    const earlier = before.filter((revision) => revision.hash !== hash)
    const done = await receiptDone(ledger, receipt, {
      hash,
      files,
      summary,
      warnings: [...found.warnings, ...patientWarnings(earlier, summary), ...scanWarnings(files)],
    })
    if (!done.new) await removeStaging(disk, stagingRoot, stagingName)
    return done.revision
  } catch (error) {
    await removeStaging(disk, stagingRoot, stagingName).catch(() => {})
    await dropReceipt(ledger, receipt)
    throw error
  }
}

/** Reads without writing where the lengths say that this may be a revision the ledger has. */
async function knownRevision(
  importer: Importer,
  key: OrderKey,
  before: readonly ListedRevision[],
  pkg: OpenPackage,
  found: Found,
): Promise<Revision | null> {
  if (!before.some((revision) => revision.stage !== 'refused')) return null
  const files = await importer.receive(jobOf(pkg, found, null), progress(importer, pkg))
  const revision = await revisionByHash(importer.ledger, key, revisionHash(found.order, files))
  return revision && revision.stage !== 'refused' ? revision : null
}

const jobOf = (pkg: OpenPackage, { files }: Found, staging: Staging | null): ReceiveJob => ({
  package: pkg.path,
  signature: pkg.signature,
  files,
  staging,
})

/** One number for two patients' orders: a crown could be made for the wrong one. */
function patientWarnings(before: readonly ListedRevision[], { patient }: OrderSummary): readonly Warning[] {
  const last = before.at(-1)
  if (last === undefined || samePerson(last.summary.patient, patient)) return []
  return [{ code: 'patient-differs', facts: { revision: last.number } }]
}

const samePerson = (a: string, b: string) => lettersOf(a) === lettersOf(b)

function scanWarnings(files: readonly ReceivedFile[]): readonly Warning[] {
  const jaw = (which: Jaw) =>
    files.find(({ role }) => role.kind === 'jaw' && role.jaw === which)?.mesh ?? null
  const [upper, lower] = [jaw('upper'), jaw('lower')]
  return [
    ...files.flatMap(({ mesh }) => mesh?.warnings ?? []),
    ...(upper && lower ? archesWarnings(upper, lower) : []),
  ]
}

/** Moves the bar, and keeps the claim while a large package streams. */
function progress(importer: Importer, pkg: OpenPackage): OnBytes {
  const total = pkg.entries.reduce((sum, entry) => sum + entry.bytes, 0)
  let seen = 0
  let renewed = importer.clock()
  return (bytes) => {
    seen += bytes
    importer.onProgress(pkg.path, seen, total)
    if (importer.clock() - renewed < RENEW_MS) return
    renewed = importer.clock()
    // Not renewed, it is lost in the end, and the next step of the order says so.
    renewClaims(importer.ledger, importer.me).catch(() => {})
  }
}

/** Under its claim: what earlier runs began at this order and did not end. Gives their packages. */
async function clearLeft(importer: Importer, key: OrderKey): Promise<readonly string[]> {
  const left = await leftReceipts(importer.ledger, key)
  for (const receipt of left) {
    await removeStaging(importer.disk, importer.stagingRoot, receipt.stagingName)
    await dropReceipt(importer.ledger, receipt.id)
  }
  return left.map((receipt) => receipt.packagePath)
}

async function clearBegun(importer: Importer): Promise<ReadonlySet<string>> {
  const { ledger, me } = importer
  const paths = new Set<string>()
  for (const order of await ordersWithReceipts(ledger)) {
    const claim = await claimOrder(ledger, order, me, importer.alive)
    if (!claim.claimed) continue
    try {
      const left = await clearLeft(importer, claim.order)
      // What was fetched for another account is taken again by who fetched it.
      if (order.account === importer.account) for (const path of left) paths.add(path)
    } finally {
      await releaseOrder(ledger, claim.order, me)
    }
  }
  return paths
}

/** Stagings that no receipt and no revision knows: a crash came between the ledger's word and the end of a folder. */
async function sweep({ disk, ledger, stagingRoot }: Importer): Promise<void> {
  const there = await disk.readdir(stagingRoot).catch(() => [])
  if (there.length === 0) return
  // Asked after the listing: whatever was begun meanwhile is in it.
  const used = await stagingsInUse(ledger)
  for (const name of there) if (!used.has(name)) await removeStaging(disk, stagingRoot, name)
}

function refused(source: string, orderId: OrderId | null, thrown: unknown): ImportResult {
  const error = asImportError(thrown)
  return {
    outcome: 'refused',
    source,
    orderId,
    failure: { code: error.code, facts: error.facts },
    cause: error,
  }
}
