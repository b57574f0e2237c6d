import { onDisk, unless } from '../casefile/case-disk.ts'
import type { CaseRecord } from '../casefile/case-record.ts'
import { fits } from '../casefile/legal-name.ts'
import { PROJECT_BOUND, type ProjectName } from '../casefile/naming.ts'
import { originAt, recordAt } from '../casefile/standing-case.ts'
import { asImportError } from '../errors.ts'
import type { Order } from '../itero/order.ts'
import { RENEW_MS, renewClaims } from '../ledger/claims.ts'
import type { OrderSummary } from '../ledger/orders.ts'
import type { OrderKey } from '../ledger/schema.ts'
import { adoptStanding, noteStanding, type StandingCase, standingOf } from '../ledger/standing.ts'
import type { Importer } from './setup.ts'
import { summaryOf } from './summary.ts'

/** Cases whose heads are read at one time. */
const AT_ONCE = 32

/**
 * Cases of an order that this ledger has never met, made by a ledger that was lost or by another computer, become its
 * revisions, whatever they are called: a package that is exported again has another date. The case folder is looked through
 * once for a ledger, one head of a file for each case. The caller holds the order's claim. false: nothing stands there of it.
 */
export async function takeOverStanding(importer: Importer, key: OrderKey, order: Order): Promise<boolean> {
  const { disk, ledger, caseFolder, account } = importer
  const wanted = { account, orderId: order.id }
  let projects = await standingOf(ledger, wanted)
  if (projects === null) {
    const found = await lookThrough(importer)
    if (found === null) return false
    await noteStanding(ledger, found)
    projects = found
      .filter((one) => one.account === account && one.orderId === order.id)
      .map(({ project }) => project)
  }
  const revisions = []
  for (const project of projects) {
    const record = await recordAt(disk, caseFolder, project as ProjectName)
    if (record === null || record.origin.account !== account || record.origin.orderId !== order.id) continue
    const summary = summaryFrom(record, order, summaryOf(account, order))
    revisions.push({ project, hash: record.origin.revision, number: record.revisionNumber, summary })
  }
  return revisions.length > 0 && (await adoptStanding(ledger, key, revisions)) > 0
}

/** Every case of ours; null where the case folder is away, which whoever writes to it tells. */
async function lookThrough(importer: Importer): Promise<readonly StandingCase[] | null> {
  const { disk, caseFolder, clock } = importer
  const listed = await onDisk({ folder: caseFolder }, () =>
    unless(['ENOENT', 'ENOTDIR'], null, () => disk.readdir(caseFolder)),
  )
  if (listed === null) return null
  const names = listed.filter((name) => !name.startsWith('.') && fits(name, PROJECT_BOUND))
  const cases: StandingCase[] = []
  let renewed = clock()
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const some = names.slice(at, at + AT_ONCE)
    const origins = await Promise.all(some.map((name) => originOrNone(importer, name as ProjectName)))
    for (const [index, origin] of origins.entries()) {
      const project = some[index]
      if (origin && project) cases.push({ project, account: origin.account, orderId: origin.orderId })
    }
    if (clock() - renewed < RENEW_MS) continue
    renewed = clock()
    await renewClaims(importer.ledger, importer.me)
  }
  return cases
}

/** A folder that is closed to us is somebody else's, and holds up no order. */
async function originOrNone({ disk, caseFolder }: Importer, project: ProjectName) {
  try {
    return await originAt(disk, caseFolder, project)
  } catch (error) {
    if (asImportError(error).code === 'case-folder-read-only') return null
    throw error
  }
}

/** What a list shows of the case, by its own record. */
function summaryFrom(record: CaseRecord, order: Order, now: OrderSummary): OrderSummary {
  const materials = new Set(record.teeth.flatMap(({ material, materialId }) => material ?? materialId ?? []))
  return {
    patient: record.patient.raw === order.patient.raw ? now.patient : record.patient.raw,
    doctor: record.doctor.name,
    teeth: record.teeth.map(({ fdi }) => fdi),
    material: materials.size > 0 ? [...materials].join(', ') : null,
    dueDate: record.dueDate,
  }
}
