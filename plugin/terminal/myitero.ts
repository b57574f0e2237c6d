import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { asImportError } from '../errors.ts'
import type { Installation } from '../installation.ts'
import type { RevisionStage } from '../ledger/orders.ts'
import type { QuestionId, RevisionId } from '../ledger/schema.ts'
import type { Language } from '../mapping/materials.ts'
import { RELIST_MS } from '../sources/pace.ts'
import { phrase } from '../words/phrases.ts'
import { type UsageKey, usage } from '../words/usage.ts'
import { failureText } from '../words/words.ts'
import { answerCommand, type GivenAnswer } from './answer-command.ts'
import { speaking } from './help.ts'
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
  const program = programOf(languageOf(argv), (given) => {
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
  'answer-incomplete',
  'client-unknown',
  'mapping-unknown',
  'mapping-ambiguous',
])

function programOf(language: Language, done: (code: number) => void): Command {
  const say = (key: UsageKey) => usage(language, key)
  const count = counting(language)
  // As the lists show it: `#3` or `3`.
  const number = (text: string) => count(text.replace(/^#/, ''))
  const program = speaking(new Command('myitero'), language)
    .description(say('program'))
    .version(version(), '-V, --version', say('version'))
    .exitOverride()
    .showHelpAfterError()
    .addHelpText('after', `\n${say('exit-codes')}`)
  const command = (name: string, key: UsageKey) => commandOf(program, name, key, language)

  command('import <package...>', 'import')
    .option('--answers <file>', say('answers'))
    .option('--no-prompt', say('no-prompt'))
    .addOption(new Option('--parallel <n>', say('parallel')).default(4).argParser(count))
    .action(
      async (packages: string[], options: Common & { answers?: string; prompt: boolean; parallel: number }) =>
        done(await importCommand(packages, options)),
    )

  command('watch <folder>', 'watch')
    .option('--answers <file>', say('answers'))
    .option('--once', say('once'), false)
    .addOption(new Option('--relist <seconds>', say('relist')).default(RELIST_MS / 1000).argParser(count))
    .action(async (folder: string, options: Common & { answers?: string; once: boolean; relist: number }) => {
      const { watchCommand } = await import('./watch-command.ts')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const)
        process.once(signal, () => stop.abort())
      done(await watchCommand(folder, { ...options, signal: stop.signal }))
    })

  command('orders', 'orders')
    .addOption(new Option('--stage <stage>', say('stage')).choices(STAGES))
    .addOption(new Option('--limit <n>', say('limit')).default(50).argParser(count))
    .addOption(new Option('--after <id>', say('after')).argParser(count))
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

  command('questions', 'questions').action(async (options: Common) =>
    listed(options, ({ importer }) => questionsListing(importer)),
  )

  command('answer', 'answer')
    .argument('<question>', say('question'), number)
    .addOption(new Option('--client <id>', say('client')).conflicts('newClient'))
    .option('--new-client <name>', say('new-client'))
    .option('--address <text>', say('address'))
    .option('--contact <text>', say('contact'))
    .option('--material <code>', say('material'))
    .option('--method <code>', say('method'))
    .option('--no-default-material', say('no-default'))
    .option('--no-default-method', say('no-default'))
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
        if (results.length === 0) process.stdout.write(`${phrase(options.language, 'answer-kept', {})}\n`)
      }
      done(exitCode(results))
    })

  command('mappings', 'mappings')
    .addOption(new Option('--delete-doctor <number>', say('delete-doctor')).argParser(number))
    .option('--delete-material <key>', say('delete-material'))
    .option('--clear-material <key>', say('clear-material'))
    .option('--clear-method <key>', say('clear-method'))
    .action(async (options: Common & TakenBack) => {
      for (const forget of forgets(options)) {
        await within(options, 'read', ({ importer }) => forgetMapping(importer, forget))
      }
      await listed(options, ({ importer }) => mappingsListing(importer))
    })

  command('clients', 'clients').action(async (options: Common) =>
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

/** A variable that is not set in a script must not come to mean the folder that one happens to be in. */
function named(folder: string): string {
  if (folder.trim() === '') throw new InvalidArgumentError('')
  return folder
}

/** A command with the options that all of them share. */
function commandOf(parent: Command, name: string, key: UsageKey, language: Language): Command {
  const say = (key: UsageKey) => usage(language, key)
  return parent
    .command(name)
    .description(say(key))
    .addOption(
      new Option('--into <folder>', say('into')).env('MYITERO_CASES').argParser(named).makeOptionMandatory(),
    )
    .option('--json', say('json'), false)
    .addOption(
      new Option('--language <language>', say('language')).choices(['en', 'de']).default(systemLanguage()),
    )
    .addOption(new Option('--data <folder>', say('data')).env('MYITERO_DATA'))
    .option('--clients <file>', say('client-list'))
    .option('--materials <file>', say('material-list'))
    .option('--template <text>', say('template'))
    .option('--staging <folder>', say('staging'))
    .addOption(
      new Option('--patient-name <order>', say('patient-name')).choices(['given-family', 'family-given']),
    )
}

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

function counting(language: Language): (text: string) => number {
  return (text) => {
    const n = Number(text)
    if (!/^\d{1,9}$/.test(text) || n < 1) throw new InvalidArgumentError(usage(language, 'number-from-1'))
    return n
  }
}

function systemLanguage(): Language {
  return new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('de') ? 'de' : 'en'
}

function languageOf(argv: readonly string[]): Language {
  const at = argv.findLastIndex((word) => /^--language(=|$)/.test(word))
  const named = argv[at]?.split('=')[1] ?? argv[at + 1]
  return at >= 0 && (named === 'de' || named === 'en') ? named : systemLanguage()
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
