// Held open as long as the plugin runs: the installer sees by it that the program may not be taken away.
import { openSync } from 'node:fs'

openSync(import.meta.filename)
await import('./plugin/start.js')
