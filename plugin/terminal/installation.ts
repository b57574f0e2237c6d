import { createHash, randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { availableParallelism, homedir, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { DEFAULT_TEMPLATE, nameTemplate } from '../casefile/naming.ts'
import { prepareStaging, removeEmptyRoot } from '../casefile/staging.ts'
import { ImportError } from '../errors.ts'
import type { Importer } from '../importing/setup.ts'
import type { ManifestSettings } from '../itero/manifest.ts'
import type { Claimant } from '../ledger/claims.ts'
import { type AddedClient, addedClients } from '../ledger/clients.ts'
import { closeLedger, ledgerId, openLedger } from '../ledger/open.ts'
import type { Client } from '../mapping/clients.ts'
import { DEFAULT_MATERIALS_FILE, type Language, readMaterialList } from '../mapping/materials.ts'
import { receivingPool } from '../receiving/pool.ts'
import { unreadable } from './unreadable.ts'

export interface InstallationOptions {
  /** The case folder. */
  readonly into: string
  /** Where the ledger and the laboratory's lists lie; the user's own folder for program data where left out. */
  readonly data?: string
  readonly staging?: string
  readonly clients?: string
  readonly materials?: string
  readonly template?: string
  readonly patientName?: ManifestSettings['patientNameOrder']
  readonly language: Language
}

export interface Installation {
  readonly importer: Importer
  close(): Promise<void>
}

/** Orders that come out of an export folder belong to this account. */
const EXPORTS_ACCOUNT = 'exports'

/**
 * Opens ledger and lists for one case folder: the edge at which disk, clock and chance come in. Where it is to write, the
 * case folder is tried first: case-folder-missing, -read-only, -full, -unreachable, staging-other-volume.
 */
export async function openInstallation(
  options: InstallationOptions,
  purpose: 'write' | 'read',
  onProgress: Importer['onProgress'] = () => {},
): Promise<Installation> {
  const caseFolder = resolve(options.into)
  const data = resolve(options.data ?? dataFolder(process.platform, process.env, homedir()))
  const key = await keyOf(caseFolder)
  const stagingRootOf = (id: string) =>
    options.staging ? resolve(options.staging, id) : join(caseFolder, `.myitero-import-${id}`)
  const materials = readMaterialList(
    (await listFile(options.materials, data, 'materials.xml', DEFAULT_MATERIALS_FILE)) ?? new Uint8Array(),
  )
  const clientFile = await listFile(options.clients, data, 'clients.json', null)
  const listed = clientFile === null ? [] : await clientsIn(clientFile)
  const template = options.template === undefined ? DEFAULT_TEMPLATE : nameTemplate(options.template)
  if (purpose === 'write') {
    // Tried before anything else, and gone again: a case folder where nothing waits holds cases only.
    const tried = stagingRootOf('try')
    await prepareStaging(fs, caseFolder, tried)
    await removeEmptyRoot(fs, tried)
  }
  await fs.mkdir(join(data, 'ledgers'), { recursive: true })
  const ledger = await openLedger(join(data, 'ledgers', `${key}.sqlite`), Date.now)
  // By the ledger, not by the case folder: seats with ledgers of their own must not clear away each other's stagings.
  const stagingRoot = stagingRootOf(await ledgerId(ledger, () => randomBytes(6).toString('hex')))
  // A crash may have left it empty.
  if (purpose === 'write') await removeEmptyRoot(fs, stagingRoot)
  const pool = receivingPool(availableParallelism())
  const me: Claimant = { host: hostname(), pid: process.pid, token: randomBytes(12).toString('hex') }
  return {
    importer: {
      disk: fs,
      ledger,
      caseFolder,
      stagingRoot,
      account: EXPORTS_ACCOUNT,
      template,
      manifest: { patientNameOrder: options.patientName ?? 'given-family' },
      language: options.language,
      materials,
      clients: async () => withAdded(listed, (await addedClients(ledger)).map(asClient)),
      clock: Date.now,
      random: (bytes) => randomBytes(bytes).toString('hex'),
      pause: (ms) => setTimeout(ms),
      me,
      alive,
      receive: pool.receive,
      onProgress,
    },
    async close() {
      await pool.close()
      await closeLedger(ledger)
    },
  }
}

/** The laboratory's own folder of program data, as the platform has it. */
function dataFolder(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string {
  if (env['MYITERO_DATA']) return env['MYITERO_DATA']
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'MyiTero import')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'MyiTero import')
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'myitero-import')
}

/** One ledger for each case folder, whatever path leads to it. */
async function keyOf(caseFolder: string): Promise<string> {
  const real = await fs.realpath(caseFolder).catch((error: unknown) => {
    throw new ImportError('case-folder-missing', { folder: caseFolder }, error)
  })
  return createHash('sha256').update(real).digest('hex').slice(0, 12)
}

/** The file that was named; else the laboratory's own in its data folder; else the built-in one. */
async function listFile(
  named: string | undefined,
  data: string,
  name: string,
  builtIn: URL | null,
): Promise<Uint8Array | null> {
  if (named !== undefined) {
    return fs.readFile(resolve(named)).catch((error: unknown) => {
      throw unreadable(named, error)
    })
  }
  try {
    return await fs.readFile(join(data, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(name, error)
    return builtIn === null ? null : fs.readFile(builtIn)
  }
}

/** Its schema checker is loaded only where there is something to check. */
async function clientsIn(file: Uint8Array): Promise<readonly Client[]> {
  const { readClientList } = await import('../mapping/client-list.ts')
  return readClientList(new TextDecoder().decode(file))
}

const asClient = ({ id, details }: AddedClient): Client => ({ ...details, id, parameters: {} })

/** The laboratory's own list has the last word on an id. */
function withAdded(listed: readonly Client[], added: readonly Client[]): readonly Client[] {
  const ids = new Set(listed.map((client) => client.id))
  return [...listed, ...added.filter((client) => !ids.has(client.id))]
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
