import crypto from 'node:crypto'
import { stat } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { myitero } from '../../plugin/terminal/myitero.ts'
// What the run would load on its way: the points are the run's own calls, not those of its modules.
import '../../plugin/terminal/answers-file.ts'
import '../../plugin/terminal/program.ts'

// The staging's name is all that chance gives to the names of a run: fixed, so that every path can be watched from the start.
let drawn = Number(process.env['CRASH_DRAWN'] ?? 0)
crypto.randomBytes = ((bytes: number) => Buffer.alloc(bytes, ++drawn)) as typeof crypto.randomBytes
syncBuiltinESMExports()

// Libuv's one worker begins with its first task: it has to be there before anybody can watch it.
await stat(process.execPath)
// All threads stand still here, until the harness has attached and lets them go on.
process.kill(process.pid, 'SIGSTOP')
process.exitCode = await myitero(process.argv.slice(2))
