// Runs under Windows' Node, as a process of its own: takes the plugin's icon away, as an Explorer that ends does (`forget`),
// says that Explorer has started (`started`), that settings have changed (`settings`), or that the person logs off (`log-off`).
import koffi from 'koffi'

const user32 = koffi.load('user32.dll')
const find = user32.func('intptr __stdcall FindWindowW(str16, str16)') as (
  name: string,
  title: null,
) => number
const post = user32.func('bool __stdcall PostMessageW(intptr, uint32, uintptr, intptr)') as (
  ...given: readonly number[]
) => boolean
const register = user32.func('uint32 __stdcall RegisterWindowMessageW(str16)') as (name: string) => number

const HWND_BROADCAST = 0xffff
const NIM_DELETE = 2

const icon = find('MyiTeroImport.Icon', null)
if (icon === 0) process.exit(3)
const [what] = process.argv.slice(2)
if (what === 'started') post(HWND_BROADCAST, register('TaskbarCreated'), 0, 0)
else if (what === 'settings') {
  // With a text, so it is sent and waited for.
  const send = user32.func(
    'intptr __stdcall SendMessageTimeoutW(intptr, uint32, uintptr, str16, uint32, uint32, void *)',
  )
  send(HWND_BROADCAST, 0x1a, 0, 'ImmersiveColorSet', 2, 5000, null)
} else if (what === 'log-off') post(icon, 0x16, 1, 0)
else {
  const notify = koffi.load('shell32.dll').func('bool __stdcall Shell_NotifyIconW(uint32, void *)') as (
    what: number,
    data: Buffer,
  ) => boolean
  const data = Buffer.alloc(976)
  data.writeUInt32LE(data.length, 0)
  data.writeBigInt64LE(BigInt(icon), 8)
  data.writeUInt32LE(1, 16)
  if (!notify(NIM_DELETE, data)) process.exit(4)
}
process.exit(0)
