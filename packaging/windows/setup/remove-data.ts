import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { forgetService } from './credentials.ts'
import { patiently } from './patiently.ts'
import { SetupError } from './setup-error.ts'
import { dataFolders, REMOVED, stagingRoots } from './waiting-orders.ts'

/** As plugin.json has it. */
const KEYCHAIN_SERVICE = 'MyiTero import'

/**
 * Takes away what this user's MyiTero import keeps outside of its program: the files of orders that wait, ledgers and lists
 * of the terminal, the plugin's data under the reference host, and the sign-in. Cases stay, and so does what a host of
 * another make keeps. All goes or all stays: each folder gets another name first, and the sign-in goes before anything is
 * deleted. What waits in a case folder that is away cannot be reached.
 * Errors: `sign-in-left`; `data-left` with the path of what stays.
 */
export async function removeData(
  environment: NodeJS.ProcessEnv,
  forgetSignIn: () => Promise<void>,
): Promise<void> {
  // The ledgers, which know the stagings, go last.
  const folders = [...(await stagingRoots(environment)), ...dataFolders(environment)]
  for (const folder of folders) deleteWhole(folder + REMOVED)
  const renamed: string[] = []
  try {
    for (const folder of folders) {
      if (!existsSync(folder)) continue
      await canGo(folder)
      await named(folder, folder + REMOVED)
      renamed.push(folder)
    }
    await forgetSignIn().catch((error) => {
      throw new SetupError('sign-in-left', '', error)
    })
  } catch (error) {
    for (const folder of renamed) await named(folder + REMOVED, folder)
    throw error
  }
  for (const folder of renamed) deleteWhole(folder + REMOVED)
}

/** A file that somebody has open can have no name given, not even its own. */
async function canGo(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) await named(path, path)
  }
}

async function named(from: string, to: string): Promise<void> {
  try {
    await patiently(() => renameSync(from, to))
  } catch (error) {
    throw new SetupError('data-left', from, error)
  }
}

function deleteWhole(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  } catch (error) {
    throw new SetupError('data-left', (error as NodeJS.ErrnoException).path ?? folder, error)
  }
}

/** All that Credential Manager has of MyiTero import. */
export const forgetSignIn = (): Promise<void> => forgetService(KEYCHAIN_SERVICE)
