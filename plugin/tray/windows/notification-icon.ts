import { drawIcon } from '../icons/draw.ts'
import { iconResource } from '../icons/resource.ts'
import type { Balloon } from '../news.ts'
import type { TrayIcon } from '../state.ts'
import type { Api, Handle } from './api.ts'
import type { Look } from './look.ts'

/** The picture in the notification area, of one window. */
export interface NotificationIcon {
  show(icon: TrayIcon, tooltip: string, look: Look): void
  balloon(balloon: Balloon): void
  /** Explorer has started anew and knows nothing of it. */
  again(): void
  /** Puts it there where Explorer did not take it; false: it has not yet. */
  settle(): boolean
  /** For good. */
  remove(): void
}

const NIM = { ADD: 0, MODIFY: 1, DELETE: 2, SETVERSION: 4 }
const NIF = { MESSAGE: 1, ICON: 2, TIP: 4, INFO: 0x10, SHOWTIP: 0x80 }
const NIIF = { USER: 4, LARGE_ICON: 0x20, RESPECT_QUIET_TIME: 0x80 }
const NOTIFYICON_VERSION_4 = 4
const ICON_VERSION = 0x30000

/**
 * Known to Explorer by its window and `id`: a GUID would be bound to the path of the program, and a second plugin of the
 * same session could not show its own. `callback`: the message that clicks arrive by.
 */
export function notificationIcon(api: Api, window: Handle, id: number, callback: number): NotificationIcon {
  let shown: { icon: TrayIcon; tooltip: string; look: Look; small: Handle } | null = null
  let there = false
  let large: Handle = 0

  return {
    show(icon, tooltip, look) {
      const before = shown
      shown = { icon, tooltip, look, small: iconOf(icon, look.small, look) }
      // Where it is not, `settle` puts it: an Explorer that hangs is not asked each time.
      if (there) there = notify(NIM.MODIFY)
      if (before !== null) api.DestroyIcon(before.small)
    },
    balloon({ title, text }) {
      if (shown === null || !there) return
      // Explorer may take its time with the one before.
      const before = large
      large = iconOf(shown.icon, shown.look.large, shown.look)
      notify(NIM.MODIFY, {
        uFlags: NIF.INFO | NIF.SHOWTIP,
        szInfoTitle: title.slice(0, 63),
        szInfo: text.slice(0, 255),
        dwInfoFlags: NIIF.USER | NIIF.LARGE_ICON | NIIF.RESPECT_QUIET_TIME,
        hBalloonIcon: large,
      })
      if (before !== 0) api.DestroyIcon(before)
    },
    again() {
      there = false
      add()
    },
    settle() {
      if (shown !== null && !there) add()
      return there || shown === null
    },
    remove() {
      notify(NIM.DELETE, { uFlags: 0 })
      there = false
      if (shown !== null) api.DestroyIcon(shown.small)
      if (large !== 0) api.DestroyIcon(large)
      shown = null
      large = 0
    },
  }

  function add(): void {
    // A busy Explorer may have added it and answered too late: then it can be changed.
    there = notify(NIM.ADD) || notify(NIM.MODIFY)
    if (there) notify(NIM.SETVERSION, { uVersion: NOTIFYICON_VERSION_4 })
  }

  function notify(what: number, more: Partial<Parameters<Api['Shell_NotifyIconW']>[1]> = {}): boolean {
    return api.Shell_NotifyIconW(what, {
      cbSize: api.sizes.NOTIFYICONDATAW,
      hWnd: window,
      uID: id,
      uFlags: NIF.MESSAGE | NIF.ICON | NIF.TIP | NIF.SHOWTIP,
      uCallbackMessage: callback,
      hIcon: shown?.small ?? 0,
      szTip: shown?.tooltip ?? '',
      dwState: 0,
      dwStateMask: 0,
      szInfo: '',
      uVersion: 0,
      szInfoTitle: '',
      dwInfoFlags: 0,
      guidItem: [0, 0, 0, 0],
      hBalloonIcon: 0,
      ...more,
    })
  }

  function iconOf(icon: TrayIcon, size: number, { theme }: Look): Handle {
    const bits = iconResource(drawIcon(icon, size, theme))
    return api.CreateIconFromResourceEx(bits, bits.length, 1, ICON_VERSION, size, size, 0)
  }
}
