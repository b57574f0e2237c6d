import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { shareName } from '../bridge/share.ts'
import { CASE_FOLDER_UNITS, type NameTemplate } from './casefile/naming.ts'
import { prepareStaging, removeEmptyRoot } from './casefile/staging.ts'
import { ImportError } from './errors.ts'
import type { Importer } from './importing/setup.ts'
import type { ManifestSettings } from './itero/manifest.ts'
import type { Claimant } from './ledger/claims.ts'
import { closeLedger, type Ledger, ledgerId, noteStagingRoot, openLedger } from './ledger/open.ts'
import type { Client } from './mapping/clients.ts'
import type { Language, MaterialList } from './mapping/materials.ts'
import { type ReceivingPool, receivingPool } from './receiving/pool.ts'
import { receive } from './receiving/receive.ts'

/** How one case folder is worked for, whoever says so: the terminal by files, a host over the bridge. */
export interface InstallationSetup {
  /** Absolute. */
  readonly caseFolder: string
  /** Absolute: where the ledger lies. */
  readonly dataFolder: string
  /** Absolute, on the case folder's volume; a hidden folder in the case folder where left out. */
  readonly stagingFolder?: string
  /** From an earlier opening; else it is taken from the case folder, which then has to be there. */
  readonly ledgerKey?: string
  readonly materials: MaterialList
  readonly clients: (ledger: Ledger) => Promise<readonly Client[]>
  readonly template: NameTemplate
  readonly patientNameOrder: ManifestSettings['patientNameOrder']
  readonly language: Language
  readonly onProgress?: Importer['onProgress']
}

export interface Installation {
  readonly importer: Importer
  /** Which ledger of the data folder is this case folder's. */
  readonly ledgerKey: string
  /** Ends what is being read; what is being published has to be waited for first. A second call does nothing. */
  close(): Promise<void>
  /** Ends what is being read, and every pause; a publish in hand goes on. */
  interrupt(): Promise<void>
}

/** Orders that come out of an export folder belong to this account. */
export const EXPORTS_ACCOUNT = 'exports'

/**
 * Opens ledger and lists for one case folder: the edge at which disk, clock and chance come in. Where it is to write, the
 * case folder is tried first: see `tryCaseFolder`. Of the ledger: those of `openLedger`, and ledger-on-share.
 */
export async function openInstallation(
  setup: InstallationSetup,
  purpose: 'write' | 'read',
): Promise<Installation> {
  const { caseFolder, dataFolder, language, materials, template } = setup
  const ledgerKey = setup.ledgerKey ?? (await ledgerKeyOf(caseFolder))
  if (purpose === 'write') await tryCaseFolder(setup)
  await fs.mkdir(join(dataFolder, 'ledgers'), { recursive: true })
  // A drive may be a share too.
  if (isOnShare(dataFolder) || isOnShare(await fs.realpath(dataFolder)))
    throw new ImportError('ledger-on-share', { folder: dataFolder })
  const ledger = await openLedger(join(dataFolder, 'ledgers', `${ledgerKey}.sqlite`), Date.now)
  // By the ledger, not by the case folder: seats with ledgers of their own must not clear away each other's stagings.
  const stagingRoot = stagingRootOf(setup, await ledgerId(ledger, () => randomBytes(6).toString('hex')))
  // A crash may have left it empty.
  if (purpose === 'write') {
    await removeEmptyRoot(fs, stagingRoot)
    await noteStagingRoot(ledger, stagingRoot)
  }
  const pool = mayStartThreads() ? receivingPool(availableParallelism()) : thisThread()
  const interrupted = new AbortController()
  const me: Claimant = { host: hostname(), pid: process.pid, token: randomBytes(12).toString('hex') }
  const interrupt = async () => {
    interrupted.abort()
    await pool.close()
  }
  return {
    importer: {
      disk: fs,
      ledger,
      caseFolder,
      stagingRoot,
      account: EXPORTS_ACCOUNT,
      template,
      manifest: { patientNameOrder: setup.patientNameOrder },
      language,
      materials,
      clients: () => setup.clients(ledger),
      clock: Date.now,
      random: (bytes) => randomBytes(bytes).toString('hex'),
      pause: (ms) => setTimeout(ms, undefined, { signal: interrupted.signal }),
      me,
      alive,
      receive: pool.receive,
      onProgress: setup.onProgress ?? (() => {}),
    },
    ledgerKey,
    interrupt,
    async close() {
      await interrupt()
      await closeLedger(ledger)
    },
  }
}

