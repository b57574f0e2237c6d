import type { TrayCommand, TrayMenuItem } from '../state.ts'
import type { Api, Handle, Word } from './api.ts'
import { type Look, menuFont } from './look.ts'
import { highOf, lowOf, type Message, WM } from './messages.ts'

/**
 * The menu of the icon: a window of ours with a list in it. TrackPopupMenu would hold this thread, and with it downloads
 * and the pipe, for as long as the menu stands open. The list is the system's own, so that screen readers know it.
 */
export interface Popup {
  /** Of the frame: what its window procedure is asked; null: the default. */
  procedure(message: number, wParam: Word, lParam: Word): Word | null
  /** Of the pump, before a message goes on to its window; true: it was for the menu, and is dealt with. */
  takes(message: Message): boolean
  /** Between messages: closes the menu once another window is in front. */
  look(): void
  readonly frame: Handle
  close(): void
}

const WS_POPUP = 0x80000000
const WS_CHILD_VISIBLE = 0x50000000
const WS_EX_TOPMOST_TOOLWINDOW = 0x88
const LBS_OWNERDRAWFIXED_HASSTRINGS_NOINTEGRALHEIGHT = 0x10 | 0x40 | 0x100
const LB = {
  ADDSTRING: 0x180,
  SETCURSEL: 0x186,
  GETCURSEL: 0x188,
  SETITEMHEIGHT: 0x1a0,
  ITEMFROMPOINT: 0x1a9,
}
const VK = {
  RETURN: 0x0d,
  MENU: 0x12,
  ESCAPE: 0x1b,
  SPACE: 0x20,
  END: 0x23,
  HOME: 0x24,
  UP: 0x26,
  DOWN: 0x28,
  F10: 0x79,
}
const SW_SHOW = 5
const DWMWA_WINDOW_CORNER_PREFERENCE = 33
const DWMWCP_ROUNDSMALL = 3
const MONITOR_DEFAULTTONEAREST = 2
const ODS_SELECTED = 1
const TRANSPARENT = 1
const DT_SINGLELINE_VCENTER_NOPREFIX = 0x20 | 0x4 | 0x800
/** Windows lets no window to the front for who was not clicked just now; such a menu goes by itself. */
const UNSEEN_MS = 10_000

