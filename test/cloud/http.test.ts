import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { type Http, openHttp } from '../../plugin/cloud/http.ts'
import { type Profile, permitted } from '../../plugin/cloud/profile.ts'
import type { ImportError } from '../../plugin/errors.ts'
import { codeOf } from './desk.ts'

const PATIENCE = { answerMs: 300, silenceMs: 300 }

async function served(
  t: Test,
  answer: RequestListener,
): Promise<{ http: Http; at: string; profile: Profile }> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const profile = profileFor(at)
  const http = openHttp(profile, { HTTP_PROXY: 'http://127.0.0.1:9' }, PATIENCE)
  t.teardown(() => {
    http.close()
    server.closeAllConnections()
    server.close()
  })
  return { http, at, profile }
}

const profileFor = (at: string): Profile => ({
  name: 'Fixture',
  issuer: `${at}/oauth`,
  clientId: 'fixture',
  apiBase: `${at}/api`,
  redirectUri: 'http://127.0.0.1:0/callback',
  scopes: ['openid'],
  hosts: ['*.fixture.example'],
  poll: { fastestMs: 1000, slowestMs: 2000 },
})

const get = (http: Http, url: string, more: object = {}) =>
  http.json({ method: 'GET', url, token: 'made-up', ...more })

t.test('JSON comes whole, also compressed, and with the token', async (t) => {
  const { http, at } = await served(t, (request, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync(JSON.stringify({ token: request.headers.authorization })))
  })
  t.strictSame(await get(http, at), { token: 'Bearer made-up' })
})

t.test('an answer without a body is none', async (t) => {
  const { http, at } = await served(t, (_, response) => response.writeHead(204).end())
  t.equal(await get(http, at), undefined)
})

for (const [status, code, facts] of [
  [401, 'cloud-token-refused', {}],
  [403, 'cloud-refused', { status: 403, answer: 'noAccess' }],
  [404, 'cloud-refused', { status: 404 }],
  [429, 'cloud-busy', { status: 429, seconds: 7 }],
  [500, 'cloud-fault', { status: 500 }],
  [502, 'cloud-fault', { status: 502 }],
  [503, 'cloud-busy', { status: 503, seconds: 7 }],
] as const) {
  t.test(`${status} is ${code}`, async (t) => {
    const { http, at } = await served(t, (_, response) => {
      response.writeHead(status, { 'retry-after': '7' })
      response.end('{"error":{"code":"noAccess","message":"a text that nobody is shown"}}')
    })
    await t.rejects(get(http, at), { code, facts })
  })
}

t.test('a date to come back at counts from the cloud’s own clock', async (t) => {
  const { http, at } = await served(t, (_, response) => {
    response.writeHead(503, {
      date: 'Tue, 01 Jan 2030 00:00:00 GMT',
      'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT',
    })
    response.end()
  })
  await t.rejects(get(http, at), { code: 'cloud-busy', facts: { seconds: 30 } })
})

t.test('an error’s code that is a text is not told', async (t) => {
  const { http, at } = await served(t, (_, response) =>
    response.writeHead(403).end('{"error":{"code":"Doctor Fixture may not"}}'),
  )
  const error = await get(http, at).catch((thrown: unknown) => thrown)
  t.match(error, { code: 'cloud-refused' })
  t.strictSame((error as ImportError).facts, { status: 403 })
})

t.test('a page instead of JSON is no answer', async (t) => {
  const { http, at } = await served(t, (_, response) => response.end('<html>Welcome to our guests’ network'))
  await t.rejects(get(http, at), { code: 'cloud-answer-invalid', facts: { reason: 'not-json' } })
})

t.test('an answer without an end is cut where it is too large', async (t) => {
  const { http, at } = await served(t, (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  })
  await t.rejects(get(http, at, { limitBytes: 200_000, timeoutMs: 20_000 }), {
    code: 'cloud-answer-invalid',
    facts: { reason: 'too-large' },
  })
})

t.test('a small answer that unpacks to too much is too large', async (t) => {
  const { http, at } = await served(t, (_, response) => {
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync(Buffer.alloc(20_000_000)))
  })
  await t.rejects(get(http, at), { code: 'cloud-answer-invalid', facts: { reason: 'too-large' } })
})

