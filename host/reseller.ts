import { Ajv } from 'ajv'
import schema from '../schemas/reseller.schema.json' with { type: 'json' }
import { configurationFile } from './configuration-file.ts'
import { HostError } from './errors.ts'

/** What the reseller ships. A broken file has no features and names its problem. */
export interface Reseller {
  readonly name: string | null
  /** Names of the features that are on. */
  readonly features: ReadonlySet<string>
  readonly problem: HostError | null
}

interface ResellerFile {
  readonly reseller: string
  readonly features: Readonly<Record<string, 'on' | 'off'>>
}

const isReseller = new Ajv({ allErrors: false, strict: true }).compile<ResellerFile>(schema)

/** Reads a reseller configuration (schemas/reseller.schema.json); never throws: a feature that cannot be read is off. */
export async function readReseller(file: string): Promise<Reseller> {
  try {
    const { reseller, features } = await configurationFile(file, isReseller)
    const on = Object.keys(features).filter((name) => features[name] === 'on')
    return { name: reseller, features: new Set(on), problem: null }
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    return { name: null, features: new Set(), problem: error }
  }
}
