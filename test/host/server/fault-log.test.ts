import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { HostError } from '../../../host/errors.ts'
import { faultLog } from '../../../host/fault-log.ts'

t.test('A fault is logged by its kind and place, without what its message holds', (t) => {
  const home = t.testdir({})
  const log = faultLog(home, () => 0)
  log(new Error('ENOENT: /cases/2026-03-09_Quill_Wren'), 'server')
  log(new HostError('folder-missing', { folder: '/cases/Quill' }, new Error('Quill')), 'cases')
  log('exit 1', 'process')
  const text = readFileSync(join(home, 'host.log'), 'utf8')
  t.notMatch(text, 'Quill')
  t.match(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { at: '1970-01-01T00:00:00.000Z', where: 'server', fault: 'Error', frames: [/fault-log\.test/] },
      { where: 'cases', fault: 'HostError', code: 'folder-missing' },
      { where: 'process', fault: 'exit 1' },
    ],
  )
  t.end()
})

t.test('The log does not grow without end', (t) => {
  const home = t.testdir({ 'host.log': 'x'.repeat(1_000_001) })
  faultLog(home, () => 0)('exit 1', 'process')
  t.ok(readFileSync(join(home, 'host.log')).length < 200)
  t.equal(readFileSync(join(home, 'host.log.1')).length, 1_000_001)
  t.end()
})

t.test('A home that is gone stops nothing', (t) => {
  const home = t.testdir({ file: '' })
  writeFileSync(join(home, 'file'), '')
  t.doesNotThrow(() => faultLog(join(home, 'file', 'gone'), () => 0)('exit 1', 'process'))
  t.end()
})