t.test('an answer that never begins, and one that drips, end in time', async (t) => {
  const { http, at } = await served(t, (request, response) => {
    if (request.url === '/never') return
    response.write('{')
    const dripping = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(dripping))
  })
  for (const path of ['never', 'drips']) {
    await t.rejects(get(http, `${at}/${path}`), { code: 'cloud-unreachable', facts: { reason: 'no-answer' } })
  }
})

t.test('a call that is given up ends with the reason it was given', async (t) => {
  const { http, at } = await served(t, () => {})
  const mine = new AbortController()
  const call = get(http, at, { signal: mine.signal })
  mine.abort(new Error('enough'))
  await t.rejects(call, { message: 'enough' })
  await t.rejects(get(http, at, { signal: mine.signal }), { message: 'enough' })
})

t.test('no server, a cut answer', async (t) => {
  const { http, at } = await served(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{')
    setImmediate(() => response.destroy())
  })
  t.equal(await codeOf(get(http, at)), 'cloud-unreachable')
  await t.rejects(get(http, 'http://127.0.0.1:9/'), {
    code: 'cloud-unreachable',
    facts: { reason: 'ECONNREFUSED' },
  })
})

t.test('addresses that the profile does not name are not called', async (t) => {
  const { http, profile } = await served(t, (_, response) => response.end())
  for (const url of [
    'http://region.fixture.example/',
    'https://elsewhere.example/',
    'https://fixture.example/',
    'https://region.fixture.example.elsewhere.example/',
    'https://user@region.fixture.example/',
    'ftp://region.fixture.example/',
    'file:///etc/passwd',
    'no address',
  ]) {
    t.equal(await codeOf(get(http, url)), 'cloud-address-refused', url)
    t.equal(await codeOf(http.bytes({ url })), 'cloud-address-refused', url)
  }
  t.equal(permitted(profile, 'https://a.region.fixture.example/x').hostname, 'a.region.fixture.example')
})

t.test('a token that would end its line is not sent', async (t) => {
  let asked = 0
  const { http, at } = await served(t, () => asked++)
  for (const token of ['', 'a b', 'a\r\nx: y', 'ä']) {
    t.equal(await codeOf(get(http, at, { token })), 'cloud-token-refused')
  }
  t.equal(asked, 0)
})

t.test('bytes come as they are, without a token, over a few redirects to permitted places', async (t) => {
  const seen: unknown[] = []
  const { http, at } = await served(t, (request, response) => {
    seen.push(request.headers.authorization ?? request.headers.cookie)
    const left = Number(request.url?.slice(1))
    if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end()
    else response.end(`${request.headers['accept-encoding']} ${request.headers.range}`)
  })
  const answer = await http.bytes({
    url: `${at}/3`,
    headers: { range: 'bytes=1-', authorization: 'Bearer made-up', cookie: 'a=b' },
  })
  let text = ''
  for await (const piece of answer.body) text += piece
  t.equal(text, 'identity bytes=1-')
  t.strictSame(seen, [undefined, undefined, undefined, undefined])
  await t.rejects(http.bytes({ url: `${at}/4` }), {
    code: 'cloud-answer-invalid',
    facts: { reason: 'too-many-redirects' },
  })
})

t.test('bytes that lead to a foreign place are not fetched', async (t) => {
  const { http, at } = await served(t, (_, response) =>
    response.writeHead(307, { location: 'https://elsewhere.example/zip' }).end(),
  )
  await t.rejects(http.bytes({ url: at }), {
    code: 'cloud-address-refused',
    facts: { host: 'elsewhere.example' },
  })
})

t.test('a download that falls silent ends; one whose reader takes its time does not', async (t) => {
  const { http, at } = await served(t, (request, response) => {
    response.write('beginning')
    if (request.url === '/whole') response.end(' and end')
  })
  const silent = await http.bytes({ url: at })
  const read = async (body: AsyncIterable<Buffer>, each: () => Promise<void>) => {
    let text = ''
    for await (const piece of body) {
      text += piece
      await each()
    }
    return text
  }
  await t.rejects(
    read(silent.body, async () => {}),
    { code: 'cloud-unreachable', facts: { reason: 'silent' } },
  )
  const whole = await http.bytes({ url: `${at}/whole` })
  const busy = () => new Promise<void>((resolve) => setTimeout(resolve, PATIENCE.silenceMs * 1.5))
  t.equal(await read(whole.body, busy), 'beginning and end')
})
