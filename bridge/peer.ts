import type { Channel } from './channel.ts'
import { type KnownMessage, messageNamed, misfits, paramsFit, resultFits } from './check.ts'
import type { Clock } from './clock.ts'
import type { Progress } from './data.ts'
import { BridgeError, type BridgeErrorCode, type Refusal } from './errors.ts'
import { ERROR_NUMBERS } from './numbers.ts'
import type { Method, NotificationMethod, Params, RequestMethod, Result, SentBy } from './protocol.ts'

export type Side = 'host' | 'plugin'
export type Other<S extends Side> = S extends 'host' ? 'plugin' : 'host'

/** What is handed over may be read-only all the way down. */
export type Given<T> = T extends object ? { readonly [K in keyof T]: Given<T[K]> } : T

/** What a handler knows of the request that it answers. */
export interface Call {
  /** Aborted once the other end needs the answer no more, or is gone. */
  readonly signal: AbortSignal
  /** Told to the other end where it asked for progress. */
  readonly progress: (value: Progress) => void
}

/**
 * Everything that the other end may send, and what answers it. A handler refuses by throwing `refusing(code, text, facts)`
 * or anything with a `code` and `facts`; anything else that it throws becomes an internal error that tells nothing.
 */
export type Handlers<S extends Side> = {
  readonly [M in Exclude<SentBy<Other<S>, Method>, '$/cancelRequest'>]: M extends RequestMethod
    ? (params: Params<M>, call: Call) => Given<Result<M>> | Promise<Given<Result<M>>>
    : (params: Params<M>) => void
}

export interface RequestOptions {
  /** Aborted: the other end is told; the answer is still awaited, the request may have been done. */
  readonly signal?: AbortSignal
  /** ms; 30 s where nothing is said. */
  readonly deadlineMs?: number
  readonly onProgress?: (value: Progress) => void
}

export interface Peer<S extends Side> {
  /** Throws BridgeError. */
  readonly request: <M extends SentBy<S, RequestMethod>>(
    method: M,
    params: Given<Params<M>>,
    options?: RequestOptions,
  ) => Promise<Result<M>>
  /** Lost where the connection is closed. Throws BridgeError `invalid-params` or `message-too-large`. */
  readonly notify: <M extends SentBy<S, NotificationMethod>>(method: M, params: Given<Params<M>>) => void
  readonly close: () => void
}

export interface PeerOptions<S extends Side> {
  readonly side: S
  readonly channel: Channel
  readonly handlers: Handlers<S>
  readonly clock: Clock
  readonly onClosed?: () => void
  /** What a handler threw that is no refusal, or a result that is none: for the developer's log. */
  readonly onFault?: (fault: unknown, method: string) => void
}

const DEADLINE_MS = 30_000
/** Requests of the other end that are being answered at one time; and ours that wait. */
const ANSWERING_LIMIT = 256
const WAITING_LIMIT = 4096
/** Messages a second that are taken in the long run, and at once. */
const RATE = 5000
const TEXT_LIMIT = 2000

interface Waiting {
  readonly method: RequestMethod
  readonly onProgress: ((value: Progress) => void) | undefined
  readonly resolve: (result: unknown) => void
  readonly reject: (error: BridgeError) => void
}

