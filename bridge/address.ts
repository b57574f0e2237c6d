import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BridgeError } from './errors.ts'

/** Where a pipe is, and how it goes away. */
export interface Address {
  readonly path: string
  readonly remove: () => Promise<void>
}

const PREFIX = 'myitero-bridge-'
const SOCKET = 'pipe'
/** `sun_path` holds 104 bytes on macOS and 108 on Linux, with the zero at its end. */
const PATH_LIMIT = 100

/**
 * A new name that nobody knows yet: a socket in a new folder that only its owner may enter, `\\.\pipe\…` on Windows.
 * `unique`: random characters for the name on Windows. Throws BridgeError `pipe-path-too-long`, `pipe-unusable`.
 */
export async function newAddress(
  unique: string,
  roots: readonly string[] = [process.env['XDG_RUNTIME_DIR'] ?? '', tmpdir(), '/tmp'],
): Promise<Address> {
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\${PREFIX}${unique}`, remove: async () => {} }
  }
  const short = roots.filter((root) => root !== '' && fits(join(root, `${PREFIX}XXXXXX`, SOCKET)))
  if (short.length === 0) throw new BridgeError('pipe-path-too-long', `over ${PATH_LIMIT} bytes`)
  for (const root of short) {
    const folder = await ownFolder(root)
    if (folder === null) continue
    await sweep(root)
    return {
      path: join(folder, SOCKET),
      remove: () => rm(folder, { recursive: true, force: true }),
    }
  }
  throw new BridgeError('pipe-unusable', 'no folder for the socket')
}

const fits = (path: string) => Buffer.byteLength(path) <= PATH_LIMIT

async function ownFolder(root: string): Promise<string | null> {
  try {
    const folder = await mkdtemp(join(root, PREFIX))
    const { mode } = await lstat(folder)
    if ((mode & 0o077) === 0) return folder
    // A file system that keeps no modes: anybody could enter.
    await rm(folder, { recursive: true, force: true })
    return null
  } catch {
    return null
  }
}

/** Takes away what a host that was killed left behind: our own folders whose socket nobody listens on. */
async function sweep(root: string): Promise<void> {
  const names = await readdir(root).catch(() => [])
  const left = names.filter((name) => name.startsWith(PREFIX)).slice(0, 50)
  await Promise.all(
    left.map(async (name) => {
      const folder = join(root, name)
      const stat = await lstat(folder).catch(() => null)
      if (stat === null || !stat.isDirectory() || stat.uid !== process.getuid?.()) return
      if (await isDead(join(folder, SOCKET)))
        await rm(folder, { recursive: true, force: true }).catch(() => {})
    }),
  )
}

/** Refused, not absent: another host may just be about to listen. */
function isDead(path: string): Promise<boolean> {
  return new Promise((told) => {
    const socket = connect(path)
    socket.once('connect', () => told(false))
    socket.once('error', (error: NodeJS.ErrnoException) => told(error.code === 'ECONNREFUSED'))
    socket.once('close', () => told(false))
    socket.once('connect', () => socket.destroy())
  })
}
