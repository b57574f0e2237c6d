import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ValidateFunction } from 'ajv'
import { type Failure, ImportError } from '../errors.ts'
import type { OrderId } from '../itero/order.ts'
import type { Access, Http } from './http.ts'
import type { AccountId, AssetId, RxId } from './ids.ts'
import { type CloudAsset, type CloudOrder, orderStatus } from './orders.ts'
import type * as sent from './wire.d.ts'

/**
 * The only code that knows a path or a field name of the wire. Every answer is checked against
 * schemas/lab-connector.openapi.yaml, which says what of it is Align's and what is ours; unknown fields are ignored.
 * Errors of every call: those of `Http.json`, and `cloud-answer-invalid` for a wrong shape.
 */
export const wire = {
  /** The regional addresses, unchecked against the profile: the caller does that. */
  async discover(http: Http, access: Access, signal?: AbortSignal): Promise<Discovered> {
    const { issuer, apiBase } = await asked<sent.Discovery>(http, access, 'GET', '/discovery', 'Discovery', {
      signal,
    })
    return { issuer, apiBase }
  },

  async accounts(http: Http, access: Access, signal?: AbortSignal): Promise<readonly Account[]> {
    const { accounts } = await asked<sent.AccountList>(http, access, 'GET', '/accounts', 'AccountList', {
      signal,
    })
    return accounts.map(({ accountId, name }) => ({ id: String(accountId) as AccountId, name }))
  },

  /** Binds this program to one account; the token set that was used for it goes on until it is revoked. */
  async pair(http: Http, access: Access, account: AccountId, signal?: AbortSignal): Promise<TokenSet> {
    const path = `/accounts/${digits(account)}/pair`
    const set = await asked<sent.TokenSet>(http, access, 'POST', path, 'TokenSet', { signal })
    return {
      accessToken: set.accessToken,
      refreshToken: set.refreshToken,
      expiresInSeconds: set.expiresIn,
    }
  },

  async unpair(http: Http, access: Access, account: AccountId, signal?: AbortSignal): Promise<void> {
    await nothing(http, access, 'POST', `/accounts/${digits(account)}/unpair`, { signal })
  },

  /**
   * One page of the orders that are ready and were not downloaded yet; as many as come, where the cloud does not keep to what was
   * asked for. An order that is wrong is left out and told, so that it holds up no other.
   */
  async newOrders(http: Http, access: Access, ask: OrdersAsk, signal?: AbortSignal): Promise<OrdersPage> {
    const query = new URLSearchParams({ limit: String(PAGE) })
    if (ask.cursor !== null) query.set('cursor', ask.cursor)
    const found = await json(http, access, 'GET', `/orders?${query}`, { signal, limitBytes: PAGE_BYTES })
    const given = found as Partial<sent.OrderPage> | null | undefined
    const rows: readonly unknown[] = Array.isArray(given?.orders) ? given.orders : []
    if (rows.length > MOST_ROWS) throw invalid('too-many', '/orders')
    // The page without its rows; each of them is then looked at by itself.
    const { nextCursor } = checked<sent.OrderPage>(await schemas(), 'OrderPage', {
      ...given,
      orders: Array.isArray(given?.orders) ? [] : given?.orders,
    })
    const orders: CloudOrder[] = []
    const refused: Refused[] = []
    for (const row of rows) {
      try {
        orders.push(orderOf(checked<sent.Order>(await schemas(), 'Order', row), ask.account))
      } catch (error) {
        if (!(error instanceof ImportError)) throw error
        const rxId = numberOf(row)
        refused.push({
          code: error.code,
          facts: { ...error.facts, ...(rxId === null ? {} : { rxId }) },
          rxId,
        })
      }
    }
    return { orders, refused, next: nextCursor }
  },

  /** One order, whatever its status; null where the cloud knows it no more. */
  async order(
    http: Http,
    access: Access,
    { account, rxId }: Pick<CloudOrder, 'account' | 'rxId'>,
    signal?: AbortSignal,
  ): Promise<CloudOrder | null> {
    try {
      const order = orderOf(
        await asked<sent.Order>(http, access, 'GET', `/orders/${digits(rxId)}`, 'Order', { signal }),
        account,
      )
      if (order.rxId !== rxId) throw invalid('another-order', '/rxId')
      return order
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  },

  /** A URL to download from for a while; null where the asset is there no more. */
  async assetUrl(
    http: Http,
    access: Access,
    { rxId }: Pick<CloudOrder, 'rxId'>,
    asset: Pick<CloudAsset, 'id'>,
    signal?: AbortSignal,
  ): Promise<string | null> {
    const path = `/orders/${digits(rxId)}/assets/${digits(asset.id)}/url`
    try {
      return (await asked<sent.AssetUrl>(http, access, 'POST', path, 'AssetUrl', { signal })).url
    } catch (error) {
      if (isGone(error)) return null
      throw error
    }
  },

  /** From now on the cloud posts its notices to this address. */
  async setCallback(http: Http, access: Access, callback: Callback, signal?: AbortSignal): Promise<void> {
    const body: sent.Callback = { url: callback.url, secret: callback.secret }
    await nothing(http, access, 'PUT', '/callback', { signal, body })
  },

  async removeCallback(http: Http, access: Access, signal?: AbortSignal): Promise<void> {
    await nothing(http, access, 'DELETE', '/callback', { signal })
  },
} as const

export type Wire = typeof wire

export interface Discovered {
  readonly issuer: string
  readonly apiBase: string
}

export interface Account {
  readonly id: AccountId
  readonly name: string
}

export interface TokenSet {
  readonly accessToken: string
  readonly refreshToken: string
  readonly expiresInSeconds: number
}

export interface OrdersAsk {
  readonly account: AccountId
  /** `next` of the page before; null: the first page. */
  readonly cursor: string | null
}

export interface OrdersPage {
  readonly orders: readonly CloudOrder[]
  /** One for each order that was left out. */
  readonly refused: readonly Refused[]
  readonly next: string | null
}

/** An order that is not understood; its number where that much is. */
export type Refused = Failure & { readonly rxId: number | null }

export interface Callback {
  readonly url: string
  /** 32 to 200 visible characters. */
  readonly secret: string
}

export interface Notice {
  readonly account: AccountId
  readonly rxId: RxId
}

/** Whoever signed in is known to the login page, not to MyiTero: an Invisalign user, say. */
export const saysNoAccess = ({ code, facts }: Failure): boolean =>
  code === 'cloud-refused' && facts['status'] === 403 && facts['answer'] === 'noAccess'

/** Header, lower case, that a notice's signature stands in. */
export const SIGNATURE_HEADER = 'x-callback-signature'

/** Whether this body was signed with this secret. Takes as long whether it is nearly right or all wrong. */
export function isSigned(body: Uint8Array, signature: string | undefined, secret: string): boolean {
  const wanted = createHmac('sha256', secret).update(body).digest()
  const [, hex = ''] = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? '') ?? []
  const given = Buffer.from(hex, 'hex')
  // A signature of another form is compared too, against zeros.
  return timingSafeEqual(given.length === wanted.length ? given : Buffer.alloc(wanted.length), wanted)
}

