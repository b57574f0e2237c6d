import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemCode } from '../casefile/case-disk.ts'
import { ImportError } from '../errors.ts'
import { isLoopback } from './hosts.ts'
import { type Language, PAGE_HEADERS, type RedirectPage, redirectPage } from './redirect-page.ts'

/** The browser's answer, which waits to be told what became of it. */
export interface Redirected {
  readonly query: URLSearchParams
  readonly show: (page: 'signed-in' | 'choose' | 'failed') => void
}

export interface RedirectListener {
  /** As the issuer is told it, with the port in it. */
  readonly uri: string
  readonly port: number
  /** The first answer with this `state`. Never rejects; stays open where the listener is closed before. */
  readonly answer: (state: string) => Promise<Redirected>
  readonly close: () => void
}

/** The browser waits no longer than this for the outcome, ms. */
const OUTCOME_MS = 15_000
const HEADER_BYTES = 16_384

/**
 * Listens on this computer for the browser's way back (RFC 8252, 7.3): one GET of one path, with the right state, once.
 * What does not belong here gets a page that says so, and ends nothing: anyone may open an address. `onStray`: an answer to another
 * sign-in came.
 *
 * Errors: `sign-in-port-taken` {port, reason}.
 */
export async function listenForRedirect(
  redirectUri: string,
  language: Language,
  onStray: () => void = () => {},
): Promise<RedirectListener> {
  const wanted = new URL(redirectUri)
  const own = isLoopback(wanted.hostname)
  const host = own ? wanted.hostname.replace(/^\[|\]$/g, '').replace(/^localhost$/, '127.0.0.1') : '127.0.0.1'
  let state: string | null = null
  let used = false
  let take: (redirected: Redirected) => void = () => {}

  const server = createServer(
    { maxHeaderSize: HEADER_BYTES, requestTimeout: 10_000 },
    (request, response) => {
      const url = URL.parse(request.url ?? '', 'http://localhost')
      // Another name for this computer is a page elsewhere that means to look like it.
      const named = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? ''
      if (url?.pathname !== wanted.pathname || !isLoopback(named)) return send(response, 404, 'nothing-here')
      if (request.method !== 'GET') return send(response, 405, 'nothing-here', { allow: 'GET' })
      const given = url.searchParams.getAll('state')
      if (state === null || given.length !== 1 || given[0] !== state) {
        if (given.length > 0) onStray()
        return send(response, 400, 'foreign')
      }
      if (used) return send(response, 409, 'used')
      used = true
      take({ query: url.searchParams, show: outcome(request, response) })
    },
  )
  server.maxConnections = 20
  server.on('clientError', (_, socket) => socket.destroy())

  function send(
    response: ServerResponse,
    status: number,
    page: RedirectPage,
    more: Readonly<Record<string, string>> = {},
  ): void {
    if (response.headersSent) return
    response.writeHead(status, { ...PAGE_HEADERS, ...more, connection: 'close' })
    response.end(redirectPage(page, language))
  }

  /** The page comes with the outcome, or without it where that takes long. */
  function outcome(request: IncomingMessage, response: ServerResponse): Redirected['show'] {
    const timer = setTimeout(() => send(response, 200, 'working'), OUTCOME_MS)
    request.socket.once('close', () => clearTimeout(timer))
    return (page) => {
      clearTimeout(timer)
      send(response, page === 'failed' ? 400 : 200, page)
    }
  }

  const asked = own ? Number(wanted.port === '' ? 80 : wanted.port) : 0
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ImportError('sign-in-port-taken', { port: asked, reason: systemCode(error) ?? 'network' }, error),
      ),
    )
    server.listen(asked, host, () => resolve((server.address() as AddressInfo).port))
  })
  server.unref()
  if (own) wanted.port = String(port)

  return {
    uri: own ? wanted.href : redirectUri,
    port,
    answer(expected) {
      state = expected
      return new Promise((resolve) => {
        take = resolve
      })
    },
    close() {
      // A page that is on its way still arrives.
      server.close()
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 2000).unref()
    },
  }
}
