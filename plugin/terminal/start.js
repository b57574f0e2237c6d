// The one file without types: it turns on the cache of stripped and compiled sources before the first of them is loaded.
// Half the time to start, and 30 MB less than with the stripper in memory (measured).
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { myitero } = await import('./myitero.ts')
process.exitCode = await myitero(process.argv.slice(2))
