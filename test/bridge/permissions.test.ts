import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { permissionFlags } from '../../bridge/launch.ts'
import { MANIFEST, PEERS, served } from './served.ts'

// Each test starts a process, on a machine that may be busy.
t.setTimeout(280_000)

t.test('nobody sees the secret from outside, and the host’s own options are not handed on', async (t) => {
  const { NODE_OPTIONS: before } = process.env
  process.env['NODE_OPTIONS'] = '--allow-fs-write=*'
  process.env['LAB_PASSWORD'] = 'x'
  t.teardown(() => {
    if (before === undefined) delete process.env['NODE_OPTIONS']
    else process.env['NODE_OPTIONS'] = before
    delete process.env['LAB_PASSWORD']
  })
  const { ready, tell } = served(t, 'obedient')
  await ready()
  const { secret } = JSON.parse(await tell('bootstrap'))
  const start = await tell('start')
  t.notMatch(start, secret)
  t.notMatch(start, 'NODE_OPTIONS')
  t.notMatch(start, 'LAB_PASSWORD')
})

t.test('a case folder behind a link is written to by either name', async (t) => {
  const { handle, configuration, folder, ready, tell } = served(t, 'obedient')
  symlinkSync(join(folder, 'cases'), join(folder, 'linked'))
  await ready()
  await handle.configure({ ...configuration, caseFolder: join(folder, 'linked') })
  await ready()
  t.equal(await tell(`write ${folder}/linked/a`), '')
  t.equal(await tell(`write ${folder}/cases/b`), '')
})

t.test('a plugin writes to the case folder and to its own, also what is new there', async (t) => {
  const { ready, tell, folder } = served(t, 'obedient')
  await ready()
  mkdirSync(join(folder, 'cases/new'))
  for (const path of ['cases/a', 'cases/new/b', 'data/c']) t.equal(await tell(`write ${folder}/${path}`), '')
  t.equal(await tell(`read ${folder}/export/order.zip`), '1')
})

for (const [what, attempt] of Object.entries({
  'write beside the case folder': 'write $/cases-other',
  'write to the export folder': 'write $/export/x',
  'write to the folder above': 'write $/x',
  'write out of the case folder by its path': 'write $/cases/../x',
  'write from a worker': 'worker $/x',
  'write to its own code': `write ${PEERS}/x`,
  'read what is not its own': 'read $/other/secret.txt',
  'read the system’s files': 'read /etc/passwd',
  'open a database that is not its own': 'database $/other/host.sqlite',
  'listen on a path': 'listen $/other/socket',
  'make a link out of its folder': 'link $/other',
  'start a process': `spawn ${process.execPath}`,
})) {
  t.test(`a plugin that tries to ${what} is refused`, async (t) => {
    const { ready, tell, folder } = served(t, 'obedient')
    await ready()
    t.match(await tell(attempt.replace('$', folder)), /ERR_ACCESS_DENIED|Access to this API/)
    t.same(readdirSync(folder).sort(), ['cases', 'data', 'export', 'other'])
  })
}

t.test('a plugin whose manifest asks for no case folder does not reach it', async (t) => {
  const { ready, tell, folder } = served(t, 'obedient', { permissions: { caseFolder: 'none' } })
  await ready()
  t.match(await tell(`write ${folder}/cases/x`), 'ERR_ACCESS_DENIED')
  t.match(await tell(`read ${folder}/cases`), 'ERR_ACCESS_DENIED')
})

t.test('a plugin whose manifest asks to read the case folder does not write there', async (t) => {
  const { ready, tell, folder } = served(t, 'obedient', { permissions: { caseFolder: 'read' } })
  await ready()
  t.match(await tell(`write ${folder}/cases/x`), 'ERR_ACCESS_DENIED')
  t.equal(await tell(`read ${folder}/cases`), 'EISDIR')
})

t.test('another case folder is another process, with other permissions', async (t) => {
  const { handle, ready, tell, folder, configuration } = served(t, 'obedient')
  await ready()
  mkdirSync(join(folder, 'moved'))
  const before = await tell('pid')
  await handle.configure({ ...configuration, caseFolder: join(folder, 'moved') })
  await ready()
  t.not(await tell('pid'), before)
  t.equal(await tell(`write ${folder}/moved/a`), '')
  t.match(await tell(`write ${folder}/cases/a`), 'ERR_ACCESS_DENIED')
})

t.test('a folder with a star in its name permits no more than itself', async (t) => {
  const flags = permissionFlags({
    manifest: MANIFEST,
    folder: PEERS,
    code: [],
    dataFolder: '/data',
    configuration: { caseFolder: '/*', exportFolder: null },
  })
  t.notMatch(flags.join(' '), '=/* ')
  t.match(flags, ['--permission'])
  t.notMatch(flags.join(' '), /allow-child-process|allow-addons|allow-wasi|allow-inspector/)
})