/**
 * Makes sure that cases can be put together and published, and leaves nothing behind: a case folder where nothing waits
 * holds cases only. Errors: case-folder-missing, -read-only, -full, -unreachable, staging-other-volume; on Windows
 * case-folder-path-too-long.
 */
export async function tryCaseFolder(
  setup: Pick<InstallationSetup, 'caseFolder' | 'stagingFolder'>,
  platform: NodeJS.Platform = process.platform,
): Promise<void> {
  if (platform === 'win32') checkLength(setup.caseFolder)
  const tried = stagingRootOf(setup, 'try')
  try {
    await prepareStaging(fs, setup.caseFolder, tried)
    await removeEmptyRoot(fs, tried)
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    // Nobody knows the folder that was tried: the one that it stands in is what has to be put right.
    const known = setup.stagingFolder ?? setup.caseFolder
    const facts = Object.entries(error.facts).map(([name, fact]) => [name, fact === tried ? known : fact])
    throw new ImportError(error.code, Object.fromEntries(facts), error)
  }
}

/** Windows' shares alone: SQLite's journal is in the memory of one computer. */
const isOnShare = (folder: string) => process.platform === 'win32' && isShare(folder)

const isShare = (folder: string) => /^[\\/]{2}/.test(shareName(folder))

/** Node itself opens longer paths; whoever reads the cases may not. */
function checkLength(caseFolder: string): void {
  const folder = shareName(caseFolder)
  const limit = CASE_FOLDER_UNITS[isShare(folder) ? 'share' : 'drive']
  if (folder.length <= limit) return
  throw new ImportError('case-folder-path-too-long', { folder, length: folder.length, limit })
}

const stagingRootOf = (
  { caseFolder, stagingFolder }: Pick<InstallationSetup, 'caseFolder' | 'stagingFolder'>,
  id: string,
) => (stagingFolder ? join(stagingFolder, id) : join(caseFolder, `.myitero-import-${id}`))

/** One ledger for each case folder, whatever path leads to it, in whatever case on Windows. Error: case-folder-missing. */
async function ledgerKeyOf(caseFolder: string): Promise<string> {
  const real = await fs.realpath(caseFolder).catch((error: unknown) => {
    throw new ImportError('case-folder-missing', { folder: caseFolder }, error)
  })
  const name = process.platform === 'win32' ? real.toLowerCase() : real
  return createHash('sha256').update(name).digest('hex').slice(0, 12)
}

/** A host leaves it out of what it permits: a thread that is started with other arguments has every right again. */
function mayStartThreads(): boolean {
  // Not there where no permission model is in force.
  const { permission } = process as { readonly permission?: { has(scope: string): boolean } }
  return permission?.has('worker') ?? true
}

/** Packages are read through by this thread: slower by what a second core would do, and the pipe is answered in between. */
function thisThread(): ReceivingPool {
  let closed = false
  const unlessClosed = () => {
    if (closed) throw new ImportError('unexpected', {}, new Error('the reading was ended'))
  }
  return {
    async receive(job, onBytes) {
      unlessClosed()
      return receive(fs, job, (bytes) => {
        unlessClosed()
        onBytes(bytes)
      })
    },
    async close() {
      closed = true
    },
  }
}

/** Is that process still there? Signal 0 only asks [POSIX; Node does the like on Windows]. */
function alive(other: Claimant): boolean {
  try {
    process.kill(other.pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
