import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { drawIcon } from '../../plugin/tray/icons/draw.ts'
import { iconResource } from '../../plugin/tray/icons/resource.ts'
import { filesIn } from '../emit.ts'
import { PROGRAM } from './folder.ts'

export interface InstallerOptions {
  /** As `makeFolder` made it. */
  readonly folder: string
  /** Where the installer is put. */
  readonly into: string
  /** Seconds since the epoch. */
  readonly epoch: number
  /** `zlib` is quick, for tests. */
  readonly compression: 'lzma' | 'zlib'
}

/** Makes the installer (installer.nsi) by NSIS, and gives its path. The same folder gives the same bytes. Needs `makensis`. */
export function makeInstaller({ folder, into, epoch, compression }: InstallerOptions): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'plugin.json'), 'utf8'))
  const staging = mkdtempSync(join(tmpdir(), 'myitero-installer-'))
  try {
    const outfile = join(into, `myitero-import-${version}-setup.exe`)
    const [icon, payload] = [join(staging, 'icon.ico'), join(staging, 'payload.nsh')]
    writeFileSync(icon, iconFile([16, 24, 32, 48, 64]))
    writeFileSync(payload, payloadOf(join(folder, PROGRAM)))
    for (const file of [icon, payload]) utimesSync(file, epoch, epoch)
    const bytes = filesIn(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)
    const kilobytes = Math.ceil(bytes / 1024)
    const defined = {
      OUTFILE: outfile,
      VERSION: version,
      SIZE_KB: kilobytes,
      SIZE_MB: Math.ceil(kilobytes / 1000 + 20),
      ICON: icon,
      PAYLOAD: payload,
      WORDS: join(import.meta.dirname, 'words.nsh'),
      COMPRESSION: compression,
    }
    const flags = Object.entries(defined).map(([name, value]) => `-D${name}=${value}`)
    execFileSync(
      'makensis',
      ['-V2', '-WX', '-INPUTCHARSET', 'UTF8', ...flags, join(import.meta.dirname, 'installer.nsi')],
      { stdio: ['ignore', 2, 2], env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) } },
    )
    return outfile
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** Of the NSIS that is here (`3.08-3+deb12u1`); null: there is none. */
export function nsisVersion(): string | null {
  try {
    const said = execFileSync('makensis', ['-VERSION'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim().replace(/^v/, '')
  } catch {
    return null
  }
}

/** One line a file, in order: left to itself NSIS takes them as the disk lists them. */
function payloadOf(program: string): string {
  let last = ''
  const lines = filesIn(program).flatMap((file) => {
    const folder = dirname(file) === '.' ? '' : `\\${dirname(file).replaceAll('/', '\\')}`
    const moved = folder === last && last !== '' ? [] : [`SetOutPath "$Fresh${folder}"`]
    last = folder
    // In NSIS a dollar begins a variable.
    return [...moved, `File "${join(program, file).replaceAll('$', '$$$$')}"`]
  })
  return `${lines.join('\n')}\n`
}

/** An .ico: a directory of 6 and 16 bytes an entry, then the pictures. [V: ICONDIR, "Icons" in the Windows SDK] */
function iconFile(sizes: readonly number[]): Uint8Array {
  const pictures = sizes.map((size) => iconResource(drawIcon('active', size, 'light')))
  const head = Buffer.alloc(6 + 16 * sizes.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(sizes.length, 4)
  let offset = head.length
  for (const [at, picture] of pictures.entries()) {
    const entry = 6 + 16 * at
    head.writeUInt8(sizes[at] ?? 0, entry)
    head.writeUInt8(sizes[at] ?? 0, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(picture.length, entry + 8)
    head.writeUInt32LE(offset, entry + 12)
    offset += picture.length
  }
  return Buffer.concat([head, ...pictures])
}
