import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { FolderListing } from '../../../host/api.ts'

const DEMO = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'demo.ts')

/** `npm start` with program data of its own: what the folder chooser shows first. */
async function started(t: Test, data: string): Promise<FolderListing> {
  const child = spawn(process.execPath, [DEMO, '--no-open', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_DATA_HOME: data, LOCALAPPDATA: data },
  })
  t.teardown(() => child.kill('SIGKILL'))
  let out = ''
  const link = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
      const found = /http:\S+(?=\n)/.exec(out)
      if (found !== null) resolve(found[0])
    })
  })
  const cookie = ((await fetch(link)).headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const listed = await fetch(new URL('/api/folders', link), { headers: { cookie } })
  const listing = (await listed.json()) as FolderListing
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [0, null])
  return listing
}

t.test('A stranger is offered a folder of made-up exports first; they are made once', async (t) => {
  const data = t.testdir({})
  const first = await started(t, data)
  t.ok(first.packages >= 3, `${first.packages} packages`)
  t.equal(first.path, join(data, 'myitero-demo', 'exports'))
  const times = () => readdirSync(first.path).map((name) => statSync(join(first.path, name)).mtimeMs)
  const before = times()
  t.equal((await started(t, data)).packages, first.packages)
  t.strictSame(times(), before)
})
