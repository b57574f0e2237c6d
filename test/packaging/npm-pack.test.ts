import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import manifest from '../../package.json' with { type: 'json' }
import lock from '../../package-lock.json' with { type: 'json' }
import { filesIn } from '../../packaging/emit.ts'
import { checkoutElsewhere, folderElsewhere, ownEnvironment } from './checkout.ts'
import { ANSWERS, makeExportPackage } from './made-export.ts'

// Installing waits for npm.
t.setTimeout(300_000)
const checkout = checkoutElsewhere()
t.teardown(() => checkout.remove())
const place = folderElsewhere(t)

const environment = ownEnvironment()
const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', args, { cwd, env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const before = Object.fromEntries(
  ['package.json', 'README.md'].map((file) => [file, readFileSync(join(checkout.folder, file), 'utf8')]),
)
const tarball = join(place, npm(['pack', '--silent', '--pack-destination', place], checkout.folder).trim())
const empty = join(place, 'empty')
mkdirSync(empty)
npm(['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], empty)
const installed = join(empty, 'node_modules/myitero-import')

const run = (args: readonly string[], env: NodeJS.ProcessEnv = environment) =>
  spawnSync('npx', ['--no-install', 'myitero', ...args], { cwd: empty, env, encoding: 'utf8' })

t.test('the installed command tells its help, on whatever Node the machine has', async (t) => {
  const { status, stdout, stderr } = run(['--language', 'en', '--help'])
  t.equal(status, 0, stderr)
  t.match(stdout, /Usage: myitero/)
})

t.test('the installed command makes a whole case of an export package', async (t) => {
  const [packages, cases, answers] = ['packages', 'cases', 'answers.json'].map((name) =>
    join(place, name),
  ) as [string, string, string]
  const made = makeExportPackage(packages, 'single-crown')
  mkdirSync(cases)
  writeFileSync(answers, JSON.stringify(ANSWERS))
  const flags = ['--into', cases, '--data', join(place, 'data'), '--answers', answers]
  const { status, stderr } = run(['import', made, ...flags])
  t.equal(status, 0, stderr)
  const [project = '', ...more] = readdirSync(cases).filter((one) => !one.startsWith('.'))
  t.same(more, [])
  const files = readdirSync(join(cases, project))
  for (const end of ['.dentalProject', '.case.xml', '-upperjaw.stl', '-lowerjaw.stl'])
    t.ok(files.includes(project + end), end)
})

t.test('a Node that is too old, with no other at hand, is told plainly', async (t) => {
  const alone = join(place, 'alone')
  cpSync(join(installed, 'dist/bin'), alone, { recursive: true })
  writeFileSync(join(alone, 'package.json'), '{"type":"module"}')
  const old = spawnSync(process.execPath, ['--input-type=module', '-e', TOO_OLD], {
    encoding: 'utf8',
    cwd: alone,
    env: environment,
  })
  t.equal(old.status, 1)
  t.match(old.stderr, /needs Node\.js 22\.22 or newer; this is 16\.20\.0/)
})
const TOO_OLD = `
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '16.20.0' } })
await import('./myitero.js')`

t.test(
  'what it depends on is installed as it was reviewed, and nothing that is there to develop',
  async (t) => {
    const locked: Readonly<Record<string, { readonly version?: string }>> = lock.packages
    for (const name of Object.keys(manifest.dependencies)) {
      const { version } = JSON.parse(readFileSync(join(empty, 'node_modules', name, 'package.json'), 'utf8'))
      t.equal(version, locked[`node_modules/${name}`]?.version, name)
    }
    for (const name of Object.keys(manifest.devDependencies))
      t.notOk(existsSync(join(empty, 'node_modules', name)), name)
  },
)

t.test(
  'the package holds JavaScript alone: no sources, no tests, no fixtures, no pages of the host',
  async (t) => {
    const files = filesIn(installed).filter(
      // What the README gives as measured.
      (file) => !file.startsWith('node_modules/') && file !== 'bench/last.md',
    )
    t.same(
      files.filter((file) => /(\.ts|\.map|\.test\.js)$|^(test|fixtures|host|bench|packaging)\//.test(file)),
      [],
    )
    for (const wanted of [
      'LICENSE',
      'CHANGELOG.md',
      'README.md',
      'docs/laboratory.md',
      'dist/plugin/plugin.json',
    ])
      t.ok(files.includes(wanted), wanted)
  },
)

t.test('a file of the package names neither a source nor the machine that packed it', async (t) => {
  for (const file of filesIn(join(installed, 'dist'))) {
    const text = readFileSync(join(installed, 'dist', file), 'utf8')
    t.notOk(text.includes(checkout.folder), file)
    if (file.endsWith('.js')) t.notMatch(text, /['"]\.{1,2}\/[^'"\n]+\.ts['"]/, file)
  }
})

t.test('every link of a document that is packed leads to a file that is packed', async (t) => {
  const documents = filesIn(installed).filter((file) => /^(docs\/)?[^/]+\.md$/.test(file))
  t.ok(documents.length > 6)
  const links = documents.flatMap((file) => linksOf(join(installed, file)))
  t.ok(links.length > 20)
  t.same(
    links.filter((link) => !existsSync(link)),
    [],
  )
})

/** The files that a document names beside it: links and pictures, in either notation. */
function linksOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '')
  const named = [...text.matchAll(/\]\(<?([^)\s>]+)|(?:src|href)="([^"]+)"|^\[[^\]]+\]:\s*(\S+)/gm)]
  return named
    .map(([, link, source, reference]) => link ?? source ?? reference ?? '')
    .filter((link) => !/^([a-z]+:|#)/.test(link))
    .map((link) => join(dirname(file), decodeURIComponent(link.replace(/#.*/, ''))))
}

t.test('the package names no script, and its README how the package is used', async (t) => {
  const { scripts, bin, dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  t.equal(scripts, undefined)
  t.same([bin, dependencies], [manifest.bin, manifest.dependencies])
  const readme = readFileSync(join(installed, 'README.md'), 'utf8')
  t.match(readme, /npx myitero import/)
  t.notMatch(readme, /npm (ci|start|run|test)/)
  for (const [, command = ''] of readme.matchAll(/^npx myitero (\w+)/gm)) {
    const { status, stderr } = run([command, '--help'])
    t.equal(status, 0, `${command}: ${stderr}`)
  }
})

t.test('packing leaves nothing behind in the sources', async (t) => {
  for (const file of ['package.json', 'README.md'])
    t.equal(readFileSync(join(checkout.folder, file), 'utf8'), before[file])
  t.same(
    readdirSync(checkout.folder).filter((name) => /^dist|\.tgz$/.test(name)),
    [],
  )
})
