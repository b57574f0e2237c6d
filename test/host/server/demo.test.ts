import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { FolderListing, Settings } from '../../../host/api.ts'

/** What a page at a browser's place is asked: folders to choose from, settings. */
interface Seen {
  readonly folders: FolderListing
  readonly settings: Settings
  readonly out: string
}

const PROFILE = {
  name: 'Made-up cloud',
  issuer: 'https://login.example/oauth',
  clientId: 'laboratory',
  apiBase: 'https://api.example',
  redirectUri: 'http://127.0.0.1:0/callback',
  scopes: ['openid'],
  hosts: ['*.example'],
  poll: { fastestMs: 2000, slowestMs: 15_000 },
}
const DEMO = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'demo.ts')

/** `npm start` with program data of its own. */
async function started(t: Test, data: string, ...args: readonly string[]): Promise<Seen> {
  const child = spawn(process.execPath, [DEMO, '--no-open', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_DATA_HOME: data, LOCALAPPDATA: data },
  })
  t.teardown(() => child.kill('SIGKILL'))
  let out = ''
  const link = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const found = /http:\S+open\?key=\S+(?=\n)/.exec(out)
      if (found !== null) resolve(found[0])
    })
  })
  const cookie = ((await fetch(link)).headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const read = async (path: string) => (await fetch(new URL(path, link), { headers: { cookie } })).json()
  const folders = (await read('/api/folders')) as FolderListing
  const settings = (await read('/api/settings')) as Settings
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [0, null])
  return { folders, settings, out }
}

t.test(
  'With --exports a stranger is offered a folder of made-up exports first; they are made once',
  async (t) => {
    const data = t.testdir({})
    const { folders: first, settings, out } = await started(t, data, '--exports')
    t.ok(first.packages >= 3, `${first.packages} packages`)
    t.equal(first.path, join(data, 'myitero-demo', 'exports'))
    t.equal(settings.connectionProfile, null, 'there is no cloud')
    t.notMatch(out, /Sign in/)
    const times = () => readdirSync(first.path).map((name) => statSync(join(first.path, name)).mtimeMs)
    const before = times()
    t.equal((await started(t, data, '--exports')).folders.packages, first.packages)
    t.strictSame(times(), before)
  },
)

t.test('A home that is named is the one that is told, and the one in use', async (t) => {
  const data = t.testdir({ mine: {}, home: {} })
  const home = join(data, 'home')
  const { out } = await started(t, data, '--exports', join(data, 'mine'), '--home', home)
  t.match(out, `Everything that comes from ${join(data, 'mine')} is kept in ${home}.`)
  t.notMatch(out, 'myitero-demo')
  t.ok(readdirSync(home).includes('host.sqlite'))
  const cloud = await started(t, data, '--home', home)
  const made = join(data, 'myitero-demo', 'cloud')
  t.match(cloud.out, `The made-up orders are in ${made}, all else in ${home}; delete both to begin anew.`)
})

t.test('With --exports and a folder, that one is offered, and nothing is made', async (t) => {
  const data = t.testdir({ mine: {} })
  const { folders, settings } = await started(t, data, '--exports', join(data, 'mine'))
  t.equal(folders.path, join(data, 'mine'))
  t.equal(settings.exportFolder, join(data, 'mine'), 'and used')
  t.strictSame(readdirSync(join(data, 'mine')), [])
})

for (const [what, args] of [
  ['a folder that is not there', ['--exports', 'nowhere']],
  ['a file instead of a folder', ['--exports', 'file']],
  ['a profile that is not there', ['--profile', 'nowhere']],
  ['a profile that is not whole', ['--profile', 'file']],
  ['a folder and a profile', ['--exports', '.', '--profile', 'file']],
] as const)
  t.test(`With ${what} it ends at once, and says why in one sentence`, async (t) => {
    const data = t.testdir({ file: '{ "name": ' })
    const child = spawn(process.execPath, [DEMO, '--no-open', '--port', '0', ...args], {
      cwd: data,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, XDG_DATA_HOME: join(data, 'data'), LOCALAPPDATA: join(data, 'data') },
    })
    t.teardown(() => child.kill('SIGKILL'))
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    t.strictSame(await once(child, 'close'), [1, null])
    t.match(said, /^[^\n]+\.\n$/)
  })

t.test('A stranger is told how to sign in to a cloud of his own; its orders are made once', async (t) => {
  const data = t.testdir({})
  const first = await started(t, data)
  t.match(first.out, /lab@fixture\.example +crown-and-bridge/)
  t.match(first.settings, {
    connectionProfile: join(data, 'myitero-demo', 'cloud', 'profile.json'),
    profileProblem: null,
    exportFolder: null,
    webhook: { url: /^http:\/\/127\.0\.0\.1:\d+\/$/ },
  })
  t.match(first.out, /Made-up orders/)
  const again = await started(t, data)
  t.notMatch(again.out, /Made-up orders/)
  t.match(again.out, /lab@fixture\.example +crown-and-bridge/)
})

t.test('With --profile the host has that cloud, and none is started here', async (t) => {
  const data = t.testdir({ 'real.json': JSON.stringify(PROFILE) })
  const { settings, out } = await started(t, data, '--profile', join(data, 'real.json'))
  t.match(settings, { connectionProfile: join(data, 'real.json'), profileProblem: null })
  t.notMatch(out, /fixture\.example/)
})
