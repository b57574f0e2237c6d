import { inspect } from 'node:util'
import t, { type Test } from 'tap'
import { wire } from '../../plugin/cloud/contract.ts'
import type { Access } from '../../plugin/cloud/http.ts'
import { openHttp } from '../../plugin/cloud/http.ts'
import { createSession, type Session } from '../../plugin/cloud/session.ts'
import { openSecrets } from '../../plugin/secrets.ts'
import { failureText } from '../../plugin/words/words.ts'
import { asked, codeOf, type Desk, openDesk, type Sitting } from './desk.ts'

const tokenOf = (session: Session) => session.authorized(async ({ token }: Access) => token)

/** The access token has a life of one hour: four minutes of it are left. */
const NEARLY_OVER_S = 56 * 60
const OVER_S = 2 * 3600

async function signedIn(desk: Desk): Promise<Sitting> {
  const sitting = desk.open()
  await sitting.session.start()
  await sitting.signIn()
  return sitting
}

t.test('a restart takes the sign-in up again, and asks nobody for it', async (t) => {
  const desk = await openDesk(t)
  const token = await tokenOf((await signedIn(desk)).session)
  const before = desk.cloud.requests().length
  const { session, states } = desk.open()
  await session.start()
  t.match(states, [{ kind: 'starting' }, { kind: 'signed-in', account: { id: '55501' }, kept: 'keychain' }])
  t.equal(await tokenOf(session), token)
  t.equal(desk.cloud.requests().length, before)
})

t.test('what another version or program left in the keychain is no sign-in', async (t) => {
  const desk = await openDesk(t)
  await signedIn(desk)
  const [name, text] = [...desk.keychain.entries][0] ?? ['', '']
  for (const left of [
    '',
    'no JSON',
    'null',
    '[]',
    text.replace('"version":1', '"version":2'),
    text.replace(/"accessToken":"[^"]*"/, '"accessToken":7'),
  ]) {
    desk.keychain.entries.set(name, left)
    const { session } = desk.open()
    await session.start()
    t.strictSame(session.state(), { kind: 'signed-out', failure: null }, left.slice(0, 20))
  }
})

t.test(
  'a token is renewed before its end, once for all who ask, after a look where the region is',
  async (t) => {
    const desk = await openDesk(t)
    const { session, states } = await signedIn(desk)
    const old = await tokenOf(session)
    desk.later(NEARLY_OVER_S)
    const before = desk.cloud.requests().length
    const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenOf(session)))
    t.equal(new Set(tokens).size, 1)
    t.not(tokens[0], old)
    t.strictSame(
      desk.cloud
        .requests()
        .slice(before)
        .map(({ route }) => route),
      ['discover', 'metadata', 'token'],
    )
    t.match([...desk.keychain.entries.values()][0], tokens[0] ?? 'none')
    t.equal(states.filter(({ kind }) => kind === 'signed-in').length, 1, 'nothing to tell')
    await session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
    t.strictSame(desk.cloud.violations(), [])
  },
)

t.test('the new set is in the keychain before anyone works with it', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(NEARLY_OVER_S)
  const token = await tokenOf(session)
  const { session: next } = desk.open()
  await next.start()
  t.equal(await tokenOf(next), token)
})

t.test('a token that ended while the computer was off is renewed all the same', async (t) => {
  const desk = await openDesk(t)
  await signedIn(desk)
  desk.later(OVER_S)
  const { session } = desk.open()
  await session.start()
  const accounts = await session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
  t.equal(accounts.length, 1)
})

t.test('a token that the cloud refuses ahead of its time is renewed, and the call made again', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(120)
  desk.cloud.faults.next({ route: 'accounts' }, { kind: 'status', status: 401 })
  const accounts = await session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
  t.equal(accounts.length, 1)
  t.equal(asked(desk.cloud, 'token'), 2)
})

t.test('a cloud that refuses every token is not asked for one after the other', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(120)
  desk.cloud.faults.next({ route: 'accounts', times: 10 }, { kind: 'status', status: 401 })
  const call = () => session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
  for (let times = 0; times < 5; times++) t.equal(await codeOf(call()), 'cloud-refused')
  t.equal(asked(desk.cloud, 'token'), 2)
  t.equal(session.state().kind, 'signed-in')
})

