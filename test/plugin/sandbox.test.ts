import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { permissionFlags, pluginEnvironment } from '../../bridge/launch.ts'
import { readManifest } from '../../bridge/manifest.ts'

const MANIFEST = fileURLToPath(new URL('../../plugin/plugin.json', import.meta.url))
const TRESPASSER = fileURLToPath(new URL('./trespasser.ts', import.meta.url))

const MAY = ['write a case', 'make a folder of a case', 'write data', 'list the export folder']
const MAY_NOT = [
  'write to the export folder',
  'write elsewhere',
  'write beside the case folder',
  'write by a way up',
  'write its own code',
  'read elsewhere',
  'lead a link elsewhere',
  'start a process',
  'load native code',
  'start a thread',
  'start a thread with rights of its own',
]

t.test('where a host permits threads, a thread has the same rights', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sandbox-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const outside = join(root, 'outside')
  mkdirSync(outside)
  const tried = spawnSync(
    process.execPath,
    [
      '--permission',
      '--allow-worker',
      `--allow-fs-read=${import.meta.dirname}/*`,
      TRESPASSER,
      JSON.stringify({ cases: root, data: root, exports: root, outside, thread: true }),
    ],
    { encoding: 'utf8' },
  )
  const found = JSON.parse(tried.stdout) as Record<string, string>
  for (const name of ['write elsewhere', 'read elsewhere', 'start a process', 'load native code']) {
    t.match(found[name], /^ERR_(ACCESS|DLOPEN)/, `a thread may not ${name}`)
  }
})

t.test('what the manifest permits is all that the plugin’s process can do', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sandbox-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const at = (name: string) => join(root, name)
  const folders = { cases: at('cases'), data: at('data'), exports: at('exports'), outside: at('outside') }
  for (const folder of Object.values(folders)) mkdirSync(folder)
  writeFileSync(join(folders.outside, 'secret'), '')
  const started = { manifest: await readManifest(MANIFEST), folder: import.meta.dirname }
  const flags = permissionFlags({
    ...started,
    code: [],
    dataFolder: folders.data,
    configuration: { caseFolder: folders.cases, exportFolder: folders.exports },
  })
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...flags, TRESPASSER, JSON.stringify(folders)],
    { encoding: 'utf8', env: pluginEnvironment(started) },
  )
  t.equal(status, 0, stderr)
  const found = JSON.parse(stdout) as Record<string, string>
  for (const name of MAY) t.equal(found[name], 'done', `may ${name}`)
  for (const name of MAY_NOT) t.match(found[name], /^ERR_(ACCESS|DLOPEN)/, `may not ${name}`)
  t.strictSame(readdirSync(folders.outside), ['secret'])
  t.strictSame(readdirSync(folders.exports), [])
  t.strictSame(readdirSync(root).sort(), ['cases', 'data', 'exports', 'outside'])
})
