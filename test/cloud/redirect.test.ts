import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { listenForRedirect } from '../../plugin/cloud/redirect.ts'

t.test('where the profile’s port is taken, it says which', async (t) => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  await t.rejects(listenForRedirect(`http://127.0.0.1:${port}/callback`, 'en'), {
    code: 'sign-in-port-taken',
    facts: { port, reason: 'EADDRINUSE' },
  })
})

t.test('a browser that is told to come by IPv6 or by name finds the listener', async (t) => {
  for (const host of ['[::1]', 'localhost']) {
    const listener = await listenForRedirect(`http://${host}:0/callback`, 'en')
    t.teardown(listener.close)
    const answer = listener.answer('s')
    const page = fetch(`${listener.uri}?state=s&code=c`)
    const redirected = await answer
    redirected.show('signed-in')
    t.equal((await page).status, 200, host)
    t.equal(redirected.query.get('code'), 'c')
  }
})

t.test(
  'where only an https address could be registered, its page hands over to a port of this computer',
  async (t) => {
    const listener = await listenForRedirect('https://lab.fixture.example/back', 'en')
    t.teardown(listener.close)
    t.equal(listener.uri, 'https://lab.fixture.example/back')
    const answer = listener.answer('s')
    const page = fetch(`http://127.0.0.1:${listener.port}/back?state=s&code=c`)
    ;(await answer).show('choose')
    t.equal((await page).status, 200)
  },
)

t.test('an address of 100,000 characters is not looked at', async (t) => {
  const listener = await listenForRedirect('http://127.0.0.1:0/callback', 'en')
  t.teardown(listener.close)
  listener.answer('s')
  const answer = await fetch(`${listener.uri}?state=s&code=${'c'.repeat(100_000)}`).catch(() => null)
  t.not(answer?.status, 200)
})
