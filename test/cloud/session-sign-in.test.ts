import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import t, { type Test } from 'tap'
import type { Cloud } from '../../fixtures/cloud/cloud.ts'
import { wire } from '../../plugin/cloud/contract.ts'
import type { AccountId } from '../../plugin/cloud/ids.ts'
import { createSession } from '../../plugin/cloud/session.ts'
import { asked, callbackOf, codeOf, comeBack, ONE, openDesk, TWO } from './desk.ts'

t.test('who logs in in the browser is signed in, and the browser says so in his language', async (t) => {
  const { cloud, open, http, keychain } = await openDesk(t)
  const { session, logIn, states, until } = open()
  await session.start()
  const shown = await logIn(ONE, 'de')
  await until('signed-in')
  t.strictSame(
    states.map(({ kind }) => kind),
    ['starting', 'signed-out', 'signing-in', 'signed-in'],
  )
  t.match(states.at(-1), { account: { id: '55501', name: 'Fixture Dental Laboratory' }, kept: 'keychain' })
  t.equal(shown.status, 200)
  t.match(shown.page, /<html lang="de">.*Sie sind angemeldet/s)
  t.equal(keychain.entries.size, 1)
  const accounts = await session.authorized((access, signal) => wire.accounts(http, access, signal))
  t.equal(accounts.length, 1)
  t.strictSame(cloud.violations(), [])
})

t.test(
  'the way of it is discovery, accounts, pairing; the call then comes with the paired token',
  async (t) => {
    const { cloud, open } = await openDesk(t)
    const { session, signIn } = open()
    await session.start()
    await signIn()
    const routes = cloud.requests().map(({ route }) => route)
    t.strictSame(routes.slice(routes.indexOf('token')), [
      'token',
      'discover',
      'accounts',
      'pair',
      'metadata',
      'revoke',
      'revoke',
    ])
    await session.authorized(async ({ apiBase }) =>
      t.match(apiBase, /\/eu\/api$/, 'the region discovery named'),
    )
  },
)

t.test('of several accounts the person chooses one', async (t) => {
  const { open } = await openDesk(t)
  const { session, logIn, until } = open()
  await session.start()
  const shown = await logIn(TWO)
  t.match(shown.page, /choose in the program/)
  const { accounts } = await until('choosing-account')
  t.equal(accounts.length, 2)
  t.equal(await codeOf(session.chooseAccount('99' as AccountId)), 'cloud-account-unknown')
  // Pressed twice.
  await Promise.all([1, 2].map(() => session.chooseAccount('55502' as AccountId)))
  t.match(session.state(), { kind: 'signed-in', account: { id: '55502', name: 'Fixture Milling Centre' } })
  t.equal(await codeOf(session.chooseAccount('55502' as AccountId)), 'cloud-account-unknown')
})

t.test('a choice that the network cut off can be made again', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, logIn, until } = open()
  await session.start()
  await logIn(TWO)
  await until('choosing-account')
  cloud.faults.next({ route: 'pair' }, { kind: 'status', status: 503, retryAfterSeconds: 2 })
  t.equal(await codeOf(session.chooseAccount('55501' as AccountId)), 'sign-in-unanswered')
  t.equal(session.state().kind, 'choosing-account')
  await session.chooseAccount('55501' as AccountId)
  t.equal(session.state().kind, 'signed-in')
})

t.test('cancelling on the login page ends the sign-in in plain words', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, until } = open()
  await session.start()
  const { url } = await session.signIn('en')
  const shown = await comeBack(await callbackOf(cloud, url, 'cancel'))
  t.match(shown.page, /did not succeed/)
  t.match(await until('signed-out'), {
    failure: { code: 'sign-in-cancelled' },
  })
})

/** How a sign-in ends that the login page refuses, saying this of it or nothing. */
async function refused(t: Test, saying: string | null) {
  const { open, profile } = await openDesk(t)
  const { session, until } = open()
  await session.start()
  const { url } = await session.signIn('en')
  const asking = new URL(url).searchParams
  const callback = new URL(asking.get('redirect_uri') ?? '')
  const state = asking.get('state') ?? ''
  callback.search = String(new URLSearchParams({ error: 'access_denied', state, iss: profile.issuer }))
  if (saying !== null) callback.searchParams.set('error_description', saying)
  await comeBack(callback.href)
  return until('signed-out')
}

t.test(
  'a refusal without a reason was the person’s own; one with a reason is told as MyiTero’s',
  async (t) => {
    for (const [saying, code] of [
      [null, 'sign-in-cancelled'],
      ['End-User aborted interaction', 'sign-in-cancelled'],
      ['too many wrong passwords', 'sign-in-denied'],
      ['The account is locked', 'sign-in-denied'],
    ] as const) {
      t.match(await refused(t, saying), { failure: { code } }, saying ?? 'nothing said')
    }
  },
)

