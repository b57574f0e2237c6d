// `put-back.ts <process that packs>`: a process of its own that outlives the packing, however that ends. Its input ends with
// prepack; once who packs is gone too, the files of the sources are put back where postpack did not come to it.
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { putOwnFilesBack } from './for-users.ts'
import { isAtWork } from './packer.ts'

const LOOK_MS = 100
const packer = Number(process.argv[2])

process.stdin.resume()
await once(process.stdin, 'end')
while (isAtWork(packer)) await pause(LOOK_MS)
putOwnFilesBack(packer)
