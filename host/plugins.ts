import { access, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Language } from '../bridge/data.ts'
import { BridgeError } from '../bridge/errors.ts'
import { type PluginManifest, readManifest } from '../bridge/manifest.ts'
import { PROTOCOL_VERSION } from '../bridge/numbers.ts'
import { HostError } from './errors.ts'
import { type Licence, licenceObstacle } from './licence.ts'
import type { Reseller } from './reseller.ts'

/** Folders looked into; a folder of plugins holds a few. */
const FOLDERS = 500
const MANIFEST = 'plugin.json'

export interface FoundPlugin {
  /** Absolute. */
  readonly folder: string
  readonly manifest: PluginManifest
  /** Why it cannot be enabled; empty: it can. */
  readonly obstacles: readonly HostError[]
}

export interface PluginsFound {
  /** By id, each once. Without those whose feature the reseller does not ship: nothing of them exists for a person. */
  readonly plugins: readonly FoundPlugin[]
  /** The ids of those. */
  readonly hidden: ReadonlySet<string>
  readonly problems: readonly HostError[]
}

export interface Conditions {
  readonly reseller: Reseller
  readonly licence: Licence
  /** ms since the epoch. */
  readonly now: number
}

/**
 * Plugins in the folders of these folders: each with a plugin.json, checked. One that is there twice, such as for this user
 * and for all of the computer, is used in its newest version, of two alike the first; the other one is named in `problems`,
 * as is what is broken. Never throws.
 */
export async function findPlugins(folders: readonly string[], conditions: Conditions): Promise<PluginsFound> {
  const problems: HostError[] = []
  const read: Copy[] = []
  for (const folder of folders) {
    for (const name of await foldersIn(folder, problems)) {
      try {
        read.push({ folder: join(folder, name), manifest: await readManifest(join(folder, name, MANIFEST)) })
      } catch (error) {
        problems.push(manifestProblem(name, error))
      }
    }
  }
  const plugins: FoundPlugin[] = []
  const hidden = new Set<string>()
  for (const [id, copies] of Map.groupBy(read, ({ manifest }) => manifest.id)) {
    // A stable sort: of two alike the first stays the first.
    const [used, ...others] = copies.toSorted((a, b) => byVersion(b.manifest.version, a.manifest.version))
    if (used === undefined) continue
    const { folder, manifest } = used
    const feature = manifest.requires.resellerFeature
    if (feature !== undefined && !conditions.reseller.features.has(feature)) {
      hidden.add(id)
      continue
    }
    plugins.push({ folder, manifest, obstacles: obstaclesOf(manifest, conditions) })
    for (const other of others) problems.push(new HostError('plugin-duplicate', told(used, other)))
  }
  return { plugins, hidden, problems }
}

/** Feature of the reseller that the pages of this host are about: the import of iTero orders. */
const FEATURE = 'myitero'

/** The plugin that receives iTero orders, where the reseller has the feature on; of several, the one that is enabled. */
export function importPlugin(
  { plugins }: Pick<PluginsFound, 'plugins'>,
  enabled: Readonly<Record<string, boolean>>,
): FoundPlugin | null {
  const able = plugins.filter(({ manifest }) => manifest.requires.resellerFeature === FEATURE)
  return able.find(({ manifest }) => enabled[manifest.id] === true) ?? able[0] ?? null
}

/** What a plugin is called in Settings. */
export function settingName({ contributes, name }: PluginManifest, language: Language): string {
  return inLanguage(contributes.setting?.name ?? name, language)
}

/** English is always there. */
export const inLanguage = (
  names: { readonly en: string; readonly de?: string },
  language: Language,
): string => names[language] ?? names.en

interface Copy {
  readonly folder: string
  readonly manifest: PluginManifest
}

function told(used: Copy, other: Copy) {
  // The whole path where the names alone do not tell them apart.
  const apart = dirname(used.folder) === dirname(other.folder)
  const nameOf = ({ folder }: Copy) => (apart ? basename(folder) : folder)
  return {
    plugin: used.manifest.id,
    first: nameOf(used),
    version: used.manifest.version,
    second: nameOf(other),
    other: other.manifest.version,
  }
}

/** Order of semantic versions, as far as plugin.json's pattern lets them be: what comes before a release is older. */
function byVersion(a: string, b: string): number {
  const [[release, before], [otherRelease, otherBefore]] = [partsOf(a), partsOf(b)]
  const order = NUMERIC.compare(release, otherRelease)
  if (order !== 0 || before === otherBefore) return order
  if (before === '' || otherBefore === '') return before === '' ? 1 : -1
  return NUMERIC.compare(before, otherBefore)
}

const NUMERIC = new Intl.Collator('en', { numeric: true })

function partsOf(version: string): readonly [release: string, before: string] {
  const [known = ''] = version.split('+')
  const dash = known.indexOf('-')
  return dash < 0 ? [known, ''] : [known.slice(0, dash), known.slice(dash + 1)]
}

function obstaclesOf(manifest: PluginManifest, { licence, now }: Conditions): readonly HostError[] {
  const { engineBuild = 0, licence: accepted = [] } = manifest.requires
  const obstacles: HostError[] = []
  if (manifest.bridge !== PROTOCOL_VERSION) {
    const facts = { version: String(manifest.bridge), spoken: String(PROTOCOL_VERSION) }
    obstacles.push(new HostError('bridge-version-unknown', facts))
  }
  if (licence.engineBuild < engineBuild) {
    const facts = { build: String(licence.engineBuild), needed: String(engineBuild) }
    obstacles.push(new HostError('build-too-old', facts))
  }
  const unlicensed = accepted.length === 0 ? null : licenceObstacle(licence, accepted, now)
  return unlicensed === null ? obstacles : [...obstacles, unlicensed]
}

/** Names of those that hold a plugin.json, in order. */
async function foldersIn(folder: string, problems: HostError[]): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    problems.push(
      new HostError('plugins-folder-unreadable', { folder, reason: error.code ?? 'unknown' }, error),
    )
    return []
  })
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).slice(0, FOLDERS)
  const names = folders.map(({ name }) => name).toSorted()
  const has = await Promise.all(
    names.map((name) =>
      access(join(folder, name, MANIFEST)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return names.filter((_, index) => has[index])
}

function manifestProblem(folder: string, error: unknown): HostError {
  if (!(error instanceof BridgeError)) throw error
  return new HostError('manifest-broken', { folder, ...error.facts }, error)
}