/** JSON-RPC 2.0 over a channel, both ways at once. The channel is proven already. */
export function createPeer<S extends Side>(options: PeerOptions<S>): Peer<S> {
  const { side, channel, clock } = options
  const handlers = options.handlers as unknown as Readonly<Record<string, Handler>>
  const waiting = new Map<number, Waiting>()
  const answering = new Map<number | string, AbortController>()
  const pace = pacing(channel, clock)
  let lastId = 0
  let open = true

  const send = (message: object) => open && channel.send({ jsonrpc: '2.0', ...message })

  const closed = () => {
    if (!open) return
    open = false
    pace.end()
    for (const { reject } of waiting.values()) reject(new BridgeError('connection-closed'))
    for (const controller of answering.values()) controller.abort()
    options.onClosed?.()
  }

  const request = (method: RequestMethod, params: object, asked: RequestOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!open) throw new BridgeError('connection-closed')
      if (!paramsFit(method, params)) {
        throw new BridgeError('invalid-params', `${method} ${misfits(method, 'params', params)}`)
      }
      if (waiting.size >= WAITING_LIMIT) throw new BridgeError('overloaded', method)
      if (asked.signal?.aborted) throw new BridgeError('request-cancelled', method)
      const id = ++lastId
      const cancel = () => send({ method: '$/cancelRequest', params: { id } })
      const takeBack = clock.after(asked.deadlineMs ?? DEADLINE_MS, () => {
        cancel()
        settled(() => reject(new BridgeError('deadline-exceeded', method)))
      })
      asked.signal?.addEventListener('abort', cancel, { once: true })
      const settled = (how: () => void) => {
        takeBack()
        asked.signal?.removeEventListener('abort', cancel)
        waiting.delete(id)
        how()
      }
      waiting.set(id, {
        method,
        onProgress: asked.onProgress,
        resolve: (result) => settled(() => resolve(result)),
        reject: (error) => settled(() => reject(error)),
      })
      const token = asked.onProgress === undefined ? {} : { workDoneToken: tokenOf(id) }
      try {
        send({ id, method, params: { ...params, ...token } })
      } catch (error) {
        settled(() => reject(error))
      }
    })

  const notify = (method: NotificationMethod, params: object) => {
    if (!paramsFit(method, params)) {
      throw new BridgeError('invalid-params', `${method} ${misfits(method, 'params', params)}`)
    }
    send({ method, params })
  }

  const refuse = (id: Id | null, code: keyof typeof ERROR_NUMBERS, detail = '', refusal?: Refusal) => {
    const message = detail === '' ? code : `${code}: ${detail}`
    const data = refusal === undefined ? {} : { data: refusal }
    send({ id, error: { code: ERROR_NUMBERS[code], message: message.slice(0, TEXT_LIMIT), ...data } })
  }

  const answer = async (id: Id, method: RequestMethod, params: Record<string, unknown>) => {
    const controller = new AbortController()
    answering.set(id, controller)
    const token = params['workDoneToken']
    const progress = (value: Progress) => {
      if (isId(token)) notify('$/progress', { token, value })
    }
    try {
      const result = await handlers[method]?.(params, { signal: controller.signal, progress })
      if (!resultFits(method, result)) {
        throw new BridgeError('invalid-result', `${method} ${misfits(method, 'result', result)}`)
      }
      send({ id, result })
    } catch (error) {
      const { code, refusal } = told(error, controller.signal.aborted)
      if (code === 'internal-error') options.onFault?.(error, method)
      refuse(id, code, '', refusal)
    } finally {
      answering.delete(id)
    }
  }

  const takeRequest = (id: Id, name: string, params: unknown) => {
    if (answering.has(id)) return refuse(id, 'invalid-request', 'a request of this id is being answered')
    const message = messageFor(side, name)
    if (message?.kind !== 'request') return refuse(id, 'method-not-found')
    const { method } = message
    if (!isObject(params) || !paramsFit(method, params)) {
      return refuse(id, 'invalid-params', misfits(method, 'params', params))
    }
    if (answering.size >= ANSWERING_LIMIT) return refuse(id, 'overloaded')
    void answer(id, method as RequestMethod, params)
  }

  const takeNotification = (name: string, params: unknown) => {
    const message = messageFor(side, name)
    // Unknown, misplaced or unfit: nobody waits for an answer.
    if (message?.kind !== 'notification') return
    const { method } = message
    if (!isObject(params) || !paramsFit(method, params)) return
    if (method === '$/cancelRequest') return answering.get(params['id'] as Id)?.abort()
    if (method === '$/progress') {
      const { token, value } = params as Params<'$/progress'>
      const ours = [...waiting].find(([id, { onProgress }]) => onProgress && tokenOf(id) === token)
      if (ours !== undefined) return ours[1].onProgress?.(value)
    }
    try {
      handlers[method]?.(params)
    } catch (error) {
      options.onFault?.(error, method)
    }
  }

  const takeAnswer = (message: Record<string, unknown>) => {
    const { id } = message
    const asked = typeof id === 'number' ? waiting.get(id) : undefined
    // Late, or an answer to nothing.
    if (asked === undefined) return
    if (Object.hasOwn(message, 'error')) return asked.reject(asError(message['error'], asked.method))
    if (resultFits(asked.method, message['result'])) return asked.resolve(message['result'])
    const detail = `${asked.method} ${misfits(asked.method, 'result', message['result'])}`
    asked.reject(new BridgeError('invalid-result', detail))
  }

  channel.listen({
    closed,
    message: (message) => {
      if (!open) return
      pace.count()
      try {
        take(message)
      } catch (error) {
        // Only what we answer ourselves can be too large here; the connection goes on.
        options.onFault?.(error, '')
      }
    },
  })

  function take(message: unknown) {
    const id = isObject(message) && isId(message['id']) ? message['id'] : null
    if (!isObject(message) || message['jsonrpc'] !== '2.0') return refuse(id, 'invalid-request')
    const { method, params = {} } = message
    if (typeof method === 'string') {
      if (!Object.hasOwn(message, 'id')) return takeNotification(method, params)
      return id === null ? refuse(null, 'invalid-request') : takeRequest(id, method, params)
    }
    if (Object.hasOwn(message, 'result') || Object.hasOwn(message, 'error')) return takeAnswer(message)
    refuse(id, 'invalid-request')
  }

  return {
    request: request as Peer<S>['request'],
    notify,
    close: () => {
      closed()
      channel.close()
    },
  }
}