t.test(
  'a refused renewal is the end of the sign-in: said, forgotten, and all who wait are told',
  async (t) => {
    const desk = await openDesk(t)
    const { session } = await signedIn(desk)
    desk.cloud.revokeAll()
    desk.later(OVER_S)
    const codes = await Promise.all([codeOf(tokenOf(session)), codeOf(tokenOf(session))])
    t.strictSame(codes, ['cloud-signed-out', 'cloud-signed-out'])
    t.match(session.state(), {
      kind: 'signed-out',
      failure: { code: 'sign-in-ended', facts: { answer: 'invalid_grant' } },
    })
    t.equal(desk.keychain.entries.size, 0)
    t.equal(await codeOf(tokenOf(session)), 'cloud-signed-out')
  },
)

t.test('a sign-in that the cloud ends in its first minute is ended here with the next call', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(5)
  desk.cloud.revokeAll()
  const call = () => session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
  t.equal(await codeOf(call()), 'cloud-signed-out')
  t.match(session.state(), { kind: 'signed-out', failure: { code: 'sign-in-ended' } })
  t.equal(desk.keychain.entries.size, 0)
})

t.test('a sign-in that is ended just after a renewal is ended here with the next call', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(NEARLY_OVER_S)
  await tokenOf(session)
  desk.cloud.revokeAll()
  const call = () => session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
  t.strictSame(await Promise.all([codeOf(call()), codeOf(call())]), ['cloud-signed-out', 'cloud-signed-out'])
  t.equal(session.state().kind, 'signed-out')
})

t.test('after a sign-in that was ended one can sign in again', async (t) => {
  const desk = await openDesk(t)
  const { session, signIn } = await signedIn(desk)
  desk.cloud.revokeAll()
  desk.later(OVER_S)
  await codeOf(tokenOf(session))
  await signIn()
  t.type(await tokenOf(session), 'string')
  t.equal(desk.keychain.entries.size, 1)
})

for (const [what, route, fault, code] of [
  ['busy', 'token', { kind: 'status', status: 503 }, 'cloud-busy'],
  ['faulty', 'token', { kind: 'status', status: 500 }, 'cloud-fault'],
  ['cut off', 'token', { kind: 'reset' }, 'cloud-unreachable'],
  ['cut off before', 'metadata', { kind: 'reset' }, 'cloud-unreachable'],
  ['not itself', 'token', { kind: 'body', body: 'a page' }, 'cloud-answer-invalid'],
] as const) {
  t.test(`a cloud that is ${what} at a renewal costs no sign-in`, async (t) => {
    const desk = await openDesk(t)
    const { session, troubles } = await signedIn(desk)
    desk.later(OVER_S)
    desk.cloud.faults.next({ route }, fault)
    t.equal(await codeOf(tokenOf(session)), code)
    t.equal(session.state().kind, 'signed-in')
    t.match(troubles, [{ code }])
  })
}

t.test('what is left of a token’s life is used where it cannot be renewed yet', async (t) => {
  const desk = await openDesk(t)
  const { session, troubles } = await signedIn(desk)
  const old = await tokenOf(session)
  desk.later(NEARLY_OVER_S)
  desk.cloud.faults.next({ route: 'token' }, { kind: 'status', status: 503 })
  t.equal(await tokenOf(session), old)
  t.equal(await tokenOf(session), old, 'and it is not tried again at once')
  t.equal(asked(desk.cloud, 'token'), 2)
  t.match(troubles, [{ code: 'cloud-busy' }])
  desk.later(31)
  t.not(await tokenOf(session), old)
})

t.test('an answer that is lost costs no sign-in: the refresh token is not used twice', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(NEARLY_OVER_S)
  desk.cloud.faults.next({ route: 'token' }, { kind: 'cut', after: 10 })
  await tokenOf(session)
  desk.later(31)
  const token = await tokenOf(session)
  t.equal(asked(desk.cloud, 'token'), 2, 'the login’s and the lost one')
  t.equal(asked(desk.cloud, 'pair'), 2, 'paired anew instead')
  await session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
  desk.later(NEARLY_OVER_S)
  t.not(await tokenOf(session), token, 'and the new set is renewed like any other')
  t.equal(asked(desk.cloud, 'token'), 3)
})

