/** What a computer says of its proxies, as Node's agents take it. */
export interface Proxies {
  readonly env: NodeJS.ProcessEnv
  /** The variable that names no proxy which can be used, by the scheme of what is asked for. */
  readonly unusable: Readonly<Partial<Record<'http:' | 'https:', string>>>
}

/**
 * Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY, small letters too, as curl does: a proxy may be named without `http://`, its
 * password may hold a bare `%`, and a domain in NO_PROXY means the hosts below it as well. Node alone would go past the first
 * in silence and end at the second. Nothing is thrown: a proxy that cannot be used matters to whoever would go through it.
 */
export function readProxies(env: NodeJS.ProcessEnv): Proxies {
  const read: NodeJS.ProcessEnv = { ...env }
  const unusable: Partial<Record<'http:' | 'https:', string>> = {}
  for (const scheme of ['http:', 'https:'] as const) {
    const name = `${scheme.slice(0, -1)}_proxy`
    // Node takes the small letters first.
    const used = [name, name.toUpperCase()].find((each) => (env[each] ?? '').trim() !== '')
    if (used === undefined) continue
    const proxy = proxyOf(env[used] ?? '')
    if (proxy === null) unusable[scheme] = used
    read[used] = proxy ?? ''
  }
  for (const name of ['no_proxy', 'NO_PROXY']) {
    if (env[name] !== undefined) read[name] = withSubdomains(env[name])
  }
  return { env: read, unusable }
}

/** Null where it is none, or one of a kind that cannot be spoken to (socks). */
function proxyOf(written: string): string | null {
  const text = written.trim()
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || url.hostname === '' || !/^https?:$/.test(url.protocol)) return null
  url.username = decodable(url.username)
  url.password = decodable(url.password)
  return url.href
}

/** A `%` that begins no character stands for itself. */
function decodable(part: string): string {
  try {
    decodeURIComponent(part)
    return part
  } catch {
    return part.replaceAll('%', '%25')
  }
}

function withSubdomains(list: string): string {
  const hosts = list.split(',').map((host) => host.trim())
  const domains = hosts.filter((host) =>
    /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]*[\p{L}-][\p{L}\p{N}-]*)*$/u.test(host),
  )
  return [...hosts, ...domains.map((domain) => `.${domain}`)].join(',')
}
