import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CloudState } from '../../bridge/data.ts'
import type {
  ActivityEntry,
  CaseList,
  CaseRow,
  ClientRow,
  FolderListing,
  HostEvent,
  Mappings,
  PluginRow,
  ProgressBar,
  Question,
  SeenParameter,
  Session,
  Settings,
  SignIn,
} from '../../host/api.ts'
import { type Pages, preparePages } from '../../host/pages.ts'

export const LOGIN_PAGE = 'https://login.example/authorize?state=made-up'

/** What a scripted host answers; a test changes it and tells the page by `emit`. */
export interface Script {
  session: Session
  rows: CaseRow[]
  questions: Question[]
  clients: ClientRow[]
  /** Clients that stand in rows alone. */
  foreignClients: string[]
  parameters: SeenParameter[]
  mappings: Mappings
  settings: Settings
  activity: ActivityEntry[]
  /** The log is one that was kept. */
  logKeptAt: number | null
  bars: ProgressBar[]
  cloud: CloudState | null
  /** The login page is opened in the system's browser. */
  opensLogin: boolean
  /** Cases that an answer lets go on; as many as wait where left out. */
  released?: number
  folders: Record<string, FolderListing>
  /** Answers of certain calls, `PATCH /api/settings`: status and body. */
  refusals: Record<string, { readonly status: number; readonly code: string; readonly text: string }>
}

/** A call that the page made: `POST /api/questions/1/answer`. */
export interface Call {
  readonly call: string
  readonly query: URLSearchParams
  readonly body: unknown
}