/** Ends the process, so to say, between the cloud's answer and the keychain. */
async function crashWhileRenewing(desk: Desk): Promise<void> {
  const { session } = await signedIn(desk)
  desk.later(NEARLY_OVER_S)
  let writes = 0
  const crashed = new Promise<void>((resolve) => {
    desk.keychain.onWrite = () => {
      writes++
      if (writes === 1) return
      desk.keychain.onWrite = () => {}
      resolve()
      return new Promise<void>(() => {})
    }
  })
  void tokenOf(session).catch(() => {})
  await crashed
}

t.test(
  'a crash between the cloud’s answer and the keychain costs no sign-in while the access token lives',
  async (t) => {
    const desk = await openDesk(t)
    await crashWhileRenewing(desk)
    const { session } = desk.open()
    await session.start()
    await session.authorized((access, signal) => wire.accounts(desk.http, access, signal))
    t.equal(asked(desk.cloud, 'token'), 2, 'the refresh token was used once')
    t.equal(asked(desk.cloud, 'pair'), 2)
    t.equal(session.state().kind, 'signed-in')
  },
)

t.test('a crash there that nobody came back from in time ends in words that it was no theft', async (t) => {
  const desk = await openDesk(t)
  await crashWhileRenewing(desk)
  desk.later(OVER_S)
  const { session } = desk.open()
  await session.start()
  t.equal(await codeOf(tokenOf(session)), 'cloud-signed-out')
  const state = session.state()
  t.match(state, { kind: 'signed-out', failure: { code: 'sign-in-interrupted' } })
  if (state.kind === 'signed-out' && state.failure)
    t.match(failureText(state.failure, 'en'), /Nobody else was at work/)
})

for (const when of ['in the same run', 'after a restart'] as const) {
  t.test(
    `a cloud that answered a renewal with a fault and then refuses it has ended it: ${when}`,
    async (t) => {
      const desk = await openDesk(t)
      const { session } = await signedIn(desk)
      desk.later(OVER_S)
      desk.cloud.faults.next({ route: 'token', times: 1 }, { kind: 'status', status: 500 })
      t.equal(await codeOf(tokenOf(session)), 'cloud-fault')
      desk.cloud.revokeAll()
      const now = when === 'after a restart' ? desk.open().session : session
      await now.start()
      t.equal(await codeOf(tokenOf(now)), 'cloud-signed-out')
      t.match(now.state(), { failure: { code: 'sign-in-ended' } }, 'nobody was interrupted')
    },
  )
}

t.test(
  'a crash before the refresh token was sent costs no sign-in, however late one comes back',
  async (t) => {
    const desk = await openDesk(t)
    const { session } = await signedIn(desk)
    desk.later(NEARLY_OVER_S)
    const sent = new Promise<void>((resolve) => {
      desk.keychain.onWrite = async (value) => {
        desk.keychain.onWrite = () => {}
        for (const name of desk.keychain.entries.keys()) desk.keychain.entries.set(name, value)
        resolve()
        await new Promise<void>(() => {})
      }
    })
    void tokenOf(session).catch(() => {})
    await sent
    desk.later(OVER_S)
    const { session: next } = desk.open()
    await next.start()
    t.type(await tokenOf(next), 'string')
    t.equal(next.state().kind, 'signed-in')
  },
)

t.test('signing out revokes both tokens, unpairs and clears the keychain', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  const token = await tokenOf(session)
  const before = asked(desk.cloud, 'revoke')
  await session.signOut()
  t.strictSame(session.state(), { kind: 'signed-out', failure: null })
  t.equal(asked(desk.cloud, 'unpair'), 1)
  t.equal(asked(desk.cloud, 'revoke') - before, 2)
  t.equal(desk.keychain.entries.size, 0)
  const access = { token, apiBase: `${desk.cloud.origin}/eu/api` }
  t.equal(await codeOf(wire.accounts(desk.http, access)), 'cloud-token-refused')
  t.equal(await codeOf(tokenOf(session)), 'cloud-signed-out')
})

