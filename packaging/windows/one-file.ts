import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { writeJson } from '../emit.ts'

const PACKAGE = /^(?:@[^/]+\/)?[^/]+/

export interface Bundled {
  readonly specifier: string
  readonly code: string
  /** Of a package in CommonJS: the names that a module can import of it, which Node does not see in the one file. */
  readonly names: readonly string[] | null
}

/** All that an import of a package loads, in one file; `folder` has the package in its node_modules. */
export async function oneFileOf(specifier: string, folder: string): Promise<Bundled> {
  const made = await rolldown({ input: specifier, cwd: folder, platform: 'node', logLevel: 'warn' })
  const as = async (format: 'esm' | 'cjs') => {
    const { output } = await made.generate({ format, codeSplitting: false })
    const [chunk, ...others] = output
    if (others.length > 0) throw new Error(`${specifier} is not one file`)
    return chunk
  }
  const { code, exports } = await as('esm')
  if (exports.join() !== 'default') return { specifier, code, names: null }
  const file = createRequire(join(folder, 'start.js')).resolve(specifier)
  const names = Object.keys(await import(pathToFileURL(file).href))
  if (!names.includes('module.exports')) return { specifier, code, names: null }
  const own = names.filter((name) => name !== 'default' && name !== 'module.exports')
  return { specifier, code: (await as('cjs')).code, names: own }
}

/** Writes it as what the package is imported for; the folder has the package's manifest. */
export function putOneFile({ specifier, code, names }: Bundled, modules: string): void {
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

/** The package of a text that is imported: `ajv` of `ajv/dist/2020.js`. */
export function packageOf(specifier: string): string {
  return PACKAGE.exec(specifier)?.[0] ?? specifier
}
