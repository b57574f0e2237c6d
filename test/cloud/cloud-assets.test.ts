import { execFile, execFileSync } from 'node:child_process'
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { without } from '../tools.ts'
import { ACCOUNT, LAB, type Opened, opened } from './opened.ts'

const run = promisify(execFile)
const missing = without('curl')
if (missing !== false) {
  t.plan(0, missing)
  process.exit()
}

const MB = 1024 * 1024
/** Larger than what is sent at a time, and no multiple of it. */
const BYTES = Buffer.alloc(3 * MB + 17, 'a package of some length; ')

async function served(t: Test, bytes: Uint8Array = BYTES) {
  const at = await opened(t)
  const folder = t.testdir()
  const path = join(folder, 'package.zip')
  await writeFile(path, bytes)
  const rxId = await at.cloud.addOrder(ACCOUNT, { package: path })
  return { ...at, rxId, path, url: await urlOf(at, rxId), folder }
}

async function urlOf({ call, paired }: Opened, rxId: number): Promise<string> {
  const answer = await call(await paired(), 'POST', `/orders/${rxId}/assets/${rxId * 100}/url`)
  return answer.body.url
}

/** Status and headers (lower case), by curl; the body goes to a file. */
async function curl(folder: string, url: string, ...options: readonly string[]) {
  const file = join(folder, 'body')
  await writeFile(file, '')
  const { stdout } = await run('curl', ['-sS', '-o', file, '-D', '-', ...options, url])
  const [status = '', ...lines] = stdout.trim().split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ')[1]]),
  )
  return { status: Number(status.split(' ')[1]), headers, body: await readFile(file) }
}

t.test('curl gets the whole asset, with length, type and a strong ETag', async (t) => {
  const { url, folder } = await served(t)
  const { status, headers, body } = await curl(folder, url)
  t.equal(status, 200)
  t.ok(body.equals(BYTES))
  t.equal(headers['content-length'], String(BYTES.length))
  t.equal(headers['content-type'], 'application/zip')
  t.match(headers['etag'], /^"[^"]+"$/)
})

for (const [range, from, to] of [
  ['0-0', 0, 1],
  ['100-199', 100, 200],
  [`${MB}-`, MB, BYTES.length],
  ['-5', BYTES.length - 5, BYTES.length],
  ['5-99999999', 5, BYTES.length],
] as const)
  t.test(`curl gets the range ${range}`, async (t) => {
    const { url, folder } = await served(t)
    const { status, headers, body } = await curl(folder, url, '-r', range)
    t.equal(status, 206)
    t.equal(headers['content-range'], `bytes ${from}-${to - 1}/${BYTES.length}`)
    t.ok(body.equals(BYTES.subarray(from, to)))
  })