t.test('signing out with a token that has ended unpairs all the same', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(OVER_S)
  await session.signOut()
  t.strictSame(session.state(), { kind: 'signed-out', failure: null })
  t.equal(desk.cloud.requests().find(({ route }) => route === 'unpair')?.status, 204)
})

t.test('signing out offline is an end here at once, and says that the cloud could not be told', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  await desk.cloud.close()
  const leaving = session.signOut()
  t.equal(await codeOf(tokenOf(session)), 'cloud-signed-out')
  await leaving
  t.match(session.state(), {
    kind: 'signed-out',
    failure: { code: 'sign-out-unheard', facts: { reason: /^ECONN/ } },
  })
  t.equal(desk.keychain.entries.size, 0)
})

t.test('calls under way end with the sign-in', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  const call = session.authorized(
    (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      }),
  )
  const [code] = await Promise.all([codeOf(call), session.signOut()])
  t.equal(code, 'cloud-signed-out')
})

t.test('who gives up waiting for a renewal ends it for nobody else', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  desk.later(OVER_S)
  const mine = new AbortController()
  const given = session.authorized(async () => 'called', mine.signal)
  const others = tokenOf(session)
  mine.abort(new Error('enough'))
  await t.rejects(given, { message: 'enough' })
  t.type(await others, 'string')
})

t.test(
  'a keychain that refuses costs no sign-in: it is kept in memory, said so, and tried again',
  async (t) => {
    const desk = await openDesk(t)
    const { session, signIn, troubles } = desk.open()
    await session.start()
    desk.keychain.refuses = 'keychain-full'
    await signIn()
    t.match(session.state(), { kind: 'signed-in', kept: 'memory', unkept: { code: 'keychain-full' } })
    t.match(troubles, [{ code: 'keychain-full' }])
    t.type(await tokenOf(session), 'string')
    desk.keychain.refuses = null
    desk.later(61)
    await tokenOf(session)
    await new Promise((resolve) => setImmediate(resolve))
    t.match(session.state(), { kind: 'signed-in', kept: 'keychain', unkept: null })
    t.equal(desk.keychain.entries.size, 1)
  },
)

t.test('where there is no keychain, the next start says why somebody has to sign in again', async (t) => {
  const desk = await openDesk(t)
  const without = openSecrets({
    open: () => Promise.reject(new Error('no secret service provider or dbus session found')),
    entryLimit: Number.POSITIVE_INFINITY,
    patienceMs: 1000,
  })
  const { profile, http } = desk
  const session = createSession({
    profile,
    http,
    wire,
    secrets: without,
    clock: Date.now,
    onState: () => {},
  })
  t.teardown(() => session.close())
  await session.start()
  t.match(session.state(), { kind: 'signed-out', failure: { code: 'keychain-absent' } })
})

/** A start while the keychain is locked, which has a sign-in. */
async function lockedAtStart(t: Test) {
  const desk = await openDesk(t)
  await signedIn(desk)
  desk.keychain.refuses = 'keychain-locked'
  const sitting = desk.open()
  await sitting.session.start()
  return { sitting, session: sitting.session, keychain: desk.keychain }
}

t.test('a keychain that is locked at the start is said, and tried again', async (t) => {
  const { session, keychain } = await lockedAtStart(t)
  t.match(session.state(), { kind: 'signed-out', failure: { code: 'keychain-locked' } })
  keychain.refuses = null
  await session.start()
  t.equal(session.state().kind, 'signed-in')
})

