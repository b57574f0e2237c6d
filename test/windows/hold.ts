// Keeps a file open as Windows' programs do, so that it cannot be deleted: `hold.ts <database|library> <file> <ready> <stop>`.
import { existsSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

const [kind, file = '', ready = '', stop = ''] = process.argv.slice(2)
const database = kind === 'database' ? new DatabaseSync(file) : null
if (database === null) process.dlopen({ exports: {} }, file)
else database.exec('create table if not exists kept (one); begin immediate')
writeFileSync(ready, '')
while (!existsSync(stop)) await pause(100)
