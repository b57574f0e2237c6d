import { lstat } from 'node:fs/promises'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import Type from 'typebox'
import { ClientBody, FirstStartChoice, QuestionAnswer, SettingsChange } from '../api.ts'
import { caseFolderOf } from '../case-files.ts'
import { casePage } from '../case-page.ts'
import { listCases, markRead } from '../cases.ts'
import type { Control } from '../control.ts'
import { HostError } from '../errors.ts'
import { listFolder } from '../folders.ts'
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
  // it is asked for again by a page that follows changes: what marks a case as read is the page's first showing of it
  api.get(`/cases/${NUMBER}`, async (c) =>
    c.json(await casePage(db, control.caseFolder(), numberIn(c), control.language())),
  )
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

  api.get('/settings', async (c) => c.json(await control.settings()))
  api.patch('/settings', async (c) => c.json(await control.changeSettings(await bodyOf(c, SettingsChange))))
  api.get('/activity', async (c) => {
    const after = whole(new URL(c.req.url).searchParams, 'after', 1, Number.MAX_SAFE_INTEGER)
    return c.json({ entries: await control.activity(after) })
  })
  api.post('/look', async (c) => {
    await control.look()
    return c.json({})
  })
  api.get('/folders', async (c) => {
    const path = c.req.query('path')
    return c.json(await listFolder(path === undefined || path === '' ? null : path, suggestions))
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
