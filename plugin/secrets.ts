import { createHash } from 'node:crypto'
import type { EntryOptions } from '@napi-rs/keyring'
import { type FailureCode, ImportError } from './errors.ts'

/** What has to outlive the process and may lie in no file. */
export interface Secrets {
  readonly read: (name: string) => Promise<string | null>
  /** Whole, or not at all: whatever happens, either the new value or the old one is read afterwards. */
  readonly write: (name: string, value: string) => Promise<void>
  readonly remove: (name: string) => Promise<void>
  /** Where the last value went: without a keychain it is kept in memory, until this process ends. */
  readonly kept: 'keychain' | 'memory'
}

/** The operating system's keychain, one entry at a time. */
export interface Keychain {
  readonly get: (name: string) => Promise<string | null>
  readonly set: (name: string, value: string) => Promise<void>
  /** Whether there was such an entry. */
  readonly delete: (name: string) => Promise<boolean>
}

export interface SecretsSetup {
  /** Opened with the first use. */
  readonly open: () => Promise<Keychain>
  /** Most UTF-16 units that one entry takes. */
  readonly entryLimit: number
  /** For an answer of the keychain, ms: it may have to ask the person first. */
  readonly patienceMs: number
}

/** Windows Credential Manager takes 2560 bytes of UTF-16 an entry [V: CRED_MAX_CREDENTIAL_BLOB_SIZE]. */
const WINDOWS_UNITS = 1200
const PATIENCE_MS = 120_000

export function systemSecrets(service: string, platform: NodeJS.Platform = process.platform): Secrets {
  return openSecrets({
    open: () => systemKeychain(service),
    entryLimit: platform === 'win32' ? WINDOWS_UNITS : Number.POSITIVE_INFINITY,
    patienceMs: PATIENCE_MS,
  })
}

/**
 * Secrets over a keychain. Where there is none, in memory.
 * Errors: `keychain-locked`, `keychain-denied`, `keychain-full`, `keychain-failed`; never with what the system said, nor
 * with the value.
 */
export function openSecrets({ open, entryLimit, patienceMs }: SecretsSetup): Secrets {
  const memory = new Map<string, string>()
  let kept: 'keychain' | 'memory' = 'keychain'
  let opening: Promise<Keychain> | null = null
  let last: Promise<unknown> = Promise.resolve()

  /** One after the other: an entry of several pieces is changed by one hand at a time. */
  function inTurn<T>(step: (keychain: Keychain) => Promise<T>, without: () => T): Promise<T> {
    const run = last.then(async () => {
      try {
        opening ??= open()
        return await step(await opening)
      } catch (error) {
        const code = codeOf(error)
        if (code !== 'absent') throw new ImportError(code)
        // It may be there the next time.
        opening = null
        kept = 'memory'
        return without()
      }
    })
    last = run.catch(() => {})
    return within(run, patienceMs)
  }

  return {
    read: (name) =>
      inTurn(
        async (keychain) => memory.get(name) ?? (await readEntry(keychain, name)),
        () => memory.get(name) ?? null,
      ),
    write: (name, value) =>
      inTurn(
        async (keychain) => {
          await writeEntry(keychain, name, value, entryLimit)
          memory.delete(name)
          kept = 'keychain'
        },
        () => {
          memory.set(name, value)
        },
      ),
    remove(name) {
      memory.delete(name)
      return inTurn(
        async (keychain) => {
          await keychain.delete(name)
          if (entryLimit !== Number.POSITIVE_INFINITY) await removePieces(keychain, name, ['a', 'b'])
        },
        () => {},
      )
    },
    get kept() {
      return kept
    },
  }
}

/** Its native part is loaded here, and not before: a start does not wait for it. */
async function systemKeychain(service: string): Promise<Keychain> {
  const { AsyncEntry } = await import('@napi-rs/keyring')
  // What the package's keytar-compatible module does, but for this: without a Secret Service it would silently take the
  // kernel's keyring, which forgets with the next restart, and nobody could be told.
  const options: EntryOptions = { linux: { store: 'secret-service' } }
  const entry = (name: string) => new AsyncEntry(service, name, options)
  return {
    // Not bare promises: making the entry may throw already.
    get: async (name) => (await entry(name).getPassword()) ?? null,
    set: async (name, value) => entry(name).setPassword(value),
    delete: async (name) => entry(name).deletePassword(),
  }
}

/** Of a value in pieces, the entry of its own name says: which of the two sets of pieces, how many, and the hash of the whole. */
const HEAD = /^#([ab]) (\d{1,2}) ([0-9a-f]{64})$/
const PLAIN = '='
/** Two tokens of the longest kind take 15. */
const MOST_PIECES = 20

