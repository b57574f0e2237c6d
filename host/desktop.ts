import open from 'open'
import { HostError } from './errors.ts'

/** ms. A file manager that is still there after so long has opened. */
const OPENED_MS = 1000

/** Opens a folder in the system's file manager. Error: `show-failed`. */
export async function showFolder(folder: string): Promise<void> {
  const child = await open(folder).catch((error: unknown) => {
    throw new HostError('show-failed', {}, error)
  })
  const code = await new Promise<number | null>((resolve) => {
    // On Windows it has ended by now.
    if (child.exitCode !== null) resolve(child.exitCode)
    child.once('error', () => resolve(-1))
    child.once('exit', resolve)
    setTimeout(() => resolve(0), OPENED_MS).unref()
  })
  if (code !== 0) throw new HostError('show-failed')
}

/** Opens a link in the browser. false: none can be opened. */
export async function openLink(link: string): Promise<boolean> {
  try {
    const child = await open(link)
    if (child.exitCode !== null) return child.exitCode === 0
    return await new Promise<boolean>((resolve) => {
      // One that fails later must not end the host.
      child.once('error', () => resolve(false))
      child.once('exit', (code) => resolve(code === 0))
      setTimeout(() => resolve(true), OPENED_MS).unref()
    })
  } catch {
    return false
  }
}
