import { FAILURES, type Failure } from '../errors.ts'
import type { Ledger } from '../ledger/open.ts'
import { notePackage, type SeenPackage } from '../ledger/packages.ts'
import type { ImportResult } from './setup.ts'

/**
 * Keeps what became of a package that lies in an export folder, so that it is passed over from now on. `again`: something
 * outside of the package stood in the way, or it may pass; nothing is kept.
 */
export async function noteOutcome(
  ledger: Ledger,
  seen: SeenPackage,
  result: ImportResult,
): Promise<'done' | 'again'> {
  if (result.outcome !== 'refused') {
    await notePackage(ledger, seen, { kind: 'imported', revision: result.revisionId })
    return 'done'
  }
  const { code, facts } = result.failure
  if (FAILURES[code] !== 'permanent' || isOfCaseFolder(code)) return 'again'
  await notePackage(ledger, seen, { kind: 'refused', failure: { code, facts } })
  return 'done'
}

/**
 * The same for a package that was fetched from the cloud: a Failure is the order's own, and the package of no more use.
 */
export function handedOn(result: ImportResult): 'done' | 'again' | Failure {
  if (result.outcome !== 'refused') return 'done'
  const { code, facts } = result.failure
  return FAILURES[code] !== 'permanent' || isOfCaseFolder(code) || code.startsWith('ledger-')
    ? 'again'
    : { code, facts }
}

/** No order's fault: the case folder has to be put right, then everything goes on. */
export const isOfCaseFolder = (code: string) =>
  code.startsWith('case-folder-') || code === 'staging-other-volume'
