import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { without } from './tools.ts'

const CHILD = fileURLToPath(new URL('./secrets-child.ts', import.meta.url))
const skip = without('dbus-run-session', 'gnome-keyring-daemon')

const UNLOCK = 'printf made-up | gnome-keyring-daemon --unlock --components=secrets >/dev/null'
const LOCKED = 'gnome-keyring-daemon --start --components=secrets >/dev/null'

interface Said {
  readonly result?: unknown
  readonly kept?: string
  readonly code?: string
  readonly text?: string
}

/** A person's session: a bus of its own, a home of its own; `keyring` starts what is on it. */
function sessionOf(t: Test, rules = '') {
  const home = mkdtempSync(join(tmpdir(), 'keyring-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const run = join(home, 'run')
  mkdirSync(run, { mode: 0o700 })
  const bus = join(home, 'bus.conf')
  // Without the machine's own services: nothing starts by itself, and nobody is asked.
  writeFileSync(
    bus,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=${run}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>${rules}</policy></busconfig>`,
  )
  const { PATH } = process.env
  return (keyring: string, ...steps: readonly string[]): readonly Said[] => {
    const line = `${keyring}; exec "$0" "$@"`
    const { stdout } = spawnSync(
      'dbus-run-session',
      [`--config-file=${bus}`, '--', 'sh', '-c', line, process.execPath, CHILD, ...steps],
      { encoding: 'utf8', env: { PATH, HOME: home, XDG_RUNTIME_DIR: run }, timeout: 60_000 },
    )
    return stdout
      .split('\n')
      .filter((each) => each.startsWith('{'))
      .map((each) => JSON.parse(each))
  }
}

const keychain = (result: unknown) => ({ result, kept: 'keychain' })

t.test('what is written is there after a restart, until it is removed', { skip }, async (t) => {
  const session = sessionOf(t)
  t.strictSame(session(UNLOCK, 'read:a', 'write:a:3000', 'read:a'), [
    keychain(null),
    keychain('done'),
    keychain(3000),
  ])
  t.strictSame(session(UNLOCK, 'read:a', 'write:a:20', 'write:b:7', 'read:a'), [
    keychain(3000),
    keychain('done'),
    keychain('done'),
    keychain(20),
  ])
  t.strictSame(session(UNLOCK, 'remove:a', 'remove:a', 'read:a', 'read:b'), [
    keychain('done'),
    keychain('done'),
    keychain(null),
    keychain(7),
  ])
})

t.test(
  'it stands in the keyring under the service’s name, for the person to see and to remove',
  {
    skip: skip || without('secret-tool'),
  },
  async (t) => {
    const found = sessionOf(t)(
      `${UNLOCK}; "$1" "$2" write:a:5 >/dev/null; secret-tool search --all service 'MyiTero import' 2>&1 | sed 's/^[^=]*= *//;s/.*/{"result":"&"}/'`.replace(
        '"$1" "$2"',
        `'${process.execPath}' '${CHILD}'`,
      ),
    )
    t.ok(found.some(({ result }) => result === 'MyiTero import'))
    t.ok(found.some(({ result }) => result === '=sssss'))
  },
)

t.test('a keyring that is locked is said so', { skip }, async (t) => {
  const session = sessionOf(t)
  session(UNLOCK, 'write:a:30')
  const said = session(LOCKED, 'read:a', 'write:a:5', 'remove:a')
  for (const each of said) t.match(each, { code: 'keychain-locked' })
  t.equal(said.length, 3)
  t.match(session(UNLOCK, 'read:a'), [keychain(30)], 'nothing was changed')
})

t.test('a keyring that does not let the program in is said so', { skip }, async (t) => {
  const said = sessionOf(t, '<deny send_destination="org.freedesktop.secrets"/>')(
    UNLOCK,
    'read:a',
    'write:a:5',
  )
  t.equal(said.length, 2)
  for (const each of said) t.match(each, { code: 'keychain-denied' })
})

t.test('a keyring whose disk is full is said so, and keeps what it had', { skip }, async (t) => {
  const session = sessionOf(t)
  session(UNLOCK, 'write:a:30')
  const full = `(trap '' XFSZ; ulimit -f 2; ${UNLOCK})`
  t.match(session(full, 'write:a:5000')[0], { code: 'keychain-full' })
  t.match(session(UNLOCK, 'read:a'), [keychain(30)])
})

for (const [what, keyring] of [
  ['a session without a keyring', 'true'],
  ['a machine without a session bus', 'unset DBUS_SESSION_BUS_ADDRESS'],
] as const) {
  t.test(`${what} keeps secrets in memory, says so, and leaves nothing`, { skip }, async (t) => {
    const session = sessionOf(t)
    t.match(session(keyring, 'read:a', 'write:a:30', 'read:a', 'remove:a', 'read:a', 'write:a:9'), [
      { result: null },
      { result: 'done', kept: 'memory' },
      { result: 30, kept: 'memory' },
      { result: 'done' },
      { result: null },
      { result: 'done', kept: 'memory' },
    ])
    t.match(session(keyring, 'read:a'), [{ result: null }])
  })
}

t.test('the keychain’s native part is not loaded before its first use', (t) => {
  const code = `await import(${JSON.stringify(new URL('../plugin/secrets.ts', import.meta.url).href)}).then(({ systemSecrets }) => systemSecrets('x'));
    process.stdout.write(String(process.report.getReport().sharedObjects.some((each) => each.includes('keyring'))))`
  t.equal(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }), 'false')
  t.end()
})
