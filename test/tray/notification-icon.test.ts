import t from 'tap'
import { drawIcon } from '../../plugin/tray/icons/draw.ts'
import { iconResource } from '../../plugin/tray/icons/resource.ts'
import { newCases } from '../../plugin/tray/news.ts'
import type { Api, NotifyIconData } from '../../plugin/tray/windows/api.ts'
import type { Look } from '../../plugin/tray/windows/look.ts'
import { notificationIcon } from '../../plugin/tray/windows/notification-icon.ts'

/** [V: shellapi.h] */
const NIF_INFO = 0x10
const NIIF_USER = 4
const NIIF_LARGE_ICON = 0x20
const NIIF_RESPECT_QUIET_TIME = 0x80

const LOOK: Look = {
  ...{ theme: 'dark', dpi: 96, small: 16, large: 32 },
  menu: { back: 0, border: 0, text: 0, marked: 0, markedText: 0 },
}

/** An Explorer that can go away and come back, and counts the pictures that were made for it. */
function explorer() {
  const pictures = new Set<number>()
  const drawn = new Map<number, Uint8Array>()
  const calls: number[] = []
  let made = 0
  let here = true
  let late = false
  let there: NotifyIconData | null = null
  let version = 0
  const api: Pick<Api, 'Shell_NotifyIconW' | 'CreateIconFromResourceEx' | 'DestroyIcon' | 'sizes'> = {
    sizes: { WNDCLASSEXW: 80, NOTIFYICONDATAW: 976 },
    CreateIconFromResourceEx(bits) {
      pictures.add(++made)
      drawn.set(made, Uint8Array.from(bits))
      return made
    },
    DestroyIcon: (picture) => pictures.delete(picture),
    Shell_NotifyIconW(what, data) {
      calls.push(what)
      if (!here) return false
      if (what === 0) {
        if (there !== null) return false
        there = data
        version = 0
        const answered = !late
        late = false
        return answered
      }
      if (there === null) return false
      if (what === 1) there = { ...there, ...data }
      else if (what === 2) there = null
      else version = data.uVersion
      return true
    },
  }
  const icon = notificationIcon(api as Api, 7, 1, 0x8001)
  return {
    icon,
    pictures,
    picture: (handle: number | undefined) => (pictures.has(handle ?? 0) ? drawn.get(handle ?? 0) : undefined),
    calls,
    shown: () => there,
    version: () => version,
    answersLate: () => {
      late = true
    },
    goes: () => {
      here = false
      there = null
    },
    comes: () => {
      here = true
    },
  }
}

t.test(
  'it is there once it is settled, with picture, text and the version that tells where a click was',
  (t) => {
    const { icon, shown, version, pictures } = explorer()
    t.equal(icon.settle(), true, 'nothing to show yet')
    t.equal(shown(), null)
    icon.show('active', 'MyiTero import', LOOK)
    t.equal(icon.settle(), true)
    t.match(shown(), { hWnd: 7, uID: 1, uCallbackMessage: 0x8001, szTip: 'MyiTero import' })
    t.ok(pictures.has(shown()?.hIcon ?? 0), 'the picture is alive')
    t.equal(version(), 4)
    t.end()
  },
)

t.test('where Explorer is not there yet, it is put there later, and not asked by each change', (t) => {
  const { icon, shown, goes, comes, calls } = explorer()
  goes()
  icon.show('started', 'one', LOOK)
  t.equal(icon.settle(), false)
  const asked = calls.length
  icon.show('active', 'two', LOOK)
  icon.show('idle', 'three', LOOK)
  t.equal(calls.length, asked)
  comes()
  t.equal(icon.settle(), true)
  t.match(shown(), { szTip: 'three' })
  t.end()
})

t.test('an Explorer that has taken it and answers too late shows it all the same', (t) => {
  const { icon, shown, version, answersLate } = explorer()
  answersLate()
  icon.show('active', 'text', LOOK)
  t.equal(icon.settle(), true)
  t.equal(version(), 4)
  t.match(shown(), { szTip: 'text' })
  t.end()
})

t.test('after a restart of Explorer it is back as it was last', (t) => {
  const { icon, shown, version, goes, comes } = explorer()
  icon.show('active', 'before', LOOK)
  icon.settle()
  goes()
  icon.show('signed-out', 'meanwhile', LOOK)
  comes()
  icon.again()
  t.match(shown(), { szTip: 'meanwhile' })
  t.equal(version(), 4)
  t.end()
})

t.test('Explorer may say that it has started though it has kept the icon', (t) => {
  const { icon, shown, version } = explorer()
  icon.show('active', 'text', LOOK)
  icon.settle()
  icon.again()
  t.match(shown(), { szTip: 'text' })
  t.equal(version(), 4)
  t.end()
})

t.test('a balloon says its text, as long as Windows takes it', (t) => {
  const { icon, shown } = explorer()
  icon.balloon({ title: 'too early', text: '' })
  icon.show('active', 'text', LOOK)
  icon.settle()
  icon.balloon({ title: 't'.repeat(80), text: 'x'.repeat(300) })
  t.equal(shown()?.szInfoTitle.length, 63)
  t.equal(shown()?.szInfo.length, 255)
  t.end()
})

for (const state of ['started', 'active', 'attention', 'idle', 'signed-out'] as const) {
  t.test(`what Windows is given is the picture of the state, in bar and balloon: ${state}`, (t) => {
    const { icon, shown, picture } = explorer()
    icon.show(state === 'idle' ? 'active' : 'idle', 'before', LOOK)
    icon.settle()
    icon.show(state, 'MyiTero import', LOOK)
    t.strictSame(picture(shown()?.hIcon), iconResource(drawIcon(state, LOOK.small, 'dark')))
    icon.balloon(newCases(3, 'en'))
    t.match(shown(), { szInfoTitle: '3 new cases', szInfo: 'They are in the case list, unread.' })
    t.strictSame(picture(shown()?.hBalloonIcon), iconResource(drawIcon(state, LOOK.large, 'dark')))
    t.equal((shown()?.uFlags ?? 0) & NIF_INFO, NIF_INFO, 'it is told as news')
    t.equal(shown()?.dwInfoFlags, NIIF_USER | NIIF_LARGE_ICON | NIIF_RESPECT_QUIET_TIME)
    t.end()
  })
}

t.test('each picture is given back, whatever became of it', (t) => {
  const { icon, pictures, goes, comes } = explorer()
  for (let time = 0; time < 20; time++) {
    icon.show('active', `${time}`, LOOK)
    icon.settle()
    icon.balloon({ title: 'title', text: 'text' })
    if (time === 5) goes()
    if (time === 9) comes()
  }
  t.ok(pictures.size <= 2, 'one in the bar, one in the balloon')
  icon.remove()
  t.equal(pictures.size, 0)
  t.end()
})

t.test('once it is removed it is gone', (t) => {
  const { icon, shown } = explorer()
  icon.show('active', 'text', LOOK)
  icon.settle()
  icon.remove()
  t.equal(shown(), null)
  icon.settle()
  t.equal(shown(), null)
  t.end()
})
