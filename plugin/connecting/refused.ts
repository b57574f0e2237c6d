import { dirname, resolve } from 'node:path'
import type { Ledger } from '../ledger/open.ts'
import { type RefusedPackage, refusedPackages } from '../ledger/packages.ts'

/** As many as a host is told of. */
export const REFUSED_SHOWN = 500

/**
 * Whether a package lies in the export folder: those of a folder that is watched no more are no concern of anyone who
 * looks at the list; the ledger keeps them for the day it is watched again.
 */
export function liesIn(exportFolder: string | null, { path }: { readonly path: string }): boolean {
  return exportFolder !== null && dirname(resolve(path)) === resolve(exportFolder)
}

/** The refused packages of the export folder, newest first. */
export async function refusedIn(
  ledger: Ledger,
  exportFolder: string | null,
): Promise<readonly RefusedPackage[]> {
  const found: RefusedPackage[] = []
  if (exportFolder === null) return found
  for (let after: RefusedPackage['id'] | undefined; ; ) {
    const page = await refusedPackages(ledger, { limit: 500, ...(after === undefined ? {} : { after }) })
    found.push(...page.filter((one) => liesIn(exportFolder, one)))
    after = page.at(-1)?.id
    if (after === undefined || found.length >= REFUSED_SHOWN) return found.slice(0, REFUSED_SHOWN)
  }
}