/** What a notice says. Error: `cloud-answer-invalid`. */
export async function readNotice(body: Uint8Array): Promise<Notice> {
  const { rxId, accountId } = checked<sent.Notice>(await schemas(), 'Notice', parsed(body))
  return { account: String(accountId) as AccountId, rxId: String(rxId) as RxId }
}

/** Orders of a page that are asked for: the document's own bound. */
const PAGE = 100
/** Orders of a page that are taken: a cloud that sends all at once is still understood. */
const MOST_ROWS = 10_000
/** A hundred orders with all that the document allows of each take less, and so do ten thousand usual ones. */
const PAGE_BYTES = 16_000_000

interface More {
  readonly signal?: AbortSignal | undefined
  readonly body?: unknown
  readonly limitBytes?: number
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

async function asked<T>(
  http: Http,
  access: Access,
  method: Method,
  path: string,
  schema: string,
  more: More,
): Promise<T> {
  return checked<T>(await schemas(), schema, await json(http, access, method, path, more))
}

async function nothing(http: Http, access: Access, method: Method, path: string, more: More): Promise<void> {
  await json(http, access, method, path, more)
}

function json(http: Http, access: Access, method: Method, path: string, more: More): Promise<unknown> {
  return http.json({
    method,
    url: `${access.apiBase.replace(/\/+$/, '')}${path}`,
    token: access.token,
    ...(more.body === undefined ? {} : { body: more.body }),
    ...(more.limitBytes === undefined ? {} : { limitBytes: more.limitBytes }),
    ...(more.signal === undefined ? {} : { signal: more.signal }),
  })
}

function orderOf(order: sent.Order, account: AccountId): CloudOrder {
  if (String(order.accountId) !== account) {
    throw new ImportError('cloud-answer-invalid', { reason: 'another-account', rxId: order.rxId })
  }
  const assets = (kind: string) => order.assets.filter((asset) => asset.kind === kind).map(assetOf)
  return {
    account,
    rxId: String(order.rxId) as RxId,
    orderId: String(order.orderId) as OrderId,
    orderCode: order.orderCode ?? null,
    status: orderStatus(order.status),
    updatedAt: Date.parse(order.updatedAt),
    export: assets('export3d')[0] ?? null,
    thumbnails: assets('thumbnail'),
  }
}

function numberOf(row: unknown): number | null {
  const { rxId } = (row ?? {}) as { readonly rxId?: unknown }
  return typeof rxId === 'number' && Number.isSafeInteger(rxId) && rxId > 0 ? rxId : null
}

const assetOf = (asset: sent.Asset): CloudAsset => ({
  id: String(asset.assetId) as AssetId,
  bytes: asset.length,
  sha256: asset.sha256?.toLowerCase() ?? null,
  version: asset.version,
})

/** The types say so; a path is too dear to believe them. */
function digits(id: string): string {
  if (!/^\d{1,16}$/.test(id)) throw invalid('id', '')
  return id
}

const isGone = (error: unknown) =>
  error instanceof ImportError && error.code === 'cloud-refused' && error.facts['status'] === 404

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw invalid('not-json', '')
  }
}

