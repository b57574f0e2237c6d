import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import { Command, InvalidArgumentError } from 'commander'
import { openLink, showFolder } from './desktop.ts'
import { HostError } from './errors.ts'
import { faultLog } from './fault-log.ts'
import { type RunningHost, startHost, usualHome } from './start.ts'
import { failureOf } from './words/words.ts'

interface Flags {
  readonly home: string
  readonly port?: number
  readonly open: boolean
  readonly plugins?: string[]
  readonly reseller?: string
  readonly licence?: string
  readonly suggest?: string[]
  readonly profile?: string
}

/** The terminal's language; pages follow the setting. */
export const LANGUAGE = new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('de') ? 'de' : 'en'
const say = (text: string) => process.stdout.write(`${text}\n`)

/** Runs a host until it is told to end, and gives the exit code: 0 ended as asked, 1 could not start. */
export async function main(argv: readonly string[]): Promise<number> {
  const flags = commandLine().parse(argv, { from: 'user' }).opts<Flags>()
  const [plugins = join(import.meta.dirname, '..'), ...morePlugins] = flags.plugins ?? []
  const told = toldToEnd()
  let host: RunningHost
  try {
    host = await startHost({
      home: resolve(flags.home),
      plugins: resolve(plugins),
      morePlugins: morePlugins.map((folder) => resolve(folder)),
      reseller: flags.reseller === undefined ? null : resolve(flags.reseller),
      licence: flags.licence === undefined ? null : resolve(flags.licence),
      port: flags.port ?? null,
      suggestions: (flags.suggest ?? []).map((folder) => resolve(folder)),
      ...(flags.profile === undefined ? {} : { profile: resolve(flags.profile) }),
      desktop: { showFolder, openPage: openLink, openLogin: flags.open ? openLink : async () => false },
      clock: Date.now,
      onFault: faultLog(resolve(flags.home), Date.now),
    })
  } catch (error) {
    process.stderr.write(`${failureOf(error, LANGUAGE).text}\n`)
    // A defect: whoever started it is the one to see it.
    if (!(error instanceof HostError)) process.stderr.write(`${inspect(error)}\n`)
    return 1
  }
  const withdraw = offer(host, flags.open)
  await told
  withdraw()
  say(WORDS.ending[LANGUAGE])
  await host.close()
  return 0
}

/** Says the link, opens it, and makes another one for whoever presses Enter, until it is withdrawn. */
function offer(host: RunningHost, opens: boolean): () => void {
  const show = () => {
    const link = host.link()
    say(`${WORDS.open[LANGUAGE]} ${link}`)
    return link
  }
  const link = show()
  if (opens) void openLink(link)
  if (!process.stdin.isTTY) return () => {}
  say(WORDS.again[LANGUAGE])
  const lines = createInterface({ input: process.stdin })
  lines.on('line', () => void openLink(show()))
  return () => lines.close()
}

/** Once is asked; twice is not waited for. */
function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130)
        asked = true
        resolve()
      })
    }
  })
}

function commandLine(): Command {
  return new Command('host')
    .description('A case database in the manner of DentalDB, with its page on this computer alone.')
    .option('--home <folder>', 'where it keeps its database', usualHome(process.platform, process.env))
    .option('--port <number>', 'of its page (default: 7662, or a free one)', port)
    .option('--no-open', 'do not open the page in a browser')
    .option('--plugins <folder...>', 'folders whose folders are plugins (default: this project’s own)')
    .option(
      '--reseller <file>',
      'reseller configuration (default: the home’s reseller.json, or the built-in one)',
    )
    .option('--licence <file>', 'licence (default: the home’s licence.json, or the built-in one)')
    .option('--suggest <folder...>', 'folders that the folder chooser offers first')
    .option('--profile <file>', 'connection profile of a MyiTero cloud; kept as the setting')
    .configureHelp({ helpWidth: 100 })
    .showHelpAfterError('(--help tells what there is)')
}

function port(text: string): number {
  const number = Number(text)
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new InvalidArgumentError('0 to 65535.')
  return number
}

const WORDS = {
  open: {
    en: 'Open this link in your browser, it works once:',
    de: 'Öffnen Sie diesen Link im Browser, er gilt einmal:',
  },
  again: {
    en: 'Enter makes another link, Ctrl-C ends.',
    de: 'Enter macht einen neuen Link, Strg-C beendet.',
  },
  ending: {
    en: 'Ending. What is being imported is finished first.',
    de: 'Wird beendet. Was gerade importiert wird, wird noch fertig.',
  },
} as const

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
