import * as client from 'openid-client'
import t from 'tap'
import { visitLogin } from '../../fixtures/cloud/visitor.ts'
import { ACCOUNT, configured, LAB, OTHER_ACCOUNT, opened, REDIRECT, signedIn, TWO } from './opened.ts'

const HOUR = 3_600_000

t.test('A program signs in by code and PKCE, and gets a token for an hour and one to renew it', async (t) => {
  const { cloud, call } = await opened(t)
  const { tokens } = await signedIn(cloud, LAB)
  t.equal(tokens.expires_in, 3600)
  t.type(tokens.refresh_token, 'string')
  t.same((await call(tokens.access_token, 'GET', '/discovery')).body, {
    issuer: cloud.profile.issuer,
    apiBase: `${cloud.origin}/eu/api`,
  })
})

for (const redirect of [
  'http://127.0.0.1:1/callback',
  'http://127.0.0.1:65535/callback',
  'http://[::1]:8080/callback',
])
  t.test(`A loopback redirect may have any port: ${redirect}`, async (t) => {
    const { cloud } = await opened(t)
    t.type((await signedIn(cloud, LAB, redirect)).tokens.access_token, 'string')
  })

for (const redirect of ['http://127.0.0.1:1/other', 'https://elsewhere.example/callback'])
  t.test(`A redirect that was not registered gets nothing: ${redirect}`, async (t) => {
    const { cloud } = await opened(t)
    const url = client.buildAuthorizationUrl(await configured(cloud), {
      redirect_uri: redirect,
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    const { callback, status } = await visitLogin(url.href, LAB)
    t.equal(callback, null)
    t.equal(status, 400)
  })

t.test('Without PKCE nobody is let in', async (t) => {
  const { cloud } = await opened(t)
  const url = client.buildAuthorizationUrl(await configured(cloud), {
    redirect_uri: REDIRECT,
    scope: 'openid',
    state: 's',
  })
  const { callback } = await visitLogin(url.href, LAB)
  t.match(callback, /error=invalid_request/)
})

t.test('A code is good once', async (t) => {
  const { cloud } = await opened(t)
  const { config, code } = await signedIn(cloud, LAB)
  const again = client.genericGrantRequest(config, 'authorization_code', { code, redirect_uri: REDIRECT })
  t.equal(await errorOf(again), 'invalid_grant')
})

t.test('A refresh token rotates; the old one used again ends them all', async (t) => {
  const { cloud, call } = await opened(t)
  const { config, tokens } = await signedIn(cloud, LAB)
  const first = tokens.refresh_token as string
  const renewed = await client.refreshTokenGrant(config, first)
  t.not(renewed.refresh_token, first)
  t.equal((await call(renewed.access_token, 'GET', '/accounts')).status, 200)
  t.equal(await errorOf(client.refreshTokenGrant(config, first)), 'invalid_grant')
  t.equal(await errorOf(client.refreshTokenGrant(config, renewed.refresh_token as string)), 'invalid_grant')
  t.equal((await call(renewed.access_token, 'GET', '/accounts')).status, 401)
})

t.test('Revoking the refresh token ends the access token too', async (t) => {
  const { cloud, call } = await opened(t)
  const { config, tokens } = await signedIn(cloud, LAB)
  await client.tokenRevocation(config, tokens.refresh_token as string)
  t.equal((await call(tokens.access_token, 'GET', '/accounts')).status, 401)
})

t.test('An access token ends after its hour, by the clock that was handed in', async (t) => {
  let time = Date.now()
  const { cloud, call } = await opened(t, { clock: () => time })
  const { tokens, config } = await signedIn(cloud, LAB)
  time += HOUR - 1
  t.equal((await call(tokens.access_token, 'GET', '/accounts')).status, 200)
  time += 1
  const late = await call(tokens.access_token, 'GET', '/accounts')
  t.equal(late.status, 401)
  t.equal(late.body.error.code, 'tokenInvalid')
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token as string)
  t.equal((await call(renewed.access_token, 'GET', '/accounts')).status, 200)
})

t.test('The token’s life can be set', async (t) => {
  const { cloud } = await opened(t, { accessTokenSeconds: 5 })
  t.equal((await signedIn(cloud, LAB)).tokens.expires_in, 5)
  t.equal((await cloud.tokens(LAB.user, ACCOUNT)).expiresIn, 5)
})

t.test('A client secret, where one was issued, is demanded', async (t) => {
  const { cloud } = await opened(t, { clientSecret: 'a-secret-of-some-length' })
  t.type((await signedIn(cloud, LAB)).tokens.access_token, 'string')
  const { clientId, issuer } = cloud.profile
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, grant_type: 'refresh_token', refresh_token: 'x' }),
  })
  t.equal(answer.status, 401)
})

