import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { listCases } from '../../../host/cases.ts'
import { addClient, listClients } from '../../../host/clients.ts'
import { closeDatabase, openDatabase, rows, run, writing } from '../../../host/database.ts'
import { changeSettings, readSettings } from '../../../host/settings.ts'
import { putRow } from './host-home.ts'

t.test('what is kept is there again after the host was closed', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  const first = openDatabase(file)
  addClient(first, { name: 'Praxis am See' })
  changeSettings(first, { exportFolder: '/exports', enabled: { one: true } })
  closeDatabase(first)
  closeDatabase(first)
  const again = openDatabase(file)
  t.teardown(() => closeDatabase(again))
  t.match(listClients(again), [{ id: '001', name: 'Praxis am See' }])
  t.match(readSettings(again), { exportFolder: '/exports', enabled: { one: true } })
})

t.test('cases of before are found by the ways of writing that count since', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  const kept = openDatabase(file)
  putRow(kept, 'one', { patient: { id: '1', family: 'O’Brien', given: 'Krueger' } })
  closeDatabase(kept)
  const before = new DatabaseSync(file)
  before.exec(
    "update case_texts set text = ' o’brien krueger '; drop table plugin_mappings; pragma user_version = 3",
  )
  before.close()
  const db = openDatabase(file)
  t.teardown(() => closeDatabase(db))
  for (const search of ['obrien', "o'brien", 'kruger', 'krüger', 'krueger'])
    t.equal(listCases(db, { search }, 'en').total, 1, search)
  t.equal(listCases(db, { search: 'nobody' }, 'en').total, 0)
})

t.test('a second host on the same database is told that one runs already', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  const first = openDatabase(file)
  t.teardown(() => closeDatabase(first))
  t.throws(() => openDatabase(file), { code: 'database-busy' })
  t.equal(listClients(first).length, 0, 'and the first goes on')
})

t.test('a file that is no database is refused and left as it is', async (t) => {
  const file = join(t.testdir({ 'host.sqlite': 'x'.repeat(5000) }), 'host.sqlite')
  t.throws(() => openDatabase(file), { code: 'database-unreadable' })
})

t.test('another program’s database is refused and left as it is', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  const other = new DatabaseSync(file)
  other.exec('create table theirs (a); insert into theirs values (1)')
  other.close()
  t.throws(() => openDatabase(file), { code: 'database-unreadable' })
  const left = new DatabaseSync(file)
  t.teardown(() => left.close())
  t.match(left.prepare('select name from sqlite_schema').all(), [{ name: 'theirs' }])
})

t.test('a database of a newer version is refused', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  closeDatabase(openDatabase(file))
  const newer = new DatabaseSync(file)
  newer.exec('pragma user_version = 999')
  newer.close()
  t.throws(() => openDatabase(file), { code: 'database-newer' })
})

t.test('a database in a folder that is not there cannot be opened', async (t) => {
  t.throws(() => openDatabase(join(t.testdir(), 'nowhere', 'host.sqlite')), { code: 'database-unreadable' })
})

t.test('a damaged database is told as such', async (t) => {
  const file = join(t.testdir(), 'host.sqlite')
  closeDatabase(openDatabase(file))
  writeFileSync(file, Buffer.alloc(8192, 7), { flag: 'r+' })
  t.throws(() => openDatabase(file), { code: 'database-unreadable' })
})

t.test('what is begun together happens together or not at all', async (t) => {
  const db = openDatabase(join(t.testdir(), 'host.sqlite'))
  t.teardown(() => closeDatabase(db))
  t.throws(() =>
    writing(db, () => {
      addClient(db, { name: 'One' })
      addClient(db, { name: ' ' })
    }),
  )
  t.same(listClients(db), [])
})

t.test('settings are changed one by one, plugins each for itself', async (t) => {
  const db = openDatabase(join(t.testdir(), 'host.sqlite'))
  t.teardown(() => closeDatabase(db))
  t.match(readSettings(db), { caseFolder: null, language: null, nameTemplate: '%d_%l_%f', firstStart: 'ask' })
  changeSettings(db, { language: 'de', enabled: { one: true, two: false } })
  changeSettings(db, { exportFolder: '/x', enabled: { two: true }, firstStart: 'skipped' })
  const settings = changeSettings(db, { exportFolder: null })
  t.match(settings, {
    language: 'de',
    exportFolder: null,
    enabled: { one: true, two: true },
    firstStart: 'skipped',
  })
})

for (const [setting, value] of Object.entries({
  caseFolder: '{"path":"/cases"}',
  exportFolder: '7',
  nameTemplate: 'null',
  patientNameOrder: '"family"',
  enabled: '["myitero-import"]',
  webhook: '{"port":"80","url":"https://example.com"}',
  firstStart: '"never"',
  language: '"de',
})) {
  t.test(`a setting that another version wrote, or half of one, is named and kept: ${setting}`, async (t) => {
    const file = join(t.testdir(), 'host.sqlite')
    const before = openDatabase(file)
    changeSettings(before, { caseFolder: '/cases', exportFolder: '/exports', firstStart: 'connected' })
    run(before, 'insert or replace into settings (name, value) values (?, ?)', setting, value)
    closeDatabase(before)
    const db = openDatabase(file)
    t.teardown(() => closeDatabase(db))
    t.throws(() => readSettings(db), {
      code: 'setting-unreadable',
      facts: { setting, file: 'host.sqlite' },
    })
    t.throws(() => changeSettings(db, { cloudPaused: true }), { code: 'setting-unreadable' })
    const kept = rows(db, 'select value from settings where name = ?', setting)
    t.match(kept, [{ value }])
    t.equal(rows(db, "select 1 from settings where name = 'cloudPaused'").length, 0)
  })
}

t.test('a setting of a newer version is left alone', async (t) => {
  const db = openDatabase(join(t.testdir(), 'host.sqlite'))
  t.teardown(() => closeDatabase(db))
  run(db, "insert into settings (name, value) values ('theme', '7')")
  t.notOk('theme' in readSettings(db))
  changeSettings(db, { caseFolder: '/cases' })
  t.equal(readSettings(db).caseFolder, '/cases')
})
