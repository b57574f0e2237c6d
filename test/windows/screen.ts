import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { WindowsMachine } from './wine.ts'

/** As the icon's dots are on a light bar. */
export const GREEN = [14, 140, 54] as const
export const AMBER = [204, 112, 0] as const

/** ms */
const PATIENCE_MS = 40_000
/** Pixels; as windowsMachine opens it. */
const WIDTH = 800
/** Fewer pixels of one colour are no dot. */
const DOT = 12
/** Pixels that Wine's tray window is high at most. */
const BAR = 40
const MENU = '^MyiTero import$'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Area extends Point {
  readonly width: number
  readonly height: number
}

/** What stands on the display, and a hand on the mouse: the icon is found by the colour of its dot. */
export interface Screen {
  barIs(theme: 'dark' | 'light'): void
  /** Wine's tray window, which stands for the bar, with the green dot in it. */
  moveBar(to: Point): Promise<void>
  shows(colour: readonly number[]): boolean
  /** Waits until the colour is there, or no longer there. */
  seen(colour: readonly number[], wanted: boolean, what: string): Promise<void>
  /**
   * Waits for the green dot first: what a menu has covered is painted anew a moment after it has gone. `inset`: pixels left of
   * and above the dot's lower right end.
   */
  clickIcon(button: 1 | 3, inset?: number): Promise<void>
  /** An open menu; null: none is. */
  menu(): Area | null
  /** Windows of consoles that are seen. */
  consoles(): number
  /** Opens the menu by the icon. */
  openMenu(inset?: number): Promise<Area>
  /** The mouse comes and rests there. */
  pointAt(place: Point): void
  /** Clicks an item of an open menu, from the top on, by how many there are; the menu goes. */
  choose(menu: Area, item: number, of: number): Promise<void>
  /**
   * Waits for a balloon, and until it is gone: one that comes takes an open menu away. Clicked away, which Wine does not tell
   * the program of.
   */
  seeBalloon(name: string): Promise<void>
  shoot(name: string): string
}

export function screenOf(machine: WindowsMachine, shots: string): Screen {
  const placeOf = (colour: readonly number[]): Point | null => {
    const pixels = machine.run('import', ['-silent', '-window', 'root', '-depth', '8', 'rgb:-'])
    let count = 0
    let last = 0
    for (let at = 0; at < pixels.length; at += 3) {
      if (pixels[at] === colour[0] && pixels[at + 1] === colour[1] && pixels[at + 2] === colour[2]) {
        count++
        last = at / 3
      }
    }
    return count < DOT ? null : { x: last % WIDTH, y: Math.floor(last / WIDTH) }
  }
  const visible = (...search: readonly string[]): readonly Area[] => {
    try {
      const found = ['search', '--onlyvisible', ...search, 'getwindowgeometry', '--shell', '%@']
      const text = machine.run('xdotool', found).toString()
      return text
        .split(/^(?=WINDOW=)/m)
        .filter((part) => part !== '')
        .map((part) => {
          const value = (name: string) => Number(new RegExp(`^${name}=(-?\\d+)`, 'm').exec(part)?.[1])
          return { x: value('X'), y: value('Y'), width: value('WIDTH'), height: value('HEIGHT') }
        })
    } catch {
      // xdotool ends with 1 where there is none.
      return []
    }
  }
  const menu = () => visible('--name', MENU)[0] ?? null
  // Of Explorer's, beside the bar, which is as high as the icon.
  const balloon = () => visible('--class', '^explorer.exe$').find(({ height }) => height > BAR) ?? null
  const consoles = () => visible('--class', '^conhost.exe$').length
  const click = ({ x, y }: Point, button: 1 | 3) => {
    machine.run('xdotool', ['mousemove', `${x}`, `${y}`, 'sleep', '0.2', 'click', `${button}`])
  }
  const screen: Screen = {
    barIs(theme) {
      const key = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize'
      const value = ['/v', 'SystemUsesLightTheme', '/t', 'REG_DWORD', '/d', theme === 'light' ? '1' : '0']
      machine.run('wine', ['reg', 'add', key, ...value, '/f'])
    },
    async moveBar({ x, y }) {
      machine.run('xdotool', ['search', '--name', 'Wine System Tray', 'windowmove', `${x}`, `${y}`])
      await until(() => (placeOf(GREEN)?.y ?? 0) > y, 'the bar is there')
    },
    shows: (colour) => placeOf(colour) !== null,
    seen: (colour, wanted, what) => until(() => screen.shows(colour) === wanted, what),
    async clickIcon(button, inset = 4) {
      let place: Point | null = null
      await until(() => {
        place = placeOf(GREEN)
        return place !== null
      }, 'the icon')
      const { x, y } = place ?? { x: 0, y: 0 }
      click({ x: x - inset, y: y - inset }, button)
    },
    menu,
    consoles,
    async openMenu(inset) {
      await screen.clickIcon(3, inset)
      await until(() => menu() !== null, 'the menu opens')
      const opened = menu()
      assert(opened)
      return opened
    },
    pointAt({ x, y }) {
      machine.run('xdotool', ['mousemove', `${x + 3}`, `${y}`, 'sleep', '0.3', 'mousemove', `${x}`, `${y}`])
    },
    async choose({ x, y, height }, item, of) {
      click({ x: x + 40, y: y + Math.round((height * (item - 0.5)) / of) }, 1)
      await until(() => menu() === null, 'the menu closes')
    },
    async seeBalloon(name) {
      await until(() => balloon() !== null, 'a balloon')
      screen.shoot(name)
      const { x, y, width, height } = balloon() ?? { x: 0, y: 0, width: 0, height: 0 }
      click({ x: x + Math.round(width / 2), y: y + Math.round(height / 2) }, 1)
      await until(() => balloon() === null, 'the balloon goes')
    },
    shoot(name) {
      const file = join(shots, `${name}.png`)
      machine.run('import', ['-silent', '-window', 'root', file])
      return file
    },
  }
  return screen
}

/** Waits for a condition; what never comes is told soon enough. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    assert(Date.now() < end, `never came: ${what}`)
    await pause(100)
  }
}
