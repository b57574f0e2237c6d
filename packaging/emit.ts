import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '..')

/** What is read beside the modules that the compiler finds, or is there for a person; folders whole. */
const BESIDE = [
  'plugin/start.js',
  'plugin/terminal/start.js',
  'plugin/plugin.json',
  'plugin/mapping/materials.default.xml',
  'bridge/guard.mjs',
  'schemas',
]
/** A module named to Node by a text that the compiler does not look into. */
const NAMED_MODULE = /(['"])(\.{1,2}\/[^'"\n]+)\.ts\1/g

/**
 * Writes the program in JavaScript into a folder that is new or empty: `plugin/`, `bridge/`, `schemas/` as they lie in the
 * sources, and a package.json. It needs the packages of the lock file beside it, and nothing of the sources.
 */
export function emitProgram(into: string): void {
  mkdirSync(into, { recursive: true })
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
  // What runs, and all that it imports; types are checked by `npm run check`, here they are taken away alone.
  const config = join(import.meta.dirname, 'emit.tsconfig.json')
  execFileSync(process.execPath, [compiler, '-p', config, '--outDir', into], { stdio: ['ignore', 2, 2] })
  for (const path of BESIDE) cpSync(join(ROOT, path), join(into, path), { recursive: true })
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  writeJson(join(into, 'package.json'), { name, version, license, private: true, type: 'module' })
  for (const file of filesIn(into)) if (/\.m?js$/.test(file)) nameEmitted(join(into, file), into)
}

/** Threads and what is required are named by text; a name that leads nowhere is an error here, not at the user's. */
function nameEmitted(file: string, into: string): void {
  const source = readFileSync(file, 'utf8')
  const text = source.replaceAll(NAMED_MODULE, (_, quote: string, path: string) => {
    const emitted = `${resolve(dirname(file), path)}.js`
    // Throws where it is not there.
    readFileSync(emitted)
    return `${quote}${path}.js${quote}`
  })
  if (/['"][^'"\n]*[^.]\.ts['"]/.test(text)) throw new Error(`${relative(into, file)} still names a source`)
  if (text !== source) writeFileSync(file, text)
}

/** Every file below a folder, by its path in it with /, in the order of bytes. */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  const files = entries.filter((entry) => !entry.isDirectory())
  return files
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted((a, b) => (a < b ? -1 : 1))
}

export function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}