export interface ScriptedHost {
  readonly address: string
  readonly script: Script
  readonly calls: readonly Call[]
  emit(event: HostEvent): void
  /** Ends once a call has been made so many times since the start. */
  asked(call: string, times: number): Promise<void>
  /** How many streams of events are open. */
  streams(): number
  /** Ends once so many are open. */
  streamed(count: number): Promise<void>
  /** Cuts every stream of events. */
  cut(): void
  close(): Promise<void>
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

/**
 * The pages before a server whose answers are scripted, for states that the real one reaches only by accident: a plugin
 * that keeps crashing, a lapsed licence, a connection that is cut. It checks nothing; the real one has tests of its own.
 */
export async function startScriptedHost(script: Script): Promise<ScriptedHost> {
  const { index, files } = await pages()
  const calls: Call[] = []
  const streams = new Set<ServerResponse>()
  /** `call` and `streams` tell that there is one more, or one less. */
  const news = new EventEmitter()
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', POLICY)
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/api/events' && script.refusals['GET /api/session'] === undefined) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      request.on('close', () => {
        streams.delete(response)
        news.emit('streams')
      })
      streams.add(response)
      news.emit('streams')
      send(response, { type: 'cloud', cloud: script.cloud })
      send(response, { type: 'progress', bars: script.bars })
      send(response, { type: 'plugins', plugins: script.settings.plugins })
      return
    }
    if (url.pathname.startsWith('/api/')) {
      void answer(request, response, url)
      return
    }
    const file = files.get(url.pathname) ?? index
    response.writeHead(200, { 'content-type': file.type })
    response.end(file.body)
  })
  const answer = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    let text = ''
    for await (const chunk of request) text += chunk
    const body: unknown = text === '' ? null : JSON.parse(text)
    const call = `${request.method} ${url.pathname}`
    calls.push({ call, query: url.searchParams, body })
    news.emit('call')
    const refusal = script.refusals[call]
    const answered =
      refusal === undefined
        ? { status: 200, body: answerOf(script, call, url, body) }
        : { status: refusal.status, body: { error: { code: refusal.code, text: refusal.text } } }
    response.writeHead(answered.body === undefined ? 404 : answered.status, {
      'content-type': 'application/json',
    })
    response.end(JSON.stringify(answered.body ?? { error: { code: 'route-unknown', text: 'unknown' } }))
  }
  const emit = (event: HostEvent): void => {
    for (const stream of streams) send(stream, event)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script,
    calls,
    emit,
    async asked(call, times) {
      while (calls.filter((each) => each.call === call).length < times) await once(news, 'call')
    },
    streams: () => streams.size,
    async streamed(count) {
      while (streams.size !== count) await once(news, 'streams')
    },
    cut() {
      for (const stream of streams) stream.destroy()
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

let prepared: Promise<Pages> | undefined
/** Once for all tests of a file. */
const pages = (): Promise<Pages> => {
  prepared ??= preparePages()
  return prepared
}

const send = (stream: ServerResponse, event: HostEvent): void => {
  stream.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

function answerOf(script: Script, call: string, url: URL, body: unknown): unknown {
  const question = /^POST \/api\/questions\/(\d+)\/answer$/.exec(call)?.[1]
  if (question !== undefined) {
    const found = script.questions.find((each) => each.id === Number(question))
    script.questions = script.questions.filter((each) => each !== found)
    return { released: script.released ?? found?.waitingCount ?? 0 }
  }
  switch (call) {
    case 'GET /api/session':
      return script.session
    case 'POST /api/first-start':
      script.session = { ...script.session, firstStart: null }
      return script.session
    case 'GET /api/cases':
      return casesOf(script, url.searchParams)
    case 'GET /api/questions':
      return { questions: script.questions }
    case 'GET /api/cases/clients':
      return { names: script.foreignClients }
    case 'GET /api/clients':
      return { clients: script.clients }
    case 'GET /api/parameters':
      return { parameters: script.parameters }
    case 'GET /api/mappings':
      return script.mappings
    case 'GET /api/settings':
      return script.settings
    case 'PATCH /api/settings': {
      const { enabled, ...change } = body as { enabled?: Record<string, boolean> } & Partial<Settings>
      const plugins = script.settings.plugins.map((row): PluginRow => {
        const now = enabled?.[row.id]
        return now === undefined ? row : { ...row, enabled: now }
      })
      script.settings = { ...script.settings, ...change, plugins }
      script.session = { ...script.session, language: script.settings.language }
      return script.settings
    }
    case 'GET /api/activity':
      return { entries: url.searchParams.has('after') ? [] : script.activity, keptAt: script.logKeptAt }
    case 'GET /api/folders': {
      const path = url.searchParams.get('path')
      const listing = path === null ? Object.values(script.folders)[0] : script.folders[path]
      const kind = url.searchParams.get('files')
      return listing && { ...listing, files: listing.files.filter((name) => name.endsWith(`.${kind}`)) }
    }
    case 'POST /api/look':
    case 'DELETE /api/cloud/sign-in':
    case 'POST /api/cloud/account':
    case 'POST /api/cloud/sign-out':
    case 'POST /api/cloud/retry':
      return {}
    case 'POST /api/cloud/sign-in':
      return { url: LOGIN_PAGE, opened: script.opensLogin } satisfies SignIn
    case 'POST /api/clients':
      return addedClient(script, body as Partial<ClientRow>)
  }
  return otherAnswerOf(script, call, body)
}

/** Calls that name what they are about. */
function otherAnswerOf(script: Script, call: string, body: unknown): unknown {
  const [method, , , room, id, part] = call.split(/[ /]/)
  if (method === 'PUT' && room === 'clients') {
    const changed = { ...script.clients.find((each) => each.id === id), ...(body as ClientRow) }
    script.clients = script.clients.map((each) => (each.id === id ? changed : each))
    return changed
  }
  if (method === 'DELETE') {
    const { doctors, materials } = script.mappings
    const name = decodeURIComponent(part ?? '')
    if (id === 'doctors')
      script.mappings = { materials, doctors: doctors.filter((d) => String(d.id) !== name) }
    if (id === 'materials' && call.endsWith('/method')) {
      script.mappings = {
        doctors,
        materials: materials.map((m) => (m.key === name ? { ...m, method: null } : m)),
      }
    } else if (id === 'materials') {
      script.mappings = { doctors, materials: materials.filter((m) => m.key !== name) }
    }
    if (room === 'plugins') {
      const plugins = script.settings.plugins.map((row): PluginRow => ({ ...row, lastFailure: null }))
      script.settings = { ...script.settings, plugins }
    }
    if (room === 'clients') script.clients = script.clients.filter((each) => each.id !== id)
    return {}
  }
  return undefined
}

function addedClient(script: Script, body: Partial<ClientRow>): ClientRow {
  const id = body.id ?? String(script.clients.length + 1).padStart(3, '0')
  const row = {
    address: '',
    contact: '',
    licence: '',
    parameters: {},
    name: '',
    ...body,
    id,
    cases: 0,
    doctors: [],
  }
  script.clients = [...script.clients, row]
  return row
}

function casesOf(script: Script, params: URLSearchParams): CaseList {
  const words = (params.get('search') ?? '').toLowerCase().split(/\s+/)
  const statuses = params.getAll('status')
  const client =
    params.get('clientName') ?? script.clients.find((each) => each.id === params.get('client'))?.name
  const offset = Number(params.get('offset') ?? 0)
  const found = script.rows.filter(
    (row) =>
      (statuses.length === 0 || statuses.includes(row.status)) &&
      (client === undefined || row.client === client) &&
      words.every((word) => `${row.patient} ${row.client} ${row.orderId}`.toLowerCase().includes(word)),
  )
  const sort = params.get('sort')
  if (sort === 'patient') found.sort((a, b) => (a.patient || 'zzz').localeCompare(b.patient || 'zzz'))
  if (params.get('direction') !== (sort === 'received' ? 'descending' : 'ascending')) found.reverse()
  return {
    total: found.length,
    unread: script.rows.filter((row) => row.status === 'unread').length,
    waiting: script.rows.filter((row) => row.status === 'waiting').length,
    refused: script.rows.filter((row) => row.status === 'refused').length,
    broken: script.rows.filter((row) => row.status === 'broken').length,
    noted: script.rows.filter((row) => row.status === 'noted').length,
    offset,
    rows: found.slice(offset, offset + Number(params.get('limit') ?? 200)),
  }
}
