import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { without } from '../tools.ts'
import { authority, PASSWORD, serving, tinyproxy } from './network-parts.ts'

const CHILD = fileURLToPath(new URL('./asking-child.ts', import.meta.url))
const TOKEN = 'made-up-token'

interface Asked {
  readonly answer?: unknown
  readonly code?: string
  readonly facts?: object
  readonly all?: string
}

const secure = (t: Test, pair: { readonly key: Buffer; readonly cert: Buffer }) =>
  serving(
    t,
    createServer(pair, ({ headers }, response) => {
      response.end(
        JSON.stringify({ token: headers.authorization, proxy: headers['proxy-authorization'] ?? null }),
      )
    }),
  )

async function ask(url: string, env: NodeJS.ProcessEnv): Promise<Asked> {
  const { PATH } = process.env
  const child = spawn(process.execPath, [CHILD, url, TOKEN], { env: { PATH, ...env } })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  await once(child, 'close')
  return JSON.parse(text) as Asked
}

const neither = (t: Test, { all = '' }: Asked) => {
  t.notMatch(all, TOKEN)
  t.notMatch(all, PASSWORD)
}

t.test('TLS', { skip: without('openssl') }, async (t) => {
  const own = authority(t)
  const port = await secure(t, own.signed('localhost', '-days', '2'))
  const at = `https://localhost:${port}/`

  t.test('an authority of the laboratory’s own is trusted where the environment names it', async (t) => {
    t.strictSame((await ask(at, { NODE_EXTRA_CA_CERTS: own.file })).answer, {
      token: `Bearer ${TOKEN}`,
      proxy: null,
    })
  })

  t.test('and is not without', async (t) => {
    const asked = await ask(at, {})
    t.match(asked, { code: 'cloud-tls', facts: { host: 'localhost', reason: 'certificate-untrusted' } })
    neither(t, asked)
  })

  t.test('whatever the environment says, certificates are looked at', async (t) => {
    t.match(await ask(at, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), { code: 'cloud-tls' })
  })

  t.test('a certificate for another host', async (t) => {
    const other = await secure(t, own.signed('elsewhere.example', '-days', '2'))
    t.match(await ask(`https://localhost:${other}/`, { NODE_EXTRA_CA_CERTS: own.file }), {
      code: 'cloud-tls',
      facts: { reason: 'certificate-other-host' },
    })
  })

  t.test('a certificate that has expired', async (t) => {
    const dates = ['-not_before', '20200101000000Z', '-not_after', '20200102000000Z']
    const old = (() => {
      try {
        return own.signed('localhost', ...dates)
      } catch {
        // openssl before 3.4 counts days alone.
        return own.signed('localhost', '-days', '-1')
      }
    })()
    t.match(await ask(`https://localhost:${await secure(t, old)}/`, { NODE_EXTRA_CA_CERTS: own.file }), {
      code: 'cloud-tls',
      facts: { reason: 'certificate-expired' },
    })
  })

  t.test('a server that does not speak TLS', async (t) => {
    const plain = await serving(
      t,
      createPlainServer((_, response) => response.end()),
    )
    t.match(await ask(`https://localhost:${plain}/`, {}), {
      code: 'cloud-tls',
      facts: { reason: 'tls-protocol' },
    })
  })
})

