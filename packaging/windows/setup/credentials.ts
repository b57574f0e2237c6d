/** Of CREDENTIALW: CRED_TYPE_GENERIC. [V: wincred.h] */
const GENERIC = 1

interface Credential {
  readonly type: number
  readonly target: string
  readonly user: string
}

/**
 * Takes all entries of a service out of the user's Credential Manager. They are looked for by Windows itself: the keychain's
 * package finds entries by how they begin, and theirs end with the service (`<name>.<service>`; seen with 2.1.2). Throws where
 * one stays.
 */
export async function forgetService(service: string): Promise<void> {
  const { default: koffi } = await import('koffi')
  const shape = koffi.struct('SetupCredential', {
    flags: 'uint32',
    type: 'uint32',
    target: 'str16',
    comment: 'str16',
    written: koffi.array('uint32', 2),
    bytes: 'uint32',
    blob: 'void *',
    persist: 'uint32',
    attributes: 'uint32',
    list: 'void *',
    alias: 'str16',
    user: 'str16',
  })
  const windows = koffi.load('advapi32.dll')
  const enumerate = windows.func(
    'bool __stdcall CredEnumerateW(str16, uint32, _Out_ uint32 *, _Out_ void **)',
  )
  const remove = windows.func('bool __stdcall CredDeleteW(str16, uint32, uint32)')
  const free = windows.func('void __stdcall CredFree(void *)')
  const mine = (): readonly Credential[] => {
    const [count, found]: [number[], unknown[]] = [[0], [null]]
    // Where there is none at all, it says so by failing.
    if (!enumerate(null, 0, count, found)) return []
    try {
      const pointers: readonly unknown[] = koffi.decode(found[0], koffi.array('void *', count[0] ?? 0))
      const entries = pointers.map((one): Credential => koffi.decode(one, shape))
      return entries.filter(({ type, target, user }) => type === GENERIC && target === `${user}.${service}`)
    } finally {
      free(found[0])
    }
  }
  for (const { type, target } of mine()) remove(target, type, 0)
  if (mine().length > 0) throw new Error('an entry is still there')
}
