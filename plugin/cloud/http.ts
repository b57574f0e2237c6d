import * as http from 'node:http'
import * as https from 'node:https'
import type { Readable } from 'node:stream'
import type { AxiosInstance } from 'axios'
import type { CustomFetch } from 'openid-client'
import { ImportError } from '../errors.ts'
import { isLoopback } from './hosts.ts'
import { bounded, patient } from './http-body.ts'
import { hostOf, networkError, refusal } from './http-failures.ts'
import { type Profile, permitted } from './profile.ts'
import { readProxies } from './proxies.ts'

/** With whose right a call is made, and where to. */
export interface Access {
  readonly token: string
  readonly apiBase: string
}

export interface JsonAsk {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly token: string
  /** Sent as JSON. */
  readonly body?: unknown
  readonly limitBytes?: number
  /** Until the whole answer is here. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export interface BytesAsk {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

export interface BytesAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Ends with `cloud-unreachable` where it is cut, or silent for too long while it is waited for. */
  readonly body: AsyncIterable<Buffer>
  /** Lets go of what was not read. */
  readonly discard: () => void
}

export interface Http {
  /** The body of a 2xx answer; undefined where there is none. Redirects are refused: a token goes nowhere but where it was meant for. */
  readonly json: (ask: JsonAsk) => Promise<unknown>
  /** Bytes behind a URL that carries its own right: no token is sent. 4xx other than 429 is answered as it is. */
  readonly bytes: (ask: BytesAsk) => Promise<BytesAnswer>
  /** For openid-client alone: 4xx is answered as it is. */
  readonly fetch: CustomFetch
  readonly close: () => void
}

/** Milliseconds; other ones in tests. */
export interface Patience {
  /** Until a connection stands and an answer begins. */
  readonly answerMs: number
  /** Between two pieces of a body that is being waited for. */
  readonly silenceMs: number
}

const PATIENCE: Patience = { answerMs: 30_000, silenceMs: 30_000 }
const JSON_BYTES = 4_000_000
const SIGN_IN_BYTES = 1_000_000
const SENT_BYTES = 1_000_000
const MOST_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What may stand behind `Bearer` (RFC 6750, 2.1), with room: no space, no line break. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/

/**
 * The one door to the network. Only addresses that the profile permits; TLS is verified whatever the environment says, with
 * the authorities that Node was started with (NODE_EXTRA_CA_CERTS); HTTPS_PROXY, HTTP_PROXY and NO_PROXY of `env` hold, but
 * for loopback hosts.
 *
 * Errors of every call: `cloud-address-refused`, `cloud-unreachable`, `cloud-tls`, `cloud-proxy-refused`, `cloud-proxy-setting` {setting},
 * `cloud-busy` {status, seconds}, `cloud-fault` {status}, `cloud-answer-invalid` {reason}; of `json` also `cloud-token-refused` (401) and
 * `cloud-refused` {status, answer}. A cancelled call rejects with the signal's reason. No error holds a request: it would hold
 * the token.
 */
export function openHttp(profile: Profile, env = process.env, patience: Patience = PATIENCE): Http {
  const door = openDoor(env, patience)

  async function json(ask: JsonAsk): Promise<unknown> {
    if (!TOKEN.test(ask.token)) throw new ImportError('cloud-token-refused', { reason: 'token' })
    const url = permitted(profile, ask.url)
    const sent = ask.body === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await door.ask({
      url,
      method: ask.method,
      headers: { accept: 'application/json', authorization: `Bearer ${ask.token}`, ...sent },
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      timeoutMs: ask.timeoutMs ?? patience.answerMs,
      signal: ask.signal,
    })
    const bytes = await bounded(answer, ask.limitBytes ?? JSON_BYTES)
    if (REDIRECTS.has(answer.status)) throw new ImportError('cloud-answer-invalid', { reason: 'redirect' })
    if (answer.status < 200 || answer.status > 299) throw refusal(answer.status, answer.headers, bytes)
    if (bytes.length === 0) return undefined
    return parsed(bytes)
  }

  async function bytes(ask: BytesAsk): Promise<BytesAnswer> {
    let url = permitted(profile, ask.url)
    for (let followed = 0; ; followed++) {
      const answer = await door.ask({
        url,
        method: 'GET',
        headers: { 'accept-encoding': 'identity', ...withoutToken(ask.headers ?? {}) },
        raw: true,
        signal: ask.signal,
      })
      const { status, headers } = answer
      const { location } = headers
      if (!REDIRECTS.has(status) || location === undefined) {
        if (status < 500 && status !== 429) return answer
        answer.discard()
        throw refusal(status, headers, null)
      }
      answer.discard()
      if (followed === MOST_REDIRECTS) {
        throw new ImportError('cloud-answer-invalid', { reason: 'too-many-redirects' })
      }
      const next = permitted(profile, URL.parse(location, url.href)?.href ?? '')
      // A loopback host is permitted with http, yet not by someone who was asked over https.
      if (url.protocol === 'https:' && next.protocol === 'http:') {
        throw new ImportError('cloud-address-refused', { host: next.hostname })
      }
      url = next
    }
  }

  const fetch: CustomFetch = async (address, { method, headers, body, signal }) => {
    const url = permitted(profile, address)
    const answer = await door.ask({
      url,
      method,
      headers,
      ...(body === undefined || body === null ? {} : { body: formOf(body) }),
      timeoutMs: patience.answerMs,
      signal,
    })
    const content = await bounded(answer, SIGN_IN_BYTES)
    const { status } = answer
    if (REDIRECTS.has(status)) throw new ImportError('cloud-answer-invalid', { reason: 'redirect' })
    if (status >= 500 || status === 429) throw refusal(status, answer.headers, content)
    // A Response with one of these may have no body at all.
    const empty = status === 204 || status === 205 || status === 304
    return new Response(empty ? null : new Uint8Array(content), { status, headers: answer.headers })
  }

  return { json, bytes, fetch, close: door.close }
}

