import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { DoctorMapping, MaterialMapping } from '../../../bridge/data.ts'
import type { ActivityEntry, ClientRow, FolderListing, Mappings } from '../../../host/api.ts'
import { codeOf, laboratory, rowIn, textOf } from './laboratory.ts'

const made = { at: 1_700_000_000_000, orderId: '100000001', project: null }
const doctor = (id: number, client: string): DoctorMapping => ({
  id,
  by: 'id',
  value: String(4710 + id),
  doctor: `Dr. Made Up ${id}`,
  client,
  made,
})
const material: MaterialMapping = {
  key: '12/ä #?',
  itero: { id: '12', name: 'Zirconia: Lab Preference' },
  material: { code: 'ZI', names: { en: 'Zirconia' }, made },
  method: { code: 'Mill5', names: { en: '5-axis milling' }, made },
}

t.test('A client is added, changed and deleted', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  const added = await browser.send<ClientRow>('POST', '/api/clients', {
    name: 'One',
    address: '1 Nowhere Lane',
  })
  t.match(added, { status: 201, body: { id: '001', name: 'One', cases: 0, doctors: [] } })
  const changed = await browser.send('PUT', '/api/clients/001', { name: 'Two' })
  t.match(changed, { status: 200, body: { name: 'Two' } })
  t.equal((await browser.send('DELETE', '/api/clients/001')).status, 200)
  t.strictSame((await browser.get('/api/clients')).body, { clients: [] })
})

t.test('Where no own case names a parameter, none is offered', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.strictSame((await browser.get('/api/parameters')).body, { parameters: [] })
})

t.test('Unknown clients are told', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.match(await browser.send('PUT', '/api/clients/nobody', { name: 'X' }), { status: 404 })
  t.match(await browser.send('DELETE', '/api/clients/nobody'), { status: 404 })
})

t.test('Doctors are shown with the client they are mapped to, and he cannot be deleted', async (t) => {
  const lab = await laboratory(t, {
    script: { doctors: [doctor(1, '001'), doctor(2, '001')] },
    enabled: true,
  })
  const browser = await lab.signIn()
  await browser.send('POST', '/api/clients', { name: 'One' })
  const refused = await browser.send('DELETE', '/api/clients/001')
  t.equal(refused.status, 409)
  t.equal(codeOf(refused), 'client-in-use')
  t.match(textOf(refused), '2')
  const { body } = await browser.get<{ clients: ClientRow[] }>('/api/clients')
  t.match(body.clients, [{ doctors: [{ mapping: 1, name: 'Dr. Made Up 1' }, { mapping: 2 }] }])
})

t.test('A client cannot be deleted while the plugin cannot tell whose he is', async (t) => {
  const lab = await laboratory(t, { script: { onLook: 'crash', doctors: [doctor(1, '001')] }, enabled: true })
  const browser = await lab.signIn()
  await browser.send('POST', '/api/clients', { name: 'One' })
  const events = await browser.listen()
  await browser.send('POST', '/api/look', {})
  await events.when((event) => rowIn(event)?.process.kind === 'pausing')
  t.equal(codeOf(await browser.send('DELETE', '/api/clients/001')), 'plugin-not-running')
  t.match((await browser.get('/api/clients')).body, { clients: [{ id: '001' }] })
})

t.test('The plugin hears of every change of a client', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  await browser.send('POST', '/api/clients', { name: 'One' })
  await browser.send('PUT', '/api/clients/001', { name: 'Two' })
  await browser.send('DELETE', '/api/clients/001')
  const { body } = await browser.get<{ entries: ActivityEntry[] }>('/api/activity')
  t.strictSame(
    body.entries.slice(1).map(({ text }) => text),
    Array(3).fill('clients/changed'),
  )
})

