import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { filesIn, ROOT } from '../emit.ts'
import { makeFolder, sourceEpoch } from './folder.ts'
import { makeInstaller, nsisVersion } from './installer.ts'

// `npm run pack:windows`: the plugin's folder for Windows, and the installer of it. Exit code 2 where something is missing
// or not understood, before anything is made.
interface Flags {
  readonly into: string
  readonly node?: string
  readonly installer: boolean
  readonly compress: 'lzma' | 'fast'
}

const command = new Command('pack:windows')
  .description(
    "Makes the plugin's folder for Windows and its installer: the same commit gives the same bytes.",
  )
  .option('--into <folder>', 'where both are put', join(ROOT, 'dist-windows'))
  .option('--node <folder>', 'take the node.exe in this folder, instead of the pinned one')
  .option('--no-installer', 'make the folder alone')
  .addOption(
    new Option('--compress <how>', 'the installer; fast is for trying')
      .choices(['lzma', 'fast'])
      .default('lzma'),
  )
  .showHelpAfterError('(--help tells what there is)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
const flags = command.parse().opts<Flags>()
if (!flags.installer && command.getOptionValueSource('compress') === 'cli')
  command.error('error: --compress is about the installer, which --no-installer leaves out')
const node = flags.node === undefined ? null : resolve(flags.node)
if (node !== null && !existsSync(join(node, 'node.exe')))
  command.error(`error: there is no node.exe in this folder: ${node}`)
const nsis = flags.installer ? nsisVersion() : null
if (flags.installer && nsis === null) {
  command.error(
    "error: makensis is not here, which makes the installer: install Debian's nsis, or name --no-installer",
  )
}
const epoch = epochOrEnd()

const into = resolve(flags.into)
const folder = join(into, 'myitero-import')
makeFolder({ into: folder, node, epoch, nsis })
const files = filesIn(folder)
const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
say(`${folder}: ${megabytes(bytes)} MB in ${files.length} files`)
if (flags.installer) {
  const compression = flags.compress === 'fast' ? 'zlib' : 'lzma'
  const installer = makeInstaller({ folder, into, epoch, compression })
  const hash = createHash('sha256').update(readFileSync(installer)).digest('hex')
  say(`${installer}: ${megabytes(statSync(installer).size)} MB, sha256 ${hash}`)
}

function epochOrEnd(): number {
  try {
    return sourceEpoch()
  } catch (error) {
    return command.error(`error: ${(error as Error).message}`)
  }
}

function megabytes(count: number): string {
  return (count / 1e6).toFixed(1)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
