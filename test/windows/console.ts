// Runs under Windows' Node: `console.ts <plain|bridge> <folder>` makes a host that has no console, as a program with windows has
// none, and lets it start a process: plainly, or a plugin by the bridge. Ends when `stop` stands in the folder; `up` says that it runs.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { servePlugin } from '../../bridge/host.ts'
import { wellBehavedHost } from '../../fixtures/peers/well-behaved.ts'
import { CODE, CONFIGURATION, MANIFEST, PEERS } from '../bridge/served.ts'

const [how = '', folder = '', isHost] = process.argv.slice(2)

if (isHost === undefined) {
  const args = [import.meta.filename, how, folder, 'host']
  // Windows gives a detached one no console.
  const host = spawn(process.execPath, args, { detached: true, stdio: 'ignore' })
  await new Promise((done) => host.once('exit', done))
} else if (how === 'plain') {
  const child = spawn(process.execPath, ['--eval', 'process.stdin.resume()'], { stdio: 'pipe' })
  child.once('spawn', up)
  await stopped()
  child.kill()
} else {
  const [caseFolder, dataFolder] = [join(folder, 'cases'), join(folder, 'data')]
  mkdirSync(caseFolder)
  const handle = servePlugin({
    manifest: MANIFEST,
    folder: PEERS,
    code: CODE,
    dataFolder,
    configuration: { ...CONFIGURATION, caseFolder },
    handlers: wellBehavedHost(),
    onReady: up,
  })
  await stopped()
  await handle.stop()
}

function up(): void {
  writeFileSync(join(folder, 'up'), '')
}

async function stopped(): Promise<void> {
  while (!existsSync(join(folder, 'stop'))) await pause(50)
}
