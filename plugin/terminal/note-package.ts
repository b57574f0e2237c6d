import { asImportError, type FailureCode } from '../errors.ts'
import { noteOutcome } from '../importing/package-note.ts'
import type { ImportResult } from '../importing/setup.ts'
import type { Ledger } from '../ledger/open.ts'
import { openRevisions } from '../ledger/orders.ts'
import { notePackage, packageOutcome, type SeenPackage } from '../ledger/packages.ts'

/**
 * Keeps what became of a package, as `noteOutcome`; one that something outside of it stood in the way of is listed with its
 * reason, too, until it is in. Errors: those of the ledger, but `ledger-full` where it is only to be listed.
 */
export async function noteForList(
  ledger: Ledger,
  seen: SeenPackage,
  result: ImportResult,
): Promise<'done' | 'again'> {
  const noted = await noteOutcome(ledger, seen, result)
  if (noted === 'again' && result.outcome === 'refused') await listHeldUp(ledger, seen, result)
  return noted
}

async function listHeldUp(
  ledger: Ledger,
  { path, signature }: SeenPackage,
  { orderId, failure: { code, facts } }: Extract<ImportResult, { outcome: 'refused' }>,
): Promise<void> {
  if (!isPackageHeldUp(code)) return
  // Its files are kept already: the order itself is in the list, and goes on without its package.
  if ((await openRevisions(ledger)).some((revision) => revision.orderId === orderId)) return
  // By another signature than its own, so that nobody passes it over.
  const held = { path, signature: `${signature} held up` }
  const before = await packageOutcome(ledger, held)
  if (before?.kind === 'refused' && before.failure.code === code) return
  await notePackage(ledger, held, { kind: 'refused', failure: { code, facts } }).catch((error: unknown) => {
    if (asImportError(error).code !== 'ledger-full') throw error
  })
}

/** Not so where the ledger itself is at fault, nor where another importer has taken the order over. */
const isPackageHeldUp = (code: FailureCode) => !code.startsWith('ledger-') && code !== 'claim-lost'
