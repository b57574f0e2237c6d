import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type MadeExport, type MakeOptions, makeExport } from '../fixtures/exports/make-export.ts'
import { orderNamed } from '../fixtures/exports/orders.ts'
import { answerAndGoOn } from '../plugin/answering.ts'
import type { Importer, ImportResult } from '../plugin/importing/setup.ts'
import { listQuestions, type OpenQuestion } from '../plugin/ledger/questions.ts'
import type { Answer } from '../plugin/mapping/questions.ts'
import { type LaboratoryFiles, openLaboratory } from '../plugin/terminal/laboratory-files.ts'

/** A laboratory of its own for one test: a case folder, an export folder, a ledger; all on the real disk. */
export interface Laboratory {
  readonly root: string
  readonly cases: string
  readonly exports: string
  readonly data: string
  readonly importer: Importer
  /** A second run on the same case folder; on another ledger where `data` is given. */
  reopened(options?: Partial<LaboratoryFiles>): Promise<Importer>
  make(recipe: string, options?: Partial<MakeOptions>): Promise<MadeExport>
}

export async function laboratory(t: Test, options: Partial<LaboratoryFiles> = {}): Promise<Laboratory> {
  const opened: { close(): Promise<void> }[] = []
  // Before the folder is made: what tap hears of later is torn down when the folder is gone already.
  t.teardown(async () => {
    for (const installation of opened) await installation.close()
  })
  const root = t.testdir({ cases: {}, exports: {} })
  const [cases, exports, data] = [join(root, 'cases'), join(root, 'exports'), join(root, 'data')]
  const open = async (more: Partial<LaboratoryFiles>) => {
    const installation = await openLaboratory(
      { into: cases, data, language: 'en', ...options, ...more },
      'write',
    )
    opened.push(installation)
    return installation.importer
  }
  return {
    root,
    cases,
    exports,
    data,
    importer: await open({}),
    reopened: (more = {}) => open(more),
    make: (recipe, more = {}) => made(recipe, exports, more),
  }
}

/** One package of a recipe: small meshes, a zip, a seed of its own for each recipe, unless told otherwise. */
export async function made(
  recipe: string,
  into: string,
  more: Partial<MakeOptions> = {},
): Promise<MadeExport> {
  return makeExport(orderNamed(recipe), {
    into,
    seed: 1,
    form: 'zip',
    layout: 'flat',
    mesh: { format: 'stl-binary', bytes: 1_000_000 },
    ...more,
  })
}

/** The answer of someone who takes the first of everything, and a new client for each doctor. */
export function firstOf({ question }: OpenQuestion): Answer {
  if (question.kind === 'doctor') {
    return { kind: 'doctor', client: { new: { name: question.doctor.name ?? 'Practice without a doctor' } } }
  }
  const [candidate] = question.candidates
  return {
    kind: 'material',
    material: candidate?.code ?? '',
    method: candidate?.methods[0] ?? '',
    makeDefault: question.makeDefault,
  }
}

/** Answers every open question, and those that come of it. */
export async function answerAll(
  importer: Importer,
  answering: (question: OpenQuestion) => Answer = firstOf,
): Promise<readonly ImportResult[]> {
  const results: ImportResult[] = []
  for (;;) {
    const [question] = await listQuestions(importer.ledger, { limit: 1 })
    if (!question) return results
    results.push(...(await answerAndGoOn(importer, question.id, answering(question))))
  }
}

/** The names in a case folder, hidden ones too: what a host's watcher sees. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort()
}

/** Every file below a folder with its size, time of change and SHA-256: whether anything was touched. */
export async function fingerprint(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(folder, { recursive: true })).sort()
  const prints: Record<string, string> = {}
  for (const name of names) {
    const path = join(folder, name)
    const stat = await lstat(path)
    prints[name] = stat.isFile()
      ? `${stat.size} ${stat.mtimeMs} ${sha256(await readFile(path))}`
      : `folder ${stat.mtimeMs}`
  }
  return prints
}

/** SHA-256 of every file directly in a case, for holding against what the package held. */
export async function contentsOf(folder: string): Promise<ReadonlySet<string>> {
  const names = await readdir(folder)
  return new Set(await Promise.all(names.map(async (name) => sha256(await readFile(join(folder, name))))))
}

/** A case is whole: no file of its package missing or changed. Its documents are validated as the run ends (`written-documents.ts`). */
export async function assertWhole(
  t: Test,
  caseFolder: string,
  project: string,
  from: MadeExport,
): Promise<void> {
  const folder = join(caseFolder, project)
  const contents = await contentsOf(folder)
  for (const file of from.files)
    t.ok(contents.has(file.sha256), 'a file of the package stands in the case unchanged')
  const names = await readdir(folder)
  const own = names.filter((name) => name.startsWith(project))
  t.equal(own.length, from.files.length + 2, 'and nothing else but the two documents')
  for (const twin of names.filter((name) => !own.includes(name))) {
    const hash = sha256(await readFile(join(folder, twin)))
    t.ok(
      /\.jpg$/.test(twin) && from.files.some((file) => file.sha256 === hash),
      'but textures as scans name them',
    )
  }
}

/** A technician's work in a case. */
export function worked(caseFolder: string, project: string): void {
  writeFileSync(join(caseFolder, project, `${project}.constructionInfo`), '<ConstructionInfo />')
}

export function emptyFolder(path: string): string {
  mkdirSync(path, { recursive: true })
  return path
}

const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