interface Request {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** As it comes: what is hashed and counted must not be unpacked on the way. */
  readonly raw?: true
  /** Of the whole answer; without it, of its beginning. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

function openDoor(env: NodeJS.ProcessEnv, patience: Patience) {
  const verified = { keepAlive: true, maxSockets: 16, rejectUnauthorized: true } as const
  // Node does the proxies itself, CONNECT and credentials included; axios leaves an agent that has `proxyEnv` alone.
  const proxies = readProxies(env)
  const throughProxy = {
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: 16, proxyEnv: proxies.env }),
    httpsAgent: new https.Agent({ ...verified, proxyEnv: proxies.env }),
  }
  const direct = {
    httpAgent: new http.Agent({ keepAlive: true, maxSockets: 16 }),
    httpsAgent: new https.Agent(verified),
    proxy: false,
  } as const
  let loading: Promise<AxiosInstance> | null = null
  /** With the first request: a start does not wait for it. */
  const loaded = () => {
    loading ??= import('axios').then(({ default: axios }) =>
      axios.create({
        adapter: 'http',
        maxRedirects: 0,
        maxBodyLength: SENT_BYTES,
        responseType: 'stream',
        validateStatus: null,
        transformRequest: [(data) => data],
        transformResponse: [],
      }),
    )
    return loading
  }

  async function ask(request: Request): Promise<BytesAnswer> {
    const { url, signal } = request
    signal?.throwIfAborted()
    const setting = proxies.unusable[url.protocol as 'http:' | 'https:']
    if (setting !== undefined && !isLoopback(url.hostname))
      throw new ImportError('cloud-proxy-setting', { setting })
    const given = new AbortController()
    const timer = setTimeout(
      () => given.abort(new ImportError('cloud-unreachable', { host: hostOf(url), reason: 'no-answer' })),
      request.timeoutMs ?? patience.answerMs,
    )
    const either = signal ? AbortSignal.any([signal, given.signal]) : given.signal
    try {
      const instance = await loaded()
      const answer = await instance.request<Readable>({
        url: url.href,
        method: request.method,
        headers: { 'user-agent': 'MyiTero-import', ...request.headers },
        ...(request.body === undefined ? {} : { data: request.body }),
        ...(request.raw ? { decompress: false } : {}),
        ...(isLoopback(url.hostname) ? direct : throughProxy),
        signal: either,
      })
      const body = answer.data
      // Nobody may be listening when it is cut: it is told to whoever reads.
      body.on('error', () => {})
      const done = () => {
        clearTimeout(timer)
        body.destroy()
      }
      if (request.timeoutMs === undefined) clearTimeout(timer)
      return {
        status: answer.status,
        headers: headersOf(answer.headers),
        body: patient(body, { silenceMs: patience.silenceMs, url, signal: either, done }),
        discard: done,
      }
    } catch (error) {
      clearTimeout(timer)
      either.throwIfAborted()
      throw networkError(error, url)
    }
  }

  return {
    ask,
    close() {
      for (const agents of [throughProxy, direct]) {
        agents.httpAgent.destroy()
        agents.httpsAgent.destroy()
      }
    },
  }
}

function headersOf(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : String(value),
    ]),
  )
}

/** However a caller came to hand one over. */
const withoutToken = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(authorization|cookie|proxy-authorization)$/i.test(name)),
  )

function formOf(body: unknown): string {
  if (typeof body === 'string') return body
  if (body instanceof URLSearchParams) return body.toString()
  throw new TypeError('a sign-in sends forms alone')
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The engine's message would quote the answer.
    throw new ImportError('cloud-answer-invalid', { reason: 'not-json' })
  }
}