t.test('The review shows every mapping with its client, and takes one back', async (t) => {
  const script = { doctors: [doctor(1, '001'), doctor(2, '404')], materials: [material] }
  const lab = await laboratory(t, { script, enabled: true })
  const browser = await lab.signIn()
  await browser.send('POST', '/api/clients', { name: 'One' })
  const { body } = await browser.get<Mappings>('/api/mappings')
  t.match(body.doctors, [
    { id: 1, clientName: 'One', caseId: null },
    { id: 2, clientName: null },
  ])
  t.match(body.materials, [{ ...material, caseId: null }])
  const key = encodeURIComponent(material.key)
  t.equal((await browser.send('DELETE', '/api/mappings/doctors/1')).status, 200)
  t.equal((await browser.send('DELETE', `/api/mappings/materials/${key}/method`)).status, 200)
  t.equal((await browser.send('DELETE', `/api/mappings/materials/${key}`)).status, 200)
  const { body: told } = await browser.get<{ entries: ActivityEntry[] }>('/api/activity')
  t.strictSame(
    told.entries.slice(2).map(({ text }) => text),
    [`clearMethod ${material.key}`, `deleteMaterial ${material.key}`],
  )
})

t.test('The plugin’s own refusal comes through in its words', async (t) => {
  const browser = await (await laboratory(t, { enabled: true })).signIn()
  const answer = await browser.send('DELETE', '/api/mappings/doctors/9')
  t.match(answer, { status: 404, body: { error: { code: 'mapping-unknown', text: 'Unknown.' } } })
})

t.test('While the import is off its mappings can be seen, and what is taken back stays so', async (t) => {
  const script = { doctors: [doctor(1, '001'), doctor(2, '404')], materials: [material] }
  const lab = await laboratory(t, { script, enabled: true })
  const browser = await lab.signIn()
  await browser.send('POST', '/api/clients', { name: 'One' })
  const { body: before } = await browser.get<Mappings>('/api/mappings')
  await browser.send('PATCH', '/api/settings', { enabled: { scripted: false } })
  t.strictSame((await browser.get('/api/mappings')).body, before)
  const key = encodeURIComponent(material.key)
  t.equal((await browser.send('DELETE', '/api/mappings/doctors/1')).status, 200)
  t.equal((await browser.send('DELETE', `/api/mappings/materials/${key}/method`)).status, 200)
  for (const gone of ['doctors/1', `materials/${key}/method`, 'materials/nothing'])
    t.equal(codeOf(await browser.send('DELETE', `/api/mappings/${gone}`)), 'mapping-unknown', gone)
  const left = { doctors: [{ id: 2 }], materials: [{ key: material.key, method: null }] }
  t.match((await browser.get('/api/mappings')).body, left)
  t.match((await browser.get('/api/clients')).body, { clients: [{ id: '001', doctors: [] }] })
  await lab.close()
  const again = await (await laboratory(t, { home: lab.home })).signIn()
  t.match((await again.get('/api/mappings')).body, left, 'a host that was started anew knows it too')
  t.equal((await again.send('DELETE', `/api/mappings/materials/${key}`)).status, 200)
  const forget = async () => {
    const { body } = await again.get<{ entries: ActivityEntry[] }>('/api/activity')
    return JSON.parse(body.entries[0]?.text ?? '').forget
  }
  await again.send('PATCH', '/api/settings', { enabled: { scripted: true } })
  t.strictSame(await forget(), { doctors: [1], materials: [material.key], methods: [material.key] })
  await again.send('PATCH', '/api/settings', { enabled: { scripted: false } })
  await again.send('PATCH', '/api/settings', { enabled: { scripted: true } })
  t.equal(await forget(), undefined, 'it is said once')
})

t.test('Mappings of another case folder are others, also while the import is off', async (t) => {
  const lab = await laboratory(t, { script: { doctors: [doctor(1, '001')] }, enabled: true })
  const browser = await lab.signIn()
  const folder = join(lab.home, 'other')
  mkdirSync(folder)
  const { body: settings } = await browser.get<{ caseFolder: string }>('/api/settings')
  await browser.get('/api/mappings')
  await browser.send('PATCH', '/api/settings', { enabled: { scripted: false } })
  await browser.send('PATCH', '/api/settings', { caseFolder: folder })
  t.equal(codeOf(await browser.get('/api/mappings')), 'plugin-disabled')
  t.equal(codeOf(await browser.send('DELETE', '/api/mappings/doctors/1')), 'plugin-disabled')
  await browser.send('PATCH', '/api/settings', { caseFolder: settings.caseFolder })
  t.match((await browser.get('/api/mappings')).body, { doctors: [{ id: 1 }] })
})

