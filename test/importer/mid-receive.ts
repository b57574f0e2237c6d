import { readdir } from 'node:fs/promises'

/** Resolves once a file of a staging in this case folder has content: the importer is in the middle of a receive. */
export async function midReceive(cases: string, exited: Promise<unknown>): Promise<void> {
  let running = true
  void exited.then(() => {
    running = false
  })
  while (running) {
    const names = await readdir(cases, { recursive: true }).catch(() => [])
    if (names.some((name) => /file-\d{4}$/.test(name))) return
    await new Promise((turn) => setImmediate(turn))
  }
  throw new Error('ended before it was in the middle of a receive')
}
