import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import workers from 'node:worker_threads'
import { myitero } from '../../plugin/terminal/myitero.ts'

// The staging's name is all that chance gives to the names of a run: fixed, so that every path can be watched from the start.
let drawn = Number(process.env['CRASH_DRAWN'] ?? 0)
crypto.randomBytes = ((bytes: number) => Buffer.alloc(bytes, ++drawn)) as typeof crypto.randomBytes

// A thread that begins on the way is stopped before it does anything, where the harness wants to watch it alone.
const STOP = `data:text/javascript,process.kill(process.pid,'SIGSTOP')`
if (process.env['CRASH_READER']) {
  workers.Worker = class extends workers.Worker {
    constructor(file: string | URL, options: workers.WorkerOptions = {}) {
      super(file, { ...options, execArgv: ['--import', STOP] })
    }
  }
}
syncBuiltinESMExports()

// A command that ends before it begins: it loads what is loaded when it is needed, so that the points are the run's own
// calls, and libuv's one worker begins with its first task.
const nowhere = join(import.meta.dirname, 'nowhere')
const refused = await myitero(['import', nowhere, '--into', nowhere, '--answers', import.meta.filename])
if (refused !== 2) throw new Error(`answers that are none were taken: ${refused}`)

// All threads stand still here, until the harness has attached and lets them go on.
process.kill(process.pid, 'SIGSTOP')
process.exitCode = await myitero(process.argv.slice(2))