t.test('Where nothing was ever told there is no review, and it says why', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  const answer = await browser.get('/api/mappings')
  t.match(answer, { status: 409 })
  t.equal(codeOf(answer), 'plugin-disabled')
})

t.test('Folders to choose from: subfolders by name, packages counted, hidden ones left out', async (t) => {
  const lab = await laboratory(t)
  const folder = join(lab.home, 'choose')
  for (const name of ['b', 'a10', 'a2', '.hidden', 'iTero_Export_123456789'])
    mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['iTero_Export_987654321.zip', 'OrthoCAD_Export_1 (4).zip', 'holiday.zip', 'note.txt'])
    writeFileSync(join(folder, name), '')
  symlinkSync(join(folder, 'b'), join(folder, 'linked'))
  symlinkSync(join(folder, 'note.txt'), join(folder, 'linked.txt'))
  const { body } = await (await lab.signIn()).get(`/api/folders?path=${encodeURIComponent(folder)}`)
  t.match(body, { path: folder, parent: lab.home, packages: 3 })
  t.strictSame((body as FolderListing).folders, ['a2', 'a10', 'b', 'iTero_Export_123456789', 'linked'])
})

t.test(
  'A file to choose: those of the kind that is asked for, and the one that the path names',
  async (t) => {
    const lab = await laboratory(t)
    const browser = await lab.signIn()
    const folder = join(lab.home, 'lists')
    mkdirSync(join(folder, 'folder.xml'), { recursive: true })
    for (const name of ['b.XML', 'a10.xml', 'a2.xml', '.hidden.xml', 'note.txt'])
      writeFileSync(join(folder, name), '')
    symlinkSync(join(folder, 'a2.xml'), join(folder, 'linked.xml'))
    symlinkSync(join(folder, 'gone.xml'), join(folder, 'loose.xml'))
    const listing = async (path: string, files = '&files=xml') =>
      browser.get<FolderListing>(`/api/folders?path=${encodeURIComponent(path)}${files}`)
    const files = ['a2.xml', 'a10.xml', 'b.XML', 'linked.xml']
    t.match((await listing(folder)).body, { path: folder, folders: ['folder.xml'], files, file: null })
    t.match((await listing(join(folder, 'b.XML'))).body, {
      path: folder,
      parent: lab.home,
      files,
      file: 'b.XML',
    })
    t.match((await listing(join(folder, 'folder.xml'))).body, {
      path: join(folder, 'folder.xml'),
      file: null,
    })
    t.match((await listing(folder, '')).body, { files: [], file: null })
    t.equal(
      codeOf(await listing(join(folder, 'note.txt'))),
      'folder-missing',
      'another kind is no file to choose',
    )
    t.equal(codeOf(await listing('lists/b.xml')), 'folder-relative')
    t.equal(codeOf(await listing(folder, '&files=exe')), 'query-invalid')
  },
)

t.test('Without a path the first suggestion that is there is shown', async (t) => {
  const root = t.testdir({ home: {}, exports: {} })
  const suggestions = [join(root, 'gone'), join(root, 'exports')]
  const browser = await (await laboratory(t, { home: join(root, 'home'), suggestions })).signIn()
  const { body } = await browser.get<FolderListing>('/api/folders')
  t.equal(body.path, join(root, 'exports'))
  t.equal(body.suggestions[0], join(root, 'exports'))
})

t.test('The topmost folder has none above it', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.match((await browser.get('/api/folders?path=/')).body, { parent: null })
})

for (const [path, code] of [
  ['exports', 'folder-relative'],
  ['/nowhere/at/all', 'folder-missing'],
  ['/etc/hostname', 'folder-missing'],
] as const) {
  t.test(`The path ${path} is no folder to choose`, async (t) => {
    const browser = await (await laboratory(t)).signIn()
    t.equal(codeOf(await browser.get(`/api/folders?path=${encodeURIComponent(path)}`)), code)
  })
}

t.test('An address that leads nowhere is told as such', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  for (const path of ['/api/nothing', '/api/cases/abc', '/nothing', '/assets/../package.json', '/case/1/2']) {
    t.equal(
      codeOf(await browser.get(path)) ?? (await browser.get(path)).status,
      path.startsWith('/api') ? 'route-unknown' : 404,
    )
  }
})
