import { type FileHandle, open } from 'node:fs/promises'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import schema from '../schemas/plugin-manifest.schema.json' with { type: 'json' }
import type { Names } from './data.ts'
import { BridgeError } from './errors.ts'

/** What a plugin is, what it needs and what it adds to the host: schemas/plugin-manifest.schema.json. */
export interface PluginManifest {
  readonly id: string
  readonly name: Readonly<Names>
  readonly version: string
  /** Module that the host starts, inside of the plugin's folder. */
  readonly entry: string
  /** Version of the bridge's protocol. */
  readonly bridge: number
  readonly requires: {
    readonly engineBuild?: number
    readonly licence?: readonly ('upgrade-contract' | 'flex')[]
    readonly resellerFeature?: string
  }
  readonly contributes: {
    readonly setting?: Named
    readonly actions?: readonly Named[]
    readonly firstStart?: {
      readonly title: Readonly<Names>
      readonly connect: Readonly<Names>
      readonly skip: Readonly<Names>
    }
  }
  readonly permissions: {
    readonly caseFolder: 'none' | 'read' | 'write'
    readonly networkHosts: readonly string[]
    readonly keychainService?: string
    readonly native?: readonly NativePackage[]
  }
}

/** A package whose native code the plugin loads; on all platforms where none is named. */
export interface NativePackage {
  readonly package: string
  readonly platforms?: readonly ('win32' | 'darwin' | 'linux')[]
}

interface Named {
  readonly id: string
  readonly name: Readonly<Names>
}

const LIMIT = 64 * 1024
let check: ValidateFunction<PluginManifest> | null = null

/**
 * Reads and checks a plugin.json of at most 64 KB. Throws BridgeError `manifest-unreadable` {reason}, `manifest-too-large`
 * {reason}, `manifest-not-json` {reason}, `manifest-invalid` {field} (`permissions.caseFolder`).
 */
export async function readManifest(file: string): Promise<PluginManifest> {
  const text = await readBounded(file)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BridgeError('manifest-not-json', '', null, { reason: 'not-json' })
  }
  check ??= new Ajv({ allErrors: false }).compile<PluginManifest>(schema)
  if (!check(value)) {
    const [error] = check.errors ?? []
    const detail = `${error?.instancePath || '/'} ${error?.message ?? ''}`
    throw new BridgeError('manifest-invalid', detail, null, error ? { field: fieldOf(error) } : {})
  }
  return value
}

/** Where it is wrong; a member that is missing, or that nobody knows, by its own name. */
function fieldOf({ instancePath, params, propertyName }: ErrorObject): string {
  const named: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? propertyName
  const path = instancePath.split('/').slice(1)
  return [...path, ...(named === undefined ? [] : [String(named)])].join('.').slice(0, 100)
}

async function readBounded(file: string): Promise<string> {
  let handle: FileHandle | null = null
  try {
    handle = await open(file, 'r')
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LIMIT + 1), 0, LIMIT + 1, 0)
    if (bytesRead > LIMIT)
      throw new BridgeError('manifest-too-large', `over ${LIMIT} bytes`, null, { reason: 'too-large' })
    return buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof BridgeError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new BridgeError('manifest-unreadable', code, null, { reason: code })
  } finally {
    await handle?.close()
  }
}
