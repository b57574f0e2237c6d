import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ValidateFunction } from 'ajv'
import { HostError } from './errors.ts'

/** Bytes; such a file holds a few lines. */
const LIMIT = 1_000_000

/**
 * One JSON file of the installation, checked.
 * Errors: `file-unreadable` {file, reason}, `file-not-json` {file}, `file-invalid` {file, field} (`upgradeContract.until`); never a value.
 */
export async function configurationFile<T>(file: string, check: ValidateFunction<T>): Promise<T> {
  const name = basename(file)
  const data = parse(name, await bytesOf(file, name))
  if (check(data)) return data
  const [error] = check.errors ?? []
  const named = error?.params['missingProperty'] ?? error?.params['additionalProperty'] ?? error?.propertyName
  const path = (error?.instancePath ?? '').split('/').slice(1)
  const field = named === undefined ? path : [...path, String(named).slice(0, 64)]
  throw new HostError('file-invalid', { file: name, field: field.join('.') })
}

async function bytesOf(file: string, name: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new HostError('file-unreadable', { file: name, reason: error.code ?? 'unknown' }, error)
  })
  if (bytes.length > LIMIT) throw new HostError('file-unreadable', { file: name, reason: 'too-large' })
  return bytes
}

function parse(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    // The engine's message would quote the text.
    throw new HostError('file-not-json', { file })
  }
}
