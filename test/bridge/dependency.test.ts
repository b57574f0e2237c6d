import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

/**
 * Two versions of node-ipc (10.1.1 and 10.1.2) destroyed the files of those who ran them, and versions above 9.2.1 wrote
 * files to the desktop. No version but the one that was read is to be installed, not even below another package.
 */
const ROOT = join(import.meta.dirname, '../..')
const VERSION = '14.0.0'

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'))

t.test('node-ipc is named by one version exactly', async (t) => {
  const { dependencies, devDependencies, overrides } = json('package.json')
  t.equal(dependencies['node-ipc'], VERSION)
  t.equal(devDependencies['node-ipc'], undefined)
  t.equal(overrides?.['node-ipc'], undefined)
})

t.test('the lock file resolves that version alone, with its hash', async (t) => {
  const { packages } = json('package-lock.json') as {
    packages: Record<
      string,
      { version: string; integrity?: string; name?: string; hasInstallScript?: boolean }
    >
  }
  const found = Object.entries(packages).filter(
    ([path, { name }]) => path.endsWith('node_modules/node-ipc') || name === 'node-ipc',
  )
  t.match(found, [['node_modules/node-ipc', { version: VERSION, integrity: /^sha512-/ }]])
  t.equal(found.length, 1)
  for (const name of ['node-ipc', 'event-pubsub', 'js-message', 'js-queue']) {
    const entry = packages[`node_modules/${name}`]
    t.match(entry?.integrity, /^sha512-/, name)
    t.notOk(entry?.hasInstallScript, `${name} runs nothing when it is installed`)
  }
})

t.test('no other version is installed anywhere', async (t) => {
  const found: string[] = []
  const look = (folder: string) => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const path = `${folder}/${entry.name}`
      if (entry.name.startsWith('@')) look(path)
      else {
        if (entry.name === 'node-ipc') found.push(json(`${path}/package.json`).version)
        if (readdirSync(join(ROOT, path)).includes('node_modules')) look(`${path}/node_modules`)
      }
    }
  }
  look('node_modules')
  t.same(found, [VERSION])
})