t.test('what MyiTero’s page says of a refused login is told, in one plain line', async (t) => {
  const { failure } = await refused(t, `too many\r\n<b>wrong</b> passwords\u202e${'x'.repeat(5000)}`)
  t.match(failure, { code: 'sign-in-denied', facts: { answer: 'access_denied' } })
  t.match(failure?.facts['saying'], /^too many b wrong \/b passwords x{50,}…$/)
  t.equal(String(failure?.facts['saying']).length, 160)
})

for (const route of ['metadata', 'token', 'accounts', 'pair'] as const) {
  t.test(`a sign-in whose connection is cut at ${route} promises no further try`, async (t) => {
    const { cloud, open } = await openDesk(t)
    const { session, logIn, until } = open()
    await session.start()
    cloud.faults.next({ route, times: 9 }, { kind: 'reset' })
    if (route === 'metadata') t.equal(await codeOf(session.signIn('en')), 'sign-in-unreachable')
    else {
      await logIn()
      t.match(await until('signed-out'), { failure: { code: 'sign-in-unreachable' } })
    }
  })
}

t.test('an Invisalign user without MyiTero is told so', async (t) => {
  const { open, keychain } = await openDesk(t)
  const { session, logIn, until } = open()
  await session.start()
  await logIn('aligner@fixture.example')
  t.match(await until('signed-out'), { failure: { code: 'sign-in-no-access' } })
  t.equal(keychain.entries.size, 0)
})

t.test('a user without any account is told so', async (t) => {
  const users = [{ user: ONE, password: 'p', accounts: [] }]
  const { open } = await openDesk(t, { users })
  const { session, logIn, until } = open()
  await session.start()
  await logIn()
  t.match(await until('signed-out'), { failure: { code: 'sign-in-no-access' } })
})

t.test('the button pressed again gives the same page: the window may be gone', async (t) => {
  const { open } = await openDesk(t)
  const { session, until } = open()
  await session.start()
  const [one, other] = await Promise.all([session.signIn('en'), session.signIn('en')])
  t.equal(one?.url, other?.url)
  t.equal((await session.signIn('en')).url, one?.url)
  t.equal((await until('signing-in')).url, one?.url)
})

t.test('a sign-in that is called off listens no more', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session } = open()
  await session.start()
  const { url } = await session.signIn('en')
  const callback = await callbackOf(cloud, url)
  session.cancelSignIn()
  t.match(session.state(), { kind: 'signed-out', failure: { code: 'sign-in-cancelled' } })
  await t.rejects(fetch(callback))
  t.equal(asked(cloud, 'token'), 0)
})

const revoked = (cloud: Cloud) =>
  cloud.requests().flatMap(({ route, status }) => (route === 'revoke' ? [status] : []))

for (const end of ['cancelSignIn', 'signOut', 'close'] as const) {
  t.test(`a login without a pairing leaves no token behind at the cloud: ${end}`, async (t) => {
    const { cloud, open } = await openDesk(t)
    const { session, logIn, until } = open()
    await session.start()
    await logIn(TWO)
    await until('choosing-account')
    await session[end]()
    await session.close()
    t.strictSame(revoked(cloud), [200, 200])
    t.equal(asked(cloud, 'pair'), 0)
  })
}

t.test('a login that finds no access to MyiTero leaves no token behind at the cloud', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, logIn, until } = open()
  await session.start()
  await logIn('aligner@fixture.example')
  await until('signed-out')
  await session.close()
  t.strictSame(revoked(cloud), [200, 200])
})

t.test('a login that is called off while its tokens are on the way leaves none behind either', async (t) => {
  const { cloud, http, profile, keychain } = await openDesk(t)
  const asking = Promise.withResolvers<void>()
  const session = createSession({
    profile,
    http,
    secrets: keychain,
    clock: Date.now,
    onState: () => {},
    wire: {
      ...wire,
      discover(...ask) {
        asking.resolve()
        return wire.discover(...ask)
      },
    },
  })
  await session.start()
  const { url } = await session.signIn('en')
  const shown = comeBack(await callbackOf(cloud, url))
  await asking.promise
  session.cancelSignIn()
  await session.close()
  t.match((await shown).page, /did not succeed/)
  t.strictSame(revoked(cloud), [200, 200])
})

