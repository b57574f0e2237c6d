import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join, win32 } from 'node:path'
import t from 'tap'
import type { ActivityEntry, CaseList, Session } from '../../../host/api.ts'
import { absolute } from '../../../host/folders.ts'
import { type Browser, codeOf, laboratory, rowIn, textOf } from './laboratory.ts'

/** How the plugin was configured last, as it tells itself. */
async function configured(browser: Browser): Promise<Record<string, unknown>> {
  const { body } = await browser.get<{ entries: ActivityEntry[] }>('/api/activity')
  return JSON.parse(body.entries[0]?.text ?? 'null')
}
const change = (browser: Browser, body: object) => browser.send('PATCH', '/api/settings', body)

t.test('Settings that were never made stand at sensible values', async (t) => {
  const lab = await laboratory(t)
  const settings = await (await lab.signIn()).settings()
  t.match(settings, {
    caseFolder: join(lab.home, 'cases'),
    caseFolderProblem: null,
    exportFolder: null,
    exportFolderProblem: null,
    patientNameOrder: 'given-family',
    materialsFile: null,
    materialsProblem: null,
  })
  t.ok(existsSync(settings.caseFolder))
})

t.test('A change is kept, told to the plugin, and there after a restart', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  mkdirSync(join(lab.home, 'exports'))
  const wished = {
    language: 'de',
    exportFolder: join(lab.home, 'exports'),
    nameTemplate: '%l_%f',
    patientNameOrder: 'family-given',
  }
  t.match((await change(browser, wished)).body, wished)
  t.match(await configured(browser), { ...wished, caseFolder: join(lab.home, 'cases'), materials: null })
  await lab.close()
  const again = await (await laboratory(t, { home: lab.home })).signIn()
  t.match(await again.settings(), wished)
  await (await again.listen()).when((event) => rowIn(event)?.process.kind === 'running')
  t.match(await configured(again), wished, 'the plugin was started with it')
})

t.test('A change of two values of which the host refuses one keeps neither', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  const { nameTemplate } = await browser.settings()
  const answer = await change(browser, { nameTemplate: '%l', exportFolder: join(lab.home, 'gone') })
  t.equal(codeOf(answer), 'export-folder-missing')
  t.match(await browser.settings(), { nameTemplate, exportFolder: null })
  t.match(await configured(browser), { nameTemplate, exportFolder: null })
})

t.test('A change of two values of which the plugin refuses one keeps neither', async (t) => {
  const browser = await (await laboratory(t, { enabled: true })).signIn()
  const { nameTemplate } = await browser.settings()
  const answer = await change(browser, { nameTemplate: '%broken', patientNameOrder: 'family-given' })
  t.equal(codeOf(answer), 'template-invalid')
  t.match(await browser.settings(), { nameTemplate, patientNameOrder: 'given-family' })
  t.match(await configured(browser), { nameTemplate, patientNameOrder: 'given-family' })
})

t.test('A case folder that the plugin refuses leaves it at work in the one before', async (t) => {
  const lab = await laboratory(t, { enabled: true, script: { refusesCaseFolder: 'full' } })
  const browser = await lab.signIn()
  mkdirSync(join(lab.home, 'full'))
  const answer = await change(browser, { caseFolder: join(lab.home, 'full') })
  t.equal(codeOf(answer), 'case-folder-full')
  t.equal((await browser.settings()).caseFolder, join(lab.home, 'cases'))
  const events = await browser.listen()
  await events.when((event) => rowIn(event)?.process.kind === 'running')
  t.equal((await configured(browser))['caseFolder'], join(lab.home, 'cases'))
})

t.test('Another case folder gives the plugin a process that may write there', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  const other = join(lab.home, 'elsewhere')
  mkdirSync(other)
  t.equal((await change(browser, { caseFolder: other })).status, 200)
  t.equal((await configured(browser))['caseFolder'], other)
})

t.test(
  'A material list with two equal codes is refused with line and field, and the one before is in use',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    const browser = await lab.signIn()
    const [good, broken] = [join(lab.home, 'good.xml'), join(lab.home, 'broken.xml')]
    writeFileSync(good, '<list>ONE</list>')
    writeFileSync(broken, '<list>TWICE</list>')
    t.equal((await change(browser, { materialsFile: good })).status, 200)
    const answer = await change(browser, { materialsFile: broken })
    t.equal(codeOf(answer), 'material-list-invalid')
    t.match(textOf(answer), /line 3.*ShortCode/)
    t.match(await browser.settings(), { materialsFile: good, materialsProblem: null })
    t.equal((await configured(browser))['materials'], '<list>ONE</list>')
  },
)

