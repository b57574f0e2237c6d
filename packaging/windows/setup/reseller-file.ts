import { Ajv } from 'ajv'
import schema from '../../../schemas/reseller.schema.json' with { type: 'json' }
import { SetupError } from './setup-error.ts'

/** As plugin.json asks for it. */
const FEATURE = 'myitero'
/** Where there was no file: Settings shows a name, and nobody's is known. */
const NAME = 'MyiTero import'
/** Characters of a name in a message. */
const LONGEST_NAME = 64

/**
 * A reseller's file (schemas/reseller.schema.json) with the feature on or off, and all else as it was; null: there is none
 * yet. Errors: `reseller-not-json`, `reseller-invalid` (its fact: the place, as the host's Settings names it) where the host
 * could not read it either.
 */
export function withFeature(bytes: Uint8Array | null, feature: 'on' | 'off'): string {
  const file = bytes === null ? { reseller: NAME, features: {} } : parsed(bytes)
  const next = { ...file, features: { ...file.features, [FEATURE]: feature } }
  return `${JSON.stringify(next, null, 2)}\n`
}

interface ResellerFile {
  readonly features: Readonly<Record<string, 'on' | 'off'>>
}

function parsed(bytes: Uint8Array): ResellerFile {
  const check = new Ajv({ allErrors: false }).compile<ResellerFile>(schema)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new SetupError('reseller-not-json')
  }
  if (check(value)) return value
  const [error] = check.errors ?? []
  const path = (error?.instancePath ?? '').split('/').slice(1)
  const { missingProperty, additionalProperty } = error?.params ?? {}
  const named = missingProperty ?? additionalProperty ?? error?.propertyName
  const field = named === undefined ? path : [...path, String(named).slice(0, LONGEST_NAME)]
  throw new SetupError('reseller-invalid', field.join('.') || '{}')
}
