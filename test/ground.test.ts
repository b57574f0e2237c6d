import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import manifest from '../package.json' with { type: 'json' }
import lock from '../package-lock.json' with { type: 'json' }

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
  readonly license?: string
  readonly dev?: boolean
}
const packages = Object.entries(lock.packages as Readonly<Record<string, Locked>>).filter(
  ([path]) => path !== '',
)

t.test('the tests run on the pinned runtime', async (t) => {
  const pinned = new Set(Object.values(manifest.optionalDependencies))
  t.same([...pinned], [process.versions.node])
})

t.test('every dependency is pinned exactly, and what is installed is what was reviewed', async (t) => {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
  for (const [name, version] of Object.entries(wanted))
    t.match(version, /^\d+\.\d+\.\d+$/, `${name} is exact`)
  t.same(
    packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([path]) => path),
    [],
    'with its hash in the lock file',
  )
})

t.test('no install script runs that is not listed', async (t) => {
  const allowed = new Set(Object.keys(manifest.allowScripts))
  const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)
  t.same(
    scripted.filter((path) => !allowed.has(path.slice(path.lastIndexOf('node_modules/') + 13))),
    [],
  )
})

t.test('what ships has a licence that a laboratory need not worry about', async (t) => {
  for (const [path, { dev }] of packages) {
    const file = new URL(`../${path}/package.json`, import.meta.url)
    // Another platform's runtime is not installed here.
    if (dev || !existsSync(file)) continue
    const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string }
    t.match(license, /^(MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0)$/, path)
  }
})
