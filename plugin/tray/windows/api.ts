/** A window, an icon, a font …: Windows keeps them within 32 bits, whatever the process. */
export type Handle = number
/** As wide as a pointer. */
export type Word = number | bigint
/** Left, top, right and bottom. */
export type Rect = Int32Array

export type WindowProcedure = (window: Handle, message: number, wParam: Word, lParam: Word) => Word

/** WNDCLASSEXW */
export interface WindowClass {
  readonly cbSize: number
  readonly style: number
  readonly lpfnWndProc: Word
  readonly cbClsExtra: number
  readonly cbWndExtra: number
  readonly hInstance: Word
  readonly hIcon: Handle
  readonly hCursor: Handle
  readonly hbrBackground: Handle
  readonly lpszMenuName: null
  readonly lpszClassName: string
  readonly hIconSm: Handle
}

/** NOTIFYICONDATAW */
export interface NotifyIconData {
  readonly cbSize: number
  readonly hWnd: Handle
  readonly uID: number
  readonly uFlags: number
  readonly uCallbackMessage: number
  readonly hIcon: Handle
  readonly szTip: string
  readonly dwState: number
  readonly dwStateMask: number
  readonly szInfo: string
  readonly uVersion: number
  readonly szInfoTitle: string
  readonly dwInfoFlags: number
  readonly guidItem: readonly number[]
  readonly hBalloonIcon: Handle
}

/** The head of DRAWITEMSTRUCT. */
export interface DrawItem {
  readonly itemID: number
  readonly itemState: number
  readonly hDC: Handle
  readonly rcItem: readonly number[]
}

/** What the icon needs of Windows, by the names that it has there; null pointers and handles are 0 or null. */
export interface Api {
  readonly sizes: { readonly WNDCLASSEXW: number; readonly NOTIFYICONDATAW: number }
  /** A procedure that Windows may call, until `unregister` of what it gives. */
  register(own: WindowProcedure): bigint
  unregister(registered: bigint): void
  drawItemAt(address: Word): DrawItem

  AllowSetForegroundWindow(process: number): boolean
  ChangeWindowMessageFilterEx(window: Handle, message: number, action: number, status: null): boolean
  CreateIconFromResourceEx(
    ...given: [bits: Uint8Array, bytes: number, icon: number, version: number, ...size: number[]]
  ): Handle
  CreateWindowExW(
    ...given: [
      ...[extended: number, name: string, title: string, style: number],
      ...[x: number, y: number, width: number, height: number],
      ...[parent: Handle, menu: Handle, instance: Word, parameter: null],
    ]
  ): Handle
  DefWindowProcW: WindowProcedure
  DestroyIcon(icon: Handle): boolean
  DestroyWindow(window: Handle): boolean
  DispatchMessageW(message: Buffer): Word
  DrawTextW(context: Handle, text: string, length: number, area: Rect, format: number): number
  FillRect(context: Handle, area: Rect, brush: Handle): number
  FindWindowW(name: string, title: null): Handle
  GetClientRect(window: Handle, into: Rect): boolean
  GetDC(window: Handle): Handle
  GetDpiForSystem(): number
  GetDpiForWindow(window: Handle): number
  GetForegroundWindow(): Handle
  GetModuleHandleW(name: null): Word
  GetMonitorInfoW(monitor: Word, into: Int32Array): boolean
  GetSysColor(index: number): number
  GetSystemMetricsForDpi(index: number, dpi: number): number
  LoadCursorW(instance: null, cursor: Word): Handle
  MonitorFromPoint(at: { readonly x: number; readonly y: number }, otherwise: number): Word
  PeekMessageW(into: Buffer, window: Handle, least: number, most: number, remove: number): boolean
  RegisterClassExW(given: WindowClass): number
  RegisterWindowMessageW(name: string): number
  ReleaseDC(window: Handle, context: Handle): number
  /** SendMessageW with a text as lParam. */
  sendText(window: Handle, message: number, wParam: Word, text: string): Word
  SendMessageW: WindowProcedure
  SetFocus(window: Handle): Handle
  SetForegroundWindow(window: Handle): boolean
  SetThreadDpiAwarenessContext(context: Word): Word
  ShowWindow(window: Handle, how: number): boolean
  SystemParametersInfoForDpi(...given: [action: number, size: number, into: Buffer, ...number[]]): boolean
  SystemParametersInfoW(action: number, size: number, into: Buffer, update: number): boolean
  TranslateMessage(message: Buffer): boolean
  UnregisterClassW(name: string, instance: Word): boolean

  CreateFontIndirectW(font: Buffer): Handle
  CreateSolidBrush(colour: number): Handle
  DeleteObject(object: Handle): boolean
  GetTextExtentPoint32W(context: Handle, text: string, length: number, into: Int32Array): boolean
  SelectObject(context: Handle, object: Handle): Handle
  SetBkMode(context: Handle, mode: number): number
  SetTextColor(context: Handle, colour: number): number

  DwmSetWindowAttribute(window: Handle, attribute: number, value: Buffer, size: number): number
  Shell_NotifyIconW(what: number, data: NotifyIconData): boolean

  RegGetValueW(
    ...given: [root: Word, key: string, name: string, flags: number, type: null, into: Buffer, size: Buffer]
  ): number
}

