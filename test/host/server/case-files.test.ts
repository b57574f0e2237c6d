import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CaseList, CasePage } from '../../../host/api.ts'
import { type Browser, codeOf, type Laboratory, laboratory } from './laboratory.ts'

const PROJECT = '2026-03-09_Quill_Wren'
/** As DentalDB writes it, in its least. */
const TREATMENT = `<?xml version="1.0" encoding="utf-8"?>
<Treatment><ProjectGUID>00000000-0000-4000-8000-000000000001</ProjectGUID><Patient><PatientName>Quill</PatientName><PatientFirstName>Wren</PatientFirstName></Patient></Treatment>`

interface Standing {
  readonly lab: Laboratory
  readonly browser: Browser
  readonly folder: string
  readonly id: number
  /** Path of a file of the case. */
  readonly at: (name: string) => string
}

/** A case that stands in the case folder, with these files. */
async function standingCase(t: Test, files: Readonly<Record<string, string | Buffer>>): Promise<Standing> {
  const lab = await laboratory(t)
  const browser = await lab.signIn()
  const folder = join(lab.home, 'cases', PROJECT)
  const building = join(lab.home, PROJECT)
  mkdirSync(building)
  writeFileSync(join(building, `${PROJECT}.dentalProject`), TREATMENT)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(building, name), content)
  const events = await browser.listen()
  renameSync(building, folder)
  await events.when((event) => event.type === 'cases' && event.total === 1)
  const { rows } = (await browser.get<CaseList>('/api/cases')).body
  const id = rows[0]?.id ?? 0
  return { lab, browser, folder, id, at: (name) => `/api/cases/${id}/files/${encodeURIComponent(name)}` }
}

t.test('A scan comes byte for byte with its type', async (t) => {
  const mesh = Buffer.alloc(3_000_000, 'facet')
  const { browser, at, lab } = await standingCase(t, { 'a-upperjaw.stl': mesh })
  const response = await fetch(lab.url + at('a-upperjaw.stl'), { headers: { cookie: browser.cookie } })
  t.equal(response.headers.get('content-type'), 'model/stl')
  t.equal(response.headers.get('content-length'), '3000000')
  t.equal(response.headers.get('x-content-type-options'), 'nosniff')
  const got = Buffer.from(await response.arrayBuffer())
  t.equal(createHash('sha256').update(got).digest('hex'), createHash('sha256').update(mesh).digest('hex'))
})

for (const name of [
  'a.html',
  'a.svg',
  'a.xml',
  'a.js',
  'a.xhtml',
  'a.SVG',
  'a',
  'a.exe',
  'a.dentalProject2',
]) {
  t.test(`${name}, which a browser might run, is a download of no type`, async (t) => {
    const { browser, at } = await standingCase(t, { [name]: '<script>alert(1)</script>' })
    const { headers } = await browser.get(at(name))
    t.match(headers.get('content-disposition'), /^attachment; /)
    t.equal(headers.get('content-type'), 'application/octet-stream')
    t.equal(headers.get('x-content-type-options'), 'nosniff')
  })
}

for (const [name, type] of [
  ['a.png', 'image/png'],
  ['a.JPG', 'image/jpeg'],
  ['a.pdf', 'application/pdf'],
  ['a.txt', 'text/plain; charset=utf-8'],
] as const) {
  t.test(`${name} is shown`, async (t) => {
    const { browser, at } = await standingCase(t, { [name]: 'x' })
    const { headers } = await browser.get(at(name))
    t.match(headers.get('content-disposition'), /^inline; /)
    t.equal(headers.get('content-type'), type)
  })
}

t.test('Names with blanks, hashes, percent signs, quotes and umlauts are found and said', async (t) => {
  const name = "Zähne #1 50% 'neu'.txt"
  const { browser, at } = await standingCase(t, { [name]: 'x' })
  const { status, headers } = await browser.get(at(name))
  t.equal(status, 200)
  const said = /filename\*=UTF-8''(.*)$/.exec(headers.get('content-disposition') ?? '')?.[1] ?? ''
  t.equal(decodeURIComponent(said), name)
})

