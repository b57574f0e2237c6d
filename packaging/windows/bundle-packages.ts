// Puts every package that the program in this folder imports into one file: `node packaging/windows/bundle-packages.ts <program>`.
// A start looks at some thousand files less, each of which a virus scanner would look at too.
import { readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { filesIn, writeJson } from '../emit.ts'
import { oneFileOf, packageOf, putOneFile } from './one-file.ts'

/** A text that Node resolves to a package: `kysely`, `@clack/prompts`, `ajv/dist/2020.js`. */
const IMPORTED = /(?:\bfrom|\bimport\()\s*(['"])((?:@[\w.-]+\/)?[a-z][\w.-]*(?:\/[\w./-]+)?)\1/g
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
const bundled = await Promise.all(imported.map((each) => oneFileOf(each, program)))
for (const path of packagesIn(modules)) if (!whole.has(packageOf(path))) leaveNamesAlone(path)
for (const each of bundled) putOneFile(each, modules)

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
