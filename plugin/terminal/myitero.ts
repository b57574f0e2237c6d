import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { asImportError } from '../errors.ts'
import type { Installation } from '../installation.ts'
import type { RevisionStage } from '../ledger/orders.ts'
import type { QuestionId, RevisionId } from '../ledger/schema.ts'
import type { Language } from '../mapping/materials.ts'
import { RELIST_MS } from '../sources/pace.ts'
import { failureText } from '../words/words.ts'
import { answerCommand, type GivenAnswer } from './answer-command.ts'
import { importCommand } from './import-command.ts'
import { type LaboratoryFiles, openLaboratory } from './laboratory-files.ts'
import {
  clientsListing,
  type Forget,
  forgetMapping,
  type Listing,
  mappingsListing,
  ordersListing,
  questionsListing,
} from './list-commands.ts'
import { exitCode, jsonResult, shownResult } from './show.ts'

/** Wrong usage. */
const USAGE = 2
/** Nothing could be done at all: no case folder, no ledger, a list that cannot be read. */
const REFUSED = 4

interface Common extends LaboratoryFiles {
  readonly json: boolean
}

/** Runs the terminal face and gives its exit code: 0 all published, 3 some wait, 4 some refused, 2 wrong usage. */
export async function myitero(argv: readonly string[]): Promise<number> {
  let code = 0
  const program = programOf((given) => {
    code = given
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    const failure = asImportError(error)
    const code = USAGE_FAULTS.has(failure.code) ? USAGE : REFUSED
    const text = failureText(failure, languageOf(argv))
    process.stderr.write(`${text}\n`)
    if (failure.code === 'unexpected') process.stderr.write(`${String(failure.cause)}\n`)
    if (argv.includes('--json')) {
      const told = { code: failure.code, facts: failure.facts, text }
      process.stdout.write(`${JSON.stringify({ error: told, exit: code }, null, 2)}\n`)
    }
    return code
  }
}

/** Faults of what was typed, not of an order. */
const USAGE_FAULTS: ReadonlySet<string> = new Set([
  'answers-invalid',
  'template-invalid',
  'material-list-invalid',
  'client-list-invalid',
  'list-unreadable',
  'question-unknown',
  'question-closed',
  'answer-unfit',
  'client-unknown',
  'mapping-unknown',
])

function programOf(done: (code: number) => void): Command {
  const program = new Command('myitero')
    .description('Brings iTero scan orders into a dental laboratory’s case folder.')
    .version(version())
    .exitOverride()
    .showHelpAfterError()
    .configureHelp({ helpWidth: 80, sortSubcommands: false })
    .addHelpText('after', EXIT_CODES)

  command(program, 'import <package...>', 'Import export packages: zips or folders')
    .option('--answers <file>', 'answers to questions, given beforehand (JSON)')
    .option('--no-prompt', 'leave questions open, even where a person is there')
    .addOption(new Option('--parallel <n>', 'packages in hand at once').default(4).argParser(count))
    .action(
      async (packages: string[], options: Common & { answers?: string; prompt: boolean; parallel: number }) =>
        done(await importCommand(packages, options)),
    )

  command(program, 'watch <folder>', 'Import what appears in an export folder, until stopped')
    .option('--answers <file>', 'answers to questions, given beforehand (JSON)')
    .option('--once', 'stop when all that stands there now has been imported', false)
    .addOption(
      new Option('--relist <seconds>', 'look through the folder this often, for shares that announce nothing')
        .default(RELIST_MS / 1000)
        .argParser(count),
    )
    .action(async (folder: string, options: Common & { answers?: string; once: boolean; relist: number }) => {
      const { watchCommand } = await import('./watch-command.ts')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
      done(await watchCommand(folder, { ...options, signal: stop.signal }))
    })

  command(program, 'orders', 'List orders, newest first, and refused packages')
    .addOption(new Option('--stage <stage>', 'only these').choices(STAGES))
    .addOption(new Option('--limit <n>', 'how many').default(50).argParser(count))
    .addOption(new Option('--after <id>', 'those before this id of the JSON list').argParser(count))
    .action(async (options: Common & { stage?: RevisionStage; limit: number; after?: number }) => {
      const { stage, limit, after } = options
      await listed(options, ({ importer }) =>
        ordersListing(importer, {
          limit,
          ...(after === undefined ? {} : { after: after as RevisionId }),
          ...(stage === undefined ? {} : { stages: [stage] }),
        }),
      )
    })

  command(program, 'questions', 'List open questions, with how to answer them').action(
    async (options: Common) => listed(options, ({ importer }) => questionsListing(importer)),
  )

  command(program, 'answer', 'Answer a question for every order that waits for it')
    .argument('<question>', 'its number', number)
    .option('--client <id>', 'the doctor is this client of yours')
    .option('--new-client <name>', 'the doctor becomes a new client of this name')
    .option('--address <text>', 'its address; the practice’s where left out')
    .option('--contact <text>', 'its contact')
    .option('--material <code>', 'short code in your list of materials')
    .option('--method <code>', 'production method of that material')
    .option('--no-default-material', 'for these orders only, not for later ones')
    .option('--no-default-method', 'for these orders only, not for later ones')
    .action(async (question: number, options: Common & GivenAnswer) => {
      const id = question as QuestionId
      const person = !options.json && process.stdin.isTTY === true && process.stdout.isTTY === true
      const results = await within(options, 'write', ({ importer }) =>
        answerCommand(importer, id, options, person),
      )
      if (results === null) return done(3)
      if (options.json) {
        const shown = results.map((result) => jsonResult(result, options.language))
        process.stdout.write(`${JSON.stringify({ results: shown, exit: exitCode(results) }, null, 2)}\n`)
      } else {
        for (const result of results) process.stdout.write(`${shownResult(result, options.language)}\n`)
      }
      done(exitCode(results))
    })

  command(program, 'mappings', 'List what doctors and materials are mapped to, or take one back')
    .addOption(new Option('--delete-doctor <number>', 'ask for this doctor again').argParser(number))
    .option('--delete-material <key>', 'ask for this material again')
    .option('--clear-material <key>', 'forget its material, keep its production method')
    .option('--clear-method <key>', 'forget its production method, keep its material')
    .action(async (options: Common & TakenBack) => {
      for (const forget of forgets(options)) {
        await within(options, 'read', ({ importer }) => forgetMapping(importer, forget))
      }
      await listed(options, ({ importer }) => mappingsListing(importer))
    })

  command(program, 'clients', 'List the laboratory’s clients').action(async (options: Common) =>
    listed(options, ({ importer }) => clientsListing(importer)),
  )
  return program
}

interface TakenBack {
  readonly deleteDoctor?: number
  readonly deleteMaterial?: string
  readonly clearMaterial?: string
  readonly clearMethod?: string
}

function forgets({ deleteDoctor, deleteMaterial, clearMaterial, clearMethod }: TakenBack): readonly Forget[] {
  return [
    ...(deleteDoctor === undefined ? [] : [{ kind: 'doctor', id: deleteDoctor } as const]),
    ...(deleteMaterial === undefined
      ? []
      : [{ kind: 'material', key: deleteMaterial, half: 'both' } as const]),
    ...(clearMaterial === undefined
      ? []
      : [{ kind: 'material', key: clearMaterial, half: 'material' } as const]),
    ...(clearMethod === undefined ? [] : [{ kind: 'material', key: clearMethod, half: 'method' } as const]),
  ]
}

/** A command with the options that all of them share. */
function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .addOption(intoOption())
    .option('--json', 'for programs', false)
    .addOption(
      new Option('--language <language>', 'of what is shown').choices(['en', 'de']).default(systemLanguage()),
    )
    .addOption(new Option('--data <folder>', 'where the ledger and your lists lie').env('MYITERO_DATA'))
    .option('--clients <file>', 'your list of clients (JSON)')
    .option('--materials <file>', 'your list of materials (XML)')
    .option('--template <text>', 'names of cases, such as %d_%l_%f')
    .option('--staging <folder>', 'where cases are put together, on the case folder’s volume')
    .addOption(
      new Option('--patient-name <order>', 'how the export writes patients').choices([
        'given-family',
        'family-given',
      ]),
    )
}

