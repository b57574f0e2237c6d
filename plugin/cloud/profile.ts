import { Ajv, type ValidateFunction } from 'ajv'
import schema from '../../schemas/connection-profile.schema.json' with { type: 'json' }
import { ImportError } from '../errors.ts'
import { hostFits, isLoopback } from './hosts.ts'

/** How a laboratory's program reaches its MyiTero cloud; what each member means stands in the schema. */
export interface Profile {
  readonly name: string
  readonly issuer: string
  readonly loginPage?: string
  readonly clientId: string
  readonly clientSecret?: string
  readonly apiBase: string
  /**
   * A loopback address, with port 0 for any free one (RFC 8252, 7.3). Where only an https address could be registered: a
   * page of the laboratory's that hands the browser on to `http://127.0.0.1:<port><the same path>` with the whole query;
   * the port is what `state` begins with, up to its dot.
   */
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly hosts: readonly string[]
  /** The pause between two looks for new orders, in ms. */
  readonly poll: { readonly fastestMs: number; readonly slowestMs: number }
}

/** UTF-16 units. */
export const PROFILE_LIMIT = 20_000

type Checked = Profile & { readonly $schema?: string }
let compiled: ValidateFunction<Checked> | null = null

/**
 * A connection profile (schemas/connection-profile.schema.json), with what the schema cannot say: https but for loopback
 * hosts, and nothing within an address that is no part of it. Addresses lose a slash at their end.
 * Errors: `profile-invalid` with facts `field` (a JSON pointer) and `problem`; never a value.
 */
export function readProfile(text: string): Profile {
  if (text.length > PROFILE_LIMIT) throw invalid('', 'too-large')
  const data = parse(text)
  compiled ??= new Ajv({ allErrors: false, strict: true }).compile<Checked>(schema)
  const isProfile = compiled
  if (!isProfile(data)) {
    const [error] = isProfile.errors ?? []
    const named = error?.params['missingProperty'] ?? error?.params['additionalProperty']
    const path = error?.instancePath ?? ''
    throw invalid(
      named === undefined ? path : `${path}/${String(named).slice(0, 64)}`,
      error?.keyword ?? 'invalid',
    )
  }
  if (data.poll.fastestMs > data.poll.slowestMs) throw invalid('/poll/fastestMs', 'maximum')
  const { $schema: _, ...profile } = data
  return {
    ...profile,
    issuer: address('/issuer', profile.issuer),
    apiBase: address('/apiBase', profile.apiBase),
    ...(profile.loginPage === undefined ? {} : { loginPage: address('/loginPage', profile.loginPage) }),
    redirectUri: redirect(profile.redirectUri),
  }
}

/**
 * An address that the profile allows to be called: https, or http on a loopback host; a host of the issuer, of the API's
 * base or of `hosts`; nobody's user and password in it.
 * Errors: `cloud-address-refused` {host}.
 */
export function permitted(profile: Profile, text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new ImportError('cloud-address-refused')
  const known = [profile.issuer, profile.apiBase].some((own) => new URL(own).hostname === url.hostname)
  const plain = url.username === '' && url.password === ''
  if (!plain || !safe(url) || !(known || profile.hosts.some((pattern) => hostFits(pattern, url.hostname)))) {
    throw new ImportError('cloud-address-refused', { host: url.hostname })
  }
  return url
}

const safe = (url: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))

function address(field: string, text: string): string {
  const url = URL.parse(text)
  if (url === null) throw invalid(field, 'pattern')
  if (!safe(url)) throw invalid(field, 'not-https')
  if (url.username !== '' || url.password !== '') throw invalid(field, 'has-password')
  return text.replace(/\/+$/, '')
}

function redirect(text: string): string {
  const field = '/redirectUri'
  const url = URL.parse(text)
  if (url === null) throw invalid(field, 'pattern')
  if (!safe(url)) throw invalid(field, 'not-https')
  if (url.username !== '' || url.password !== '') throw invalid(field, 'has-password')
  // Nobody has a certificate for it.
  if (url.protocol === 'https:' && isLoopback(url.hostname)) throw invalid(field, 'loopback-https')
  return text
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // The engine's message would quote the text.
    throw invalid('', 'not-json')
  }
}

function invalid(field: string, problem: string): ImportError {
  return new ImportError('profile-invalid', { field, problem })
}
