import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { codeOf, laboratory } from './laboratory.ts'

/** Sends a request byte by byte, as no browser would, and gives the whole answer. */
function raw(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
    let text = ''
    socket.setEncoding('utf8').on('data', (piece) => {
      text += piece
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}
const statusOf = (answer: string) => Number(answer.split(' ')[1])

t.test('A browser that opened the link may ask', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.equal((await browser.get('/api/session')).status, 200)
  t.match((await browser.get<string>('/')).body, 'the page')
})

t.test('The cookie is for this host’s own pages alone and hidden from their scripts', async (t) => {
  const opened = await fetch((await laboratory(t)).link())
  t.match(opened.headers.get('set-cookie'), /; HttpOnly; SameSite=Strict$/)
})

t.test('A link works once', async (t) => {
  const link = (await laboratory(t)).link()
  t.equal((await fetch(link)).status, 200)
  const again = await fetch(link)
  t.equal(again.status, 403)
  t.equal(again.headers.get('set-cookie'), null)
})

t.test('A guessed key signs nobody in', async (t) => {
  const { url } = await laboratory(t)
  const answer = await fetch(`${url}/open?key=${'A'.repeat(43)}`)
  t.equal(answer.status, 403)
  t.equal(answer.headers.get('set-cookie'), null)
})

t.test('A look at a link’s headers does not use it up', async (t) => {
  const link = (await laboratory(t)).link()
  await fetch(link, { method: 'HEAD' })
  t.equal((await fetch(link)).status, 200)
})

for (const path of ['/', '/api/session', '/api/cases', '/api/events', '/assets/main-abc.js', '/case/1']) {
  t.test(`Without a session ${path} is refused`, async (t) => {
    const { url } = await laboratory(t)
    t.equal((await fetch(url + path)).status, 401)
  })
}

t.test('Without a session a person who opens the page reads what to do', async (t) => {
  const { url } = await laboratory(t)
  const answer = await fetch(`${url}/`, { headers: { 'sec-fetch-mode': 'navigate' } })
  t.match(await answer.text(), /Open the link|Öffnen Sie den Link/)
})

t.test('The session of another host is none here', async (t) => {
  const [one, other] = [await laboratory(t), await laboratory(t)]
  const { cookie } = await one.signIn()
  const value = cookie.split('=')[1]
  const answer = await fetch(`${other.url}/api/session`, {
    headers: { cookie: `myitero-host-${other.port}=${value}` },
  })
  t.equal(answer.status, 401)
})

for (const host of [
  'evil.example',
  'evil.example:PORT',
  '127.0.0.1',
  'localhost.evil.example:PORT',
  '[::1]:PORT',
  '',
]) {
  t.test(`The name “${host}” that leads here by DNS rebinding is refused`, async (t) => {
    const { port, signIn } = await laboratory(t)
    const { cookie } = await signIn()
    const named = host.replace('PORT', String(port))
    const answer = await raw(port, [
      'GET /api/session HTTP/1.1',
      `Host: ${named}`,
      `Cookie: ${cookie}`,
      'Connection: close',
    ])
    t.notMatch(answer, 'engineBuild')
    t.ok([400, 421].includes(statusOf(answer)), answer.slice(0, 60))
  })
}

t.test('localhost is this host too', async (t) => {
  const { port, signIn } = await laboratory(t)
  const { cookie } = await signIn()
  const answer = await raw(port, [
    'GET /api/session HTTP/1.1',
    `Host: localhost:${port}`,
    `Cookie: ${cookie}`,
    'Connection: close',
  ])
  t.equal(statusOf(answer), 200)
})

t.test('A whole address in the request line does not get past the Host header', async (t) => {
  const { port, signIn } = await laboratory(t)
  const { cookie } = await signIn()
  const answer = await raw(port, [
    'GET http://evil.example/api/session HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Cookie: ${cookie}`,
    'Connection: close',
  ])
  t.notMatch(answer, 'engineBuild')
})

t.test('A request without a Host header is refused', async (t) => {
  const { port } = await laboratory(t)
  t.equal(statusOf(await raw(port, ['GET /api/session HTTP/1.1', 'Connection: close'])), 400)
})

for (const site of ['cross-site', 'same-site']) {
  t.test(`What a page of another site loads (${site}) is refused`, async (t) => {
    const browser = await (await laboratory(t)).signIn()
    const answer = await browser.get('/api/session', { 'sec-fetch-site': site })
    t.equal(answer.status, 403)
    t.equal(codeOf(answer), 'wrong-site')
  })
}

/** As a browser asks when a person follows a link, or a script of another site fetches it. */
const followed = (port: number, link: string, mode: string) =>
  raw(port, [
    `GET ${link.slice(link.indexOf('/open'))} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Sec-Fetch-Site: cross-site',
    `Sec-Fetch-Mode: ${mode}`,
    'Connection: close',
  ])

t.test('A link in another program’s page may be followed', async (t) => {
  const { port, link } = await laboratory(t)
  const answer = await followed(port, link(), 'navigate')
  t.equal(statusOf(answer), 200)
  t.match(answer, 'set-cookie')
})

t.test('A link cannot be opened by the script of another site', async (t) => {
  const { port, link } = await laboratory(t)
  const made = link()
  t.equal(statusOf(await followed(port, made, 'no-cors')), 403)
  t.equal((await fetch(made)).status, 200, 'and is not used up by it')
})

for (const origin of [
  'http://evil.example',
  'null',
  'https://127.0.0.1:PORT',
  'http://127.0.0.1',
  undefined,
]) {
  t.test(`A write whose Origin is ${origin ?? 'left out'} is refused`, async (t) => {
    const { url, port, signIn } = await laboratory(t)
    const { cookie } = await signIn()
    const answer = await fetch(`${url}/api/clients`, {
      method: 'POST',
      headers: {
        cookie,
        'content-type': 'application/json',
        ...(origin === undefined ? {} : { origin: origin.replace('PORT', String(port)) }),
      },
      body: JSON.stringify({ name: 'Nobody' }),
    })
    t.equal(answer.status, 403)
    const kept = await fetch(`${url}/api/clients`, { headers: { cookie } })
    t.strictSame(await kept.json(), { clients: [] })
  })
}

t.test('A read with the Origin of another site is refused', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.equal((await browser.get('/api/session', { origin: 'http://evil.example' })).status, 403)
})

t.test('A form’s content type is refused, as another site could send it unasked', async (t) => {
  const { url, signIn } = await laboratory(t)
  const { cookie } = await signIn()
  const answer = await fetch(`${url}/api/clients`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'text/plain' },
    body: JSON.stringify({ name: 'Nobody' }),
  })
  t.equal(answer.status, 415)
})

t.test('A body beyond the bound is refused', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  const answer = await browser.send('POST', '/api/clients', { name: 'x'.repeat(600_000) })
  t.equal(answer.status, 413)
  t.equal(codeOf(answer), 'body-too-large')
})

t.test('A body without a stated length is bounded too', async (t) => {
  const { url, signIn } = await laboratory(t)
  const { cookie } = await signIn()
  let sent = 0
  const endless = new ReadableStream({
    pull(controller) {
      sent += 64 * 1024
      controller.enqueue(new Uint8Array(64 * 1024).fill(0x20))
      if (sent > 64 * 1024 * 1024) controller.close()
    },
  })
  const answer = await fetch(`${url}/api/clients`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'application/json' },
    body: endless,
    duplex: 'half',
  } as RequestInit).catch(() => null)
  t.equal(answer?.status ?? 413, 413)
  t.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken`)
})

