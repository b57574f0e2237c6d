import type { Failure } from '../errors.ts'
import { appendActivity } from './activity.ts'
import { type Ledger, noting, reading } from './open.ts'
import { failureOf, pageLimit } from './orders.ts'
import type { PackageId, RevisionId } from './schema.ts'

/** A package where it lies, and what tells it from a later one of the same name: size and time of change. */
export interface SeenPackage {
  readonly path: string
  readonly signature: string
}

export type PackageOutcome =
  | { readonly kind: 'imported'; readonly revision: RevisionId }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** Not an iTero export. */
  | { readonly kind: 'ignored' }

export interface RefusedPackage extends SeenPackage {
  readonly id: PackageId
  readonly failure: Failure
  /** How often this very package was tried. */
  readonly attempts: number
  /** ms since the epoch. */
  readonly seenAt: number
}

/** What became of this package, or null where it is new or has changed. */
export async function packageOutcome(l: Ledger, seen: SeenPackage): Promise<PackageOutcome | null> {
  const row = await reading(l, (tx) =>
    tx
      .selectFrom('packages')
      .select(['outcome', 'revision_id', 'failure_code', 'failure_facts'])
      .where('path', '=', seen.path)
      .where('signature', '=', seen.signature)
      .executeTakeFirst(),
  )
  if (row === undefined) return null
  const failure = failureOf(row)
  if (row.outcome === 'imported' && row.revision_id !== null) {
    return { kind: 'imported', revision: row.revision_id }
  }
  return failure === null ? { kind: 'ignored' } : { kind: 'refused', failure }
}

/** In place of what was noted of this path before. */
export async function notePackage(l: Ledger, seen: SeenPackage, outcome: PackageOutcome): Promise<void> {
  const now = l.clock()
  const failure = outcome.kind === 'refused' ? outcome.failure : null
  await noting(l, async (tx) => {
    const before = await tx
      .deleteFrom('packages')
      .where('path', '=', seen.path)
      .returning(['signature', 'attempts'])
      .executeTakeFirst()
    const attempts = before?.signature === seen.signature ? before.attempts + 1 : 1
    const { id } = await tx
      .insertInto('packages')
      .values({
        path: seen.path,
        signature: seen.signature,
        outcome: outcome.kind,
        revision_id: outcome.kind === 'imported' ? outcome.revision : null,
        failure_code: failure?.code ?? null,
        failure_facts: failure === null ? null : JSON.stringify(failure.facts),
        attempts,
        seen_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    if (failure !== null) {
      await appendActivity(tx, now, 'package-refused', {
        code: failure.code,
        facts: { package: id, attempts },
      })
    }
  })
}

/** What was imported as this revision is taken anew where it still lies there. Gives the number of packages. */
export async function forgetPackagesOf(l: Ledger, revision: RevisionId): Promise<number> {
  const done = await noting(l, (tx) =>
    tx.deleteFrom('packages').where('revision_id', '=', revision).executeTakeFirst(),
  )
  return Number(done.numDeletedRows)
}

/** Refused ones that lie there no more; should one come back, it is looked at anew. */
export async function forgetRefused(l: Ledger, ids: readonly PackageId[]): Promise<void> {
  if (ids.length === 0) return
  await noting(l, (tx) =>
    tx.deleteFrom('packages').where('outcome', '=', 'refused').where('id', 'in', ids).execute(),
  )
}

/** Newest first, one page; of these only, where asked. */
export async function refusedPackages(
  l: Ledger,
  page: { readonly limit?: number; readonly after?: PackageId; readonly only?: readonly PackageId[] } = {},
): Promise<readonly RefusedPackage[]> {
  const rows = await reading(l, (tx) => {
    const newest = tx
      .selectFrom('packages')
      .selectAll()
      .where('outcome', '=', 'refused')
      .where('id', '<', page.after ?? (Number.MAX_SAFE_INTEGER as PackageId))
      .orderBy('id', 'desc')
      .limit(pageLimit(page.limit))
    return (page.only === undefined ? newest : newest.where('id', 'in', page.only)).execute()
  })
  return rows.flatMap((row) => {
    const failure = failureOf(row)
    const { id, path, signature, attempts, seen_at } = row
    return failure === null ? [] : [{ id, path, signature, failure, attempts, seenAt: seen_at }]
  })
}