type Id = number | string
type Handler = (params: unknown, call?: Call) => unknown

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isId = (value: unknown): value is Id =>
  Number.isSafeInteger(value) || (typeof value === 'string' && value.length <= 100)

const tokenOf = (id: number) => `request-${id}`

/** The message of this name where the other end may send it, or null. */
function messageFor(side: Side, name: string): KnownMessage | null {
  const message = messageNamed(name)
  return message === null || message.sender === side ? null : message
}

/** What the other end learns of an error that a handler threw. */
function told(
  error: unknown,
  cancelled: boolean,
): { readonly code: keyof typeof ERROR_NUMBERS; readonly refusal?: Refusal } {
  if (cancelled) return { code: 'request-cancelled' }
  if (error instanceof BridgeError && error.refusal === null) {
    return { code: error.code === 'not-configured' ? 'not-configured' : 'internal-error' }
  }
  const refusal = refusalIn(error instanceof BridgeError ? error.refusal : error)
  return refusal === null ? { code: 'internal-error' } : { code: 'refused', refusal }
}

/** Code, facts and text, where these are what they have to be. */
function refusalIn(value: unknown): Refusal | null {
  if (typeof value !== 'object' || value === null) return null
  const { code, facts, text } = value as { code?: unknown; facts?: unknown; text?: unknown }
  if (typeof code !== 'string' || !/^[a-z][a-z0-9-]{0,59}$/.test(code) || !isObject(facts)) return null
  const plain = Object.entries(facts)
    .slice(0, 20)
    .filter((fact): fact is [string, string | number] => /^(string|number)$/.test(typeof fact[1]))
    .map(([name, fact]) => [name.slice(0, 60), typeof fact === 'string' ? fact.slice(0, 1000) : fact])
  return {
    code,
    text: typeof text === 'string' ? text.slice(0, TEXT_LIMIT) : code,
    facts: Object.fromEntries(plain),
  }
}

/** An error that the other end answered. */
function asError(error: unknown, method: string): BridgeError {
  const number = isObject(error) ? error['code'] : null
  const known = Object.entries(ERROR_NUMBERS).find(([, of]) => of === number)?.[0] as
    | BridgeErrorCode
    | undefined
  const refusal = isObject(error) && known === 'refused' ? refusalIn(error['data']) : null
  if (known === undefined || (known === 'refused' && refusal === null)) {
    return new BridgeError('internal-error', method)
  }
  return new BridgeError(known, refusal?.code ?? method, refusal)
}

/** Slows an end that sends more than anyone needs: it is read later, so that its own queue fills and not ours. */
function pacing(channel: Channel, clock: Clock): { readonly count: () => void; readonly end: () => void } {
  let left = RATE
  let at = clock.now()
  let takeBack: (() => void) | null = null
  return {
    count: () => {
      const now = clock.now()
      left = Math.min(RATE, left + (Math.max(0, now - at) * RATE) / 1000) - 1
      at = now
      if (left >= 0 || takeBack !== null) return
      channel.pause()
      takeBack = clock.after(Math.max(10, (-left * 1000) / RATE), () => {
        takeBack = null
        channel.resume()
      })
    },
    end: () => takeBack?.(),
  }
}