const invalid = (reason: string, field: string) =>
  new ImportError('cloud-answer-invalid', { reason, ...(field === '' ? {} : { field }) })

type Schemas = (name: string) => ValidateFunction

let loading: Promise<Schemas> | null = null

/** Read and compiled with the first call of all: a start does not wait for it. */
function schemas(): Promise<Schemas> {
  loading ??= loadSchemas().catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

async function loadSchemas(): Promise<Schemas> {
  const [{ Ajv2020 }, { parse }, text] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('yaml'),
    readFile(new URL('../../schemas/lab-connector.openapi.yaml', import.meta.url), 'utf8'),
  ])
  // Of the document only the schemas are taken: to ajv everything around them is unknown.
  const { components } = parse(text) as { readonly components: unknown }
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'wire', components }, 'wire')
  const compiled = new Map<string, ValidateFunction>()
  return (name) => {
    let check = compiled.get(name)
    if (check === undefined) {
      check = ajv.compile({ $ref: `wire#/components/schemas/${name}` })
      compiled.set(name, check)
    }
    return check
  }
}

function checked<T>(schemas: Schemas, name: string, value: unknown): T {
  const check = schemas(name)
  if (check(value)) return value as T
  const [error] = check.errors ?? []
  const missing = error?.params?.['missingProperty']
  // The document's own field names and places in lists: nothing that was sent.
  const pointer = `${error?.instancePath ?? ''}${missing === undefined ? '' : `/${String(missing)}`}`
  throw invalid('wrong-shape', pointer.slice(0, 100))
}