/** Lets the time pass for which the next look waits, and gives it in seconds. */
function passed({ due }: Sitting): number {
  const [[ms, then] = [0, () => {}]] = due
  due.delete(ms)
  then()
  return ms / 1000
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

t.test('a keychain that is unlocked after the start gives the sign-in without anybody’s doing', async (t) => {
  const { sitting, keychain } = await lockedAtStart(t)
  const waits: number[] = []
  for (let n = 0; n < 8; n++) {
    waits.push(passed(sitting))
    await turn()
  }
  t.strictSame(waits, [5, 10, 20, 40, 80, 160, 300, 300])
  t.strictSame(
    sitting.states.map(({ kind }) => kind),
    ['starting', 'signed-out'],
    'said once',
  )
  keychain.refuses = null
  passed(sitting)
  t.match(await sitting.until('signed-in'), { account: { id: '55501' }, kept: 'keychain' })
  t.equal(sitting.due.size, 0)
})

t.test('a locked keychain is looked into again after a sign-in that was called off', async (t) => {
  const { session, sitting, keychain } = await lockedAtStart(t)
  await session.signIn('en')
  keychain.refuses = null
  passed(sitting)
  await turn()
  t.equal(session.state().kind, 'signing-in')
  session.cancelSignIn()
  passed(sitting)
  await sitting.until('signed-in')
})

t.test('who signs out while the keychain is locked is not signed in again by its unlocking', async (t) => {
  const { session, sitting, keychain } = await lockedAtStart(t)
  await session.signOut()
  keychain.refuses = null
  t.equal(sitting.due.size, 0)
  await session.start()
  t.equal(session.state().kind, 'signed-out')
})

t.test('an end of the process in the middle of a renewal waits for it', async (t) => {
  const desk = await openDesk(t)
  const { session } = await signedIn(desk)
  const old = await tokenOf(session)
  desk.later(OVER_S)
  const running = tokenOf(session)
  await session.close()
  await running.catch(() => {})
  const { session: next } = desk.open()
  await next.start()
  t.not(await tokenOf(next), old)
  t.equal(asked(desk.cloud, 'token'), 2)
})

t.test('no token is in a state, a trouble or an error, whatever happens', async (t) => {
  const desk = await openDesk(t)
  const said: unknown[] = []
  const http = openHttp(desk.profile, {}, { answerMs: 2000, silenceMs: 2000 })
  t.teardown(http.close)
  const { session, states, troubles, signIn } = desk.open()
  await session.start()
  await signIn()
  const secrets = new Set<string>()
  const note = () => {
    for (const text of desk.keychain.entries.values()) {
      const { accessToken, refreshToken } = JSON.parse(text)
      secrets.add(accessToken).add(refreshToken)
    }
  }
  note()
  const tried = async (call: () => Promise<unknown>) => {
    await call().catch((error: unknown) => said.push(error))
    note()
  }
  const accounts = () => session.authorized((access, signal) => wire.accounts(http, access, signal))
  for (const fault of [
    { kind: 'reset' },
    { kind: 'cut', after: 3 },
    { kind: 'status', status: 403 },
    { kind: 'status', status: 404 },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 500 },
    { kind: 'body', body: 'no' },
    { kind: 'redirect', to: 'https://elsewhere.example/' },
  ] as const) {
    desk.cloud.faults.next({ route: 'accounts' }, fault)
    await tried(accounts)
    desk.later(OVER_S)
    desk.cloud.faults.next({ route: 'token' }, fault)
    await tried(accounts)
    desk.cloud.faults.clear()
    if (session.state().kind !== 'signed-in') await signIn()
    note()
  }
  desk.cloud.revokeAll()
  desk.later(OVER_S)
  await tried(accounts)
  await signIn()
  note()
  await desk.cloud.close()
  await tried(accounts)
  await session.signOut()
  t.ok(said.length >= 10, `${said.length} errors`)
  const text = inspect([said, states, troubles], { depth: 12, maxStringLength: null, showHidden: true })
  for (const secret of secrets) t.notOk(text.includes(secret))
  t.ok(secrets.size >= 4)
})

t.test('profiles of one issuer and different programs have sign-ins of their own', async (t) => {
  const desk = await openDesk(t)
  await signedIn(desk)
  const other = createSession({
    profile: { ...desk.profile, clientId: 'another' },
    secrets: desk.keychain,
    http: desk.http,
    wire,
    clock: Date.now,
    onState: () => {},
  })
  await other.start()
  t.strictSame(other.state(), { kind: 'signed-out', failure: null })
})
