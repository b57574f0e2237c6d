// Runs under Windows' Node: `as-user.ts <file> <command line>` starts a program without the rights of an administrator, as Windows
// starts one for a user, waits for it, and writes its exit code into the file.
import { writeFileSync } from 'node:fs'
import koffi from 'koffi'

const [out = '', commandLine = ''] = process.argv.slice(2)

/** [V: winnt.h, winbase.h] */
const [TOKEN_ALL_ACCESS, SECURITY_MAX_SID_SIZE, BUILTIN_ADMINISTRATORS, FOREVER] = [
  0xf01ff, 68, 26, 0xffffffff,
]
const sidAndAttributes = koffi.struct('AsUserSid', { sid: 'void *', attributes: 'uint32' })
const startup = koffi.struct('AsUserStartup', {
  size: 'uint32',
  ...{ reserved: 'void *', desktop: 'void *', title: 'void *' },
  numbers: koffi.array('uint32', 8),
  ...{ show: 'uint16', more: 'uint16', bytes: 'void *', input: 'void *', output: 'void *', error: 'void *' },
})
const started = koffi.struct('AsUserStarted', {
  ...{ process: 'void *', thread: 'void *', processId: 'uint32', threadId: 'uint32' },
})
const [kernel, advapi] = [koffi.load('kernel32.dll'), koffi.load('advapi32.dll')]
const currentProcess = kernel.func('void * __stdcall GetCurrentProcess()')
const waitFor = kernel.func('uint32 __stdcall WaitForSingleObject(void *, uint32)')
const exitCodeOf = kernel.func('bool __stdcall GetExitCodeProcess(void *, _Out_ uint32 *)')
const openToken = advapi.func('bool __stdcall OpenProcessToken(void *, uint32, _Out_ void **)')
const wellKnownSid = advapi.func(
  'bool __stdcall CreateWellKnownSid(int, void *, _Out_ uint8 *, _Inout_ uint32 *)',
)
const restricted = advapi.func(
  'bool __stdcall CreateRestrictedToken(void *, uint32, uint32, AsUserSid *, uint32, void *, uint32, void *, _Out_ void **)',
)
const start = advapi.func(
  'bool __stdcall CreateProcessAsUserW(void *, void *, str16, void *, void *, bool, uint32, void *, void *, AsUserStartup *, _Out_ AsUserStarted *)',
)

const own: unknown[] = [null]
must(openToken(currentProcess(), TOKEN_ALL_ACCESS, own), 'its token')
const administrators = Buffer.alloc(SECURITY_MAX_SID_SIZE)
must(wellKnownSid(BUILTIN_ADMINISTRATORS, null, administrators, [administrators.length]), 'the group')
const users: unknown[] = [null]
must(
  restricted(own[0], 0, 1, [{ sid: administrators, attributes: 0 }], 0, null, 0, null, users),
  'a token without it',
)
const child: { process?: unknown } = {}
const how = { size: koffi.sizeof(startup), numbers: new Array(8).fill(0) }
must(start(users[0], null, commandLine, null, null, false, 0, null, null, how, child), 'a process')
waitFor(child.process, FOREVER)
const code: number[] = [0]
must(exitCodeOf(child.process, code), 'its exit code')
writeFileSync(out, String(code[0]))
void [sidAndAttributes, started]

function must(done: boolean, what: string): void {
  if (!done) throw new Error(`Windows does not give ${what}`)
}
