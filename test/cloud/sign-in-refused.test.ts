import t from 'tap'
import { failureText } from '../../plugin/words/words.ts'
import { codeOf, openDesk, TWO } from './desk.ts'

for (const route of ['discover', 'accounts', 'pair'] as const) {
  t.test(`a refusal at ${route} that is not about access to MyiTero is told as what it is`, async (t) => {
    const { cloud, open } = await openDesk(t)
    const { session, logIn, until } = open()
    await session.start()
    cloud.faults.next({ route }, { kind: 'status', status: 403 })
    await logIn()
    const { failure } = await until('signed-out')
    t.match(failure, { code: 'sign-in-refused', facts: { status: 403, answer: 'forbidden' } })
    t.match(failure && failureText(failure, 'en'), 'refused it (answer 403): “forbidden”.')
  })
}

t.test('an account that is refused when it is chosen is told as that, and another can be', async (t) => {
  const { cloud, open } = await openDesk(t)
  const { session, logIn, until } = open()
  await session.start()
  await logIn(TWO)
  const { accounts } = await until('choosing-account')
  cloud.faults.next({ route: 'pair' }, { kind: 'status', status: 403 })
  const [first, second] = accounts.map(({ id }) => id)
  t.equal(await codeOf(session.chooseAccount(first as never)), 'sign-in-refused')
  await session.chooseAccount(second as never)
  t.equal(session.state().kind, 'signed-in')
})