t.test('once the paired set is kept, the login’s own tokens end, and the paired set goes on', async (t) => {
  const { cloud, open, http, keychain } = await openDesk(t)
  const { session, signIn } = open()
  let before = Number.NaN
  keychain.onWrite = () => {
    before = asked(cloud, 'revoke')
  }
  await session.start()
  await signIn()
  await session.close()
  t.equal(before, 0)
  t.strictSame(revoked(cloud), [200, 200])
  const { session: next } = open()
  await next.start()
  const accounts = await next.authorized((access, signal) => wire.accounts(http, access, signal))
  t.equal(accounts.length, 1)
})

t.test(
  'that a login’s own tokens could not be ended is told to the log, once, and to nobody else',
  async (t) => {
    const { cloud, http, profile, keychain } = await openDesk(t)
    const unheard: unknown[] = []
    const troubles: unknown[] = []
    const signedIn = Promise.withResolvers<void>()
    const session = createSession({
      profile,
      http,
      wire,
      secrets: keychain,
      clock: Date.now,
      onState: ({ kind }) => kind === 'signed-in' && signedIn.resolve(),
      onTrouble: (failure) => troubles.push(failure),
      onUnheard: (thrown) => unheard.push(thrown),
    })
    await session.start()
    cloud.faults.next({ route: 'revoke', times: 9 }, { kind: 'status', status: 500 })
    const { url } = await session.signIn('en')
    await comeBack(await callbackOf(cloud, url))
    await signedIn.promise
    t.equal(session.state().kind, 'signed-in')
    await session.close()
    t.match(unheard, [{ code: 'cloud-fault' }])
    t.equal(unheard.length, 1)
    t.strictSame(troubles, [])
  },
)

t.test('who takes longer to choose than the login’s token lives is signed in all the same', async (t) => {
  const { cloud, open, later } = await openDesk(t)
  const { session, logIn, until } = open()
  await session.start()
  await logIn(TWO)
  await until('choosing-account')
  later(2 * 3600)
  await session.chooseAccount('55502' as AccountId)
  t.match(session.state(), { kind: 'signed-in', account: { id: '55502' } })
  await session.close()
  t.strictSame(revoked(cloud), [200, 200])
})

t.test('a login that the cloud ended before the choice is said to have taken too long', async (t) => {
  for (const seconds of [0, 2 * 3600]) {
    const { cloud, open, later } = await openDesk(t)
    const { session, logIn, until } = open()
    await session.start()
    await logIn(TWO)
    await until('choosing-account')
    cloud.revokeAll()
    later(seconds)
    t.equal(await codeOf(session.chooseAccount('55502' as AccountId)), 'sign-in-timed-out')
    t.match(session.state(), { kind: 'signed-out', failure: { code: 'sign-in-timed-out' } })
  }
})

t.test('a sign-in that is called off while it begins does not appear after all', async (t) => {
  const { open } = await openDesk(t)
  const { session } = open()
  await session.start()
  const beginning = codeOf(session.signIn('en'))
  await new Promise((resolve) => setImmediate(resolve))
  session.cancelSignIn()
  t.equal(await beginning, 'sign-in-cancelled')
  t.equal(session.state().kind, 'signed-out')
})

t.test('nobody waits longer than five minutes for a window that was closed', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, due, until } = open()
  await session.start()
  const { url } = await session.signIn('en')
  due.get(300_000)?.()
  t.match(await until('signed-out'), { failure: { code: 'sign-in-timed-out', facts: { minutes: 5 } } })
  const callback = await callbackOf(cloud, url)
  await t.rejects(fetch(callback))
})

t.test('who is signed in signs out before he signs in as another', async (t) => {
  const { open } = await openDesk(t)
  const { session, signIn } = open()
  await session.start()
  await signIn()
  t.equal(await codeOf(session.signIn('en')), 'already-signed-in')
})

t.test('what does not belong to the sign-in gets a page and ends nothing', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, until } = open()
  await session.start()
  const { url } = await session.signIn('en')
  const callback = await callbackOf(cloud, url)
  const at = (change: (url: URL) => void) => {
    const changed = new URL(callback)
    change(changed)
    return changed.href
  }
  t.equal((await comeBack(at((to) => to.searchParams.set('state', 'another')))).status, 400)
  t.equal((await comeBack(at((to) => to.searchParams.delete('state')))).status, 400)
  t.equal((await comeBack(at((to) => to.searchParams.append('state', 'another')))).status, 400)
  t.equal((await comeBack(at((to) => Object.assign(to, { pathname: '/' })))).status, 404)
  t.equal((await fetch(callback, { method: 'POST' })).status, 405)
  t.equal((await fetch(callback, { method: 'HEAD' })).status, 405)
  t.equal(await statusFor(callback, 'elsewhere.example'), 404, 'a name that was made to lead here')
  t.equal(asked(cloud, 'token'), 0)
  t.equal(session.state().kind, 'signing-in')
  const page = await fetch(callback)
  t.match(page.headers.get('content-security-policy'), /^default-src 'none'; style-src 'sha256-/)
  t.equal(page.headers.get('cache-control'), 'no-store')
  t.equal(page.headers.get('referrer-policy'), 'no-referrer')
  await until('signed-in')
})

