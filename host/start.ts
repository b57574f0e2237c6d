import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import packageJson from '../package.json' with { type: 'json' }
import { startControl } from './control.ts'
import { closeDatabase, type Database, openDatabase } from './database.ts'
import { HostError } from './errors.ts'
import type { Desktop } from './http/api-routes.ts'
import { obey } from './icon-commands.ts'
import type { Places } from './installation.ts'
import { type Pages, preparePages } from './pages.ts'
import { readProfile } from './profile.ts'
import { type HostServer, startServer } from './server.ts'
import { changeSettings } from './settings.ts'

export interface HostOptions extends Places {
  /** null: the usual one, or any where that is taken; 0: any. */
  readonly port: number | null
  readonly desktop: Desktop
  /** Folders that the folder chooser offers first; absolute. */
  readonly suggestions: readonly string[]
  /** A connection profile that is kept as the setting; left out, the setting stays as it is. Absolute. */
  readonly profile?: string
  /** ms since the epoch. */
  readonly clock: () => number
  /** What failed where nobody waits for an answer, for a developer. */
  readonly onFault: (fault: unknown, where: string) => void
  /** Bundled here where left out. */
  readonly pages?: Pages
}

export interface RunningHost {
  readonly port: number
  /** A new link that signs one browser in, once. */
  link(): string
  /** Stops the plugin, letting a publish in flight finish, then everything else. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts a host on its home; the home and its case folder are made where they are missing.
 * Errors: `home-unusable`, `database-…` (`database-busy`: another host has it), `port-in-use`, `port-refused`, `pages-missing`,
 * those of a profile (`file-…`, `profile-invalid`).
 */
export async function startHost(options: HostOptions): Promise<RunningHost> {
  const { home, clock, onFault, port, desktop, suggestions, profile } = options
  await mkdir(join(home, 'cases'), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new HostError('home-unusable', { home, reason: error.code ?? 'unknown' }, error)
  })
  const db = openDatabase(join(home, 'host.sqlite'), clock)
  const started: (() => Promise<void> | void)[] = [() => closeDatabase(db)]
  const close = async () => {
    for (const end of started.toReversed()) await end()
  }
  try {
    const bundling = options.pages ?? bundled()
    // Its failure is told below, when there is something to be ended.
    if (bundling instanceof Promise) bundling.catch(() => {})
    if (profile !== undefined) await keepProfile(db, profile)
    const commanded = Promise.withResolvers<HostServer>()
    // Before there is a server nobody can ask for a page; where there will be none, its failure is told below.
    commanded.promise.catch(() => {})
    const control = await startControl({
      db,
      places: options,
      version: packageJson.version,
      clock,
      onCommand: (command) =>
        void commanded.promise
          .then(({ link }) => obey(command, { cloud: control.cloud, desktop, link }))
          .catch((error: unknown) => onFault(error, 'user/command')),
      onFault,
    })
    started.push(() => control.close())
    const pages = await bundling
    const server: HostServer = await startServer({ control, pages, desktop, port, suggestions, onFault })
    started.splice(1, 0, () => server.close())
    commanded.resolve(server)
    let closing: Promise<void> | null = null
    return {
      port: server.port,
      link: server.link,
      close() {
        closing ??= close()
        return closing
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** One that cannot be read is not kept: whoever named it is told. */
async function keepProfile(db: Database, profile: string): Promise<void> {
  await readProfile(profile)
  changeSettings(db, { connectionProfile: profile })
}

/**
 * Where a host keeps its own when no home is named: the user's folder for program data, as the platform has it. An empty
 * XDG_DATA_HOME counts as none (XDG Base Directory Specification). [V]
 */
export function usualHome(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'MyiTero host')
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'MyiTero host')
  return join(env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'myitero-host')
}

const bundled = (): Promise<Pages> =>
  preparePages().catch((error: unknown) => {
    throw new HostError('pages-missing', {}, error)
  })
