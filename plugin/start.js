// The one file without types: what has to be so before the first of the others is loaded.
import { createRequire, enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

/** Once the plugin is ready: writing takes as long as a tenth of its start, the first time only. */
const KEEP_AFTER_MS = 2000

// Flushes wait long for the disk; with Node's four, everything else would wait behind them.
process.env.UV_THREADPOOL_SIZE ??= '8'
const line = await firstLine(process.stdin)
const dataFolder = dataFolderIn(line)
// Stripped and compiled sources are kept: half of the time to start (measured).
if (dataFolder !== null) enableCompileCache(join(dataFolder, 'compile-cache'))
// Required, not imported: a thousand modules one after the other, with no turn of the event loop for each.
const { main } = createRequire(import.meta.url)('./main.ts')
// Node does it at the end alone, which a process that is killed never comes to.
setTimeout(flushCompileCache, KEEP_AFTER_MS).unref()
process.exit(await main(process.stdin))

/**
 * The host's first line, which says where this process may keep something. It is put back for whoever reads it whole.
 * @param {import('node:stream').Readable} input
 * @returns {Promise<string>}
 */
function firstLine(input) {
  return new Promise((resolve) => {
    let text = ''
    const done = () => {
      // Paused within the event: so the end of the input, too, is left for whoever reads it.
      input.pause().off('data', take).off('end', done).off('error', done)
      if (text !== '') input.unshift(text)
      resolve(text.split('\n', 1)[0] ?? '')
    }
    const take = (piece) => {
      text += piece
      if (text.includes('\n') || text.length > 16_384) done()
    }
    input.setEncoding('utf8').on('data', take).on('end', done).on('error', done)
  })
}

/** @param {string} line */
function dataFolderIn(line) {
  try {
    const { dataFolder } = JSON.parse(line)
    return typeof dataFolder === 'string' ? dataFolder : null
  } catch {
    return null
  }
}
