import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { emitProgram, ROOT } from '../emit.ts'
import { putUsersFiles } from './for-users.ts'

// `npm pack` runs it first: code that lies in a node_modules has to be JavaScript.
const dist = join(ROOT, 'dist')
const fresh = mkdtempSync(`${dist}-`)
emitProgram(fresh)
// The installer's own, which runs on Windows alone.
rmSync(join(fresh, 'packaging'), { recursive: true })
cpSync(join(import.meta.dirname, 'myitero.js'), join(fresh, 'bin/myitero.js'))
rmSync(dist, { recursive: true, force: true })
renameSync(fresh, dist)
putUsersFiles()
