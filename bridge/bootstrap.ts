import type { Readable } from 'node:stream'
import { isBootstrap } from './check.ts'
import type { Bootstrap } from './data.ts'
import { BridgeError } from './errors.ts'

export interface Started {
  readonly bootstrap: Bootstrap
  /** Aborted once the input ends: the host is gone, however it went. */
  readonly hostGone: AbortSignal
  /** Lets go of the input, so that it no longer keeps the process alive. */
  readonly release: () => void
}

const LIMIT = 16_384
const DEADLINE_MS = 10_000

/** Reads the line and goes on watching the input. Throws BridgeError `bootstrap-invalid`. */
export function readBootstrap(input: Readable): Promise<Started> {
  const gone = new AbortController()
  return new Promise((started, failed) => {
    let text = ''
    const fail = () => failed(new BridgeError('bootstrap-invalid'))
    const deadline = setTimeout(fail, DEADLINE_MS)
    const take = (piece: string) => {
      text += piece
      const end = text.indexOf('\n')
      if (end < 0 && text.length <= LIMIT) return
      input.off('data', take)
      // What comes later means nothing, but has to flow for the end to be seen.
      input.resume()
      clearTimeout(deadline)
      const bootstrap = end < 0 ? null : bootstrapIn(text.slice(0, end))
      if (bootstrap === null) return fail()
      started({ bootstrap, hostGone: gone.signal, release: () => input.destroy() })
    }
    const ended = () => {
      clearTimeout(deadline)
      fail()
      gone.abort()
    }
    input.setEncoding('utf8')
    input.on('data', take)
    input.on('end', ended)
    input.on('close', ended)
    input.on('error', ended)
  })
}

function bootstrapIn(line: string): Bootstrap | null {
  try {
    const value: unknown = JSON.parse(line)
    return isBootstrap(value) ? value : null
  } catch {
    return null
  }
}