t.test(
  'A material list that breaks where it lies: the one that was taken stays in use, and Settings says so',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    const browser = await lab.signIn()
    const file = join(lab.home, 'materials.xml')
    writeFileSync(file, '<list>ONE</list>')
    await change(browser, { materialsFile: file })
    writeFileSync(file, '<list>TWICE</list>')
    t.match(await browser.settings(), { materialsProblem: { code: 'material-list-invalid' } })
    t.match(
      await browser.settings(),
      { materialsProblem: { code: 'material-list-invalid' } },
      'and goes on saying so',
    )
    t.equal((await configured(browser))['materials'], '<list>ONE</list>')
    writeFileSync(file, '<list>THREE</list>')
    t.match(await browser.settings(), { materialsProblem: null })
    t.equal((await configured(browser))['materials'], '<list>THREE</list>')
  },
)

t.test(
  'A material list that broke while the host was off: the one that was taken is in use after the start',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    const file = join(lab.home, 'materials.xml')
    writeFileSync(file, '<list>ONE</list>')
    await change(await lab.signIn(), { materialsFile: file })
    await lab.close()
    writeFileSync(file, '<list>TWICE</list>')
    const browser = await (await laboratory(t, { home: lab.home })).signIn()
    const events = await browser.listen()
    await events.when(
      (event) =>
        event.type === 'plugins' &&
        event.plugins[0]?.process.kind === 'running' &&
        event.plugins[0].process.state.kind === 'active',
    )
    t.equal((await configured(browser))['materials'], '<list>ONE</list>')
    t.match(await browser.settings(), {
      materialsFile: file,
      materialsProblem: { code: 'material-list-invalid' },
    })
  },
)

t.test(
  'While the list lies broken, everything else can still be changed, and the plugin follows',
  async (t) => {
    const lab = await laboratory(t, { enabled: true })
    const browser = await lab.signIn()
    const file = join(lab.home, 'materials.xml')
    writeFileSync(file, '<list>ONE</list>')
    await change(browser, { materialsFile: file })
    writeFileSync(file, '<list>TWICE</list>')
    t.equal((await change(browser, { language: 'de' })).status, 200)
    t.match(await configured(browser), { language: 'de', materials: '<list>ONE</list>' })
    mkdirSync(join(lab.home, 'exports'))
    t.equal((await change(browser, { exportFolder: join(lab.home, 'exports') })).status, 200)
    t.match(await configured(browser), {
      exportFolder: join(lab.home, 'exports'),
      materials: '<list>ONE</list>',
    })
    t.match(await browser.settings(), { materialsProblem: { code: 'material-list-invalid' } })
  },
)

t.test(
  'A list that is broken already when the plugin is enabled: the built-in one is in use, and it says so',
  async (t) => {
    const lab = await laboratory(t)
    const browser = await lab.signIn()
    const file = join(lab.home, 'materials.xml')
    writeFileSync(file, '<list>TWICE</list>')
    await change(browser, { materialsFile: file })
    t.equal((await change(browser, { enabled: { scripted: true } })).status, 200)
    t.equal((await configured(browser))['materials'], null)
    t.match(await browser.settings(), { materialsProblem: { code: 'material-list-invalid' } })
  },
)

t.test('A material list in Latin-1 is read as it says', async (t) => {
  const lab = await laboratory(t, { enabled: true })
  const browser = await lab.signIn()
  const file = join(lab.home, 'latin.xml')
  writeFileSync(
    file,
    Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><list>Präparat</list>', 'latin1'),
  )
  t.equal((await change(browser, { materialsFile: file })).status, 200)
  t.equal((await configured(browser))['materials'], '<?xml version="1.0"?><list>Präparat</list>')
})

for (const [what, code, make] of [
  ['is not there', 'materials-unreadable', () => {}],
  ['is a folder', 'materials-unreadable', (file: string) => mkdirSync(file)],
  ['is far too large', 'materials-too-large', (file: string) => writeFileSync(file, 'x'.repeat(1_000_001))],
  ['is no text', 'materials-unreadable', (file: string) => writeFileSync(file, Buffer.from([0xc3, 0x28]))],
] as const) {
  t.test(`A material list that ${what} is refused`, async (t) => {
    const lab = await laboratory(t)
    const browser = await lab.signIn()
    const file = join(lab.home, 'materials.xml')
    make(file)
    t.equal(codeOf(await change(browser, { materialsFile: file })), code)
    t.equal((await browser.settings()).materialsFile, null)
  })
}

for (const [what, code, folder] of [
  ['is no whole path', 'folder-relative', () => 'cases'],
  ['holds a zero byte', 'folder-relative', (home: string) => `${home}/a\0b`],
  ['is not there', 'case-folder-missing', (home: string) => join(home, 'gone')],
  ['is a file', 'case-folder-missing', (home: string) => join(home, 'file')],
] as const) {
  t.test(`A case folder that ${what} is refused`, async (t) => {
    const lab = await laboratory(t)
    writeFileSync(join(lab.home, 'file'), '')
    const answer = await change(await lab.signIn(), { caseFolder: folder(lab.home) })
    t.equal(codeOf(answer), code)
  })
}

for (const path of ['cases', 'C:', 'C:cases', '\\cases', '/cases', '.\\cases', 'C:\\a\0b', '']) {
  t.test(`On Windows "${path}" is no whole path`, async (t) => {
    t.throws(() => absolute(path, win32), { code: 'folder-relative' })
  })
}

