import type { Theme } from '../icons/draw.ts'
import type { Api, Handle } from './api.ts'

/** With its sign, as wide as a handle is. */
const HKEY_CURRENT_USER = 0x80000001 | 0
const RRF_RT_REG_DWORD = 0x10
const PERSONALIZE = 'Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\Personalize'
const SPI_GETHIGHCONTRAST = 0x42
const HCF_HIGHCONTRASTON = 1
const SPI_GETNONCLIENTMETRICS = 0x29
const COLOR_MENU = 4
const COLOR_WINDOW = 5
const COLOR_MENUTEXT = 7
const COLOR_HIGHLIGHT = 13
const COLOR_HIGHLIGHTTEXT = 14
const COLOR_GRAYTEXT = 17
const SM_CXICON = 11
const SM_CXSMICON = 49
/** Of NONCLIENTMETRICSW, bytes; lfMenuFont lies behind two other fonts of 92. */
const METRICS = { size: 504, menuFont: 224, font: 92 } as const

/** How the task bar looks at this moment. */
export interface Look {
  readonly theme: Theme
  /** Dots per inch where the task bar is. */
  readonly dpi: number
  /** Of an icon there, and of one in a balloon, pixels. */
  readonly small: number
  readonly large: number
  /** 0x00bbggrr, as Windows has them. */
  readonly menu: {
    readonly back: number
    readonly border: number
    readonly text: number
    readonly marked: number
    readonly markedText: number
  }
}

const MENUS: Readonly<Record<Theme, Look['menu']>> = {
  dark: { back: 0x2b2b2b, border: 0x454545, text: 0xffffff, marked: 0x454545, markedText: 0xffffff },
  light: { back: 0xf9f9f9, border: 0xcccccc, text: 0x1b1b1b, marked: 0xe3e3e3, markedText: 0x1b1b1b },
}

export function lookOf(api: Api): Look {
  const bar = api.FindWindowW('Shell_TrayWnd', null)
  const dpi = (bar !== 0 && api.GetDpiForWindow(bar)) || api.GetDpiForSystem() || 96
  const contrast = highContrast(api)
  // The bar has the colour of windows then.
  const dark = contrast ? brightness(api.GetSysColor(COLOR_WINDOW)) < 128 : !lightBar(api)
  const theme = dark ? 'dark' : 'light'
  return {
    theme,
    dpi,
    small: bounded(api.GetSystemMetricsForDpi(SM_CXSMICON, dpi), 16),
    large: bounded(api.GetSystemMetricsForDpi(SM_CXICON, dpi), 32),
    menu: contrast
      ? {
          back: api.GetSysColor(COLOR_MENU),
          border: api.GetSysColor(COLOR_GRAYTEXT),
          text: api.GetSysColor(COLOR_MENUTEXT),
          marked: api.GetSysColor(COLOR_HIGHLIGHT),
          markedText: api.GetSysColor(COLOR_HIGHLIGHTTEXT),
        }
      : MENUS[theme],
  }
}

/** The font of menus, in the size that the person has chosen. To be deleted. */
export function menuFont(api: Api, dpi: number): Handle {
  const metrics = Buffer.alloc(METRICS.size)
  metrics.writeUInt32LE(METRICS.size, 0)
  if (!api.SystemParametersInfoForDpi(SPI_GETNONCLIENTMETRICS, METRICS.size, metrics, 0, dpi)) return 0
  return api.CreateFontIndirectW(metrics.subarray(METRICS.menuFont, METRICS.menuFont + METRICS.font))
}

/** Absent: an older Windows, whose bar is dark. */
function lightBar(api: Api): boolean {
  const value = Buffer.alloc(4)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(4)
  const given = [PERSONALIZE, 'SystemUsesLightTheme', RRF_RT_REG_DWORD, null, value, size] as const
  return api.RegGetValueW(HKEY_CURRENT_USER, ...given) === 0 && value.readUInt32LE(0) !== 0
}

function highContrast(api: Api): boolean {
  const state = Buffer.alloc(16)
  state.writeUInt32LE(16, 0)
  return (
    api.SystemParametersInfoW(SPI_GETHIGHCONTRAST, 16, state, 0) &&
    (state.readUInt32LE(4) & HCF_HIGHCONTRASTON) !== 0
  )
}

const brightness = (colour: number) =>
  0.299 * (colour & 0xff) + 0.587 * ((colour >> 8) & 0xff) + 0.114 * ((colour >> 16) & 0xff)

const bounded = (size: number, otherwise: number) => (size >= 16 && size <= 256 ? size : otherwise)
