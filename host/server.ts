import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Control } from './control.ts'
import { HostError } from './errors.ts'
import { errorAnswer } from './http/answers.ts'
import { apiRoutes, type Desktop } from './http/api-routes.ts'
import { createGuard, headers, OPEN_PATH, type View } from './http/guard.ts'
import type { PageFile, Pages } from './pages.ts'

const LOOPBACK = '127.0.0.1'
/** Taken where no port is named and it is free: a bookmark goes on leading here. */
const USUAL_PORT = 7662
/** Connections at once; a browser makes a handful for each page. */
const CONNECTIONS = 512
/** Addresses of the page's own views. */
const VIEW = /^\/(?:case\/[^/]+|clients(?:\/[^/]+)?|mappings|settings)?$/

export interface ServerOptions {
  readonly control: Control
  readonly pages: Pages
  readonly desktop: Desktop
  /** null: the usual one, or any where that is taken; 0: any. */
  readonly port: number | null
  readonly suggestions: readonly string[]
  /** A defect, for a developer. */
  readonly onFault: (fault: unknown, where: string) => void
}

export interface HostServer {
  readonly port: number
  /** A new link that signs one browser in, once. */
  link(view?: View): string
  close(): Promise<void>
}

/** Serves pages and API on the loopback address. Errors: `port-in-use`, `port-refused`. */
export async function startServer(options: ServerOptions): Promise<HostServer> {
  let port = 0
  const guard = createGuard(() => port)
  let closing = false
  const onFault: ServerOptions['onFault'] = (fault, where) => {
    // What was under way when the host closed finds its database gone; its connection is gone as well.
    if (!closing) options.onFault(fault, where)
  }
  const app = application({ ...options, onFault }, guard)
  const server = await listening(app, options.port)
  port = (server.address() as { readonly port: number }).port
  return {
    port,
    link: (view) => `http://${LOOPBACK}:${port}${guard.link(view)}`,
    close: () =>
      new Promise((resolve) => {
        closing = true
        server.close(() => resolve())
        // Streams of events would hold it for ever.
        server.closeAllConnections()
      }),
  }
}

function application(options: ServerOptions, guard: ReturnType<typeof createGuard>): Hono {
  const { control, pages, desktop, suggestions, onFault } = options
  const app = new Hono()
  app.use(headers, guard.ownPageOnly)
  app.get(OPEN_PATH, guard.open)
  app.use(guard.signedIn)
  app.route('/api', apiRoutes(control, desktop, suggestions))
  app.get('*', (c) => {
    const file = VIEW.test(c.req.path) ? pages.index : pages.files.get(c.req.path)
    if (file === undefined) throw new HostError('route-unknown')
    return pageFile(c, file)
  })
  app.notFound((c) => errorAnswer(c, new HostError('route-unknown'), control.language()))
  app.onError((error, c) => {
    const answer = errorAnswer(c, error, control.language())
    if (answer.status === 500) onFault(error, 'server')
    return answer
  })
  return app
}

function pageFile(c: Context, { body, type, etag, forever }: PageFile): Response {
  c.header('etag', etag)
  c.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (c.req.header('if-none-match') === etag) return c.body(null, 304)
  c.header('content-type', type)
  return c.body(body)
}

async function listening(app: Hono, wanted: number | null): Promise<Server> {
  if (wanted !== null) return listen(app, wanted)
  return listen(app, USUAL_PORT).catch(() => listen(app, 0))
}

function listen(app: Hono, port: number): Promise<Server> {
  // Without options of another protocol it is the plain HTTP server.
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  server.maxConnections = CONNECTIONS
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const facts = { port: String(port), ...(error.code === undefined ? {} : { reason: error.code }) }
      reject(new HostError(error.code === 'EADDRINUSE' ? 'port-in-use' : 'port-refused', facts, error))
    })
    server.listen(port, LOOPBACK, () => resolve(server))
  })
}