t.test('a proxy with user and password', { skip: without('openssl', 'tinyproxy') }, async (t) => {
  const own = authority(t)
  // Not a loopback name: those go past every proxy.
  const port = await secure(t, own.signed('api.fixture.example', '-days', '2'))
  const proxy = await tinyproxy(t, port, 'api.fixture.example')
  const at = `https://api.fixture.example:${port}/`
  const env = { NODE_EXTRA_CA_CERTS: own.file }
  const by = (user: string) => `http://${user}127.0.0.1:${proxy}`

  t.test('a call goes through it, and the proxy’s password no further', async (t) => {
    const asked = await ask(at, { ...env, HTTPS_PROXY: by(`lab:${PASSWORD}@`) })
    t.strictSame(asked.answer, { token: `Bearer ${TOKEN}`, proxy: null })
  })

  for (const [what, user] of [
    ['without a password', ''],
    ['with a wrong password', 'lab:made-up-wrong@'],
  ] as const) {
    t.test(`${what} it does not let a call through, and says so`, async (t) => {
      const asked = await ask(at, { ...env, HTTPS_PROXY: by(user) })
      t.match(asked, { code: 'cloud-proxy-refused', facts: { status: /^40[17]$/ } })
      t.notMatch(asked.all ?? '', 'made-up-wrong')
      neither(t, asked)
    })
  }

  t.test('a host that the proxy does not find is not reachable', async (t) => {
    const asked = await ask(`https://nowhere.fixture.example:${port}/`, {
      ...env,
      HTTPS_PROXY: by(`lab:${PASSWORD}@`),
    })
    t.match(asked, { code: 'cloud-unreachable', facts: { host: 'nowhere.fixture.example', reason: 'proxy' } })
    neither(t, asked)
  })

  t.test('NO_PROXY and loopback hosts go past it', async (t) => {
    const nobody = 'http://127.0.0.1:9'
    t.match(await ask(at, { ...env, HTTPS_PROXY: nobody, NO_PROXY: '.fixture.example' }), {
      facts: { reason: /^(ENOTFOUND|EAI_AGAIN)$/ },
    })
    const here = await secure(t, own.signed('localhost', '-days', '2'))
    t.match(await ask(`https://localhost:${here}/`, { ...env, HTTPS_PROXY: nobody }), {
      answer: { token: `Bearer ${TOKEN}` },
    })
  })

  for (const [what, proxyOf] of [
    ['named without a scheme', () => `lab:${PASSWORD}@127.0.0.1:${proxy}`],
    ['in capitals', () => `HTTP://lab:${PASSWORD}@127.0.0.1:${proxy}`],
  ] as const) {
    t.test(`a proxy ${what} is gone through`, async (t) => {
      const { answer } = await ask(at, { ...env, HTTPS_PROXY: proxyOf() })
      t.strictSame(answer, { token: `Bearer ${TOKEN}`, proxy: null })
    })
  }

  t.test('a password with a bare % is meant as it stands', async (t) => {
    for (const password of ['50%rabatt', '50%abc', 'p%40ss']) {
      const heard: unknown[] = []
      const strict = createPlainServer().on('connect', ({ headers }, socket) => {
        heard.push(headers['proxy-authorization'])
        socket.end('HTTP/1.1 407 No\r\n\r\n')
      })
      await ask(at, { ...env, HTTPS_PROXY: `http://lab:${password}@127.0.0.1:${await serving(t, strict)}` })
      const meant = password.replace('%40', '@')
      t.strictSame(heard, [`Basic ${Buffer.from(`lab:${meant}`).toString('base64')}`])
    }
  })

  for (const setting of ['socks5://127.0.0.1:1080', 'http://', 'proxy with spaces']) {
    t.test(`“${setting}” is no proxy: said by its variable, and nothing goes past it`, async (t) => {
      const asked = await ask(at, { ...env, HTTPS_PROXY: setting })
      t.match(asked, { code: 'cloud-proxy-setting', facts: { setting: 'HTTPS_PROXY' } })
      neither(t, asked)
    })
  }

  t.test('a domain in NO_PROXY means the hosts below it too, and no other that ends alike', async (t) => {
    const past = { ...env, HTTPS_PROXY: 'http://127.0.0.1:9' }
    t.match(await ask(at, { ...past, NO_PROXY: 'fixture.example' }), {
      facts: { reason: /^(ENOTFOUND|EAI_AGAIN)$/ },
    })
    t.match(await ask(at, { ...past, NO_PROXY: 'ture.example, 10.0.0.1' }), {
      facts: { reason: 'ECONNREFUSED' },
    })
  })

  t.test('a proxy that is not there', async (t) => {
    t.match(await ask(at, { ...env, HTTPS_PROXY: 'http://127.0.0.1:9' }), {
      code: 'cloud-unreachable',
      facts: { reason: 'ECONNREFUSED' },
    })
  })
})
