import type { TrayCommand, TrayState } from './state.ts'
import type { Tray, TrayOptions } from './tray.ts'
import { type Handle, loadApi, type Word } from './windows/api.ts'
import { type Look, lookOf } from './windows/look.ts'
import { lowOf, MESSAGE_BYTES, messageIn, pointIn, WM } from './windows/messages.ts'
import { notificationIcon } from './windows/notification-icon.ts'
import { openPopup, type Popup } from './windows/popup.ts'

const TITLE = 'MyiTero import'
const WINDOW_CLASS = 'MyiTeroImport.Icon'
const MENU_CLASS = 'MyiTeroImport.Menu'
const ICON_ID = 1
const CALLBACK = WM.APP + 1
const CS_DROPSHADOW = 0x20000
const IDC_ARROW = 32512
const PM_REMOVE = 1
const MSGFLT_ALLOW = 1
const ASFW_ANY = 0xffffffff
const DPI_AWARENESS_PER_MONITOR_V2 = -4

/** What NOTIFYICON_VERSION_4 tells: a click, its like by the keyboard, a click on the balloon. [V: shellapi.h] */
const NIN = { SELECT: 0x400, KEYSELECT: 0x401, BALLOONUSERCLICK: 0x405 }

/** How often messages are looked for: a click is answered within the first, a menu that is open follows the mouse. */
const REST_MS = 100
const MENU_MS = 15
/** What a theme changes comes in a burst of messages. */
const CHANGES_MS = 300
/** Explorer may not be there yet, right after logging on. */
const LONGEST_RETRY_MS = 60_000

/** The bar may look otherwise after each of these. */
const CHANGES: readonly number[] = [
  WM.SETTINGCHANGE,
  WM.DISPLAYCHANGE,
  WM.THEMECHANGED,
  WM.DPICHANGED,
  WM.SYSCOLORCHANGE,
]

/**
 * The icon on Windows. All on this thread, since a window belongs to the thread that made it and a host permits no other
 * (threads start with every right). Messages are peeked for by a timer and nothing waits: what would hold the thread, like
 * TrackPopupMenu, is not called. Errors: those of the loader; `Error` where Windows makes no window.
 */
