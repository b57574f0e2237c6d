import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import type { Test } from 'tap'
import type { SchemaName } from './xsd.ts'

/**
 * Loaded before a test, by `.taprc` or an import: every treatment and case record that the product wrote is held against its
 * XSD, whichever test had it written. What a run writes it removes in the end; each folder is looked through just before it
 * goes, and when the process ends, each different document is validated once. One that is not valid makes the run fail.
 *
 * A case's documents bear their folder's name; half-written ones of a staging do not. What a test puts there by its own hand
 * (`writeFile`, `appendFileSync`: the product writes through `open` alone) is its own affair.
 */
export interface Written {
  readonly path: string
  readonly schema: SchemaName
  readonly content: string
}

const SCHEMAS: readonly (readonly [ending: string, schema: SchemaName])[] = [
  ['.dentalProject', 'dental-project'],
  ['.case.xml', 'case'],
]
const CHECK = fileURLToPath(new URL('./check-documents.ts', import.meta.url))

const written = new Map<string, Written>()
const byHand = new Set<string>()

// A thread of the run's would look at the same once more.
if (isMainThread) watchRemovals()
// The runner has its removal of test folders loaded before this: they are looked through as each test ends, before they go.
if (isMainThread && process.argv[1]?.endsWith('.test.ts')) {
  const { t: root } = await import('tap')
  beforeItsFolderGoes(root)
  root.beforeEach(beforeItsFolderGoes)
}

function beforeItsFolderGoes(test: Test): void {
  const { onEOF } = test
  test.onEOF = () => {
    test.onEOF = onEOF
    lookThrough(test.testdirName)
    return onEOF.call(test)
  }
}

function watchRemovals(): void {
  const { appendFileSync, rmSync, writeFileSync } = fs
  const { rm, writeFile } = promises
  Object.assign(fs, {
    rmSync(path: fs.PathLike, options?: fs.RmOptions) {
      lookThrough(path)
      return rmSync(path, options)
    },
    writeFileSync(...given: Parameters<typeof writeFileSync>) {
      noteByHand(given[0], given[1])
      return writeFileSync(...given)
    },
    appendFileSync(...given: Parameters<typeof appendFileSync>) {
      appendFileSync(...given)
      if (typeof given[0] === 'string') noteByHand(given[0], contentOf(given[0]))
    },
  })
  Object.assign(promises, {
    async rm(path: fs.PathLike, options?: fs.RmOptions) {
      lookThrough(path)
      return rm(path, options)
    },
    async writeFile(...given: Parameters<typeof writeFile>) {
      noteByHand(given[0], given[1])
      return writeFile(...given)
    },
  })
  syncBuiltinESMExports()
  process.once('exit', () => {
    const documents = [...written].filter(([hash]) => !byHand.has(hash)).map(([, document]) => document)
    if (documents.length === 0) return
    const { status } = spawnSync(process.execPath, [CHECK], {
      input: JSON.stringify(documents),
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    if (status !== 0) process.exitCode ||= 1
  })
}

function lookThrough(root: fs.PathLike): void {
  if (typeof root !== 'string') return
  for (const path of filesIn(root)) {
    const schema = schemaOf(path)
    const name = basename(path)
    if (schema === undefined || !name.startsWith(`${basename(dirname(path))}.`)) continue
    const content = contentOf(path)
    if (content === null) continue
    const hash = sha256(content)
    if (!written.has(hash)) written.set(hash, { path, schema, content: content.toString('base64') })
  }
}

function filesIn(root: string): readonly string[] {
  try {
    const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  } catch {
    // A file alone, or nothing is there.
    return []
  }
}

function contentOf(path: string): Buffer | null {
  try {
    return fs.readFileSync(path)
  } catch {
    // It went meanwhile, or nobody may read it.
    return null
  }
}

/** What a test puts in the place of a document by another way than `writeFile`. */
export function noteByHand(file: unknown, content: unknown): void {
  if (typeof file !== 'string' || schemaOf(file) === undefined) return
  if (typeof content === 'string' || content instanceof Uint8Array) byHand.add(sha256(content))
}

const schemaOf = (path: string) => SCHEMAS.find(([ending]) => path.endsWith(ending))?.[1]

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
