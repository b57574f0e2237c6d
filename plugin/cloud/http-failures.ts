import { type Facts, ImportError } from '../errors.ts'

/** As a technician may be told it: without port, path or query, which may hold a right of access. */
export const hostOf = (url: URL): string => url.hostname

const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
])

/**
 * What the network threw, as ours. Nothing of it is kept: an error of axios holds the whole request, token and all, and one of
 * the proxy's its password.
 */
export function networkError(
  thrown: unknown,
  url: URL,
  otherwise: 'network' | 'cut' = 'network',
): ImportError {
  if (thrown instanceof ImportError) return thrown
  const host = hostOf(url)
  const { code, status } = told(thrown)
  if (code === 'ERR_PROXY_TUNNEL') {
    // 407 is the standard's word; others say 401 to a wrong password, and 403 to a host that they do not permit.
    if (status >= 400 && status < 500) return new ImportError('cloud-proxy-refused', { status })
    return new ImportError('cloud-unreachable', { host, reason: 'proxy' })
  }
  const tls = tlsReason(code)
  if (tls !== null) return new ImportError('cloud-tls', { host, reason: tls })
  const system = /^E[A-Z_]+$/.test(code) && !code.startsWith('ERR_')
  return new ImportError('cloud-unreachable', { host, reason: system ? code : otherwise })
}

function tlsReason(code: string) {
  if (UNTRUSTED.has(code)) return 'certificate-untrusted'
  if (code === 'CERT_HAS_EXPIRED') return 'certificate-expired'
  if (code === 'CERT_NOT_YET_VALID') return 'certificate-early'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return 'certificate-other-host'
  if (code === 'EPROTO' || /^ERR_(SSL|TLS)_/.test(code)) return 'tls-protocol'
  return null
}

/** The code that stands deepest: axios wraps what Node threw, and so does Node what its sockets did. */
function told(thrown: unknown): { readonly code: string; readonly status: number } {
  let code = ''
  let status = 0
  let error: unknown = thrown
  for (let depth = 0; error instanceof Error && depth < 5; depth++) {
    if ('code' in error && typeof error.code === 'string') code = error.code
    if ('statusCode' in error && typeof error.statusCode === 'number') status = error.statusCode
    // Several addresses were tried: one of them speaks for all.
    error = error instanceof AggregateError ? error.errors[0] : error.cause
  }
  return { code, status }
}

/** Longest that a server may hold us off, in seconds. */
const MOST_SECONDS = 3600

/** An answer that is no success, as ours. The body says why in one plain word at most. */
export function refusal(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer | null,
): ImportError {
  if (status === 429 || status === 503) {
    const seconds = retryAfter(headers['retry-after'], headers['date'])
    return new ImportError('cloud-busy', { status, ...(seconds === null ? {} : { seconds }) })
  }
  if (status === 407) return new ImportError('cloud-proxy-refused', { status })
  if (status >= 500) return new ImportError('cloud-fault', { status })
  if (status === 401) return new ImportError('cloud-token-refused')
  const answer = body === null ? null : wordIn(body)
  const facts: Facts = { status, ...(answer === null ? {} : { answer }) }
  return new ImportError('cloud-refused', facts)
}

/** Seconds or a date (RFC 9110, 10.2.3); the date by the cloud's clock, which need not be this computer's. */
function retryAfter(header: string | undefined, date: string | undefined): number | null {
  if (header === undefined) return null
  const seconds = /^\d{1,9}$/.test(header)
    ? Number(header)
    : Math.ceil((Date.parse(header) - Date.parse(date ?? '')) / 1000)
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MOST_SECONDS) : null
}

/** The body's own code, `{error: {code}}`: only where it is a word of a program's, no text of anyone's. */
function wordIn(body: Buffer): string | null {
  if (body.length > 10_000) return null
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown } }
    return plainWord(error?.code)
  } catch {
    return null
  }
}

export const plainWord = (value: unknown): string | null =>
  typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,40}$/.test(value) ? value : null