t.test('A part of a file is what was asked for', async (t) => {
  const { browser, at } = await standingCase(t, { 'a.txt': '0123456789' })
  const part = await browser.get(at('a.txt'), { range: 'bytes=2-4' })
  t.match(part, { status: 206, body: '234' })
  t.equal(part.headers.get('content-range'), 'bytes 2-4/10')
  t.match(await browser.get(at('a.txt'), { range: 'bytes=-3' }), { status: 206, body: '789' })
  t.match(await browser.get(at('a.txt'), { range: 'bytes=8-' }), { status: 206, body: '89' })
  t.match(await browser.get(at('a.txt'), { range: 'lines=1-2' }), { status: 200, body: '0123456789' })
})

t.test('A part behind the end is refused', async (t) => {
  const { browser, at } = await standingCase(t, { 'a.txt': '0123456789' })
  t.equal((await browser.get(at('a.txt'), { range: 'bytes=10-' })).status, 416)
})

t.test('An empty file is an empty answer', async (t) => {
  const { browser, at } = await standingCase(t, { 'a.txt': '' })
  t.match(await browser.get(at('a.txt')), { status: 200, body: '' })
})

t.test('An unchanged file is not sent again', async (t) => {
  const { browser, at, folder } = await standingCase(t, { 'a.txt': 'one' })
  const etag = (await browser.get(at('a.txt'))).headers.get('etag') ?? ''
  t.equal((await browser.get(at('a.txt'), { 'if-none-match': etag })).status, 304)
  writeFileSync(join(folder, 'a.txt'), 'longer')
  t.equal((await browser.get(at('a.txt'), { 'if-none-match': etag })).status, 200)
})

for (const name of [
  '../host.sqlite',
  '..',
  '.',
  '../../host.sqlite',
  '/etc/passwd',
  'a\0.txt',
  'gone.txt',
  'sub/inner.txt',
]) {
  t.test(`The name ${JSON.stringify(name)} leads nowhere`, async (t) => {
    const { browser, at, folder } = await standingCase(t, { 'a.txt': 'x' })
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'sub', 'inner.txt'), 'inner')
    const answer = await browser.get<string>(at(name))
    t.ok([404, 400].includes(answer.status), String(answer.status))
    t.notMatch(JSON.stringify(answer.body), /SQLite|root:|inner"/)
  })
}

t.test('A path that was not tidied up by a browser leads nowhere either', async (t) => {
  const { lab, browser, id } = await standingCase(t, { 'a.txt': 'x' })
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(lab.port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (piece) => {
      text += piece
    })
    socket.on('end', () => resolve(text)).on('error', reject)
    socket.write(
      `GET /api/cases/${id}/files/../../../../host.sqlite HTTP/1.1\r\nHost: 127.0.0.1:${lab.port}\r\nCookie: ${browser.cookie}\r\nConnection: close\r\n\r\n`,
    )
  })
  t.match(answer, /^HTTP\/1\.1 4/)
  t.notMatch(answer, 'SQLite')
})

t.test('A link in a case is not followed', async (t) => {
  const { browser, at, folder, lab } = await standingCase(t, { 'a.txt': 'x' })
  symlinkSync(join(lab.home, 'host.sqlite'), join(folder, 'link.txt'))
  t.equal(codeOf(await browser.get(at('link.txt'))), 'case-file-unknown')
})

t.test('A case that became a link to elsewhere is not followed', async (t) => {
  const { browser, at, folder, lab } = await standingCase(t, { 'a.txt': 'x' })
  const elsewhere = join(lab.home, 'elsewhere')
  mkdirSync(elsewhere)
  linkSync(join(folder, 'a.txt'), join(elsewhere, 'secret.txt'))
  rmSync(folder, { recursive: true })
  symlinkSync(elsewhere, folder)
  t.equal((await browser.get(at('secret.txt'))).status, 404)
})

