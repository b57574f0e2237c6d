import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { permissionFlags, pluginEnvironment } from '../../bridge/launch.ts'
import type { NativePackage } from '../../bridge/manifest.ts'
import { MANIFEST, PEERS } from './served.ts'

t.setTimeout(280_000)

type Found = Readonly<
  Record<
    'OPEN_TO_THE_GUARD_ALONE' | 'CLOSED_BY_NODE' | 'LEFT_OPEN' | 'PERMITTED',
    Readonly<Record<string, string>>
  >
>

/** Runs the program that tries every door, with the very flags of the host, and tells what each said. */
function tried(
  t: Test,
  flagged: (flag: string) => boolean,
  packages: readonly NativePackage[] = [],
): { readonly found: Found; readonly root: string } {
  // The path of a socket has to be short.
  const root = mkdtempSync(join(tmpdir(), 'guard-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const at = (name: string) => join(root, name)
  for (const name of ['data', 'cases', 'exports', 'outside']) mkdirSync(at(name))
  writeFileSync(at('outside/.env'), 'A=1')
  writeFileSync(at('outside/x.json'), '{}')
  symlinkSync('../outside', at('data/link'))
  for (const name of ['outside/host.sqlite', 'exports/wal.sqlite']) {
    const database = new DatabaseSync(at(name))
    database.exec('pragma journal_mode = wal; create table t (x); insert into t values (1)')
    database.close()
  }
  const started = {
    manifest: { ...MANIFEST, permissions: { ...MANIFEST.permissions, native: packages } },
    folder: PEERS,
  }
  const flags = permissionFlags({
    ...started,
    code: [],
    dataFolder: at('data'),
    configuration: { caseFolder: at('cases'), exportFolder: at('exports') },
  }).filter(flagged)
  const folders = { data: at('data'), cases: at('cases'), exports: at('exports'), outside: at('outside') }
  const told = JSON.stringify({ ...folders, link: at('data/link') })
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, join(PEERS, 'doors.js'), told], {
    cwd: folders.data,
    encoding: 'utf8',
    env: pluginEnvironment(started),
  })
  t.equal(status, 0, stderr)
  return { found: JSON.parse(stdout), root }
}

/** What SQLite's authorizer alone can hold: Node has one from 24.10 on. */
const BY_AUTHORIZER = /^(attach one|vacuum into|have temporary files|have an authorizer)/
const authorizes = 'setAuthorizer' in DatabaseSync.prototype

/** Why a door cannot be tried here; false: it can. */
function without(what: string, root: string): string | false {
  if (!authorizes && BY_AUTHORIZER.test(what)) return 'this Node gives SQLite no authorizer'
  if (/behind a link/.test(what) && !existsSync(join(root, 'data/link'))) return 'no links can be made here'
  return false
}

const KEYRING = [{ package: '@napi-rs/keyring' }]

for (const [what, packages] of Object.entries({
  'with the flags of the host': [],
  'with native code permitted that the manifest names': KEYRING,
}))
  t.test(what, async (t) => {
    const { found, root } = tried(t, () => true, packages)
    const refused = /^ERR_ACCESS_DENIED$|^not authorized$|^authorization denied$|^ERR_INVALID_ARG_TYPE$/
    for (const [what, said] of Object.entries(found.OPEN_TO_THE_GUARD_ALONE)) {
      t.test(`a plugin that tries to ${what} is refused`, { skip: without(what, root) }, async (t) =>
        t.match(said, refused),
      )
    }
    const notAllowed =
      /^ERR_(ACCESS_DENIED|FEATURE_UNAVAILABLE_ON_PLATFORM|DLOPEN_DISABLED|LOAD_SQLITE_EXTENSION|CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED)$/
    for (const [what, said] of Object.entries(found.CLOSED_BY_NODE)) {
      t.test(`a plugin that tries to ${what} is refused`, async (t) => t.match(said, notAllowed))
    }
    for (const [what, said] of Object.entries(found.LEFT_OPEN)) {
      t.test(`a plugin can ${what}: docs/bridge.md says so`, { skip: without(what, root) }, async (t) =>
        t.equal(said, 'done'),
      )
    }
    for (const [what, said] of Object.entries(found.PERMITTED)) {
      t.test(`a plugin may ${what}`, { skip: without(what, root) }, async (t) => t.equal(said, 'done'))
    }
    t.test('and nothing is there that was not there before', async (t) => {
      t.same(readdirSync(root).sort(), ['cases', 'data', 'exports', 'outside'])
      const copy = authorizes ? [] : ['copy']
      t.same(readdirSync(join(root, 'outside')).sort(), ['.env', ...copy, 'host.sqlite', 'x.json'])
      t.same(readdirSync(join(root, 'exports')), ['wal.sqlite'])
      t.notOk(readFileSync(join(root, 'outside/host.sqlite')).includes('trespassed'))
    })
  })

t.test(
  'without the guard each of these doors is open, so that it is the guard who closes them',
  async (t) => {
    const { found, root } = tried(t, (flag) => !flag.startsWith('--require'))
    // Refused for itself by this Node, whoever asks.
    const others = ['open one by a URI that ends early']
    for (const [what, said] of Object.entries(found.OPEN_TO_THE_GUARD_ALONE)) {
      if (others.includes(what)) continue
      const skip = without(what, root)
      if (skip !== false) t.pass(what, { skip })
      else t.equal(said, 'done', what)
    }
  },
)

for (const [what, flags] of Object.entries({
  'no permissions at all': [],
  'threads permitted': ['--allow-worker'],
  'other processes permitted': ['--allow-child-process'],
  'native code permitted': ['--allow-addons'],
  'WebAssembly’s own files permitted': ['--allow-wasi'],
})) {
  t.test(`with ${what} the guard starts no plugin`, async (t) => {
    const guard = join(import.meta.dirname, '../../bridge/guard.mjs')
    const permitted = flags.length === 0 ? [] : ['--permission', '--allow-fs-read=*', ...flags]
    const given = [...permitted, `--require=${guard}`, '-p', '"started"']
    const { status, stdout, stderr } = spawnSync(process.execPath, given, { encoding: 'utf8' })
    t.equal(status, 1)
    t.equal(stdout, '')
    t.match(stderr, 'too many permissions')
  })
}
