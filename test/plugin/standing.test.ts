import t from 'tap'
import { barsLook, standing } from '../../plugin/connecting/standing.ts'

const ACTIVE = { kind: 'active', failure: null } as const
const OFF = { kind: 'off', failure: null } as const
const AWAY = { kind: 'offline', failure: { code: 'case-folder-missing', facts: {} } } as const
const cloud = { session: 'signed-in', failure: null, looked: true } as const
const UNREACHABLE = { code: 'cloud-unreachable', facts: {} } as const

t.test('without a cloud the folders say how it stands', async (t) => {
  for (const work of [ACTIVE, OFF, AWAY]) t.strictSame(standing(work, null), work)
})

t.test('a case folder that is away stands in the way of everything', async (t) => {
  for (const session of ['starting', 'signed-out', 'signing-in', 'choosing-account', 'signed-in'] as const) {
    t.strictSame(standing(AWAY, { ...cloud, session }), AWAY)
  }
})

t.test('whether an export folder is watched or not, a person who has to sign in is asked to', async (t) => {
  for (const work of [ACTIVE, OFF]) {
    const ended = { code: 'sign-in-ended', facts: {} } as const
    t.strictSame(standing(work, { ...cloud, session: 'signed-out', failure: ended }), {
      kind: 'signed-out',
      failure: ended,
    })
    t.equal(standing(work, { ...cloud, session: 'signing-in' }).kind, 'signed-out')
    t.equal(standing(work, { ...cloud, session: 'choosing-account' }).kind, 'attention')
  }
})

t.test('signed in, it is active once the cloud was looked at, and offline while it is away', async (t) => {
  t.equal(standing(OFF, { ...cloud, looked: false }).kind, 'connecting')
  t.strictSame(standing(OFF, cloud), ACTIVE)
  t.strictSame(standing(ACTIVE, { ...cloud, failure: UNREACHABLE }), {
    kind: 'offline',
    failure: UNREACHABLE,
  })
})

t.test('nobody is kept from a look into a keychain that did not give the sign-in', async (t) => {
  const configuration = { exportFolder: null, cloud: null }
  const signedOut = { ...cloud, session: 'signed-out' } as const
  t.equal(barsLook(configuration, signedOut), 'cloud-signed-out')
  t.equal(barsLook(configuration, { ...signedOut, failure: { code: 'keychain-locked', facts: {} } }), null)
})