t.test('Pairing gives a new token set that is bound to the account, and can be renewed', async (t) => {
  const { cloud, call } = await opened(t)
  const { config, tokens } = await signedIn(cloud, TWO)
  t.same((await call(tokens.access_token, 'GET', '/accounts')).body.accounts, [
    { accountId: ACCOUNT, name: 'Fixture Dental Laboratory' },
    { accountId: OTHER_ACCOUNT, name: 'Fixture Milling Centre' },
  ])
  const before = await call(tokens.access_token, 'GET', '/orders')
  t.equal(before.status, 403)
  t.equal(before.body.error.code, 'notPaired')
  const { status, body } = await call(tokens.access_token, 'POST', `/accounts/${OTHER_ACCOUNT}/pair`)
  t.equal(status, 200)
  t.not(body.accessToken, tokens.access_token)
  t.equal((await call(body.accessToken, 'GET', '/orders')).status, 200)
  const renewed = await client.refreshTokenGrant(config, body.refreshToken)
  t.equal((await call(renewed.access_token, 'GET', '/orders')).status, 200, 'the binding outlives renewal')
})

t.test('An account of others cannot be paired, nor one that there is not', async (t) => {
  const { cloud, call } = await opened(t)
  const { tokens } = await signedIn(cloud, LAB)
  t.equal((await call(tokens.access_token, 'POST', `/accounts/${OTHER_ACCOUNT}/pair`)).status, 403)
  t.equal((await call(tokens.access_token, 'POST', '/accounts/7/pair')).status, 404)
})

t.test('Unpairing ends the tokens of the pair', async (t) => {
  const { cloud, call } = await opened(t)
  const { config } = await signedIn(cloud, LAB)
  const set = await cloud.tokens(LAB.user, ACCOUNT)
  t.equal((await call(set.accessToken, 'POST', `/accounts/${ACCOUNT}/unpair`)).status, 204)
  t.equal((await call(set.accessToken, 'GET', '/orders')).status, 401)
  t.equal(await errorOf(client.refreshTokenGrant(config, set.refreshToken)), 'invalid_grant')
})

t.test('An Invisalign account signs in, and is told that MyiTero is not for it', async (t) => {
  const { cloud, call } = await opened(t)
  const { tokens } = await signedIn(cloud, { user: 'aligner@fixture.example', password: 'straight-teeth' })
  const { status, body } = await call(tokens.access_token, 'GET', '/accounts')
  t.equal(status, 403)
  t.equal(body.error.code, 'noAccess')
})

t.test('All can be signed out at once, from the cloud’s side', async (t) => {
  const { cloud, call } = await opened(t)
  const { config, tokens } = await signedIn(cloud, LAB)
  cloud.revokeAll()
  t.equal((await call(tokens.access_token, 'GET', '/accounts')).status, 401)
  t.equal(await errorOf(client.refreshTokenGrant(config, tokens.refresh_token as string)), 'invalid_grant')
})

t.test('Garbage and no token are refused', async (t) => {
  const { call } = await opened(t)
  for (const token of [null, 'garbage', 'a.b.c', 'x'.repeat(5000)]) {
    const { status, headers } = await call(token, 'GET', '/accounts')
    t.equal(status, 401)
    t.match(headers.get('www-authenticate'), /^Bearer/)
  }
})

/** OAuth's error code that a call ends with. */
const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'none',
    (error: { readonly error?: string }) => error.error,
  )

t.test(
  'Where sign-ins are kept they outlive the cloud, with their account, and one that was revoked stays so',
  async (t) => {
    let kept: string | null = null
    const signIns = {
      read: () => kept,
      write(text: string) {
        kept = text
      },
    }
    const first = await opened(t, { signIns })
    const lasting = await first.cloud.tokens(LAB.user, ACCOUNT)
    const revoked = await first.cloud.tokens(LAB.user, ACCOUNT)
    await first.call(revoked.accessToken, 'POST', `/accounts/${ACCOUNT}/unpair`)
    await first.cloud.close()

    const { call, cloud } = await opened(t, { signIns })
    t.equal((await call(lasting.accessToken, 'GET', '/orders')).status, 200)
    t.equal((await call(revoked.accessToken, 'GET', '/orders')).status, 401)
    const issuer = await configured(cloud)
    const renewed = await client.refreshTokenGrant(issuer, lasting.refreshToken)
    t.equal((await call(renewed.access_token, 'GET', '/orders')).status, 200)
    const refusal = await client
      .refreshTokenGrant(issuer, revoked.refreshToken)
      .catch((error: unknown) => error)
    t.match(refusal, { error: 'invalid_grant' })
    t.strictSame(cloud.violations(), [])
  },
)

for (const [what, text] of [
  ['nothing', null],
  ['no JSON', 'half a'],
  ['something else', '{"models":7,"pairings":{}}'],
] as const)
  t.test(`Where ${what} is kept nobody is signed in, and one can sign in`, async (t) => {
    const { cloud, call } = await opened(t, { signIns: { read: () => text, write: () => {} } })
    const { tokens } = await signedIn(cloud, LAB)
    t.equal((await call(tokens.access_token, 'GET', '/discovery')).status, 200)
  })
