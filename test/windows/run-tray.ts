// The icon on Windows, seen and clicked: `node test/windows/run-tray.ts [folder for screenshots]`. Needs wine, Xvfb, xdotool
// and ImageMagick. What Wine shows is its own tray window; balloons, dark bars and other densities it does not.
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { TrayFacts } from '../../plugin/tray/state.ts'
import { AMBER, GREEN, screenOf, until } from './screen.ts'
import type { Order } from './tray.ts'
import { windowsMachine } from './wine.ts'

/** On a dark bar. */
const DARK_GREEN = [46, 214, 96] as const
const RED = [206, 22, 30] as const

const shots = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'myitero-tray-'))
mkdirSync(shots, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'myitero-tray-work-'))
const orders = join(work, 'orders.jsonl')
const told = join(work, 'told.jsonl')
let given = 0

const ACTIVE: TrayFacts = {
  connector: { kind: 'active' },
  cloud: {
    session: { kind: 'signed-in', account: { name: 'Musterlabor' } },
    ...{ lastSync: Date.now(), syncing: false, paused: false, trouble: null, orders: [] },
  },
  questions: 0,
  importing: 0,
}

const machine = await windowsMachine()
const screen = screenOf(machine, shots)
try {
  screen.barIs('dark')
  const began = Date.now()
  let plugin = begin()
  const first = await heard(({ opened }) => opened === true, 'the icon is opened')
  assert.equal(first['guarded'], true)
  say(`opened after ${Date.now() - began} ms, for ${Math.round(Number(first['rssMb']))} MB`)

  await order({ do: 'show', facts: ACTIVE, language: 'en' })
  await seen(DARK_GREEN, true, 'active-dark')
  screen.barIs('light')
  assert.equal(await other('settings'), 0)
  await seen(GREEN, true, 'active')
  say('the dot is green, and follows the bar from dark to light')

  await order({ do: 'measure', ms: 10_000, beat: false })
  const idle = await heard(({ cpuMs }) => cpuMs !== undefined, 'what idling costs')
  say(`idle: ${cpuOf(idle)} of a core, ${Math.round(Number(idle['rssMb']))} MB in all`)

  await screen.clickIcon(1)
  const clickedAt = Date.now()
  const clicked = await heard(({ command }) => command === 'show-cases', 'a click opens the case list')
  say(`click: show-cases, ${Math.max(0, Number(clicked['at']) - clickedAt)} ms after xdotool was done`)

  const menu = await screen.openMenu()
  await order({ do: 'measure', ms: 2000, beat: true })
  const open = await heard(
    ({ cpuMs, overMs }) => cpuMs !== undefined && overMs === 2000,
    'the thread goes on',
  )
  say(`menu open: held up ${Math.round(Number(open['heldUpMs']))} ms at most, ${cpuOf(open)} of a core`)
  screen.shoot('menu')
  // The third of five: pause.
  await screen.choose(menu, 3, 5)
  await heard(({ command }) => command === 'pause', 'the item in the menu is carried out')
  say('menu: pause')

  await screen.openMenu()
  for (const key of ['Down', 'Down', 'Return']) machine.run('xdotool', ['key', '--delay', '100', key])
  await heard(({ command }) => command === 'sync-now', 'the menu goes by keys')
  say('keys: sync-now')

  await screen.openMenu()
  machine.run('xdotool', ['key', 'Escape'])
  await until(() => screen.menu() === null, 'Escape closes the menu')
  say('Escape closes the menu')

  await order({ do: 'show', facts: { ...ACTIVE, questions: 2 }, language: 'de' })
  await seen(AMBER, true, 'attention')
  await order({ do: 'show', facts: { ...ACTIVE, connector: { kind: 'signed-out' } }, language: 'de' })
  await seen(RED, true, 'signed-out')
  await order({ do: 'show', facts: ACTIVE, language: 'de' })
  await seen(GREEN, true, 'active-again')
  say('amber, red and green again')

  await order({ do: 'balloon', count: 3, language: 'en' })
  machine.run('xdotool', ['mousemove', '600', '500'])
  // Wine waits two seconds before it shows one.
  await pause(4000)
  screen.shoot('balloon')

  await order({ do: 'change', times: 40 })
  await order({ do: 'show', facts: ACTIVE, language: 'de' })

  assert.equal(await other('forget'), 0)
  await seen(GREEN, false, 'forgotten')
  assert.equal(await other('started'), 0)
  await seen(GREEN, true, 'explorer-again')
  say('the icon is back after TaskbarCreated')

  await order({ do: 'close' })
  await seen(GREEN, false, 'closed')
  say('closed: the icon is gone')
  await order({ do: 'exit' }, false)
  assert.equal(await plugin.ended, 0)

  plugin = begin()
  await heard(({ opened }) => opened === true, 'the icon is opened')
  await order({ do: 'show', facts: ACTIVE, language: 'en' })
  await seen(GREEN, true, 'second')
  await order({ do: 'exit' }, false)
  assert.equal(await plugin.ended, 0)
  await seen(GREEN, false, 'exited')
  say('a process that ends takes its icon with it')

  plugin = begin()
  await heard(({ opened }) => opened === true, 'the icon is opened')
  await order({ do: 'show', facts: ACTIVE, language: 'en' })
  await seen(GREEN, true, 'third')
  await screen.openMenu()
  for (const key of ['Up', 'Return']) {
    machine.run('xdotool', ['key', key])
    await pause(300)
  }
  await heard(({ command }) => command === 'sign-out', 'the last item')
  await seen(GREEN, false, 'closed-by-command')
  await pause(1500)
  assert.equal(screen.shows(GREEN), false)
  say('closed by its own command: it does not come back')
  await order({ do: 'exit' }, false)
  assert.equal(await plugin.ended, 0)

  plugin = begin()
  await heard(({ opened }) => opened === true, 'the icon is opened')
  await order({ do: 'show', facts: ACTIVE, language: 'en' })
  await seen(GREEN, true, 'fourth')
  assert.equal(await other('log-off'), 0)
  await heard(({ sessionEnd }) => sessionEnd === true, 'the end of the session is told')
  await seen(GREEN, false, 'logged-off')
  say('logging off takes it away')
  const faults = lines().filter(({ fault }) => fault !== undefined)
  assert.deepEqual(faults, [])
  say(`screenshots: ${shots}`)
} catch (error) {
  screen.shoot('failed')
  process.stdout.write(
    `${readFileSync(join(work, 'out.txt'))}\n${lines()
      .map((line) => JSON.stringify(line))
      .join('\n')}\n${shots}\n`,
  )
  throw error
} finally {
  await machine.close()
}

function begin() {
  given = 0
  writeFileSync(orders, '')
  writeFileSync(told, '')
  const folder = machine.pathOf(work)
  return machine.start('test/windows/tray.ts', [folder], join(work, 'out.txt'), { mayWriteTo: folder })
}

function other(what: string): Promise<number | null> {
  return machine.start('test/windows/explorer-again.ts', [what], join(work, 'other.txt')).ended
}

async function order(one: Order, answered = true): Promise<void> {
  appendFileSync(orders, `${JSON.stringify(one)}\n`)
  const number = ++given
  if (answered) await heard(({ did }) => did === number, one.do)
}

function lines(): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(told, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

async function heard(match: (line: Readonly<Record<string, unknown>>) => boolean, what: string) {
  await until(() => lines().some(match), what)
  return lines().find(match) ?? {}
}

async function seen(colour: readonly number[], wanted: boolean, name: string): Promise<void> {
  await screen.seen(colour, wanted, name)
  screen.shoot(name)
}

function cpuOf({ cpuMs, overMs }: Readonly<Record<string, unknown>>): string {
  return `${((Number(cpuMs) / Number(overMs)) * 100).toFixed(2)} %`
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
