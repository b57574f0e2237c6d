import t from 'tap'
import { openTray } from '../../plugin/tray/tray.ts'

const onCommand = () => {}

t.test('on systems other than Windows there is no icon, and that is no fault', async (t) => {
  for (const platform of ['linux', 'darwin'] as const) {
    const tray = await openTray({ platform, onCommand, onFault: () => t.fail('a fault') })
    t.equal(tray, null)
  }
})

t.test(
  'where native code cannot be loaded there is no icon, the fault is told, and nothing is thrown',
  {
    skip: process.platform === 'win32' && 'it can be here',
  },
  async (t) => {
    for (const time of ['at first', 'and again']) {
      const faults: unknown[] = []
      const tray = await openTray({ platform: 'win32', onCommand, onFault: (fault) => faults.push(fault) })
      t.equal(tray, null, time)
      t.match(faults, [Error], time)
    }
  },
)
