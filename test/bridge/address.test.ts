import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { newAddress } from '../../bridge/address.ts'
import { servePipe } from '../../bridge/pipe.ts'
import { CODE, CONFIGURATION, MANIFEST, PEERS } from './served.ts'

const onWindows = process.platform === 'win32'

t.test('a host that is killed takes its plugin with it; the next one clears away what it left', async (t) => {
  // Short, so that a socket fits.
  const folder = mkdtempSync(onWindows ? join(tmpdir(), 'bt-') : '/tmp/bt-')
  mkdirSync(join(folder, 'cases'))
  const options = {
    manifest: { ...MANIFEST, entry: 'well.ts' },
    folder: PEERS,
    code: CODE,
    dataFolder: join(folder, 'data'),
    configuration: { ...CONFIGURATION, caseFolder: join(folder, 'cases') },
  }
  const host = spawn(process.execPath, [join(PEERS, 'host-program.ts'), JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  })
  t.teardown(() => {
    host.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
  })
  const [line] = await once(createInterface(host.stdout), 'line')
  const pid = Number(/pid (\d+)/.exec(line)?.[1])
  t.ok(isAlive(pid))
  const left = () => readdirSync(folder).filter((name) => name.startsWith('myitero-bridge-'))
  const [before] = left()
  t.equal(before !== undefined, !onWindows, 'a pipe of Windows leaves nothing')
  host.kill('SIGKILL')
  await once(host, 'exit')
  while (isAlive(pid)) await new Promise(setImmediate)
  if (onWindows) return
  t.same(left(), [before], 'nobody was there to clear it away')
  const address = await newAddress('test', [folder])
  t.teardown(address.remove)
  t.same(left(), [basename(dirname(address.path))])
})

t.test('a folder whose path is too long for a socket is passed over', async (t) => {
  const long = join(t.testdir(), 'x'.repeat(120))
  mkdirSync(long)
  const address = await newAddress('test', [long, '/tmp'])
  t.teardown(address.remove)
  t.match(address.path, /^\/tmp\//)
  await t.rejects(newAddress('test', [long]), { code: 'pipe-path-too-long' })
})

t.test('a folder that is not there or not to be written to is passed over', async (t) => {
  await t.rejects(newAddress('test', ['/nowhere']), { code: 'pipe-unusable' })
})

t.test('what is not ours, or may still come alive, is not cleared away', async (t) => {
  const folder = mkdtempSync('/tmp/bt-')
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'myitero-bridge-about-to-listen'))
  symlinkSync('/tmp', join(folder, 'myitero-bridge-link'))
  const used = await newAddress('test', [folder])
  const server = await servePipe(used.path, (channel) => channel.close())
  await newAddress('test', [folder])
  t.ok(existsSync(used.path))
  t.ok(existsSync(join(folder, 'myitero-bridge-about-to-listen')))
  t.ok(existsSync(join(folder, 'myitero-bridge-link')))
  await server.close()
})

/** A process that has ended and that nobody has asked for yet is none. */
function isAlive(pid: number): boolean {
  try {
    if (onWindows) return process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
