import { resolve } from 'node:path'
import { asImportError } from '../errors.ts'
import { importPackage, type ImportResult, resume } from '../importer.ts'
import type { OpenQuestion } from '../ledger/questions.ts'
import { phrase } from '../words/phrases.ts'
import { failureText } from '../words/words.ts'
import { type Answers, answerTo, readAnswersFile } from './answers-file.ts'
import { ask } from './ask.ts'
import { type InstallationOptions, openInstallation } from './installation.ts'
import { importBar, NO_BAR } from './progress.ts'
import { settleQuestions } from './settle.ts'
import { exitCode, jsonResult, shownResult } from './show.ts'

export interface ImportOptions extends InstallationOptions {
  readonly answers?: string
  /** false: leave questions open even where a person is there. */
  readonly prompt: boolean
  readonly json: boolean
  /** Packages in hand at once. */
  readonly parallel: number
}

/** `myitero import`: takes packages the whole way and gives the exit code. */
export async function importCommand(packages: readonly string[], options: ImportOptions): Promise<number> {
  const { language, json } = options
  const answers = options.answers === undefined ? null : await readAnswersFile(options.answers)
  const person = options.prompt && !json && process.stdin.isTTY === true && process.stdout.isTTY === true
  let bar = NO_BAR
  const installation = await openInstallation(options, (source, bytes, of) => bar.moved(source, bytes, of))
  const { importer } = installation
  const results: ImportResult[] = []
  const tell = (result: ImportResult) => {
    results.push(result)
    if (!json && !person) process.stdout.write(`${shownResult(result, language)}\n`)
  }
  try {
    for (const result of await resume(importer)) tell(result)
    if (person) bar = importBar(packages.length, language)
    await inLanes([...new Set(packages.map((path) => resolve(path)))], options.parallel, async (path) => {
      const result = await importPackage(importer, path)
      bar.done(path)
      tell(result)
    })
    bar.stop()
    if (person) for (const result of results) process.stdout.write(`${shownResult(result, language)}\n`)
    const answered = await settle(answers, person)
    for (const result of answered) {
      tell(result)
      if (person) process.stdout.write(`${shownResult(result, language)}\n`)
    }
  } finally {
    await installation.close()
  }
  const code = exitCode(results)
  if (json) {
    const shown = results.map((result) => jsonResult(result, language))
    process.stdout.write(`${JSON.stringify({ results: shown, exit: code }, null, 2)}\n`)
  }
  return code

  async function settle(given: Answers | null, asking: boolean): Promise<readonly ImportResult[]> {
    const all: ImportResult[] = []
    const passes = [
      ...(given ? [({ question }: OpenQuestion) => answerTo(question, given)] : []),
      ...(asking ? [async (question: OpenQuestion) => ask(question, await lists(), language)] : []),
    ]
    for (const answering of passes) {
      const { results: settled, unfit } = await settleQuestions(importer, answering)
      all.push(...settled)
      for (const { id, cause } of unfit) {
        const text = failureText(asImportError(cause), language)
        process.stderr.write(`${phrase(language, 'answer-unfit', { question: id })} ${text}\n`)
      }
    }
    return all
  }

  async function lists() {
    return { clients: await importer.clients(), materials: importer.materials }
  }
}

/** Runs a few at a time; each takes the next as it is free. */
async function inLanes<T>(all: readonly T[], lanes: number, work: (one: T) => Promise<void>): Promise<void> {
  const queue = all.values()
  const lane = async () => {
    for (const one of queue) await work(one)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, all.length) }, lane))
}