async function readEntry(keychain: Keychain, name: string): Promise<string | null> {
  const head = await keychain.get(name)
  if (head?.startsWith(PLAIN)) return head.slice(PLAIN.length)
  const [, set, count, hash] = HEAD.exec(head ?? '') ?? []
  if (set === undefined) return null
  let value = ''
  for (let at = 0; at < Number(count); at++) value += (await keychain.get(pieceName(name, set, at))) ?? ''
  return sha256(value) === hash ? value : null
}

/** The new pieces stand beside the old ones until the one entry that names them is written. */
async function writeEntry(keychain: Keychain, name: string, value: string, limit: number): Promise<void> {
  if (value.length + PLAIN.length <= limit) {
    await keychain.set(name, PLAIN + value)
    if (limit !== Number.POSITIVE_INFINITY) await removePieces(keychain, name, ['a', 'b'])
    return
  }
  const pieces = cut(value, limit)
  if (pieces.length > MOST_PIECES) throw new ImportError('keychain-full')
  const [, used] = HEAD.exec((await keychain.get(name)) ?? '') ?? []
  const [fresh, old] = used === 'a' ? ['b', 'a'] : ['a', 'b']
  for (const [at, piece] of pieces.entries()) await keychain.set(pieceName(name, fresh, at), piece)
  await keychain.set(name, `#${fresh} ${pieces.length} ${sha256(value)}`)
  await removePieces(keychain, name, [old])
  await removePieces(keychain, name, [fresh], pieces.length)
}

/** All there could be, also what a crash left, wherever it came in between. */
async function removePieces(
  keychain: Keychain,
  name: string,
  sets: readonly string[],
  from = 0,
): Promise<void> {
  for (const set of sets) {
    for (let at = from; at < MOST_PIECES; at++) await keychain.delete(pieceName(name, set, at))
  }
}

const pieceName = (name: string, set: string, at: number) => `${name} ${set}${at}`

function cut(value: string, limit: number): readonly string[] {
  const pieces: string[] = []
  for (let from = 0; from < value.length; ) {
    let to = Math.min(from + limit, value.length)
    // Half a character would not come back as it was.
    if (to < value.length && /[\ud800-\udbff]/.test(value.charAt(to - 1))) to--
    pieces.push(value.slice(from, to))
    from = to
  }
  return pieces
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The step goes on behind the caller's back: the next one waits for it, so that none overtakes another. */
async function within<T>(running: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    // Somebody is being asked for a password, and is not there.
    timer = setTimeout(() => reject(new ImportError('keychain-locked')), ms)
  })
  try {
    return await Promise.race([running, late])
  } finally {
    clearTimeout(timer)
  }
}

type KeychainCode = Extract<FailureCode, `keychain-${string}`>

/**
 * What the keyring says, in its texts alone: it gives every error one code. Linux ones are seen in tests; those of Windows
 * and macOS are the systems' own words [I].
 */
const SAYINGS: readonly (readonly [RegExp, KeychainCode | 'absent'])[] = [
  // Linux: no bus, no service on it, or a service without any keyring in it.
  [/DBUS_SESSION_BUS_ADDRESS|No DBus session|no secret service provider|no result found/i, 'absent'],
  [/was not provided by any|ServiceUnknown|Failed to connect to socket|Failed to execute program/i, 'absent'],
  // macOS: errSecNotAvailable, errSecNoDefaultKeychain; Windows: ERROR_NO_SUCH_LOGON_SESSION of a service's user.
  [
    /No keychain is available|default keychain could not be found|NO_SUCH_LOGON_SESSION|logon session does not exist/i,
    'absent',
  ],
  [/NoDefaultStore|No default store|not supported by (this|the) store/i, 'absent'],
  [/dismissed|locked|interaction is not allowed/i, 'keychain-locked'],
  [
    /denied|not permitted|rejected send message|not allowed|user canceled|passphrase you entered/i,
    'keychain-denied',
  ],
  [
    /quota|no space|couldn't (create item|set item secret)|disk full|too long|longer than|rejected by the platform|not enough (memory|storage)/i,
    'keychain-full',
  ],
]

function codeOf(error: unknown): KeychainCode | 'absent' {
  if (error instanceof ImportError && error.code === 'keychain-full') return error.code
  const text = error instanceof Error ? error.message : ''
  const system = error instanceof Error && 'code' in error ? String(error.code) : ''
  // Its native part is not here for this system, or the host does not permit native code.
  if (/^ERR_(DLOPEN|ACCESS_DENIED|MODULE_NOT_FOUND)|^MODULE_NOT_FOUND/.test(system)) return 'absent'
  if (/Cannot find native binding|Failed to load native binding/i.test(text)) return 'absent'
  return SAYINGS.find(([saying]) => saying.test(text))?.[1] ?? 'keychain-failed'
}
