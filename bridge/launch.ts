import { spawn } from 'node:child_process'
import { dirname, join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import type { Bootstrap, Configuration } from './data.ts'
import type { PluginManifest } from './manifest.ts'
import { nativeFolders } from './native-code.ts'
import { realPath } from './real-path.ts'
import { deviceName } from './share.ts'

/** What a plugin's process is started with. */
export interface Launch {
  readonly manifest: PluginManifest
  /** The plugin's folder, where its plugin.json is. */
  readonly folder: string
  /** Further code that it runs on: files and folders it may read. */
  readonly code: readonly string[]
  readonly dataFolder: string
  readonly configuration: Pick<Configuration, 'caseFolder' | 'exportFolder'>
  readonly bootstrap: Bootstrap
}

export interface Child {
  /** How it ended: `exit 1`, `SIGKILL`, `ENOENT` where it did not even start. */
  readonly ended: Promise<string>
  /** The end of its input tells it that its host is gone. */
  readonly endInput: () => void
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  /** Waits for it no longer. */
  readonly abandon: () => void
  /** The last lines that it wrote, for a developer. */
  readonly output: () => readonly string[]
  /** The last ones of its error output that say something: a stack's frames do not. */
  readonly complaint: () => readonly string[]
}

/** Starts the plugin under Node's permission model and hands it the bootstrap line. */
export function launch(options: Launch): Child {
  const child = spawn(
    process.execPath,
    [...permissionFlags(options), join(options.folder, options.manifest.entry)],
    { cwd: options.dataFolder, env: pluginEnvironment(options), stdio: 'pipe', windowsHide: true },
  )
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(options.bootstrap)}\n`)
  const { promise: ended, resolve: end } = Promise.withResolvers<string>()
  child.once('exit', (code, signal) => {
    const how = signal ?? `exit ${code}`
    // Its last words are still to be read; whoever holds its pipes beyond its end is not waited for.
    const late = setTimeout(end, LAST_WORDS_MS, how)
    child.once('close', () => {
      clearTimeout(late)
      end(how)
    })
  })
  child.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'not started'))
  const output = lastLines([child.stdout, child.stderr])
  const errors = lastLines([child.stderr])
  return {
    ended,
    endInput: () => child.stdin.end(),
    kill: (signal) => child.kill(signal),
    abandon: () => {
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
      child.unref()
      end('abandoned')
    },
    output,
    complaint: () =>
      errors()
        .filter((line) => !SAYS_NOTHING.test(line))
        .slice(-COMPLAINT.lines)
        .map((line) => line.trim().slice(0, COMPLAINT.characters)),
  }
}

/** Closes what Node's permissions leave open, before any code of the plugin is loaded. */
const GUARD = join(import.meta.dirname, 'guard.mjs')

/**
 * What the plugin may do: read its code, write its data folder and, where its manifest asks for it, the case folder. No
 * other process, no thread: one that is started with arguments of its own has every right again (tried). Native code of
 * the packages alone that its manifest names.
 */
export function permissionFlags(options: Omit<Launch, 'bootstrap'>): readonly string[] {
  const { manifest, configuration, dataFolder } = options
  const access = manifest.permissions.caseFolder
  const written = [dataFolder, ...(access === 'write' ? [configuration.caseFolder] : [])]
  const read = [
    options.folder,
    ...options.code,
    ...written,
    ...(access === 'read' ? [configuration.caseFolder] : []),
    ...(configuration.exportFolder === null ? [] : [configuration.exportFolder]),
  ]
  // It may lie outside of what the plugin runs on.
  const guard = [...new Set([GUARD, realPath(GUARD)])]
  // From Node 25 on the network is a permission too.
  const network = process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []
  // Its warning is said in the manifest's schema and in docs/bridge.md, to whom it concerns.
  return [
    '--permission',
    `--require=${GUARD}`,
    ...guard.map((file) => `--allow-fs-read=${file}`),
    ...network,
    ...(nativeOf(options).length === 0 ? [] : ['--allow-addons', '--disable-warning=PERM0001']),
    ...read.flatMap((path) => both('--allow-fs-read', path)),
    ...written.flatMap((path) => both('--allow-fs-write', path)),
  ]
}

/** Looked for from its entry on, as the plugin's own modules look: it may bring its packages in a folder below its own. */
const nativeOf = ({ manifest, folder }: Pick<Launch, 'manifest' | 'folder'>) =>
  nativeFolders(manifest.permissions.native ?? [], dirname(join(folder, manifest.entry)), process.platform)

/** A folder and what is in it, also where it is made later, by each name that it has. */
function both(flag: string, path: string): readonly string[] {
  const names = [resolve(path), realPath(path)]
  const devices = process.platform === 'win32' ? names.map(deviceName) : []
  return (
    [...new Set([...names, ...devices])]
      // A star would permit more than the one folder.
      .filter((name) => !name.includes('*'))
      .flatMap((name) => [`${flag}=${name}`, `${flag}=${name.endsWith(sep) ? name : name + sep}*`])
  )
}

/** What the guard reads, and takes away again. */
const NATIVE_CODE = 'BRIDGE_NATIVE_CODE'

/** Nothing of the host's own: NODE_OPTIONS would change what the plugin may do. */
export function pluginEnvironment(of: Pick<Launch, 'manifest' | 'folder'>): NodeJS.ProcessEnv {
  const native = nativeOf(of)
  const kept = KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return {
    ...Object.fromEntries(kept),
    // Of glibc, unread elsewhere: a heap for each thread keeps tens of MB that nobody uses.
    MALLOC_ARENA_MAX: '1',
    ...(native.length === 0 ? {} : { [NATIVE_CODE]: JSON.stringify(native) }),
  }
}

/** The system, its language, its proxies and certificates, and where its keychain listens. */
const KEPT = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'USERNAME',
  'APPDATA',
  'LOCALAPPDATA',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'windir',
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
]

/** ms */
const LAST_WORDS_MS = 250
const COMPLAINT = { lines: 5, characters: 200 }
/** Frames, marks and the closing line of a report of Node's, and what Node 22 says of its own SQLite. */
const SAYS_NOTHING =
  /^\s*(at .*|Node\.js v[\d.]+|[\^~{}[\]]*|\(node:\d+\) ExperimentalWarning: .*|\(Use `node --trace-warnings .*)\s*$/
const LINES = 100
const LINE_LIMIT = 500

function lastLines(streams: readonly Readable[]): () => readonly string[] {
  const lines: string[] = []
  for (const stream of streams) {
    let rest = ''
    stream.setEncoding('utf8').on('data', (piece: string) => {
      const parts = (rest + piece).split('\n')
      rest = (parts.pop() ?? '').slice(0, LINE_LIMIT)
      lines.push(...parts.slice(-LINES).map((line) => line.slice(0, LINE_LIMIT)))
      lines.splice(0, lines.length - LINES)
    })
    stream.on('error', () => {})
  }
  return () => [...lines]
}
