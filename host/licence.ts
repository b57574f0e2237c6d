import { basename } from 'node:path'
import { Ajv } from 'ajv'
import schema from '../schemas/licence.schema.json' with { type: 'json' }
import { configurationFile } from './configuration-file.ts'
import { HostError } from './errors.ts'

/** Build of this host, in the count of exocad's engine builds. */
export const ENGINE_BUILD = 7662

/** A broken file licenses nothing and names its problem. */
export interface Licence {
  readonly engineBuild: number
  /** Last day of the upgrade contract, yyyy-mm-dd. */
  readonly contractUntil: string | null
  readonly flex: boolean
  readonly problem: HostError | null
}

interface LicenceFile {
  readonly engineBuild?: number
  readonly upgradeContract: { readonly until: string } | null
  readonly flex: boolean
}

const isLicence = new Ajv({ allErrors: false, strict: true, allowUnionTypes: true }).compile<LicenceFile>(
  schema,
)

/** Reads a licence (schemas/licence.schema.json); never throws. */
export async function readLicence(file: string): Promise<Licence> {
  try {
    const { engineBuild = ENGINE_BUILD, upgradeContract, flex } = await configurationFile(file, isLicence)
    const until = upgradeContract?.until ?? null
    if (until !== null && !isDay(until)) {
      throw new HostError('file-invalid', { file: basename(file), field: 'upgradeContract.until' })
    }
    return { engineBuild, contractUntil: until, flex, problem: null }
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return { engineBuild: ENGINE_BUILD, contractUntil: null, flex: false, problem: error }
  }
}

/** Why none of the accepted kinds of licence holds on a day (ms since the epoch, in local time); null: one does. */
export function licenceObstacle(
  licence: Licence,
  accepted: readonly ('upgrade-contract' | 'flex')[],
  now: number,
): HostError | null {
  if (licence.flex && accepted.includes('flex')) return null
  const until = accepted.includes('upgrade-contract') ? licence.contractUntil : null
  if (until === null) return new HostError('licence-missing')
  return localDay(now) <= until ? null : new HostError('licence-lapsed', { date: until })
}

/** The calendar has that day. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function localDay(now: number): string {
  const date = new Date(now)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}