/** `className`: of the frame, registered already. `chosen` gets the command, or null where the menu was left. */
export function openPopup(options: {
  readonly api: Api
  readonly className: string
  readonly instance: Word
  readonly title: string
  readonly items: readonly TrayMenuItem[]
  /** Where on the screen. */
  readonly asked: { readonly x: number; readonly y: number }
  readonly look: Look
  readonly clock: () => number
  readonly onOpened: (popup: Popup) => void
  readonly chosen: (command: TrayCommand | null) => void
}): void {
  const { api, className, instance, title, items, asked, look, clock, chosen } = options
  const scaled = (pixels: number) => Math.round((pixels * look.dpi) / 96)
  const font = menuFont(api, look.dpi)
  const brushes = {
    back: api.CreateSolidBrush(look.menu.back),
    border: api.CreateSolidBrush(look.menu.border),
    marked: api.CreateSolidBrush(look.menu.marked),
  }
  const text = extent()
  const height = text.height + scaled(12)
  const edge = Math.max(1, scaled(1))
  const pad = edge + scaled(3)
  const width = text.width + scaled(48) + 2 * pad
  const whole = height * items.length + 2 * pad
  const { left, top } = placed(width, whole)
  const opened = clock()
  let mouse: Word | null = null
  let wasInFront = false
  let closed = false

  const frame = api.CreateWindowExW(
    ...([WS_EX_TOPMOST_TOOLWINDOW, className, title, WS_POPUP] as const),
    ...([left, top, width, whole] as const),
    ...([0, 0, instance, null] as const),
  )
  const popup: Popup = { frame, procedure, takes, look: lookAround, close: () => end(null) }
  options.onOpened(popup)
  const style = (WS_CHILD_VISIBLE | LBS_OWNERDRAWFIXED_HASSTRINGS_NOINTEGRALHEIGHT) >>> 0
  const list = api.CreateWindowExW(
    ...([0, 'LISTBOX', title, style] as const),
    ...([pad, pad, width - 2 * pad, whole - 2 * pad] as const),
    ...([frame, 1, instance, null] as const),
  )
  api.SendMessageW(list, WM.SETFONT, font, 0)
  api.SendMessageW(list, LB.SETITEMHEIGHT, 0, height)
  for (const { label } of items) api.sendText(list, LB.ADDSTRING, 0, label)
  // As menus have them from Windows 11 on; refused before.
  api.DwmSetWindowAttribute(frame, DWMWA_WINDOW_CORNER_PREFERENCE, Buffer.of(DWMWCP_ROUNDSMALL, 0, 0, 0), 4)
  api.ShowWindow(frame, SW_SHOW)
  api.SetForegroundWindow(frame)
  api.SetFocus(list)

  function procedure(message: number, wParam: Word, lParam: Word): Word | null {
    switch (message) {
      case WM.ERASEBKGND: {
        const area = new Int32Array(4)
        api.GetClientRect(frame, area)
        const context = Number(wParam)
        api.FillRect(context, area, brushes.border)
        const [, , right = 0, bottom = 0] = area
        api.FillRect(context, Int32Array.of(edge, edge, right - edge, bottom - edge), brushes.back)
        return 1
      }
      case WM.CTLCOLORLISTBOX:
        return brushes.back
      case WM.DRAWITEM:
        draw(lParam)
        return 1
      default:
        return null
    }
  }

  function draw(address: Word): void {
    const { itemID, itemState, hDC, rcItem } = api.drawItemAt(address)
    const item = items[itemID]
    if (item === undefined) return
    const marked = (itemState & ODS_SELECTED) !== 0
    const [x = 0, y = 0, right = 0, bottom = 0] = rcItem
    api.FillRect(hDC, Int32Array.of(x, y, right, bottom), brushes.back)
    if (marked) api.FillRect(hDC, Int32Array.of(x, y + edge, right, bottom - edge), brushes.marked)
    // A line above the first of a group.
    const before = items[itemID - 1]
    if (before !== undefined && before.group !== item.group) {
      api.FillRect(hDC, Int32Array.of(x, y, right, y + edge), brushes.border)
    }
    api.SetBkMode(hDC, TRANSPARENT)
    api.SetTextColor(hDC, marked ? look.menu.markedText : look.menu.text)
    const area = Int32Array.of(x + scaled(16), y, right, bottom)
    api.DrawTextW(hDC, item.label, -1, area, DT_SINGLELINE_VCENTER_NOPREFIX)
  }

  function takes({ window, message, wParam, lParam }: Message): boolean {
    if (closed || (window !== list && window !== frame)) return false
    switch (message) {
      case WM.MOUSEMOVE:
        if (window === list) hover(lParam)
        return true
      case WM.LBUTTONDOWN:
        return true
      case WM.LBUTTONUP:
      case WM.RBUTTONUP:
        if (window === list) choose(itemAt(lParam))
        return true
      // As in menus: from the last on to the first, and back. The rest is the list's own.
      case WM.SYSKEYDOWN:
      case WM.KEYDOWN: {
        const key = Number(wParam)
        if (key === VK.RETURN || key === VK.SPACE) choose(current())
        else if (key === VK.ESCAPE || key === VK.MENU || key === VK.F10) end(null)
        else if (key === VK.HOME || (key === VK.DOWN && (current() ?? Infinity) >= items.length - 1)) mark(0)
        else if (key === VK.END || (key === VK.UP && (current() ?? 0) === 0)) mark(items.length - 1)
        else return false
        return true
      }
      default:
        return false
    }
  }

  /** Windows tells of a mouse at rest, too, where a window has come under it: that marks nothing. */
  function hover(place: Word): void {
    const moved = mouse !== null && mouse !== place
    mouse = place
    if (moved) mark(itemAt(place) ?? -1)
  }

  /** null: none is marked yet. */
  function current(): number | null {
    const at = Number(BigInt.asIntN(32, BigInt(api.SendMessageW(list, LB.GETCURSEL, 0, 0))))
    return at < 0 ? null : at
  }

  function mark(at: number): void {
    if ((current() ?? -1) !== at) api.SendMessageW(list, LB.SETCURSEL, BigInt.asUintN(64, BigInt(at)), 0)
  }

  function itemAt(place: Word): number | null {
    const found = api.SendMessageW(list, LB.ITEMFROMPOINT, 0, place)
    return highOf(found) === 0 && lowOf(found) < items.length ? lowOf(found) : null
  }

  function choose(at: number | null): void {
    const command = at === null ? undefined : items[at]?.command
    if (command !== undefined) end(command)
  }

  function lookAround(): void {
    const inFront = api.GetForegroundWindow() === frame
    wasInFront ||= inFront
    if (wasInFront ? !inFront : clock() - opened > UNSEEN_MS) end(null)
  }

  function end(command: TrayCommand | null): void {
    if (closed) return
    closed = true
    api.DestroyWindow(frame)
    for (const object of [font, ...Object.values(brushes)]) if (object !== 0) api.DeleteObject(object)
    chosen(command)
  }

  function extent(): { readonly width: number; readonly height: number } {
    const context = api.GetDC(0)
    const before = api.SelectObject(context, font)
    const sizes = items.map(({ label }) => {
      const size = new Int32Array(2)
      api.GetTextExtentPoint32W(context, label, label.length, size)
      return size
    })
    api.SelectObject(context, before)
    api.ReleaseDC(0, context)
    const largest = (part: number) => Math.max(1, ...sizes.map((size) => size[part] ?? 0))
    return { width: largest(0), height: largest(1) }
  }

  /** Above and to the left of the place, as at a bar below; the other way where that leaves the screen's free part. */
  function placed(wide: number, high: number): { readonly left: number; readonly top: number } {
    // MONITORINFO: its size, the monitor, the work area, flags.
    const info = new Int32Array(10)
    info[0] = info.byteLength
    const monitor = api.MonitorFromPoint({ x: asked.x, y: asked.y }, MONITOR_DEFAULTTONEAREST)
    if (!api.GetMonitorInfoW(monitor, info)) return { left: asked.x - wide, top: asked.y - high }
    const [, , , , , least = 0, highest = 0, right = 0, bottom = 0] = info
    const fit = (at: number, extent: number, from: number, to: number) =>
      Math.max(from, Math.min(at - extent >= from ? at - extent : at, to - extent))
    return { left: fit(asked.x, wide, least, right), top: fit(asked.y, high, highest, bottom) }
  }
}