export async function openWindowsTray({ onCommand, onFault, onSessionEnd }: TrayOptions): Promise<Tray> {
  const api = await loadApi()
  // Else the bar would blow a small icon up. Of this thread alone, which has no other windows.
  api.SetThreadDpiAwarenessContext(DPI_AWARENESS_PER_MONITOR_V2)
  const instance = api.GetModuleHandleW(null)
  const taskbarCreated = api.RegisterWindowMessageW('TaskbarCreated')
  let popup: Popup | null = null
  let changedAt: number | null = null
  // Runs in the midst of a call to Windows: it notes what is to be done, and does not throw.
  const due: (() => void)[] = []
  const registered = api.register((window, message, wParam, lParam) => {
    try {
      return answerTo(window, message, wParam, lParam)
    } catch (error) {
      due.push(() => onFault(error))
      return 0
    }
  })
  defineClass(WINDOW_CLASS, 0)
  defineClass(MENU_CLASS, CS_DROPSHADOW)
  // Not a message-only window: broadcasts do not reach those.
  const window = api.CreateWindowExW(0, WINDOW_CLASS, TITLE, 0, 0, 0, 0, 0, 0, 0, instance, null)
  if (window === 0) {
    forget()
    throw new Error('Windows made no window for the icon.')
  }
  // Explorer may speak to a plugin that runs as administrator.
  api.ChangeWindowMessageFilterEx(window, taskbarCreated, MSGFLT_ALLOW, null)

  const icon = notificationIcon(api, window, ICON_ID, CALLBACK)
  const bytes = Buffer.alloc(MESSAGE_BYTES)
  let look: Look = lookOf(api)
  let shown: TrayState | null = null
  let stale = false
  let closed = false
  let retry = { at: 0, after: 1000 }
  let timer = setTimeout(pump, REST_MS).unref()
  // Whichever way the process ends by itself, no ghost stays.
  process.once('exit', leave)

  return {
    show(state) {
      // The next look at the messages puts it there: states that follow fast cost one call.
      stale ||= shown?.icon !== state.icon || shown.tooltip !== state.tooltip
      shown = state
    },
    balloon(balloon) {
      if (closed) return
      attempt(() => {
        bringUp()
        settle()
        icon.balloon(balloon)
      })
    },
    close,
  }

  /** Looks for messages, and for the next time; nothing is left undone by what one of them throws. */
  function pump(): void {
    attempt(() => {
      while (!closed && api.PeekMessageW(bytes, 0, 0, 0, PM_REMOVE)) {
        if (popup?.takes(messageIn(bytes))) continue
        api.TranslateMessage(bytes)
        api.DispatchMessageW(bytes)
        carryOut()
      }
      // Messages that others wait with are answered within PeekMessage.
      carryOut()
      // A command may have closed it.
      if (closed) return
      popup?.look()
      lookAgain()
      bringUp()
      settle()
    })
    if (!closed) timer = setTimeout(pump, popup === null ? REST_MS : MENU_MS).unref()
  }

  function carryOut(): void {
    for (let next = due.shift(); next !== undefined; next = due.shift()) attempt(next)
  }

  function answerTo(to: Handle, message: number, wParam: Word, lParam: Word): Word {
    if (popup !== null && to === popup.frame) {
      return popup.procedure(message, wParam, lParam) ?? api.DefWindowProcW(to, message, wParam, lParam)
    }
    if (message === CALLBACK) due.push(() => clicked(lowOf(lParam), pointIn(wParam)))
    else if (message === taskbarCreated) due.push(() => icon.again())
    else if (message === WM.QUERYENDSESSION) return 1
    else if (message === WM.ENDSESSION) {
      // The process may be ended as soon as this returns.
      if (Number(wParam) !== 0) sessionEnds()
      return 0
    } else if (message === WM.CLOSE) return 0
    else if (CHANGES.includes(message)) changedAt = performance.now()
    return api.DefWindowProcW(to, message, wParam, lParam)
  }

  function clicked(event: number, at: { readonly x: number; readonly y: number }): void {
    if (shown === null) return
    if (event === NIN.SELECT || event === NIN.KEYSELECT) command(shown.main)
    else if (event === NIN.BALLOONUSERCLICK) command('show-cases')
    else if (event === WM.CONTEXTMENU) openMenu(at)
  }

  function openMenu(asked: { readonly x: number; readonly y: number }): void {
    popup?.close()
    if (shown === null) return
    openPopup({
      ...{ api, instance, asked, look, className: MENU_CLASS, title: TITLE, items: shown.menu },
      clock: () => performance.now(),
      onOpened(opened) {
        popup = opened
      },
      chosen(chosen) {
        popup = null
        if (chosen !== null) command(chosen)
      },
    })
  }

  function command(chosen: TrayCommand): void {
    // The host may come to the front for it.
    api.AllowSetForegroundWindow(ASFW_ANY)
    onCommand(chosen)
  }

  function lookAgain(): void {
    if (changedAt === null || performance.now() - changedAt < CHANGES_MS) return
    changedAt = null
    const now = lookOf(api)
    const { theme, small, large } = look
    const same = now.theme === theme && now.small === small && now.large === large
    look = now
    stale ||= !same
  }

  function bringUp(): void {
    if (!stale || shown === null) return
    stale = false
    icon.show(shown.icon, shown.tooltip, look)
  }

  function settle(): void {
    if (performance.now() < retry.at) return
    const after = icon.settle() ? 1000 : Math.min(retry.after * 2, LONGEST_RETRY_MS)
    retry = { at: performance.now() + after, after }
  }

  function sessionEnds(): void {
    leave()
    onSessionEnd?.()
  }

  function close(): void {
    if (closed) return
    attempt(leave)
    forget()
  }

  /** What others see of it goes. */
  function leave(): void {
    if (closed) return
    closed = true
    clearTimeout(timer)
    process.off('exit', leave)
    popup?.close()
    icon.remove()
  }

  function forget(): void {
    attempt(() => {
      api.DestroyWindow(window)
      api.UnregisterClassW(WINDOW_CLASS, instance)
      api.UnregisterClassW(MENU_CLASS, instance)
      api.unregister(registered)
    })
  }

  function attempt(what: () => void): void {
    try {
      what()
    } catch (error) {
      onFault(error)
    }
  }

  function defineClass(name: string, style: number): void {
    api.RegisterClassExW({
      cbSize: api.sizes.WNDCLASSEXW,
      style,
      lpfnWndProc: registered,
      cbClsExtra: 0,
      cbWndExtra: 0,
      hInstance: instance,
      hIcon: 0,
      hCursor: api.LoadCursorW(null, IDC_ARROW),
      hbrBackground: 0,
      lpszMenuName: null,
      lpszClassName: name,
      hIconSm: 0,
    })
  }
}
