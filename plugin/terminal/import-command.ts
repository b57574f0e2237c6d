import { resolve } from 'node:path'
import { continueRevision, importPackage, resume } from '../importer.ts'
import type { ImportResult } from '../importing/setup.ts'
import { signatureOf } from '../sources/whole.ts'
import { NO_BAR } from './bar.ts'
import { type LaboratoryFiles, openLaboratory } from './laboratory-files.ts'
import { noteForList } from './note-package.ts'
import { type Answering, settleQuestions } from './settle.ts'
import { countLine, exitCode, jsonResult, lastWords, shownResult, unfitLine } from './show.ts'

export interface ImportOptions extends LaboratoryFiles {
  readonly answers?: string
  /** false: leave questions open even where a person is there. */
  readonly prompt: boolean
  readonly json: boolean
  /** Packages in hand at once. */
  readonly parallel: number
}

/** Until an order that another importer is at is looked at again. */
const AT_IT_PAUSE_MS = 200

/** `myitero import`: takes packages the whole way and gives the exit code. */
export async function importCommand(packages: readonly string[], options: ImportOptions): Promise<number> {
  const { language, json } = options
  // What a run does not need is not loaded: each of these costs tens of milliseconds and megabytes.
  const given = options.answers === undefined ? null : await givenAnswers(options.answers)
  const person = options.prompt && !json && process.stdin.isTTY === true && process.stdout.isTTY === true
  let bar = NO_BAR
  const installation = await openLaboratory(options, 'write', (source, bytes, of) =>
    bar.moved(source, bytes, of),
  )
  const { importer } = installation
  const results: ImportResult[] = []
  const show = (result: ImportResult) => process.stdout.write(`${shownResult(result, language)}\n`)
  const tell = (result: ImportResult) => {
    results.push(result)
    // A bar is on the screen, or a program reads; and an order that waits may be answered in a moment.
    if (!json && !person && result.outcome !== 'waiting') show(result)
  }
  try {
    for (const result of await resume(importer)) tell(result)
    if (person) bar = (await import('./progress.ts')).importBar(packages.length, language)
    await inLanes([...new Set(packages.map((path) => resolve(path)))], options.parallel, async (path) => {
      const result = await importPackage(importer, path)
      bar.done(path)
      const signature = await signatureOf(importer.disk, path)
      if (signature !== null) await noteForList(importer.ledger, { path, signature }, result)
      tell(result)
    })
    bar.stop()
    if (person) results.filter(({ outcome }) => outcome !== 'waiting').forEach(show)
    const before = results.length
    results.push(...(await settle()))
    results.push(...(await settledElsewhere()))
    if (!json) {
      results.slice(before).forEach(show)
      lastWords(results.slice(0, before))
        .filter((result) => result.outcome === 'waiting' && lastWords(results).includes(result))
        .forEach(show)
      process.stdout.write(`${countLine(results, language)}\n`)
    }
  } finally {
    await installation.close()
  }
  const code = exitCode(results)
  if (json) {
    const shown = lastWords(results).map((result) => jsonResult(result, language))
    process.stdout.write(`${JSON.stringify({ results: shown, exit: code }, null, 2)}\n`)
  }
  return code

  /** First from the file, then from the person. */
  async function settle(): Promise<readonly ImportResult[]> {
    const all: ImportResult[] = []
    for (const answering of [given, person ? await asking() : null]) {
      if (answering === null) continue
      const { results: settled, unfit } = await settleQuestions(importer, answering)
      all.push(...settled.map(withItsPackage))
      for (const one of unfit) process.stderr.write(`${unfitLine(one, language)}\n`)
    }
    return all
  }

  /** Another importer may have answered and published meanwhile: what still waits is looked at once more. */
  async function settledElsewhere(): Promise<readonly ImportResult[]> {
    const all: ImportResult[] = []
    for (const result of lastWords(results)) {
      if (result.outcome !== 'waiting') continue
      let now = await continueRevision(importer, result.revisionId)
      while (now === null) {
        await importer.pause(AT_IT_PAUSE_MS)
        now = await continueRevision(importer, result.revisionId)
      }
      // Also where it still waits: perhaps for less than before.
      all.push({ ...now, source: result.source })
    }
    return all
  }

  /** What went on from the ledger is told with the package that it came in. */
  function withItsPackage(settled: ImportResult): ImportResult {
    if (settled.outcome === 'refused') return settled
    const came = results.find((one) => one.outcome !== 'refused' && one.revisionId === settled.revisionId)
    return { ...settled, source: came?.source ?? settled.source }
  }

  async function asking(): Promise<Answering> {
    const { ask } = await import('./ask.ts')
    const { materials } = importer
    return async (question) => ask(question, { clients: await importer.clients(), materials }, language)
  }
}

async function givenAnswers(file: string): Promise<Answering> {
  const { answerTo, readAnswersFile } = await import('./answers-file.ts')
  const answers = await readAnswersFile(file)
  return ({ question }) => answerTo(question, answers)
}

/** Runs a few at a time; each takes the next as it is free. */
async function inLanes<T>(all: readonly T[], lanes: number, work: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values()
  const lane = async () => {
    for (const one of queue) await work(one)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, all.length) }, lane))
}
