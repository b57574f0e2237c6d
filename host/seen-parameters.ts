import { join } from 'node:path'
import type { SeenParameter } from './api.ts'
import { treatmentIn } from './case-page.ts'
import { isWithinBounds, PARAMETER_TYPE } from './client-body.ts'
import { listClients } from './clients.ts'
import { type Database, rows } from './database.ts'
import { RECONSTRUCTION_TYPES } from './words/works.ts'

/** Cases that are looked into, the newest first. */
const CASES = 30
const PARAMETERS = 300

/**
 * Parameters that DentalDB wrote into the laboratory's own cases, each kind of work's as its newest case has it: what they
 * are called, and their bounds, differs from installation to installation. In a case that the import wrote, what a client's
 * defaults name was typed by a person and tells nothing.
 */
export async function seenParameters(db: Database, caseFolder: string): Promise<readonly SeenParameter[]> {
  const cases = rows(
    db,
    `select project, delivered from cases where kind = 'case' and status in ('unread', 'read')
      order by received_at desc, id desc limit ?`,
    CASES,
  )
  const typed = new Set(
    listClients(db).flatMap(({ parameters }) =>
      Object.values(parameters).flatMap((each) => each.map(({ type }) => type)),
    ),
  )
  const seen = new Map<string, SeenParameter>()
  for (const { project, delivered } of cases) {
    const name = String(project)
    // One that cannot be read any more has nothing to tell.
    const treatment = await treatmentIn(join(caseFolder, name), name).catch(() => null)
    for (const { reconstructionType: work, parameters } of treatment?.teeth ?? []) {
      if (!RECONSTRUCTION_TYPES.includes(work)) continue
      for (const parameter of parameters) {
        const key = `${work} ${parameter.type}`
        if (seen.size >= PARAMETERS || seen.has(key)) continue
        if (delivered === 1 && typed.has(parameter.type)) continue
        if (PARAMETER_TYPE.test(parameter.type) && isWithinBounds(parameter))
          seen.set(key, { work, ...parameter })
      }
    }
  }
  return [...seen.values()]
}
