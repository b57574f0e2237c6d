import type { Word } from './api.ts'

/** Window messages, by the names that Windows gives them. [V: winuser.h, shellapi.h] */
export const WM = {
  ACTIVATE: 0x06,
  ERASEBKGND: 0x14,
  QUERYENDSESSION: 0x11,
  CLOSE: 0x10,
  SYSCOLORCHANGE: 0x15,
  ENDSESSION: 0x16,
  SETTINGCHANGE: 0x1a,
  DRAWITEM: 0x2b,
  SETFONT: 0x30,
  CONTEXTMENU: 0x7b,
  DISPLAYCHANGE: 0x7e,
  KEYDOWN: 0x100,
  SYSKEYDOWN: 0x104,
  CTLCOLORLISTBOX: 0x134,
  MOUSEMOVE: 0x200,
  LBUTTONDOWN: 0x201,
  LBUTTONUP: 0x202,
  RBUTTONUP: 0x205,
  THEMECHANGED: 0x31a,
  DPICHANGED: 0x2e0,
  /** The first of those that are a program's own. */
  APP: 0x8000,
} as const

export interface Message {
  readonly window: number
  readonly message: number
  readonly wParam: Word
  readonly lParam: Word
}

/** Bytes of MSG on 64 bits. */
export const MESSAGE_BYTES = 48

export function messageIn(bytes: Buffer): Message {
  return {
    window: Number(bytes.readBigInt64LE(0)),
    message: bytes.readUInt32LE(8),
    wParam: bytes.readBigUInt64LE(16),
    lParam: bytes.readBigInt64LE(24),
  }
}

/** Two signed numbers of 16 bits, as places on the screen come: left of the first screen they are negative. */
export function pointIn(word: Word): { readonly x: number; readonly y: number } {
  const low = Number(BigInt.asUintN(32, BigInt(word)))
  return { x: (low << 16) >> 16, y: low >> 16 }
}

export const lowOf = (word: Word) => Number(BigInt.asUintN(16, BigInt(word)))
export const highOf = (word: Word) => Number(BigInt.asUintN(16, BigInt(word) >> 16n))
