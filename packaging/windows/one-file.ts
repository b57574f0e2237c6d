// Puts every package that the program in this folder imports into one file: `node packaging/windows/one-file.ts <program>`.
// A start looks at some thousand files less, each of which a virus scanner would look at too.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { filesIn, writeJson } from '../emit.ts'

/** A text that Node resolves to a package: `kysely`, `@clack/prompts`, `ajv/dist/2020.js`. */
const IMPORTED = /(?:\bfrom|\bimport\()\s*(['"])((?:@[\w.-]+\/)?[a-z][\w.-]*(?:\/[\w./-]+)?)\1/g
const PACKAGE = /^(?:@[^/]+\/)?[^/]+/
/** Native code is found beside the module that asks for it, so these stay as they are, with all that they need. */
const NATIVE = ['koffi', '@napi-rs/keyring']
/** Stays of a package whose code is in another one's file. */
const LICENCE = /^(licen[cs]e|copying|notice)([.-]|$)/i

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const program = resolve(process.argv[2] ?? '')
const modules = join(program, 'node_modules')
const manifestOf = (path: string): Manifest =>
  JSON.parse(readFileSync(join(modules, path, 'package.json'), 'utf8'))

const whole = new Set(NATIVE.flatMap(withAllThatItNeeds))
const imported = [...importedIn(program)].filter((each) => !whole.has(packageOf(each))).toSorted()
const bundled = await Promise.all(imported.map(bundle))
for (const path of packagesIn(modules)) if (!whole.has(packageOf(path))) leaveNamesAlone(path)
for (const each of bundled) put(each)

function* importedIn(folder: string): Generator<string> {
  const seen = new Set<string>()
  for (const file of filesIn(folder)) {
    if (file.startsWith('node_modules/') || !/\.m?js$/.test(file)) continue
    for (const [, , specifier = ''] of readFileSync(join(folder, file), 'utf8').matchAll(IMPORTED))
      if (!seen.has(specifier)) {
        seen.add(specifier)
        yield specifier
      }
  }
}

function packageOf(specifier: string): string {
  return PACKAGE.exec(specifier)?.[0] ?? specifier
}

/** Paths of all packages, those within others too. */
function packagesIn(folder: string): readonly string[] {
  const own = /(?:^|\/node_modules\/)(?:@[^/]+\/)?[^/@]+(?=\/package\.json$)/
  return filesIn(folder)
    .filter((file) => own.test(file))
    .map((file) => dirname(file))
}

function withAllThatItNeeds(name: string): readonly string[] {
  try {
    const { dependencies, optionalDependencies } = manifestOf(name)
    return [name, ...Object.keys({ ...dependencies, ...optionalDependencies }).flatMap(withAllThatItNeeds)]
  } catch (error) {
    // For another system.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

interface Bundled {
  readonly specifier: string
  readonly code: string
  /** Of a package in CommonJS: the names that a module can import of it, which Node does not see in the one file. */
  readonly names: readonly string[] | null
}

async function bundle(specifier: string): Promise<Bundled> {
  const made = await rolldown({ input: specifier, cwd: program, platform: 'node', logLevel: 'warn' })
  const as = async (format: 'esm' | 'cjs') => {
    const { output } = await made.generate({ format, codeSplitting: false })
    const [chunk, ...others] = output
    if (others.length > 0) throw new Error(`${specifier} is not one file`)
    return chunk
  }
  const { code, exports } = await as('esm')
  if (exports.join() !== 'default') return { specifier, code, names: null }
  const file = createRequire(join(program, 'start.js')).resolve(specifier)
  const names = Object.keys(await import(pathToFileURL(file).href))
  if (!names.includes('module.exports')) return { specifier, code, names: null }
  const own = names.filter((name) => name !== 'default' && name !== 'module.exports')
  return { specifier, code: (await as('cjs')).code, names: own }
}

/** Name, version and licence: the bill of materials and the licences are of packages that can be looked up there. */
function leaveNamesAlone(path: string): void {
  const folder = join(modules, path)
  const { name, version, license } = manifestOf(path)
  for (const file of filesIn(folder)) {
    if (file.startsWith('node_modules/') || (LICENCE.test(file) && !file.includes('/'))) continue
    rmSync(join(folder, file))
  }
  writeJson(join(folder, 'package.json'), { name, version, license })
}

function put({ specifier, code, names }: Bundled): void {
  const name = packageOf(specifier)
  const within = specifier.slice(name.length + 1) || 'index.js'
  const folder = join(modules, name)
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const entry = specifier === name ? '.' : `./${within}`
  writeJson(join(folder, 'package.json'), {
    ...manifest,
    type: 'module',
    exports: { ...manifest.exports, [entry]: `./${within}` },
  })
  const file = join(folder, within)
  mkdirSync(dirname(file), { recursive: true })
  if (names === null) {
    writeFileSync(file, code)
    return
  }
  const common = `${basename(within, '.js')}.cjs`
  writeFileSync(join(dirname(file), common), code)
  writeFileSync(
    file,
    [
      `import whole from './${common}'`,
      'export default whole',
      ...(names.length === 0 ? [] : [`export const { ${names.join(', ')} } = whole`]),
      '',
    ].join('\n'),
  )
}
