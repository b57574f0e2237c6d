import { once } from 'node:events'
import { request } from 'node:http'
import type { PluginRow, Settings } from '../../host/api.ts'
import { type HostProcess, type Place, startHostProcess } from './host-process.ts'

export const PLUGIN = 'myitero-import'

export interface Answered<T> {
  readonly status: number
  readonly body: T
}

/** A place at the host's API, as its page has one: signed in anew where the host was started anew. */
export interface Desk {
  readonly place: Place
  host(): HostProcess
  /** Starts the host again after its end. */
  restart(): Promise<void>
  /** `onSent`: the request has left this process. Rejects where the host is gone. */
  call<T>(method: string, path: string, body?: unknown, onSent?: () => void): Promise<Answered<T>>
  /** The body of an answer that has to be there. */
  read<T>(path: string): Promise<T>
  /** Of the plugin; null where the installation does not have it. */
  plugin(): Promise<PluginRow | null>
}

/** `env` and `flags`: of the host's first process. */
export async function openDesk(
  place: Place,
  flags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Desk> {
  let host = await startHostProcess(place, flags, env)
  let cookie = await signIn(host)

  const desk: Desk = {
    place,
    host: () => host,
    async restart() {
      host = await startHostProcess(place)
      cookie = await signIn(host)
    },
    async call(method, path, body, onSent = () => {}) {
      const { origin } = new URL(host.link)
      const sent = request(new URL(path, origin), {
        method,
        // A kept connection would belong to a host that is gone.
        agent: false,
        headers: {
          cookie,
          origin,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      })
      const answered = once(sent, 'response')
      sent.once('finish', onSent)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
      const [response] = await answered
      let text = ''
      for await (const piece of response.setEncoding('utf8')) text += piece
      return { status: response.statusCode, body: JSON.parse(text) }
    },
    async read(path) {
      const { status, body } = await desk.call('GET', path)
      if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`)
      return body as never
    },
    async plugin() {
      const { plugins } = await desk.read<Settings>('/api/settings')
      return plugins.find(({ id }) => id === PLUGIN) ?? null
    },
  }
  return desk
}

async function signIn({ link }: HostProcess): Promise<string> {
  const opened = await fetch(link)
  await opened.arrayBuffer()
  return (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}
