import { writeFileSync } from 'node:fs'
import { changeOver } from './change-over.ts'
import { forgetSignIn, removeData } from './remove-data.ts'
import { SetupError } from './setup-error.ts'
import { type WaitingOrders, waitingOrders } from './waiting-orders.ts'

/** What the installer reads of it; it prints nothing. */
export const EXIT = {
  done: 0,
  failed: 1,
  'reseller-invalid': 21,
  'no-rights': 22,
  'no-space': 23,
  'reseller-not-json': 24,
  'reseller-unwritable': 25,
  'data-left': 26,
  'sign-in-left': 27,
} as const

/**
 * What the installer cannot do by itself, run by the Node that it has just unpacked:
 * `try` whether the program comes up on this computer, `change-over <plugin folder> <program> [on|off <reseller file>]`,
 * `waiting`, `remove-data`. With `--tell <file>` before it, that file says in UTF-16 what place, reason or path an error is
 * about; of `waiting` a line with the number of orders, and one with where their files are.
 */
export async function setup(argv: readonly string[]): Promise<number> {
  const [flag, file = '', ...rest] = argv
  const tell = flag === '--tell' ? (text: string) => writeFileSync(file, text, 'utf16le') : () => {}
  const [task, ...args] = flag === '--tell' ? rest : argv
  try {
    tell('')
    if (task === 'try') await everyPart()
    else if (task === 'change-over') await changeOver(args)
    else if (task === 'waiting') tell(linesOf(await waitingOrders(process.env)))
    else if (task === 'remove-data') await removeData(process.env, forgetSignIn)
    else return EXIT.failed
    return EXIT.done
  } catch (error) {
    if (error instanceof SetupError) {
      tell(error.fact)
      return EXIT[error.code]
    }
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return EXIT['no-rights']
    return code === 'ENOSPC' ? EXIT['no-space'] : EXIT.failed
  }
}

/** Folders that are named: the installer's texts are bounded. */
const NAMED = 3

function linesOf({ orders, folders }: WaitingOrders): string {
  const more = folders.length > NAMED ? ', …' : ''
  return `${orders}\n${folders.slice(0, NAMED).join(', ')}${more}\n`
}

async function everyPart(): Promise<void> {
  await import('../../../plugin/main.ts')
  await import('../../../plugin/terminal/myitero.ts')
}

if (import.meta.main) process.exitCode = await setup(process.argv.slice(2))
