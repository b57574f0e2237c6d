import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { filesIn, ROOT, writeJson } from '../emit.ts'

/** What only those read who develop the package: typings, sources that were compiled, maps, notes. */
const UNUSED = new Set(
  '.ts .mts .cts .map .flow .md .markdown .yml .c .cc .cpp .h .hh .S .asm .inc .def .gyp .lib .lock .txt .html .ico .svg .png .zip .sh .tsbuildinfo'.split(
    ' ',
  ),
)
const UNUSED_FOLDERS =
  /^(test|tests|spec|fixtures|__tests__|example|examples|benchmark|benchmarks|doc|docs|\.github|coverage|vendor)$/
/** At the top of a package alone, as the folders. */
const UNUSED_FILES =
  /^(((test|bench|benchmark|example|check)s?|eslint\.config)\.[cm]?js|tsconfig\.json|CNAME|Makefile)$/
const LICENCE = /^(licen[cs]e|copying|notice)([.-]|$)/i

/** One package as it was installed; `path` begins with node_modules/ and has / between its parts. */
export interface InstalledPackage {
  readonly path: string
  readonly name: string
  readonly version: string
  readonly license: string
  readonly author: string
}

/**
 * Installs the packages that run on 64-bit Windows into a folder: those of the lock file, by their hashes, without what is
 * there to develop and without any script of theirs. Asks the registry for what npm does not have in its cache.
 */
export function installModules(into: string): readonly InstalledPackage[] {
  mkdirSync(into, { recursive: true })
  for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(ROOT, file), join(into, file))
  const system = ['--omit=dev', '--os=win32', '--cpu=x64', '--libc=']
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-bin-links', '--loglevel=error']
  npm(['ci', '--prefer-offline', ...system, ...quiet], into)
  rmSync(join(into, 'node_modules/.package-lock.json'))
  // npm looks at what is there; what was left out on purpose would be missing.
  const {
    devDependencies: _,
    scripts: __,
    ...own
  } = JSON.parse(readFileSync(join(into, 'package.json'), 'utf8'))
  writeJson(join(into, 'package.json'), own)
  return filesIn(join(into, 'node_modules'))
    .filter((file) => /(^|\/node_modules\/)(@[^/]+\/)?[^/@]+\/package\.json$/.test(file))
    .map((file) => `node_modules/${dirname(file)}`)
    .map((path) => {
      const { name, version, license, author } = JSON.parse(
        readFileSync(join(into, path, 'package.json'), 'utf8'),
      )
      const by = typeof author === 'string' ? author : (author?.name ?? '')
      return { path, name, version, license, author: by }
    })
}

/** What npm knows of the packages in this folder, in CycloneDX. */
export function billOfMaterials(folder: string): string {
  return npm(['sbom', '--sbom-format=cyclonedx', '--loglevel=error'], folder)
}

const npm = (args: readonly string[], cwd: string) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 2], maxBuffer: 1 << 26 })

/** Takes away what does not run, package by package; what its licence needs stays. */
export function prune(folder: string, packages: readonly InstalledPackage[]): void {
  for (const { path } of packages) {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      // Deeper down a folder of that name may be code (`yaml/dist/doc`).
      const unused = entry.isDirectory() ? UNUSED_FOLDERS : UNUSED_FILES
      if (unused.test(entry.name)) rmSync(join(folder, path, entry.name), { recursive: true })
    }
  }
  for (const file of filesIn(join(folder, 'node_modules'))) {
    const name = basename(file)
    const hidden = /(^|\/)\./.test(file)
    if (hidden || (UNUSED.has(extname(name)) && !LICENCE.test(name)))
      rmSync(join(folder, 'node_modules', file))
  }
  removeEmptyFolders(join(folder, 'node_modules'))
}

export function removeEmptyFolders(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(join(folder, entry.name))
  }
  if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true })
}

/** The texts of a package's licence: its files, else what its README says, else null. */
export function licenceTexts(folder: string, path: string): readonly string[] | null {
  const own = join(folder, path)
  const names = readdirSync(own)
    .filter((name) => LICENCE.test(name))
    .toSorted()
  if (names.length > 0) return names.map((name) => readFileSync(join(own, name), 'utf8'))
  const readme = join(own, 'README.md')
  const said = existsSync(readme) ? readFileSync(readme, 'utf8') : ''
  const at = said.search(/^#+\s*licen[cs]e\s*$|^licen[cs]e\s*\n-+$/im)
  const text = at < 0 ? '' : said.slice(at)
  return /Permission is hereby granted/.test(text) ? [text] : null
}
