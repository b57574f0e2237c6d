import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** A program in the place of the plugin that tries what it may and what it may not, and tells how each went. */

interface Folders {
  readonly cases: string
  readonly data: string
  readonly exports: string
  readonly outside: string
  /** To be tried in a thread. */
  readonly thread?: boolean
}

const tries = ({ cases, data, exports, outside }: Folders): Readonly<Record<string, () => unknown>> => ({
  'write a case': () => writeFileSync(join(cases, 'x'), ''),
  'make a folder of a case': () => mkdirSync(join(cases, 'folder')),
  'write data': () => writeFileSync(join(data, 'x'), ''),
  'list the export folder': () => readdirSync(exports),
  'write to the export folder': () => writeFileSync(join(exports, 'x'), ''),
  'write elsewhere': () => writeFileSync(join(outside, 'x'), ''),
  'write beside the case folder': () => writeFileSync(`${cases}-beside`, ''),
  'write by a way up': () => writeFileSync(`${cases}/../outside/x`, ''),
  'write its own code': () => writeFileSync(import.meta.filename, ''),
  'read elsewhere': () => readFileSync(join(outside, 'secret')),
  'lead a link elsewhere': () => symlinkSync(outside, join(cases, 'link')),
  'start a process': () => {
    const { error } = spawnSync(process.execPath, ['-e', '0'])
    if (error) throw error
  },
  'load native code': () => process.dlopen({ exports: {} }, join(cases, 'x.node')),
  'start a thread': () => new Worker('', { eval: true }),
  'start a thread with rights of its own': () => new Worker('', { eval: true, execArgv: [] }),
})

function attempt(folders: Folders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tries(folders)).map(([name, work]) => {
      try {
        work()
        return [name, 'done']
      } catch (error) {
        return [name, (error as NodeJS.ErrnoException).code ?? String(error)]
      }
    }),
  )
}

const folders = (isMainThread ? JSON.parse(process.argv[2] ?? '') : workerData) as Folders
if (folders.thread && isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: folders })
  worker.on('message', (found) => process.stdout.write(JSON.stringify(found)))
} else if (isMainThread) process.stdout.write(JSON.stringify(attempt(folders)))
else parentPort?.postMessage(attempt(folders))
