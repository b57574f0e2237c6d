import type { Configuration, ServerMetadata, TokenEndpointResponse } from 'openid-client'
import { ImportError } from '../errors.ts'
import { isLoopback } from './hosts.ts'
import type { Http } from './http.ts'
import { plainWord } from './http-failures.ts'
import { type Profile, permitted } from './profile.ts'

/** Tokens as an issuer gives them. */
export interface Tokens {
  readonly accessToken: string
  /** null: the one at hand goes on to be good, or there is none. */
  readonly refreshToken: string | null
  readonly expiresInSeconds: number
}

export interface Asking {
  readonly profile: Profile
  readonly http: Http
  readonly signal: AbortSignal
}

/** An issuer whose metadata was read and is as the profile allows. */
export interface Issuer {
  readonly configuration: Configuration
  readonly canRevoke: boolean
}

/** What the browser is sent with, and what its answer is held against. */
export interface Challenge {
  readonly url: string
  readonly state: string
  readonly nonce: string | null
  readonly verifier: string
  readonly redirectUri: string
}

/** Where the issuer names no lifetime: Align's own. */
const HOUR_S = 3600
/**
 * Seconds that this computer's clock may be wrong: one set to another time zone signs in all the same. The identity token comes
 * straight from the issuer, over TLS, for a nonce of ours; its times add nothing to that.
 */
const TOLERANCE_S = 86_400
/** Longer than our own patience, which names what happened. */
const LIBRARY_S = 120
/** What ends a sign-in for good; anything else that is said to a refresh token is no word about the sign-in. */
const ENDING: ReadonlySet<string> = new Set([
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'access_denied',
])
const TOKEN = /^[\x21-\x7e]{1,8192}$/

// With the first sign-in or renewal: a start does not wait for it.
const library = () => import('openid-client')

/**
 * Reads the issuer's metadata. Errors: those of `Http`; `cloud-address-refused`; `cloud-answer-invalid` {sign-in-metadata}.
 */
export async function openIssuer(address: string, asking: Asking): Promise<Issuer> {
  const { profile, http, signal } = asking
  const client = await library()
  const url = permitted(profile, address)
  const fetch: Http['fetch'] = (to, options) =>
    http.fetch(to, {
      ...options,
      signal: options.signal ? AbortSignal.any([options.signal, signal]) : signal,
    })
  const plain = url.protocol === 'http:' && isLoopback(url.hostname)
  const found = await told('sign-in-metadata', () =>
    client.discovery(url, profile.clientId, undefined, undefined, {
      [client.customFetch]: fetch,
      timeout: LIBRARY_S,
      ...(plain ? { execute: [client.allowInsecureRequests] } : {}),
    }),
  )
  const metadata = found.serverMetadata()
  const configuration = new client.Configuration(
    metadata,
    profile.clientId,
    { [client.clockTolerance]: TOLERANCE_S },
    profile.clientSecret === undefined
      ? client.None()
      : takesPost(metadata)
        ? client.ClientSecretPost(profile.clientSecret)
        : client.ClientSecretBasic(profile.clientSecret),
  )
  configuration[client.customFetch] = fetch
  configuration.timeout = LIBRARY_S
  if (plain) client.allowInsecureRequests(configuration)
  // Where the program itself sends something, `Http` looks again; the browser has nobody who would.
  if (profile.loginPage === undefined) permitted(profile, metadata.authorization_endpoint ?? '')
  return { configuration, canRevoke: metadata.revocation_endpoint !== undefined }
}

/**
 * What to send the browser to: authorization code with PKCE (RFC 7636), state and, for OpenID Connect, nonce.
 * `port`: where the answer is awaited, for redirect addresses of which it is no part.
 */
export async function challenge(
  { configuration }: Issuer,
  profile: Profile,
  to: { readonly redirectUri: string; readonly port: number; readonly language: 'en' | 'de' },
): Promise<Challenge> {
  const client = await library()
  const openid = profile.scopes.includes('openid')
  const verifier = client.randomPKCECodeVerifier()
  const state = `${to.port}.${client.randomState()}`
  const nonce = openid ? client.randomNonce() : null
  const prompts = profile.scopes.includes('offline_access') ? 'login consent' : 'login'
  const parameters = {
    redirect_uri: to.redirectUri,
    scope: profile.scopes.join(' '),
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ui_locales: to.language,
    // Asked for by someone who wants to sign in now, perhaps as another than the browser remembers.
    ...(nonce === null ? {} : { nonce, prompt: prompts }),
  }
  const own = client.buildAuthorizationUrl(configuration, parameters)
  const url = new URL(profile.loginPage ?? own.href)
  for (const [name, value] of own.searchParams) url.searchParams.set(name, value)
  return { url: url.href, state, nonce, verifier, redirectUri: to.redirectUri }
}