for (const [path, whole] of [
  ['C:\\Cases', 'C:\\Cases'],
  ['c:/Cases/../Other', 'c:\\Other'],
  ['\\\\server\\dental\\cases', '\\\\server\\dental\\cases'],
  ['//server/dental/cases/', '\\\\server\\dental\\cases'],
  ['\\\\?\\C:\\Cases', 'C:\\Cases'],
  ['\\\\?\\UNC\\server\\dental\\cases', '\\\\server\\dental\\cases'],
] as const) {
  t.test(`On Windows "${path}" is a whole path`, async (t) => t.equal(absolute(path, win32), whole))
}

const root = process.getuid?.() === 0
t.test(
  'A case folder that may not be written to is refused',
  { skip: root && 'root may write everywhere' },
  async (t) => {
    const lab = await laboratory(t)
    const folder = join(lab.home, 'closed')
    mkdirSync(folder)
    chmodSync(folder, 0o500)
    t.equal(codeOf(await change(await lab.signIn(), { caseFolder: folder })), 'case-folder-no-rights')
  },
)

for (const inside of ['', 'inner']) {
  t.test(`An export folder that is the case folder${inside && ', or lies in it,'} is refused`, async (t) => {
    const lab = await laboratory(t)
    const folder = join(lab.home, 'cases', inside)
    mkdirSync(folder, { recursive: true })
    const answer = await change(await lab.signIn(), { exportFolder: folder })
    t.equal(codeOf(answer), 'export-folder-in-case-folder')
  })
}

t.test('A case folder that vanished is told, and other settings can still be changed', async (t) => {
  const lab = await laboratory(t)
  const browser = await lab.signIn()
  const folder = join(lab.home, 'removable')
  mkdirSync(folder)
  await change(browser, { caseFolder: folder })
  renameSync(folder, `${folder}-gone`)
  t.match(await browser.settings(), { caseFolderProblem: { code: 'case-folder-missing' } })
  t.match((await change(browser, { language: 'de', caseFolder: folder })).body, { language: 'de' })
  renameSync(`${folder}-gone`, folder)
  t.match(await browser.settings(), { caseFolderProblem: null })
})

t.test('Members that nobody knows are left aside', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.equal((await change(browser, { firstStart: 'skipped', caseFolders: [], language: 'de' })).status, 200)
  t.ok((await browser.get<Session>('/api/session')).body.firstStart)
})

t.test('A prototype cannot be smuggled in', async (t) => {
  const lab = await laboratory(t)
  const { cookie } = await lab.signIn()
  const answer = await fetch(`${lab.url}/api/settings`, {
    method: 'PATCH',
    headers: { cookie, origin: lab.url, 'content-type': 'application/json' },
    body: '{"enabled": {"__proto__": true}, "__proto__": {"language": "de"}}',
  })
  t.equal(answer.status, 200)
  t.equal(({} as { language?: string }).language, undefined)
})

t.test('Skip & don’t ask again is honoured for ever, and undone by the setting', async (t) => {
  const lab = await laboratory(t)
  const browser = await lab.signIn()
  t.match((await browser.send('POST', '/api/first-start', { choice: 'skip' })).body, { firstStart: null })
  await lab.close()
  const again = await (await laboratory(t, { home: lab.home })).signIn()
  t.match((await again.get('/api/session')).body, { firstStart: null, myitero: true })
  t.equal((await change(again, { enabled: { scripted: true } })).status, 200)
  t.match((await again.settings()).plugins, [{ enabled: true, process: { kind: 'running' } }])
})

t.test('Connect enables the plugin, and the window does not come again', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.match((await browser.send('POST', '/api/first-start', { choice: 'connect' })).body, { firstStart: null })
  t.match((await browser.settings()).plugins, [{ enabled: true, process: { kind: 'running' } }])
  await change(browser, { enabled: { scripted: false } })
  t.match((await browser.get('/api/session')).body, { firstStart: null })
})

t.test('A plugin that does not exist cannot be enabled', async (t) => {
  const browser = await (await laboratory(t)).signIn()
  t.equal(codeOf(await change(browser, { enabled: { nobody: true } })), 'plugin-unknown')
})

t.test(
  'Packages refused in an export folder leave the list with it, also while the plugin is off',
  async (t) => {
    const refused = {
      name: 'one.zip',
      failure: { code: 'zip-damaged', text: 'Damaged.' },
      seenAt: 1_700_000_000_000,
    }
    const lab = await laboratory(t, { script: { refusedOnce: [refused] }, enabled: true })
    const browser = await lab.signIn()
    const events = await browser.listen()
    await events.when((event) => event.type === 'cases' && event.total === 1)
    await change(browser, { enabled: { scripted: false } })
    t.equal((await browser.get<CaseList>('/api/cases')).body.total, 1)
    mkdirSync(join(lab.home, 'other'))
    t.equal((await change(browser, { exportFolder: join(lab.home, 'other') })).status, 200)
    t.equal((await browser.get<CaseList>('/api/cases')).body.total, 0)
  },
)
