// Runs under Windows' Node: opens the icon and does what the lines of `orders.jsonl` say; tells what happens in `told.jsonl`.
// Both stand in the folder that is named, since standard output does not work under Wine.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { newCases } from '../../plugin/tray/news.ts'
import { type TrayFacts, trayState } from '../../plugin/tray/state.ts'
import { openTray, type Tray } from '../../plugin/tray/tray.ts'

export type Order =
  | { readonly do: 'show'; readonly facts: TrayFacts; readonly language: 'en' | 'de' }
  | { readonly do: 'balloon'; readonly count: number; readonly language: 'en' | 'de' }
  /** What it costs over so many ms, and with `beat` how late the thread comes at its worst. */
  | { readonly do: 'measure'; readonly ms: number; readonly beat: boolean }
  /** Other states, one after the other. */
  | { readonly do: 'change'; readonly times: number }
  | { readonly do: 'close' }
  | { readonly do: 'exit' }

const folder = process.argv[2] ?? '.'
const tell = (what: object) =>
  appendFileSync(join(folder, 'told.jsonl'), `${JSON.stringify({ at: Date.now(), ...what })}\n`)

const rssBefore = process.memoryUsage.rss()

const tray: Tray | null = await openTray({
  platform: process.platform,
  onCommand(command) {
    tell({ command })
    // A host that switches the plugin off for a command.
    if (command === 'sign-out') tray?.close()
  },
  onFault: (fault) =>
    tell({ fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) }),
  onSessionEnd: () => tell({ sessionEnd: true }),
})
// The guard takes it away.
const guarded = process.env['BRIDGE_NATIVE_CODE'] === undefined
tell({ opened: tray !== null, guarded, rssMb: (process.memoryUsage.rss() - rssBefore) / 1e6 })

let carriedOut = 0
for (;;) {
  const orders = readFileSync(join(folder, 'orders.jsonl'), 'utf8').split('\n').slice(0, -1)
  for (const line of orders.slice(carriedOut)) {
    carriedOut++
    await carryOut(JSON.parse(line))
    tell({ did: carriedOut })
  }
  await pause(100)
}

async function carryOut(order: Order): Promise<void> {
  if (order.do === 'show') {
    const { facts, language } = order
    tray?.show(trayState(facts, { language, now: Date.now() }))
  } else if (order.do === 'balloon') tray?.balloon(newCases(order.count, order.language))
  else if (order.do === 'close') tray?.close()
  else if (order.do === 'exit') process.exit(0)
  else if (order.do === 'change') {
    const icons = ['active', 'offline', 'signed-out', 'attention'] as const
    for (let time = 0; time < order.times; time++) {
      const connector = { kind: icons[time % icons.length] ?? 'active' }
      tray?.show(
        trayState({ connector, cloud: null, questions: 0, importing: time }, { language: 'en', now: 0 }),
      )
      await pause(110)
    }
  } else await measure(order.ms, order.beat)
}

async function measure(ms: number, beat: boolean): Promise<void> {
  const { user, system } = process.cpuUsage()
  const end = performance.now() + ms
  let latest = 0
  for (let before = performance.now(); before < end; before = performance.now()) {
    await pause(beat ? 20 : ms)
    latest = Math.max(latest, performance.now() - before - (beat ? 20 : ms))
  }
  const spent = process.cpuUsage({ user, system })
  const rssMb = process.memoryUsage.rss() / 1e6
  tell({ cpuMs: (spent.user + spent.system) / 1000, overMs: ms, heldUpMs: latest, rssMb })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
