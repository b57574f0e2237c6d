import type { BridgeError } from '../bridge/errors.ts'
import type { PluginRow, Settings } from './api.ts'
import type { HostError } from './errors.ts'
import { caseFolderProblem, exportFolderProblem } from './folders.ts'
import type { Installation, Settled } from './installation.ts'
import type { PluginSwitch } from './plugin-switch.ts'
import { failureOf } from './words/words.ts'

/** Plugins as Settings shows them; those that the reseller does not ship are not among them. */
export function pluginRows(
  { plugins }: Installation,
  { language, enabled }: Settled,
  plugin: Pick<PluginSwitch, 'id' | 'process'>,
): readonly PluginRow[] {
  return plugins.map(({ manifest, obstacles }) => {
    const setting = manifest.contributes.setting?.name ?? manifest.name
    return {
      id: manifest.id,
      name: manifest.name[language] ?? manifest.name.en,
      version: manifest.version,
      setting: setting[language] ?? setting.en,
      enabled: enabled[manifest.id] === true,
      obstacles: obstacles.map((obstacle) => failureOf(obstacle, language)),
      process: plugin.id() === manifest.id ? plugin.process() : { kind: 'stopped' },
    }
  })
}

export async function settingsPage({
  installation,
  settings,
  plugins,
  materialsProblem,
}: {
  readonly installation: Installation
  readonly settings: Settled
  readonly plugins: readonly PluginRow[]
  readonly materialsProblem: HostError | BridgeError | null
}): Promise<Settings> {
  const { language, caseFolder, exportFolder } = settings
  const told = (problem: HostError | BridgeError | null) =>
    problem === null ? null : failureOf(problem, language)
  const [caseProblem, exportProblem] = await Promise.all([
    caseFolderProblem(caseFolder),
    exportFolder === null ? null : exportFolderProblem(exportFolder),
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
    materialsProblem: told(materialsProblem),
    plugins,
    problems: installation.problems.map((problem) => failureOf(problem, language)),
    reseller: installation.reseller.name,
  }
}
