import type { BridgeError } from '../bridge/errors.ts'
import type { PluginRow, Settings } from './api.ts'
import type { HostError } from './errors.ts'
import { caseFolderProblem, exportFolderProblem } from './folders.ts'
import type { Installation, Settled } from './installation.ts'
import type { PluginPast } from './plugin-past.ts'
import type { PluginSwitch } from './plugin-switch.ts'
import { importPlugin, inLanguage, settingName } from './plugins.ts'
import { profileProblem } from './profile.ts'
import { failureOf, pageFailureOf } from './words/words.ts'

/** Plugins as Settings shows them; those that the reseller does not ship are not among them. */
export function pluginRows(
  { plugins }: Installation,
  { language, enabled }: Settled,
  plugin: Pick<PluginSwitch, 'id' | 'process'>,
  past: Pick<PluginPast, 'lastFailure'>,
): readonly PluginRow[] {
  const own = importPlugin({ plugins }, enabled)
  return plugins.map((found) => {
    const { manifest, obstacles } = found
    return {
      id: manifest.id,
      name: inLanguage(manifest.name, language),
      version: manifest.version,
      setting: settingName(manifest, language),
      myitero: found === own,
      actions: (manifest.contributes.actions ?? []).map(({ id, name }) => ({
        id,
        name: inLanguage(name, language),
      })),
      enabled: enabled[manifest.id] === true,
      obstacles: obstacles.map((obstacle) => pageFailureOf(obstacle, language)),
      process: plugin.id() === manifest.id ? plugin.process() : { kind: 'stopped' },
      lastFailure: past.lastFailure(manifest.id),
    }
  })
}

export async function settingsPage({
  installation,
  settings,
  plugins,
  plugin,
  stayingAccount,
}: {
  readonly installation: Installation
  readonly settings: Settled
  readonly plugins: readonly PluginRow[]
  readonly plugin: Pick<PluginSwitch, 'materialsProblem' | 'profileProblem'>
  readonly stayingAccount: string | null
}): Promise<Settings> {
  const { language, caseFolder, exportFolder, connectionProfile } = settings
  const told = (problem: HostError | BridgeError | null) =>
    problem === null ? null : failureOf(problem, language)
  const [caseProblem, exportProblem, fileProblem] = await Promise.all([
    caseFolderProblem(caseFolder),
    exportFolder === null ? null : exportFolderProblem(exportFolder),
    // While the plugin does not run nobody else reads it.
    connectionProfile === null ? null : profileProblem(connectionProfile),
  ])
  return {
    language,
    caseFolder,
    caseFolderProblem: told(caseProblem),
    exportFolder,
    exportFolderProblem: told(exportProblem),
    nameTemplate: settings.nameTemplate,
    patientNameOrder: settings.patientNameOrder,
    materialsFile: settings.materialsFile,
    materialsProblem: told(plugin.materialsProblem()),
    connectionProfile,
    profileProblem: connectionProfile === null ? null : told(plugin.profileProblem() ?? fileProblem),
    stayingAccount,
    cloudPaused: settings.cloudPaused,
    downloads: settings.downloads,
    bytesPerSecond: settings.bytesPerSecond,
    webhook: settings.webhook,
    icon: process.platform === 'win32',
    balloons: settings.balloons,
    plugins,
    problems: installation.problems.map((problem) => failureOf(problem, language)),
    reseller: installation.reseller.name,
  }
}