t.test('a login answer with another state is no answer', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, until } = open()
  await session.start()
  const { url } = await session.signIn('en')
  cloud.faults.next({ route: 'login' }, { kind: 'wrong-state' })
  const shown = await comeBack(await callbackOf(cloud, url))
  t.equal(shown.status, 400)
  t.match(shown.page, /another window/)
  t.equal(asked(cloud, 'token'), 0)
  t.match(session.state(), { kind: 'signing-in', stray: true }, 'and it is said')
  await comeBack(await callbackOf(cloud, url))
  await until('signed-in')
})

t.test('a login answer that comes twice counts once', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, until } = open()
  await session.start()
  const { url } = await session.signIn('en')
  const callback = new URL(await callbackOf(cloud, url))
  const answers = await twice(callback)
  await until('signed-in')
  t.strictSame(answers.sort(), [200, 409])
  t.equal(asked(cloud, 'token'), 1)
})

for (const [what, fault] of [
  ['garbage instead of tokens', { kind: 'garbage-tokens' }],
  ['a token for another program', { kind: 'other-audience' }],
  ['a body that is no answer', { kind: 'body', body: 'no' }],
  ['a token with a line break', { kind: 'body', body: { access_token: 'a\r\nb: c', token_type: 'Bearer' } }],
  ['a token of another type', { kind: 'body', body: { access_token: 'abc', token_type: 'mac' } }],
] as const) {
  t.test(`${what} is no sign-in`, async (t) => {
    const { cloud, open, keychain } = await openDesk(t)
    const { session, logIn, until } = open()
    await session.start()
    cloud.faults.next({ route: 'token' }, fault)
    t.match((await logIn()).page, /did not succeed/)
    t.match(await until('signed-out'), { failure: { code: 'cloud-answer-invalid' } })
    t.equal(keychain.entries.size, 0)
  })
}

for (const [what, origin] of [
  ['an address without TLS', 'http://region.fixture.example'],
  ['a foreign host', 'https://elsewhere.example'],
  ['an address with a password', 'https://user:word@127.0.0.1'],
] as const) {
  t.test(`discovery that names ${what} ends the sign-in, and no token goes there`, async (t) => {
    const { cloud, open, keychain } = await openDesk(t)
    const { session, logIn, until } = open()
    await session.start()
    cloud.faults.next({ route: 'discover' }, { kind: 'elsewhere', origin })
    await logIn()
    t.match(await until('signed-out'), { failure: { code: 'cloud-address-refused' } })
    t.equal(asked(cloud, 'accounts'), 0)
    t.equal(keychain.entries.size, 0)
  })
}

for (const route of ['token', 'discover', 'accounts', 'pair', 'metadata'] as const) {
  t.test(`a redirect of ${route} is not followed: no token goes elsewhere`, async (t) => {
    const { cloud, open } = await openDesk(t)
    let seen = 0
    const elsewhere = createServer((_, response) => {
      seen++
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    t.teardown(() => elsewhere.close())
    const to = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
    const { session, logIn, until } = open()
    await session.start()
    cloud.faults.next({ route }, { kind: 'redirect', to, status: 307 })
    if (route === 'metadata') t.equal(await codeOf(session.signIn('en')), 'cloud-answer-invalid')
    else {
      await logIn()
      t.match(await until('signed-out'), { failure: { code: 'cloud-answer-invalid' } })
    }
    t.equal(seen, 0)
  })
}

/** Both connections stand before either of them asks. */
async function twice(url: URL): Promise<number[]> {
  const sockets = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<ReturnType<typeof connect>>((resolve) => {
          const socket = connect(Number(url.port), '127.0.0.1', () => resolve(socket))
        }),
    ),
  )
  return Promise.all(
    sockets.map(
      (socket) =>
        new Promise<number>((resolve) => {
          let text = ''
          socket.setEncoding('utf8').on('data', (piece) => {
            text += piece
          })
          socket.on('close', () => resolve(Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1])))
          socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`)
        }),
    ),
  )
}

/** `fetch` lets nobody choose the Host. */
function statusFor(address: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(address, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}