/**
 * Tokens for what the browser brought back.
 * Errors: `sign-in-cancelled`, `sign-in-denied` {answer, saying}, `cloud-answer-invalid` {sign-in-answer}, those of `Http`.
 */
export async function exchange(
  { configuration }: Issuer,
  { redirectUri, state, nonce, verifier }: Challenge,
  query: URLSearchParams,
): Promise<Tokens> {
  const client = await library()
  const answer = new URL(redirectUri)
  answer.search = query.toString()
  return tokensOf(
    await told('sign-in-answer', () =>
      client.authorizationCodeGrant(configuration, answer, {
        expectedState: state,
        pkceCodeVerifier: verifier,
        ...(nonce === null ? {} : { expectedNonce: nonce, idTokenExpected: true }),
      }),
    ),
  )
}

/**
 * A new set for a refresh token.
 * Errors: `sign-in-ended` {answer} where it is refused, `cloud-answer-invalid`, those of `Http`.
 */
export async function refresh({ configuration }: Issuer, refreshToken: string): Promise<Tokens> {
  const client = await library()
  return tokensOf(
    await told(
      'sign-in-answer',
      () => client.refreshTokenGrant(configuration, refreshToken),
      'sign-in-ended',
    ),
  )
}

/** Ends a token (RFC 7009). Errors: those of `Http`, `cloud-answer-invalid`. */
export async function revoke({ configuration, canRevoke }: Issuer, token: string): Promise<void> {
  if (!canRevoke) return
  const client = await library()
  await told('sign-in-answer', () => client.tokenRevocation(configuration, token))
}

function tokensOf(response: TokenEndpointResponse): Tokens {
  const { access_token, refresh_token, expires_in, token_type } = response
  const usable = TOKEN.test(access_token) && (refresh_token === undefined || TOKEN.test(refresh_token))
  if (!usable || token_type.toLowerCase() !== 'bearer') {
    throw new ImportError('cloud-answer-invalid', { reason: 'token' })
  }
  return {
    accessToken: access_token,
    refreshToken: refresh_token ?? null,
    expiresInSeconds: expires_in ?? HOUR_S,
  }
}

/** What was issued for is told by the secret's way; where the issuer names several, this one is the library's own choice. */
const takesPost = (metadata: Readonly<ServerMetadata>): boolean =>
  metadata.token_endpoint_auth_methods_supported?.includes('client_secret_post') ?? true

/**
 * Runs a step of openid-client; its errors leave as ours. They hold answers and requests, tokens among them: nothing of them is
 * kept but an OAuth error's own word and, of a login that is refused, what the page says of it.
 */
async function told<T>(
  reason: 'sign-in-metadata' | 'sign-in-answer',
  step: () => Promise<T>,
  refused: 'sign-in-denied' | 'sign-in-ended' = 'sign-in-denied',
): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const own = causeOf(error)
    if (own !== null) throw own
    const answer = error instanceof Error && 'error' in error ? plainWord(error.error) : null
    if (answer !== null && (refused === 'sign-in-denied' || ENDING.has(answer))) {
      const saying = refused === 'sign-in-denied' ? sayingOf(error) : null
      if (refused === 'sign-in-denied' && answer === 'access_denied' && (saying === null || OWN.test(saying)))
        throw new ImportError('sign-in-cancelled')
      throw new ImportError(refused, { answer, ...(saying === null ? {} : { saying }) })
    }
    if (answer !== null) throw new ImportError('cloud-refused', { status: 400, answer })
    // The program itself is refused: 401 with a challenge instead of a body.
    if (error instanceof Error && error.name === 'WWWAuthenticateChallengeError') {
      throw new ImportError(refused, { answer: 'invalid_client' })
    }
    throw new ImportError('cloud-answer-invalid', { reason })
  }
}

/** `access_denied` is the person's own no (RFC 6749, 4.1.2.1), unless the page gives another reason. How servers put it: [?] */
const OWN = /\b(cancel|abort|abgebrochen|declined by the user|user denied)/i
/** Characters; a sentence. */
const SAYING = 160

/** An OAuth error's description, for a person: one line of plain characters. */
function sayingOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('error_description' in error)) return null
  const { error_description: text } = error
  if (typeof text !== 'string') return null
  const line = text
    .slice(0, 1000)
    .replace(/[\p{C}\p{Z}<>“”„]+/gu, ' ')
    .trim()
  return line === '' ? null : line.length > SAYING ? `${line.slice(0, SAYING - 1)}…` : line
}

/** Our own error, or the reason of a cancelled call, within what the library made of it. */
function causeOf(thrown: unknown): unknown {
  let error = thrown
  for (let depth = 0; error instanceof Error && depth < 5; depth++) {
    if (error instanceof ImportError || error.name === 'AbortError' || error.name === 'TimeoutError') {
      return error
    }
    error = error.cause
  }
  return null
}
