import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { patiently } from './patiently.ts'
import { withFeature } from './reseller-file.ts'
import { SetupError } from './setup-error.ts'

/** The name that the installer gives a program beside the one that is there. */
const PROGRAM = /^program-\d{1,6}$/
/** And one that an uninstallation left, which did not come to its end. */
const OLD_PROGRAM = /^program-\d{1,6}(\.gone)?$/

/**
 * Lets the plugin's folder stand for another program in it: everything is written before that could fail, and plugin.json,
 * which makes it the plugin, is replaced last, in one step. Then the programs before it go, as far as nobody has them open.
 * Errors: those of `withFeature`, `reseller-unwritable` (its fact: the disk's code), and those of the disk; nothing has
 * changed then.
 */
export async function changeOver([
  folder = '',
  program = '',
  feature,
  resellerFile,
]: readonly string[]): Promise<void> {
  if (!PROGRAM.test(program)) throw new Error('no name of a program')
  const own = join(folder, program)
  const staged: Staged[] = []
  const made: string[] = []
  const stage = (file: string, text: string | Uint8Array) => {
    const first = mkdirSync(dirname(file), { recursive: true })
    // Windows' Node may give it by its long form.
    if (first !== undefined) made.push(...between(first.replace(/^\\\\\?\\/, ''), dirname(file)))
    staged.push({ fresh: `${file}.new`, file })
    writeWhole(`${file}.new`, text)
  }
  try {
    stage(join(folder, 'myitero.cmd'), named(join(own, 'root/myitero.cmd'), program))
    const uninstaller = join(own, 'root/uninstall.exe')
    if (existsSync(uninstaller)) stage(join(folder, 'uninstall.exe'), readFileSync(uninstaller))
    if ((feature === 'on' || feature === 'off') && resellerFile !== undefined) {
      aboutReseller(() => stage(resellerFile, withFeature(readOrNull(resellerFile), feature)))
    }
    stage(join(folder, 'plugin.json'), named(join(own, 'root/plugin.json'), program))
    await replaceAll(staged, resellerFile)
  } catch (error) {
    for (const { fresh } of staged) rmSync(fresh, { force: true })
    for (const empty of made) removeEmpty(empty)
    throw error
  }
  for (const name of readdirSync(folder)) {
    if (name !== program && OLD_PROGRAM.test(name)) removeOld(join(folder, name))
  }
}

interface Staged {
  readonly fresh: string
  readonly file: string
}

/** All of them, or what was replaced is put back. */
async function replaceAll(staged: readonly Staged[], resellerFile: string | undefined): Promise<void> {
  const replaced: (readonly [file: string, before: Uint8Array | null])[] = []
  try {
    for (const { fresh, file } of staged) {
      const before = existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null
      await patiently(() => renameSync(fresh, file)).catch((error) => {
        throw file === resellerFile ? unwritable(error) : error
      })
      replaced.push([file, before])
    }
  } catch (error) {
    for (const [file, before] of replaced) {
      if (before === null) rmSync(file, { force: true })
      else writeWhole(file, before)
    }
    throw error
  }
}

/** The reseller's file lies elsewhere: what hinders there is not said of the plugin's folder. */
function aboutReseller(step: () => void): void {
  try {
    step()
  } catch (error) {
    throw error instanceof SetupError ? error : unwritable(error)
  }
}

const unwritable = (error: unknown) => {
  const { code } = error as NodeJS.ErrnoException
  return new SetupError('reseller-unwritable', code ?? 'unknown', error)
}

/** The folders from one to another below it, the deepest first. */
function between(first: string, last: string): readonly string[] {
  return last === first || dirname(last) === last ? [last] : [last, ...between(first, dirname(last))]
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {}
}

/** As it lies in the folder that is packed, where the program is called `program`. */
const named = (file: string, program: string) =>
  readFileSync(file, 'utf8').replaceAll(/program(?=[/\\])/g, program)

function readOrNull(file: string): Uint8Array | null {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function writeWhole(file: string, text: string | Uint8Array): void {
  const handle = openSync(file, 'w')
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** What somebody has open stays, and goes with the next installation. */
function removeOld(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  } catch {}
}
