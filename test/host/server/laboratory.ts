import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { HostEvent, PluginRow, Settings } from '../../../host/api.ts'
import type { Pages } from '../../../host/pages.ts'
import { type HostOptions, startHost } from '../../../host/start.ts'
import type { Script } from './plugins/scripted/script.ts'

export const SCRIPTED = join(import.meta.dirname, 'plugins')

const PAGES: Pages = {
  index: {
    body: new TextEncoder().encode('<!doctype html><title>the page</title>'),
    type: 'text/html; charset=utf-8',
    etag: '"index"',
    forever: false,
  },
  files: new Map([
    [
      '/assets/main-abc.js',
      {
        body: new TextEncoder().encode('export {}'),
        type: 'text/javascript; charset=utf-8',
        etag: '"main"',
        forever: true,
      },
    ],
  ]),
}

export interface Laboratory {
  readonly home: string
  readonly port: number
  readonly url: string
  /** Folders that were shown in the file manager. */
  readonly shown: readonly string[]
  /** Pages that were opened in the system's browser. */
  readonly opened: readonly string[]
  readonly faults: readonly string[]
  link(): string
  /** A browser that has opened a link. */
  signIn(): Promise<Browser>
  close(): Promise<void>
}

export interface Answered<T = unknown> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
}

/** Speaks as the host's own page does. */
export interface Browser {
  readonly cookie: string
  get<T>(path: string, headers?: Record<string, string>): Promise<Answered<T>>
  send<T>(method: string, path: string, body?: unknown): Promise<Answered<T>>
  /** Events from now on, until the test ends. */
  listen(): Promise<Events>
  settings(): Promise<Settings>
}

export interface Events {
  readonly all: readonly HostEvent[]
  /** The first event that suits, of those after the first `from`, past or to come. */
  when(suits: (event: HostEvent) => boolean, from?: number): Promise<HostEvent>
  close(): void
}

/** A host on a home of its own with the scripted plugin, ended with the test. */
export async function laboratory(
  t: Test,
  options: Partial<HostOptions> & { readonly script?: Script; readonly enabled?: boolean } = {},
): Promise<Laboratory> {
  const home = options.home ?? join(t.testdir({}), 'home')
  const data = join(home, 'plugins', 'scripted')
  mkdirSync(data, { recursive: true })
  if (options.script !== undefined || options.home === undefined)
    writeFileSync(join(data, 'script.json'), JSON.stringify(options.script ?? {}))
  const shown: string[] = []
  const opened: string[] = []
  const faults: string[] = []
  const host = await startHost({
    home,
    plugins: SCRIPTED,
    reseller: null,
    licence: null,
    port: 0,
    desktop: {
      showFolder: async (folder) => {
        shown.push(folder)
      },
      openPage: async (address) => opened.push(address),
      openLogin: async (address) => opened.push(address) > 0,
    },
    suggestions: [],
    clock: Date.now,
    onFault: (fault, where) => faults.push(`${where}: ${String(fault)}`),
    pages: PAGES,
    ...options,
  })
  t.teardown(() => host.close())
  const url = `http://127.0.0.1:${host.port}`
  const lab: Laboratory = {
    home,
    port: host.port,
    url,
    shown,
    opened,
    faults,
    link: host.link,
    signIn: () => signedIn(t, url, host.link()),
    close: host.close,
  }
  if (options.enabled === true) {
    const browser = await lab.signIn()
    const { status, body } = await browser.send('PATCH', '/api/settings', { enabled: { scripted: true } })
    if (status !== 200) throw new Error(`not enabled: ${JSON.stringify(body)}`)
  }
  return lab
}

async function signedIn(t: Test, url: string, link: string): Promise<Browser> {
  const opened = await fetch(link)
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const answered = async <T>(response: Response): Promise<Answered<T>> => {
    const text = await response.text()
    const json = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
  }
  const get = async <T>(path: string, headers: Record<string, string> = {}) =>
    answered<T>(await fetch(url + path, { headers: { cookie, ...headers } }))
  return {
    cookie,
    get,
    async send(method, path, body) {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      return answered(
        await fetch(url + path, {
          method,
          headers: { cookie, origin: url, ...type },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      )
    },
    listen: () => listening(t, `${url}/api/events`, cookie),
    settings: async () => (await get<Settings>('/api/settings')).body,
  }
}

async function listening(t: Test, url: string, cookie: string): Promise<Events> {
  const abort = new AbortController()
  t.teardown(() => abort.abort())
  const response = await fetch(url, { headers: { cookie }, signal: abort.signal })
  const all: HostEvent[] = []
  let wake = () => {}
  void (async () => {
    let rest = ''
    for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + piece).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1]
        if (data !== undefined) all.push(JSON.parse(data))
      }
      wake()
    }
  })().catch(() => {})
  return {
    all,
    close: () => abort.abort(),
    async when(suits, from = 0) {
      for (let seen = from; ; seen++) {
        while (seen >= all.length) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        const event = all[seen]
        if (event !== undefined && suits(event)) return event
      }
    },
  }
}

/** The one plugin's row in an event. */
export const rowIn = (event: HostEvent): PluginRow | undefined =>
  event.type === 'plugins' ? event.plugins[0] : undefined

export const codeOf = ({ body }: Answered): string | undefined =>
  (body as { readonly error?: { readonly code: string } } | null)?.error?.code
export const textOf = ({ body }: Answered): string =>
  (body as { readonly error?: { readonly text: string } } | null)?.error?.text ?? ''