for (const range of ['bytes=5-2', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-', 'bytes=x-1'])
  t.test(`A range that is not understood gives the whole: ${range}`, async (t) => {
    const { url, folder } = await served(t)
    const { status, body } = await curl(folder, url, '-H', `Range: ${range}`)
    t.equal(status, 200)
    t.equal(body.length, BYTES.length)
  })

t.test('A range behind the end is told so', async (t) => {
  const { url, folder } = await served(t)
  const { status, headers } = await curl(folder, url, '-r', `${BYTES.length}-`)
  t.equal(status, 416)
  t.equal(headers['content-range'], `bytes */${BYTES.length}`)
})

t.test(
  'If-Range with the ETag at hand gives the rest; after a change it gives the whole of the new',
  async (t) => {
    const { cloud, rxId, url, folder } = await served(t)
    const { headers } = await curl(folder, url, '-r', '0-9')
    const options = ['-r', '10-', '-H', `If-Range: ${headers['etag']}`]
    t.equal((await curl(folder, url, ...options)).status, 206)
    const other = Buffer.alloc(MB, 'other files')
    await cloud.change(rxId, { package: other })
    const { status, body } = await curl(folder, url, ...options)
    t.equal(status, 200)
    t.ok(body.equals(other))
  },
)

t.test('curl takes up a download that was cut', async (t) => {
  const { cloud, rxId, url, folder } = await served(t)
  cloud.faults.next({ route: 'download', rxId }, { kind: 'cut', after: MB + 3 })
  const file = join(folder, 'kept.zip')
  const cut = await run('curl', ['-sS', '-o', file, url]).catch((error: { code: number }) => error)
  t.equal((cut as { code: number }).code, 18, 'a partial file')
  t.equal((await readFile(file)).length, MB + 3)
  await run('curl', ['-sS', '-C', '-', '-o', file, url])
  t.ok((await readFile(file)).equals(BYTES))
})

t.test('A URL ends, and was made by the cloud or is none', async (t) => {
  let time = Date.now()
  const at = await opened(t, { clock: () => time, urlSeconds: 60 })
  const rxId = await at.cloud.addOrder(ACCOUNT, { package: BYTES })
  const answer = await at.call(await at.paired(), 'POST', `/orders/${rxId}/assets/${rxId * 100}/url`)
  const { url, expiresAt } = answer.body
  t.equal(Date.parse(expiresAt), time + 60_000)
  time += 59_999
  t.equal((await fetch(url)).status, 200)
  time += 1
  const late = await fetch(url)
  t.equal(late.status, 410)
  t.match(await late.json(), { error: { code: 'urlExpired' } })
  const forged = url.replace(/-(\d+)-/, (_: string, end: string) => `-${Number(end) + 9}-`)
  for (const other of [forged, url.slice(0, -1), `${at.cloud.origin}/downloads/none`])
    t.equal((await fetch(other)).status, 404)
  t.equal(at.cloud.credentials[0]?.user, LAB.user)
})

t.test('Two gigabytes go through in constant memory, to the end', async (t) => {
  const at = await opened(t)
  const path = join(t.testdir(), 'large.zip')
  const file = await open(path, 'w')
  // a file with holes: no room is taken, and still every byte is sent
  await file.write('PK')
  await file.write('end', 2e9 - 3)
  await file.close()
  const rxId = await at.cloud.addOrder(ACCOUNT, { package: path, sha256: false })
  const url = await urlOf(at, rxId)
  const before = process.memoryUsage().rss
  let most = 0
  const look = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const { stdout } = await run('curl', ['-sS', '-o', '/dev/null', '-w', '%{size_download}', url])
  clearInterval(look)
  t.equal(Number(stdout), 2e9)
  t.equal((await run('curl', ['-sS', '-r', '-3', url])).stdout, 'end')
  t.ok(most - before < 100e6, `grew by ${Math.round((most - before) / 1e6)} MB`)
})

t.test('By https with a private CA, as curl verifies it', { skip: without('openssl') }, async (t) => {
  const folder = t.testdir()
  const made = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const ca = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -x509 -days 2 -subj /CN=Fixture-CA'
  made('req', ...ca.split(' '), '-keyout', 'ca.key', '-out', 'ca.pem')
  const own =
    '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -x509 -days 2 -subj /CN=localhost -CA ca.pem -CAkey ca.key'
  made(
    'req',
    ...own.split(' '),
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-keyout',
    'own.key',
    '-out',
    'own.pem',
  )
  const [key, cert] = [await readFile(join(folder, 'own.key')), await readFile(join(folder, 'own.pem'))]
  const { cloud } = await opened(t, { https: { key, cert }, host: 'localhost' })
  t.match(cloud.profile.issuer, /^https:\/\/localhost:/)
  const metadata = `${cloud.profile.issuer}/.well-known/openid-configuration`
  const { stdout } = await run('curl', ['-sS', '--cacert', join(folder, 'ca.pem'), metadata])
  const { token_endpoint, authorization_endpoint } = JSON.parse(stdout)
  t.match([token_endpoint, authorization_endpoint], [/^https:\/\/localhost:/, /^https:\/\/localhost:/])
  await t.rejects(run('curl', ['-sS', metadata]), { code: 60 } as never)
})
