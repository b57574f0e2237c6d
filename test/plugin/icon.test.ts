import t from 'tap'
import { createIcon } from '../../plugin/connecting/icon.ts'
import type { Balloon } from '../../plugin/tray/news.ts'
import type { TrayCloud, TrayFacts, TrayState } from '../../plugin/tray/state.ts'
import type { TrayOptions } from '../../plugin/tray/tray.ts'

const CLOUD: TrayCloud = {
  session: { kind: 'signed-in', account: { name: 'Musterlabor' } },
  ...{ lastSync: null, syncing: false, paused: false, trouble: null, orders: [] },
}
const FACTS: TrayFacts = { connector: { kind: 'active' }, cloud: CLOUD, questions: 0, importing: 0 }

/** The icon over a notification area that writes down what it is given; what waits for its time is let pass by hand. */
async function noted({ balloons = true, there = true } = {}) {
  const shown: TrayState[] = []
  const told: Balloon[] = []
  const asked: string[] = []
  const due: (() => void)[] = []
  let options: TrayOptions | null = null
  let closed = 0
  const icon = createIcon(
    {
      platform: 'win32',
      clock: () => 0,
      language: () => 'en',
      balloons: () => balloons,
      onHost: (command) => asked.push(`host: ${command}`),
      onLook: () => asked.push('look'),
      onSignOut: () => asked.push('sign out'),
      onFault: (fault) => {
        throw fault
      },
      onSessionEnd: () => asked.push('end'),
    },
    {
      async open(given) {
        options = given
        if (!there) return null
        const close = () => {
          closed++
        }
        return { show: (state) => shown.push(state), balloon: (balloon) => told.push(balloon), close }
      },
      schedule(_, then) {
        due.push(then)
        return () => due.splice(due.indexOf(then), 1)
      },
    },
  )
  await Promise.resolve()
  const pass = () => {
    for (const then of due.splice(0)) then()
  }
  return {
    icon,
    shown,
    told,
    asked,
    pass,
    chosen: () => options as unknown as TrayOptions,
    closed: () => closed,
  }
}

t.test('the icon goes grey while it is paused or offline, and green again, each told once', async (t) => {
  const { icon, shown } = await noted()
  for (const cloud of [CLOUD, CLOUD, { ...CLOUD, paused: true }, { ...CLOUD, trouble: {} }, CLOUD])
    icon.show({ ...FACTS, cloud })
  t.strictSame(
    shown.map(({ icon }) => icon),
    ['active', 'idle', 'idle', 'active'],
  )
  t.match(
    shown.map(({ tooltip }) => tooltip),
    [/Connected/, /Paused/, /No connection/, /Connected/],
  )
})

t.test('new cases are told in a balloon, where the setting wants it', async (t) => {
  for (const balloons of [true, false]) {
    const { icon, told, pass } = await noted({ balloons })
    icon.arrived()
    icon.arrived()
    t.strictSame(told, [], 'gathered first')
    pass()
    t.match(told, balloons ? [{ title: '2 new cases' }] : [])
    t.equal(told.length, balloons ? 1 : 0)
  }
})

t.test('what is chosen at the icon is done here or told to the host', async (t) => {
  const { chosen, asked } = await noted()
  for (const command of ['sync-now', 'sign-out', 'pause', 'show-cases'] as const) chosen().onCommand(command)
  t.strictSame(asked, ['look', 'sign out', 'host: pause', 'host: show-cases'])
})

t.test('without an icon nothing is missed; closed, it is gone and nothing is told', async (t) => {
  const none = await noted({ there: false })
  none.icon.show(FACTS)
  none.icon.arrived()
  none.pass()
  none.icon.close()
  const { icon, told, pass, closed } = await noted()
  icon.arrived()
  icon.close()
  pass()
  t.equal(closed(), 1)
  t.strictSame(told, [])
})
