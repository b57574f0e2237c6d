import type { Configuration } from '../../bridge/data.ts'
import { ImportError } from '../errors.ts'
import type { Installation } from '../installation.ts'
import { clearMethodDefault, deleteDoctorMapping, deleteMaterialMapping } from '../ledger/mappings.ts'
import type { DoctorMappingId } from '../ledger/schema.ts'

/** Takes back what a person took back while nobody was there to do it; what is gone already is passed over. */
export async function forgotten(
  { importer: { ledger } }: Pick<Installation, 'importer'>,
  { forget }: Pick<Configuration, 'forget'>,
): Promise<void> {
  if (forget === undefined) return
  for (const id of forget.doctors) await unlessGone(() => deleteDoctorMapping(ledger, id as DoctorMappingId))
  for (const key of forget.materials) await unlessGone(() => deleteMaterialMapping(ledger, key))
  for (const key of forget.methods) await unlessGone(() => clearMethodDefault(ledger, key))
}

async function unlessGone(forget: () => Promise<void>): Promise<void> {
  try {
    await forget()
  } catch (error) {
    if (!(error instanceof ImportError) || error.code !== 'mapping-unknown') throw error
  }
}
