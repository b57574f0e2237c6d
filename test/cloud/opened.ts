import * as client from 'openid-client'
import type { Test } from 'tap'
import { type Cloud, type CloudOptions, startCloud } from '../../fixtures/cloud/cloud.ts'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'

export const LAB = { user: 'lab@fixture.example', password: 'crown-and-bridge' } as const
export const TWO = { user: 'two@fixture.example', password: 'upper-and-lower' } as const
export const ACCOUNT = 55501
export const OTHER_ACCOUNT = 55502
/** Nobody listens there: the visitor stops at the way out. */
export const REDIRECT = 'http://127.0.0.1:4711/callback'

export interface Opened {
  readonly cloud: Cloud
  /** A call of the API, by a token or without; JSON in, JSON out. */
  call(token: string | null, method: string, path: string, body?: unknown): Promise<Called>
  /** A token that is bound to the account. */
  paired(user?: string, account?: number): Promise<string>
}

export interface Called {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is looked at field by field
  readonly body: any
}

/** A cloud that ends with the test, which fails where the document was not kept; `violations`: it is to be broken. */
export async function opened(t: Test, options: CloudOptions & { violations?: true } = {}): Promise<Opened> {
  const cloud = await startCloud(options)
  t.teardown(async () => {
    await cloud.close()
    if (options.violations !== true && cloud.violations().length > 0)
      throw new Error(`against the document: ${cloud.violations().join('\n')}`)
  })
  return {
    cloud,
    async call(token, method, path, body) {
      const { apiBase } = cloud.profile
      const answer = await fetch(`${path === '/discovery' ? apiBase : `${cloud.origin}/eu/api`}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      const isJson = answer.headers.get('content-type') === 'application/json'
      return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
    },
    async paired(user = LAB.user, account = ACCOUNT) {
      return (await cloud.tokens(user, account)).accessToken
    },
  }
}

/** What openid-client makes of the profile. */
export function configured({ profile }: Cloud): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = profile
  return client.discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
    { execute: [client.allowInsecureRequests] },
  )
}

/** Signs in as a program does, with PKCE and state; the form is filled by a visitor. */
export async function signedIn(
  cloud: Cloud,
  who: { readonly user: string; readonly password: string },
  redirect = REDIRECT,
): Promise<{ config: client.Configuration; tokens: client.TokenEndpointResponse; code: string }> {
  const config = await configured(cloud)
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope: cloud.profile.scopes.join(' '),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  })
  const { callback, page } = await visitLogin(url.href, who)
  if (callback === null) throw new Error(page)
  const tokens = await client.authorizationCodeGrant(config, new URL(callback), {
    pkceCodeVerifier: verifier,
    expectedState: state,
  })
  return { config, tokens, code: new URL(callback).searchParams.get('code') ?? '' }
}
