import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
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

/** Plugins in the folders of a folder: each with a plugin.json, checked. Never throws: what is broken is named in `problems`. */
export async function findPlugins(folder: string, conditions: Conditions): Promise<PluginsFound> {
  const problems: HostError[] = []
  const read: { readonly folder: string; readonly name: string; readonly manifest: PluginManifest }[] = []
  for (const name of await foldersIn(folder, problems)) {
    try {
      read.push({
        folder: join(folder, name),
        name,
        manifest: await readManifest(join(folder, name, MANIFEST)),
      })
    } catch (error) {
      problems.push(manifestProblem(name, error))
    }
  }
  const plugins: FoundPlugin[] = []
  const hidden = new Set<string>()
  for (const [id, [first, second]] of Map.groupBy(read, ({ manifest }) => manifest.id)) {
    if (first === undefined) continue
    const { manifest } = first
    const feature = manifest.requires.resellerFeature
    if (feature !== undefined && !conditions.reseller.features.has(feature)) {
      hidden.add(id)
      continue
    }
    const obstacles = obstaclesOf(manifest, conditions)
    // Which of the two is meant cannot be told; neither is started.
    const twice =
      second === undefined
        ? []
        : [new HostError('plugin-duplicate', { plugin: id, first: first.name, second: second.name })]
    plugins.push({ folder: first.folder, manifest, obstacles: [...twice, ...obstacles] })
  }
  return { plugins, hidden, problems }
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