const intoOption = () =>
  new Option('--into <folder>', 'the case folder').env('MYITERO_CASES').makeOptionMandatory()

async function within<T>(
  options: Common,
  purpose: 'write' | 'read',
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  const installation = await openLaboratory(options, purpose)
  try {
    return await work(installation)
  } finally {
    await installation.close()
  }
}

async function listed(
  options: Common,
  list: (installation: Installation) => Promise<Listing>,
): Promise<void> {
  const { lines, json } = await within(options, 'read', list)
  process.stdout.write(options.json ? `${JSON.stringify(json, null, 2)}\n` : `${lines.join('\n')}\n`)
}

const STAGES: readonly RevisionStage[] = ['received', 'waiting', 'publishing', 'published', 'refused']

const EXIT_CODES = `
Exit codes: 0 all published, 3 some wait at a question, 4 some refused,
2 wrong usage.`

function count(text: string): number {
  const n = Number(text)
  if (!/^\d{1,9}$/.test(text) || n < 1) throw new InvalidArgumentError('a number from 1')
  return n
}

/** As the lists show it: `#3` or `3`. */
const number = (text: string) => count(text.replace(/^#/, ''))

function systemLanguage(): Language {
  return new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('de') ? 'de' : 'en'
}

function languageOf(argv: readonly string[]): Language {
  const named = argv[argv.indexOf('--language') + 1]
  return argv.includes('--language') && (named === 'de' || named === 'en') ? named : systemLanguage()
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
