import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { closeDatabase, openDatabase, run } from '../../../host/database.ts'
import { changeSettings } from '../../../host/settings.ts'

const MAIN = join(import.meta.dirname, '..', '..', '..', 'host', 'main.ts')

interface Run {
  readonly child: ChildProcess
  /** The link, once it is said. */
  readonly link: Promise<string>
  /** Exit code, and what was said. */
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>
}

/** The host as a person starts it. */
function host(t: Test, ...args: readonly string[]): Run {
  const child = spawn(process.execPath, [MAIN, '--no-open', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' },
  })
  t.teardown(() => child.kill('SIGKILL'))
  let [out, err] = ['', '']
  const link = Promise.withResolvers<string>()
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text
    const found = /http:\S+/.exec(out)
    if (found !== null && out.endsWith('\n')) link.resolve(found[0])
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }))
  return { child, link: link.promise, ended }
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`It says a link, serves its page, and ends on ${signal}`, async (t) => {
    const run = host(t, '--home', join(t.testdir({}), 'home'), '--port', '0')
    const opened = await fetch(await run.link)
    t.equal(opened.status, 200)
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const page = await fetch(new URL('/', await run.link), { headers: { cookie } })
    t.match(await page.text(), '<script type="module"')
    run.child.kill(signal)
    t.match(await run.ended, { code: 0, err: '' })
  })
}

t.test('A second host on one home is refused in plain words', async (t) => {
  const home = join(t.testdir({}), 'home')
  const first = host(t, '--home', home, '--port', '0')
  await first.link
  const second = await host(t, '--home', home, '--port', '0').ended
  t.equal(second.code, 1)
  t.match(second.err, /already running/)
  t.notMatch(second.err, /\n\s+at /)
  t.equal((await fetch(await first.link)).status, 200, 'the first goes on')
})

t.test('A setting that another version left is told in plain words, and nothing is begun', async (t) => {
  const home = t.testdir({ cases: {} })
  const before = openDatabase(join(home, 'host.sqlite'))
  changeSettings(before, { enabled: { 'myitero-import': true } })
  run(before, "insert into settings (name, value) values ('caseFolder', '{}')")
  closeDatabase(before)
  const { code, err } = await host(t, '--home', home, '--port', '0').ended
  t.equal(code, 1)
  t.match(err, /caseFolder.*host\.sqlite/)
  t.notMatch(err, /\n\s+at /)
  t.strictSame(readdirSync(join(home, 'cases')), [])
})

t.test('A home whose host was killed can be used at once', async (t) => {
  const home = join(t.testdir({}), 'home')
  const first = host(t, '--home', home, '--port', '0')
  await first.link
  first.child.kill('SIGKILL')
  await first.ended
  t.match(await host(t, '--home', home, '--port', '0').link, 'http://127.0.0.1:')
})

t.test('A port that is taken is told plainly', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { readonly port: number }
  const run = await host(t, '--home', join(t.testdir({}), 'home'), '--port', String(port)).ended
  t.equal(run.code, 1)
  t.match(run.err, new RegExp(`Port ${port} is in use`))
})

t.test('A home that is a file is told plainly', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  const run = await host(t, '--home', file, '--port', '0').ended
  t.equal(run.code, 1)
  t.match(run.err, /cannot be used/)
})

t.test('A database that is none is told plainly', async (t) => {
  const home = t.testdir({})
  writeFileSync(join(home, 'host.sqlite'), 'no database '.repeat(100))
  const run = await host(t, '--home', home, '--port', '0').ended
  t.equal(run.code, 1)
  t.match(run.err, /host\.sqlite/)
})

for (const port of ['abc', '70000', '-1']) {
  t.test(`The port ${port} is wrong usage`, async (t) => {
    const run = await host(t, '--port', port).ended
    t.not(run.code, 0)
    t.match(run.err, /0 to 65535|port/)
  })
}
