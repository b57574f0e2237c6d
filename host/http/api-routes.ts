import { lstat } from 'node:fs/promises'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import Type from 'typebox'
import {
  ClientBody,
  CloudAccountBody,
  CloudRetryBody,
  FirstStartChoice,
  QuestionAnswer,
  SettingsChange,
  type SignIn,
} from '../api.ts'
import { caseFolderOf } from '../case-files.ts'
import { foreignClients, listCases, markRead } from '../cases.ts'
import type { Control } from '../control.ts'
import { HostError } from '../errors.ts'
import { isFileKind, listFolder } from '../folders.ts'
import { seenParameters } from '../seen-parameters.ts'
import { bodyOf } from './body.ts'
import { caseFile } from './case-files.ts'
import { casesQuery, whole } from './cases-query.ts'

/** Bytes; a client with all its parameters takes less. */
const BODY_LIMIT = 512 * 1024
/** Numbers of rows, questions, mappings. */
const NUMBER = ':id{[0-9]{1,16}}'

const ReadBody = Type.Object({ read: Type.Boolean() })

/** What a person's desktop does for him. */
export interface Desktop {
  /** Opens a folder in the system's file manager. */
  readonly showFolder: (folder: string) => Promise<void>
  /** Opens a page of the host in the browser. */
  readonly openPage: (address: string) => Promise<unknown>
  /** Opens the cloud's login page in the browser; false: it could not be, or is not to be. */
  readonly openLogin: (address: string) => Promise<boolean>
}

/** Everything under /api as host/api.ts lists it. */
export function apiRoutes(control: Control, desktop: Desktop, suggestions: readonly string[]): Hono {
  const { db } = control
  const api = new Hono()
  api.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  api.use(
    bodyLimit({
      maxSize: BODY_LIMIT,
      onError: () => {
        throw new HostError('body-too-large', { limit: BODY_LIMIT })
      },
    }),
  )

  api.get('/session', async (c) => c.json(await control.session()))
  api.post('/first-start', async (c) => {
    const { choice } = await bodyOf(c, FirstStartChoice)
    return c.json(await control.chooseFirstStart(choice))
  })

  api.get('/cases', (c) =>
    c.json(listCases(db, casesQuery(new URL(c.req.url).searchParams), control.language())),
  )
  api.get('/cases/clients', (c) => c.json({ names: foreignClients(db) }))
  // it is asked for again by a page that follows changes: what marks a case as read is the page's first showing of it
  api.get(`/cases/${NUMBER}`, async (c) => c.json(await control.casePage(numberIn(c))))
  api.post(`/cases/${NUMBER}/read`, async (c) => {
    const { read } = await bodyOf(c, ReadBody)
    if (markRead(db, numberIn(c), read)) control.changed('cases')
    return c.json({})
  })
  api.post(`/cases/${NUMBER}/show`, async (c) => {
    await desktop.showFolder(await standing(caseFolderOf(db, control.caseFolder(), numberIn(c))))
    return c.json({})
  })
  api.get(`/cases/${NUMBER}/files/:name`, (c) =>
    caseFile(c, { db, caseFolder: control.caseFolder() }, numberIn(c), c.req.param('name') ?? ''),
  )

  api.get('/questions', (c) => c.json({ questions: control.questions.open() }))
  api.post(`/questions/${NUMBER}/answer`, async (c) => {
    const answer = await bodyOf(c, QuestionAnswer)
    return c.json(await control.questions.answer(numberIn(c), answer))
  })

  api.get('/mappings', async (c) => c.json(await control.mappings.list()))
  api.delete(`/mappings/doctors/${NUMBER}`, async (c) => {
    await control.mappings.deleteDoctor(numberIn(c))
    return c.json({})
  })
  api.delete('/mappings/materials/:key', async (c) => {
    await control.mappings.deleteMaterial(c.req.param('key'))
    return c.json({})
  })
  api.delete('/mappings/materials/:key/method', async (c) => {
    await control.mappings.clearMethod(c.req.param('key'))
    return c.json({})
  })

  api.get('/clients', (c) => c.json({ clients: control.clients.list() }))
  api.post('/clients', async (c) => c.json(control.clients.add(await bodyOf(c, ClientBody)), 201))
  api.put('/clients/:id', async (c) =>
    c.json(control.clients.change(c.req.param('id'), await bodyOf(c, ClientBody))),
  )
  api.delete('/clients/:id', async (c) => {
    await control.clients.remove(c.req.param('id'))
    return c.json({})
  })

  api.get('/parameters', async (c) => c.json({ parameters: await seenParameters(db, control.caseFolder()) }))

  api.get('/settings', async (c) => c.json(await control.settings()))
  api.patch('/settings', async (c) => c.json(await control.changeSettings(await bodyOf(c, SettingsChange))))
  api.delete('/plugins/:id/failure', (c) => {
    control.dismissFailure(c.req.param('id'))
    return c.json({})
  })
  api.get('/activity', async (c) => {
    const after = whole(new URL(c.req.url).searchParams, 'after', 1, Number.MAX_SAFE_INTEGER)
    return c.json(await control.activity(after))
  })
  api.post('/look', async (c) => {
    await control.look()
    return c.json({})
  })
  api.post('/cloud/sign-in', async (c) => {
    const url = await control.cloud.signIn()
    return c.json({ url, opened: await desktop.openLogin(url) } satisfies SignIn)
  })
  api.delete('/cloud/sign-in', async (c) => {
    await control.cloud.cancelSignIn()
    return c.json({})
  })
  api.post('/cloud/account', async (c) => {
    await control.cloud.chooseAccount((await bodyOf(c, CloudAccountBody)).account)
    return c.json({})
  })
  api.post('/cloud/sign-out', async (c) => {
    await control.cloud.signOut()
    return c.json({})
  })
  api.post('/cloud/retry', async (c) => {
    const { account, rxId } = await bodyOf(c, CloudRetryBody)
    await control.cloud.retry(account, rxId)
    return c.json({})
  })
  api.get('/folders', async (c) => {
    const path = c.req.query('path')
    const files = c.req.query('files') ?? null
    if (files !== null && !isFileKind(files)) throw new HostError('query-invalid', { field: 'files' })
    return c.json(await listFolder(path === undefined || path === '' ? null : path, suggestions, files))
  })
  api.get('/events', (c) => control.events.serve(c))
  api.all('*', () => {
    throw new HostError('route-unknown')
  })
  return api
}

/** A folder, not a link: a file manager would follow it anywhere. Error: `case-folder-gone`. */
async function standing(folder: string): Promise<string> {
  const found = await lstat(folder).catch(() => null)
  if (!found?.isDirectory()) throw new HostError('case-folder-gone')
  return folder
}

function numberIn(c: Context): number {
  const id = Number(c.req.param('id'))
  if (!Number.isSafeInteger(id)) throw new HostError('route-unknown')
  return id
}
