import type { Failure } from '../../bridge/data.ts'
import type {
  ActivityPage,
  ApiError,
  CaseList,
  CasePage,
  CasesQuery,
  ClientBody,
  ClientRow,
  FirstStartChoice,
  FolderListing,
  Mappings,
  Question,
  QuestionAnswer,
  SeenParameter,
  Session,
  Settings,
  SettingsChange,
  SignIn,
} from '../api.ts'
import { textOf } from './words/formats.ts'
import { say } from './words/say.ts'

/** Kinds of files that can be chosen. */
export type FileKind = 'xml' | 'json'

/** What the server answered; never thrown. `aborted`: by the caller's own signal. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure; readonly status: number }

let signedOut: (text: string) => void = () => {}
/** Hears of every answer that the server does not know this browser (any more). */
export function whenSignedOut(hear: (text: string) => void): void {
  signedOut = hear
}

const at = (id: string | number): string => encodeURIComponent(String(id))

export const readSession = (): Promise<Result<Session>> => call('GET', '/api/session')
export const chooseFirstStart = (choice: FirstStartChoice['choice']): Promise<Result<Session>> =>
  call('POST', '/api/first-start', { choice })

export const readCases = (query: CasesQuery, signal?: AbortSignal): Promise<Result<CaseList>> =>
  call('GET', `/api/cases?${casesQuery(query)}`, undefined, signal)
/** Names of clients that stand in cases alone. */
export const readForeignClients = (): Promise<Result<{ readonly names: readonly string[] }>> =>
  call('GET', '/api/cases/clients')
export const readCase = (id: number, signal?: AbortSignal): Promise<Result<CasePage>> =>
  call('GET', `/api/cases/${id}`, undefined, signal)
export const markRead = (id: number, read: boolean): Promise<Result<object>> =>
  call('POST', `/api/cases/${id}/read`, { read })
export const showInFolder = (id: number): Promise<Result<object>> => call('POST', `/api/cases/${id}/show`, {})
/** Address of a file of a case. */
export const fileAddress = (id: number, name: string): string => `/api/cases/${id}/files/${at(name)}`

export const readQuestions = (): Promise<Result<{ readonly questions: readonly Question[] }>> =>
  call('GET', '/api/questions')
export const answerQuestion = (
  id: number,
  answer: QuestionAnswer,
): Promise<Result<{ readonly released: number }>> => call('POST', `/api/questions/${id}/answer`, answer)

export const readMappings = (): Promise<Result<Mappings>> => call('GET', '/api/mappings')
export const deleteDoctor = (id: number): Promise<Result<object>> =>
  call('DELETE', `/api/mappings/doctors/${id}`)
export const deleteMaterial = (key: string): Promise<Result<object>> =>
  call('DELETE', `/api/mappings/materials/${at(key)}`)
export const clearMethod = (key: string): Promise<Result<object>> =>
  call('DELETE', `/api/mappings/materials/${at(key)}/method`)

export const readClients = (): Promise<Result<{ readonly clients: readonly ClientRow[] }>> =>
  call('GET', '/api/clients')
export const addClient = (body: ClientBody): Promise<Result<ClientRow>> => call('POST', '/api/clients', body)
export const changeClient = (id: string, body: ClientBody): Promise<Result<ClientRow>> =>
  call('PUT', `/api/clients/${at(id)}`, body)
export const deleteClient = (id: string): Promise<Result<object>> => call('DELETE', `/api/clients/${at(id)}`)

export const readParameters = (): Promise<Result<{ readonly parameters: readonly SeenParameter[] }>> =>
  call('GET', '/api/parameters')

export const readSettings = (): Promise<Result<Settings>> => call('GET', '/api/settings')
export const changeSettings = (change: SettingsChange): Promise<Result<Settings>> =>
  call('PATCH', '/api/settings', change)
export const dismissFailure = (plugin: string): Promise<Result<object>> =>
  call('DELETE', `/api/plugins/${at(plugin)}/failure`)
/** Newest first; `after` the last id of the page before. */
export const readActivity = (after?: number): Promise<Result<ActivityPage>> =>
  call('GET', after === undefined ? '/api/activity' : `/api/activity?after=${after}`)
export const beginSignIn = (): Promise<Result<SignIn>> => call('POST', '/api/cloud/sign-in', {})
export const cancelSignIn = (): Promise<Result<object>> => call('DELETE', '/api/cloud/sign-in')
export const chooseAccount = (account: string): Promise<Result<object>> =>
  call('POST', '/api/cloud/account', { account })
export const signOut = (): Promise<Result<object>> => call('POST', '/api/cloud/sign-out', {})
export const retryOrder = (account: string, rxId: string): Promise<Result<object>> =>
  call('POST', '/api/cloud/retry', { account, rxId })
export const lookNow = (): Promise<Result<object>> => call('POST', '/api/look', {})
export function readFolder(path: string | null, files?: FileKind): Promise<Result<FolderListing>> {
  const query = new URLSearchParams({ ...(path === null ? {} : { path }), ...(files && { files }) })
  return call('GET', query.size === 0 ? '/api/folders' : `/api/folders?${query}`)
}

function casesQuery(query: CasesQuery): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) params.append(name, String(each))
  }
  return params.toString()
}

async function call<T>(
  method: string,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Result<T>> {
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      ...(signal === undefined ? {} : { signal }),
    })
    const answer: unknown = await response.json()
    if (response.ok) return { ok: true, value: answer as T }
    const failure = failureIn(answer, response.status)
    if (response.status === 401) signedOut(failure.text)
    return { ok: false, status: response.status, failure }
  } catch {
    if (signal?.aborted) return { ok: false, status: 0, failure: { code: 'aborted', text: '' } }
    const failure = { code: 'host-unreachable', text: say('host-unreachable') }
    return { ok: false, status: 0, failure }
  }
}

function failureIn(answer: unknown, status: number): Failure {
  const { code, text, day } = (answer as Partial<ApiError> | null)?.error ?? {}
  if (typeof code === 'string' && typeof text === 'string' && text !== '') {
    return { code, text: textOf({ code, text, ...(day === undefined ? {} : { day }) }) }
  }
  return { code: code ?? 'unknown', text: say('host-refused', { status: String(status) }) }
}
