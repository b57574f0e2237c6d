import type { Failure } from '../../bridge/data.ts'
import type {
  ActivityEntry,
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
  Session,
  Settings,
  SettingsChange,
} from '../api.ts'
import { say } from './words/say.ts'

/** What the server answered; never thrown. `aborted`: by the caller's own signal. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure; readonly status: number }

const at = (id: string | number): string => encodeURIComponent(String(id))

export const readSession = (): Promise<Result<Session>> => call('GET', '/api/session')
export const chooseFirstStart = (choice: FirstStartChoice['choice']): Promise<Result<Session>> =>
  call('POST', '/api/first-start', { choice })

export const readCases = (query: CasesQuery, signal?: AbortSignal): Promise<Result<CaseList>> =>
  call('GET', `/api/cases?${casesQuery(query)}`, undefined, signal)
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

export const readSettings = (): Promise<Result<Settings>> => call('GET', '/api/settings')
export const changeSettings = (change: SettingsChange): Promise<Result<Settings>> =>
  call('PATCH', '/api/settings', change)
/** Newest first; `after` the last id of the page before. */
export const readActivity = (
  after?: number,
): Promise<Result<{ readonly entries: readonly ActivityEntry[] }>> =>
  call('GET', after === undefined ? '/api/activity' : `/api/activity?after=${after}`)
export const lookNow = (): Promise<Result<object>> => call('POST', '/api/look', {})
export const readFolder = (path: string | null): Promise<Result<FolderListing>> =>
  call('GET', path === null ? '/api/folders' : `/api/folders?path=${at(path)}`)

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
    return { ok: false, status: response.status, failure: failureIn(answer, response.status) }
  } catch {
    if (signal?.aborted) return { ok: false, status: 0, failure: { code: 'aborted', text: '' } }
    const failure = { code: 'host-unreachable', text: say('host-unreachable') }
    return { ok: false, status: 0, failure }
  }
}

function failureIn(answer: unknown, status: number): Failure {
  const { code, text } = (answer as Partial<ApiError> | null)?.error ?? {}
  if (typeof code === 'string' && typeof text === 'string' && text !== '') return { code, text }
  return { code: code ?? 'unknown', text: say('host-refused', { status: String(status) }) }
}
