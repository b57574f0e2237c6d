// Under Windows' Node and under this system's: how long the plugin takes from its start to its work, into a file.
import { writeFileSync } from 'node:fs'
import { startRows } from '../../bench/start.ts'

const [into = '', packed = ''] = process.argv.slice(2)
writeFileSync(into, JSON.stringify(await startRows(packed)))
