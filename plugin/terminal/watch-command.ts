import { resolve } from 'node:path'
import { asImportError } from '../errors.ts'
import { importPackage, resume } from '../importer.ts'
import type { ImportResult } from '../importing/setup.ts'
import { packageOutcome } from '../ledger/packages.ts'
import type { QuestionId } from '../ledger/schema.ts'
import { watchFolder } from '../sources/folder.ts'
import { phrase } from '../words/phrases.ts'
import { failureText } from '../words/words.ts'
import { answerTo, readAnswersFile } from './answers-file.ts'
import { type LaboratoryFiles, openLaboratory } from './laboratory-files.ts'
import { noteForList } from './note-package.ts'
import { settleQuestions } from './settle.ts'
import { exitCode, jsonResult, shownResult, unfitLine } from './show.ts'
import { statusLine } from './status-line.ts'

export interface WatchOptions extends LaboratoryFiles {
  readonly answers?: string
  readonly json: boolean
  /** Ends when all that stands in the folder now has been imported, waits or was refused. */
  readonly once: boolean
  /** Seconds. */
  readonly relist: number
  /** Aborted: stop looking, finish what is in hand. */
  readonly signal: AbortSignal
}

/** `myitero watch`: imports what appears in an export folder until it is told to stop. Gives the exit code. */
export async function watchCommand(folder: string, options: WatchOptions): Promise<number> {
  const { language, json } = options
  const answers = options.answers === undefined ? null : await readAnswersFile(options.answers)
  const line = process.stdout.isTTY && !json ? statusLine(process.stdout, Date.now) : null
  const installation = await openLaboratory(options, 'write', (source, bytes, of) =>
    line?.moved(source, bytes, of),
  )
  const { importer } = installation
  const { ledger, disk } = importer
  const results: ImportResult[] = []
  const tell = (result: ImportResult) => {
    results.push(result)
    line?.clear()
    const text = json ? JSON.stringify(jsonResult(result, language)) : shownResult(result, language)
    process.stdout.write(`${text}\n`)
  }
  // A question that stays open is met again with every package: its unfit answer is told once.
  const unfitTold = new Set<QuestionId>()
  const settle = async (): Promise<readonly ImportResult[]> => {
    if (!answers) return []
    const settled = await settleQuestions(importer, ({ question }) => answerTo(question, answers))
    for (const result of settled.results) tell(result)
    for (const one of settled.unfit.filter(({ id }) => !unfitTold.has(id))) {
      unfitTold.add(one.id)
      line?.clear()
      process.stderr.write(`${unfitLine(one, language)}\n`)
    }
    return settled.results
  }
  try {
    for (const result of await resume(importer)) tell(result)
    await settle()
    const watch = await watchFolder({
      disk,
      folder: resolve(folder),
      clock: importer.clock,
      relistMs: options.relist * 1000,
      known: async (path, signature) => (await packageOutcome(ledger, { path, signature })) !== null,
      onPackage: async (path, signature) => {
        const result = await importPackage(importer, path)
        line?.done(path)
        if (result.outcome !== 'waiting') tell(result)
        const settled = await settle()
        // What the answers given beforehand settle at once is not told as waiting first.
        if (result.outcome === 'waiting' && !settled.some(({ orderId }) => orderId === result.orderId)) {
          tell(result)
        }
        return await noteForList(ledger, { path, signature }, result)
      },
      onFailure: (error) => {
        process.stderr.write(`${failureText(asImportError(error), language)}\n`)
      },
      onState: (state) => {
        if (!json) process.stderr.write(`${phrase(language, state, { folder })}\n`)
      },
    })
    const stopped = new Promise<void>((stop) => {
      if (options.signal.aborted) stop()
      options.signal.addEventListener('abort', () => stop(), { once: true })
    })
    await (options.once ? Promise.race([watch.dealtWith, stopped]) : stopped)
    await watch.close()
  } finally {
    await installation.close()
  }
  return exitCode(results)
}