t.test('Another case’s or no case’s file is unknown', async (t) => {
  const { browser } = await standingCase(t, { 'a.txt': 'x' })
  t.equal(codeOf(await browser.get('/api/cases/999/files/a.txt')), 'case-unknown')
})

t.test('The case’s folder alone is shown in the file manager', async (t) => {
  const { lab, browser, id, folder } = await standingCase(t, {})
  t.equal((await browser.send('POST', `/api/cases/${id}/show`, {})).status, 200)
  t.strictSame(lab.shown, [folder])
})

t.test('A case’s folder that is a link by now is not shown', async (t) => {
  const { lab, browser, id, folder } = await standingCase(t, {})
  rmSync(folder, { recursive: true })
  symlinkSync(lab.home, folder)
  t.equal(codeOf(await browser.send('POST', `/api/cases/${id}/show`, {})), 'case-folder-gone')
  t.strictSame(lab.shown, [])
})

/** Below the pause in which every case is looked at anyhow. */
const SOON = { timeout: 30_000 }

t.test('Opening a case that changed inside its folder brings its row up to date', SOON, async (t) => {
  const { browser, id, folder } = await standingCase(t, {})
  const document = join(folder, `${PROJECT}.dentalProject`)
  const row = async () => (await browser.get<CaseList>('/api/cases')).body.rows[0]
  const events = await browser.listen()
  const opened = async (content: string) => {
    writeFileSync(document, content)
    const { body } = await browser.get<CasePage>(`/api/cases/${id}`)
    return body
  }
  await events.when((event) => event.type === 'cases')
  let from = events.all.length
  t.equal((await opened(TREATMENT.replace('Wren', 'Robin'))).given, 'Robin')
  await events.when((event) => event.type === 'cases', from)
  t.match(await row(), { patient: 'Quill, Robin', status: 'unread' })
  from = events.all.length
  t.match((await opened('<Treatment>')).row, { reason: { code: 'document-not-xml' } })
  await events.when((event) => event.type === 'cases' && event.unread === 0, from)
  t.match(await row(), { patient: 'Quill, Robin', status: 'broken', reason: { code: 'document-not-xml' } })
})

t.test('A case is marked as read and as unread, and asking for it changes neither', async (t) => {
  const { browser, id } = await standingCase(t, {})
  const status = async () => (await browser.get<CaseList>('/api/cases')).body.rows[0]?.status
  t.equal(await status(), 'unread')
  const events = await browser.listen()
  await events.when((event) => event.type === 'cases' && event.unread === 1)
  await browser.send('POST', `/api/cases/${id}/read`, { read: true })
  await events.when((event) => event.type === 'cases' && event.unread === 0)
  t.equal(await status(), 'read')
  await browser.send('POST', `/api/cases/${id}/read`, { read: false })
  t.equal(await status(), 'unread')
  const { body } = await browser.get<CasePage>(`/api/cases/${id}`)
  t.match(body, { family: 'Quill', given: 'Wren', row: { status: 'unread' } })
  t.equal(await status(), 'unread', 'a second page that follows the case does not read it again')
})

for (const query of [
  'sort=colour',
  'limit=0',
  'limit=201',
  'offset=-1',
  'status=gone',
  'direction=up',
  `search=${'x'.repeat(201)}`,
]) {
  t.test(`A list asked for with ${query.slice(0, 20)} is refused with the field`, async (t) => {
    const browser = await (await laboratory(t)).signIn()
    t.equal(codeOf(await browser.get(`/api/cases?${query}`)), 'query-invalid')
  })
}

t.test('A list is searched, filtered and sorted as asked', async (t) => {
  const { browser } = await standingCase(t, {})
  const total = async (query: string) => (await browser.get<CaseList>(`/api/cases?${query}`)).body.total
  t.equal(await total('search=quill&status=unread&status=read&sort=patient&direction=ascending'), 1)
  t.equal(await total('search=nobody'), 0)
  t.equal(await total('status=broken'), 0)
})
