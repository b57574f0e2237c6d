import type { SettingsChange } from './api.ts'
import { HostError } from './errors.ts'
import { absolute, caseFolderProblem, exportFolderProblem, liesIn } from './folders.ts'
import type { Installation, Settled } from './installation.ts'
import { readMaterials } from './materials.ts'
import { settingName } from './plugins.ts'
import { readProfile } from './profile.ts'

/**
 * A change of settings, checked as far as the host can: paths, rights, and which plugin may be enabled. What only the
 * plugin can judge (material list, name template) it is asked afterwards. Errors: `folder-relative`, `case-folder-…`,
 * `export-folder-…`, `materials-…`, `profile-invalid`, `file-…` of a profile, `webhook-invalid`, `plugin-unknown`, `plugin-another`, an obstacle of the plugin.
 */
export async function checkedChange(
  change: SettingsChange,
  now: Settled,
  installation: Installation,
): Promise<SettingsChange> {
  const caseFolder = change.caseFolder === undefined ? undefined : absolute(change.caseFolder)
  const exportFolder =
    typeof change.exportFolder === 'string' ? absolute(change.exportFolder) : change.exportFolder
  const materialsFile =
    typeof change.materialsFile === 'string' ? absolute(change.materialsFile) : change.materialsFile
  const connectionProfile =
    typeof change.connectionProfile === 'string'
      ? absolute(change.connectionProfile)
      : change.connectionProfile
  const enabled =
    change.enabled === undefined ? undefined : checkedSwitches(change.enabled, now, installation)
  // What stays as it was may well be out of reach at this moment.
  if (caseFolder !== undefined && caseFolder !== now.caseFolder) refuse(await caseFolderProblem(caseFolder))
  if (typeof exportFolder === 'string' && exportFolder !== now.exportFolder)
    refuse(await exportFolderProblem(exportFolder))
  if (typeof materialsFile === 'string') await readMaterials(materialsFile)
  if (typeof connectionProfile === 'string') await readProfile(connectionProfile)
  if (change.webhook) checkWebhook(change.webhook.url)
  const exports = exportFolder === undefined ? now.exportFolder : exportFolder
  if (exports !== null && liesIn(caseFolder ?? now.caseFolder, exports))
    throw new HostError('export-folder-in-case-folder')
  return {
    ...change,
    ...(caseFolder === undefined ? {} : { caseFolder }),
    ...(exportFolder === undefined ? {} : { exportFolder }),
    ...(materialsFile === undefined ? {} : { materialsFile }),
    ...(connectionProfile === undefined ? {} : { connectionProfile }),
    ...(enabled === undefined ? {} : { enabled }),
  }
}

function checkedSwitches(
  wished: Readonly<Record<string, boolean>>,
  now: Settled,
  installation: Installation,
): Record<string, boolean> {
  for (const [id, on] of Object.entries(wished)) {
    const found = installation.plugins.find(({ manifest }) => manifest.id === id)
    if (found === undefined) throw new HostError('plugin-unknown', { plugin: id })
    const [obstacle] = found.obstacles
    if (on && obstacle !== undefined) throw obstacle
  }
  const known = ({ enabled }: { readonly enabled: Readonly<Record<string, boolean>> }) =>
    installation.plugins.filter(({ manifest }) => enabled[manifest.id] === true)
  const [first, second] = known({ enabled: { ...now.enabled, ...wished } })
  if (first !== undefined && second !== undefined) {
    const other = wished[first.manifest.id] === true ? second : first
    throw new HostError('plugin-another', { plugin: settingName(other.manifest, now.language) })
  }
  return { ...wished }
}

/** The cloud calls it from outside, so it is https; http only where the cloud is this computer's own. */
function checkWebhook(text: string): void {
  const url = URL.parse(text)
  const isLoopback = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)
  if (url === null || !isSafe || url.username !== '' || url.password !== '' || url.hash !== '')
    throw new HostError('webhook-invalid')
}

function refuse(problem: HostError | null): void {
  if (problem !== null) throw problem
}
