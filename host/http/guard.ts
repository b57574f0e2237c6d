import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'
import { HostError } from '../errors.ts'

/** Links that nobody opened yet, and browsers that are signed in: beyond these the oldest is forgotten. */
const LINKS = 32
const SESSIONS = 64
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Where a one-time link goes through. */
export const OPEN_PATH = '/open'

/** Where it leads. */
export type View = '/' | '/settings'

/**
 * Who may speak with the server. The loopback address keeps other machines out; these rules keep out what runs in a
 * browser of this machine: pages of other sites (Origin, Sec-Fetch-Site), names that lead here by DNS rebinding (Host),
 * and whoever has not opened a link that the host itself gave (session cookie).
 */
export interface Guard {
  /** Path and query of a new one-time link. */
  link(view?: View): string
  /** Host, Origin and Sec-Fetch-Site: `wrong-host`, `wrong-site`. */
  readonly ownPageOnly: MiddlewareHandler
  /** `signed-out` without the cookie of a session. */
  readonly signedIn: MiddlewareHandler
  /** Takes a link's key and signs the browser in: `link-used`. */
  readonly open: MiddlewareHandler
}

export function createGuard(port: () => number): Guard {
  const links = new Map<string, View>()
  const sessions = new Map<string, null>()
  // Cookies do not know ports: two hosts on one machine would sign each other out.
  const cookie = () => `myitero-host-${port()}`
  return {
    link(view = '/') {
      const key = randomBytes(32).toString('base64url')
      remember(links, digest(key), view, LINKS)
      return `${OPEN_PATH}?key=${key}`
    },
    async ownPageOnly(c, next) {
      const host = c.req.header('host') ?? ''
      const own = [`127.0.0.1:${port()}`, `localhost:${port()}`]
      // The address in the request line wins over the header where a client sends both.
      if (!own.includes(host) || new URL(c.req.url).host !== host) throw new HostError('wrong-host')
      // A link of the host may stand in another program's page; its key proves it.
      const site = c.req.header('sec-fetch-site')
      const opening = c.req.path === OPEN_PATH && c.req.header('sec-fetch-mode') === 'navigate'
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !opening)
        throw new HostError('wrong-site')
      const origin = c.req.header('origin')
      const unnamed = origin === undefined && SAFE.has(c.req.method)
      if (!unnamed && origin !== `http://${host}`) throw new HostError('wrong-site')
      await next()
    },
    async signedIn(c, next) {
      const token = getCookie(c, cookie())
      if (token === undefined || knownAs(sessions, token) === null) throw new HostError('signed-out')
      await next()
    },
    async open(c) {
      const known = c.req.method === 'GET' ? knownAs(links, c.req.query('key') ?? '') : null
      const view = known === null ? undefined : links.get(known)
      if (known === null || view === undefined) throw new HostError('link-used')
      links.delete(known)
      const token = randomBytes(32).toString('base64url')
      remember(sessions, digest(token), null, SESSIONS)
      setCookie(c, cookie(), token, { httpOnly: true, sameSite: 'Strict', path: '/' })
      // A redirect would count as coming from wherever the link stood, and a strict cookie would stay behind.
      return c.html(
        `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${view}"><title>…</title>`,
      )
    },
  }
}

/** For every answer: nothing is loaded from elsewhere, framed, guessed at or kept. */
export const headers: MiddlewareHandler = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    workerSrc: ["'self'"],
    manifestSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  crossOriginEmbedderPolicy: 'require-corp',
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-origin',
  permissionsPolicy: { camera: [], microphone: [], geolocation: [], usb: [], payment: [] },
  referrerPolicy: 'no-referrer',
  // Plain HTTP on loopback.
  strictTransportSecurity: false,
  xFrameOptions: 'DENY',
  xXssProtection: false,
})

/** By digest: what a comparison's time tells is of no use. */
const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** Its digest, if it is one of those. */
function knownAs(digests: ReadonlyMap<string, unknown>, secret: string): string | null {
  const given = Buffer.from(digest(secret))
  return [...digests.keys()].find((known) => timingSafeEqual(Buffer.from(known), given)) ?? null
}

function remember<T>(digests: Map<string, T>, one: string, value: T, limit: number): void {
  digests.set(one, value)
  for (const oldest of digests.keys()) {
    if (digests.size <= limit) break
    digests.delete(oldest)
  }
}
