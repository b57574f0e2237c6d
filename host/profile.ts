import { basename } from 'node:path'
import { Ajv } from 'ajv'
import schema from '../schemas/connection-profile.schema.json' with { type: 'json' }
import { configurationFile } from './configuration-file.ts'
import { HostError } from './errors.ts'

/** Characters that the bridge carries. */
const LIMIT = 20_000

interface Profile {
  readonly issuer: string
  readonly loginPage?: string
  readonly apiBase: string
  readonly redirectUri: string
  readonly poll: { readonly fastestMs: number; readonly slowestMs: number }
}

const isProfile = new Ajv({ allErrors: false, strict: true }).compile<Profile>(schema)

/**
 * The text of a connection profile: as schemas/connection-profile.schema.json says, and by the rules that the schema names and
 * cannot express, so that a start or a change is refused whether the plugin runs or not.
 * Errors: `file-unreadable`, `file-not-json`, `file-invalid`, `profile-invalid`, never with a value of the file.
 */
export async function readProfile(file: string): Promise<string> {
  const profile = await configurationFile(file, isProfile)
  checkRules(profile)
  const text = JSON.stringify(profile)
  if (text.length > LIMIT)
    throw new HostError('file-unreadable', { file: basename(file), reason: 'too-large' })
  return text
}

/** Why a profile cannot be used, as far as the host sees; null: it can. */
export const profileProblem = (file: string): Promise<HostError | null> =>
  readProfile(file).then(
    () => null,
    (error: unknown) => {
      if (error instanceof HostError) return error
      throw error
    },
  )

const ADDRESSES = ['issuer', 'loginPage', 'apiBase', 'redirectUri'] as const

function checkRules(profile: Profile): void {
  for (const field of ADDRESSES) {
    const text = profile[field]
    if (text === undefined) continue
    const url = URL.parse(text)
    if (url === null) throw unfit(field, 'no-address')
    const own = isLoopback(url.hostname)
    if (url.protocol !== 'https:' && !own) throw unfit(field, 'not-https')
    if (url.username !== '' || url.password !== '') throw unfit(field, 'has-password')
    // Nobody has a certificate for it.
    if (field === 'redirectUri' && url.protocol === 'https:' && own) throw unfit(field, 'loopback-https')
  }
  if (profile.poll.fastestMs > profile.poll.slowestMs) throw unfit('poll/fastestMs', 'too-large')
}

const unfit = (field: string, reason: string): HostError =>
  new HostError('profile-invalid', { field: `/${field}`, reason })

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
