import { setTimeout as pause } from 'node:timers/promises'

/** ms; a scanner, or the host that looks at its plugins, has a file for a moment. */
const HELD_MS = [50, 100, 200, 400, 800, 1600]

/** Takes a step on the disk, and on Windows again where somebody has the file open. Throws the disk's error. */
export async function patiently(step: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return step()
    } catch (error) {
      const ms = HELD_MS[tries]
      const { code = '' } = error as NodeJS.ErrnoException
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(code)
      if (!held || ms === undefined) throw error
      await pause(ms)
    }
  }
}
