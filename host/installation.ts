import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Language } from '../bridge/data.ts'
import type { Database } from './database.ts'
import type { HostError } from './errors.ts'
import { type Licence, readLicence } from './licence.ts'
import { findPlugins, type PluginsFound } from './plugins.ts'
import { type Reseller, readReseller } from './reseller.ts'
import { readSettings, type StoredSettings } from './settings.ts'

/** Where a host keeps its own, and what it was started with. Absolute paths. */
export interface Places {
  readonly home: string
  /** Folder whose folders are plugins. */
  readonly plugins: string
  /** Further ones, such as that of all users of the computer. */
  readonly morePlugins?: readonly string[]
  /** null: the home's own, or the one that ships with the host. */
  readonly reseller: string | null
  readonly licence: string | null
}

/** What reseller, licence and plugins allow at this moment. */
export interface Installation extends PluginsFound {
  readonly reseller: Reseller
  readonly licence: Licence
  /** All that could not be read. */
  readonly problems: readonly HostError[]
}

/** Settings with what stands where nothing was ever set. */
export interface Settled extends StoredSettings {
  readonly language: Language
  readonly caseFolder: string
}

/** Reads reseller configuration, licence and plugins; never throws for what is broken in them. `now`: ms since the epoch. */
export async function readInstallation(places: Places, now: number): Promise<Installation> {
  const [resellerFile, licenceFile] = await Promise.all([
    fileOf(places.reseller, places.home, 'reseller'),
    fileOf(places.licence, places.home, 'licence'),
  ])
  const [reseller, licence] = await Promise.all([readReseller(resellerFile), readLicence(licenceFile)])
  const found = await findPlugins([places.plugins, ...(places.morePlugins ?? [])], { reseller, licence, now })
  const own = [reseller.problem, licence.problem].filter((problem) => problem !== null)
  return { ...found, reseller, licence, problems: [...own, ...found.problems] }
}

export function settled(db: Database, home: string): Settled {
  const stored = readSettings(db)
  return {
    ...stored,
    language: stored.language ?? systemLanguage(),
    caseFolder: stored.caseFolder ?? join(home, 'cases'),
  }
}

/** Data folder of a plugin. */
export const dataFolderOf = (home: string, plugin: string): string => join(home, 'plugins', plugin)

async function fileOf(named: string | null, home: string, name: 'reseller' | 'licence'): Promise<string> {
  if (named !== null) return named
  const own = join(home, `${name}.json`)
  const there = await access(own).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )
  return there ? own : join(import.meta.dirname, `${name}.default.json`)
}

const systemLanguage = (): Language =>
  new Intl.DateTimeFormat().resolvedOptions().locale.startsWith('de') ? 'de' : 'en'
