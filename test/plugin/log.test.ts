import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ImportError } from '../../plugin/errors.ts'
import { openLog } from '../../plugin/log.ts'

const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

t.test('an event stands on a line of its own, with numbers and codes', async (t) => {
  const folder = join(t.testdir(), 'log')
  const log = openLog(folder, () => 0)
  log.note('state', { state: 'offline', code: 'case-folder-missing', orders: 3 })
  log.close()
  t.match(lines(join(folder, 'plugin.log')), [
    {
      at: '1970-01-01T00:00:00.000Z',
      msg: 'state',
      state: 'offline',
      code: 'case-folder-missing',
      orders: 3,
    },
  ])
})

t.test('no text gets into it, nor the message of what was thrown', async (t) => {
  const folder = join(t.testdir(), 'log')
  const log = openLog(folder, Date.now)
  log.note('failure', { name: 'Muster, Mia', file: '/home/x/Muster Mia.zip' })
  log.fault(new ImportError('unexpected', {}, new Error('ENOENT: /exports/Muster Mia.zip')))
  log.fault(Object.assign(new TypeError('Muster Mia'), { code: 'ENOENT' }))
  log.fault('Muster Mia')
  log.close()
  const text = readFileSync(join(folder, 'plugin.log'), 'utf8')
  t.notMatch(text, /Muster|exports/)
  t.match(lines(join(folder, 'plugin.log'))[2], { kind: 'TypeError', system: 'ENOENT', places: Array })
  t.notMatch(text, new RegExp(process.cwd()), 'the machine’s own paths neither')
})

t.test('it never grows beyond its two files', async (t) => {
  const folder = join(t.testdir(), 'log')
  const log = openLog(folder, Date.now, 2000)
  for (let i = 0; i < 200; i++) log.note('state', { count: i })
  log.close()
  t.strictSame(readdirSync(folder).sort(), ['plugin.1.log', 'plugin.log'])
  for (const name of readdirSync(folder)) t.ok(statSync(join(folder, name)).size <= 2200)
  t.match(lines(join(folder, 'plugin.log')).at(-1), { count: 199 })
})

t.test('a log that was left large begins anew', async (t) => {
  const folder = join(t.testdir(), 'log')
  mkdirSync(folder)
  writeFileSync(join(folder, 'plugin.log'), `${'x'.repeat(5000)}\n`)
  const log = openLog(folder, Date.now, 2000)
  log.note('started')
  log.close()
  t.equal(lines(join(folder, 'plugin.log')).length, 1)
})

t.test('where no log can be kept everything goes on without one', async (t) => {
  const folder = join(t.testdir({ log: 'a file in its place' }), 'log')
  const log = openLog(folder, Date.now)
  log.note('started')
  log.fault(new Error())
  log.close()
  t.equal(readFileSync(folder, 'utf8'), 'a file in its place')
})