t.test('A body that is no JSON is refused without quoting it', async (t) => {
  const { url, signIn } = await laboratory(t)
  const { cookie } = await signIn()
  const answer = await fetch(`${url}/api/clients`, {
    method: 'POST',
    headers: { cookie, origin: url, 'content-type': 'application/json' },
    body: '{"name": Secret',
  })
  t.equal(answer.status, 415)
  t.notMatch(await answer.text(), 'Secret')
})

t.test('A body against the schema is refused with the field', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  const answer = await browser.send('PATCH', '/api/settings', { language: 'fr' })
  t.equal(codeOf(answer), 'body-invalid')
  t.match((answer.body as { error: { text: string } }).error.text, '/language')
})

t.test('Every answer forbids what is not the host’s own', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  for (const path of ['/', '/api/session', '/assets/main-abc.js', '/nothing']) {
    const { headers } = await browser.get(path)
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, "default-src 'none'")
    t.match(policy, "script-src 'self';")
    t.match(policy, "frame-ancestors 'none'")
    t.notMatch(policy, /unsafe|\*|http/)
    t.equal(headers.get('x-content-type-options'), 'nosniff')
    t.equal(headers.get('referrer-policy'), 'no-referrer')
    t.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
    t.equal(headers.get('cross-origin-resource-policy'), 'same-origin')
    t.equal(headers.get('access-control-allow-origin'), null)
  }
})

t.test('Answers of the API are kept nowhere', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.equal((await browser.get('/api/cases')).headers.get('cache-control'), 'no-store')
})

t.test('Files whose name holds their hash are kept for ever, the page is asked for each time', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.match((await browser.get('/assets/main-abc.js')).headers.get('cache-control'), 'immutable')
  const page = await browser.get('/settings')
  t.equal(page.headers.get('cache-control'), 'no-cache')
  const etag = page.headers.get('etag') ?? ''
  t.equal((await browser.get('/settings', { 'if-none-match': etag })).status, 304)
})

const [outside] = Object.values(networkInterfaces())
  .flat()
  .filter((one) => one?.internal === false && one.family === 'IPv4')
t.test('Other addresses of this machine answer nothing', { skip: outside === undefined }, async (t) => {
  const { port } = await laboratory(t)
  const refused = await new Promise<string>((resolve) => {
    const socket = connect(port, outside?.address ?? '', () => {
      socket.destroy()
      resolve('connected')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)))
  })
  t.equal(refused, 'ECONNREFUSED')
})
