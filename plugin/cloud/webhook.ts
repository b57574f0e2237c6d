import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemCode } from '../casefile/case-disk.ts'
import { ImportError } from '../errors.ts'
import { isSigned, type Notice, readNotice, SIGNATURE_HEADER } from './contract.ts'

export interface WebhookSetting {
  /** Of this computer; 0: any. */
  readonly port: number
  /** By which the cloud reaches that port, through whatever stands in between. */
  readonly url: string
}

export interface WebhookOptions {
  readonly setting: WebhookSetting
  /** Known to the cloud and to us, for signatures. */
  readonly secret: string
  /** ms. */
  readonly clock: () => number
  readonly onNotice: (notice: Notice) => void
}

export interface Webhook {
  /** For the cloud; with the port that was taken where the setting left it open. */
  readonly url: string
  readonly secret: string
  readonly port: number
  close(): Promise<void>
}

/**
 * Listens for the cloud's notices. They carry an Rx id and nothing else: whoever forges one makes us look, no more.
 * Error: `webhook-unavailable`.
 */
export async function listenWebhook(options: WebhookOptions): Promise<Webhook> {
  const { setting, secret } = options
  const allowed: Allowed = {
    request: allowance(options.clock, REQUESTS),
    notice: allowance(options.clock, NOTICES),
  }
  const server = createServer(
    {
      headersTimeout: 5000,
      requestTimeout: 10_000,
      connectionsCheckingInterval: 2000,
      maxHeaderSize: 8192,
      keepAlive: false,
    },
    (request, response) => {
      void answer(options, allowed, request, response).catch(() => response.destroy())
    },
  )
  server.maxConnections = 50
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ImportError('webhook-unavailable', {
          port: setting.port,
          reason: systemCode(error) ?? 'unknown',
        }),
      ),
    )
    server.listen(setting.port, hostFor(setting.url), resolve)
  })
  // A connection that breaks is nobody's concern here.
  server.on('error', () => {})
  const { port } = server.address() as AddressInfo
  return {
    url: setting.port === 0 ? withPort(setting.url, port) : setting.url,
    secret,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { secret, onNotice }: WebhookOptions,
  allowed: Allowed,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!allowed.request()) return end(response, 429)
  if (request.method !== 'POST') return end(response, 405)
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) return end(response, 413)
  const body = await bodyOf(request)
  if (body === null) return end(response, 413)
  const signature = request.headers[SIGNATURE_HEADER]
  if (!isSigned(body, typeof signature === 'string' ? signature : undefined, secret))
    return end(response, 401)
  // Only here: what a stranger sends takes nothing from the cloud's share.
  if (!allowed.notice()) return end(response, 429)
  const notice = await readNotice(body).catch(() => null)
  if (notice === null) return end(response, 400)
  onNotice(notice)
  end(response, 204)
}

/** null where it is too large. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-length': 0 }).end()
}

interface Allowed {
  /** Before anything is read. */
  readonly request: () => boolean
  /** Once it is known to be the cloud's. */
  readonly notice: () => boolean
}

interface Rate {
  /** At once. */
  readonly burst: number
  readonly perSecond: number
}

/** Some at once, then so many in a second. */
function allowance(clock: () => number, { burst, perSecond }: Rate): () => boolean {
  let left = burst
  let at = clock()
  return () => {
    const now = clock()
    left = Math.min(burst, left + (Math.max(0, now - at) / 1000) * perSecond)
    at = now
    if (left < 1) return false
    left--
    return true
  }
}

/** Where the cloud is on this computer too, nobody else has to be heard. */
function hostFor(url: string): string | undefined {
  const { hostname } = new URL(url)
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? hostname.replace(/[[\]]/g, '') : undefined
}

function withPort(url: string, port: number): string {
  const given = new URL(url)
  given.port = String(port)
  return given.href
}

/** A notice has 50. */
const BODY_BYTES = 4096
/** Each is 4 KB to read and to hash at most. */
const REQUESTS: Rate = { burst: 2000, perSecond: 500 }
/** Each makes us look at the cloud. */
const NOTICES: Rate = { burst: 100, perSecond: 20 }