const FUNCTIONS = {
  user32: [
    'bool AllowSetForegroundWindow(uint32)',
    'bool ChangeWindowMessageFilterEx(intptr, uint32, uint32, void *)',
    'intptr CreateIconFromResourceEx(void *, uint32, int, uint32, int, int, uint32)',
    'intptr CreateWindowExW(uint32, str16, str16, uint32, int, int, int, int, intptr, intptr, intptr, void *)',
    'intptr DefWindowProcW(intptr, uint32, uintptr, intptr)',
    'bool DestroyIcon(intptr)',
    'bool DestroyWindow(intptr)',
    'intptr DispatchMessageW(void *)',
    'int DrawTextW(intptr, str16, int, void *, uint32)',
    'int FillRect(intptr, void *, intptr)',
    'intptr FindWindowW(str16, str16)',
    'bool GetClientRect(intptr, void *)',
    'intptr GetDC(intptr)',
    'uint32 GetDpiForSystem()',
    'uint32 GetDpiForWindow(intptr)',
    'intptr GetForegroundWindow()',
    'bool GetMonitorInfoW(intptr, void *)',
    'uint32 GetSysColor(int)',
    'int GetSystemMetricsForDpi(int, uint32)',
    'intptr LoadCursorW(void *, intptr)',
    'intptr MonitorFromPoint(TrayPoint, uint32)',
    'bool PeekMessageW(void *, intptr, uint32, uint32, uint32)',
    'uint16 RegisterClassExW(TrayWindowClass *)',
    'uint32 RegisterWindowMessageW(str16)',
    'int ReleaseDC(intptr, intptr)',
    'intptr SendMessageW(intptr, uint32, uintptr, intptr)',
    'intptr SetFocus(intptr)',
    'bool SetForegroundWindow(intptr)',
    'intptr SetThreadDpiAwarenessContext(intptr)',
    'bool ShowWindow(intptr, int)',
    'bool SystemParametersInfoForDpi(uint32, uint32, void *, uint32, uint32)',
    'bool SystemParametersInfoW(uint32, uint32, void *, uint32)',
    'bool TranslateMessage(void *)',
    'bool UnregisterClassW(str16, intptr)',
  ],
  gdi32: [
    'intptr CreateFontIndirectW(void *)',
    'intptr CreateSolidBrush(uint32)',
    'bool DeleteObject(intptr)',
    'bool GetTextExtentPoint32W(intptr, str16, int, void *)',
    'intptr SelectObject(intptr, intptr)',
    'int SetBkMode(intptr, int)',
    'uint32 SetTextColor(intptr, uint32)',
  ],
  dwmapi: ['int32 DwmSetWindowAttribute(intptr, uint32, void *, uint32)'],
  shell32: ['bool Shell_NotifyIconW(uint32, TrayNotifyIconData *)'],
  kernel32: ['intptr GetModuleHandleW(str16)'],
  advapi32: ['int32 RegGetValueW(intptr, str16, str16, uint32, void *, void *, void *)'],
} as const

let loading: Promise<Api> | undefined

/** Loads native code, once. Errors: those of Node where it is not permitted or not there. */
export function loadApi(): Promise<Api> {
  loading ??= load()
  return loading
}

async function load(): Promise<Api> {
  const { default: koffi } = await import('koffi')
  const { array, struct } = koffi
  const procedure = koffi.pointer(
    koffi.proto('intptr __stdcall TrayProcedure(intptr, uint32, uintptr, intptr)'),
  )
  struct('TrayPoint', { x: 'int32', y: 'int32' })
  const windowClass = struct('TrayWindowClass', {
    cbSize: 'uint32',
    style: 'uint32',
    lpfnWndProc: 'intptr',
    cbClsExtra: 'int',
    cbWndExtra: 'int',
    hInstance: 'intptr',
    hIcon: 'intptr',
    hCursor: 'intptr',
    hbrBackground: 'intptr',
    lpszMenuName: 'str16',
    lpszClassName: 'str16',
    hIconSm: 'intptr',
  })
  const notifyIconData = struct('TrayNotifyIconData', {
    cbSize: 'uint32',
    hWnd: 'intptr',
    uID: 'uint32',
    uFlags: 'uint32',
    uCallbackMessage: 'uint32',
    hIcon: 'intptr',
    szTip: array('char16', 128, 'String'),
    dwState: 'uint32',
    dwStateMask: 'uint32',
    szInfo: array('char16', 256, 'String'),
    uVersion: 'uint32',
    szInfoTitle: array('char16', 64, 'String'),
    dwInfoFlags: 'uint32',
    guidItem: array('uint32', 4),
    hBalloonIcon: 'intptr',
  })
  const drawItem = struct('TrayDrawItem', {
    CtlType: 'uint32',
    CtlID: 'uint32',
    itemID: 'uint32',
    itemAction: 'uint32',
    itemState: 'uint32',
    hwndItem: 'intptr',
    hDC: 'intptr',
    rcItem: array('int32', 4),
  })
  const functions: [string, unknown][] = []
  for (const [library, definitions] of Object.entries(FUNCTIONS)) {
    const loaded = koffi.load(`${library}.dll`)
    for (const definition of definitions) {
      const own = loaded.func(definition.replace(' ', ' __stdcall '))
      functions.push([own.info.name, own])
    }
    if (library === 'user32') {
      functions.push([
        'sendText',
        loaded.func('SendMessageW', 'intptr', ['intptr', 'uint32', 'uintptr', 'str16']),
      ])
    }
  }
  return {
    ...(Object.fromEntries(functions) as unknown as Api),
    sizes: { WNDCLASSEXW: koffi.sizeof(windowClass), NOTIFYICONDATAW: koffi.sizeof(notifyIconData) },
    register: (own) => koffi.register(own, procedure),
    unregister: (registered) => koffi.unregister(registered),
    drawItemAt: (address) => koffi.decode(address, drawItem) as DrawItem,
  }
}
