// The README's picture of the icon: `node test/windows/picture.ts [file]`, the icon with its green dot and its menu, at twice
// the usual density. Needs what run-tray.ts needs.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrayFacts } from '../../plugin/tray/state.ts'
import { ROOT } from './packages.ts'
import { GREEN, screenOf } from './screen.ts'
import type { Order } from './tray.ts'
import { windowsMachine } from './wine.ts'

const [, , into = join(ROOT, 'docs/pictures/icon-windows.png')] = process.argv
/** Pixels: left above the bar, room for the menu. */
const BAR = { x: 560, y: 520 }
/** Room for the icon beside the menu. */
const ICON = 40
/** A click there opens the menu beside the icon, not over it. */
const ABOVE_DOT = 24
/** An item under the mouse. */
const MARKED = [227, 227, 227] as const
const MARGIN = 24
/** In place of the black of a display with nothing on it. */
const DESKTOP = ['-fill', '#8fa3b5', '-draw', 'color 0,0 floodfill'] as const

const facts: TrayFacts = {
  connector: { kind: 'active' },
  cloud: {
    session: { kind: 'signed-in', account: { name: 'Fixture Dental Laboratory' } },
    ...{ lastSync: Date.now(), syncing: false, paused: false, trouble: null, orders: [] },
  },
  questions: 0,
  importing: 0,
}
const show: Order = { do: 'show', facts, language: 'en' }

const machine = await windowsMachine()
const work = mkdtempSync(join(tmpdir(), 'myitero-picture-'))
try {
  const screen = screenOf(machine, work)
  screen.barIs('light')
  const density = ['/v', 'LogPixels', '/t', 'REG_DWORD', '/d', '192', '/f']
  machine.run('wine', ['reg', 'add', 'HKCU\\Control Panel\\Desktop', ...density])
  // It is read when the first program starts.
  machine.run('wineserver', ['-k', '-w'])
  writeFileSync(join(work, 'orders.jsonl'), `${JSON.stringify(show)}\n`)
  const folder = machine.pathOf(work)
  machine.start('test/windows/tray.ts', [folder], join(work, 'out.txt'), { mayWriteTo: folder })
  await screen.seen(GREEN, true, 'the green dot')
  await screen.moveBar(BAR)
  const menu = await screen.openMenu(ABOVE_DOT)
  screen.pointAt({ x: menu.x + 60, y: menu.y + 30 })
  await screen.seen(MARKED, true, 'the item under the mouse')
  const { x, y, width, height } = menu
  const area = `${width + 2 * MARGIN + ICON}x${height + 2 * MARGIN + ICON}+${x - MARGIN}+${y - MARGIN}`
  execFileSync('convert', [screen.shoot('icon'), ...DESKTOP, '-crop', area, '+repage', '-strip', into])
} finally {
  await machine.close()
  rmSync(work, { recursive: true, force: true })
}
