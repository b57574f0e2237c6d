import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { basename, join } from 'node:path'
import { emitProgram, ROOT } from '../emit.ts'
import { putUsersFiles } from './for-users.ts'
import { packerOf } from './packer.ts'

// `npm pack` runs it first: code that lies in a node_modules has to be JavaScript.
const packer = packerOf(basename(import.meta.filename))
const dist = join(ROOT, 'dist')
const fresh = mkdtempSync(`${dist}-`)
emitProgram(fresh)
// The installer's own, which runs on Windows alone.
rmSync(join(fresh, 'packaging'), { recursive: true })
cpSync(join(import.meta.dirname, 'myitero.js'), join(fresh, 'bin/myitero.js'))
rmSync(dist, { recursive: true, force: true })
renameSync(fresh, dist)
if (packer === null) {
  // What nobody would put back is not put away.
  process.stderr.write('no npm is seen to pack: README.md and scripts of the sources stay in the package\n')
} else {
  haveThemPutBack(packer)
  putUsersFiles(packer)
}

/** Also where npm is killed, and this script with it: the scripts that could mend it are away then. */
function haveThemPutBack(after: number): void {
  const program = join(import.meta.dirname, 'put-back.ts')
  const child = spawn(process.execPath, [program, `${after}`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.unref()
  // Left open: it ends with us.
  if (child.stdin instanceof Socket) child.stdin.unref()
}
